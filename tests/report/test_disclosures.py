"""What the disclosure report says: two lists, what belongs into neither, what lies abroad.

After a wanted change: ``PIISCAN_UPDATE_GOLDEN=1 pytest tests/report/test_disclosures.py``, then read the diff of tests/golden.
"""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from piiscan import __version__, plugins, schemas
from piiscan.errors import UsageError
from piiscan.report import disclosures
from piiscan.report.regions import lies_within

if TYPE_CHECKING:
    from piiscan.model import Document

FOLDER = Path(__file__).parent.parent / "golden" / "report"
GIVEN = [
    {
        "to": "credit reporting agencies",
        "data_types": ["group:financial", "person_name"],
        "kind": "business_purpose",
        "first": date(2025, 3, 1),
        "last": date(2026, 1, 31),
    },
    {
        "to": "credit reporting agencies",
        "data_types": ["dob"],
        "kind": "business_purpose",
        "first": date(2026, 2, 1),
    },
    {"to": "skip tracers", "data_types": ["category:G", "email"], "kind": "shared", "first": date(2026, 5, 1)},
    {
        "to": "skip tracers",
        "data_types": ["email"],
        "kind": "sold",
        "first": date(2026, 6, 1),
        "last": date(2026, 6, 2),
    },
    {
        "to": "long ago",
        "data_types": ["email"],
        "kind": "sold",
        "first": date(2020, 1, 1),
        "last": date(2025, 11, 20),
    },
]


@pytest.fixture
def giver(firm: Any, make_table: Any, make_file: Any) -> Any:
    """A firm that held dates of birth until March, holds data of its own, of a hospital, and under another law."""
    firm.settings |= {
        "clients": {
            "mercy": {
                "name": "Mercy Hospital",
                "contact": "privacy@mercy.example",
                "role": "service_provider",
                "regime": "hipaa",
            },
        },
        "disclosures": GIVEN,
        "sources": {
            "crm": {
                "connector": "sql",
                "url": "sqlite:///crm.db",
                "region": "US-CA",
                "facts": [{"tables": ["reports"], "regime": "fcra"}],
                "owners": {"placements": {"column": "client"}},
            },
            "share": {"connector": "files", "url": "file:share", "region": "IN"},
            "empty": {"connector": "files", "url": "file:empty", "region": "MX"},
            "nowhere": {"connector": "files", "url": "file:nowhere"},
        },
    }
    sources = ("crm", "share", "empty", "nowhere")
    firm.scan(make_table("old", 5, ("born", "dob")), sources=sources, day="2026-03-01")
    firm.scan(
        make_table("debtors", 50, ("name", "person_name"), ("mail", "email"), ages=[("2026-05-05", 50)]),
        make_table(
            "placements", 30, ("balance", "debt_balance"), ages=[("2026-05-05", 20, "mercy"), ("2026-05-06", 10)]
        ),
        make_table("reports", 7, ("score", "credit_score")),
        make_file("support/mail.txt", "email"),
        sources=sources,
    )
    firm.packs = replace(firm.packs, fingerprint="0" * 64)
    return firm


def report(firm: Any, **options: Any) -> Document:
    """The disclosure report of a fixed day, true to its schema."""
    document = disclosures(firm.inventory, firm.config, firm.packs, **({"as_of": date(2026, 11, 21)} | options))
    Draft202012Validator(schemas.bundle("report.disclosures")).validate(json.loads(printed(document, "json")))
    return document


def printed(document: Document, format_: str) -> str:
    """The document in a format, at 80 columns."""
    out = io.StringIO(newline="")
    document = replace(document, generated_at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
    plugins.renderer(format_)().render(document, out, width=80, color=False)
    return out.getvalue().replace(f'"version": "{__version__}"', '"version": "VERSION"')


@pytest.mark.parametrize("format_", ["table", "json", "csv", "md"])
@pytest.mark.parametrize(
    ("name", "options"),
    [("disclosures", {}), ("disclosures_redacted", {"redact": True}), ("disclosures_owner", {"owner": "mercy"})],
)
def test_a_report_is_as_it_was_last_found_good(giver: Any, name: str, options: dict[str, Any], format_: str) -> None:
    """Every format."""
    text = printed(report(giver, **options), format_)
    golden = FOLDER / f"{name}.{'txt' if format_ == 'table' else format_}"
    if os.environ.get("PIISCAN_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="")

    assert text == golden.read_bytes().decode("utf-8")


def test_only_what_is_held_or_was_is_listed_and_the_rest_is_said(giver: Any) -> None:
    """Dates of birth were held until March; geolocation never; what ended before the window is not asked about."""
    body = report(giver).body

    assert [(row["letter"], row["to"], row["kinds"], row["data_types"]) for row in body["sold_or_shared"]] == [
        ("A", "skip tracers", ("shared", "sold"), ("email",))
    ]
    assert [
        (row["letter"], row["data_types"], row["no_longer_held"], row["first"], row["last"])
        for row in body["business_purpose"]
    ] == [
        ("A", ("dob", "person_name"), ("dob",), date(2025, 3, 1), None),
        ("B", ("debt_balance", "person_name"), (), date(2025, 3, 1), date(2026, 1, 31)),
        ("C", ("dob",), ("dob",), date(2026, 2, 1), None),
        ("D", ("debt_balance",), (), date(2025, 3, 1), date(2026, 1, 31)),
    ]
    assert [(each["to"], each["named"]) for each in body["never_found"]] == [("skip tracers", ("category:G",))]


def test_an_empty_list_says_none_first_of_all(giver: Any) -> None:
    """Of each list; a window in which nothing was given."""
    document = report(giver, as_of=date(2024, 6, 30))

    assert document.body["none_recorded"] == {"sold_or_shared": False, "business_purpose": True}
    assert document.lead[1:3] == (
        "SOLD OR SHARED: A; to long ago.",
        "DISCLOSED FOR A BUSINESS PURPOSE: NONE. The configuration records no such disclosure of what is held or was.",
    )


def test_a_service_providers_data_is_in_neither_list(giver: Any) -> None:
    """Nor is what another law takes out; both stand apart, with the contact."""
    giver.settings["sources"]["crm"]["owners"] = {"*": {"client": "mercy"}}
    body = report(giver).body

    assert (body["business_purpose"], [each["data_types"] for each in body["sold_or_shared"]]) == ([], [("email",)])
    assert [(each["client"], each["contact"], each["role"], each["regime"]) for each in body["apart"]] == [
        ("mercy", "privacy@mercy.example", "service_provider", "hipaa")
    ]


def test_what_lies_outside_the_firms_regions_is_listed_even_if_nothing_was_found_there(giver: Any) -> None:
    """A part of a region lies in it; what nobody says is listed too."""
    body = report(giver).body

    assert [(each["source"], each["region"], each["records"]) for each in body["outside_regions"]] == [
        ("empty", "MX", 0),
        ("share", "IN", 1),
    ]
    assert body["region_not_said"] == ("nowhere",)
    assert [lies_within(each, ("US", "in")) for each in ("US", "us-ca", "USA", "IN", "GB")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_an_unknown_client_is_refused(giver: Any) -> None:
    """With the names of those that are known."""
    with pytest.raises(UsageError, match="unknown client 'nobody'") as caught:
        report(giver, owner="nobody")

    assert caught.value.hint == "known: mercy"
