"""From a request to its answer: what a plan takes of one person, why the rest stays, and what the person and recipients are told."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.now(ZoneInfo("America/Los_Angeles")).date()
SETTINGS = """
[rules]
extra = ["rules"]
[deletion]
max_percent = 100.0
[[disclosures]]
to = "Credit bureau"
kind = "business_purpose"
data_types = ["person_name", "phone"]
first = 2020-01-01
[[disclosures]]
to = "Data buyer"
kind = "sold"
data_types = ["email"]
first = 2020-01-01
[sources.share]
connector = "files"
url = "file:share"
[sources.crm.write]
url = "sqlite:///crm.db"
[sources.crm.owners]
"accounts" = { column = "client" }
"payments" = { column = "account > accounts.client" }
[sources.crm.clocks.calls]
call_date = "called"
collected = "called"
[sources.crm.clocks.payments]
collected = "paid"
"""
RULES = """
pack = "our"
[[rule]]
id = "our_calls"
title = "Records of calls"
data_types = ["phone"]
where = ["crm:calls"]
kind = "min_keep"
trigger = "call_date"
period = "P3Y"
exception = "E8"
citation = "12 CFR 1006.100(b)"
"""
HELD = [
    ("crm", "people", "name", "person_name"), ("crm", "people", "mail", "email"), ("crm", "people", "phone", "phone"),
    ("crm", "people", "born", "dob"), ("crm", "people", "ssn", "ssn"), ("crm", "people", "kin", "emergency_contact"),
    ("crm", "accounts", "no", "agency_file_no"), ("crm", "payments", "amount", "payment_history"), ("crm", "calls", "number", "phone"),
    ("crm", "notes", "body", "~person_name"), ("crm", "notes", "body", "~ssn"),
    ("share", "list.csv", "name", "person_name"), ("share", "list.csv", "mail", "email"), ("share", "list.csv", "job", "job_title"),
]  # fmt: skip
PEOPLE = [
    (1, "Ann Canary", "ann@canary.example", "212-555-0187", "1981-03-04", "078-05-1120", "Bob Canary"),
    (2, "Eve Canary", "eve@canary.example", "212-555-0187", "1981-03-04", "078-05-1121", None),
]
ANN = {"person_name": "Ann Canary", "email": "Ann@Canary.example", "phone": "+1 (212) 555 0187", "dob": "1981-03-04"}
SECRETS = ("canary", "5550187", "555-0187", "078-05", "1981-03-04", "Elm 7")


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def office(firm: Path, store: Any) -> Path:
    """Ann, with an account of the firm's own and one held for a hospital; and her twin, who shares telephone and birthday."""
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("""
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, phone TEXT, born DATE, ssn TEXT, kin TEXT);
        CREATE TABLE accounts (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id), client TEXT, no TEXT);
        CREATE TABLE payments (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), amount TEXT, paid DATE);
        CREATE TABLE calls (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), number TEXT, called DATE);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), body TEXT);
        INSERT INTO accounts VALUES (10, 1, 'own', 'F-10'), (12, 1, 'mercy', 'F-12'), (11, 2, 'own', 'F-11');
        INSERT INTO notes VALUES (80, 10, 'moved to Elm 7, 078-05-1120'), (81, 11, 'nothing');
    """)
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", PEOPLE)
    paid = [
        (100, 10, "12.50", ago(100)),
        (101, 10, "7.00", ago(900)),
        (102, 12, "80.00", ago(50)),
        (103, 11, "1.00", ago(5)),
    ]
    base.executemany("INSERT INTO payments VALUES (?, ?, ?, ?)", paid)
    called = [(70, 10, "2125550187", ago(200)), (71, 10, "2125550187", ago(2000)), (72, 11, "2125550187", ago(10))]
    base.executemany("INSERT INTO calls VALUES (?, ?, ?, ?)", called)
    base.commit()
    base.close()
    (firm / "share").mkdir()
    (firm / "share" / "list.csv").write_text(
        "name,mail,job\nAnn Canary,ann@canary.example,Clerk\nEve Canary,eve@canary.example,Baker\n"
    )
    (firm / "rules").mkdir()
    (firm / "rules" / "our.toml").write_text(RULES)
    settings = firm / "piiscan.toml"
    settings.write_text(settings.read_text() + SETTINGS)
    store(HELD)
    return firm


