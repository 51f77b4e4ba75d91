"""Columns read as days: compared where they lie, each in its own form, so that no row is cast and none can fail.

A value that names no day of the calendar, a sentinel, a year before `EARLIEST` or a day yet to come is NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.scales import EPOCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.scales import Scale
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.connectors.sql.writings import Writing

EARLIEST: Final = date(1901, 1, 1)
"""No record a firm holds is older: an earlier day stands for "no day", as 1900-01-01 does."""
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Form:
    """How a day is written in SQL: as a value of a type, as ISO text, or on a scale of numbers."""

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
        return sa.literal(day, sa.Date()) if isinstance(self.kind, sa.Date) else sa.literal(day.isoformat(), sa.Text())

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
    """A column as days, comparable with the start of a day."""

    found: Expression
    """What the column holds, in the form in which it is compared."""
    form: Form
    is_day: Expression | None = None
    """Where ``found`` counts; None: wherever it is not null."""

    @property
    def value(self) -> Expression:
        """NULL for a row without a day."""
        return self.found if self.is_day is None else sa.case((self.is_day, self.found))

    def until(self, day: date) -> Expression:
        """Whether it is that day or earlier; unknown without a day."""
        return self.value < self.form.start(_next(day))

    def bucket(self, cutoffs: Sequence[date]) -> Expression:
        """How many of some days in ascending order lie before it; NULL without a day."""
        steps = [(self.found < self.form.start(_next(day)), sa.literal(number)) for number, day in enumerate(cutoffs)]
        number = sa.case(*steps, else_=sa.literal(len(cutoffs)))
        return sa.case((self.found.is_not(None) if self.is_day is None else self.is_day, number))

    def whole(self) -> Expression:
        """One value a day, to count by."""
        scale = self.form.scale
        if scale and scale.per_day:
            return sa.cast(self.value, sa.BigInteger()) // scale.per_day * scale.per_day
        return sa.cast(self.value, sa.Date()) if isinstance(self.form.kind, sa.DateTime) else self.value


def _next(day: date) -> date:
    return min(day, date.max - ONE_DAY) + ONE_DAY


def read_days(server: Server, column: Expression, kind: Any, writing: Writing, as_of: date) -> Days:
    """The days of a column that is written as `writing` says, as they count on ``as_of``."""
    style = server.style(kind)
    if style == "native":
        return _bounded(Form(kind), column, as_of, server.real_day(column, kind))
    if style == "number":
        if writing.scale is None:
            return Days(sa.cast(sa.null(), sa.Integer()), Form())
        return _bounded(Form(scale=writing.scale), column, as_of, writing.scale.is_day(column))
    text = writing.iso(server, server.plain(column, kind))
    if style == "each":
        number = None if writing.scale is None else writing.scale.iso(server, column)
        text = server.by_type(column, text, number)
    return _bounded(Form(), server.digits(text), as_of, None)


def _bounded(form: Form, value: Expression, as_of: date, is_real: Expression | None) -> Days:
    """Only what can be true: neither older than any record nor later than tomorrow, which is today west of UTC."""
    plausible = sa.and_(
        value >= form.start(EARLIEST),
        value < form.start(_next(_next(as_of))),
        sa.or_(value < form.start(EPOCH), value >= form.start(EPOCH + ONE_DAY)),
    )
    conditions = plausible if is_real is None else sa.and_(plausible, is_real)
    return Days(value, form, conditions)
