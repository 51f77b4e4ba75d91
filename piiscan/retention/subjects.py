"""Which rows are a person's: through the columns that the inventory knows to hold what is given of them.

Where a table holds none of it, its foreign keys are followed, the nearest table that does decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import permutations, product
from math import prod
from typing import TYPE_CHECKING, Final

from piiscan.model.judging import Operator, Test
from piiscan.retention.spellings import is_day, is_name, name_parts, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piiscan.inventory import HoldingRecord
    from piiscan.model import Container

Rows = tuple[tuple[Test, ...], ...]
STEPS: Final = 3
"""Foreign keys followed from a row to a person."""
_NAME_COLUMNS: Final = 4
"""Columns among which a name is looked for in two parts; more are no name's parts."""
_MOST: Final = 200
"""Alternatives asked of one table: a database compares no row with thousands of spellings in good time."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a table tells the person's rows."""

    rows: Rows
    """Alternatives of tests; none = nothing in the table leads to the person."""
    left_out: tuple[str, ...] = ()
    """Data types that are not compared, for there would be too many alternatives."""


class Subjects:
    """The ways from the rows of one table to a person."""

    def __init__(
        self, container: Container, holdings: Sequence[HoldingRecord], others: Sequence[Container] = ()
    ) -> None:
        """``holdings`` and ``others`` are those of the container's source."""
        self._container = container
        self._tables = {each.path: each for each in (*others, container) if not each.member}
        self._columns: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for held in holdings:
            # A column of running text holds the value among other words: no comparison of cells finds it there.
            if held.column is not None and not held.member and "text" not in held.evidence:
                self._columns[held.container][held.data_type].add(held.column)

    def told(self, subject: Mapping[str, str]) -> Told:
        """The person's rows, by data type and value of what is known of the person."""
        here: list[tuple[tuple[str, ...], str]] = [((), self._container.path)]
        seen = {self._container.path}
        for _ in range(STEPS + 1):
            found = [self._in_table(subject, way, table) for way, table in here]
            if rows := dict.fromkeys(tests for each in found for tests in each.rows):
                return Told(tuple(rows), tuple(sorted({name for each in found for name in each.left_out})))
            here = [step for way, table in here for step in self._steps(way, table) if step[1] not in seen]
            seen.update(table for _, table in here)
        return Told(())

    def _in_table(self, subject: Mapping[str, str], way: tuple[str, ...], table: str) -> Told:
        """One test for each data point that the table's columns tell, in every combination."""
        given = {name: list(self._alternatives(name, value, way, table)) for name, value in sorted(subject.items())}
        kept: list[list[tuple[Test, ...]]] = []
        left_out = []
        for name, alternatives in sorted(given.items(), key=lambda item: len(item[1])):
            if not alternatives:
                continue
            if kept and prod(map(len, kept)) * len(alternatives) > _MOST:
                left_out.append(name)
            else:
                kept.append(alternatives)
        combined = product(*kept) if kept else ()
        return Told(tuple(tuple(test for part in parts for test in part) for parts in combined), tuple(left_out))

    def _alternatives(self, data_type: str, value: str, way: tuple[str, ...], table: str) -> Iterator[tuple[Test, ...]]:
        columns = sorted(self._columns[table][data_type]) if table in self._columns else []
        for column in columns:
            yield from (
                (self._test(way, table, column, form),)
                for form in spellings(data_type, value, self._type(table, column))
            )
        if is_name(data_type) and 1 < len(columns) <= _NAME_COLUMNS:
            for (given, family), (one, other) in product(name_parts(value), permutations(columns, 2)):
                yield self._test(way, table, one, given), self._test(way, table, other, family)

    def _test(self, way: tuple[str, ...], table: str, column: str, form: str | int) -> Test:
        path = (*way[:-1], f"{way[-1]}.{column}") if way else (column,)
        operator: Operator = "=" if isinstance(form, int) or is_day(self._type(table, column)) else "~"
        return Test(path, operator, form)

    def _type(self, table: str, column: str) -> str | None:
        known = self._tables[table].columns if table in self._tables else ()
        return next((each.sql_type for each in known if each.name == column), None)

    def _steps(self, way: tuple[str, ...], table: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The tables that the single-column foreign keys of a table lead to, with the way there.

        A way ends with the name of the table as the key spells it: the column reached is put behind it.
        """
        if table not in self._tables:
            return
        keys = {
            each.name: each.references.rpartition(".")[::2] for each in self._tables[table].columns if each.references
        }
        wide = {place for place, count in Counter(place for place, _ in set(keys.values())).items() if count > 1}
        for column, (place, _) in keys.items():
            reached = self._path(table, place)
            if place not in wide and reached is not None:
                yield (*way[:-1], f"{way[-1]}.{column}" if way else column, place), reached

    def _path(self, table: str, place: str) -> str | None:
        """The container a foreign key leads to: it lies in the schema of its table where it names none."""
        schema = table.rpartition(".")[0]
        return next(
            (path for path in (f"{schema}.{place}", place) if path in self._tables or path in self._columns), None
        )
