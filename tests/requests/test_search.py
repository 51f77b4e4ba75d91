"""Verifying and locating a person, on a database and a share: counts and places, never a value; never on a name alone."""

from __future__ import annotations

import base64
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.inventory import Inventory, RunSettings
from piiscan.model import Classification, Container, Holding, Scanned, Secret, UnitResult
from piiscan.requests.private import opened

if TYPE_CHECKING:
    from pathlib import Path

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
SHARE = '[sources.share]\nconnector = "files"\nurl = "file:share"\n'
HELD = [
    ("crm", "people", "name", "person_name"), ("crm", "people", "mail", "email"), ("crm", "people", "phone", "phone"),
    ("crm", "people", "born", "dob"), ("crm", "people", "address", "street_address"), ("crm", "people", "ssn", "ssn"),
    ("crm", "calls", "number", "phone"), ("crm", "signers", "name", "person_name"), ("share", "list.csv", "name", "person_name"),
    ("share", "list.csv", "mail", "email"),
]  # fmt: skip
PEOPLE = [
    (1, "Ann Canary", "ann@canary.example", "212-555-0187", "1981-03-04", "1 Elm St", "078-05-1120"),
    (2, "Eve Canary", "eve@canary.example", "212-555-0187", "1981-03-04", "1 Elm St", "078-05-1121"),
    (3, "John Canary", "old@canary.example", "212-555-0100", "1950-01-01", "2 Oak St", "078-05-1122"),
    (4, "John Canary", "young@canary.example", "212-555-0100", "1980-01-01", "2 Oak St", "078-05-1123"),
    (5, "Ann Canary", "other@canary.example", "415-555-0199", "1999-09-09", "9 Low Rd", "078-05-1124"),
]
ANN = {"person_name": "ANN  CANARY", "email": "Ann@canary.example", "phone": "+1 (212) 555 0187", "dob": "1981-03-04"}


@pytest.fixture
def held(firm: Path, store: Any) -> Path:
    """The data and a store that knows it: people, their accounts, calls, payments and co-signers, and a list on a share."""
    base = sqlite3.connect(firm / "crm.db")
    base.executescript("""
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT, phone TEXT, born DATE, address TEXT, ssn TEXT);
        CREATE INDEX by_mail ON people (mail);
        CREATE TABLE accounts (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id));
        CREATE INDEX by_person ON accounts (person);
        CREATE TABLE payments (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), cents INTEGER);
        CREATE TABLE signers (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), name TEXT);
        CREATE TABLE calls (id INTEGER PRIMARY KEY, number TEXT);
        INSERT INTO accounts VALUES (10, 1), (11, 1), (12, 2), (13, 5);
        INSERT INTO payments VALUES (100, 10, 5), (101, 10, 6), (102, 11, 7), (103, 12, 8);
        INSERT INTO signers VALUES (50, 10, 'Bob Stranger');
        INSERT INTO calls VALUES (70, '2125550187'), (71, '4155550000');
    """)
    base.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", PEOPLE)
    base.commit()
    base.close()
    (firm / "share").mkdir()
    (firm / "share" / "list.csv").write_text(
        "name,mail\nAnn Canary,ann@canary.example\nEve Canary,eve@canary.example\n"
    )
    with (firm / "piiscan.toml").open("a") as file:
        file.write(SHARE)
    store(HELD)
    return firm


def learn(folder: Path, source: str, path: str, kinds: dict[str, str]) -> None:
    """Makes the inventory know what columns of one more container hold."""
    inventory = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}", create=True)
    box = Container(source, path, "file" if source == "share" else "table", rows=1)
    with inventory.writer() as writer:
        writer.start(RunSettings("full", ((source, "files" if source == "share" else "sql"),), "settings"))
        holdings = tuple(
            Holding(box, column, Classification(kind, 0.9, ("values",), (), 1, 1, "they are"), "full")
            for column, kind in kinds.items()
        )
        writer.commit(UnitResult(box, (Scanned(box, "full", 1, 1, 1, holdings),)))
        writer.close_source(source, complete_listing=source == "share")
        writer.finish("complete")