def ask(call: Any, kind: str, **more: Any) -> int:
    """Opens a request of Ann's, verifies and locates her; its number."""
    plain = {"kind": kind, "channel": "mail", "subject": ANN, "declared": True}
    number = call("open", "--from", "-", "--format", "json", stdin=json.dumps(plain | more)).json["entry"]["id"]
    assert call("verify", str(number)).code == 0
    assert call("locate", str(number), "--format", "json").code == 0
    return int(number)


def carry_out(run: Any, firm: Path, number: int) -> dict[str, Any]:
    """Plans what the request asks, has it approved, and carries it out; the plan."""
    plan = run(
        "delete",
        "plan",
        "--request",
        str(number),
        "--author",
        "Joe",
        "-o",
        "plan",
        "--format",
        "json",
    )
    line = run("delete", "keygen", "--out", "ann.pem", "--as", "ann", "--format", "json").json["line"]
    settings = firm / "piiscan.toml"
    settings.write_text(settings.read_text().replace("[security]\n", f"[security]\napprovers = {{ {line} }}\n"))
    assert run("delete", "approve", "plan", "--key", "ann.pem").code == 0
    assert run("delete", "apply", "plan", "--execute", "--confirm", plan.json["plan_id"]).code == 0
    return plan.json


def rows(firm: Path, table: str) -> list[int]:
    with sqlite3.connect(firm / "crm.db") as base:
        found = [id_ for (id_,) in base.execute(f"SELECT id FROM {table} ORDER BY id")]
    base.close()
    return found


def test_a_plan_takes_the_persons_rows_but_for_what_the_law_keeps_each_with_its_ground(
    office: Path, call: Any, run: Any
) -> None:
    """Her twin's rows stay; the hospital's stay and the letter sends her there; a call stays three years; what it refers to stays with it."""
    number = ask(call, "delete")
    early = call("answer", str(number), "-o", "early")
    plan = carry_out(run, office, number)

    assert (early.code, "rows are still to be deleted" in early.error) == (6, True)
    assert plan["request"] == number
    assert {each["container"]: (each["rows"], each["blocked"]) for each in plan["steps"]} == {
        "accounts": (0, 1), "calls": (1, 0), "notes": (1, 0), "payments": (2, 0), "people": (0, 1),
    }  # fmt: skip
    assert [each["container"] for each in plan["skips"]] == ["list.csv"]
    assert [rows(office, name) for name in ("people", "accounts", "payments", "calls", "notes")] == [
        [1, 2], [10, 11, 12], [102, 103], [70, 72], [81],
    ]  # fmt: skip
    assert run("delete", "verify", "plan").code == 0

    unfinished = call("answer", str(number), "-o", "unfinished", "--plan", "plan", "--format", "json")
    assert (unfinished.code, unfinished.json["response"]) == (4, "unfinished")  # a file that a person must look at
    assert "are not done: some of our records" in (office / "unfinished" / "letter.md").read_text()
    (office / "share" / "list.csv").write_text("name,mail,job\nEve Canary,eve@canary.example,Baker\n")
    assert call("locate", str(number)).code == 0
    told = call("answer", str(number), "-o", "answer", "--plan", "plan", "--format", "json")
    body = told.json
    assert (told.code, body["response"], body["deleted"]) == (0, "partly", 4)
    kept = {each["ground"]: (each["rule"], each["rows"], each["until"]) for each in body["kept"]}
    ends = date.fromisoformat(ago(200))
    assert kept == {
        "E8": ("our_calls", 1, ends.replace(year=ends.year + 3).isoformat()),
        "service_provider": (None, 2, None),
        "tied": (None, 2, None),
    }
    assert [(each["to"], each["data_types"]) for each in body["recipients"]] == [
        ("Credit bureau", ["person_name", "phone"])
    ]
    letter = (office / "answer" / "letter.md").read_text()
    for words in (
        "What is kept on an exception we use for nothing else",
        "except for what the table below names",
        "12 CFR 1006.100(b)",
        "Mercy Hospital, privacy&#64;mercy.example",
        "Credit bureau",
    ):
        assert words in letter
    instruction = (office / "answer" / "instruction-1-credit-bureau.md").read_text()
    assert "Delete this person's information" in instruction
    assert "Ann Canary" in instruction
    assert call("close", str(number), "--response", "partly", "--ground", "E8").code == 0


