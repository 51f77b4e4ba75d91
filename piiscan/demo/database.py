"""The demo firm's database and configuration on disk."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from datetime import date, timedelta
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from piiscan.demo.schema import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from piiscan.demo.ledger import Tables


def write_database(path: Path, tables: Tables) -> None:
    """Writes the SQLite file: the same rows give the same bytes."""
    connection = sqlite3.connect(path)
    try:
        path.chmod(0o640)
        connection.executescript(SCHEMA)
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        ]
        with connection:
            for name in names:
                rows = tables[name]
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own schema's names
    finally:
        connection.close()


def write_config(path: Path, today: date) -> Path:
    """The path of the configuration, written with the disclosures' dates counted back from today, beside rules and a fresh key."""
    _write_private(path.with_name("piiscan.key"), base64.b64encode(secrets.token_bytes(32)).decode())
    path.with_name("rules").mkdir(exist_ok=True)
    schedule = (resources.files("piiscan.demo") / "schedule.toml").read_text(encoding="utf-8")
    (path.with_name("rules") / "schedule.toml").write_text(schedule, encoding="utf-8")
    text = (resources.files("piiscan.demo") / "firm.toml").read_text(encoding="utf-8")
    days = {"first": today - timedelta(days=900), "last": today - timedelta(days=20)}
    _write_private(path, Template(text).substitute(days))
    return path


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