def ask(call: Any, subject: dict[str, str], kind: str = "know_specific", **more: Any) -> None:
    """Opens the next request."""
    plain = {"kind": kind, "channel": "mail", "subject": subject, "declared": True}
    assert call("open", "--from", "-", stdin=json.dumps(plain | more)).code == 0


@pytest.mark.parametrize(
    ("kind", "subject", "more", "outcome"),
    [
        ("know_specific", ANN, {}, (0, "specific", ["dob", "email", "person_name", "phone"])),
        ("know_specific", ANN, {"declared": False}, (0, "categories", ["dob", "email", "person_name", "phone"])),
        ("know_specific", {"person_name": "Ann Canary", "email": "ann@canary.example"}, {}, (0, "categories", ["email", "person_name"])),
        ("know_categories", {"person_name": "Ann Canary", "email": "ann@canary.example"}, {}, (0, "verified", ["email", "person_name"])),
        ("delete", {"person_name": "Ann Canary", "email": "ann@canary.example"}, {}, (3, "none", ["email", "person_name"])),
        ("delete", ANN, {}, (0, "verified", ["dob", "email", "person_name", "phone"])),
        ("know_categories", {"person_name": "Ann Canary"}, {}, (3, "none", [])),
        ("know_categories", {"person_name": "Zoe Canary", "dob": "1981-03-04", "phone": "212-555-0187"}, {}, (3, "none", [])),
        ("know_categories", {"phone": "212-555-0187", "dob": "1981-03-04", "street_address": "1 Elm St"}, {}, (3, "none", [])),
        ("know_categories", {"person_name": "John Canary", "street_address": "2 Oak St", "phone": "212-555-0100"}, {}, (3, "none", [])),
        ("know_categories", {"person_name": "John Canary", "street_address": "2 Oak St", "dob": "1950-01-01"}, {},
         (0, "verified", ["dob", "person_name", "street_address"])),
        ("know_categories", {"person_name": "Ann Canary", "email": "old@canary.example"}, {}, (3, "none", [])),
        ("access", ANN, {"regime": "gdpr", "declared": False}, (0, "specific", ["dob", "email", "person_name", "phone"])),
    ],
)  # fmt: skip
def test_who_asks_is_verified_by_points_that_match_together(
    held: Path, call: Any, kind: str, subject: dict[str, str], more: dict[str, Any], outcome: tuple[int, str, list[str]]
) -> None:
    ask(call, subject, kind, **more)
    done = call("verify", "1", "--format", "json")

    assert (done.code, done.json["level"], done.json["matched"]) == outcome


def test_nobody_is_verified_by_what_is_disputed(held: Path, call: Any) -> None:
    wrong = ANN | {"dob": "1999-01-01"}
    for subject, disputed in (
        (wrong, []),
        (wrong, ["dob"]),
        ({"person_name": "Ann Canary", "email": "ann@canary.example"}, ["email"]),
    ):
        ask(call, subject, "correct", disputed=disputed)
    misused = call(
        "open",
        "--from",
        "-",
        stdin=json.dumps({"kind": "delete", "channel": "mail", "subject": ANN, "disputed": ["dob"]}),
    )

    found = [call("verify", number, "--format", "json").json for number in ("1", "2", "3")]
    assert [(each["level"], each["matched"]) for each in found] == [
        ("none", []),
        ("verified", ["email", "person_name", "phone"]),
        ("none", []),
    ]
    assert found[0]["why"] == "a row of that name, with what only one person has, says another dob"
    assert misused.code == 2


def test_points_of_two_persons_never_add_up(held: Path, call: Any) -> None:
    ask(
        call, {"person_name": "Ann Canary", "email": "other@canary.example", "dob": "1981-03-04", "phone": "2125550187"}
    )
    done = call("verify", "1", "--format", "json").json

    assert (done["level"], done["matched"]) == ("none", [])


