"""Listing, showing and drafting; and checks of what no small firm can show."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest
from jsonschema import Draft202012Validator

from piiscan import rulepack, schemas
from piiscan.config import Config
from piiscan.errors import SourceError
from piiscan.inventory import Inventory, RunSettings
from piiscan.model import Check, Classification, Container, Holding, Scanned, SkipCode, UnitResult
from piiscan.model.judging import JudgedRows, Standing
from piiscan.notices.counting import check_minors
from piiscan.notices.exposing import check_encrypted
from piiscan.notices.known import Known
from piiscan.notices.storing import check_cookies, check_passwords
from piiscan.rulepack.retention import load_retention

if TYPE_CHECKING:
    from pathlib import Path

    from piiscan.notices.asking import Sources

PACKS = rulepack.load()
SOURCES = {name: {"connector": "sql", "url": f"sqlite:///{name}.db"} for name in ("near", "far", "gone")}


class Lines:
    """Sources that say of their connections what is written here."""

    def checks(self, source: str) -> list[Check]:
        """One line, or none at all."""
        if source == "gone":
            raise SourceError(SkipCode.UNREACHABLE, "nobody answers")
        good = source == "near"
        return [
            Check("encrypted", "ok" if good else "warning", "TLS" if good else "not encrypted: add ?sslmode=require")
        ]

    def judge(self, source: str, path: str, judgments: object, as_of: date) -> list[JudgedRows]:
        """Nobody of age, three rows without a day."""
        return [JudgedRows(None, 7, (Standing("overdue"),)), JudgedRows(None, 3, (Standing("undated"),))]


def known(folder: Path, *units: UnitResult) -> Known:
    """What is known after one run that found the units."""
    inventory = Inventory.open(f"sqlite:///{folder / 'store.db'}", create=True, packs=PACKS)
    with inventory.writer() as writer:
        writer.start(RunSettings("full", (("near", "sql"),), "settings"))
        for unit in units:
            writer.commit(unit)
        writer.close_source("near", complete_listing=True)
        writer.finish("complete")
    config = Config.model_validate({"sources": SOURCES}, context={"folder": folder})
    sources = cast("Sources", Lines())
    return Known(
        rulepack.notice("actionstep"),
        config,
        inventory,
        PACKS,
        load_retention(("ccpa",), ()),
        date(2026, 1, 1),
        sources,
    )


def unit(
    path: str,
    *columns: tuple[str | None, str, int, tuple[str, ...], tuple[str, ...]],
    kind: str = "table",
    seen: int = 10,
) -> UnitResult:
    """Ten rows read: column, data type, cells that match, evidence, recognizers; ``seen`` cells of each are filled."""
    container = Container("near", path, kind, rows=10, rows_exact=True)  # type: ignore[arg-type]
    holdings = tuple(
        Holding(container, column, Classification(name, 0.9, evidence, by, seen, matched, "test"), "full")  # type: ignore[arg-type]
        for column, name, matched, evidence, by in columns
    )
    return UnitResult(container, (Scanned(container, "full", 10, 10, 100, holdings),))


def test_a_connection_that_is_not_encrypted_is_a_breach_and_one_that_fails_unknown(tmp_path: Path) -> None:
    """By what the connector says of it, the doubtful beside."""
    outcome = check_encrypted(rulepack.Check("encrypted"), known(tmp_path))

    assert outcome.status == "breach"
    assert [(each.source, each.note) for each in outcome.where] == [("far", "not encrypted: add ?sslmode=require")]
    assert [(each.source, each.note) for each in outcome.doubtful] == [("gone", "nobody answers")]


@pytest.mark.parametrize(
    ("units", "status"),
    [
        ([unit("t", ("c", "cookie_id", 10, ("values", "name"), ()), ("e", "email", 1, ("values",), ()))], "breach"),
        ([unit("t", ("c", "cookie_id", 4, ("values",), ()), ("e", "email", 5, ("values",), ()))], "unknown"),
        (
            [unit("a.log", (None, "cookie_id", 9, ("text",), ()), (None, "email", 9, ("text",), ()), kind="file")],
            "unknown",
        ),
        ([unit("t", ("c", "cookie_id", 10, ("values",), ())), unit("u", ("e", "email", 10, ("values",), ()))], "kept"),
    ],
)
def test_a_cookie_identifies_a_person_where_some_row_must_hold_both(
    tmp_path: Path, units: list[UnitResult], status: str
) -> None:
    """More filled cells than rows; else a person must look."""
    check = rulepack.Check("cookies_identify", data_types=("cookie_id",), beside=("email",))

    assert check_cookies(check, known(tmp_path, *units)).status == status


@pytest.mark.parametrize(
    ("column", "matched", "evidence", "recognizers", "status"),
    [
        ("password", 10, ("values", "name"), ("column:password",), "breach"),
        ("password", 10, ("values", "name"), ("column:password.digest",), "kept"),
        ("password", 10, ("values", "name"), ("password_hash",), "kept"),
        ("password", 6, ("values", "name"), ("password_hash",), "unknown"),
        ("password_hash", 0, ("name",), ("column:password",), "kept"),
        ("secret", 0, ("name",), ("column:password.clave",), "unknown"),
        ("body", 1, ("text",), ("password_label",), "breach"),
        ("body", 1, ("text",), ("password_hash", "password_label"), "breach"),
    ],
)
def test_the_evidence_tells_readable_passwords_from_hashes(
    tmp_path: Path, column: str, matched: int, evidence: tuple[str, ...], recognizers: tuple[str, ...], status: str
) -> None:
    """What is neither is for a person to judge."""
    found = unit("users", (column, "password", matched, evidence, recognizers))

    assert check_passwords(rulepack.Check("readable_passwords"), known(tmp_path, found)).status == status


@pytest.mark.parametrize(("filled", "status"), [(10, "unknown"), (7, "kept")])
def test_dates_of_birth_that_cannot_be_read_are_unknown_and_empty_ones_are_nobodys(
    tmp_path: Path, filled: int, status: str
) -> None:
    """Of ten rows three have no day: they are filled with something else, or empty."""
    found = unit("people", ("born", "dob", 7, ("values", "name"), ()), seen=filled)

    outcome = check_minors(rulepack.Check("no_minors", age=18), known(tmp_path, found))

    assert (outcome.status, [each.note for each in outcome.where]) == (
        status,
        ["3 dates of birth could not be read"] if status == "unknown" else [],
    )


def test_profiles_are_listed_and_shown_without_a_configuration(invoke: Any) -> None:
    """Five of them; the JSON is by its schema."""
    listed = invoke("notice", "list", "--format", "json").json
    shown = invoke("notice", "show", "amsi", "--format", "json").json

    assert [(each["id"], each["configured"]) for each in listed["profiles"]] == [
        (name, False) for name in rulepack.shipped()
    ]
    assert [each["id"] for each in shown["promises"]][:3] == ["AM1", "AM2", "AM3"]


CONFIG = """
[firm]
notice = "amsi"
[detection]
ner = "off"
[[disclosures]]
to = "credit bureaus"
kind = "business_purpose"
data_types = ["person_name"]
first = 2025-01-01
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
collected_from = ["client"]
"""


def test_the_draft_speaks_in_the_statutes_terms_or_in_the_notices_own(kit: Any, tmp_path: Path) -> None:
    """What no heading names is marked, and so is what the configuration does not say."""
    firm = kit.make_firm(tmp_path, CONFIG, {"debtors": kit.table(full_name="name", email="email")}, {})

    drafts = {
        terms: json.loads(kit.run(firm, "notice", "draft", "--in", terms, "--format", "json").stdout)
        for terms in ("statutory", "notice")
    }
    for draft in drafts.values():
        Draft202012Validator(schemas.bundle("notice.draft")).validate(draft)
    assert [
        (each["category"], each["such_as"], each["disclosed_to"]) for each in drafts["statutory"]["categories"]
    ] == [
        ("A. Identifiers", ["Email address", "Real name"], ["credit bureaus"]),
        (
            "B. Personal information described in Civil Code 1798.80(e) (customer records)",
            ["Real name"],
            ["credit bureaus"],
        ),
    ]
    assert [(each["category"][:40], each["purposes"]) for each in drafts["notice"]["categories"]] == [
        ("personal identifying information, like n", ["[TO BE FILLED IN]"]),
        ("[TO BE FILLED IN] under no heading of th", ["[TO BE FILLED IN]"]),
    ]
