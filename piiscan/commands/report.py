"""Print what is held and what was read, for compliance."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.config import Config

as_of_option: Callable[[Any], Any] = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day the report speaks of (YYYY-MM-DD); today in the firm's time zone.",
)
months_option: Callable[[Any], Any] = click.option(
    "--months", type=click.IntRange(1, 1200), default=12, show_default=True, help="How far the report looks back."
)
owner_option: Callable[[Any], Any] = click.option(
    "--owner", metavar="CLIENT", help="Only what is held for this client of the configuration."
)


@click.group()
def command() -> None:
    """Print what the inventory holds, for compliance and counsel.

    Every report opens with what was read and what was not. Nothing is scanned: run piiscan scan first.
    """


@command.command(
    epilog="""\b
Examples:
  piiscan report categories                             the 12-month report
  piiscan report categories --notice amsi               in that notice's words too
  piiscan report categories --as-of 2026-06-30 -o md=june.md -o json=june.json
  piiscan report categories --owner mercy               what is held for one client
"""
)
@as_of_option
@months_option
@click.option("--notice", metavar="PROFILE", help="Add a notice's own headings: a shipped profile, or a path.")
@owner_option
@output_options()
@pass_app
def categories(
    app: App, as_of: datetime | None, months: int, notice: str | None, owner: str | None, output: Output
) -> None:
    """Print the categories of the CCPA: collected in the window, held, undated.

    Twelve rows, A to L, by the statute's own names, with sources, purposes, recipients and places; apart from them what another
    law takes out of the CCPA, and what is held as a service provider. The names of places are metadata; --redact-paths prints
    ids of theirs instead.
    """
    from piiscan import report, rulepack

    config = app.config()
    profile = rulepack.notice(notice) if notice else None
    document = report.categories(
        app.inventory(),
        config,
        app.packs(),
        as_of=day_of(as_of, config),
        months=months,
        notice=profile,
        owner=owner,
        redact=output.redact_paths,
    )
    finish(app, document, output)


@command.command(
    epilog="""\b
Examples:
  piiscan report disclosures
  piiscan report disclosures --as-of 2026-06-30 -o md=june.md -o csv=june.csv
  piiscan report disclosures --owner mercy
"""
)
@as_of_option
@months_option
@owner_option
@output_options()
@pass_app
def disclosures(app: App, as_of: datetime | None, months: int, owner: str | None, output: Output) -> None:
    """Print what was given to whom: sold or shared, and disclosed for a business purpose, category by recipient.

    Two lists, and "none" said of each that is empty. What is held for clients or outside the CCPA stands apart, and so does what lies
    outside the firm's regions. Recipients are those of [[disclosures]].
    """
    from piiscan import report

    config = app.config()
    document = report.disclosures(
        app.inventory(),
        config,
        app.packs(),
        as_of=day_of(as_of, config),
        months=months,
        owner=owner,
        redact=output.redact_paths,
    )
    finish(app, document, output)


@command.command(
    epilog="""\b
Examples:
  piiscan report exposure crm                        all of a source
  piiscan report exposure 'share:payments/2026-*'    some of its files
  piiscan report exposure /srv/share/payments        a path on this machine
  piiscan report exposure crm --owner mercy -o md=mercy.md
"""
)
@click.argument("place")
@as_of_option
@owner_option
@output_options()
@pass_app
def exposure(app: App, place: str, as_of: datetime | None, owner: str | None, output: Output) -> None:
    """Print what lies in PLACE, for the day it may have leaked: which data, how many records, whose, since when.

    PLACE is a source, SOURCE:PATH-GLOB, or a path on this machine or in any source. By what the scans found; what was not read there
    is listed, and so is what went since.
    """
    from piiscan import report

    config = app.config()
    document = report.exposure(
        app.inventory(),
        config,
        app.packs(),
        place,
        as_of=day_of(as_of, config),
        owner=owner,
        redact=output.redact_paths,
    )
    finish(app, document, output)


@command.command()
@as_of_option
@owner_option
@output_options()
@pass_app
def coverage(app: App, as_of: datetime | None, owner: str | None, output: Output) -> None:
    """Print what was not read and why, what was sampled, and what is clean.

    With what a clean sample proves: the share of rows that could hold an unseen hit, with 95 % confidence.
    """
    from piiscan import report

    config = app.config()
    document = report.coverage(
        app.inventory(), config, app.packs(), as_of=day_of(as_of, config), owner=owner, redact=output.redact_paths
    )
    finish(app, document, output)


@command.command()
@as_of_option
@owner_option
@output_options()
@pass_app
def retention(app: App, as_of: datetime | None, owner: str | None, output: Output) -> None:
    """Print how old data is, what is overdue by which rule, what will be due in 30 and 90 days, and why the rest may stay.

    The same verdicts as piiscan retention check: rows are counted in the sources, as they are now.
    """
    from piiscan import report
    from piiscan import retention as verdicts

    config, inventory = app.config(), app.inventory()
    report.asked_party(config, owner)  # before rows are counted
    assessment = verdicts.assess(config, inventory, app.retention(), as_of=day_of(as_of, config))
    document = report.retention(
        "report.retention", assessment, inventory, config, app.packs(), owner=owner, redact=output.redact_paths
    )
    finish(app, document, output)


@command.command(
    epilog="""\b
Examples:
  piiscan report exceptions
  piiscan report exceptions --as-of 2026-06-30 -o md=june.md -o csv=june.csv
"""
)
@as_of_option
@output_options()
@pass_app
def exceptions(app: App, as_of: datetime | None, output: Output) -> None:
    """Print why some data stays: exceptions to requests, extensions, holds, and the legal minima in use.

    With what ends in the next 30 and 90 days, and what lapsed. Each stands as it does on the day asked for, by what is on record now.
    """
    from piiscan.report.exceptions_report import exceptions as document_of

    config = app.config()
    document = document_of(
        app.inventory(),
        config,
        app.packs(),
        app.retention(),
        as_of=day_of(as_of, config),
        redact=output.redact_paths,
    )
    finish(app, document, output)


@command.command(
    epilog="""\b
Examples:
  piiscan report evidence plans/2026-06
  piiscan report evidence plans/2026-06 -o md=evidence.md -o json=evidence.json
"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@output_options()
@pass_app
def evidence(app: App, folder: Path, output: Output) -> None:
    """Print what a deletion plan's folder proves: who planned, approved and carried it out, and every file with its hash.

    Reads the folder alone; piiscan delete verify looks into the sources once more.
    """
    from piiscan.deletion import PlanFolder
    from piiscan.report.evidence_report import evidence as document_of

    config = app.config()
    secret = config.key()
    if secret is None:
        raise UsageError(
            "evidence is proved with the firm's key, and there is none", hint="name it in [security] key_file"
        )
    finish(app, document_of(PlanFolder(folder), config, secret, redact=output.redact_paths), output)


def day_of(as_of: datetime | None, config: Config) -> date:
    """The day asked for, else today in the firm's time zone. Raises UsageError for a day that is yet to come."""
    from zoneinfo import ZoneInfo

    today = datetime.now(ZoneInfo(config.firm.timezone)).date()
    if as_of is not None and as_of.date() > today:
        raise UsageError(
            f"--as-of {as_of:%Y-%m-%d} is in the future", hint=f"today is {today} in {config.firm.timezone}"
        )
    return as_of.date() if as_of else today
