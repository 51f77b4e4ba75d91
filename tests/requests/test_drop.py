"""Importing the Delete Act's lists: matched by streaming, answered truthfully, and nothing else learnt of anybody."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.errors import UsageError
from piiscan.inventory import Inventory, RunSettings
from piiscan.model import Classification, Container, Holding, Scanned, Secret, UnitResult
from piiscan.requests import hashing
from piiscan.requests.dropfile import DropZip, Hashes
from piiscan.requests.private import opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
HELD = [
    ("people", "first_name", "person_name"), ("people", "last_name", "person_name"), ("people", "email", "email"),
    ("people", "phone", "phone"), ("people", "born", "dob"), ("people", "zip", "zip"), ("cars", "owner", "person_name"),
    ("cars", "vin", "vin"), ("devices", "ad_id", "maid"),
]  # fmt: skip
PEOPLE = [
    (1, "Danielle", "Johnson", "dani@canary.example", "(415) 555-9317", "1985-07-04", "91790-3771"),
    (2, "Bob", "Johnson", "bob@canary.example", "415.555.9317", "1980-01-01", "91790"),
    (3, "José", "Núñez", "jose@canary.example", "212-555-0187", "1970-12-31", "00300"),
    (4, None, None, None, None, None, None),
]


def fill(folder: Path) -> None:
    """The firm's data, and a store that knows what its columns hold."""
    base = sqlite3.connect(folder / "crm.db")
    base.executescript("""
        CREATE TABLE people (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, phone TEXT, born DATE, zip TEXT);
        CREATE TABLE cars (owner TEXT, vin TEXT);
        CREATE TABLE devices (id INTEGER PRIMARY KEY, ad_id TEXT);
        INSERT INTO cars VALUES ('Lee, Ann', '1HGCM82633A004352');
        INSERT INTO devices VALUES (7, '38400000-8CF0-11BD-B23E-10B96E40000D');
    """)
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", PEOPLE)
    base.commit()
    base.close()
    know(folder, HELD)


def know(folder: Path, held: Iterable[tuple[str, str, str]]) -> None:
    """Makes the inventory know these columns."""
    inventory = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}", create=True)
    with inventory.writer() as writer:
        writer.start(RunSettings("full", (("crm", "sql"),), "settings"))
        for table in sorted({each[0] for each in held}):
            box = Container("crm", table, "table", rows=4)
            holdings = tuple(
                Holding(box, column, Classification(kind, 0.9, ("values",), (), 4, 4, "they are"), "full")
                for name, column, kind in held
                if name == table
            )
            writer.commit(UnitResult(box, (Scanned(box, "full", 4, 4, 4, holdings),)))
        writer.close_source("crm", complete_listing=True)
        writer.finish("complete")


