"""Making a deletion plan: of the schedule, of one consumer's request, or of persons under age."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from piiscan.commands._delete_minors import PROMISED, Age
from piiscan.commands._justifying import NO_KEY_HINT, login
from piiscan.commands.report import as_of_option, day_of
from piiscan.commands.shared import App, finish, parse_output, pass_app
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from piiscan.config import Config
    from piiscan.model import Secret

DIR = click.Path(path_type=Path)
_NAMES = "TABLE"


@click.command(
    epilog="""\b
Examples:
  piiscan delete plan -o plans/2026-06
  piiscan delete plan --rule our_recordings --source share -o plans/recordings
  piiscan delete plan --request 3 -o plans/request-3
  piiscan delete plan --minors -o plans/minors
  piiscan delete plan -o plans/accounts --max-percent 40 --release public.audit_log
"""
)
@as_of_option
@click.option("--rule", metavar="RULE", help="What this rule alone asks for.")
@click.option("--request", "number", type=click.IntRange(1), metavar="N", help="What this consumer's request asks for.")
@click.option(
    "--minors",
    type=Age(),
    is_flag=False,
    flag_value=PROMISED,
    metavar="[AGE]",
    help="Rows of persons under AGE; else under the age that the notice promises, or 18.",
)
@click.option("--source", "sources", multiple=True, metavar="SOURCE", help="Only in this source; may be repeated.")
@click.option("--author", metavar="NAME", help="Who makes the plan, and so may not approve it; else the login name.")
@click.option("-o", "--output", "folder", type=DIR, required=True, metavar="DIR", help="A new folder for the plan.")
@click.option("--max-rows", type=click.IntRange(1), help="Most rows of one container; else [deletion] max_rows.")
@click.option(
    "--max-percent",
    type=click.FloatRange(0, 100, min_open=True),
    help="Largest share of one container; else [deletion] max_percent.",
)
@click.option("--without", multiple=True, metavar=_NAMES, help="Leave this table or file out; may be repeated.")
@click.option(
    "--release",
    multiple=True,
    metavar=_NAMES,
    help="Let the database remove or change rows of TABLE with the rows they refer to.",
)
@click.option(
    "--break",
    "breaks",
    multiple=True,
    metavar="TABLE.COLUMN",
    help="Empty this foreign key in due rows first, so that a circle can be put in order.",
)
@click.option("--allow-triggers", multiple=True, metavar=_NAMES, help="Let triggers of TABLE fire.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="TABLE=COLUMN,COLUMN",
    help="Tell rows of TABLE apart by these columns; the data must prove it.",
)
@click.option("--format", "stdout", metavar="FORMAT", help="How to print it: table, json... (see piiscan plugins).")
@pass_app
def plan(
    app: App,
    as_of: datetime | None,
    rule: str | None,
    number: int | None,
    minors: int | str | None,
    sources: tuple[str, ...],
    author: str | None,
    folder: Path,
    max_rows: int | None,
    max_percent: float | None,
    without: tuple[str, ...],
    release: tuple[str, ...],
    breaks: tuple[str, ...],
    allow_triggers: tuple[str, ...],
    keys: tuple[str, ...],
    stdout: str | None,
) -> None:
    """Write down exactly what would be deleted, and why the rest stays; changes nothing.

    Needs to read only. The folder gets plan.json, plan.sql for reading, and the keys of the rows, sealed with the firm's key.
    The same data, rules, date and author give the same plan id. With --request it is about the rows of one person, as they were
    located: what the law has kept longer stays, each with its ground. With --minors it is about persons under age, told by dates
    of birth and ages, and about what refers to their rows. Exit 4 when something could not be judged, 6 when something stands in
    the way.
    """
    from piiscan import retention
    from piiscan.commands._delete_documents import plan_document
    from piiscan.commands._delete_minors import asked_of, minors_of
    from piiscan.commands._delete_request import check_present, subject_of, with_skips
    from piiscan.deletion import Limits, PlanRequest, Told
    from piiscan.deletion.planning import make_plan

    output = parse_output(stdout, ())
    config, inventory, rules = app.config(), app.inventory(), app.retention()
    secret, day = secret_of(config), day_of(as_of, config)
    if number is not None and (rule or sources):
        raise UsageError(
            "--request goes with no --rule and no --source", hint="a request is about everything held of a person"
        )
    if minors is not None and (rule or number is not None):
        raise UsageError("--minors goes with no --rule and no --request", hint="make one plan after the other")
    asked = asked_of(config, minors, sources, day) if minors is not None else None
    subject, skips = minors_of(app, asked) if asked is not None else (None, [])
    if number is not None:
        subject, skips = subject_of(app, number, secret, day)
    assessment = retention.assess(config, inventory, rules, as_of=day, sources=sources, rule=rule, subject=subject)
    if number is not None:
        check_present(assessment, number)
    assessment = with_skips(assessment, skips)
    limits = Limits(max_rows or config.deletion.max_rows, max_percent or config.deletion.max_percent)
    request = PlanRequest(
        as_of=day,
        author=author_name(author),
        limits=limits,
        chunk_rows=config.deletion.chunk_rows,
        told=Told(breaks, allow_triggers, keys, release, without),
        sources=sources,
        rule=rule,
        request=number,
        minors=asked.age if asked else None,
    )
    with app.console.scan_progress() as meter:
        made = make_plan(config, inventory, assessment, rules, request, secret, folder, meter)
    finish(app, plan_document(made, folder), output)


def secret_of(config: Config) -> Secret:
    """The firm's key. Raises UsageError where there is none."""
    key = config.key()
    if key is None:
        raise UsageError("the keys of rows are sealed, and there is no key", hint=NO_KEY_HINT)
    return key


def author_name(name: str | None) -> str:
    """The author's name, on one line. Raises UsageError for none."""
    if name is None:
        return login()
    words = " ".join(name.split())
    if not words or not words.isprintable():
        raise UsageError("--author: a name is needed", hint="leave it out for the login name")
    return words
