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


def test_a_key_that_is_another_persons_by_now_gives_nothing_of_theirs_away(town: Path, call: Any) -> None:
    """She who has the number now shares the telephone: nothing is given out before the rows, and what hangs on them, are located anew."""
    number = ask(call)
    assert [call(word, number).code for word in ("verify", "locate")] == [0, 0]
    with sqlite3.connect(town / "crm.db") as base:
        base.execute(
            "UPDATE people SET name = 'Zoe Other', mail = 'zoe@canary.example', file = 'A9' WHERE firm = 1 AND id = 7"
        )
    base.close()
    refused = call("answer", number, "-o", "first")
    assert call("locate", number).code == 0
    done = call("answer", number, "-o", "answer", "--format", "json")

    assert (refused.code, "crm:people: 1 of 1 rows are gone, or are not the person's any more" in refused.error) == (
        6,
        True,
    )
    assert (done.code, done.json["records"]) == (0, 4)
    text = "".join(each.read_text() for each in (town / "answer").iterdir())
    assert [word for word in ("Zoe", "zoe@", "A9", "hers") if word in text] == []


def test_what_was_not_read_never_looks_as_if_nothing_were_held(town: Path, call: Any) -> None:
    """Not when the source was away while the rows were located, nor when no scan has ever read one."""
    number = ask(call)
    call("verify", number)
    (town / "crm.db").rename(town / "away.db")
    away = call("locate", number)
    (town / "away.db").rename(town / "crm.db")
    empty = call("answer", number, "-o", "empty", "--format", "json")
    with (town / "piiscan.toml").open("a") as file:
        file.write('[sources.new]\nconnector = "sql"\nurl = "sqlite:///crm.db"\n')
    unscanned = call("locate", number, "--format", "json")
    again = call("answer", number, "-o", "again", "--format", "json")

    assert (away.code, empty.code, empty.json["response"]) == (4, 4, "unfinished")
    assert "this answer is not complete" in (town / "empty" / "letter.md").read_text()
    assert (unscanned.code, unscanned.json["skips"][0]["reason"]) == (
        4,
        "it was never scanned: nothing is known of what it holds",
    )
    assert (again.code, again.json["response"], again.json["records"]) == (4, "unfinished", 6)


def test_rows_that_went_without_a_word_are_not_called_never_held(town: Path, call: Any) -> None:
    """After a plan, or by hand: whoever answers says which, and only then the letter says that they were deleted."""
    with (town / "piiscan.toml").open("a") as file:
        file.write('[[disclosures]]\nto = "Buyer"\nkind = "sold"\ndata_types = ["email"]\nfirst = 2020-01-01\n')
    number = ask(call, "delete")
    assert [call(word, number).code for word in ("verify", "locate")] == [0, 0]
    with sqlite3.connect(town / "crm.db") as base:
        for name in ("ledger", "parts", "charges", "accounts", "people", "tickets", "visits"):
            base.execute(f"DELETE FROM {name}")
    base.close()
    silent = call("answer", number, "-o", "one")
    call("locate", number)
    located = call("answer", number, "-o", "two")
    said = call("answer", number, "-o", "three", "--done", "--format", "json")

    assert [(each.code, each.error.partition(" |")[0]) for each in (silent, located)] == [
        (6, "rows that were located are gone, or are not the person's any more")
    ] * 2
    assert (said.code, said.json["response"], [each["to"] for each in said.json["recipients"]]) == (
        0,
        "complied",
        ["Buyer"],
    )
    assert "is deleted" in (town / "three" / "letter.md").read_text()


def test_what_a_human_has_accepted_is_that_row_as_it_was_read_for_that_request(town: Path, call: Any) -> None:
    """Not another request's, not a row that says something else by now; and no file can be such that it ends in a traceback."""
    number, other = ask(call), ask(call)
    call("locate", number, "--review", "near.json")
    text = (town / "near.json").read_text().replace('"same": false', '"same": true')
    (town / "near.json").write_text(text)
    foreign, good = call("locate", other, "--accept", "near.json"), call("locate", number, "--accept", "near.json")
    with sqlite3.connect(town / "crm.db") as base:
        base.execute("UPDATE people SET phone = '212-555-0199' WHERE id = 8")
    base.close()
    late = call("locate", number, "--accept", "near.json")
    broken = []
    for bad in (
        "[" * 100_000,
        text.replace('"1"', "[]"),
        text.replace('"cells": {', '"cells": {"x": 1, '),
        "7",
        text.replace('"people"', "{}"),
    ):
        (town / "bad.json").write_text(bad)
        broken.append(call("locate", number, "--accept", "bad.json"))

    assert (foreign.code, foreign.error.partition(" |")[0]) == (2, "--accept near.json: a review of another request")
    assert [each.out.splitlines()[2].partition(",")[0] for each in (good, late)] == [
        "14 rows in 7 places",
        "9 rows in 7 places",
    ]
    assert "1 rows of the review are gone or say something else by now: they are left out." in late.out
    assert [(each.code, "Bob" in each.out + each.error) for each in broken if each.code] == [(2, False)] * 3