def test_the_firms_own_set_must_match_as_a_whole(held: Path, call: Any) -> None:
    with (held / "piiscan.toml").open("a") as file:
        file.write('[requests]\nverify_with = ["person_name", "street_address", "dob", "ssn_last4"]\n')
    full = ANN | {"street_address": "1 ELM ST.", "ssn_last4": "1120"}
    for subject in (full, ANN):
        ask(call, subject, "delete")
    codes = [call("verify", number).code for number in ("1", "2")]
    why = call("verify", "2", "--exit-zero", "--format", "json").json["why"]

    assert (codes, why) == ([0, 3], "not matched: street_address, ssn_last4")


FULL = {"person_name": "Ann Canary", "street_address": "1 ELM ST.", "dob": "1981-03-04"}
OURS = """
[[heading]]
text = "names"
data_types = ["person_name"]
[[promise]]
id = "P1"
text = "we match"
terms = {{ {} }}
[[promise.check]]
kind = "service"
command = "requests verify"
"""


def notice(folder: Path, name: str, more: str = "") -> None:
    """Makes that the firm's notice."""
    text = (folder / "piiscan.toml").read_text()
    (folder / "piiscan.toml").write_text(text.replace("[firm]\n", f'[firm]\nnotice = "{name}"\n', 1) + more)


def test_the_notices_set_must_match_where_the_firm_names_none(held: Path, call: Any) -> None:
    """AMSI's AM7: an account number "if applicable"; who gives the whole SSN has given its last four digits."""
    notice(held, "amsi")
    for subject in (
        FULL | {"ssn_last4": "1120"},
        FULL | {"ssn": "078-05-1120"},
        FULL | {"ssn_last4": "1120", "creditor_account_no": "10"},
        FULL | {"ssn_last4": "1121"},
        FULL,
    ):
        ask(call, subject, "delete")
    found = [call("verify", str(number), "--exit-zero", "--format", "json").json for number in range(1, 6)]

    assert [(each["level"], each["why"]) for each in found] == [
        ("verified", "4 data points match"), ("verified", "4 data points match"), ("verified", "4 data points match"),
        ("none", "not matched: person_name, street_address, dob, ssn_last4"),
        ("none", "not matched: ssn_last4"),
    ]  # fmt: skip
    assert found[0]["asked"] == {
        "by": "notice", "notice": "amsi", "promise": "AM7", "data_types": ["person_name", "street_address", "dob", "ssn_last4"],
        "left_out": ["creditor_account_no"], "least": None,
    }  # fmt: skip
    assert found[2]["asked"]["left_out"] == ["creditor_account_no"]  # given, but no column is known to hold it
    said = " ".join(call("verify", "5").out.split())
    assert "Asked for by the notice amsi (AM7): person_name, street_address, dob, ssn_last4; left out:" in said
    assert "where the notice lags the law, it asks everyone for name, address" in said


def test_a_point_if_any_must_match_once_it_is_given_and_held(held: Path, call: Any) -> None:
    notice(held, "amsi")
    learn(held, "crm", "accounts", {"id": "creditor_account_no"})
    for account in ("10", "13"):
        ask(call, FULL | {"ssn_last4": "1120", "creditor_account_no": account}, "delete")
    found = [call("verify", number, "--exit-zero", "--format", "json").json for number in ("1", "2")]

    assert [(each["level"], each["asked"]["left_out"]) for each in found] == [("verified", []), ("none", [])]
    assert found[1]["why"] == "not matched: creditor_account_no"


@pytest.mark.parametrize(
    ("terms", "kind", "disputed", "outcome"),
    [
        ('data_points = ["person_name", "email"]', "know_specific", [], ("categories", 3, "notice")),
        ('data_points = ["person_name", "email"]', "know_categories", [], ("verified", 2, "notice")),
        ('data_points = ["person_name", "dob"]', "correct", ["dob"], ("verified", 3, "notice")),
        ("least_data_points = 4", "know_categories", [], ("none", 4, "notice")),
        ("least_data_points = 1", "know_categories", [], ("verified", 2, "notice")),
        ("agent = []", "know_categories", [], ("verified", 2, "law")),
    ],
)
def test_a_notices_set_never_asks_for_less_than_the_law(
    held: Path, call: Any, terms: str, kind: str, disputed: list[str], outcome: tuple[str, int, str]
) -> None:
    (held / "ours.toml").write_text(OURS.format(terms))
    notice(held, "./ours.toml")
    more = {"dob": "1999-01-01", "phone": "2125550187"} if disputed else {}
    ask(call, {"person_name": "Ann Canary", "email": "ann@canary.example"} | more, kind, disputed=disputed)
    found = call("verify", "1", "--exit-zero", "--format", "json").json

    assert (found["level"], found["needed"], found["asked"]["by"]) == outcome


