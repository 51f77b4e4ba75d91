"""Consumers' requests: opened, counted, verified, answered in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from piiscan.commands._justifying import login
from piiscan.commands._requests_answer import answer
from piiscan.commands._requests_answers import close, confirm, deny, extend
from piiscan.commands._requests_import import import_
from piiscan.commands._requests_recheck import recheck
from piiscan.commands._requests_search import locate, verify
from piiscan.commands._requests_shared import NUMBER, find, key_of, read_input
from piiscan.commands.report import as_of_option, day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def command() -> None:
    """Consumers' requests: to know, delete, correct, opt out, limit; and those of the GDPR's kind.

    Who asks comes from a file or standard input only, is sealed with the firm's key, and is removed when the request is closed. The log
    stays for 24 months at least.
    """


for _each in (confirm, verify, locate, answer, extend, deny, close, recheck, import_):
    command.add_command(_each)


@command.command(
    "open",
    epilog="""\b
Examples:
  piiscan requests open --from request.toml
  piiscan requests open --from - --format json < request.json
""",
)
@click.option("--from", "file", required=True, metavar="FILE", help="The request, TOML or JSON (-: standard input).")
@output_options(redact=False)
@pass_app
def open_(app: App, file: str, output: Output) -> None:
    """Record a request, and say by when it must be confirmed and answered.

    A third request to know in 12 months is recorded as refused, with the reason (exit 6).
    """
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.identity import TWICE, earlier_requests, identities
    from piiscan.requests.intake import IntakeReader
    from piiscan.requests.private import sealed
    from piiscan.requests.refusals import FREQUENCY
    from piiscan.requests.standing import Clock

    config, key = app.config(), key_of(app)
    clock, day = Clock(config.requests), day_of(None, config)
    reader = IntakeReader(app.packs().data_types, config.firm.timezone, day, login(), config.clients)
    intake = reader.read(read_input(file), "standard input" if file == "-" else file)
    inventory = app.inventory(create=True)
    hashed = identities(intake.private.subject, key)
    earlier = earlier_requests(intake.draft, hashed, inventory.requests(), inventory.identities())
    if len(earlier) >= TWICE:
        numbers = " and ".join(str(number) for number in earlier[-TWICE:])
        said = f"requests {numbers} of the same person were received in the 12 months before"
        draft = replace(
            intake.draft,
            state="denied",
            closed_on=day,
            ground=FREQUENCY,
            citation="Civ. 1798.130(b)",
            response="denied",
        )
        with inventory.requesting() as writer:
            made = writer.add(draft, hashed, day, said)
        refused = changed(
            made, clock, day, f"Request {made.id} refused", exit_code=ExitCode.REFUSED, reasons=("refused",),
            lead=(f"Two requests to know in 12 months need be answered, no more (Civ. 1798.130(b)): {said}.",),
        )  # fmt: skip
        finish(app, refused, output)
        return
    with inventory.requesting() as writer:
        made = writer.add(replace(intake.draft, sealed=sealed(intake.private, key)), hashed, day)
    finish(app, changed(made, clock, day, f"Request {made.id} recorded"), output)


@command.command(
    "list",
    short_help="List the requests.",
    epilog="""\b
Examples:
  piiscan requests list
  piiscan requests list --overdue --format json | jq '.entries[] | [.id, .due]'
""",
)
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Those that are answered, too.")
@click.option("--overdue", is_flag=True, help="Only what is late.")
@output_options(redact=False)
@pass_app
def list_(app: App, as_of: datetime | None, everything: bool, overdue: bool, output: Output) -> None:
    """List the requests that are open, what is due next, and what is late; the most urgent first."""
    from datetime import date

    from piiscan.commands._requests_documents import listing
    from piiscan.requests.standing import Clock

    config = app.config()
    clock, day = Clock(config.requests), day_of(as_of, config)
    found = app.inventory().requests()
    shown = [
        each
        for each in found
        if (everything or each.state == "open") and (not overdue or clock.standing(each, day).overdue)
    ]
    shown.sort(key=lambda each: (clock.standing(each, day).due or date.max, each.id))
    finish(app, listing(shown, len(found) - len(shown), clock, day, overdue=overdue), output)


@command.command(
    epilog="""\b
Examples:
  piiscan requests show 3
  piiscan requests show 3 --format json | jq .entry.deadlines
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@as_of_option
@output_options(redact=False)
@pass_app
def show(app: App, number: int, as_of: datetime | None, output: Output) -> None:
    """Show one request: its deadlines, its log, and what a person must look at. Never who asks."""
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.standing import Clock

    config = app.config()
    found = find(app.inventory(), number)
    document = changed(found, Clock(config.requests), day_of(as_of, config), f"Request {number}", kind="requests.show")
    finish(app, document, output)


@command.command(
    short_help="Forget the log of old requests.",
    epilog="""\b
Examples:
  piiscan requests prune --dry-run
  piiscan requests prune --keep P5Y
""",
)
@click.option("--keep", metavar="PERIOD", help="How long after its answer a request stays; else [requests] keep_log.")
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, and forget nothing.")
@output_options(redact=False)
@pass_app
def prune(app: App, keep: str | None, dry_run: bool, output: Output) -> None:
    """Forget requests answered long ago; exit 6 for less than the 24 months of 11 CCR 7101(a).

    What is open always stays, and so do the keyed hashes of those who asked to delete or to opt out.
    """
    from piiscan.model import Document, Section
    from piiscan.periods import Period
    from piiscan.requests.standing import prunable

    config = app.config()
    try:
        period = Period.parse(keep or config.requests.keep_log)
    except ValueError as error:
        raise UsageError(f"--keep {keep} {error}") from None
    inventory = app.inventory(create=True)
    known = inventory.requests()
    gone = prunable(known, period, day_of(None, config))
    if gone and not dry_run:
        with inventory.requesting() as writer:
            writer.prune(gone)
    verb = "would be forgotten" if dry_run else "forgotten"
    lead = f"{len(gone):,} of {len(known):,} requests {verb}."
    body = {"pruned": gone, "kept": [each.id for each in known if each.id not in gone], "dry_run": dry_run}
    rows = tuple((str(each.id), each.kind, str(each.closed_on)) for each in known if each.id in gone)
    sections = (Section("", ("request", "kind", "answered"), rows),) if rows else ()
    finish(app, Document("requests.prune", "Forgotten requests", body, sections, (lead,)), output)
