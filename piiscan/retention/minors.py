"""Rows of persons under an age, told by dates of birth and by ages where they lie: by key, and by what says so.

A row is told by its own day of birth; by its age where that names no day; a row without either is no minor's. Tables that say
the births of several persons in a row, and files and running text, are left to a human: in part they cannot be judged.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from piiscan.clocks import TEXT_TYPES
from piiscan.config.facts import facts_for
from piiscan.errors import SourceError
from piiscan.model import Container, Skip, SkipCode
from piiscan.model.erasing import Target
from piiscan.model.judging import Judgment, Term, Test
from piiscan.ports import DateProfiler, Eraser, Judge
from piiscan.retention.underage import NO_MINORS
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord, Inventory
    from piiscan.model.erasing import Key
    from piiscan.ports import Connector
    from piiscan.retention.erasure import Place
    from piiscan.retention.underage import Minors

FLAG: Final = "minor_flag"
BIRTHS: Final = ("dob", "age")
"""The data types that tell how old a person is, the better first."""
_APART: Final = "look at them by hand"
Tests = tuple[tuple[Test, ...], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Young:
    """The rows of minors in one table; the keys are private."""

    source: str
    container: str
    key: tuple[str, ...]
    keys: tuple[Key, ...]
    tests: Tests
    """What says that a row is a minor's: all tests of one of these."""
    above: tuple[str, ...]
    """Tables that its rows refer to."""


@dataclass(slots=True)
class Found:
    """The rows of minors in all sources, and what was not, or could not be, told."""

    young: list[Young] = field(default_factory=list)
    telling: set[Place] = field(default_factory=set)
    """The tables that tell how old a person is: their rows are judged by that and by nothing else."""
    skips: list[Skip] = field(default_factory=list)

    def leave(self, source: str, path: str | None, reason: str) -> None:
        """Names a container, or what a source has of a kind, that is left to a human."""
        self.skips.append(Skip(source, path, SkipCode.ERROR, reason))


def find_minors(config: Config, inventory: Inventory, asked: Minors) -> Found:
    """The rows by their keys, source by source; reads keys and counts, and changes nothing.

    What cannot be asked is in ``skips``: a failing table is one, and the next is asked.
    """
    found = Found()
    for source in (name for name in config.sources if not asked.sources or name in asked.sources):
        holdings = inventory.holdings(source=source, min_confidence=config.detection.min_confidence)
        tables = _tables(source, holdings, found)
        if not tables:
            continue
        try:
            with closing(connector_for(config, config.source(source), read_plan(config))) as connector:
                _find_in(config, inventory, source, connector, tables, asked, found)
        except SourceError as error:
            found.skips.append(error.skip(source))
    return found


def _tables(source: str, holdings: Sequence[HoldingRecord], found: Found) -> dict[str, dict[str, tuple[str, ...]]]:
    """Table -> data type -> its columns, for those that tell how old a person is; what else may tell it is left."""
    tables: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    texts: set[tuple[object, ...]] = set()
    flagged: set[str] = set()
    for held in holdings:
        empty = held.coverage == "full" and held.cells_seen == 0 and "declared" not in held.evidence
        if held.data_type not in (*BIRTHS, FLAG) or held.container_kind == "view" or empty:
            continue  # the rows of a view lie in tables
        if held.data_type == FLAG:
            flagged.add(held.container)
        elif held.container_kind == "file" or held.column is None or "text" in held.evidence:
            texts.add((held.container, held.member, held.column))
        else:
            known = tables[held.container].get(held.data_type, ())
            tables[held.container][held.data_type] = tuple(sorted({*known, held.column}))
    found.telling |= {(source, path) for path in tables}
    for path in sorted(flagged - tables.keys()):
        found.leave(source, path, f"says that somebody is a minor, and of no row how old: {_APART}")
    if texts:
        places = _several(len(texts), "place")
        found.leave(source, None, f"{places} in files or running text with dates of birth or ages: {_APART}")
    return dict(sorted(tables.items()))


def _find_in(
    config: Config,
    inventory: Inventory,
    source: str,
    connector: Connector,
    tables: Mapping[str, Mapping[str, tuple[str, ...]]],
    asked: Minors,
    found: Found,
) -> None:
    listed = {each.path: each for each in connector.containers() if isinstance(each, Container)}
    for path, columns in tables.items():
        if path not in listed:
            reason = "it is in the inventory and no longer listed: scan again"
            found.skips.append(Skip(source, path, SkipCode.VANISHED, reason))
        elif not isinstance(connector, Eraser) or not isinstance(connector, Judge):
            found.leave(source, path, f"its rows cannot be told where they lie: {_APART}")
        else:
            types = inventory.packs.data_types
            facts = (facts_for(config, source, path, types[name]) for name in columns)
            spoken_of = asked.mark is None or bool(asked.sources) or any(asked.mark in each.marks for each in facts)
            try:
                _Table(connector, connector, listed[path], columns, asked, found).find(spoken_of=spoken_of)
            except SourceError as error:
                found.skips.append(error.skip(source, container=path))


