"""The rows of a table counted by all that judgments ask of them, so that the judgments are gone through once a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.days import fenced
from piiscan.model.judging import Ended

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from datetime import date

    from piiscan.connectors.sql.days import Days
    from piiscan.connectors.sql.rows import Rows
    from piiscan.connectors.sql.server import Expression
    from piiscan.model import Clock
    from piiscan.model.judging import Among, Change, Judgment, Term, Test


SPANS: Final[dict[str, Callable[[Any], Expression]]] = {"first": sa.func.min, "last": sa.func.max}


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
        self._only = dict.fromkeys(judgment.among for judgment in judgments)
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

    def among(self, among: Among) -> Expression:
        """As found for each row; true of all where nothing else is asked about."""
        return sa.true() if len(self._only) == 1 else self._flag(among, lambda: self._rows.among(among))

    def made(self, changes: Sequence[Change]) -> Expression:
        """As found for each row."""
        return self._flag(tuple(changes), lambda: self._rows.made(changes))

    def owner(self) -> Expression:
        """As found for each row."""
        if "owner" not in self._facts:
            self._facts["owner"] = self._rows.owner_number().label("owner_number")
        return self._rows.name_owner(sa.column("owner_number", sa.Integer()))

    def _flag(self, key: Hashable, condition: Callable[[], Expression]) -> Expression:
        if key not in self._facts:
            self._facts[key] = sa.case((condition(), 1), else_=0).label(f"fact_{len(self._facts)}")
        flag: Expression = sa.column(self._facts[key].name, sa.Integer())
        return flag == 1

    def select(self, *what: Expression) -> sa.Select[Any]:
        """A query of the groups: what is asked, the ``number`` of rows of each, and by clock their first and last day."""
        buckets = self._bucketed()
        days = [name for name in buckets.c.keys() if name.startswith("day_")]  # noqa: SIM118  # not a dictionary
        keys = [column for column in buckets.c if column.name not in days]
        spans = [of(buckets.c[day]).label(f"{name}_{day}") for day in days for name, of in SPANS.items()]
        groups = sa.select(*keys, sa.func.count().label("number"), *spans).group_by(*keys).subquery("piiscan_groups")
        # Rows without a day are groups of their own: what was found in them is none.
        known = [
            sa.case((groups.c[f"clock_{span.name.rpartition('_')[2]}"].is_not(None), groups.c[span.name])).label(
                span.name
            )
            for span in spans
        ]
        return sa.select(*what, groups.c.number, *known).select_from(groups)

    def _bucketed(self) -> sa.Subquery:
        """Of each row the facts, and by clock what was found and its bucket."""
        found = [label for number, days in enumerate(self._days.values()) for label in days.labels(number)]
        read = self._rows.select(*self._facts.values(), *found)
        if None not in self._only:
            read = read.where(sa.or_(*(self._rows.among(among) for among in self._only if among is not None)))
        rows = fenced(self._rows.server, read, self._days.values()).subquery("piiscan_rows")
        buckets: list[Expression] = []
        for number, (path, days) in enumerate(self._days.items()):
            again = days.again(rows, number)
            buckets += [again.bucket(self._cutoffs[path]).label(f"clock_{number}"), again.found]
        return sa.select(*(rows.c[label.name] for label in self._facts.values()), *buckets).subquery("piiscan_buckets")

    def spans(self, judged: sa.Subquery) -> list[Expression]:
        """First and last day of every clock."""
        return [of(judged.c[f"{name}_day_{number}"]) for number in range(len(self._days)) for name, of in SPANS.items()]

    def read_spans(self, values: Sequence[Any]) -> dict[tuple[str, ...], tuple[date | None, date | None]]:
        """What `spans` gave: first and last day by clock."""
        read = [
            (days.form.read(values[2 * n]), days.form.read(values[2 * n + 1]))
            for n, days in enumerate(self._days.values())
        ]
        return dict(zip(self._days, read, strict=True))


def ends(term: Term) -> Iterator[tuple[Clock, date]]:
    """The clocks of a term and its parts, each with its cutoff."""
    for part in term.parts:
        if isinstance(part, Ended):
            if part.clock is not None:
                yield part.clock, part.last
        else:
            yield from ends(part)
