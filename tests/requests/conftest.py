"""A firm with a key, two clients and a folder to work in; and the command line in this process, for there are many calls."""

from __future__ import annotations

import base64
import contextlib
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
    from collections.abc import Iterable
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
    return tmp_path


@pytest.fixture
def call(firm: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """``call("open", "--from", "-", stdin=...)``: what `piiscan requests` says."""

    def run(*arguments: str, stdin: str = "") -> Said:
        out, error = io.StringIO(), io.StringIO()
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        monkeypatch.setattr("sys.stdin", given)
        code = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                code = (
                    cli.cli.main(["requests", *arguments], prog_name="piiscan", obj=App(), standalone_mode=False) or 0
                )
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


def know(folder: Path, held: Iterable[tuple[str, str, str, str]]) -> None:
    """Makes the inventory know these columns, as source, container, column and data type; a source with a share holds files."""
    known = sorted(held)
    inventory = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}", create=True)
    with inventory.writer() as writer:
        writer.start(RunSettings("full", tuple(sorted({(each[0], "sql") for each in known})), "settings"))
        for source, path in sorted({each[:2] for each in known}):
            box = Container(source, path, "file" if source == "share" else "table", rows=1)
            holdings = tuple(
                Holding(box, column, Classification(kind, 0.9, ("values",), (), 1, 1, "they are"), "full")
                for *place, column, kind in known
                if place == [source, path]
            )
            writer.commit(UnitResult(box, (Scanned(box, "full", 1, 1, 1, holdings),)))
        for source in sorted({each[0] for each in known}):
            writer.close_source(source, complete_listing=True)
        writer.finish("complete")


@pytest.fixture
def knows(firm: Path) -> Callable[..., None]:
    """``knows([("crm", "people", "mail", "email")])``: the firm's inventory."""
    return lambda held: know(firm, held)
