"""Calendar periods: when one ends, and which day it must have begun by to be over.

ISO 8601 periods in years, months, weeks and days. Years and months are calendar units; where the day does not exist (a year after
29 February, a month after 31 January) the end is the first of the next month, the later of the two readings (law.md section 5, 8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

_PERIOD: Final = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DAY: Final = timedelta(days=1)
_SLACK: Final = 5
"""Days by which stepping back a period may miss the day it was stepped from: month ends differ by three at most."""


@dataclass(frozen=True, slots=True)
class Period:
    """So many calendar months, then so many days."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of ``P3Y``, ``P25M``, ``P1Y6M``, ``P0D``. Raises ValueError for anything else, clock units too."""
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError("must be an ISO 8601 period in years, months, weeks or days, such as P3Y or P90D")
        years, months, weeks, days = (int(part or 0) for part in match.groups())
        return cls(12 * years + months, 7 * weeks + days)

    def end(self, day: date) -> date:
        """The last day of a period that began with an event on ``day``: what it bounds is over from the day after.

        A day beyond the calendar is its last day.
        """
        try:
            moved = day + relativedelta(months=self.months)
            if moved.day != day.day:
                moved += _DAY
            return moved + timedelta(days=self.days)
        except (OverflowError, ValueError):
            return date.max

    def begun_by(self, as_of: date) -> date:
        """The latest day of an event whose period is over on ``as_of``: `end` of it lies before that day.

        The first day of the calendar when no event can be so long ago.
        """
        try:
            day = as_of - timedelta(days=self.days) - relativedelta(months=self.months) + timedelta(days=_SLACK)
        except (OverflowError, ValueError):
            return date.min
        while day > date.min and self.end(day) >= as_of:
            day -= _DAY
        return day
