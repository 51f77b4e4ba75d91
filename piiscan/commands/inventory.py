"""What is held where: list, search and explain it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.inventory import ContainerRecord, HoldingRecord, Inventory


@click.group()
def command() -> None:
    """What is held where: list, search and explain it."""


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the filters of holdings and ``--run``; the command gets them as ``filters``."""

    @click.option("--source", help="Only this source.")
    @click.option(
        "--category",
        type=click.Choice(list("ABCDEFGHIJKL"), case_sensitive=False),
        help="Only this letter of the CCPA.",
    )
    @click.option("--data-type", metavar="TYPE", help="Only this data type: an id, group:GROUP or category:LETTER.")
    @click.option(
        "--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Only what is at least so sure (0-1)."
    )
    @click.option(
        "--run", type=click.IntRange(1), metavar="RUN", help="As it stood in that run (see piiscan runs list)."
    )
    @functools.wraps(function)
    def wrapper(
        *args: Any,
        source: str | None,
        category: str | None,
        data_type: str | None,
        min_confidence: float,
        run: int | None,
        **rest: Any,
    ) -> Any:
        letter = category.upper() if category else None
        filters = {
            "source": source,
            "category": letter,
            "data_type": data_type,
            "min_confidence": min_confidence,
            "run": run,
        }
        return function(*args, filters=filters, **rest)

    return wrapper


@command.command(
    "list",
    short_help="List what is held, line by line.",
    epilog="""\b
Examples:
  piiscan inventory list --category L --min-confidence 0.8
  piiscan inventory list --source crm --data-type group:financial
  piiscan inventory list --format json | jq -r '.holdings[].data_type' | sort | uniq -c
""",
)
@_filters
@output_options()
@pass_app
def list_(app: App, filters: dict[str, Any], output: Output) -> None:
    """List what is held: which data type, in which column or file, how sure that is, and since when."""
    from piiscan.commands import _inventory_documents as documents

    inventory = _opened(app, filters)
    containers = inventory.containers(source=filters["source"], run=filters["run"])
    finish(
        app, documents.holdings(inventory.holdings(**filters), containers, filters, redact=output.redact_paths), output
    )


@command.command(
    short_help="List tables and files, the clean ones too.",
    epilog="""\b
Examples:
  piiscan inventory containers --source share
  piiscan inventory containers --format json | jq '.containers[] | select(.status == "skipped")'
""",
)
@_filters
@output_options()
@pass_app
def containers(app: App, filters: dict[str, Any], output: Output) -> None:
    """List every table, view, file and member, the clean ones too, and what reading it proves.

    "could hide" is the share of rows that may hold something a sample did not see, with 95 %. With a filter on what is held,
    only containers that hold it.
    """
    from piiscan.commands import _inventory_documents as documents

    inventory = _opened(app, filters)
    found = inventory.containers(source=filters["source"], run=filters["run"])
    if filters["category"] or filters["data_type"] or filters["min_confidence"]:
        held = {_place(record) for record in inventory.holdings(**filters)}
        found = [record for record in found if _place(record) in held]
    finish(app, documents.containers(found, filters, redact=output.redact_paths), output)


@command.command(
    short_help="Explain one line of the inventory.",
    epilog="""\b
Examples:
  piiscan inventory show 1f2e3d4c
""",
)
@click.argument("holding", metavar="ID")
@_filters
@output_options()
@pass_app
def show(app: App, holding: str, filters: dict[str, Any], output: Output) -> None:
    """Explain one line of the inventory: what was found, how, how sure that is, and in which runs it stood.

    ID is the line's id or the beginning of it, as piiscan inventory list shows it.
    """
    from piiscan.commands import _inventory_documents as documents

    inventory = _opened(app, filters)
    found = [record for record in inventory.holdings(**filters) if record.id.startswith(holding.lower())]
    if len(found) != 1:
        problem = "begins the id of several holdings" if found else "is the id of no holding"
        raise UsageError(
            f"{holding!r} {problem}", hint="piiscan inventory list shows the ids; --run RUN finds what has ended"
        )
    record = found[0]
    container = next(
        each
        for each in inventory.containers(source=record.source, run=filters["run"])
        if _place(each) == _place(record)
    )
    finish(
        app, documents.explained(record, container, inventory.history(record.id), redact=output.redact_paths), output
    )


@command.command(
    short_help="Find tables, files, columns and data types by name.",
    epilog="""\b
Examples:
  piiscan inventory search ssn
  piiscan inventory search payroll --source share
""",
)
@click.argument("text", metavar="TEXT")
@_filters
@output_options()
@pass_app
def search(app: App, text: str, filters: dict[str, Any], output: Output) -> None:
    """Find TEXT in the names of containers, members, columns and data types; upper and lower case are the same.

    Names only: no value of a source is in the store, and none belongs on a command line.
    """
    from piiscan.commands import _inventory_documents as documents

    inventory = _opened(app, filters)
    wanted = text.casefold()
    holdings = [
        record
        for record in inventory.holdings(**filters)
        if _named(record, record.column or "", record.data_type, record.label, wanted=wanted)
    ]
    boxes = [
        record
        for record in inventory.containers(source=filters["source"], run=filters["run"])
        if _named(record, wanted=wanted)
    ]
    finish(app, documents.found(text, holdings, boxes, filters, redact=output.redact_paths), output)


def _opened(app: App, filters: dict[str, Any]) -> Inventory:
    """The inventory. Raises UsageError when ``--run`` or ``--source`` name what it does not know."""
    inventory = app.inventory()
    if filters["run"] is not None:
        inventory.run(filters["run"])
    known = inventory.sources()
    if filters["source"] is not None and filters["source"] not in known:
        raise UsageError(
            f"the inventory knows no source {filters['source']!r}", hint=f"known: {', '.join(known) or 'none yet'}"
        )
    return inventory


def _place(record: HoldingRecord | ContainerRecord) -> tuple[object, ...]:
    return (record.source, record.container, record.member)


def _named(record: HoldingRecord | ContainerRecord, *more: str, wanted: str) -> bool:
    return any(wanted in name.casefold() for name in (record.container, *record.member, *more))
