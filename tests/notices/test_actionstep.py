"""Actionstep's promises: a host that keeps them, and one that breaks each that can be broken, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example"
notice = "actionstep"
role = "service_provider"
[detection]
ner = "off"
[clients.lawyers]
name = "Lawyers"
[clients.notaries]
name = "Notaries"
[sources.app]
connector = "sql"
url = "sqlite:///crm.db"
[sources.app.owners]
users = { column = "client_id" }
"*" = { client = "lawyers" }
[sources.app.clocks.users]
last_login = "last_login"
[[sources.app.facts]]
tables = ["billing"]
marks = ["billing"]
[sources.stats]
connector = "sql"
url = "sqlite:///stats.db"
deidentified = true
[sources.stats.owners]
"*" = { client = "lawyers" }
[sources.docs]
connector = "files"
url = "file:share"
[sources.docs.owners]
"**" = { client = "lawyers" }
"""


@pytest.fixture(scope="module")
def keeping(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Users with hashed passwords who came lately, cookies apart from them, figures, and documents of a client."""
    tables = {
        "users": kit.table(email="email", password="bcrypt", last_login="recent", client_id="client"),
        "sessions": kit.table(cookie_id="cookie", hits="visits"),
        "stats.usage": kit.table(hits="visits"),
    }
    return kit.make_firm(
        tmp_path_factory.mktemp("keeps"), CONFIG, tables, {"a/list.csv": "email\na@mail.example\nb@mail.example\n"}
    )


@pytest.fixture(scope="module")
def breaking(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document for anyone, subscribers' cards, cookies beside addresses, forgotten accounts, names in figures, passwords to read, a sale."""
    config = f"""{CONFIG}
[[disclosures]]
to = "advertisers"
kind = "shared"
data_types = ["email"]
first = 2025-01-01
"""
    tables = {
        "users": kit.table(email="email", password="plain", last_login="lapsed", client_id="client"),
        "sessions": kit.table(cookie_id="cookie", email="email"),
        "billing": kit.table(card_number="card"),
        "matters": kit.table(card_number="card"),
        "stats.usage": kit.table(email="email", hits="visits"),
    }
    files = {"a/list.csv": ("email\na@mail.example\nb@mail.example\n", 0o644)}
    return kit.make_firm(tmp_path_factory.mktemp("breaks"), config, tables, files)


def test_a_host_that_keeps_its_promises_breaks_none(kit: Any, keeping: Path) -> None:
    """Only telling clients of a leak is a service."""
    checked = kit.check(keeping)

    kept = ["AC1", "AC2", "AC3", "AC4", "AC5", "AC6", "AC8", "AC9", "AC.sold"]
    assert (checked.exit_code, checked.stands) == (0, dict.fromkeys(kept, "kept") | {"AC7": "not_checked"})


def test_each_promise_that_is_broken_is_told_with_its_places(kit: Any, breaking: Path) -> None:
    """A card in a client's matters is the client's, for a person to judge."""
    checked = kit.check(breaking)

    broken = [id_ for id_, status in checked.stands.items() if status == "breach"]
    assert {id_: checked.where(id_) for id_ in broken} == {
        "AC1": [("docs", "a/list.csv", "email", "")],
        "AC3": [("app", "billing", "card_number", "")],
        "AC4": [("app", "sessions", "cookie_id", "in the same rows"), ("app", "sessions", "email", "in the same rows")],
        "AC6": [("stats", "usage", "email", "")],
        "AC9": [("app", "users", "password", "")],
        "AC.sold": [("-", "-", "-", "shared to advertisers")],
    }
    by_id = {each["id"]: each for each in checked.document["checks"]}
    assert [each["container"] for each in by_id["AC3"]["doubtful"]] == ["matters"]


def test_unused_accounts_are_a_reminder_to_each_owner_of_its_own(kit: Any, breaking: Path) -> None:
    """Counted by owner, without those in use. No breach: deleting them is the client's duty, and the limit is the profile's."""
    found = next(each for each in kit.check(breaking).document["checks"] if each["id"] == "AC5")

    assert (found["status"], found["message"]) == (
        "unknown", "18 accounts unused for 1 year: remind their owners to delete the credentials.",
    )  # fmt: skip
    assert [(each["container"], each["owner"], each["records"], each["note"]) for each in found["where"]] == [
        ("users", "lawyers", 12, "unused accounts"),
        ("users", "notaries", 6, "unused accounts"),
    ]
