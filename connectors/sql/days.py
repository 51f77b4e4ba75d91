"""Columns read as days: compared where they lie, each in its own form, so that no row is cast and none can fail.

A value that names no day of the calendar, a sentinel, a year before `EARLIEST` or a day yet to come is no day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.scales import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.connectors.sql.scales import Scale
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.connectors.sql.writings import Writing

EARLIEST: Final = date(1901, 1, 1)
"""No record a firm holds is older: an earlier day stands for "no day", as 1900-01-01 does."""
NO_DAY: Final = EPOCH
"""The one sentinel between `EARLIEST` and tomorrow: what a clock at 0 shows."""
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Form:
    """How a day is written in SQL: as a value of a type, on a scale of numbers, or else as ISO text."""

    kind: Any = None
    """A type of dates or timestamps."""
    scale: Scale | None = None

    def start(self, day: date) -> Expression:
        """The least value of a day."""
        if self.scale:
            return sa.literal(self.scale.number(day), sa.BigInteger())
        if isinstance(self.kind, sa.DateTime):
            zone = UTC if self.kind.timezone else None
            return sa.literal(datetime(day.year, day.month, day.day, tzinfo=zone), self.kind)
        return (
            sa.literal(day, sa.Date()) if isinstance(self.kind, sa.Date) else sa.literal(day.isoformat(), sa.String(10))
        )

    def read(self, found: Any) -> date | None:
        """The day of a value that the database gave back."""
        if found is None:
            return None
        if self.scale:
            return self.scale.day(found)
        if isinstance(found, datetime):
            return found.date()
        return found if isinstance(found, date) else date.fromisoformat(str(found)[:10])


@dataclass(frozen=True, slots=True)
class Days:
    """A column as days."""

    found: Expression
    """What the column holds, in the form in which it is compared with the start of a day."""
    form: Form
    until_day: date = date.max
    """The last that is not yet to come."""
    is_real: Expression | None = None
    """Whether the calendar has what was found; None: whatever is not null."""

    @property
    def value(self) -> Expression:
        """What was found, NULL for a row without a day."""
        start = self.form.start
        ages = [self.found >= start(EARLIEST), self.found < start(_next(self.until_day))]
        if self.form == Form():  # a text is worked out anew wherever it stands: as rarely as can be
            return sa.case((sa.and_(*ages), sa.func.nullif(self.found, start(NO_DAY), type_=sa.String(10))))
        ages.append(sa.or_(self.found < start(NO_DAY), self.found >= start(NO_DAY + ONE_DAY)))
        return sa.case((sa.and_(*ages, *([] if self.is_real is None else [self.is_real])), self.found))

    def labels(self, number: int = 0) -> list[Expression]:
        """What a query of rows selects of it, for `again`."""
        real = [] if self.is_real is None else [sa.case((self.is_real, 1)).label(f"real_{number}")]
        return [self.found.label(f"day_{number}"), *real]

    def again(self, rows: sa.Subquery, number: int = 0) -> Days:
        """The same of rows that were selected with its `labels`."""
        is_real = None if self.is_real is None else rows.c[f"real_{number}"] == 1
        return replace(self, found=rows.c[f"day_{number}"], is_real=is_real)

    def until(self, day: date) -> Expression:
        """Whether it is that day or earlier; unknown without a day."""
        return self.value < self.form.start(_next(day))

    def after(self, day: date) -> Expression:
        """Whether it is a later day; unknown without a day."""
        return self.value >= self.form.start(_next(day))

    def before(self, day: date) -> Expression | None:
        """True wherever `until` is, and such that an index can serve it; None for a column that is not compared as it is."""
        return None if self.form == Form() else self.found < self.form.start(_next(day))

    def bucket(self, cutoffs: Sequence[date]) -> Expression:
        """How many of some days in ascending order lie before it; NULL without a day."""
        start, end = self.form.start, _next(self.until_day)
        marks = sorted({EARLIEST, NO_DAY, NO_DAY + ONE_DAY, end, *map(_next, cutoffs)}, reverse=True)
        counts = {
            mark: sum(day < mark for day in cutoffs) for mark in marks if EARLIEST <= mark < end and mark != NO_DAY
        }
        number = sa.case(*((self.found >= start(mark), counts.get(mark, sa.null())) for mark in marks))
        return number if self.is_real is None else sa.case((self.is_real, number))

    def whole(self) -> Expression:
        """One value a day, to count by."""
        scale = self.form.scale
        if scale and scale.per_day:
            return sa.cast(sa.func.floor(self.value), sa.BigInteger()) // scale.per_day * scale.per_day
        return sa.cast(self.value, sa.Date()) if isinstance(self.form.kind, sa.DateTime) else self.value

    def iso(self, server: Server) -> Expression:
        """ISO text, NULL for a row without a day."""
        if self.form.scale:
            return self.form.scale.iso(server, self.value)
        return self.value if self.form.kind is None else server.iso_day(self.value)


def read_days(server: Server, column: Expression, kind: Any, writing: Writing, as_of: date) -> Days:
    """The days of a column that is written as ``writing`` says, as they count on ``as_of``: tomorrow is today west of UTC."""
    style, last = server.style(kind), _next(as_of)
    if style == "native":
        return Days(column, Form(server.base(kind)), last, server.is_real(column))
    if style == "number":
        if writing.scale is None:
            return Days(sa.cast(sa.null(), sa.String(10)), Form())
        return Days(column, Form(scale=writing.scale), last, writing.scale.is_real(column))
    text = writing.iso(server, server.plain(column, kind))
    if style == "each":
        number = None if writing.scale is None else writing.scale.iso(server, column)
        text = server.by_type(column, text, number)
    return Days(text, Form(), last)


def fenced(server: Server, query: sa.Select[Any], days: Iterable[Days]) -> sa.Select[Any]:
    """A query of rows with the `Days.labels` of some columns, such that each is worked out once a row."""
    return server.fence(query) if server.fences_dates or any(each.form == Form() for each in days) else query


def _next(day: date) -> date:
    return day + ONE_DAY if day < date.max else day