def test_the_configurations_set_goes_before_the_notices_and_a_wrong_one_is_refused(held: Path, call: Any) -> None:
    notice(held, "amsi", '[requests]\nverify_with = ["email"]\n')
    ask(call, ANN, "know_categories")
    found = call("verify", "1", "--format", "json").json
    (held / "ours.toml").write_text(OURS.format('data_points = ["shoe_size"]'))
    (held / "piiscan.toml").write_text((held / "piiscan.toml").read_text().replace('"amsi"', '"./ours.toml"').replace('["email"]', "[]"))  # fmt: skip
    wrong = call("verify", "1")

    assert (found["level"], found["asked"]["by"], found["asked"]["data_types"]) == (
        "verified",
        "configuration",
        ["email"],
    )
    assert (wrong.code, wrong.error.partition(" |")[0]) == (
        2, "notice ours: promise P1: terms.data_points: no data type shoe_size",
    )  # fmt: skip


def test_ids_stand_for_places_where_they_are_redacted(held: Path, call: Any) -> None:
    """Names of tables, columns and files stay away, in every format; statements would name them."""
    ask(call, ANN)
    told = [
        call(word, "1", "--redact-paths", "--format", form)
        for word in ("verify", "locate")
        for form in ("table", "json")
    ]

    text = "".join(each.out + each.error for each in told)
    assert [name for name in ("people", "calls", "list.csv", "born", "payments", "signers") if name in text] == []
    plain, hidden = call("locate", "1", "--format", "json").json, told[3].json
    assert [each["rows"] for each in hidden["places"]] == [each["rows"] for each in plain["places"]]
    assert len({each["container"] for each in hidden["places"]}) == len(plain["places"])
    assert call("locate", "1", "--redact-paths", "--explain").code == 2


def test_an_opt_out_is_never_verified(held: Path, call: Any) -> None:
    ask(call, ANN, "opt_out")
    done = call("verify", "1")

    assert (done.code, done.error) == (
        2, "a request opt_out is not verified | 11 CCR 7060(b): do it, and close the request",
    )  # fmt: skip


def test_a_persons_rows_are_located_along_foreign_keys_and_near_ones_left_to_a_human(held: Path, call: Any) -> None:
    ask(call, ANN)
    done = call("locate", "1", "--review", str(held / "near.json"), "--format", "json")

    body = done.json
    assert done.code == 0
    assert [list(each.values()) for each in body["places"]] == [
        ["crm", "accounts", 2, 2, 0, True],
        ["crm", "calls", 0, 0, 1, True],
        ["crm", "payments", 3, 3, 0, True],
        ["crm", "people", 1, 0, 1, True],
        ["crm", "signers", 0, 0, 1, True],
        ["share", "list.csv", 1, 0, 0, False],
    ]
    near = json.loads((held / "near.json").read_text())
    assert [(each["container"], each["key"], each["matched"], each["against"]) for each in near] == [
        ("calls", {"id": "70"}, ["phone"], []),
        ("people", {"id": "2"}, ["dob", "phone"], ["person_name"]),
        ("signers", {"id": "50"}, [], ["person_name"]),
    ]
    assert (held / "near.json").stat().st_mode & 0o777 == 0o600
    request = Inventory.open(f"sqlite:///{held / 'piiscan.db'}").requests()[0]
    assert {each.container: sorted(each.keys) for each in opened(request, KEY).rows} == {
        "accounts": [[10], [11]], "payments": [[100], [101], [102]], "people": [[1]], "list.csv": [],
    }  # fmt: skip


