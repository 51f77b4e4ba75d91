"""Small firms, made and scanned for real: a database, a share, and what the configuration says of them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from piiscan import schemas
from piiscan.inventory import Inventory, Justification, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROWS = 24
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00"
TODAY = datetime.now(UTC).date()
CARDS = [
    "4111111111111111", "5555555555554444", "4012888888881881", "4222222222222220", "5105105105105100", "4242424242424242",
]  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What `notice check` said of a firm."""

    exit_code: int
    document: dict[str, Any]

    @property
    def stands(self) -> dict[str, str]:
        """How each promise stands."""
        return {each["id"]: each["status"] for each in self.document["checks"]}

    def where(self, id_: str) -> list[tuple[Any, ...]]:
        """The places of a promise: source, container, column, note; of what the configuration says the note alone."""
        found = next(each for each in self.document["checks"] if each["id"] == id_)
        return sorted(
            (place["source"] or "-", place["container"] or "-", place["column"] or "-", place["note"])
            for place in found["where"]
        )


def days_ago(days: int) -> str:
    """A day so long ago, ISO 8601."""
    return (TODAY - timedelta(days=days)).isoformat()


def make_firm(
    folder: Path,
    config: str,
    tables: Mapping[str, Mapping[str, Callable[[int], Any]]],
    files: Mapping[str, Any],
    rules: str = "",
) -> Path:
    """A folder with ``piiscan.toml``, a database ``crm.db`` and a share, scanned.

    ``tables``: table -> column -> value of a row; a table ``other.x`` goes into ``other.db``. ``files``: path -> content, or
    (content, mode).
    """
    (folder / "piiscan.toml").write_text(config)
    (folder / "share").mkdir()
    (folder / "rules").mkdir()
    if rules:
        (folder / "rules" / "ours.toml").write_text(rules)
    for path, columns in tables.items():
        base, _, table = path.rpartition(".")
        _fill(folder / f"{base or 'crm'}.db", table, columns)
    for path, content in files.items():
        text, mode = content if isinstance(content, tuple) else (content, 0o640)
        target = folder / "share" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        target.chmod(mode)
    run(folder, "-q", "scan", "--mode", "full")
    return folder


def _fill(path: Path, table: str, columns: Mapping[str, Callable[[int], Any]]) -> None:
    names = ", ".join(columns)
    base = sqlite3.connect(path)
    base.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {names})")
    for number in range(1, ROWS + 1):
        values = (number, *(value(number) for value in columns.values()))
        base.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    base.commit()
    base.close()


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The real command in the firm's folder."""
    command = [sys.executable, "-m", "piiscan", *args]
    environment = os.environ | {"HOME": str(folder), "COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3, 4), done.stderr
    return done


@cache
def check(folder: Path, *args: str) -> Checked:
    """`notice check` of the firm's notice, as JSON; asked once for the same firm and options."""
    done = run(folder, "notice", "check", "--format", "json", *args)
    document = json.loads(done.stdout)
    Draft202012Validator(schemas.bundle("notice.check")).validate(document)
    return Checked(done.returncode, document)


def expire(folder: Path) -> None:
    """Records an exception to requests that has come to its end."""
    past = date(2024, 1, 1)
    draft = Justification(
        "", "exception", "request", "E1", None, "plan 4711", "an open payment plan", "j.doe", "", past, date(2024, 6, 30),
        Scope(), datetime.now(UTC), author="a.roe",
    )  # fmt: skip
    with Inventory.open(f"sqlite:///{folder / 'piiscan.db'}").justifying() as writer:
        writer.add(draft)


NAMES = [
    "Ann Miller",
    "Bob Carter",
    "Carla Nguyen",
    "Dan Brooks",
    "Eve Turner",
    "Frank Howard",
    "Grace Cooper",
    "Hal Morris",
]
VALUES: dict[str, Callable[[int], Any]] = {
    "name": lambda n: NAMES[n % 8],
    "email": lambda n: f"person{n}@mail.example",
    "phone": lambda n: f"(212) 555-{100 + n:04}",
    "ssn": lambda n: f"{200 + n:03}-{10 + n:02}-{1000 + 37 * n:04}",
    "adult": lambda n: f"19{50 + n}-0{1 + n % 9}-1{n % 10}",
    "child": lambda n: days_ago(365 * 9 + 11 * n) if n % 4 == 0 else f"19{50 + n}-0{1 + n % 9}-1{n % 10}",
    "street": lambda n: f"{100 + 3 * n} Maple Street",
    "recent": lambda n: days_ago(30 + n),
    "old": lambda n: days_ago(365 * 9 + n),
    "lapsed": lambda n: days_ago(30 + n if n % 4 == 0 else 365 * 2 + n),
    "client": lambda n: "notaries" if n % 3 == 0 else "lawyers",
    "card": lambda n: CARDS[n % 6],
    "bcrypt": lambda n: f"$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ{n:02}345",
    "plain": lambda n: f"hunter{n}!x",
    "address": lambda n: f"203.0.113.{n}",
    "cookie": lambda n: f"GA1.2.{100000000 + 7919 * n}.{1700000000 + n}",
    "employer": lambda n: f"Firm {n} Inc",
    "visits": lambda n: 7 * n,
}


def table(**columns: str) -> dict[str, Callable[[int], Any]]:
    """A table by column -> the name of what it holds in `VALUES`."""
    return {column: VALUES[value] for column, value in columns.items()}


@pytest.fixture(scope="session")
def kit() -> Any:
    """`make_firm`, `table`, `check`, `run`, `expire`, `days_ago`, `WAV`, `ROWS`, for tests."""
    names = ("make_firm", "table", "check", "run", "expire", "days_ago", "WAV", "ROWS", "TODAY")
    return SimpleNamespace(**{each: globals()[each] for each in names})
