"""Show, test and try the rules of detection."""

from __future__ import annotations

import bisect
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from piiscan.commands import _rules_documents as documents
from piiscan.commands import _rules_trials as tried
from piiscan.commands._rules_law import KINDS, narrowed
from piiscan.commands.shared import App, Output, finish, output_options, pass_app, write_file
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from piiscan.detect import DetectorSettings
    from piiscan.detect.explain import Reason
    from piiscan.rulepack.retention import RetentionRules

_LONGEST: Final = 16 * 1024 * 1024
"""Bytes of standard input that `rules try` reads."""


@click.group(
    epilog="""\b
Examples:
  piiscan rules list category:G
  piiscan rules show ssn
  piiscan rules test
  piiscan rules try < letter.txt
  piiscan rules hash < our-own-numbers.txt
  piiscan rules import recognizers.yaml -o our-rules/imported.toml
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
  piiscan rules list --kind retention
  piiscan rules list --kind min_keep call_recording
  piiscan rules list --format json | jq -r '.data_types[] | select(.sensitive == "always").id'
""",
)
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only detection, retention (or one of its kinds, such as min_keep), duty, exception, event or capacity.",
)
@output_options(redact=False)
@pass_app
def list_(app: App, selectors: tuple[str, ...], kinds: tuple[str, ...], output: Output) -> None:
    """List the data types with the rules that find them, the rules of retention, duties, and exceptions.

    A SELECTOR is a data type, group:GROUP or category:LETTER; several add up, and leave what speaks of none of them out.
    """
    from piiscan import rulepack
    from piiscan.rulepack.retention import pack_names

    packs = app.packs()
    chosen = rulepack.select(selectors, packs.data_types) if selectors else None
    law = narrowed(_law(app), kinds, chosen, packs.data_types)
    types = (frozenset(packs.data_types) if chosen is None else chosen) if not kinds or "detection" in kinds else ()
    others = [name for name in pack_names() if name not in packs.names]
    finish(app, documents.listing(packs, law, types, others), output)


@command.command(
    epilog="""\b
Examples:
  piiscan rules show ssn
  piiscan rules show street_address.place
  piiscan rules show regf_account
  piiscan rules show E8
"""
)
@click.argument("identifier", metavar="ID")
@output_options(redact=False)
@pass_app
def show(app: App, identifier: str, output: Output) -> None:
    """Show a data type with all its rules, a rule, a duty or an exception: what it looks for or asks, and the law behind it.

    Of rules of retention, duties and exceptions those of packs that are not loaded are shown, too.
    """
    from piiscan.rulepack.retention import load_retention, pack_names

    finish(app, documents.details(app.packs(), _law(app), load_retention(pack_names()), identifier), output)


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
    from piiscan.rulepack import retention_examples

    ages = list(retention_examples.run_examples(_law(app).rules.values()))
    detector = Detector(everywhere(_settings(app), app.packs()))
    finish(app, documents.results(detector.packs, list(run_examples(detector)), ages), output)


@command.command(
    "try",
    epilog="""\b
Examples:
  piiscan rules try < letter.txt
  cut -d, -f3 debtors.csv | piiscan rules try --column ssn_no --table debtors
""",
)
@click.option("--column", metavar="NAME", help="Take each line as a value of the column NAME and judge the column.")
@click.option("--table", metavar="NAME", default="", help="The column's table; for a text, the path of its file.")
@click.option("--sql-type", metavar="TYPE", help="The column's declared type.")
@click.option("--source", metavar="NAME", default="", help="The source whose thresholds and ignore list apply.")
@click.option("--weak", is_flag=True, help="Show findings below [detection] min_confidence too.")
@output_options(redact=False)
@pass_app
def try_(
    app: App, column: str | None, table: str, sql_type: str | None, source: str, weak: bool, output: Output
) -> None:
    """Read text, or with --column a column's values, from standard input; say what fires and why.

    Values are never printed: a finding shows where it is and its shape (NNN-NN-NNNN). Findings that are passed over, because
    another takes the place or the ignore list leaves them out, are listed apart.
    """
    from piiscan.detect import Detector
    from piiscan.detect.explain import explain_column, explain_text

    detector = Detector(_settings(app, source))
    text = _read_text(app)
    if column is None:
        reasons = explain_text(detector, text, source=source, path=table)
        trials = _trials(text, [each for each in reasons if weak or each.status != "weak"])
        finish(app, tried.text_trial(detector.packs, len(text.splitlines()), trials), output)
        return
    lines = text.splitlines()
    profile = detector.column_profile(column, lines, table=table, sql_type=sql_type, source=source)
    found = sorted((each for _, each in profile.classify()), key=lambda c: (-c.confidence, c.data_type))
    voices = explain_column(profile, column, found)
    finish(app, tried.column_trial(detector.packs, column, table, len(lines), found, voices), output)


