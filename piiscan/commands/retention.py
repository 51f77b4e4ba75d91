"""Compare what is held with how long it may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from piiscan.commands.report import as_of_option, day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def command() -> None:
    """Compare what is held with how long it may be kept.

    Rows are counted where they lie, by the columns that the configuration names as clocks; nothing is changed.
    """


@command.command(
    epilog="""\b
Examples:
  piiscan retention check                        today
  piiscan retention check crm --as-of 2026-12-31
  piiscan retention check --rule regf_recording --format json
  piiscan retention check -q --exit-zero -o md=overdue.md
"""
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@as_of_option
@click.option("--rule", metavar="RULE", help="Ask about this rule alone.")
@click.option("--exit-zero", is_flag=True, help="Do not exit 3 when something is overdue.")
@output_options()
@pass_app
def check(
    app: App, sources: tuple[str, ...], as_of: datetime | None, rule: str | None, exit_zero: bool, output: Output
) -> None:
    """Say what is held beyond its time, and why the rest may stay.

    Exit 3 when rows are overdue by a rule in force, 4 when something could not be judged. A row is overdue from the day after
    the event's day and the rule's period; a legal minimum, a hold or a written extension keeps it; what nothing dates is
    undated, never clean.
    """
    from piiscan import report, retention

    config = app.config()
    inventory = app.inventory()
    assessment = retention.assess(
        config, inventory, app.retention(), as_of=day_of(as_of, config), sources=sources, rule=rule
    )
    document = report.retention(
        "retention.check",
        assessment,
        inventory,
        config,
        app.packs(),
        redact=output.redact_paths,
        exit_zero=exit_zero,
    )
    finish(app, document, output)
