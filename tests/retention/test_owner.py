"""The retention report of one client: its rows alone, against the same question put to the database in plain SQL."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = "2026-03-01"


def report(firm: Path, *args: str) -> dict[str, Any]:
    """The document of report retention."""
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", "report", "retention", "--as-of", AS_OF, "--format", "json", *args],
        cwd=firm, capture_output=True, encoding="utf-8", check=True, env=os.environ | {"HOME": str(firm)},
    )  # fmt: skip
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_only_the_clients_rows_are_judged_aged_and_called_its(firm: Path) -> None:
    """Rows of others, of nobody, and of tables without an owner column are left out; the last two are named."""
    base = sqlite3.connect(firm / "crm.db")
    [(rows,)] = base.execute("SELECT count(*) FROM loans WHERE client = 'bank'")
    base.close()

    document = report(firm, "--owner", "bank")

    assert (document["owner"], document["held_for"]) == (
        "bank",
        {"client": "bank", "name": "Bank", "contact": None, "role": "business", "regime": "glba"},
    )
    assert {(each["container"], each["owner"], each["rows_total"]) for each in document["verdicts"]} == {
        ("loans", "bank", rows)
    }
    assert [(each["container"], sum(each["rows"].values())) for each in document["ageing"]] == [("loans", rows)]
    assert [each["container"] for each in document["attributed_to_no_client"]] == ["loans", "people", "staff", "visits"]
    assert document["coverage"]["containers"] == 1
