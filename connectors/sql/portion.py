"""One portion of a target's keys in one transaction: which of its rows are taken, and taking them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.hanging import count_hanging
from piiscan.connectors.sql.keys import make_table
from piiscan.connectors.sql.taking import refers
from piiscan.errors import SourceError
from piiscan.model import SkipCode
from piiscan.model.erasing import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.connectors.sql.preparation import Preparation
    from piiscan.connectors.sql.server import Expression
    from piiscan.connectors.sql.taking import Scope
    from piiscan.model.erasing import Key, Reference


@dataclass(slots=True, repr=False)
class Portion:
    """Some keys of a target, within one transaction."""

    scope: Scope
    prepared: Preparation
    keys: Sequence[Key]
    leaves: list[Key] = field(default_factory=list)
    """Keys of rows to take to which no row of the same table refers."""
    leaders: list[Key] = field(default_factory=list)
    """Keys of rows to take to which only those refer."""

    def look(self) -> Chunk:
        """Locks the rows and says how they stand now: nobody can change them, nor refer to them anew, until the end."""
        there = Counter(tuple(row) for row in self._rows(self.prepared.lock, self.prepared.table, self.keys))
        single = [key for key in self._distinct() if there[key] == 1]
        standing: dict[Key, Any] = {
            tuple(row[:-1]): row[-1] for row in self._rows(self.prepared.standing, self.prepared.taking.own, single)
        }
        self.leaves = [key for key in single if standing.get(key) == 0]
        self.leaders = self._free([key for key in single if standing.get(key) == 1])
        taken = {*self.leaves, *self.leaders}
        places: dict[str, list[int]] = {"taken": [], "changed": [], "gone": []}
        seen: set[Key] = set()
        for number, key in enumerate(map(tuple, self.keys)):
            twice = key in seen
            seen.add(key)
            where = "taken" if key in taken and not twice else "changed" if there[key] else "gone"
            places[where].append(number)
        return Chunk(len(self.keys), tuple(places["taken"]), tuple(places["changed"]), tuple(places["gone"]))

    def change(self) -> None:
        """Deletes or changes the rows. Raises SourceError where the database did anything else, or more."""
        expected = self._expected()
        before = self.scope.server.touched(self.scope.connection)
        for keys in (self.leaves, self.leaders):
            for portion in self.prepared.form.portions(keys):
                statement = self.prepared.statement.where(self.prepared.form.among(self.prepared.table, portion))
                if self.scope.connection.execute(statement).rowcount != len(portion):
                    raise self._otherwise()
        after = self.scope.server.touched(self.scope.connection)
        if expected is not None and before is not None and after is not None and after - before > expected:
            raise self._otherwise()
        _, table, query = self.prepared.remaining
        if any(True for _ in self._rows(query, table, [*self.leaves, *self.leaders])):
            raise self._otherwise()

    def _expected(self) -> int | None:
        """How many rows may change in all: those taken, and those that the plan knows to hang on them."""
        prepared, target = self.prepared, self.prepared.target
        if prepared.unpredictable:
            return None
        expected = len(self.leaves) + len(self.leaders)
        names = sorted({name for each in target.dependents for name in each.reference.parent_columns})
        if target.action != "delete" or not names:
            return expected
        for portion in prepared.form.portions([*self.leaves, *self.leaders]):
            columns = [prepared.table.c[name].label(name) for name in names]
            above = sa.select(*columns).where(prepared.form.among(prepared.table, portion)).subquery()
            expected += count_hanging(self.scope, prepared.structure, target, above)
        return expected

    def _free(self, leaders: Sequence[Key]) -> list[Key]:
        """Of rows to which others of the table refer, those to which no other refers than rows that are taken here."""
        free = list(leaders)
        for reference in self.prepared.taking.own_references:
            if free:
                all_of = self._referring(reference, free, by_parent=True)
                taken = self._referring(reference, self.leaves, by_parent=False)
                free = [key for key in free if all_of[key] == taken[key]]
        return free

    def _referring(self, reference: Reference, keys: Sequence[Key], *, by_parent: bool) -> Counter[Key]:
        """By key of the row referred to: how many rows of the table refer to it; ``keys`` are of either side."""
        form = self.prepared.form
        names = dict.fromkeys((*form.names, *reference.columns, *reference.parent_columns))
        above, below = (make_table(self.prepared.target.container, names).alias() for _ in range(2))
        query = (
            sa.select(*form.fetched(above), sa.func.count())
            .select_from(
                above.join(
                    below, sa.and_(refers(below, above, reference), self.prepared.taking.apart(below, above, reference))
                )
            )
            .group_by(*form.columns(above))
        )
        counted: Counter[Key] = Counter()
        for row in self._rows(query, above if by_parent else below, keys):
            counted[tuple(row[:-1])] += row[-1]
        return counted

    def _rows(self, query: sa.Select[Any], table: sa.FromClause, keys: Sequence[Key]) -> Iterator[sa.Row[Any]]:
        """What a query says of the rows of these keys."""
        for portion in self.prepared.form.portions(keys):
            among: Expression = self.prepared.form.among(table, portion)
            yield from self.scope.connection.execute(query.where(among))

    def _distinct(self) -> list[Key]:
        return list(dict.fromkeys(map(tuple, self.keys)))

    def _otherwise(self) -> SourceError:
        return SourceError(
            SkipCode.ERROR,
            "the database did something else than was planned: a trigger, a rule or a reference acts on it; nothing was changed",
            container=self.prepared.target.container.path,
            hint="look at its triggers and rules with their owner",
        )
