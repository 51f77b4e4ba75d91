"""No value of a source ever comes out: canaries planted in the demo firm are looked for in all that piiscan writes."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.demo import build

if TYPE_CHECKING:
    from pathlib import Path

Invoke = Callable[..., Any]
TODAY = datetime.date(2026, 11, 21)


@pytest.fixture(scope="module")
def canaries() -> tuple[str, ...]:
    """What must not be seen."""
    from piiscan.demo import CANARIES

    assert len(CANARIES) >= 5
    return CANARIES


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo firm, not yet scanned; names are looked for in the first text of each file and column."""
    config = build(tmp_path_factory.mktemp("firm") / "demo", today=TODAY)
    config.write_text(f"{config.read_text()}\n[detection]\nner_characters = 1\n")
    return config.parent


def leaks(text: str | bytes, canaries: tuple[str, ...]) -> list[int]:
    """Which canaries (by number, for a failing test prints it) stand in a text, with or without their separators."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    found = []
    for number, canary in enumerate(canaries):
        bare = "".join(character for character in canary if character.isalnum())
        if canary.encode() in data or canary.upper().encode() in data or (len(bare) > 7 and bare.encode() in data):
            found.append(number)
    return found


def test_the_canaries_are_really_there(demo: Path, canaries: tuple[str, ...]) -> None:
    """Each canary stands in the database or on the share: else this file proves nothing."""
    with sqlite3.connect(demo / "firm.db") as database:
        held = "\n".join(database.iterdump())
    database.close()
    held += "\n".join(
        file.read_bytes().decode("latin-1") for file in demo.rglob("*") if file.is_file() and file.name != "firm.db"
    )
    assert [canary for canary in canaries if canary not in held] == []


def test_no_command_prints_stores_or_logs_a_value(demo: Path, canaries: tuple[str, ...], invoke: Invoke) -> None:
    """Every command that has to do with the data, in every format, with all logs on; then every byte that was written."""
    said = [
        invoke(
            "-vv", "--debug", "--log-format", "json", "scan", "--all", "--mode", "full", "--format", "json", cwd=demo
        )
    ]
    listed = invoke("inventory", "list", "--format", "json", cwd=demo).json["holdings"]
    assert len(listed) > 50
    commands = (
        ("check",),
        ("config", "show"),
        ("runs", "list"),
        ("runs", "show"),
        ("inventory", "list"),
        ("inventory", "containers"),
        ("inventory", "search", "ssn"),
        ("inventory", "show", listed[0]["id"]),
        ("report", "categories", "--notice", "action-professionals"),
        ("report", "coverage"),
        ("rules", "list"),
    )
    for format_ in ("table", "json", "csv", "md"):
        said += [invoke("-vv", "--debug", *command, "--format", format_, cwd=demo) for command in commands]
    said += [invoke("inventory", "show", holding["id"], cwd=demo) for holding in listed[::7]]
    for result in said:
        assert result.exit_code in (0, 4), result.stderr
        assert leaks(result.stdout + result.stderr, canaries) == []
    written = [file for file in demo.iterdir() if file.name.startswith("piiscan.db")]
    assert written
    for file in written:
        assert leaks(file.read_bytes(), canaries) == [], file.name


def test_rules_hash_does_not_echo(tmp_path: Path, canaries: tuple[str, ...], invoke: Invoke) -> None:
    """What is piped into `rules hash` comes back as digests."""
    assert invoke("init", tmp_path / "new").exit_code == 0
    for format_ in ("table", "json"):
        result = invoke(
            "-c", tmp_path / "new" / "piiscan.toml", "rules", "hash", "--format", format_, input="\n".join(canaries)
        )
        assert result.exit_code == 0, result.stderr
        assert leaks(result.stdout + result.stderr, canaries) == []


def test_rules_try_does_not_echo(canaries: tuple[str, ...], invoke: Invoke) -> None:
    """What is piped into `rules try` comes back as shapes."""
    text = "\n".join(canaries)
    for arguments in ((), ("--weak",), ("--column", "ssn")):
        for format_ in ("table", "json"):
            result = invoke("rules", "try", *arguments, "--format", format_, input=text)
            assert result.exit_code == 0, result.stderr
            assert leaks(result.stdout + result.stderr, canaries) == []
