"""Nobody under age: the rows that say so are planned for deletion with what refers to them, and go; everybody else's stay."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-06-30"
SETTINGS = """
marks = ["site_visitors"]
[sources.crm.write]
url = "sqlite:///crm.db"
[sources.crm.owners]
"accounts" = { column = "client" }
[sources.crm.clocks.calls]
call_date = "called"
[rules]
extra = ["rules"]
[deletion]
max_percent = 100.0
valid_for = "P3650D"
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
TABLES = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, born TEXT, age INTEGER, friend INTEGER REFERENCES people (id));
CREATE TABLE accounts (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id), client TEXT, no TEXT);
CREATE TABLE payments (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), amount TEXT);
CREATE TABLE calls (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), number TEXT, called DATE);
CREATE TABLE notes (account INTEGER REFERENCES accounts (id), body TEXT);
CREATE TABLE orders (shop TEXT, number INTEGER, person INTEGER REFERENCES people (id), PRIMARY KEY (shop, number));
CREATE TABLE lines (id INTEGER PRIMARY KEY, shop TEXT, number INTEGER, FOREIGN KEY (shop, number) REFERENCES orders (shop, number));
CREATE TABLE pairs (id INTEGER PRIMARY KEY, his_birth DATE, her_birth DATE);
CREATE TABLE bands (id INTEGER PRIMARY KEY, age TEXT);
CREATE TABLE guests (number INTEGER, born DATE);
CREATE TABLE ordinals (id INTEGER PRIMARY KEY, born TEXT);
INSERT INTO orders VALUES ('West', 1, 6), ('West', 2, 4), ('East', 1, 4);
INSERT INTO lines VALUES (1, 'West', 1), (2, 'West', 2), (3, 'East', 1);
INSERT INTO pairs VALUES (1, '1980-01-01', '2015-01-01');
INSERT INTO bands VALUES (1, '12-17');
INSERT INTO guests VALUES (1, '2015-01-01');
INSERT INTO ordinals VALUES (1, '4th of May 2016'), (2, ''), (3, '1970-01-01');
"""
PEOPLE = [
    (1, "Kid Canary", "12/24/2016", None, None),
    (2, "Sister Canary", "07/01/2008", None, None),  # of age tomorrow
    (3, "Brother Canary", "06/30/2008", None, None),  # of age today
    (4, "Ann Canary", "03/04/1981", 15, None),  # as old as her day of birth says
    (5, "Nobody Canary", None, None, None),
    (6, "Boy Canary", "", 12, None),
    (7, "Caller Canary", "05/05/2012", None, None),
    (8, "Friend Canary", "05/05/2012", None, None),
    (9, "Bob Canary", "01/31/1990", None, 8),
    (10, "Patient Canary", "05/05/2012", None, None),
    (11, "Noted Canary", "05/05/2012", None, None),
]
ACCOUNTS = [(10 * id_, id_, "mercy" if id_ == 10 else "own", f"F-{id_}") for id_, *_ in PEOPLE]
HELD = [
    ("crm", "people", "name", "person_name"), ("crm", "people", "born", "dob"), ("crm", "people", "age", "age"),
    ("crm", "accounts", "no", "agency_file_no"), ("crm", "payments", "amount", "payment_history"), ("crm", "calls", "number", "phone"),
]  # fmt: skip
UNTOLD = [
    ("crm", "pairs", "his_birth", "dob"), ("crm", "pairs", "her_birth", "dob"), ("crm", "bands", "age", "age"),
    ("crm", "guests", "born", "dob"), ("crm", "ordinals", "born", "dob"), ("crm", "notes", "body", "~dob"),
    ("share", "list.csv", "born", "dob"), ("crm", "calls", "number", "minor_flag"),
]  # fmt: skip


@pytest.fixture
def club(firm: Path) -> Path:
    """Minors and others, each with an account and a payment; one has called, one has a friend of age, one is a hospital's.

    Orders are told apart by two columns.
    """
    base = sqlite3.connect(firm / "crm.db")
    base.executescript(TABLES)
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", PEOPLE)
    base.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?)", ACCOUNTS)
    base.executemany("INSERT INTO payments VALUES (?, ?, '12.50')", [(10 * id_ + 1, id_) for id_, *_ in ACCOUNTS])
    base.execute("INSERT INTO calls VALUES (77, 70, '2125550187', '2026-01-05'), (78, 70, '2125550187', '2020-01-05')")
    base.execute("INSERT INTO notes VALUES (110, 'born in 2012')")
    base.commit()
    base.close()
    (firm / "rules").mkdir()
    (firm / "rules" / "our.toml").write_text(RULES)
    settings = firm / "piiscan.toml"
    named = settings.read_text().replace("[firm]\n", '[firm]\nnotice = "collectpro"\n')
    settings.write_text(named + SETTINGS)
    return firm


def plan(run: Any, *words: str, to: str = "plan") -> Any:
    """``delete plan`` by Joe, as of the day, as JSON."""
    return run("delete", "plan", "--as-of", DAY, "--author", "Joe", "-o", to, "--format", "json", *words)


def rows(firm: Path, table: str) -> list[int]:
    base = sqlite3.connect(firm / "crm.db")
    found = [id_ for (id_,) in base.execute(f"SELECT id FROM {table} ORDER BY id")]
    base.close()
    return found


def steps(made: Any) -> dict[str, tuple[int, int]]:
    """Table -> rows that go, and rows that stay because others refer to them."""
    return {each["container"]: (each["rows"], each["blocked"]) for each in made.json["steps"]}


def test_minors_go_with_what_refers_to_them_and_everybody_else_stays(club: Path, store: Any, run: Any) -> None:
    """By day of birth, else by age. What a minimum, a hold, a friend of age, another business or a missing key keeps stays, and is told."""
    store(HELD)
    (club / "rows.toml").write_text('rows = [{ column = "id", operator = "=", value = 1001 }]\n')
    held = run(
        "holds", "add", "--basis", "litigation", "--evidence", "case 1", "--reason", "we are sued", "--approver", "A. Counsel",
        "--starts", "2026-01-01", "--source", "crm", "--container", "payments", "--rows", "rows.toml",
    )  # fmt: skip
    made = plan(run, "--minors")
    again = plan(run, "--minors", "18", to="again")

    assert (held.code, made.code, made.json["minors"], made.json["request"]) == (0, 4, 18, None)
    assert made.json["plan_id"] == again.json["plan_id"]
    assert {(each["rule"]["id"], each["rule"]["citation"]) for each in made.json["steps"]} == {
        ("no_minors", "The CollectPro, Privacy Policy, CO7")
    }
    assert made.json["steps"][0]["rule"]["title"] == "Persons under 18 on 2026-06-30: born after 2008-06-30"
    assert steps(made) == {
        "accounts": (4, 2), "calls": (1, 0), "lines": (1, 0), "orders": (1, 0), "payments": (6, 0), "people": (3, 4),
    }  # fmt: skip
    assert [(each["container"], each["reason"].partition(",")[0]) for each in made.json["skips"]] == [
        ("notes", "holds rows that refer to rows of minors")
    ]
    assert {name for each in made.json["kept"] for name in (item["exception"] for item in each["exempt"])} == {
        "H1", "our_calls", "service_provider",
    }  # fmt: skip
    assert ">= '2008-07-01'" in (club / "plan" / "plan.sql").read_text()

    line = run("delete", "keygen", "--out", "ann.pem", "--as", "ann", "--format", "json").json["line"]
    settings = club / "piiscan.toml"
    settings.write_text(settings.read_text().replace("[security]\n", f"[security]\napprovers = {{ {line} }}\n"))
    base = sqlite3.connect(club / "crm.db")
    base.execute("UPDATE people SET born = '12/24/1996' WHERE id = 1")  # it was a slip: she is of age
    base.commit()
    base.close()
    said = [run("delete", "show", "plan"), run("delete", "approve", "plan", "--key", "ann.pem")]
    done = run("delete", "apply", "plan", "--execute", "--confirm", made.json["plan_id"], "--format", "json")

    assert (done.code, done.json["outcome"]["reasons"]) == (0, ["drifted"])
    assert rows(club, "people") == [1, 3, 4, 5, 7, 8, 9, 10, 11]
    assert rows(club, "accounts") == [10, 30, 40, 50, 70, 90, 100, 110]
    assert rows(club, "payments") == [101, 301, 401, 501, 901, 1001]
    assert (rows(club, "calls"), rows(club, "lines")) == ([77], [2, 3])
    said += [run("delete", "verify", "plan"), made]
    assert [each.code for each in said] == [0, 0, 0, 4]
    written = [each.read_bytes().decode("latin-1") for each in (club / "plan").iterdir()]
    assert not [text for text in (*written, *(each.out + each.error for each in said)) if "Canary" in text]


def test_what_cannot_be_told_row_by_row_is_left_to_a_human(club: Path, store: Any, run: Any) -> None:
    """Two persons in a row, ages in words, no key, days that cannot be read, files, text: exit 4 each; empty is no date."""
    (club / "share").mkdir()
    settings = club / "piiscan.toml"
    unmarked = settings.read_text().replace('marks = ["site_visitors"]\n', "")
    settings.write_text(unmarked + '[sources.share]\nconnector = "files"\nurl = "file:share"\n')
    store(HELD + UNTOLD)
    judged = plan(run, "--minors", to="judged")
    made = plan(run, "--minors", "12", "--source", "crm")
    told = {(each["container"], each["reason"]) for each in made.json["skips"]}
    text = "1 place in files or running text with dates of birth or ages: look at them by hand"

    assert (judged.code, judged.json["steps"]) == (4, [])
    assert [each["reason"] for each in judged.json["skips"] if each["container"] == "people"] == [
        "7 rows of persons under 18 in data not marked site visitors: a person must judge; --source crm plans them"
    ]
    assert [each["reason"] for each in judged.json["skips"] if each["source"] == "share"] == [text]
    assert (made.code, steps(made)) == (4, {"accounts": (1, 0), "payments": (1, 0), "people": (1, 0)})
    assert told == {
        ("calls", "says that somebody is a minor, and of no row how old: look at them by hand"),
        ("bands", "its ages are written as text (age): look at them by hand"),
        ("guests", "1 row of persons under 12 and no key that a plan can name: delete them by hand"),
        (None, text),
        ("ordinals", "1 date of birth could not be read (born): look at them by hand"),
        ("pairs", "its rows tell the age of several persons (her_birth, his_birth): look at them by hand"),
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--minors", "--rule", "our_calls"), "--minors goes with no --rule and no --request"),
        (("--minors", "--request", "1"), "--minors goes with no --rule and no --request"),
        (("--minors", "0"), "'0' is no age: whole years, 1 to 99"),
        (("--minors", "--source", "mail"), "unknown source 'mail'"),
    ],
)
def test_what_goes_with_minors_and_what_does_not(
    club: Path, store: Any, run: Any, words: tuple[str, ...], said: str
) -> None:
    """Exit 2, and no folder."""
    store(HELD)
    done = plan(run, *words)

    assert (done.code, said in done.error, (club / "plan").exists()) == (2, True, False)