class _Table:
    """One table that tells how old persons are."""

    def __init__(
        self,
        judge: Judge,
        eraser: Eraser,
        container: Container,
        columns: Mapping[str, tuple[str, ...]],
        asked: Minors,
        found: Found,
    ) -> None:
        self._judge, self._eraser, self._container = judge, eraser, container
        self._columns, self._asked, self._found = columns, asked, found

    def find(self, *, spoken_of: bool) -> None:
        """Adds the table's minors, or names it; where the promise does not speak of it, only that it has some. Raises SourceError."""
        container, asked = self._container, self._asked
        for name in BIRTHS:
            if len(self._columns.get(name, ())) > 1:
                several = ", ".join(self._columns[name])
                return self._leave(f"its rows tell the age of several persons ({several}): {_APART}")
        tests = self._tests()
        self._tell_unread()
        number = self._count(tests) if tests else 0
        if not number:
            return None
        whose = f"{_several(number, 'row')} of persons under {asked.age}"
        if not spoken_of:
            mark = (asked.mark or "").replace("_", " ")
            return self._leave(
                f"{whose} in data not marked {mark}: a person must judge; --source {container.source} plans them"
            )
        (shape,) = self._eraser.shapes([container])
        keys = self._keys(shape.key, tests)
        if not shape.key or any(isinstance(part, bytes | float) for key in keys for part in key):
            return self._leave(f"{whose} and no key that a plan can name: delete them by hand")
        above = sorted({each.references.rpartition(".")[0] for each in container.columns if each.references})
        self._found.young.append(Young(container.source, container.path, shape.key, keys, tests, tuple(above)))
        return None

    def _leave(self, reason: str) -> None:
        self._found.leave(self._container.source, self._container.path, reason)

    def _tests(self) -> Tests:
        """What says that a row is a minor's. Of ages as text it cannot be asked."""
        born, ages = (self._columns.get(name, ())[:1] for name in BIRTHS)
        last = self._asked.born_after.isoformat()
        found: list[tuple[Test, ...]] = [(Test((column,), "after", last),) for column in born]
        for column in ages:
            if self._is_text(column):
                self._leave(f"its ages are written as text ({column}): {_APART}")
            else:
                years = Test((column,), "<", self._asked.age), Test((column,), ">=", 0)
                found.append((*years, *(Test((other,), "no day") for other in born)))
        return tuple(found)

    def _count(self, tests: Tests) -> int:
        """The rows for which every test of one of these is true."""
        judged = self._judge.judge(self._container, [_young(tests)], None, self._asked.as_of)
        return sum(each.rows for each in judged if each.standings[0].status == "overdue")

    def _tell_unread(self) -> None:
        """Names the table where a date of birth is there and names no day; what is empty, or stands for none, is none."""
        if not isinstance(self._judge, DateProfiler):
            return
        for column in self._columns.get("dob", ()):
            (profile,) = self._judge.profile_dates(self._container, [column], self._asked.as_of)
            is_text = self._is_text(column)
            empty = self._count(((Test((column,), "=", ""),),)) if profile.unreadable and is_text else 0
            if profile.unreadable > empty:
                dates = _several(profile.unreadable - empty, "date")
                self._leave(f"{dates} of birth could not be read ({column}): {_APART}")

    def _is_text(self, column: str) -> bool:
        kinds = {each.name: each.sql_type or "" for each in self._container.columns}
        return TEXT_TYPES.search(kinds.get(column, "")) is not None

    def _keys(self, key: tuple[str, ...], tests: Tests) -> tuple[Key, ...]:
        if not key:
            return ()
        target = Target(self._container, _young(tests), "delete", self._asked.as_of, key)
        return tuple(each for portion in self._eraser.keys(target) for each in portion)


def _young(tests: Tests) -> Judgment:
    return Judgment(NO_MINORS, Term(fixed=True), rows=tests)


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def kept_above(young: Iterable[Young]) -> dict[Place, tuple[str, ...]]:
    """What an approver must know: rows that a minor's row refers to are not followed, for others may share them."""
    return {
        (each.source, each.container): (
            f"what these rows refer to stays ({', '.join(each.above)}): look whether it is theirs alone",
        )
        for each in young
        if each.above
    }
