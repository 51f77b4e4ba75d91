"""Those who asked to be deleted or left alone, looked for again: told from their families, and before from after the answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWERED = "2026-01-15"
SOURCES = """
[sources.crm.clocks.people]
collected = "added"
[sources.crm.clocks.calls]
collected = "person > people.added"
[sources.share]
connector = "files"
url = "file:share"
[sources.share.clocks."*"]
collected = "@name"
"""
HELD = [
    ("crm", "people", "name", "person_name"), ("crm", "people", "mail", "email"), ("crm", "people", "phone", "phone"),
    ("crm", "people", "born", "dob"), ("crm", "people", "address", "street_address"), ("crm", "people", "zip", "zip"),
    ("crm", "people", "ssn", "ssn"), ("crm", "letters", "mail", "email"), ("crm", "calls", "mail", "email"),
    ("share", "leads-2026-02-01.csv", "first", "person_name"), ("share", "leads-2026-02-01.csv", "last", "person_name"),
    ("share", "leads-2026-02-01.csv", "mail", "email"),
]  # fmt: skip
PEOPLE = [
    # Ann was deleted, and a list that was bought brought her back; Eve, her twin, never asked.
    ("Canary, ANN M.", "ann@canary.example", "+1 212 555 0187", "03/04/1981", "1 Elm St.", "90001", None, "2026-03-01"),
    ("Eve Canary", None, "212-555-0187", "1981-03-04", "1 Elm St", "90001", None, "2026-03-01"),
    # Of Bob a part stays; of Gus nothing should; Dan was refused; Fay has not been answered; Hal asked to know.
    ("Bob Canary", "bob@canary.example", None, None, None, None, None, "2020-05-05"),
    ("Gus Canary", None, None, None, None, None, "078-05-1120", "2019-05-05"),
    ("Dan Canary", "dan@canary.example", None, None, None, None, None, "2026-03-01"),
    ("Fay Canary", "fay@canary.example", None, None, None, None, None, "2026-03-01"),
    ("Hal Canary", "hal@canary.example", None, None, None, None, None, "2026-03-01"),
    # Cat opted out, and has married; Gus' son has his name and address, and another day of birth; Ivy's namesake lives near,
    # and somebody else has her telephone now.
    ("Cat Married", "cat@canary.example", None, None, None, None, None, "2026-03-01"),
    ("Gus Canary", None, None, "1980-01-01", "2 Oak St", "90001", None, "2026-03-01"),
    ("Ivy Canary", None, "212-555-0199", None, None, "90001", None, "2026-03-01"),
]  # fmt: skip
ANN = {"person_name": "Ann Canary", "email": "Ann@Canary.example", "phone": "2125550187", "dob": "1981-03-04", "street_address": "1 Elm St", "zip": "90001"}  # fmt: skip
GUS = {"person_name": "Gus Canary", "dob": "1950-01-01", "ssn_last4": "1120", "street_address": "2 Oak St"}
ASKED: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
    ("delete", ANN, ("close", "--response", "complied")),
    ("delete", {"person_name": "Bob Canary", "email": "bob@canary.example"}, ("close", "--response", "partly", "--ground", "E8")),
    ("opt_out", {"person_name": "Cat Maiden", "email": "cat@canary.example"}, ("close", "--response", "complied")),
    ("delete", GUS, ("close", "--response", "complied")),
    ("delete", {"email": "dan@canary.example"}, ("deny", "--ground", "unverified", "--reason", "no")),
    ("delete", {"email": "fay@canary.example"}, ()),
    ("know_categories", {"email": "hal@canary.example"}, ("close", "--response", "complied")),
    ("limit", {"person_name": "Ivy Canary", "zip": "90001"}, ("close", "--response", "complied")),
    ("opt_out", {"phone": "212-555-0199"}, ("close", "--response", "nothing_held")),
]  # fmt: skip
CANARIES = ("canary", "5550187", "555-0187", "555 0187", "1981", "1950", "elm st", "1120", "90001")


@pytest.fixture
def held(firm: Path, call: Any, knows: Callable[..., None]) -> Path:
    """The firm's data, an inventory that knows it, and nine requests: seven answered, all on one day of January."""
    with (firm / "piiscan.toml").open("a") as file:
        file.write(SOURCES)
    (firm / "share").mkdir()
    (firm / "share" / "leads-2026-02-01.csv").write_text(
        "first,last,mail\nAnn,Canary,ann@canary.example\nBob,Stranger,x@y.example\n"
    )
    with closing(sqlite3.connect(firm / "crm.db")) as base:
        base.executescript("""
            CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, phone TEXT, born TEXT, address TEXT, zip TEXT, ssn TEXT, added TEXT);
            CREATE TABLE letters (mail TEXT, body TEXT);
            CREATE TABLE calls (mail TEXT, person INTEGER REFERENCES people (id));
            INSERT INTO letters VALUES ('CAT@canary.example', 'x'), ('CAT@canary.example', 'y'), ('eve@canary.example', 'z');
            INSERT INTO calls VALUES ('bob@canary.example', 3);
        """)
        columns = "name, mail, phone, born, address, zip, ssn, added"
        base.executemany(f"INSERT INTO people ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", PEOPLE)
        base.commit()
    knows(HELD)
    for number, (kind, subject, answer) in enumerate(ASKED, 1):
        plain = {"kind": kind, "channel": "mail", "subject": subject}
        assert call("open", "--from", "-", stdin=json.dumps(plain)).code == 0
        assert not answer or call(answer[0], str(number), *answer[1:]).code == 0
    answered_on(firm, ANSWERED)
    return firm


