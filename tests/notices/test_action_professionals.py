"""Action Professionals' eight promises: a firm that keeps them, and one that breaks each that can be broken, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example"
notice = "action-professionals"
capacities = ["debt_collector"]
[detection]
ner = "off"
[[disclosures]]
to = "credit reporting agencies"
kind = "business_purpose"
data_types = ["person_name", "ssn"]
first = 2025-01-01
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
collected_from = ["creditor"]
purposes = ["debt collection"]
[sources.share]
connector = "files"
url = "file:share"
collected_from = ["consumer"]
purposes = ["debt collection"]
"""
BROKEN = (
    CONFIG
    + """
[[sources.crm.facts]]
tables = ["hits"]
collected_from = ["data brokers"]
[[sources.crm.facts]]
tables = ["contacts"]
purposes = ["marketing"]
[[disclosures]]
to = "a list broker"
kind = "sold"
data_types = ["person_name"]
first = 2025-01-01
[[disclosures]]
to = "landlords"
kind = "business_purpose"
data_types = ["ssn"]
first = 2025-01-01
"""
)


@pytest.fixture(scope="module")
def keeping(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Debtors with account numbers, among them no card's, and a recorded call."""
    tables = {
        "debtors": kit.table(full_name="name", ssn="ssn", dob="adult", street_address="street", placed_at="recent"),
        "placements": kit.table(acct_no="card"),
    }
    return kit.make_firm(tmp_path_factory.mktemp("keeps"), CONFIG, tables, {"rec/call.wav": kit.WAV})


@pytest.fixture(scope="module")
def breaking(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An email address, a data broker, marketing, a sale, cards in a table and in a note, an exception that has ended."""
    tables = {
        "debtors": kit.table(full_name="name", ssn="ssn"),
        "contacts": kit.table(email="email"),
        "hits": kit.table(employer_name="employer"),
        "payments": kit.table(card_number="card"),
        "placements": kit.table(acct_no="card"),
    }
    files = {"notes/a.txt": "paid with 4111 1111 1111 1111 today\n"}
    made = kit.make_firm(tmp_path_factory.mktemp("breaks"), BROKEN, tables, files)
    kit.expire(made)
    return made


def test_a_firm_that_keeps_its_promises_breaks_none(kit: Any, keeping: Path) -> None:
    """A debt's account number that looks like a card's is for a person to judge; services have nothing that could break them."""
    checked = kit.check(keeping)

    assert (checked.exit_code, checked.stands) == (
        0,
        {
            "AP1": "kept",
            "AP2": "kept",
            "AP3": "kept",
            "AP4": "unknown",
            "AP5": "not_checked",
            "AP6": "not_applicable",
            "AP7": "not_checked",
            "AP8": "not_checked",
        },
    )
    assert checked.where("AP4") == [
        ("crm", "placements", "acct_no", "the column holds account numbers: it may be the placed debt's own")
    ]


def test_each_promise_that_is_broken_is_told_with_its_places(kit: Any, breaking: Path) -> None:
    """And nothing else is."""
    checked = kit.check(breaking)

    assert (checked.exit_code, checked.document["outcome"]["reasons"]) == (3, ["breach", "undisclosed"])
    broken = [id_ for id_, status in checked.stands.items() if status == "breach"]
    assert {id_: checked.where(id_) for id_ in broken} == {
        "AP1": [("crm", "contacts", "email", "")],
        "AP2": [("crm", "hits", "employer_name", "from data brokers")],
        "AP3": [
            ("-", "-", "-", "sold to a list broker"),
            ("-", "-", "-", "to landlords: the notice does not name them"),
            ("crm", "contacts", "email", "for marketing"),
        ],
        "AP4": [("crm", "payments", "card_number", ""), ("share", "notes/a.txt", "-", "")],
        "AP6": [("-", "-", "-", "X1, E1; expired on 2024-06-30")],
    }
    assert [each["container"] for each in checked.document["checks"][3]["doubtful"]] == ["placements"]


def test_what_is_undisclosed_is_told_since_the_night_it_was_found(kit: Any, breaking: Path) -> None:
    """The day of the scan, in UTC."""
    first = kit.check(breaking).document["checks"][0]

    assert [(each["data_types"], each["since"] >= kit.days_ago(1)) for each in first["where"]] == [(["email"], True)]


@pytest.mark.parametrize(
    ("options", "exit_code"),
    [
        ((), 3),
        (("--exit-zero",), 0),
        (("--fail-on", "undisclosed"), 3),
    ],
)
def test_the_exit_code_follows_what_is_asked_for(
    kit: Any, breaking: Path, options: tuple[str, ...], exit_code: int
) -> None:
    """Three on what --fail-on names, a breach by default."""
    assert kit.check(breaking, *options).exit_code == exit_code


def test_a_firm_with_lags_alone_fails_on_lags_alone(kit: Any, keeping: Path) -> None:
    """The notice of 2022 lags the law whatever is held."""
    codes = [kit.check(keeping, "--fail-on", name).exit_code for name in ("undisclosed", "lag")]

    assert codes == [0, 3]
    assert [lag["id"] for lag in kit.check(keeping).document["lags"]] == ["P2", "P3", "P4", "P7", "P9", "exceptions"]


def test_a_source_that_was_never_read_keeps_nothing(kit: Any, keeping: Path) -> None:
    """Exit code 4, and what rests on finding nothing is unknown."""
    config = keeping / "more.toml"
    config.write_text(f'{CONFIG}[sources.late]\nconnector = "sql"\nurl = "sqlite:///late.db"\n')

    checked = kit.check(keeping, "-c", str(config))

    assert (checked.exit_code, checked.stands["AP1"], checked.document["not_read"]) == (
        4,
        "unknown",
        ["source late was never read"],
    )


def test_the_table_fits_eighty_columns_and_names_no_value(kit: Any, breaking: Path) -> None:
    """For a terminal; redacted, no name of a table either."""
    shown = kit.run(breaking, "notice", "check").stdout
    redacted = kit.run(breaking, "notice", "check", "--redact-paths").stdout

    assert max(map(len, shown.splitlines())) <= 80
    assert "crm:contacts [email]" in shown
    assert [word for word in ("4111", "mail.example", "Miller") if word in shown] == []
    assert [word for word in ("contacts", "notes/a.txt", "card_number") if word in redacted] == []
