"""Whole outputs, byte by byte: every report in every format, as it was last looked at and found good.

After a wanted change: ``PIISCAN_UPDATE_GOLDEN=1 pytest tests/report/test_golden.py``, then read the diff of tests/golden.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from piiscan import __version__, plugins, rulepack
from piiscan.model import Clock, Document, Skip, SkipCode
from piiscan.report import categories, coverage, scan_document

FOLDER = Path(__file__).parent.parent / "golden" / "report"
SETTINGS = {
    "firm": {"name": "Example Receivables"},
    "clients": {
        "mercy": {"name": "Mercy Hospital", "role": "service_provider", "regime": "hipaa"},
        "lender": {"name": "First Lender", "regime": "glba"},
    },
    "disclosures": [
        {
            "to": "credit reporting agencies",
            "data_types": ["group:financial", "person_name"],
            "kind": "business_purpose",
            "first": date(2025, 3, 1),
            "last": date(2026, 10, 31),
        },
    ],
    "sources": {
        "crm": {
            "connector": "sql",
            "url": "sqlite:///crm.db",
            "collected_from": ["creditor", "consumer"],
            "purposes": ["debt collection"],
            "retention": "P7Y",
            "exclude": ["public.audit_*"],
            "facts": [
                {"data_types": ["category:G"], "collected_from": ["process servers"]},
                {"data_types": ["credit_score"], "collected_from": ["credit reports"]},
            ],
        },
        "share": {"connector": "files", "url": "file:share", "deidentified": True},
        "portal": {"connector": "sql", "url": "sqlite:///portal.db"},
    },
}
HOSTILE = "=cmd|'/c calc'!A0 \x1b[31m\u202e|`<b>\n*x*.csv"


@pytest.fixture
def documents(firm: Any, make_table: Any, make_file: Any) -> dict[str, Document]:
    """The three documents of a firm that has something of everything."""
    firm.settings = SETTINGS
    rare = {"evidence": ("values",), "cells_seen": 1000, "cells_matched": 4}
    run = firm.scan(
        make_table(
            "public.accounts",
            400,
            ("no", "creditor_account_no"),
            ("balance", "debt_balance"),
            ages=[("2026-03-01", 100), ("2026-03-02", 150, "mercy"), ("2021-01-01", 140, "lender"), (None, 10, "?")],
        ),
        make_table("public.codes", 40),
        make_table(
            "public.debtors",
            4000,
            ("full_name", "person_name"),
            ("ssn", "ssn", {"cells_seen": 900, "cells_matched": 890}),
            ("born", "dob"),
            ("face", "face_template", {"evidence": ("name",), "cells_seen": 0, "cells_matched": 0}),
            seen=1000,
            coverage="sample",
            ages=[
                ("2026-05-05", 1000, None, {"full_name": 1000, "ssn": 1000, "born": 900}),
                ("2024-05-05", 2000, None, {"full_name": 2000, "ssn": 1560, "born": 2000}),
                (None, 1000, None, {"full_name": 1000, "ssn": 1000, "born": 990}),
            ],
        ),
        make_table(
            "public.notes", 60000, ("body", "icd10", rare), ("body", "credit_score", rare), seen=1000, coverage="sample"
        ),
        make_table(
            "public.payments",
            90,
            ("memo", "card_pan", {"evidence": ("values",), "cells_seen": 90, "cells_matched": 12}),
            ("cvv", "card_cvv", {"cells_seen": 3, "cells_matched": 3}),
            ages=[
                ("2026-08-01", 40, None, {"memo": 40, "cvv": 3}),
                ("2024-08-01", 50, None, {"memo": 50, "cvv": 0}),
            ],
        ),
        make_table("public.v_debtors", 4000, ("full_name", "person_name"), seen=1000, coverage="sample", kind="view"),
        make_table(
            "public.visits",
            70,
            ("lat", "lat_long"),
            ("lon", "lat_long"),
            ages=[("2024-02-29", 70)],
            clock=Clock("created", ("visited_at",), "inferred"),
        ),
        make_table(HOSTILE, 3, ("e|mail\t", "email"), source="share", kind="file"),
        make_file("rec/2026/0001.wav", "call_recording", evidence="metadata"),
        make_file("stats.json", "usage_aggregate"),
        Skip("share", "letters/old.doc", SkipCode.UNSUPPORTED, "Word 97 documents are not read yet"),
        Skip("share", "placement.zip", SkipCode.ENCRYPTED, "it is encrypted"),
        sources=("crm", "share"),
        status="partial",
    )
    packs = replace(firm.packs, fingerprint="0" * 64)
    frozen: dict[str, Any] = {"generated_at": datetime(2026, 11, 21, 8, 30, tzinfo=UTC)}
    notice = rulepack.notice("action-professionals")
    shared = (firm.inventory, firm.config, packs)
    return {
        "categories": categories(*shared, as_of=date(2026, 11, 21), notice=notice, **frozen),
        "redacted": categories(*shared, as_of=date(2026, 11, 21), redact=True, **frozen),
        "coverage": coverage(*shared, as_of=date(2026, 11, 21), **frozen),
        "scan": scan_document(run, firm.inventory.skips(run.run_id), **frozen),
    }


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        *product(("categories", "redacted", "coverage", "scan"), ("table", "json", "csv", "md")),
        ("categories", "html"),
    ],
)
def test_an_output_is_as_it_was_last_found_good(documents: dict[str, Document], name: str, format_: str) -> None:
    """Every format, at 80 columns."""
    out = io.StringIO(newline="")
    plugins.renderer(format_)().render(documents[name], out, width=80, color=False)
    text = out.getvalue().replace(f'"version": "{__version__}"', '"version": "VERSION"')
    golden = FOLDER / f"{name}.{'txt' if format_ == 'table' else format_}"
    if os.environ.get("PIISCAN_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="")

    assert text == golden.read_bytes().decode("utf-8")
