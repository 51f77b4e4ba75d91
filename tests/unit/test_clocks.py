"""Clocks: which column dates the collection, and which day a value names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from piiscan.clocks import DayCounter, collection_clocks, infer_clocks, parse_day
from piiscan.model import AgeRow, Batch, Clock, Column, Container, Source

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2025-03-14", date(2025, 3, 14)),
        ("2025-03-14T10:11:12Z", date(2025, 3, 14)),
        (" 2025-03-14 10:11", date(2025, 3, 14)),
        ("20250314", date(2025, 3, 14)),
        (date(2025, 3, 14), date(2025, 3, 14)),
        (datetime(2025, 3, 14, 23, 59, tzinfo=UTC), date(2025, 3, 14)),
        ("2026-11-22", date(2026, 11, 22)),
        ("2026-11-23", None),
        ("2025-02-29", None),
        ("03/04/2025", None),
        ("1970-01-01", None),
        ("9999-12-31", None),
        ("1900-01-01", None),
        ("0000-00-00", None),
        ("2025-03-1x", None),
        ("", None),
        (None, None),
        (20250314, None),
    ],
)
def test_a_day_is_named_in_iso_or_not_at_all(value: object, day: date | None) -> None:
    """Sentinels, the future and spellings that differ between countries name no day; tomorrow is today somewhere."""
    assert parse_day(value, today=TODAY) == day


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ([("id", "INTEGER"), ("created_at", "TIMESTAMP"), ("placed_at", "DATE")], ["placed_at", "created_at"]),
        ([("birth_date", "DATE"), ("updated_at", "TIMESTAMP"), ("expiry_date", "DATE")], []),
        ([("call_date", "DATE"), ("dateCreated", "datetime")], ["dateCreated", "call_date"]),
        ([("received_on", None), ("note", None)], ["received_on"]),
        ([("placement_score", "INTEGER"), ("entry_fee", "NUMERIC")], []),
        (
            [("CREATEDATE", "DATE"), ("rcvd_dt", "DATE"), ("LASTUPDATE", "DATE"), ("termdate", "DATE")],
            ["rcvd_dt", "CREATEDATE"],
        ),
    ],
)
def test_the_likeliest_column_comes_first(columns: list[tuple[str, str | None]], names: list[str]) -> None:
    """What was received before what was made before what happened; births, changes and ends never."""
    assert [clock.path[0] for clock in infer_clocks([Column(name, kind) for name, kind in columns])] == names


def test_a_configured_clock_is_the_only_one() -> None:
    """No guess stands beside what the firm says."""
    clock = Clock("collected", ("account_id", "accounts.placed_at"))
    source = Source("crm", "sql", "sqlite://", clocks={"public.pay*": (clock,)})
    container = Container("crm", "public.payments", "table", columns=(Column("created_at", "DATE"),))

    assert collection_clocks(source, container) == (clock,)
    assert [each.basis for each in collection_clocks(Source("crm", "sql", "sqlite://"), container)] == ["inferred"]


def test_rows_are_counted_by_day_owner_and_filled_column() -> None:
    """Owners that the configuration does not know come out as a question mark, never by their value."""
    container = Container("share", "a.csv", "file")
    counter = DayCounter(Clock("collected", ("day",)), "client", frozenset({"mercy"}))
    counter.add(
        Batch(
            container,
            {"day": ["2025-03-14", "2025-03-14", None], "client": ["mercy", "other", "mercy"], "ssn": ["1", None, "2"]},
            3,
        )
    )
    counter.add(Batch(container, {"client": ["mercy"], "ssn": ["3"]}, 1))

    assert counter.ages(["ssn"]).rows == (
        AgeRow(date(2025, 3, 14), 1, "?", {"ssn": 0}),
        AgeRow(date(2025, 3, 14), 1, "mercy", {"ssn": 1}),
        AgeRow(None, 2, "mercy", {"ssn": 2}),
    )
