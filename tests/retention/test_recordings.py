"""Recordings in whose time a card payment of the same account was taken are told; others are not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from piiscan import plugins
from piiscan.model import Clock, Container, ReadPlan, Source
from piiscan.retention.recordings import Recordings

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 3, 1)
CLOCKS = {
    "calls": {"call_date": Clock("call_date", ("at",))},
    "cards": {"payment_processed": Clock("payment_processed", ("paid",))},
}
HELD = {"calls": {"call_recording": {"file"}}, "cards": {"card_last4": {"last4"}}}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Four calls: two of account 1 on a day it paid, one of another account, one on another day; days are written differently."""
    base = sqlite3.connect(tmp_path / "x.db")
    base.executescript("""
        CREATE TABLE accounts (id INTEGER PRIMARY KEY);
        CREATE TABLE calls (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), file TEXT, at TEXT);
        CREATE TABLE cards (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), last4 TEXT, paid INTEGER);
        INSERT INTO accounts VALUES (1), (2);
        INSERT INTO calls VALUES (1, 1, 'a', '2025-06-13 10:00'), (2, 1, 'b', '2025-06-13 18:00'), (3, 2, 'c', '2025-06-13'),
                                 (4, 1, 'd', '2025-06-14'), (5, NULL, 'e', '2025-06-13'), (6, 1, 'f', NULL);
        INSERT INTO cards VALUES (1, 1, '1111', 20250613), (2, 1, '1111', 20250613), (3, 2, '2222', 20250701), (4, 2, '3', NULL);
    """)
    base.close()
    return Source("crm", "sql", f"sqlite:///{tmp_path}/x.db")


def _notes(source: Source, held: dict[str, dict[str, set[str]]]) -> list[str]:
    with closing(plugins.connector("sql")(source, ReadPlan())) as connector:
        tables = {item.path: item for item in connector.containers() if isinstance(item, Container)}
        return list(Recordings(connector, held, CLOCKS).notes(tables["calls"], tables, AS_OF))


def test_a_call_on_the_day_of_a_card_payment_of_its_account_is_told(source: Source) -> None:
    """Counted once, however many payments there were."""
    assert _notes(source, HELD) == [
        (
            "2 of these calls were made on a day on which a card payment of the same account was taken (cards): the recording"
            " must be kept, and may hold card data that must not be (PCI DSS 3.3.1): cut it out"
        )
    ]


@pytest.mark.parametrize(
    "held",
    [
        {"calls": {"phone": {"file"}}, "cards": {"card_last4": {"last4"}}},
        {"calls": {"call_recording": {"file"}}, "cards": {"receipt": {"last4"}}},
    ],
    ids=["no recordings", "no cards"],
)
def test_without_recordings_or_cards_nothing_is_told(source: Source, held: dict[str, dict[str, set[str]]]) -> None:
    """What the inventory does not hold is not looked for."""
    assert _notes(source, held) == []
