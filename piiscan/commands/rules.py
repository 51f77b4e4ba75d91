"""Show, test and try the rules of detection."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from piiscan.commands import _rules_documents as documents
from piiscan.commands.shared import App, Output, finish, output_options, pass_app

if TYPE_CHECKING:
    from piiscan.detect import DetectorSettings

_LONGEST: Final = 16 * 1024 * 1024
"""Bytes of standard input that `rules try` reads."""


@click.group(
    epilog="""\b
Examples:
  piiscan rules list category:G
  piiscan rules show ssn
  piiscan rules test
  piiscan rules try < letter.txt
"""
)
def command() -> None:
    """Show, test and try the rules: what is looked for, what the law calls it, what fires and why."""


@command.command(
    "list",
    epilog="""\b
Examples:
  piiscan rules list
  piiscan rules list group:financial category:G
  piiscan rules list --format json | jq -r '.data_types[] | select(.sensitive == "always").id'
""",
)
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@output_options(redact=False)
@pass_app
def list_(app: App, selectors: tuple[str, ...], output: Output) -> None:
    """List the data types, with their categories, and the rules that find them.

    A SELECTOR is a data type, group:GROUP or category:LETTER; several add up.
    """
    from piiscan import rulepack

    packs = app.packs()
    chosen = rulepack.select(selectors, packs.data_types) if selectors else frozenset(packs.data_types)
    finish(app, documents.listing(packs, chosen), output)


@command.command(
    epilog="""\b
Examples:
  piiscan rules show ssn
  piiscan rules show street_address.place
"""
)
@click.argument("identifier", metavar="ID")
@output_options(redact=False)
@pass_app
def show(app: App, identifier: str, output: Output) -> None:
    """Show a data type with all its rules, or one rule: expressions, names, examples, and the place in the law."""
    finish(app, documents.details(app.packs(), identifier), output)


@command.command(
    epilog="""\b
Examples:
  piiscan rules test
  piiscan -c piiscan.toml rules test
"""
)
@output_options(redact=False)
@pass_app
def test(app: App, output: Output) -> None:
    """Run the examples of every rule, those of [rules] extra folders too; exit 2 when a rule fails one."""
    from piiscan.detect import Detector
    from piiscan.detect.examples import everywhere, run_examples

    detector = Detector(everywhere(_settings(app), app.packs()))
    finish(app, documents.results(detector.packs, list(run_examples(detector))), output)


@command.command(
    "try",
    epilog="""\b
Examples:
  piiscan rules try < letter.txt
  cut -d, -f3 debtors.csv | piiscan rules try --column ssn_no --table debtors
""",
)
@click.option("--column", metavar="NAME", help="Take each line as a value of the column NAME and judge the column.")
@click.option("--table", metavar="NAME", default="", help="The column's table.")
@click.option("--sql-type", metavar="TYPE", help="The column's declared type.")
@click.option("--weak", is_flag=True, help="Show findings below [detection] min_confidence too.")
@output_options(redact=False)
@pass_app
def try_(app: App, column: str | None, table: str, sql_type: str | None, weak: bool, output: Output) -> None:
    """Read text, or with --column a column's values, from standard input; say what fires and why.

    Values are never printed: a finding shows where it is and its shape (NNN-NN-NNNN).
    """
    from piiscan.detect import Detector

    lines = _read_lines(app)
    detector = Detector(_settings(app))
    if column is not None:
        found = detector.classify(column, lines, table=table, sql_type=sql_type)
        finish(app, documents.column_trial(detector.packs, column, table, len(lines), found), output)
        return
    minimum = 0.0 if weak else None
    findings = [
        (number, detection, shape(line[detection.start : detection.end]))
        for number, (line, found) in enumerate(zip(lines, detector.detect(lines, minimum=minimum), strict=True), 1)
        for detection in found
    ]
    finish(app, documents.text_trial(detector.packs, len(lines), findings), output)


def shape(value: str) -> str:
    """A value's shape: N for digits, A for letters, other characters only where they separate; 40 at most."""
    return "".join(_sign(character) for character in value[:40])


def _sign(character: str) -> str:
    if character.isdecimal():
        return "N"
    if character.isalpha():
        return "A"
    return " " if character.isspace() else character if character in "./:@()+_-" else "?"


def _read_lines(app: App) -> list[str]:
    if sys.stdin.isatty():
        app.console.note("reading standard input; end it with Ctrl-D")
    raw = sys.stdin.buffer.read(_LONGEST + 1)
    if len(raw) > _LONGEST:
        app.console.warn(f"only the first {_LONGEST // 2**20} MiB of standard input are read")
    return raw[:_LONGEST].decode("utf-8", "replace").splitlines()


def _settings(app: App) -> DetectorSettings:
    """The configuration's detector settings; the defaults where there is no configuration."""
    from piiscan import config
    from piiscan.detect import DetectorSettings, settings_of

    if app.config_path is None and config.locate() is None:
        return DetectorSettings()
    return settings_of(app.config())
