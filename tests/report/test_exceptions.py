"""The report why some data stays: whole outputs, what ends soon, what lapsed, the minima in use.

After a wanted change: ``PIISCAN_UPDATE_GOLDEN=1 pytest tests/report/test_exceptions.py``, then read the diff of tests/golden.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from piiscan import __version__, plugins, schemas
from piiscan.inventory import Justification, Scope, SealedScope
from piiscan.inventory.justifications import sealed
from piiscan.model import Document, Secret
from piiscan.model.judging import Test
from piiscan.report.exceptions_report import exceptions
from piiscan.rulepack.retention import RetentionRules, load_retention

FOLDER = Path(__file__).parent.parent / "golden" / "report"
AS_OF = date(2026, 11, 21)
KEY = Secret(base64.b64encode(bytes(range(32))).decode())
RULES = load_retention(("ccpa", "us-collections", "us-employer", "pci"))
PRIVATE = SealedScope(((Test(("no",), "=", 4711),),), {"email": "ann@example.org", "ssn": "219-09-9998"})
DRAFT = Justification(
    id="", kind="exception", against="request", basis="E1", rule=None, evidence="plan 88-104", reason="the plan is paid until May",
    approver="A. Counsel", use_lock="", starts=date(2026, 1, 1), ends=date(2027, 5, 31), scope=Scope("crm", "public.plans"),
    created_at=datetime(2026, 1, 1, tzinfo=UTC), author="j.doe",
)  # fmt: skip
HOLD = replace(
    DRAFT,
    kind="hold",
    against="schedule",
    basis="litigation",
    rule="litigation_hold",
    ends=None,
    evidence="case 26-1187",
    reason="the debtor sues us",
)


def record(firm: Any, *drafts: Justification) -> None:
    """Puts them on record, the first of each kind entered at a fixed time."""
    with firm.inventory.justifying() as writer:
        for draft in drafts:
            writer.add(draft)


def freeze(firm: Any) -> None:
    """Times of the clock become those of one day."""
    with sqlite3.connect(firm.path) as database:
        database.execute("UPDATE justification SET created_at = '2026-01-01T09:00:00Z'")
        database.execute("UPDATE justification SET ended_at = '2026-09-01T09:00:00Z' WHERE ended_at IS NOT NULL")
        database.execute("UPDATE renewal SET at = '2026-05-20T09:00:00Z'")
    database.close()


def report(firm: Any, rules: RetentionRules = RULES, **options: Any) -> Document:
    """The report as of 21 November 2026."""
    given = {"as_of": AS_OF, "generated_at": datetime(2026, 11, 21, 8, 30, tzinfo=UTC)} | options
    return exceptions(firm.inventory, firm.config, firm.packs, rules, **given)


@pytest.fixture
def full(firm: Any, make_table: Any) -> Any:
    """A collector with something of everything on record."""
    firm.settings["firm"] |= {"capacities": ["debt_collector"]}
    firm.scan(
        make_table("public.debtors", 400, ("mail", "email"), ("ssn", "ssn")),
        make_table("public.plans", 90, ("no", "creditor_account_no"), ("mail", "email")),
        make_table("public.calls", 70, ("file", "call_recording", {"evidence": ("name",)})),
    )
    record(
        firm,
        DRAFT,
        replace(DRAFT, basis="E8", rule="regf_account", evidence="12 CFR 1006.100(a)", reason="account records", ends=date(2026, 12, 10), use_lock="audits"),
        replace(DRAFT, against="schedule", basis="extension", rule="glba_dispose", evidence="memo 14", reason="audit", ends=date(2027, 2, 19)),
        replace(DRAFT, basis="X.claim", evidence="case 1", reason="we sue", ends=date(2026, 6, 30), approver="J.Doe"),
        replace(DRAFT, basis="E1", reason="an older plan", starts=date(2026, 12, 1)),
        HOLD,
        replace(HOLD, basis="law_enforcement", rule="le_hold", ends=date(2026, 5, 1), reason="fraud unit", evidence="direction 4/26"),
        replace(HOLD, evidence="case 26-2041", reason="the consumer sues us", scope=sealed(Scope("crm", data_types=("group:identifiers",)), PRIVATE, KEY)),
        replace(HOLD, basis="agency", rule=None, evidence="inquiry 9", reason="the agency asks", scope=Scope()),
    )  # fmt: skip
    with firm.inventory.justifying() as writer:
        writer.renew("H2", ends=date(2026, 8, 1), by="j.doe", approver="A. Counsel", why="renewed once")
        writer.end("H1", on=date(2026, 9, 1), by="j.doe", why="settled")
    freeze(firm)
    return firm


@pytest.mark.parametrize(("name", "redact"), [("exceptions", False), ("exceptions_redacted", True)])
@pytest.mark.parametrize("format_", ["table", "json", "csv", "md"])
def test_an_output_is_as_it_was_last_found_good(full: Any, name: str, redact: bool, format_: str) -> None:
    """Every format, at 100 columns."""
    full.packs = replace(full.packs, fingerprint="0" * 64)
    out = io.StringIO(newline="")
    plugins.renderer(format_)().render(report(full, redact=redact), out, width=100, color=False)
    text = out.getvalue().replace(f'"version": "{__version__}"', '"version": "VERSION"')
    golden = FOLDER / f"{name}.{'txt' if format_ == 'table' else format_}"
    if os.environ.get("PIISCAN_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="")

    assert text == golden.read_bytes().decode("utf-8")
    assert [value for value in ("4711", "ann@example.org", "219-09-9998", "219099998") if value in text] == []
    assert not redact or "public." not in text


def test_the_report_is_true_to_its_schema(full: Any) -> None:
    out = io.StringIO()
    plugins.renderer("json")().render(report(full), out, width=80, color=False)

    Draft202012Validator(schemas.bundle("report.exceptions")).validate(json.loads(out.getvalue()))


def test_what_ends_in_30_and_in_90_days_is_named_to_the_day(firm: Any) -> None:
    days = (-1, 0, 30, 31, 90, 91)
    record(firm, *(replace(DRAFT, ends=AS_OF + timedelta(days=each)) for each in days))

    body = report(firm).body

    assert [(each["id"], each["days"], each["within"]) for each in body["ending"]] == [
        ("X2", 0, 30), ("X3", 30, 30), ("X4", 31, 90), ("X5", 90, 90),
    ]  # fmt: skip
    assert body["lapsed"] == [{"id": "X1", "ends": AS_OF - timedelta(days=1)}]


def minima(firm: Any, **more: Any) -> dict[str, tuple[Any, ...]]:
    """By rule: ground, period, the data types held, in how many containers."""
    return {
        each["rule"]: (each["ground"], each["period"], each["data_types"], each["containers"])
        for each in report(firm, **more).body["minima"]
    }


def test_the_minima_in_use_are_those_that_bind_the_firm_and_reach_something_held(
    firm: Any, make_table: Any, make_file: Any
) -> None:
    firm.scan(
        make_table("debtors", 4, ("mail", "email"), ("no", "creditor_account_no")),
        make_table("letters", 4, ("mail", "email"), ("no", "creditor_account_no")),
        make_table("pay", 4, ("stub", "pay_stub")),
    )
    nobody = minima(firm)
    firm.settings["firm"] |= {"capacities": ["debt_collector"]}
    collector = minima(firm)
    firm.settings["firm"] |= {"capacities": ["employer"]}
    employer = minima(firm)

    assert nobody == {}
    assert collector == {
        "regf_account": ("E8", "P3Y from last_collection_activity", ("creditor_account_no", "email"), 2)
    }
    assert {name: found[2] for name, found in employer.items() if name.startswith("flsa")} == {
        "flsa_payroll": ("pay_stub",)
    }
    assert "flsa_time" not in employer, "it is switched off"


def test_a_store_without_any_says_none_of_each(firm: Any, make_table: Any) -> None:
    firm.scan(make_table("debtors", 4, ("mail", "email")))

    document = report(firm)

    assert (document.body["entries"], document.body["ending"], document.body["lapsed"]) == ([], [], [])
    assert [section.note for section in document.sections] == [
        "None.", "None.", "None.", "None.", "None.", "None of the loaded rules is about what is held, for a firm of these capacities.",
    ]  # fmt: skip
    assert document.lead[-1] == "In force on 2026-11-21: 0 exceptions, 0 extensions, 0 holds."


def test_an_unread_source_is_said_first(firm: Any) -> None:
    record(firm, DRAFT)

    document = report(firm)

    assert (document.lead[0], document.reasons) == (
        "Nothing has been scanned yet: this report proves nothing.",
        ("incomplete",),
    )
