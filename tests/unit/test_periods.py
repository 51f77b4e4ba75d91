"""Calendar periods: ends of months, leap days, and the cutoff that says the same as the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piiscan.periods import Period

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))
PERIODS = st.builds(Period, st.integers(0, 400), st.integers(0, 800))


@pytest.mark.parametrize(
    ("day", "period", "end"),
    [
        ("2024-02-29", "P3Y", "2027-03-01"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2023-02-28", "P1Y", "2024-02-28"),
        ("2025-01-31", "P1M", "2025-03-01"),
        ("2025-03-31", "P25M", "2027-05-01"),
        ("2025-12-31", "P2M", "2026-03-01"),
        ("2025-05-05", "P0D", "2025-05-05"),
        ("2025-05-05", "P90D", "2025-08-03"),
        ("2025-05-05", "P2W", "2025-05-19"),
        ("2024-01-30", "P1M1D", "2024-03-02"),
        ("2025-05-05", "P1Y6M3D", "2026-11-08"),
        ("9998-01-01", "P5Y", "9999-12-31"),
    ],
)
def test_a_period_ends_on_its_calendar_day_or_the_first_day_after(day: str, period: str, end: str) -> None:
    """A day that does not exist becomes the next that does, never the one before."""
    assert Period.parse(period).end(date.fromisoformat(day)) == date.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "P", "P1H", "PT6H", "3Y", "P-1Y", "P1.5Y", "P1D2M", "policy", "P1Y "])
def test_what_is_no_calendar_period_is_refused(text: str) -> None:
    """Clock units too: a duty of retention has none."""
    with pytest.raises(ValueError, match="ISO 8601"):
        Period.parse(text)


@given(PERIODS, DAYS)
def test_the_cutoff_is_the_latest_event_whose_period_is_over(period: Period, as_of: date) -> None:
    """Comparing the event's day with it is the same as computing the period's end of every row."""
    cutoff = period.begun_by(as_of)

    assert period.end(cutoff) < as_of
    assert period.end(cutoff + timedelta(days=1)) >= as_of


@given(PERIODS, DAYS, st.integers(0, 2000))
def test_a_later_event_never_ends_earlier(period: Period, day: date, later: int) -> None:
    """What makes one cutoff for all rows right."""
    assert period.end(day) <= period.end(day + timedelta(days=later))


def test_no_event_can_be_long_enough_ago_for_a_period_beyond_the_calendar() -> None:
    """The first day of the calendar stands for none."""
    assert Period.parse("P3000Y").begun_by(date(2026, 1, 1)) == date.min