def test_what_changed_since_is_another_persons_and_stays(office: Path, call: Any, run: Any) -> None:
    """A row that says no more that it is hers is not taken when the plan is made, nor when it is carried out."""
    number = ask(call, "delete")
    with sqlite3.connect(office / "crm.db") as base:
        base.execute("UPDATE payments SET account = 11 WHERE id = 100")
    base.close()
    planned = run("delete", "plan", "--request", str(number), "-o", "first")
    assert (planned.code, "crm:payments: 1 of 3 rows are gone, or are not the person's any more" in planned.error) == (
        6,
        True,
    )

    number = ask(call, "delete")
    plan = run("delete", "plan", "--request", str(number), "--author", "Joe", "-o", "plan", "--format", "json").json
    with sqlite3.connect(office / "crm.db") as base:
        base.execute("UPDATE notes SET account = 11 WHERE id = 80")
    base.close()
    line = run("delete", "keygen", "--out", "ann.pem", "--as", "ann", "--format", "json").json["line"]
    settings = office / "piiscan.toml"
    settings.write_text(settings.read_text().replace("[security]\n", f"[security]\napprovers = {{ {line} }}\n"))
    run("delete", "approve", "plan", "--key", "ann.pem")
    done = run("delete", "apply", "plan", "--execute", "--confirm", plan["plan_id"], "--format", "json")

    assert done.json["outcome"]["reasons"] == ["drifted"]
    assert rows(office, "notes") == [80, 81]


@pytest.mark.parametrize(
    ("more", "level", "amounts", "older"),
    [
        ({}, "specific", ["12.50"], 2),
        ({"since": "2022-01-01"}, "specific", ["12.50", "7.00"], 1),
        ({"declared": False}, "categories", [], 2),
        ({"kind": "access", "regime": "gdpr"}, "specific", ["12.50", "7.00"], 0),
        ({"directed_by": "mercy"}, "specific", ["12.50", "80.00"], 2),
    ],
)
def test_pieces_are_those_of_the_person_in_the_time_asked_about_and_numbers_are_withheld(
    office: Path, call: Any, more: dict[str, Any], level: str, amounts: list[str], older: int
) -> None:
    """California forbids to print some numbers, and lets nobody have them by a letter; a relative is another person."""
    number = ask(
        call, more.get("kind", "know_specific"), **{key: value for key, value in more.items() if key != "kind"}
    )
    done = call("answer", str(number), "-o", "answer", "--format", "json")
    body = done.json

    assert (done.code, body["level"], body["older"]) == (0, level, older)
    folder = office / "answer"
    assert {oct(each.stat().st_mode & 0o777) for each in folder.iterdir()} == {"0o600"}
    if level == "categories":
        assert not list(folder.glob("pieces.*"))
        assert "gives the categories (11 CCR 7024(a))" in (folder / "letter.md").read_text()
        return
    pieces = json.loads((folder / "pieces.json").read_text())["pieces"]
    table = list(csv.reader((folder / "pieces.csv").read_text().splitlines()))
    assert len(table) == len(pieces) + 1
    assert sorted(each["value"] for each in pieces if each["what"].startswith("Payment")) == amounts
    values = {each["what"]: (each["value"], each["withheld"]) for each in pieces}
    assert values["Job title / occupation"][0] == "Clerk"
    secret = values["Social Security number"]
    assert secret == (
        ("078-05-1120", None) if more.get("regime") else (None, "held, and not disclosed (11 CCR 7024(d))")
    )
    assert values["Reference / emergency contact"][0] is None
    assert values["Notes and messages"][0] is None
    letter = "".join(each.read_text() for each in folder.iterdir())
    assert "eve@canary" not in letter
    assert "Elm 7" not in letter
    assert ("privacy" in letter) == ("directed_by" not in more)


