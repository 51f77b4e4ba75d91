"""Why some data may stay: exceptions to requests, extensions of the schedule."""

from __future__ import annotations

import re
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

if TYPE_CHECKING:
    from piiscan.inventory.justifications import Against
    from piiscan.rulepack.retention import RetentionRules

_CHANGE: Final = "exceptions.change"
_REPEALED: Final = re.compile(r"\blawful|\bintern\w*\s+(lawful\s+)?use|^\(?9\)?$|\(d\)\(9\)", re.IGNORECASE)
"""What people still write for the ninth exception, struck from Civ. Code 1798.105(d) as of 2023."""


@click.group()
def command() -> None:
    """Why some data may stay: exceptions to consumers' requests, and extensions of the schedule.

    A ground of the law (E1 to E8, X.claim...) answers a consumer's request; an extension excuses from the firm's own schedule. One
    never stands in for the other. Nothing is ever taken out of the store: what was removed stays on record.
    """


@command.command(
    epilog="""\b
Examples:
  piiscan exceptions add --against request --basis E8 --rule regf_account --source crm --container 'public.*' \\
    --evidence "rule regf_account" --reason "three years after the last activity" --approver "A. Counsel" --ends 2027-06-30
  piiscan exceptions add --against schedule --rule glba_dispose --evidence "contract 12" --reason "still in dispute" \\
    --approver "A. Counsel" --ends 2027-06-30 --rows rows.toml
"""
)
@click.option(
    "--against",
    type=click.Choice(["request", "schedule"]),
    required=True,
    help="What it speaks against: a consumer's request, or the schedule.",
)
@click.option(
    "--basis", metavar="GROUND", help="The ground of the law (E1 to E8, X.claim...); against the schedule: extension."
)
@click.option("--rule", metavar="RULE", help="The retention rule it stands on; E8 must name one.")
@click.option(
    "--evidence", type=WORDS, required=True, help="A reference to what proves it: a case, a contract, an order."
)
@click.option("--reason", type=WORDS, required=True, help="Why it is necessary, in words.")
@click.option("--approver", type=WORDS, required=True, help="Who approved it; never who enters it.")
@click.option("--starts", type=DAY, metavar="DATE", help="Its first day (today).")
@click.option("--ends", type=DAY, metavar="DATE", required=True, help="Its last day.")
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
    against: Against,
    basis: str | None,
    rule: str | None,
    evidence: str,
    reason: str,
    approver: str,
    starts: date | None,
    ends: date,
    use_lock: str | None,
    scope: GivenScope,
    output: Output,
) -> None:
    """Record why some data may stay although a consumer asks for its deletion, or the schedule does.

    What rows, and whose, comes from a file or standard input only (--rows), and is sealed with the firm's key: no value is ever
    shown again.
    """
    from piiscan.inventory import Justification

    refuse_own_approval(approver)
    rules, today = app.retention(), day_of(None, app.config())
    draft = Justification(
        id="",
        kind="exception",
        against=against,
        basis=_basis(against, basis, rules),
        rule=rule,
        evidence=evidence,
        reason=reason,
        approver=approver,
        use_lock=use_lock or "",
        starts=starts or today,
        ends=ends,
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


def _basis(against: Against, given: str | None, rules: RetentionRules) -> str:
    """The basis by its name in the catalogue. Raises UsageError for one that cannot speak against that, and a repealed one."""
    from piiscan.retention.justified import EXTENSION, mismatch

    if given is None and against == "request":
        raise UsageError("--against request needs --basis", hint=f"one of {_grounds(rules)}")
    wanted = (given or EXTENSION).strip()
    names = {name.casefold(): name for name in (*rules.grounds, EXTENSION)}
    basis = names.get(wanted.casefold(), wanted)
    if basis not in names.values() and _REPEALED.search(wanted):
        basis = next((each.id for each in rules.grounds.values() if each.repealed), basis)
    if found := mismatch(against, basis, rules.grounds):
        hint = "--basis extension, with --rule" if against == "schedule" else f"one of {_grounds(rules)}"
        raise UsageError(found[0], hint=hint)
    return basis


def _grounds(rules: RetentionRules) -> str:
    return ", ".join(each.id for each in rules.grounds.values() if not each.repealed)


@command.command(
    "list",
    short_help="List the exceptions.",
    epilog="""\b
Examples:
  piiscan exceptions list
  piiscan exceptions list --all --format json | jq '.entries[] | [.id, .state, .ends]'
""",
)
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Those that were removed, too.")
@output_options()
@pass_app
def list_(app: App, as_of: datetime | None, everything: bool, output: Output) -> None:
    """List the exceptions: what for, how far, until when, and how each stands."""
    from piiscan.commands._exceptions_documents import listing

    day = day_of(as_of, app.config())
    found = app.inventory().justifications(kind="exception")
    shown = [each for each in found if everything or each.state(day) != "ended"]
    finish(
        app,
        listing("exception", shown, len(found) - len(shown), app.retention(), day, redact=output.redact_paths),
        output,
    )


@command.command(
    epilog="""\b
Examples:
  piiscan exceptions renew X1 --ends 2028-06-30 --reason "the account is still worked" --approver "A. Counsel"
"""
)
@click.argument("identity", metavar="ID")
@click.option("--ends", type=DAY, metavar="DATE", required=True, help="Its new last day.")
@click.option("--reason", type=WORDS, required=True, help="Why it is still necessary.")
@click.option("--approver", type=WORDS, required=True, help="Who approved that; never who enters it.")
@output_options(redact=False)
@pass_app
def renew(app: App, identity: str, ends: date, reason: str, approver: str, output: Output) -> None:
    """Give an exception a later last day. The earlier one stays on record."""
    from dataclasses import replace

    refuse_own_approval(approver)
    rules, today = app.retention(), day_of(None, app.config())
    inventory = app.inventory(create=True)
    found = find(inventory, identity, "exception")
    if found.ends is not None and ends <= found.ends:
        raise UsageError(
            f"{found.id} ends on {found.ends} already",
            hint=f"--ends names a later day; or piiscan exceptions remove {found.id}",
        )
    refuse_problems(replace(found, ends=ends), rules, today)
    with inventory.justifying() as writer:
        made = writer.renew(found.id, ends=ends, by=login(), approver=approver, why=reason)
    finish(app, told(made, rules, today, kind=_CHANGE, said=f"{made.id} renewed"), output)


@command.command(
    epilog="""\b
Examples:
  piiscan exceptions remove X1 --reason "the debt is paid"
"""
)
@click.argument("identity", metavar="ID")
@click.option("--reason", type=WORDS, required=True, help="Why it is over.")
@output_options(redact=False)
@pass_app
def remove(app: App, identity: str, reason: str, output: Output) -> None:
    """End an exception: it covers nothing from today on. It stays on record."""
    rules, today = app.retention(), day_of(None, app.config())
    inventory = app.inventory(create=True)
    found = find(inventory, identity, "exception")
    with inventory.justifying() as writer:
        made = writer.end(found.id, on=today, by=login(), why=reason)
    finish(app, told(made, rules, today, kind=_CHANGE, said=f"{made.id} removed"), output)


@command.command(
    epilog="""\b
Examples:
  piiscan exceptions check
  piiscan exceptions check --format json | jq '.entries[] | select(.problems != [])'
"""
)
@as_of_option
@click.option("--exit-zero", is_flag=True, help="Do not exit 3 when one is expired or unjustified.")
@output_options()
@pass_app
def check(app: App, as_of: datetime | None, exit_zero: bool, output: Output) -> None:
    """Say which exceptions and holds are expired, lapsed, or justify nothing.

    Exit 3 when there is one, 4 when the sealed rows of one cannot be opened with the firm's key. What is expired or lapsed covers
    nothing any more.
    """
    from piiscan.commands._exceptions_documents import checked

    config = app.config()
    document = checked(
        app.inventory(),
        app.retention(),
        config.key(),
        day_of(as_of, config),
        exit_zero=exit_zero,
        redact=output.redact_paths,
    )
    finish(app, document, output)
