"""The rows of a table counted by all that judgments ask of them, so that the judgments are gone through once a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.model.judging import Ended

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from datetime import date

    from piiscan.connectors.sql.days import Days
    from piiscan.connectors.sql.rows import Rows
    from piiscan.connectors.sql.server import Expression
    from piiscan.model import Clock
    from piiscan.model.judging import Change, Judgment, Term, Test


class Buckets:
    """The facts of groups of rows that differ in nothing the judgments ask for; `piiscan.connectors.sql.order.Facts`.

    A clock's days become the number of cutoffs that lie before them. So each fact is looked at once a row, however many
    judgments there are.
    """

    def __init__(self, rows: Rows, judgments: Sequence[Judgment]) -> None:
        self._rows = rows
        self._facts: dict[Hashable, sa.Label[Any]] = {}
        self._days: dict[tuple[str, ...], Days] = {}
        self._cutoffs: dict[tuple[str, ...], list[date]] = {}
        for judgment in judgments:
            for term in (judgment.due, *judgment.horizons, *(keep.term for keep in judgment.keeps)):
                for clock, last in ends(term):
                    if clock.path not in self._days:
                        self._days[clock.path] = rows.days(clock)
                    self._cutoffs[clock.path] = sorted({*self._cutoffs.get(clock.path, ()), last})

    def ended(self, part: Ended) -> Expression:
        """Whether no more cutoffs lie before the day than before this one."""
        if part.clock is None:
            return self._rows.ended(part)
        path = part.clock.path
        bucket: Expression = sa.column(f"clock_{list(self._days).index(path)}", sa.Integer())
        return bucket <= self._cutoffs[path].index(part.last)

    def fits(self, alternatives: Sequence[Sequence[Test]]) -> Expression:
        """As found for each row."""
        tests = tuple(map(tuple, alternatives))
        return sa.true() if () in tests else self._flag(tests, lambda: self._rows.fits(tests))

    def made(self, changes: Sequence[Change]) -> Expression:
        """As found for each row."""
        return self._flag(tuple(changes), lambda: self._rows.made(changes))

    def owner(self) -> Expression:
        """As found for each row."""
        self._facts.setdefault("owner", self._rows.owner().label("owner"))
        return sa.column("owner", sa.String())

    def _flag(self, key: Hashable, condition: Callable[[], Expression]) -> Expression:
        if key not in self._facts:
            self._facts[key] = sa.case((condition(), 1), else_=0).label(f"fact_{len(self._facts)}")
        flag: Expression = sa.column(self._facts[key].name, sa.Integer())
        return flag == 1

    def select(self, *what: Expression) -> sa.Select[Any]:
        """A query of the groups: what is asked, the ``rows`` of each, and by clock their first and last day."""
        clocks = [
            days.bucket(self._cutoffs[path]).label(f"clock_{number}")
            for number, (path, days) in enumerate(self._days.items())
        ]
        days = [days.value.label(f"day_{number}") for number, days in enumerate(self._days.values())]
        facts = self._rows.select(*self._facts.values(), *clocks, *days).subquery("piiscan_facts")
        keys = [facts.c[label.name] for label in (*self._facts.values(), *clocks)]
        first = [sa.func.min(facts.c[label.name]).label(f"first_{number}") for number, label in enumerate(days)]
        last = [sa.func.max(facts.c[label.name]).label(f"last_{number}") for number, label in enumerate(days)]
        groups = sa.select(*keys, sa.func.count().label("rows"), *first, *last).group_by(*keys)
        rows = groups.subquery("piiscan_groups")
        spans = (rows.c[label.name] for label in (*first, *last))
        return sa.select(*what, rows.c.rows, *spans).select_from(rows)

    def spans(self, judged: sa.Subquery) -> list[Expression]:
        """The first days of all clocks, then the last ones."""
        numbers = range(len(self._days))
        first: list[Expression] = [sa.func.min(judged.c[f"first_{number}"]) for number in numbers]
        return [*first, *(sa.func.max(judged.c[f"last_{number}"]) for number in numbers)]

    def read_spans(self, values: tuple[Any, ...]) -> dict[tuple[str, ...], tuple[date | None, date | None]]:
        """What `spans` gave: first and last day by clock."""
        half = len(self._days)
        return {
            path: (days.form.read(values[number]), days.form.read(values[number + half]))
            for number, (path, days) in enumerate(self._days.items())
        }


def ends(term: Term) -> Iterator[tuple[Clock, date]]:
    """The clocks of a term and its parts, each with its cutoff."""
    for part in term.parts:
        if isinstance(part, Ended):
            if part.clock is not None:
                yield part.clock, part.last
        else:
            yield from ends(part)
