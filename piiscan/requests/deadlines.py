"""By when a request must be confirmed and answered: pure arithmetic over calendar days and business days.

11 CCR 7021, Civ. 1798.130(a)(2)(A): confirm within 10 business days, answer within 45 calendar days of receipt, once 45 more.
11 CCR 7026, 7027: opt-out and limit within 15 business days. GDPR Art. 12(3): one month, once two more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.inventory.requests import Regime, RequestKind

CONFIRM_DAYS: Final = 10
ANSWER_DAYS: Final = 45
STOP_DAYS: Final = 15
STOPPING: Final = frozenset({"opt_out", "limit"})
"""Requests that stop a use: no identity is verified, no extension is known (7060(b))."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last days on which something may be done."""

    confirm: date | None
    """To confirm receipt and say how it will be handled; None: the regime knows no such duty."""
    answer: date
    """To answer, or within which an extension must be told."""
    extended: date | None
    """To answer after an extension; None: the kind of request knows none."""


def deadlines(kind: RequestKind, regime: Regime, received: date, works: Callable[[date], bool]) -> Deadlines:
    """The deadlines of a request received on a day of the firm's; ``works`` says which days are business days.

    A month after a day that the month lacks ends with its last day: the earlier reading, so that nobody is late by the other.
    """
    if regime != "ccpa":
        return Deadlines(None, received + relativedelta(months=1), received + relativedelta(months=3))
    if kind in STOPPING:
        return Deadlines(None, add_business_days(received, STOP_DAYS, works), None)
    answer = received + timedelta(days=ANSWER_DAYS)
    if kind == "drop":  # Civ. 1798.99.86(c): within 45 days of receipt, nobody waits for a letter
        return Deadlines(None, answer, None)
    confirm = add_business_days(received, CONFIRM_DAYS, works)
    return Deadlines(confirm, answer, received + timedelta(days=2 * ANSWER_DAYS))


def add_business_days(day: date, number: int, works: Callable[[date], bool]) -> date:
    """The day on which so many business days after ``day`` have passed; the day itself does not count."""
    left = number
    while left:
        day += _DAY
        left -= works(day)
    return day


def received_day(received: date | datetime, timezone: str) -> date:
    """The firm's calendar day of a moment; a moment without an offset is the firm's own time."""
    if not isinstance(received, datetime):
        return received
    return received.astimezone(ZoneInfo(timezone)).date() if received.tzinfo is not None else received.date()
