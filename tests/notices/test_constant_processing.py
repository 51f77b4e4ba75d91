"""Constant Processing's promises: a firm that keeps them, and one that breaks each that can be broken, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example"
notice = "constant-processing"
[detection]
ner = "off"
[clients.mercy]
name = "Mercy Hospital"
contact = "privacy@mercy.example"
role = "service_provider"
[[disclosures]]
to = "regulators"
kind = "business_purpose"
data_types = ["email"]
first = 2025-01-01
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.owners]
patients = { client = "mercy" }
[sources.share]
connector = "files"
url = "file:share"
"""
BROKEN = (
    CONFIG.replace('contact = "privacy@mercy.example"\n', "")
    + """
[[disclosures]]
to = "vendors"
kind = "business_purpose"
data_types = ["ip_address"]
first = 2025-01-01
"""
)


@pytest.fixture(scope="module")
def keeping(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers, a client's patients, and a letter that its group alone may read."""
    tables = {
        "customers": kit.table(full_name="name", email="email", ip_address="address"),
        "patients": kit.table(full_name="name", ssn="ssn"),
    }
    return kit.make_firm(tmp_path_factory.mktemp("keeps"), CONFIG, tables, {"a.csv": "email\na@mail.example\n"})


@pytest.fixture(scope="module")
def breaking(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dates of birth, IP addresses given away, a client without a contact, a letter that anyone may read."""
    tables = {
        "customers": kit.table(full_name="name", birth_date="adult", ip_address="address"),
        "patients": kit.table(full_name="name", ssn="ssn"),
    }
    files = {"a.csv": ("email\na@mail.example\nb@mail.example\n", 0o644)}
    made = kit.make_firm(tmp_path_factory.mktemp("breaks"), BROKEN, tables, files)
    kit.expire(made)
    return made


def test_a_firm_that_keeps_its_promises_breaks_none(kit: Any, keeping: Path) -> None:
    """Six promises are services, and one is half of one."""
    checked = kit.check(keeping)

    kept = ["CP1", "CP2", "CP4", "CP10"]
    served = ["CP5", "CP6", "CP7", "CP8", "CP9", "CP11", "CP12"]
    expected = dict.fromkeys(kept, "kept") | dict.fromkeys(served, "not_checked") | {"CP3": "not_applicable"}
    assert (checked.exit_code, checked.stands) == (0, expected)
    parts = next(each for each in checked.document["checks"] if each["id"] == "CP12")["parts"]
    assert [(each["kind"], each["status"]) for each in parts] == [
        ("world_readable", "kept"),
        ("service", "not_checked"),
        ("service", "not_checked"),
    ]
    said = next(each["message"] for each in checked.document["checks"] if each["id"] == "CP5")
    assert said == (
        "Served by piiscan requests list --overdue: tells what is not answered in 45 days, or 45 more where extended. "
        "Served by piiscan requests extend N --reason: takes the one extension inside the first 45 days, and asks for its reason."
    )


def test_each_promise_that_is_broken_is_told_with_its_places(kit: Any, breaking: Path) -> None:
    """A date of birth falls under no heading and is of a category (C) that none speaks of."""
    checked = kit.check(breaking)

    broken = [id_ for id_, status in checked.stands.items() if status == "breach"]
    assert {id_: checked.where(id_) for id_ in broken} == {
        "CP1": [("crm", "customers", "birth_date", "")],
        "CP2": [("-", "-", "-", "to vendors: the notice does not say that these are disclosed")],
        "CP3": [("-", "-", "-", "X1, E1; expired on 2024-06-30")],
        "CP4": [
            ("crm", "patients", "full_name", "client mercy has no contact"),
            ("crm", "patients", "ssn", "client mercy has no contact"),
        ],
        "CP10": [("crm", "customers", "birth_date", "")],
        "CP12": [("share", "a.csv", "email", "")],
    }
