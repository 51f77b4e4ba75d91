"""Open every source: reachable, encrypted, read-only, dated?"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app

if TYPE_CHECKING:
    from piiscan.config import Config
    from piiscan.model import Check, Document, ReadPlan, Source


@click.command(
    epilog="""\b
Examples:
  piiscan check               every source
  piiscan check crm           one
  piiscan check --format json | jq '.checks[] | select(.status != "ok")'
"""
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@output_options()
@pass_app
def command(app: App, sources: tuple[str, ...], output: Output) -> None:
    """Open every source and say how it stands; no data is read.

    Is it reachable, is the connection encrypted, could the account write, what will be scanned, and which column dates each
    table? Exit 4 when a source is unreachable.
    """
    from piiscan.sources import read_plan

    config = app.config()
    chosen = [config.source(name) for name in sources or tuple(config.sources)]
    plan = read_plan(config)
    rows = [(source.name, check) for source in chosen for check in _checks(config, source, plan)]
    rows += _expired(config, [source.name for source in chosen])
    finish(app, _document(rows), output)


def _expired(config: Config, chosen: list[str]) -> list[tuple[str, Check]]:
    """The ``[[ignore]]`` tables that have come to their end; those for every source stand under ``*``."""
    from piiscan.detect import expired
    from piiscan.model import Check

    over = [(entry.source or "*", Check("ignore", "warning", str(problem))) for entry, problem in expired(config)]
    return [(source, check) for source, check in over if source in ("*", *chosen)]


def _checks(config: Config, source: Source, plan: ReadPlan) -> list[Check]:
    """The connector's own checks, and, where the source answers, what there is to scan and what dates it."""
    from piiscan.errors import SourceError
    from piiscan.model import Check
    from piiscan.sources import connector_for

    with closing(connector_for(config, source, plan)) as connector:
        checks = list(connector.check())
        if any(check.status == "failed" for check in checks):
            return checks
        try:
            return [*checks, *_listing(source, list(connector.containers()))]
        except SourceError as error:
            return [*checks, Check("listing", "failed", error.message)]


def _listing(source: Source, items: list[object]) -> list[Check]:
    from piiscan.clocks import collection_clocks
    from piiscan.model import Check, Container, Skip

    containers = [item for item in items if isinstance(item, Container)]
    skips = [item for item in items if isinstance(item, Skip)]
    checks = [Check("listing", "ok" if containers else "warning", f"{len(containers)} containers to scan")]
    checks += [Check("listing", "warning", f"{skip.container or '*'}: {skip.code}: {skip.reason}") for skip in skips]
    for container in (each for each in containers if each.kind != "file"):
        clock = next(iter(collection_clocks(source, container)), None)
        if clock is None:
            text = "no column dates the collection of its rows: they are undated"
            checks.append(Check(container.path, "warning", text))
        elif clock.basis == "inferred":
            text = f"{clock.event} = {clock.column} is inferred from its name: confirm it in the configuration"
            checks.append(Check(container.path, "warning", text))
    known = {container.path for container in containers}
    checks += [
        Check(path, "warning", "a clock is configured for it, but there is no such table")
        for path in source.clocks
        if path not in known and "*" not in path
    ]
    return checks


def _document(rows: list[tuple[str, Check]]) -> Document:
    from piiscan.model import Document, Section

    failed = sorted({source for source, check in rows if check.status == "failed"})
    body = {
        "checks": [
            {"source": source, "subject": check.subject, "status": check.status, "message": check.message}
            for source, check in rows
        ]
    }
    section = Section(
        "Sources",
        ("source", "subject", "status", "message"),
        tuple((source, check.subject, check.status, check.message) for source, check in rows),
    )
    return Document(
        "check",
        "Check of the sources",
        body,
        (section,),
        exit_code=4 if failed else 0,
        reasons=("incomplete",) if failed else (),
    )
