"""Legal holds: what must stay, whatever the schedule says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import click

from piiscan.commands._justifying import (
    DAY,
    WORDS,
    GivenScope,
    find,
    login,
    refuse_own_approval,
    refuse_problems,
    scope_of,
    scope_options,
    told,
    warn_of_reach,
)
from piiscan.commands.report import as_of_option, day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError
from piiscan.periods import Period

if TYPE_CHECKING:
    from piiscan.rulepack.retention import RetentionRules

_CHANGE: Final = "holds.change"
_POLICE: Final = "law_enforcement"
_NINETY_DAYS: Final = Period(days=90)
"""Civ. Code 1798.145(a)(1)(B): a police direction holds so long, and may be renewed."""
_RULES: Final = {"litigation": "litigation_hold", _POLICE: "le_hold"}
"""The hold rules of the packs. An agency's inquiry stands on one only where --rule names it: which one depends on the agency."""


@click.group()
def command() -> None:
    """Legal holds: what must stay, whatever the schedule says.

    A hold stops every disposal of what it covers, and answers a consumer's request as well. Nothing is ever taken out of the store:
    what was released stays on record.
    """


@command.command(
    epilog="""\b
Examples:
  piiscan holds add --basis litigation --evidence "case 26-1187" --reason "we are sued" --approver "A. Counsel" --rows person.toml
  piiscan holds add --basis law_enforcement --evidence "direction 4/26" --reason "fraud unit" --approver "A. Counsel" --source crm
"""
)
@click.option(
    "--basis",
    type=click.Choice(["litigation", _POLICE, "agency", "other"]),
    required=True,
    help="What it rests on: a claim, a police direction, an agency's inquiry.",
)
@click.option(
    "--rule", metavar="RULE", help="The hold rule it stands on; that of the rule packs for a claim or a direction."
)
@click.option("--evidence", type=WORDS, required=True, help="A reference: the case, the direction, the inquiry.")
@click.option("--reason", type=WORDS, required=True, help="Why it is necessary, in words.")
@click.option("--approver", type=WORDS, required=True, help="Who ordered it; never who enters it.")
@click.option("--starts", type=DAY, metavar="DATE", help="Its first day (today).")
@click.option("--ends", type=DAY, metavar="DATE", help="Its last day (until released; of a police direction: 90 days).")
@click.option(
    "--use-lock",
    type=WORDS,
    default=None,
    help="The only use that stays permitted meanwhile; none: nothing but keeping.",
)
@scope_options
@output_options(redact=False)
@pass_app
def add(
    app: App,
    basis: str,
    rule: str | None,
    evidence: str,
    reason: str,
    approver: str,
    starts: date | None,
    ends: date | None,
    use_lock: str | None,
    scope: GivenScope,
    output: Output,
) -> None:
    """Record a legal hold. A police direction holds 90 days unless it is renewed; every other one until it is released.

    What rows, and whose, comes from a file or standard input only (--rows), and is sealed with the firm's key: no value is ever
    shown again.
    """
    from piiscan.inventory import Justification

    refuse_own_approval(approver)
    rules, today = app.retention(), day_of(None, app.config())
    first = starts or today
    draft = Justification(
        id="",
        kind="hold",
        against="schedule",
        basis=basis,
        rule=rule or _rule_of(basis, rules),
        evidence=evidence,
        reason=reason,
        approver=approver,
        use_lock=use_lock or "",
        starts=first,
        ends=_last_day(basis, first, ends),
        scope=scope_of(app, scope),
        created_at=datetime.now(UTC),
        author=login(),
    )
    refuse_problems(draft, rules, today)
    inventory = app.inventory(create=True)
    with inventory.justifying() as writer:
        made = writer.add(draft)
    warn_of_reach(app, inventory, made)
    finish(app, told(made, rules, today, kind=_CHANGE, said=f"{made.id} recorded"), output)


def _rule_of(basis: str, rules: RetentionRules) -> str | None:
    rule = _RULES.get(basis, "")
    return rule if rule in rules.rules else None


def _last_day(basis: str, first: date, ends: date | None) -> date | None:
    """The last day. Raises UsageError for a police direction of more than 90 days."""
    if basis != _POLICE:
        return ends
    most = _NINETY_DAYS.end(first)
    if ends is not None and ends > most:
        raise UsageError(
            f"a police direction holds 90 days, here until {most}", hint="renew it then: piiscan holds renew"
        )
    return ends or most


@command.command(
    "list",
    short_help="List the holds.",
    epilog="""\b
Examples:
  piiscan holds list
  piiscan holds list --format json | jq '.entries[] | select(.state == "lapsed")'
""",
)
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Those that were released, too.")
@output_options()
@pass_app
def list_(app: App, as_of: datetime | None, everything: bool, output: Output) -> None:
    """List the holds: what for, how far, until when. One that was not renewed in time is lapsed, and holds nothing any more."""
    from piiscan.commands._exceptions_documents import listing

    day = day_of(as_of, app.config())
    found = app.inventory().justifications(kind="hold")
    shown = [each for each in found if everything or each.state(day) != "ended"]
    finish(
        app, listing("hold", shown, len(found) - len(shown), app.retention(), day, redact=output.redact_paths), output
    )


@command.command(
    epilog="""\b
Examples:
  piiscan holds renew H1 --reason "direction 4/26 was renewed" --approver "A. Counsel"
"""
)
@click.argument("identity", metavar="ID")
@click.option("--ends", type=DAY, metavar="DATE", help="Its new last day (of a police direction: 90 days on).")
@click.option("--reason", type=WORDS, required=True, help="Why it goes on.")
@click.option("--approver", type=WORDS, required=True, help="Who ordered that; never who enters it.")
@output_options(redact=False)
@pass_app
def renew(app: App, identity: str, ends: date | None, reason: str, approver: str, output: Output) -> None:
    """Let a hold go on after its last day. The earlier one stays on record, and so does a time in which it had lapsed."""
    from dataclasses import replace

    refuse_own_approval(approver)
    rules, today = app.retention(), day_of(None, app.config())
    inventory = app.inventory(create=True)
    found = find(inventory, identity, "hold")
    if found.ends is None:
        raise UsageError(
            f"{found.id} has no end: it holds until it is released", hint=f"piiscan holds release {found.id}"
        )
    last = _last_day(found.basis, max(found.ends, today), ends)
    if last is not None and last <= found.ends:
        raise UsageError(f"{found.id} ends on {found.ends} already", hint="--ends names a later day")
    refuse_problems(replace(found, ends=last), rules, today)
    with inventory.justifying() as writer:
        made = writer.renew(found.id, ends=last, by=login(), approver=approver, why=reason)
    finish(app, told(made, rules, today, kind=_CHANGE, said=f"{made.id} renewed"), output)


@command.command(
    epilog="""\b
Examples:
  piiscan holds release H1 --reason "case 26-1187 is settled"
"""
)
@click.argument("identity", metavar="ID")
@click.option("--reason", type=WORDS, required=True, help="Why it is over.")
@output_options(redact=False)
@pass_app
def release(app: App, identity: str, reason: str, output: Output) -> None:
    """End a hold: it holds nothing from today on. It stays on record."""
    rules, today = app.retention(), day_of(None, app.config())
    inventory = app.inventory(create=True)
    found = find(inventory, identity, "hold")
    with inventory.justifying() as writer:
        made = writer.end(found.id, on=today, by=login(), why=reason)
    finish(app, told(made, rules, today, kind=_CHANGE, said=f"{made.id} released"), output)
