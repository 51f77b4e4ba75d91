"""Delete what is beyond its time: plan, approve, apply, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from piiscan.commands._delete_plan import plan, secret_of
from piiscan.commands._justifying import login
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, Duration, Output, finish, output_options, pass_app
from piiscan.errors import PiiscanError, UsageError

if TYPE_CHECKING:
    from datetime import date, timedelta

    from piiscan.config import Config
    from piiscan.model import Secret

DIR = click.Path(path_type=Path)
_NAMES = "TABLE"


@click.group()
def command() -> None:
    """Delete what is beyond its time: plan, approve, apply, verify.

    A plan names rows by key and by condition and changes nothing. Somebody other than its author signs it; only then, with
    --execute and the plan's id, apply removes what still is as it was planned, and leaves evidence that can be proved.
    """


command.add_command(plan)


@command.command(
    epilog="""\b
Examples:
  piiscan delete show plans/2026-06
  piiscan delete show plans/2026-06 --format json | jq -r .plan_id
"""
)
@click.argument("folder", metavar="DIR", type=DIR)
@output_options(redact=False)
@pass_app
def show(app: App, folder: Path, output: Output) -> None:
    """Show a plan: what it would do, who approved it, how far it was carried out. Refuses one that was changed."""
    from piiscan.commands._delete_documents import show_document
    from piiscan.deletion import PlanFolder

    finish(app, show_document(PlanFolder(folder)), output)


@command.command(
    epilog="""\b
Examples:
  piiscan delete keygen --out ~/.config/piiscan/approver.pem
"""
)
@click.option("--out", type=DIR, required=True, metavar="FILE", help="A new file for the private key, mode 0600.")
@click.option("--as", "name", metavar="NAME", help="The approver's name; else the login name.")
@output_options(redact=False)
@pass_app
def keygen(app: App, out: Path, name: str | None, output: Output) -> None:
    """Make an approver's key, and print the line for [security] approvers.

    The private half stays with the approver, who gives it to nobody; the printed line is no secret.
    """
    from piiscan.commands._delete_documents import keygen_document
    from piiscan.deletion import new_private_key, public_text

    finish(app, keygen_document(name or login(), public_text(new_private_key(out)), out), output)


@command.command(
    epilog="""\b
Examples:
  piiscan delete approve plans/2026-06 --key ~/.config/piiscan/approver.pem
"""
)
@click.argument("folder", metavar="DIR", type=DIR)
@click.option("--key", "key_file", type=DIR, required=True, metavar="FILE", help="The approver's private key.")
@click.option("--as", "name", metavar="NAME", help="The approver, where several names have this key.")
@output_options(redact=False)
@pass_app
def approve(app: App, folder: Path, key_file: Path, name: str | None, output: Output) -> None:
    """Sign a plan, so that it may be carried out.

    Whoever signs must stand under [security] approvers with this key, and must not be the plan's author. Read the plan first:
    piiscan delete show DIR, and plan.sql in it.
    """
    from piiscan.commands._delete_documents import approve_document
    from piiscan.deletion import APPROVAL, PlanFolder, check_age, json_text, read_private_key, sign

    config, place = app.config(), PlanFolder(folder)
    document = place.document()
    if (secret := _key_at_hand(app, config)) is not None:
        place.check_seal(document, secret)
    check_age(_day(document["as_of"]), config.deletion.valid_for, day_of(None, config))
    body = sign(place, document, read_private_key(key_file), config.security.approvers, name)
    place.write(APPROVAL, json_text(body))
    finish(app, approve_document(body, place.path / APPROVAL), output)


@command.command(
    epilog="""\b
Examples:
  piiscan delete apply plans/2026-06                                     checks everything, changes nothing
  piiscan delete apply plans/2026-06 --execute --confirm PLAN_ID
"""
)
@click.argument("folder", metavar="DIR", type=DIR)
@click.option("--execute", is_flag=True, help="Carry it out.")
@click.option("--confirm", metavar="PLAN_ID", help="The id of the plan that is meant.")
@click.option(
    "--max-duration", type=Duration(), metavar="PERIOD", help="Begin no chunk after this long (ISO 8601: PT2H)."
)
@output_options(redact=False)
@pass_app
def apply(
    app: App, folder: Path, execute: bool, confirm: str | None, max_duration: timedelta | None, output: Output
) -> None:
    """Carry out an approved plan, or, without --execute, check that it could be.

    Only rows whose keys stand in the plan and that still are as it says are touched; others are reported and left. Stopped or
    killed at any point it goes on where it was when it is run again. Needs [sources.NAME.write].
    """
    from piiscan.commands._delete_outcomes import apply_document, finished_document
    from piiscan.deletion import Halt, PlanFolder, applying, preflight

    if execute and confirm is None:
        raise UsageError("--execute needs --confirm PLAN_ID", hint="piiscan delete show DIR prints the id")
    config, place = app.config(), PlanFolder(folder)
    secret, today = secret_of(config), day_of(None, config)
    if (ended := finished_document(place, secret)) is not None:
        app.console.note("this plan was carried out already: nothing was changed")
        return finish(app, ended, output)
    rules = app.retention()
    order = preflight.authorised(config, place, secret, rules, today)
    if not execute:
        if confirm is not None:
            preflight.check_confirmed(order.plan_id, confirm)
        outcome = applying.rehearse(config, app.inventory(), rules, secret, order, today)
        return finish(app, apply_document(order, outcome, executed=False), output)
    limit = max_duration.total_seconds() if max_duration else None
    with app.console.scan_progress() as meter, Halt(limit) as halt:
        outcome = applying.apply(
            config,
            app.inventory(),
            rules,
            secret,
            order,
            confirm=str(confirm),
            by=login(),
            today=today,
            halt=halt,
            meter=meter,
        )
    return finish(app, apply_document(order, outcome, executed=True), output)


@command.command(
    epilog="""\b
Examples:
  piiscan delete verify plans/2026-06
  piiscan delete verify plans/2026-06 -o json=proof.json
"""
)
@click.argument("folder", metavar="DIR", type=DIR)
@click.option("--exit-zero", is_flag=True, help="Do not exit 3 when something speaks against the proof.")
@output_options(redact=False)
@pass_app
def verify(app: App, folder: Path, exit_zero: bool, output: Output) -> None:
    """Prove that a plan was carried out: its evidence holds, and none of the rows it removed is there.

    Looks for every key once more, with the account that may only read. Exit 3 when something speaks against it, 4 when
    something could not be read. The result is also written to verification.json in the folder.
    """
    from piiscan.commands._delete_outcomes import verify_document
    from piiscan.deletion import PlanFolder, verifying

    config, place = app.config(), PlanFolder(folder)
    secret = secret_of(config)
    with app.console.scan_progress() as meter:
        proof = verifying.verify(config, place, secret, meter)
    document = verify_document(proof, config.scan.tolerate, exit_zero=exit_zero)
    verifying.record_verification(place, document, secret)
    finish(app, document, output)


def _key_at_hand(app: App, config: Config) -> Secret | None:
    """The firm's key where this account may read it: who approves need not."""
    try:
        key = config.key()
    except UsageError as error:
        app.console.warn(f"the firm's key is not at hand: {error.message}")
        key = None
    if key is None:
        app.console.warn(
            "whether the plan was made with the firm's key is not checked now, but before it is carried out"
        )
    return key


def _day(text: object) -> date:
    from datetime import date

    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise PiiscanError("the plan has no date", hint="plan again") from None
