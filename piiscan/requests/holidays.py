"""Which days are business days: not Saturday or Sunday, and no public holiday of the firm's region.

"Business day" is defined neither in the CCPA nor in its regulations: the region is a setting, and so is the Friday after
Thanksgiving. Fewer holidays give earlier deadlines, so that the default, those of the United States, is the safe one.
"""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Final

from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Container as Days
    from datetime import date

NO_REGION: Final = "none"
_NOVEMBER: Final = 11
_FRIDAYS: Final = range(23, 30)
"""Days of November on which the Friday after the fourth Thursday may fall."""


class BusinessDays:
    """The calendar of a region: ``US``, ``US-CA``, another country of ISO 3166, or ``none`` for weekends alone."""

    def __init__(self, region: str, *, friday_after_thanksgiving: bool = False) -> None:
        """Raises UsageError for a region whose holidays are not known."""
        self._friday = friday_after_thanksgiving
        self._american = region.partition("-")[0] == "US"
        self._holidays: Days[date] = () if region == NO_REGION else _holidays(region)

    def works(self, day: date) -> bool:
        """Whether it is a business day."""
        if day.weekday() >= calendar.SATURDAY:
            return False
        if self._american and _follows_thanksgiving(day):
            return not self._friday
        return day not in self._holidays


def _holidays(region: str) -> Days[date]:
    import holidays  # noqa: PLC0415 - the calendars of 150 countries, needed by one room

    country, _, part = region.partition("-")
    try:
        found: Days[date] = holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        raise UsageError(
            f"[requests] holidays = {region!r}: no calendar of that region is known",
            hint=f'write a country and a part of it, such as "US-CA", or "{NO_REGION}" for weekends alone',
        ) from None
    return found


def _follows_thanksgiving(day: date) -> bool:
    """The day after the fourth Thursday of November: California's offices close, the federal ones do not."""
    return day.month == _NOVEMBER and day.weekday() == calendar.FRIDAY and day.day in _FRIDAYS
