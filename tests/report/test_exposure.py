"""What the exposure report says on the day something leaks: which data, whose, since when, and what is not known.

After a wanted change: ``PIISCAN_UPDATE_GOLDEN=1 pytest tests/report/test_exposure.py``, then read the diff of tests/golden.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from piiscan import __version__, plugins, schemas
from piiscan.errors import UsageError
from piiscan.model import Document, Skip, SkipCode, UnitResult
from piiscan.report import exposure

FOLDER = Path(__file__).parent.parent / "golden" / "report"
AS_OF = date(2026, 11, 21)


def open_to_all(unit: UnitResult) -> UnitResult:
    """The file with permissions for everybody."""
    container = replace(unit.container, notes=("world-readable",))
    return UnitResult(container, tuple(replace(each, container=container) for each in unit.scanned))


@pytest.fixture
def breached(firm: Any, make_table: Any, make_file: Any) -> Any:
    """A firm with a database of its own and of two clients, and a share of which some could not be read."""
    firm.settings |= {
        "clients": {
            "mercy": {
                "name": "Mercy Hospital",
                "contact": "privacy@mercy.example",
                "role": "service_provider",
                "regime": "hipaa",
            },
            "lender": {"name": "First Lender", "regime": "glba"},
        },
        "sources": {
            "crm": {
                "connector": "sql",
                "url": "sqlite:////srv/firm/crm.db",
                "owners": {"public.accounts": {"column": "client"}, "public.visits": {"column": "client"}},
            },
            "share": {
                "connector": "files",
                "url": "file:///srv/share",
                "owners": {"mercy/*": {"client": "mercy"}},
            },
        },
    }
    hashed = {"evidence": ("name",), "cells_matched": 0}
    both = ("crm", "share")
    firm.scan(
        make_table("public.accounts", 40, ("ssn", "ssn"), ("mail", "email")),
        make_table("public.old", 5, ("born", "dob")),
        sources=both,
        day="2026-03-01",
    )
    firm.scan(
        make_table(
            "public.accounts",
            40,
            ("ssn", "ssn"),
            ("mail", "email"),
            ("pwd_hash", "password", hashed),
            ("login", "password", {"recognizers": ("password_hash",)}),
            ages=[
                ("2024-01-05", 10, "mercy"),
                ("2026-08-01", 20, "lender"),
                ("2026-09-01", 6, None),
                (None, 4, "?"),
            ],
        ),
        make_table("public.visits", 300, ("at", "lat_long"), seen=100, coverage="sample"),
        make_table("public.blank", 10, ("face", "face_template", {"cells_seen": 0, "cells_matched": 0})),
        open_to_all(make_file("letters/a.txt", "person_name", "icd10")),
        make_file("mercy/b.txt", "icd10"),
        make_file("mercy/c.zip", "ssn", member=("d.txt",)),
        Skip("share", "letters/old.doc", SkipCode.UNSUPPORTED, "Word 97 documents are not read yet"),
        Skip("share", "locked", SkipCode.NO_PERMISSION, "the account may not read it", hides=True),
        sources=both,
        status="partial",
    )
    seen = {"2026-03-01": ("person_name", "icd10"), "2026-11-21": ()}
    with sqlite3.connect(firm.path) as database:
        database.execute("UPDATE holding SET first_seen = '2026-11-21T02:00:00Z', last_seen = '2026-11-21T02:00:00Z'")
        for day, types in seen.items():
            for name in types:
                database.execute("UPDATE holding SET first_seen = ? WHERE data_type = ?", (f"{day}T02:00:00Z", name))
        database.execute(
            "UPDATE holding SET first_seen = '2026-03-01T02:00:00Z', last_seen = '2026-03-01T02:00:00Z'"
            " WHERE ended_by IS NOT NULL"
        )
    database.close()
    firm.packs = replace(firm.packs, fingerprint="0" * 64)
    return firm


def report(firm: Any, place: str, **options: Any) -> Document:
    """The exposure report of a fixed day, true to its schema."""
    document = exposure(firm.inventory, firm.config, firm.packs, place, **({"as_of": AS_OF} | options))
    Draft202012Validator(schemas.bundle("report.exposure")).validate(json.loads(printed(document, "json")))
    return document


def printed(document: Document, format_: str) -> str:
    """The document in a format, at 80 columns."""
    out = io.StringIO(newline="")
    document = replace(document, generated_at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
    plugins.renderer(format_)().render(document, out, width=80, color=False)
    return out.getvalue().replace(f'"version": "{__version__}"', '"version": "VERSION"')


@pytest.mark.parametrize("format_", ["table", "json", "csv", "md"])
@pytest.mark.parametrize(
    ("name", "place", "options"),
    [
        ("exposure", "crm", {}),
        ("exposure_share", "share", {"redact": True}),
        ("exposure_owner", "crm:public.*", {"owner": "mercy"}),
    ],
)
def test_an_exposure_is_as_it_was_last_found_good(
    breached: Any, name: str, place: str, options: dict[str, Any], format_: str
) -> None:
    """Every format."""
    text = printed(report(breached, place, **options), format_)
    golden = FOLDER / f"{name}.{'txt' if format_ == 'table' else format_}"
    if os.environ.get("PIISCAN_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="")

    assert text == golden.read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("place", "parts", "containers"),
    [
        ("crm:public.v*", [("crm", "public.v*")], ["public.visits"]),
        ("crm:public.accounts", [("crm", "public.accounts")], ["public.accounts"]),
        ("share:letters", [("share", "letters")], ["letters/a.txt"]),
        ("share:mercy/c.zip/d.txt", [("share", "mercy/c.zip/d.txt")], ["mercy/c.zip"]),
        ("share:", [("share", None)], ["letters/a.txt", "mercy/b.txt", "mercy/c.zip"]),
        ("/srv/share/mercy/", [("share", "mercy")], ["mercy/b.txt", "mercy/c.zip"]),
        ("/srv/firm/crm.db", [("crm", None)], ["public.accounts", "public.visits"]),
        ("/srv/share/*.txt", [("share", "*.txt")], ["letters/a.txt", "mercy/b.txt", "mercy/c.zip"]),
        (
            "/srv",
            [("crm", None), ("share", None)],
            ["public.accounts", "public.visits", "letters/a.txt", "mercy/b.txt", "mercy/c.zip"],
        ),
        ("public.accounts", [("crm", "public.accounts")], ["public.accounts"]),
        ("*/b.txt", [("share", "*/b.txt")], ["mercy/b.txt"]),
    ],
)
def test_a_place_is_a_source_a_glob_or_a_path(
    breached: Any, place: str, parts: list[tuple[str, str | None]], containers: list[str]
) -> None:
    """A folder is all that lies in it, an archive all its members; a path above the sources is all of them."""
    body = report(breached, place).body

    assert [(each["source"], each["path"]) for each in body["parts"]] == parts
    assert list(dict.fromkeys(each["container"] for each in body["found_in"])) == containers


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        ("nowhere", "sources: crm, share; write SOURCE, SOURCE:PATH-GLOB or a path on this machine"),
        ("crm:accounts", "alike: public.accounts; piiscan inventory containers --source crm lists what was read"),
        ("/srv/share/payroll", "sources: crm, share; write SOURCE, SOURCE:PATH-GLOB or a path on this machine"),
        ("nobody:x", "sources: crm, share; write SOURCE, SOURCE:PATH-GLOB or a path on this machine"),
    ],
)
def test_an_unknown_place_is_refused_with_a_hint(breached: Any, place: str, hint: str) -> None:
    """Names that are alike help, but not when names must not be seen."""
    with pytest.raises(UsageError, match="nothing is known of") as caught:
        report(breached, place)
    with pytest.raises(UsageError) as redacted:
        report(breached, place, redact=True)

    assert caught.value.hint == hint
    assert "alike" not in redacted.value.hint


def test_a_place_that_was_not_read_never_looks_clean(breached: Any) -> None:
    """A file that was skipped, a folder that could not be listed, a source that no scan has seen."""
    breached.settings["sources"]["new"] = {"connector": "sql", "url": "sqlite:////srv/new.db"}
    skipped = report(breached, "share:letters/old.doc")
    hidden = report(breached, "share:locked/payroll.csv")
    never = report(breached, "new:public.payroll")

    assert [(each.reasons, each.body["records"], each.body["since"]) for each in (skipped, hidden, never)] == [
        (("incomplete",), 0, None)
    ] * 3
    assert [[skip["code"] for skip in each.body["skips"]] for each in (skipped, hidden, never)] == [
        ["unsupported"],
        ["no-permission"],
        [],
    ]
    assert never.lead[:3] == (
        "No personal information is known to lie in new:public.payroll; that proves nothing of what was not read.",
        "Nothing there was read: what lies there is not known.",
        "Nothing has been scanned yet: this report proves nothing.",
    )


def test_only_the_clients_own_rows_are_dated_and_counted(breached: Any) -> None:
    """The rows of others in the same table say nothing of this client."""
    body = report(breached, "crm:public.accounts", owner="mercy").body
    [ssn] = [each for each in body["data_types"] if each["data_type"] == "ssn"]

    assert (ssn["records"], ssn["oldest_at"], ssn["newest_at"], ssn["owners"]) == (
        10,
        "2024-01-05",
        "2024-01-05",
        ["mercy"],
    )
    assert [(each["client"], each["contact"]) for each in body["owners"]] == [("mercy", "privacy@mercy.example")]
    assert [each["container"] for each in body["attributed_to_no_client"]] == ["public.accounts"]


def test_an_unknown_client_is_refused(breached: Any) -> None:
    """With the names of those that are known."""
    with pytest.raises(UsageError, match="unknown client 'nobody'") as caught:
        report(breached, "crm", owner="nobody")

    assert caught.value.hint == "known: lender, mercy"