def test_an_index_hides_no_row_that_is_written_in_another_usual_way(firm: Path, call: Any, store: Any) -> None:
    """An index finds what is written as it is asked for: it is asked for the ways in which people write."""
    rows = [
        (1, "Ann", "Ann.Lee@canary.example", None), (2, "Ann", "ann.lee@Canary.Example", None), (3, "Ann Lee", None, "212 555 0187"),
        (4, "Ann Lee", None, "+1-212-555-0187"), (5, "Ann Lee", None, "1 (212) 555-0187"), (6, "Ann Lee", None, "1.212.555.0187"),
        (7, "Ann Lee", None, "212 555 0188"),
    ]  # fmt: skip
    base = sqlite3.connect(firm / "crm.db")
    base.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT UNIQUE, phone TEXT UNIQUE)")
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    store([("crm", "people", "name", "alias"), ("crm", "people", "mail", "email"), ("crm", "people", "phone", "phone")])
    subject = {"alias": "Ann", "person_name": "Ann Lee", "email": "ann.lee@canary.example", "phone": "2125550187"}
    done = call("locate", ask(call, subject=subject), "--format", "json").json

    assert ([each["rows"] for each in done["places"]], done["unindexed"]) == ([6], [])


def test_an_account_of_two_is_near_for_a_human_and_a_creditor_of_many_is_not(firm: Path, call: Any, store: Any) -> None:
    """Rows lead up as well: to what few share. Once somebody has found the account to be hers, its payments are; her husband is not."""
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("""
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, creditor INT REFERENCES creditors (id));
        CREATE TABLE creditors (id INTEGER PRIMARY KEY, phone TEXT);
        CREATE TABLE accounts (id INTEGER PRIMARY KEY, no TEXT);
        CREATE TABLE holders (account INT REFERENCES accounts (id), person INT REFERENCES people (id), PRIMARY KEY (account, person));
        CREATE TABLE payments (id INTEGER PRIMARY KEY, account INT REFERENCES accounts (id), amount TEXT);
        INSERT INTO creditors VALUES (3, '415-555-0100');
        INSERT INTO people VALUES (1, 'Ann Canary', 'ann@canary.example', 3), (2, 'Bob Canary', 'bob@canary.example', 3),
            (4, 'A B', NULL, 3), (5, 'C D', NULL, 3), (6, 'E F', NULL, 3);
        INSERT INTO accounts VALUES (10, 'F-10'), (11, 'F-11');
        INSERT INTO holders VALUES (10, 1), (10, 2), (11, 2);
        INSERT INTO payments VALUES (100, 10, '5'), (101, 11, '6');
    """)
    base.close()
    kinds = {"people": [("name", "person_name"), ("mail", "email")], "creditors": [("phone", "phone")]}
    kinds |= {"accounts": [("no", "agency_file_no")], "payments": [("amount", "payment_history")]}
    store([("crm", table, *each) for table, several in kinds.items() for each in several])
    number = ask(call, subject={"person_name": "Ann Canary", "email": "ann@canary.example"})
    found = call("locate", number, "--review", "near.json", "--format", "json").json
    (firm / "near.json").write_text((firm / "near.json").read_text().replace('"same": false', '"same": true'))
    read = call("locate", number, "--accept", "near.json", "--format", "json").json

    assert {each["container"]: (each["rows"], each["near"]) for each in found["places"]} == {
        "accounts": (0, 1), "holders": (1, 0), "people": (1, 0),
    }  # fmt: skip
    assert {each["container"]: (each["rows"], each["near"]) for each in read["places"]} == {
        "accounts": (1, 0), "holders": (2, 0), "payments": (1, 0), "people": (1, 0),
    }  # fmt: skip
