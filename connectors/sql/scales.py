"""What a column of numbers counts, when it is a date: digits of a day, or time since an origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Expression, Server

EPOCH: Final = date(1970, 1, 1)
NUMBER_SENTINELS: Final = (0, 19000101, 19700101, 99991231)
DAY_S: Final = 86_400
MONTHS_OF_31: Final = (1, 3, 5, 7, 8, 10, 12)


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers count, and between which days they are believed to: any beyond, and the column holds no dates."""

    name: str
    per_day: int
    """0: written as digits, yyyymmdd."""
    origin: date
    earliest: date
    latest: date
    is_strict: bool = False
    """Believed only if no number lies ahead: its numbers could be anything."""

    def number(self, day: date) -> int:
        """The number at the start of a day."""
        if not self.per_day:
            return day.year * 10_000 + day.month * 100 + day.day
        return (day - self.origin).days * self.per_day

    def day(self, number: Any) -> date | None:
        """The day of a number; None for one no calendar has."""
        try:
            if self.per_day:
                return self.origin + timedelta(days=int(number // self.per_day))
            whole = int(number)
            return date(whole // 10_000, whole // 100 % 100, whole % 100)
        except (ValueError, OverflowError):
            return None

    def spans(self, low: Any, high: Any, as_of: date) -> bool:
        """Whether all numbers between two may be on it, seen on a day."""
        latest = min(self.latest, as_of) if self.is_strict else self.latest
        return bool(self.number(self.earliest) <= low and high < self.number(latest + timedelta(days=2)))

    def is_real(self, number: Expression) -> Expression | None:
        """Whether a number is a day of the calendar; None where every number is."""
        return None if self.per_day else _is_day(sa.cast(number, sa.BigInteger()))

    def iso(self, server: Server, number: Expression) -> Expression:
        """The day as ISO text."""
        whole = sa.cast(number, sa.BigInteger())
        if self.per_day:
            since = (self.origin - EPOCH).days
            return server.iso_of(whole // self.per_day + since if since else whole // self.per_day)
        digits = sa.cast(whole, sa.String(20))
        mark: Expression = sa.literal_column("'-'")
        year, month, day = (server.part(digits, *where) for where in ((1, 4), (5, 2), (7, 2)))
        return sa.case((_is_day(whole), year + mark + month + mark + day))


def _is_day(whole: Expression) -> Expression:
    """Whether digits, yyyymmdd, are a day of the calendar."""
    year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
    leap = sa.and_(year % 4 == 0, sa.or_(year % 100 != 0, year % 400 == 0))
    return sa.and_(
        month.between(1, 12),
        sa.or_(
            day.between(1, 28),
            sa.and_(day.between(29, 30), month != 2),  # noqa: PLR2004  # February
            sa.and_(day == 31, month.in_(MONTHS_OF_31)),  # noqa: PLR2004
            sa.and_(day == 29, month == 2, leap),  # noqa: PLR2004
        ),
    )


LAST: Final = date(2100, 12, 31)
SCALES: Final = (
    Scale("yyyymmdd", 0, EPOCH, date(1901, 1, 1), LAST),
    Scale("epoch seconds", DAY_S, EPOCH, date(1990, 1, 1), LAST),
    Scale("epoch milliseconds", DAY_S * 1000, EPOCH, date(1990, 1, 1), LAST),
    Scale("Excel days", 1, date(1899, 12, 30), date(1990, 1, 1), LAST, is_strict=True),
)
"""No two share a number, so that a column's least and greatest tell which it is."""