def test_no_value_is_printed_or_stored_and_the_statements_hold_none(held: Path, call: Any) -> None:
    ask(call, ANN | {"ssn": "078-05-1120"})
    done = [call(*words) for words in (("verify", "1"), ("locate", "1", "--explain"), ("locate", "1", "--explain", "--format", "json"), ("show", "1"))]  # fmt: skip

    kept = [path for path in held.iterdir() if path.name.startswith("piiscan.db")]
    everything = "".join(each.out + each.error for each in done)
    stored = "".join(path.read_bytes().decode("latin-1") for path in kept)
    secrets = ["canary", "5550187", "555-0187", "1981-03-04", "078-05", "078051120"]
    assert [word for word in secrets if word.lower() in (everything + stored).lower()] == []
    statements = [each["statement"] for each in done[2].json["statements"]]
    assert any("WHERE" in each and ":sealed" in each for each in statements)
    assert done[2].json["unindexed"] == [
        {"source": "crm", "container": "calls", "column": "number"},
        {"source": "crm", "container": "payments", "column": "account"},
        {"source": "crm", "container": "people", "column": "born"},
        {"source": "crm", "container": "people", "column": "phone"},
        {"source": "crm", "container": "people", "column": "ssn"},
        {"source": "crm", "container": "signers", "column": "account"},
    ]


def test_two_days_of_birth_in_two_sources_are_two_persons(held: Path, call: Any) -> None:
    (held / "share" / "list.csv").write_text("name,mail,born\nAnn Canary,ann@canary.example,2001-01-01\n")
    learn(held, "share", "list.csv", {"name": "person_name", "mail": "email", "born": "dob"})
    ask(call, {"person_name": "Ann Canary", "email": "ann@canary.example"}, "know_categories")
    done = call("verify", "1", "--format", "json")

    assert (done.code, done.json["several"], done.json["why"]) == (
        3, True, "several persons answer to these data points: ask for one more",
    )  # fmt: skip


def test_a_process_that_tells_everything_tells_no_value(held: Path, call: Any, invoke: Any) -> None:
    told = [invoke("-v", "-v", "--debug", "requests", "open", "--from", "-", input=json.dumps({"kind": "know_specific", "channel": "mail", "subject": ANN}))]  # fmt: skip
    told += [invoke("-v", "-v", "--debug", "requests", word, "1") for word in ("verify", "locate")]
    (held / "crm.db").write_bytes(b"SQLite format 3\0 canary " * 500)
    told += [invoke("-v", "-v", "--debug", "requests", "locate", "1")]

    assert [each.exit_code for each in told] == [0, 0, 0, 4]
    text = "".join(each.stdout + each.stderr for each in told).lower()
    assert [word for word in ("canary", "5550187", "555-0187", "1981-03-04") if word in text] == []


def test_a_source_that_cannot_be_asked_makes_it_incomplete(held: Path, call: Any) -> None:
    ask(call, ANN)
    (held / "crm.db").unlink()
    done = call("verify", "1", "--format", "json")

    assert (done.code, done.json["outcome"]["reasons"]) == (4, ["incomplete"])
    assert [each["source"] for each in done.json["skips"]] == ["crm"]