def test_nobody_unverified_or_not_located_is_answered(office: Path, call: Any, run: Any) -> None:
    """Exit 6 each, with what to do; and nothing is planned for such a request."""
    for subject in (ANN, {"person_name": "Ann Canary", "phone": "212-555-0187"}):
        plain = {"kind": "delete", "channel": "mail", "subject": subject}
        assert call("open", "--from", "-", stdin=json.dumps(plain)).code == 0
    unverified = call("answer", "1", "-o", "one"), run("delete", "plan", "--request", "1", "-o", "two")
    call("verify", "1")
    unlocated = call("answer", "1", "-o", "three"), run("delete", "plan", "--request", "1", "-o", "four")
    call("verify", "2")
    call("locate", "2")
    weak = run("delete", "plan", "--request", "2", "-o", "five")

    assert [(each.code, each.error.partition(" |")[0]) for each in (*unverified, *unlocated, weak)] == [
        (6, "who sent request 1 is not verified"), (6, "who sent request 1 is not verified"),
        (6, "the person's rows were not located yet"), (6, "the person's rows were not located yet"),
        (6, "who sent request 2 is not verified"),
    ]  # fmt: skip


def test_a_refusal_a_correction_and_an_end_of_sale_have_their_letters(office: Path, call: Any) -> None:
    """The refusal names ground, law and whom to ask; what piiscan cannot see must be said to be done; a firm's own words win."""
    number = ask(call, "delete")
    call("deny", str(number), "--ground", "service_provider", "--client", "mercy", "--reason", "placed by the hospital")
    assert call("answer", str(number), "-o", "denied").code == 0
    letter = (office / "denied" / "letter.html").read_text()
    assert "Mercy Hospital, privacy@mercy.example" in letter
    assert "1798.105(c)(3)" in letter

    number = ask(
        call,
        "correct",
        disputed=["phone"],
        subject={key: ANN[key] for key in ("person_name", "email", "dob")} | {"phone": "1"},
    )
    assert call("answer", str(number), "-o", "undone").code == 6
    done = call("answer", str(number), "-o", "corrected", "--done", "--format", "json").json
    assert [each["to"] for each in done["recipients"]] == ["Credit bureau"]
    assert "Telephone no." in (office / "corrected" / "letter.md").read_text()

    plain = {"kind": "opt_out", "channel": "mail", "subject": ANN}
    number = call("open", "--from", "-", "--format", "json", stdin=json.dumps(plain)).json["entry"]["id"]
    (office / "words").mkdir()
    (office / "words" / "stop.txt.jinja").write_text("Dear reader,\n\nit is done: {{ recipients | join }}.")
    settings = office / "piiscan.toml"
    settings.write_text(settings.read_text() + '[requests]\nletters = "words"\n')
    done = call("answer", str(number), "-o", "stopped", "--done", "--format", "json").json
    assert [each["to"] for each in done["recipients"]] == ["Data buyer"]
    assert "it is done: Data buyer." in (office / "stopped" / "letter.md").read_text()
    (office / "words" / "stop.txt.jinja").write_text("{{ nobody }}")
    broken = call("answer", str(number), "-o", "broken", "--done")
    assert (broken.code, "stop.txt.jinja" in broken.error) == (2, True)


def test_no_value_of_the_person_leaves_the_files_that_were_named(office: Path, call: Any, run: Any) -> None:
    """Not on the streams, not in the store, not in the plan: only in the folder of the answer."""
    number = ask(call, "delete")
    said = [run("delete", "plan", "--request", str(number), "-o", "plan"), call("show", str(number))]
    number = ask(call, "know_specific")
    said += [call("answer", str(number), "-o", "answer"), call("show", str(number), "--format", "json")]

    written = [each.read_bytes().decode("latin-1") for each in (office / "plan").iterdir()]
    written += [(office / "piiscan.db").read_bytes().decode("latin-1"), *(each.out + each.error for each in said)]
    for text in written:
        for secret in SECRETS:
            assert secret.casefold() not in text.casefold()
    assert "ann@canary.example" in (office / "answer" / "pieces.csv").read_text()


