"""Deadlines by table: weekends, holidays, leap days, time zones, and the worked example of the law base."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from piiscan.errors import UsageError
from piiscan.requests.deadlines import Deadlines, add_business_days, deadlines, received_day
from piiscan.requests.holidays import BusinessDays

FEDERAL = BusinessDays("US")
CALIFORNIA = BusinessDays("US-CA")
FRIDAY_OFF = BusinessDays("US", friday_after_thanksgiving=True)


def test_the_worked_example_of_law_md() -> None:
    """Received on Saturday 21 November 2026: 7 December, 5 January, 19 February; 8 December where the Friday is off."""
    received = date(2026, 11, 21)

    found = [
        deadlines("know_specific", "ccpa", received, days.works)
        for days in (FEDERAL, FRIDAY_OFF, CALIFORNIA, BusinessDays("US-CA", friday_after_thanksgiving=True))
    ]

    late = Deadlines(date(2026, 12, 8), date(2027, 1, 5), date(2027, 2, 19))
    due = Deadlines(date(2026, 12, 7), date(2027, 1, 5), date(2027, 2, 19))
    assert found == [due, late, due, late]


@pytest.mark.parametrize(
    ("received", "number", "days", "due"),
    [
        (date(2026, 6, 1), 10, FEDERAL, date(2026, 6, 15)),  # Monday to Monday
        (date(2026, 6, 5), 1, FEDERAL, date(2026, 6, 8)),  # from a Friday over a weekend
        (date(2026, 6, 6), 1, FEDERAL, date(2026, 6, 8)),  # from a Saturday
        (date(2026, 6, 18), 1, FEDERAL, date(2026, 6, 22)),  # Juneteenth is a Friday
        (date(2026, 7, 2), 1, FEDERAL, date(2026, 7, 6)),  # 4 July is a Saturday: kept on Friday the 3rd
        (date(2027, 12, 30), 1, FEDERAL, date(2028, 1, 3)),  # New Year 2028 is a Saturday: kept on 31 December
        (date(2026, 12, 24), 10, FEDERAL, date(2027, 1, 11)),  # Christmas and New Year
        (date(2026, 3, 30), 1, CALIFORNIA, date(2026, 4, 1)),  # Cesar Chavez Day, 31 March
        (date(2026, 3, 30), 1, FEDERAL, date(2026, 3, 31)),
        (date(2026, 3, 30), 1, BusinessDays("none"), date(2026, 3, 31)),
        (date(2026, 7, 2), 1, BusinessDays("none"), date(2026, 7, 3)),
        (date(2024, 2, 28), 2, FEDERAL, date(2024, 3, 1)),  # a leap day is a day
        (date(2026, 11, 25), 1, FEDERAL, date(2026, 11, 27)),  # Thanksgiving
        (date(2026, 11, 25), 1, FRIDAY_OFF, date(2026, 11, 30)),
        (date(2026, 1, 23), 1, BusinessDays("IN"), date(2026, 1, 27)),  # Republic Day is a Monday
    ],
)
def test_business_days_leave_out_weekends_and_holidays(
    received: date, number: int, days: BusinessDays, due: date
) -> None:
    assert add_business_days(received, number, days.works) == due


@pytest.mark.parametrize(
    ("kind", "regime", "received", "due"),
    [
        ("opt_out", "ccpa", date(2026, 6, 1), Deadlines(None, date(2026, 6, 23), None)),  # 15 days and Juneteenth
        ("limit", "ccpa", date(2026, 12, 11), Deadlines(None, date(2027, 1, 5), None)),
        ("drop", "ccpa", date(2026, 8, 1), Deadlines(None, date(2026, 9, 15), None)),
        ("delete", "ccpa", date(2024, 1, 15), Deadlines(date(2024, 1, 29), date(2024, 2, 29), date(2024, 4, 14))),
        ("delete", "ccpa", date(2023, 1, 15), Deadlines(date(2023, 1, 30), date(2023, 3, 1), date(2023, 4, 15))),
        ("access", "gdpr", date(2026, 1, 31), Deadlines(None, date(2026, 2, 28), date(2026, 4, 30))),
        ("access", "gdpr", date(2024, 1, 31), Deadlines(None, date(2024, 2, 29), date(2024, 4, 30))),
        ("erase", "dpdp", date(2024, 2, 29), Deadlines(None, date(2024, 3, 29), date(2024, 5, 29))),
        ("erase", "gdpr", date(2026, 11, 30), Deadlines(None, date(2026, 12, 30), date(2027, 2, 28))),
    ],
)
def test_every_kind_has_its_clock(kind: str, regime: str, received: date, due: Deadlines) -> None:
    assert deadlines(kind, regime, received, FEDERAL.works) == due  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "timezone_name", "day"),
    [
        (datetime(2026, 11, 22, 7, 59, tzinfo=UTC), "America/Los_Angeles", date(2026, 11, 21)),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "America/Los_Angeles", date(2026, 11, 22)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), "America/Los_Angeles", date(2026, 6, 30)),  # summer time
        (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), "America/Los_Angeles", date(2026, 7, 1)),
        (datetime(2026, 6, 30, 18, 30, tzinfo=UTC), "Asia/Kolkata", date(2026, 7, 1)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=timezone(timedelta(hours=-7))), "UTC", date(2026, 7, 1)),
        (datetime(2026, 6, 30, 23, 30), "Asia/Kolkata", date(2026, 6, 30)),  # noqa: DTZ001 - the firm's own time
        (date(2026, 6, 30), "Asia/Kolkata", date(2026, 6, 30)),
    ],
)
def test_a_moment_is_a_day_in_the_firms_time_zone(moment: date, timezone_name: str, day: date) -> None:
    assert received_day(moment, timezone_name) == day


def test_an_unknown_region_is_refused_with_what_to_write() -> None:
    with pytest.raises(UsageError) as error:
        BusinessDays("ZZ")

    assert error.value.message == "[requests] holidays = 'ZZ': no calendar of that region is known"
