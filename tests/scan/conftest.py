"""A small firm to scan: one SQLite database, one share, one configuration."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = """
[firm]
name = "Test Receivables"

[store]
url = "sqlite:///piiscan.db"

[scan]
workers = 2

[detection]
ner = "off"

[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"

[sources.share]
connector = "files"
url = "file:share"
"""


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with twelve tables, forty files and a piiscan.toml."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    with sqlite3.connect(tmp_path / "crm.db") as database:
        for number in range(12):
            database.execute(
                f"CREATE TABLE t{number:02} (id INTEGER PRIMARY KEY, email TEXT, ssn TEXT, created_at TEXT, shade TEXT)"
            )
            rows = [
                (
                    f"person{n}.{number}@example.org",
                    f"{130 + number}-{10 + n % 80:02}-{1000 + n}",
                    f"2026-{1 + n % 9:02}-05",
                    "blue",
                )
                for n in range(60)
            ]
            database.executemany(f"INSERT INTO t{number:02} (email, ssn, created_at, shade) VALUES (?, ?, ?, ?)", rows)
    database.close()
    share = tmp_path / "share"
    share.mkdir()
    for number in range(40):
        (share / f"note{number:02}.txt").write_text(
            f"Please write to person{number}@example.org about order {number}.\n" if number % 2 else "nothing to see\n"
        )
    return tmp_path


@pytest.fixture
def canonical(invoke: Callable[..., Any]) -> Callable[[Path], str]:
    """The whole inventory as text, apart from run ids and times."""

    def read(folder: Path) -> str:
        parts = []
        for what, times in (("list", ("first_seen", "last_seen")), ("containers", ("scanned_at",))):
            result = invoke("inventory", what, "--format", "json", cwd=folder)
            assert result.exit_code == 0, result.stderr
            items = result.json["holdings" if what == "list" else "containers"]
            parts.append([{key: value for key, value in item.items() if key not in times} for item in items])
        # Whether a file was read tonight or known unchanged says nothing of what is held.
        return json.dumps(parts, indent=1, sort_keys=True).replace('"status": "unchanged"', '"status": "scanned"')

    return read