def test_holds_and_exceptions_against_requests_keep_rows_and_extensions_of_the_schedule_do_not(
    office: Path, call: Any, run: Any
) -> None:
    """Also one that is entered between the plan and its apply; the letter does not say what a hold is about."""
    number = ask(call, "delete")
    words = ("--source", "crm", "--evidence", "case 26-1187", "--approver", "A. Counsel")
    ends = ("--ends", (TODAY + timedelta(days=90)).isoformat())
    assert (
        run(
            "exceptions",
            "add",
            "--against",
            "request",
            "--basis",
            "E1",
            "--container",
            "payments",
            *words,
            *ends,
            "--reason",
            "a plan is paid",
        ).code
        == 0
    )
    plan = run("delete", "plan", "--request", str(number), "--author", "Joe", "-o", "plan", "--format", "json").json
    assert (
        run("holds", "add", "--basis", "litigation", "--container", "notes", *words, "--reason", "she sues us").code
        == 0
    )
    line = run("delete", "keygen", "--out", "ann.pem", "--as", "ann", "--format", "json").json["line"]
    settings = office / "piiscan.toml"
    settings.write_text(settings.read_text().replace("[security]\n", f"[security]\napprovers = {{ {line} }}\n"))
    run("delete", "approve", "plan", "--key", "ann.pem")
    done = run("delete", "apply", "plan", "--execute", "--confirm", plan["plan_id"], "--format", "json").json

    assert {each["container"]: each["rows"] for each in plan["steps"]} == {
        "accounts": 0,
        "calls": 1,
        "notes": 1,
        "people": 0,
    }
    assert done["outcome"]["reasons"] != []
    assert [rows(office, name) for name in ("payments", "calls", "notes")] == [[100, 101, 102, 103], [70, 72], [80, 81]]
    told = call("answer", str(number), "-o", "answer", "--plan", "plan", "--format", "json").json
    assert {each["ground"]: each["rows"] for each in told["kept"]} == {
        "E1": 2,
        "E8": 1,
        "hold": 1,
        "service_provider": 2,
        "tied": 2,
    }
    letter = (office / "answer" / "letter.md").read_text()
    assert "1798.105(d)(1)" in letter
    assert {word for word in ("sues", "1187", "EX-1") if word in letter} == set()


def test_every_answer_names_the_law_it_is_under_and_a_command_that_closes_it(office: Path, call: Any, run: Any) -> None:
    """The GDPR's recipients are told by the GDPR; whoever is sent to another business is told to which, also where all of a table is its."""
    plain = {"kind": "object", "regime": "gdpr", "channel": "mail", "subject": ANN}
    number = call("open", "--from", "-", "--format", "json", stdin=json.dumps(plain)).json["entry"]["id"]
    assert call("answer", str(number), "-o", "object", "--done").code == 0
    told = "".join(each.read_text() for each in (office / "object").glob("*.md"))
    assert ("GDPR Art. 7(3), 18, 19, 21" in told, "Civ." in told) == (True, False)

    settings = office / "piiscan.toml"
    settings.write_text(
        settings.read_text().replace('"accounts" = { column = "client" }', '"*" = { client = "mercy" }')
    )
    settings.write_text(settings.read_text().replace('"payments" = { column = "account > accounts.client" }', ""))
    (office / "share" / "list.csv").write_text("name,mail,job\n")
    for kind, regime, law in (("delete", "ccpa", "Civ. 1798.105(c)(3)"), ("erase", "gdpr", "GDPR Art. 28(3)")):
        number = ask(call, kind, regime=regime)
        done = call("answer", str(number), "-o", kind)
        letter = (office / kind / "letter.md").read_text()
        assert (done.code, law in letter, "Mercy Hospital, privacy&#64;mercy.example" in letter) == (0, True, True)
        assert "we use for nothing else" not in letter  # the other business decides, and nothing is promised for it
        (follow,) = [line for line in done.out.splitlines() if line.startswith("Then: ")]
        assert run(*follow.removeprefix("Then: piiscan ").split()).code == 0
