"""Databases in which other persons' rows lie close to the person's: shared halves of keys, keys that look alike, friends and twins."""

from __future__ import annotations

import base64
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.inventory import Inventory
from piiscan.model import Secret
from piiscan.requests.private import opened

if TYPE_CHECKING:
    from pathlib import Path

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
ANN = {"agency_file_no": "A1", "email": "ann@canary.example", "phone": "212-555-0187"}
HELD = [
    ("crm", "people", "name", "person_name"), ("crm", "people", "mail", "email"), ("crm", "people", "phone", "phone"),
    ("crm", "people", "file", "agency_file_no"), ("crm", "ledger", "amount", "payment_history"), ("crm", "visits", "mail", "email"),
    ("crm", "tickets", "said", "payment_history"),
]  # fmt: skip


@pytest.fixture
def town(firm: Path, store: Any) -> Path:
    """Two firms' people under one numbering, who bring friends; a chain of four tables; keys of all types in one column."""
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("""
        CREATE TABLE people (firm INT, id INT, name TEXT, mail TEXT, phone TEXT, file TEXT, friend INT, PRIMARY KEY (firm, id),
            FOREIGN KEY (firm, friend) REFERENCES people (firm, id));
        CREATE TABLE accounts (id INTEGER PRIMARY KEY, firm INT, person INT, FOREIGN KEY (firm, person) REFERENCES People (FIRM, id));
        CREATE TABLE charges (id INTEGER PRIMARY KEY, account INT REFERENCES accounts);
        CREATE TABLE parts (id INTEGER PRIMARY KEY, charge INT REFERENCES charges (id));
        CREATE TABLE ledger (id INTEGER PRIMARY KEY, part INT REFERENCES parts (id), amount TEXT);
        CREATE TABLE visits (id PRIMARY KEY, mail TEXT);
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, visit REFERENCES visits (id), said TEXT);
        INSERT INTO people VALUES (1, 7, 'Ann Canary', 'ann@canary.example', '212-555-0187', 'A1', NULL),
            (2, 7, 'Eve Other', 'eve@canary.example', '212-555-0111', 'A2', NULL), (1, 8, 'Bob Other', 'bob@canary.example', '212-555-0122', 'A3', 7);
        INSERT INTO accounts VALUES (10, 1, 7), (20, 2, 7), (30, 1, 8);
        INSERT INTO charges VALUES (11, 10), (21, 20), (31, 30);
        INSERT INTO parts VALUES (12, 11), (22, 21), (32, 31);
        INSERT INTO ledger VALUES (13, 12, 'hers'), (23, 22, 'not hers'), (33, 32, 'not hers');
    """)
    keys = [
        (7, "ann@canary.example"),
        ("7", "eve@canary.example"),
        ("a\0b", "ann@canary.example"),
        ("a", "eve@canary.example"),
    ]
    base.executemany("INSERT INTO visits VALUES (?, ?)", keys)
    base.executemany(
        "INSERT INTO tickets VALUES (?, ?, 'x')", [(number, key) for number, (key, _) in enumerate(keys, 1)]
    )
    base.commit()
    base.close()
    store(HELD)
    return firm


def ask(call: Any, kind: str = "know_specific", **more: Any) -> str:
    """Opens a request of Ann's; its number."""
    plain = {"kind": kind, "channel": "mail", "subject": ANN, "declared": True} | more
    return str(call("open", "--from", "-", "--format", "json", stdin=json.dumps(plain)).json["entry"]["id"])


def test_only_rows_that_refer_to_the_person_by_a_whole_key_of_its_own_type_are_the_persons(
    town: Path, call: Any
) -> None:
    """Half of a composite key, a text of a number's digits, a text up to its NUL lead to others; however far a chain goes, it is followed."""
    number = ask(call)
    done = call("locate", number, "--explain", "--format", "json")
    request = Inventory.open(f"sqlite:///{town / 'piiscan.db'}").requests()[0]

    assert {each.container: set(map(tuple, each.keys)) for each in opened(request, KEY).rows} == {
        "accounts": {(10,)}, "charges": {(11,)}, "ledger": {(13,)}, "parts": {(12,)}, "people": {(1, 7)}, "tickets": {(1,), (3,)},
        "visits": {(7,), ("a\0b",)},
    }  # fmt: skip
    assert {each["container"]: each["near"] for each in done.json["places"] if each["near"]} == {"people": 1}
    assert [word for word in ("canary", "5550187", "555-0187") if word in done.out] == []
