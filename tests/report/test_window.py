"""The look-back window, in calendar units."""

from __future__ import annotations

from datetime import date

import pytest

from piiscan.errors import UsageError
from piiscan.report.window import look_back


@pytest.mark.parametrize(
    ("as_of", "months", "first"),
    [
        ("2026-11-21", 12, "2025-11-21"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2025-02-28", 12, "2024-02-28"),
        ("2024-02-29", 48, "2020-02-29"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 24, "2024-12-31"),
    ],
)
def test_a_window_begins_on_the_same_day_of_the_month_or_on_the_last_there_is(
    as_of: str, months: int, first: str
) -> None:
    """29 February and the 31st have no counterpart in every month."""
    assert look_back(date.fromisoformat(as_of), months).first == date.fromisoformat(first)


def test_both_ends_of_a_window_belong_to_it() -> None:
    """law.md 2.2 writes it as a closed interval."""
    window = look_back(date(2026, 11, 21))

    inside = [
        day for day in ("2025-11-20", "2025-11-21", "2026-11-21", "2026-11-22") if date.fromisoformat(day) in window
    ]

    assert inside == ["2025-11-21", "2026-11-21"]


@pytest.mark.parametrize(("as_of", "months"), [(date(2026, 11, 21), 0), (date(2, 1, 1), 36)])
def test_a_window_that_makes_no_sense_is_refused(as_of: date, months: int) -> None:
    """Nothing before the year 1, nothing shorter than a month."""
    with pytest.raises(UsageError, match="makes no sense"):
        look_back(as_of, months)