def put(path: Path, **lists: Iterable[tuple[str, bytes | str]]) -> Path:
    """A ZIP as the platform makes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in lists.items():
            lines = [f"{item},{row if isinstance(row, str) else base64.b64encode(row).decode()}" for item, row in rows]
            archive.writestr(f"20261101_0042_{name}.csv", "\n".join(["ID,Hash", *lines]) + "\n")
    return path


def one(kind: str, value: str) -> bytes:
    """The hash of one value."""
    return hashing.hash_one(getattr(hashing, f"standard_{kind}")(value))


@pytest.fixture
def lists(firm: Path) -> Path:
    """Every list, with what is held and what is not."""
    fill(firm)
    return put(
        firm / "download.zip",
        Email=[("E1", one("email", "JOSE@canary.example ")), ("E2", one("email", "nobody@canary.example"))],
        Phone=[("P1", one("phone", "4155559317")), ("P2", one("phone", "2125550187"))],
        NDZ=[("N1", hashing.hash_ndz("DANIELLE", "Johnson", "19850704", "91790"))],
        NameVIN=[("V1", hashing.hash_name_vin("ann", "lee", "1hgcm82633a004352"))],
        MAID=[("M1", one("maid", "384000008cf011bdb23e10b96e40000d"))],
        CTVID=[],
        Removed=[("R1", one("email", "gone@canary.example"))],
    )


def test_lists_are_matched_with_the_columns_that_hold_their_type(firm: Path, call: Any, lists: Path) -> None:
    done = call("import", "drop", str(lists), "--received", "2026-11-01", "--format", "json")

    body = done.json
    assert (done.code, body["request"], body["due"], body["removed"]) == (0, 1, "2026-12-16", 1)
    assert {name: list(each.values()) for name, each in body["lists"].items()} == {
        "Email": [2, 0, 1, 0], "Phone": [2, 0, 2, 1], "NDZ": [1, 0, 1, 0], "NameVIN": [1, 0, 1, 0], "MAID": [1, 0, 1, 0],
        "CTVID": [0, 0, 0, 0],
    }  # fmt: skip
    assert [list(each.values()) for each in body["places"]] == [
        ["crm", "cars", 1, 1, False], ["crm", "devices", 1, 1, True], ["crm", "people", 4, 3, True],
    ]  # fmt: skip
    request = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}").requests()[0]
    again = [call("import", "drop", str(lists), "--redact-paths", "--format", form) for form in ("table", "json")]
    assert [name for name in ("cars", "devices", "people") for each in again if name in each.out] == []
    assert [each["rows"] for each in again[1].json["places"]] == [1, 1, 4]
    rows = [(each.container, each.key, each.keys) for each in opened(request, KEY).rows]
    assert rows == [("cars", (), []), ("devices", ("id",), [[7]]), ("people", ("id",), [[1], [3]])]


def test_nothing_of_a_person_is_printed_or_stored_in_the_plain(firm: Path, call: Any, lists: Path) -> None:
    done = call("import", "drop", str(lists))
    shown = call("show", "1")

    kept = [path for path in firm.iterdir() if path.name not in {"crm.db", "download.zip"}]
    everything = done.out + done.error + shown.out + "".join(path.read_bytes().decode("latin-1") for path in kept)
    secrets = ["canary", "5559317", "555-9317", "Johnson", "1HGCM", "38400000"]
    secrets.append(base64.b64encode(one("phone", "4155559317")).decode())
    assert [word for word in secrets if word.lower() in everything.lower()] == []
    assert {path.name.partition(".")[0] for path in kept} == {"piiscan"}


def test_the_answer_says_deleted_only_of_what_is_gone(firm: Path, call: Any, lists: Path) -> None:
    call("import", "drop", str(lists))
    answer = firm / "answer.csv"
    words = ("import", "drop", str(lists), "--status", str(answer))
    unsaid, untrue = call(*words), call(*words, "--matched", "deleted")
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("DELETE FROM people; DELETE FROM cars; DELETE FROM devices;")
    base.close()
    done = call(*words, "--matched", "deleted", "--format", "json")

    assert (unsaid.code, unsaid.error.partition(" |")[0]) == (2, "what became of the 5 that were found?")
    assert (untrue.code, untrue.error.partition(" |")[0]) == (6, "5 of those called deleted are still held")
    assert answer.read_text() == "Id,Status\nE1,3\nE2,5\nP1,4\nP2,3\nN1,3\nV1,3\nM1,3\n"
    assert answer.stat().st_mode & 0o777 == 0o600
    assert done.json["answered"] == {"2": 0, "3": 5, "4": 1, "5": 1}
    assert len(Inventory.open(f"sqlite:///{firm / 'piiscan.db'}").requests()) == 1


def test_a_plan_takes_who_is_named_alone_and_what_refers_to_them(firm: Path, run: Any, call: Any, lists: Path) -> None:
    """A telephone that two persons share deletes neither; a row that no key names is left to a human."""
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("""
        CREATE TABLE visits (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id));
        INSERT INTO visits VALUES (1, 1), (2, 2), (3, 3), (4, 4);
    """)
    base.close()
    call("import", "drop", str(lists))
    done = run("delete", "plan", "--request", "1", "-o", "plan", "--max-percent", "100", "--format", "json")

    assert {each["container"]: each["rows"] for each in done.json["steps"]} == {
        "devices": 1, "people": 2, "visits": 2,
    }  # fmt: skip
    assert (done.code, [each["container"] for each in done.json["skips"]]) == (4, ["cars"])


def test_an_import_that_could_not_read_is_made_good_by_the_next_and_a_plan_takes_what_still_matches(
    firm: Path, run: Any, call: Any, lists: Path
) -> None:
    """Nobody is called not found who was behind a source that was away; whose number has another owner by now is not deleted."""
    words = ("import", "drop", str(lists), "--status", str(firm / "answer.csv"))
    (firm / "crm.db").rename(firm / "away.db")
    away = call(*words)
    (firm / "away.db").rename(firm / "crm.db")
    unsaid = call(*words)
    exempt = call(*words, "--matched", "exempted", "--format", "json")
    with sqlite3.connect(firm / "crm.db") as base:
        base.execute("UPDATE people SET email = 'zoe@canary.example', first_name = 'Zoe' WHERE id = 1")
    base.close()
    plan = run("delete", "plan", "--request", "1", "-o", "plan", "--max-percent", "100", "--format", "json")

    assert (away.code, unsaid.error.partition(" |")[0]) == (4, "what became of the 5 that were found?")
    assert exempt.json["answered"] == {"2": 5, "3": 0, "4": 1, "5": 1}
    assert {each["container"]: each["rows"] for each in plan.json["steps"]} == {"devices": 1, "people": 1}


def test_lists_that_were_answered_and_closed_are_not_taken_twice(firm: Path, call: Any, lists: Path) -> None:
    call("import", "drop", str(lists), "--status", str(firm / "a.csv"), "--matched", "exempted")
    call("close", "1", "--response", "complied")
    again = call("import", "drop", str(lists))

    assert (firm / "a.csv").read_text().splitlines()[1:4] == ["E1,2", "E2,5", "P1,4"]
    assert (again.code, again.error.partition(" |")[0]) == (2, "these lists were request 1, which is answered")


def test_where_something_was_not_read_nobody_is_called_not_found(firm: Path, call: Any, lists: Path) -> None:
    know(firm, [*HELD, ("vanished", "mail", "email")])
    done = call(
        "import", "drop", str(lists), "--status", str(firm / "a.csv"), "--matched", "exempted", "--format", "json"
    )

    assert (done.code, done.json["outcome"]["reasons"], done.json["answered"]) == (4, ["incomplete"], None)
    assert [(each["container"], each["code"]) for each in done.json["skips"]] == [("vanished", "vanished")]
    assert not (firm / "a.csv").exists()


def test_a_malformed_work_item_is_counted_and_not_answered(firm: Path, call: Any) -> None:
    fill(firm)
    archive = put(
        firm / "d.zip", Email=[("E1", "canary"), ("E 2", one("email", "a@b.c")), ("E3", one("email", "a@b.c"))]
    )
    done = call("import", "drop", str(archive), "--status", str(firm / "a.csv"), "--format", "json")

    assert (done.code, done.json["lists"]["Email"]["malformed"]) == (4, 2)
    assert (firm / "a.csv").read_text() == "Id,Status\nE3,5\n"


def hostile(folder: Path, **members: bytes) -> Path:
    """A ZIP with members of any name."""
    path = folder / "hostile.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../20261101_42_Email.csv": b"ID,Hash\n"}, "member 1 is no list"),
        ({"/etc/20261101_42_Email.csv": b"ID,Hash\n"}, "member 1 is no list"),
        ({"20261101_42_Canary.csv": b"ID,Hash\n"}, "member 1 is no list"),
        ({"20261101_42_Email.csv/": b""}, "member 1 is no list"),
        ({"20261101_42_Email.csv\x1b[31m": b""}, "member 1 is no list"),
        ({"20261101_42_Email.csv": b"0" * (50 << 20)}, "member 1 unpacks to more than a list of hashes can"),
        ({"20261101_42_Email.csv": b"ID,Hash\n" + b"a" * 600}, "a row is longer than a work item and a hash can be"),
        ({"20261101_42_Email.csv": b"canary,Hash\n"}, "a list does not begin with the header ID,Hash"),
        ({}, "it has 1 to 64 members, each name once"),
        (
            {f"20261101_{number}_Email.csv": b"ID,Hash\n" for number in range(65)},
            "it has 1 to 64 members, each name once",
        ),
    ],
    ids=range(10),
)
def test_a_hostile_archive_is_refused_and_nothing_of_it_repeated(
    tmp_path: Path, members: dict[str, bytes], said: str
) -> None:
    path = hostile(tmp_path, **members)
    with pytest.raises(UsageError) as error:
        DropZip(path).load()

    assert error.value.message == f"{path}: {said}"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["hostile.zip"]


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = hostile(tmp_path, **{"20261101_42_Email.csv": b"ID,Hash\n" + b"".join(b"A%d,x\n" % n for n in range(5000))}).read_bytes()  # fmt: skip
    said = []
    for content in (b"", b"canary", whole[: len(whole) // 2], whole[:200] + b"\0" * 50 + whole[250:]):
        (tmp_path / "broken.zip").write_bytes(content)
        with pytest.raises(UsageError) as error:
            DropZip(tmp_path / "broken.zip").load()
        said.append(error.value.message.partition(": ")[2])

    assert said == ["damaged, or no ZIP file"] * 4


def test_sorted_hashes_find_what_they_hold_and_nothing_else() -> None:
    held = [hashlib.sha256(str(number).encode()).digest() for number in range(5000)]
    zeros = [b"a" * 31 + b"\0", b"\0" * 32, b"\0" * 31 + b"b"]
    found = Hashes(b"".join([*held, *zeros, held[0]]))

    assert len(found) == 5003
    assert found.among([*held, *zeros]) == [True] * 5003
    assert found.among([hashlib.sha256(b"x").digest(), b"a" * 30 + b"\0\0", b"\xff" * 32]) == [False] * 3
    assert Hashes(b"").among([held[0]]) == [False]


def test_facts_of_an_import_are_counts_alone(firm: Path, call: Any, lists: Path) -> None:
    call("import", "drop", str(lists))

    facts = json.loads(Inventory.open(f"sqlite:///{firm / 'piiscan.db'}").requests()[0].facts)
    assert sorted(facts) == ["lists", "sha256"]
    assert facts["sha256"] == hashlib.sha256(lists.read_bytes()).hexdigest()
