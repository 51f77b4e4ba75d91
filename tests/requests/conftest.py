"""A firm with a key, two clients and a folder to work in; and the command line in this process, for there are many calls."""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import pytest
from jsonschema import Draft202012Validator

from piiscan import cli, schemas
from piiscan.commands.shared import App
from piiscan.errors import PiiscanError
from piiscan.inventory import Inventory, RunSettings
from piiscan.model import Classification, Container, Holding, Scanned, UnitResult

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example Receivables"
timezone = "America/Los_Angeles"
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[clients.mercy]
name = "Mercy Hospital"
contact = "privacy@mercy.example"
role = "service_provider"
[clients.mute]
name = "Mute"
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
"""


@dataclass(frozen=True)
class Said:
    """How a command ended, and all it said."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> dict[str, Any]:
        """The document it printed, which is true to its schema."""
        document: dict[str, Any] = json.loads(self.out)
        Draft202012Validator(schemas.bundle(document["document"])).validate(document)
        return document


Call = Callable[..., Said]


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, in which the process stands."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    (tmp_path / "piiscan.key").write_text(base64.b64encode(bytes(range(32))).decode())
    (tmp_path / "piiscan.key").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PIISCAN_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")  # lines as they are, whatever runs the tests
    return tmp_path


@pytest.fixture
def run(firm: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """``run("requests", "open", "--from", "-", stdin=...)``: what `piiscan` says."""

    def run(*arguments: str, stdin: str = "") -> Said:
        out, error = io.StringIO(), io.StringIO()
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        monkeypatch.setattr("sys.stdin", given)
        code = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                code = cli.cli.main(list(arguments), prog_name="piiscan", obj=App(), standalone_mode=False) or 0
            except PiiscanError as problem:
                code = int(problem.exit_code)
                error.write(f"{problem.message} | {problem.hint}")
            except click.exceptions.Exit as end:
                code = end.exit_code
            except click.ClickException as problem:
                code = problem.exit_code
                error.write(problem.format_message())
        return Said(code, out.getvalue(), error.getvalue())

    return run


@pytest.fixture
def call(run: Call) -> Call:
    """``call("open", "--from", "-", stdin=...)``: what `piiscan requests` says."""
    return functools.partial(run, "requests")


@pytest.fixture
def store(firm: Path) -> Callable[[list[tuple[str, str, str, str]]], None]:
    """Writes an inventory in which columns hold data types: source, container, column, data type; ``~`` before it: in some cells."""

    def write(held: list[tuple[str, str, str, str]]) -> None:
        inventory = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}", create=True)
        sources = {"crm": "sql"} | ({"share": "files"} if any(each[0] == "share" for each in held) else {})
        with inventory.writer() as writer:
            writer.start(RunSettings("full", tuple(sources.items()), "settings"))
            for source, path in sorted({each[:2] for each in held}):
                box = Container(source, path, "table" if source == "crm" else "file", rows=5)
                holdings = tuple(
                    Holding(box, column, _classified(kind), "full")
                    for name, table, column, kind in held
                    if (name, table) == (source, path)
                )
                writer.commit(UnitResult(box, (Scanned(box, "full", 5, 5, 5, holdings),)))
            for source in sources:
                writer.close_source(source, complete_listing=True)
            writer.finish("complete")

    return write


def _classified(kind: str) -> Classification:
    evidence = ("text",) if kind.startswith("~") else ("values",)
    return Classification(kind.removeprefix("~"), 0.9, evidence, (), 5, 5, "they are")


@pytest.fixture
def knows(store: Any) -> Any:
    """The same, under the name of a sentence: ``knows([("crm", "people", "mail", "email")])``."""
    return store