def test_a_text_that_mentions_the_person_is_near_and_one_that_mentions_a_namesake_is_not(
    held: Path, call: Any, store: Any
) -> None:
    """By what hardly anybody else has, as a word of its own; a name alone is nobody; what is the person's already is not near."""
    base = sqlite3.connect(held / "crm.db")
    base.executescript("""
        CREATE TABLE notes (id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts (id), body TEXT);
        INSERT INTO notes VALUES (1, 10, 'wrote from ann@canary.example'), (2, 12, 'her sister is ANN@canary.example, not she'),
            (3, NULL, 'call (212) 555-0187 100%'), (4, NULL, 'joann@canary.example'), (5, NULL, 'Ann Canary was here');
    """)
    base.close()
    (held / "share" / "letter.txt").write_text("Dear Ann Canary,\nwe write to ann@canary.example\n")
    (held / "share" / "other.txt").write_text("Dear Ann Canary,\nwe write to x.ann@canary.example.org\n")
    texts = [("crm", "notes", "body", "~email"), ("crm", "notes", "body", "~phone")]
    store([*HELD, *texts, ("share", "letter.txt", None, "~email"), ("share", "other.txt", None, "~email")])
    ask(call, ANN)
    done = call("locate", "1", "--review", "near.json", "--format", "json")

    near = {each["container"]: (each["rows"], each["near"]) for each in done.json["places"] if each["near"]}
    assert near["notes"] == (1, 2)
    assert near["letter.txt"] == (0, 1)
    assert "other.txt" not in near
    review = json.loads((held / "near.json").read_text())
    assert sorted(each["key"]["id"] for each in review if each["container"] == "notes") == ["2", "3"]
    for each in review:
        each["same"] = each["key"].get("id") == "3" or each["container"] == "letter.txt"
    (held / "near.json").write_text(json.dumps(review))
    read = call("locate", "1", "--accept", "near.json", "--format", "json").json
    assert {each["container"]: (each["rows"], each["near"]) for each in read["places"] if each["container"] in ("notes", "letter.txt")} == {
        "notes": (2, 1), "letter.txt": (1, 0),
    }  # fmt: skip
    call("verify", "1")
    answered = call("answer", "1", "-o", "answer", "--format", "json").json
    assert [each["container"] for each in answered["skips"]] == ["letter.txt"]


def test_what_a_human_has_read_and_accepted_is_the_persons_with_all_that_refers_to_it(held: Path, call: Any) -> None:
    """She has married: another name, the same e-mail address; a file that is no review is refused and not repeated."""
    base = sqlite3.connect(held / "crm.db")
    base.executescript("""
        INSERT INTO people VALUES (9, 'Ann Married', 'ann@canary.example', NULL, '1981-03-04', NULL, NULL);
        INSERT INTO accounts VALUES (19, 9); INSERT INTO payments VALUES (190, 19, 5);
    """)
    base.close()
    ask(call, ANN, "know_categories")
    call("locate", "1", "--review", "near.json")
    review = json.loads((held / "near.json").read_text())
    for each in review:
        each["same"] = each["key"].get("id") == "9"
    (held / "near.json").write_text(json.dumps(review))
    before = located_rows(held)
    done = call("locate", "1", "--accept", "near.json", "--format", "json")
    (held / "bad.json").write_text('[{"source": "canary"}]')
    bad = call("locate", "1", "--accept", "bad.json")

    assert done.code == 0
    assert {name: sorted(set(keys) - set(before.get(name, []))) for name, keys in located_rows(held).items()} == {
        "accounts": [19], "payments": [190], "people": [9],
    } | {name: [] for name in before if name not in {"accounts", "payments", "people"}}  # fmt: skip
    assert (bad.code, "canary" in bad.error) == (2, False)


def located_rows(folder: Path) -> dict[str, list[str | int]]:
    """Container -> first part of the keys of the rows that are sealed in the first request."""
    request = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}").requests()[0]
    return {each.container: [key[0] for key in each.keys] for each in opened(request, KEY).rows}


def test_a_view_is_looked_through_only_where_no_table_holds_the_same(held: Path, call: Any, store: Any) -> None:
    """Its rows lie in tables, where they have a key."""
    base = sqlite3.connect(held / "crm.db")
    base.execute("CREATE VIEW everybody AS SELECT name, mail FROM people")
    base.execute("CREATE VIEW logins AS SELECT mail AS login, born FROM people")
    base.close()
    views = [
        ("crm", "everybody", "mail", "email"),
        ("crm", "logins", "login", "username"),
        ("crm", "logins", "born", "dob"),
    ]
    store([*HELD, *views])
    ask(call, ANN)
    found = call("locate", "1", "--format", "json").json["places"]

    assert {"people", "everybody"} & {each["container"] for each in found} == {"people"}
    ask(call, {"username": "ann@canary.example", "person_name": "Ann Canary"})
    found = call("locate", "2", "--format", "json").json["places"]
    assert [each["container"] for each in found if each["container"] == "logins"] == ["logins"]