def answered_on(folder: Path, day: str) -> None:
    """Lets all that was answered have been answered that day."""
    with closing(sqlite3.connect(folder / "piiscan.db")) as base:
        base.execute("UPDATE request SET closed_on = ? WHERE state <> 'open'", (day,))
        base.commit()


def told(document: dict[str, Any]) -> dict[tuple[int, str], list[Any]]:
    """By request and container: rows, after, before, undated, near, verdict."""
    names = ("rows", "after", "before", "undated", "near", "verdict")
    return {
        (person["request"], place["container"]): [place[name] for name in names]
        for person in document["persons"]
        for place in person["places"]
    }


def test_whoever_came_back_is_found_and_nobody_else(held: Path, call: Any) -> None:
    done = call("recheck", "--format", "json")

    body = done.json
    assert (done.code, body["outcome"]["reasons"]) == (3, ["returned", "remains"])
    assert told(body) == {
        (1, "leads-2026-02-01.csv"): [1, 1, 0, 0, 0, "returned"],
        (1, "people"): [1, 1, 0, 0, 0, "returned"],
        (2, "calls"): [1, 0, 0, 1, 0, "undated"],
        (2, "people"): [1, 0, 1, 0, 0, "kept"],
        (3, "letters"): [2, 0, 0, 2, 0, "undated"],
        (3, "people"): [0, 0, 0, 0, 1, "near"],
        (4, "people"): [1, 0, 1, 0, 0, "remains"],
    }
    assert [list(each.values())[:4] for each in body["persons"]][:2] == [
        [1, "delete", "complied", ANSWERED], [2, "delete", "partly", ANSWERED],
    ]  # fmt: skip
    assert (body["looked_for"], body["unrecognizable"], body["left_out"]) == ([1, 2, 3, 4, 8, 9], [8, 9], 0)
    assert [(each["container"], each["rows"]) for each in body["places"]] == [
        ("calls", 1), ("letters", 3), ("people", 10), ("leads-2026-02-01.csv", 2),
    ]  # fmt: skip


def test_the_day_of_the_answer_parts_those_who_stayed_from_those_who_came_back(held: Path, call: Any) -> None:
    answered_on(held, "2026-03-01")
    later = told(call("recheck", "crm", "--format", "json").json)
    answered_on(held, "2018-01-01")
    earlier = told(call("recheck", "crm", "--format", "json").json)

    assert [later[number, "people"][-1] for number in (1, 2, 4)] == ["remains", "kept", "remains"]
    assert [earlier[number, "people"][-1] for number in (1, 2, 4)] == ["returned"] * 3


def test_what_was_looked_at_can_be_left_out_and_the_rest_is_quiet(held: Path, call: Any) -> None:
    opted = call("recheck", "--kind", "opt_out", "--kind", "limit", "--format", "json")
    passed = call("recheck", "--except", "1", "--except", "4", "--format", "json")
    quiet, unknown, nowhere = call("recheck", "--exit-zero"), call("recheck", "--except", "6"), call("recheck", "moon")

    assert (opted.code, opted.json["looked_for"], opted.json["left_out"]) == (0, [3, 8, 9], 3)
    assert (passed.code, passed.json["looked_for"], passed.json["left_out"]) == (0, [2, 3, 8, 9], 2)
    assert (quiet.code, unknown.code, nowhere.code) == (0, 2, 2)
    assert "Rows came after the answer: request 1." in quiet.out


def test_what_was_not_read_wins_over_what_was_found(held: Path, call: Any, knows: Callable[..., None]) -> None:
    knows([*HELD, ("crm", "vanished", "mail", "email")])
    done = call("recheck", "--format", "json")

    assert (done.code, done.json["outcome"]["reasons"]) == (4, ["returned", "remains", "incomplete"])
    assert [(each["container"], each["code"]) for each in done.json["skips"]] == [("vanished", "vanished")]


def test_a_request_that_the_log_has_forgotten_is_still_looked_for(held: Path, call: Any) -> None:
    answered_on(held, "2018-01-01")
    before = call("recheck", "--format", "json").json
    forgotten = call("prune", "--format", "json").json["pruned"]
    after = call("recheck", "--format", "json").json

    assert (forgotten, after["persons"]) == ([1, 2, 3, 4, 5, 7, 8, 9], before["persons"])
    assert len(after["persons"]) == 4


def test_no_value_is_told_or_kept_whatever_happens(held: Path, invoke: Any) -> None:
    stored = (held / "piiscan.db").read_bytes()
    said = [invoke("-v", "-v", "--debug", "requests", "recheck", "--redact-paths", "-o", f"json={held}/a.json")]
    (held / "crm.db").write_bytes(b"SQLite format 3\0 canary " * 500)
    said += [invoke("-v", "-v", "--debug", "requests", "recheck", "--format", format_) for format_ in ("json", "csv")]

    assert [each.exit_code for each in said] == [3, 4, 4]
    text = "".join([each.stdout + each.stderr for each in said]) + (held / "a.json").read_text()
    assert [word for word in CANARIES if word in text.lower()] == []
    assert "leads-2026" not in (held / "a.json").read_text()
    assert (held / "piiscan.db").read_bytes() == stored
