"""Where the notice itself does not say what the law asks of it, whatever is held (law.md 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.periods import Period
from piiscan.rulepack import Lag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from piiscan.rulepack import Notice

_A_YEAR: Final = Period(months=12)
_UPDATED: Final = "Civ. Code 1798.130(a)(5); 11 CCR 7011(e)(4)"
_UPDATED_ID: Final = "P2"


def lags_of(notice: Notice, as_of: date) -> tuple[Lag, ...]:
    """What the profile says the notice lacks, after what the calendar says: no date of its last update, or one a year ago."""
    return (*_updated(notice, as_of), *notice.lags)


def _updated(notice: Notice, as_of: date) -> Iterator[Lag]:
    day = notice.last_updated
    if day is None:
        yield Lag(_UPDATED_ID, "states no day on which it was last updated", _UPDATED)
    elif _A_YEAR.end(day) < as_of:
        yield Lag(_UPDATED_ID, f"was last updated on {day}, more than twelve months ago", _UPDATED)
