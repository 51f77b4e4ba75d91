"""What is done about a request: confirmed, extended, refused, closed."""

from __future__ import annotations

from typing import Final

import click

from piiscan.commands._justifying import WORDS, login
from piiscan.commands._requests_shared import NUMBER, find
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError

RESPONSES: Final = ("complied", "partly", "categories_only", "nothing_held", "withdrawn")


@click.command(
    epilog="""\b
Examples:
  piiscan requests confirm 3
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@output_options(redact=False)
@pass_app
def confirm(app: App, number: int, output: Output) -> None:
    """Note that receipt was confirmed to the person today (11 CCR 7021(a): within 10 business days)."""
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.standing import Clock

    config = app.config()
    day = day_of(None, config)
    inventory = app.inventory(create=True)
    before = find(inventory, number)
    if (done := before.on("confirmed")) is not None:
        raise UsageError(f"request {number} was confirmed on {done}", hint="nothing was changed")
    with inventory.requesting() as writer:
        made = writer.record(number, "confirmed", day, login(), "")
    finish(app, changed(made, Clock(config.requests), day, f"Request {number}: receipt confirmed"), output)


@click.command(
    epilog="""\b
Examples:
  piiscan requests extend 3 --reason "three systems to search"
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("--reason", type=WORDS, required=True, help="Why, as it was told to the person; no name in it.")
@output_options(redact=False)
@pass_app
def extend(app: App, number: int, reason: str, output: Output) -> None:
    """Take the one extension, inside the first 45 days, of which the person was told with the reason.

    45 days more under the CCPA, two months under the GDPR's kind. Exit 6 when it comes too late.
    """
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.standing import Clock

    config = app.config()
    clock, day = Clock(config.requests), day_of(None, config)
    inventory = app.inventory(create=True)
    clock.check_extension(find(inventory, number), day)
    with inventory.requesting() as writer:
        made = writer.record(number, "extended", day, login(), reason, extended_on=day)
    finish(app, changed(made, clock, day, f"Request {number} extended"), output)


@click.command(
    epilog="""\b
Examples:
  piiscan requests deny 3 --ground unverified --reason "one data point of three matched"
  piiscan requests deny 4 --ground service_provider --client mercy --reason "held for the hospital"
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("--ground", required=True, metavar="GROUND", help="The ground of the law: E8, X.glba, unverified...")
@click.option("--reason", type=WORDS, required=True, help="Why it applies, as it was told; no name in it.")
@click.option("--client", metavar="CLIENT", help="With service_provider: on whose behalf the data is held.")
@output_options(redact=False)
@pass_app
def deny(app: App, number: int, ground: str, reason: str, client: str | None, output: Output) -> None:
    """Refuse a request as a whole, with its ground, and remove who asked.

    A ground that keeps only some of the data is no refusal: delete the rest and close it as partly done (11 CCR 7022(f)).
    """
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.refusals import SERVICE_PROVIDER, refusal
    from piiscan.requests.standing import Clock

    config = app.config()
    day = day_of(None, config)
    inventory = app.inventory(create=True)
    found = refusal(find(inventory, number), ground, app.retention().grounds)
    lead = [f"{found.title} ({found.citation})."]
    if (found.id == SERVICE_PROVIDER) != (client is not None):
        raise UsageError("--client goes with --ground service_provider", hint="it names the business to ask instead")
    if client is not None:
        lead.append(_contact(app, client))
    with inventory.requesting() as writer:
        made = writer.record(
            number, "denied", day, login(), reason, state="denied", closed_on=day, response="denied", ground=found.id,
            citation=found.citation, client=client or "", sealed=None,
        )  # fmt: skip
    document = changed(made, Clock(config.requests), day, f"Request {number} refused", lead=tuple(lead))
    finish(app, document, output)


def _contact(app: App, client: str) -> str:
    """Where the person is sent. Raises UsageError for an unknown client, and one without a contact."""
    known = app.config().clients
    if client not in known:
        raise UsageError(f"unknown client {client!r}", hint=f"[clients] knows: {', '.join(sorted(known)) or 'none'}")
    if known[client].contact is None:
        raise UsageError(
            f"client {client!r} has no contact to send a person to", hint=f"[clients.{client}] contact = ..."
        )
    return f"Held on behalf of {known[client].name}, {known[client].contact}: the person asks there."


@click.command(
    epilog="""\b
Examples:
  piiscan requests close 3 --response complied
  piiscan requests close 3 --response partly --ground E8 --note "accounts under Reg F stay until 2029"
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("--response", type=click.Choice(RESPONSES), required=True, help="What was done.")
@click.option("--ground", metavar="GROUND", help="With partly: the ground on which the rest stays.")
@click.option("--note", type=WORDS, help="What the log should say; no name in it.")
@output_options(redact=False)
@pass_app
def close(app: App, number: int, response: str, ground: str | None, note: str | None, output: Output) -> None:
    """Close a request that was answered, and remove who asked; a keyed hash and the log stay."""
    from piiscan.commands._requests_documents import changed
    from piiscan.requests.refusals import refusal
    from piiscan.requests.standing import Clock

    config = app.config()
    day = day_of(None, config)
    inventory = app.inventory(create=True)
    if (response == "partly") != (ground is not None):
        raise UsageError(
            "--ground goes with --response partly", hint="11 CCR 7022(f): the part that stays has a ground"
        )
    found = refusal(find(inventory, number), ground, app.retention().grounds) if ground else None
    with inventory.requesting() as writer:
        made = writer.record(
            number, "closed", day, login(), note or "", state="closed", closed_on=day, response=response, sealed=None,
            ground=found.id if found else "", citation=found.citation if found else "",
        )  # fmt: skip
    finish(app, changed(made, Clock(config.requests), day, f"Request {number} closed"), output)