def _trials(text: str, reasons: list[Reason]) -> list[tried.Trial]:
    """Each finding with its line (from 1), its place in it, and its shape."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]
    trials = []
    for reason in reasons:
        found = reason.detection
        line = bisect.bisect_right(starts, found.start)
        before = starts[line - 1]
        trials.append(
            tried.Trial(reason, line, found.start - before, found.end - before, shape(text[found.start : found.end]))
        )
    return trials


@command.command(
    "hash",
    epilog="""\b
Examples:
  piiscan rules hash < our-own-numbers.txt
  piiscan rules hash --format json < our-own-numbers.txt | jq .values_hashed
""",
)
@output_options(redact=False)
@pass_app
def hash_(app: App, output: Output) -> None:
    """Read values from standard input, one a line, and print their digests for values_hashed of [[ignore]].

    The digests are made with the firm's key ([security] key_file): without it a digest of a number as short as a Social
    Security number would be undone by trying them all. Case, spaces and the separators of a number do not count.
    """
    from piiscan.detect.allow import Hasher

    key = app.config().key()
    if key is None:
        raise UsageError(
            "digests need the firm's key, and the configuration names none",
            hint='piiscan init writes a key file; name it in piiscan.toml: [security] key_file = "piiscan.key"',
        )
    hasher = Hasher(key)
    values = [line for line in _read_lines(app) if line.strip()]
    finish(app, tried.digests(hasher.key_id, list(dict.fromkeys(map(hasher.digest, values)))), output)


@command.command(
    "import",
    epilog="""\b
Examples:
  piiscan rules import recognizers.yaml -o our-rules/imported.toml
  piiscan rules import recognizers.yaml --data-type BADGE=agency_file_no -o our-rules/imported.toml
""",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yaml")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
@click.option(
    "--data-type", "types", multiple=True, metavar="ENTITY=TYPE", help="What an entity is here; may be repeated."
)
@click.option("--skip", is_flag=True, help="Leave out what cannot be carried over, and say so.")
@pass_app
def import_(app: App, file: Path, target: Path | None, types: tuple[str, ...], skip: bool) -> None:
    """Turn a recognizer registry of Presidio, in YAML, into a rule file for a folder of [rules] extra.

    Custom recognizers become rules; classes of Presidio that are switched off, or have context words of their own, change
    the shipped rule. What cannot be carried over is refused with its line: --skip leaves it out.
    """
    from piiscan.detect.recognizers import entities_of
    from piiscan.rulepack import presidio_yaml

    chosen = dict(map(_pair, types))
    raw = _read_file(file)
    imported = presidio_yaml.convert(raw, str(file), app.packs(), types=chosen, entities_of=entities_of, lenient=skip)
    for note in imported.notes:
        app.console.note(note)
    if target is None:
        click.echo(imported.toml, nl=False)
        return
    write_file(target, lambda out: out.write(imported.toml))
    app.console.note(f"wrote {target}: {len(imported.rules)} rules; run piiscan rules test")


def _pair(text: str) -> tuple[str, str]:
    entity, sign, data_type = text.partition("=")
    if not entity or not sign or not data_type:
        raise UsageError(f"--data-type {text}: write ENTITY=TYPE", hint="such as BADGE=agency_file_no")
    return entity, data_type


def _read_file(file: Path) -> bytes:
    from piiscan.rulepack.presidio_yaml import MOST_BYTES

    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {os.strerror(error.errno or 0)}") from None


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
    return _read_text(app).splitlines()


def _read_text(app: App) -> str:
    if sys.stdin.isatty():
        app.console.note("reading standard input; end it with Ctrl-D")
    raw = sys.stdin.buffer.read(_LONGEST + 1)
    if len(raw) > _LONGEST:
        app.console.warn(f"only the first {_LONGEST // 2**20} MiB of standard input are read")
    return raw[:_LONGEST].decode("utf-8", "replace")


def _law(app: App) -> RetentionRules:
    """The rules of retention of the packs that are loaded. Raises RuleError."""
    from piiscan import config
    from piiscan.rulepack.retention import load_retention

    if app.config_path is None and config.locate() is None:
        return load_retention()
    rules = app.config().rules
    return load_retention(rules.packs, rules.extra)


def _settings(app: App, source: str = "") -> DetectorSettings:
    """The configuration's detector settings; the defaults where there is no configuration. Raises UsageError: unknown source."""
    from piiscan import config
    from piiscan.detect import DetectorSettings, settings_of

    found = app.config_path is not None or config.locate() is not None
    if source and (not found or source not in app.config().sources):
        raise UsageError(f"unknown source {source!r}", hint="--source takes a name of [sources.NAME] in piiscan.toml")
    return settings_of(app.config()) if found else DetectorSettings()
