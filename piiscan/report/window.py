"""The look-back window of a report, in calendar units."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from piiscan.errors import UsageError


@dataclass(frozen=True, slots=True)
class Window:
    """The days a report looks back on; both ends belong to it (law.md 2.2)."""

    first: date
    last: date
    months: int

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def look_back(as_of: date, months: int = 12) -> Window:
    """The window that ends on ``as_of`` and begins on the same day of the month ``months`` earlier.

    Where that month has no such day it begins on the month's last: 29 February 2028 looks back to 28 February 2027.
    Raises UsageError for less than one month, or a beginning before the year 1.
    """
    index = as_of.year * 12 + as_of.month - 1 - months
    year, month = divmod(index, 12)
    if months < 1 or year < 1:
        raise UsageError(
            f"a window of {months} months that ends on {as_of} makes no sense", hint="give --months 1 or more"
        )
    day = min(as_of.day, monthrange(year, month + 1)[1])
    return Window(date(year, month + 1, day), as_of, months)
