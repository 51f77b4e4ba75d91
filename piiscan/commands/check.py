"""Open every source: reachable, encrypted, read-only, dated?"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.commands._check_document import Proposal
    from piiscan.config import Config
    from piiscan.model import Check, Container, ReadPlan, Source
    from piiscan.ports import Connector
    from piiscan.retention.profiles import Profiles

PATIENCE_S: Final = 30.0
"""A table whose dates take longer to count is told by names alone: nobody waits an hour for a check."""
WORTH_A_LINE: Final = 0.5
"""Confidence from which on a clock is proposed."""


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
    """Open every source and say how it stands; no value leaves it.

    Is it reachable, is the connection encrypted, could the account write, what will be scanned, and which column dates each
    table? Dates are counted where they lie, and clocks proposed for what is not configured. Exit 4 when a source is
    unreachable.
    """
    from piiscan.commands._check_document import document
    from piiscan.sources import read_plan

    config = app.config()
    chosen = [config.source(name) for name in sources or tuple(config.sources)]
    plan = read_plan(config)
    rows: list[tuple[str, Check]] = []
    proposals: list[Proposal] = []
    for source in chosen:
        checks, proposed = _look(config, source, plan)
        rows += [(source.name, check) for check in checks]
        proposals += proposed
    rows += _expired(config, [source.name for source in chosen])
    finish(app, document(rows, proposals), output)


def _expired(config: Config, chosen: list[str]) -> list[tuple[str, Check]]:
    """The ``[[ignore]]`` tables that have come to their end; those for every source stand under ``*``."""
    from piiscan.detect import expired
    from piiscan.model import Check

    over = [(entry.source or "*", Check("ignore", "warning", str(problem))) for entry, problem in expired(config)]
    return [(source, check) for source, check in over if source in ("*", *chosen)]


def _look(config: Config, source: Source, plan: ReadPlan) -> tuple[list[Check], list[Proposal]]:
    """The connector's own checks, and, where the source answers, what there is to scan and what dates it."""
    from piiscan.errors import SourceError
    from piiscan.model import Check, Container, Skip
    from piiscan.sources import connector_for

    with closing(connector_for(config, source, plan)) as connector:
        checks = list(connector.check())
        if any(check.status == "failed" for check in checks):
            return checks, []
        try:
            items = list(connector.containers())
        except SourceError as error:
            return [*checks, Check("listing", "failed", error.message)], []
        containers = [item for item in items if isinstance(item, Container)]
        skips = [item for item in items if isinstance(item, Skip)]
        checks.append(Check("listing", "ok" if containers else "warning", f"{len(containers)} containers to scan"))
        checks += [_warning("listing", f"{skip.container or '*'}: {skip.code}: {skip.reason}") for skip in skips]
        checks += _collection(source, containers)
    quick = replace(plan, statement_timeout_s=min(plan.statement_timeout_s, PATIENCE_S))
    with closing(connector_for(config, source, quick)) as connector:
        dated, proposals = _dates(connector, source, containers)
    return [*checks, *dated], proposals


def _collection(source: Source, containers: list[Container]) -> Iterator[Check]:
    """Whether the collection of each table's rows is dated, and clocks that have no table."""
    from piiscan.clocks import collection_clocks

    for container in (each for each in containers if each.kind != "file"):
        clock = next(iter(collection_clocks(source, container)), None)
        if clock is None:
            yield _warning(container.path, "no column dates the collection of its rows: they are undated")
        elif clock.basis == "inferred":
            text = f"{clock.event} = {clock.column} is inferred from its name: confirm it in the configuration"
            yield _warning(container.path, text)
    known = {container.path for container in containers}
    for path in source.clocks:
        if path not in known and "*" not in path:
            yield _warning(path, "a clock is configured for it, but there is no such table")


def _dates(connector: Connector, source: Source, containers: list[Container]) -> tuple[list[Check], list[Proposal]]:
    """What the dates of the source's tables are worth, and the clocks that may date what is not configured."""
    from datetime import UTC, datetime

    from piiscan.clocks import clocks_of
    from piiscan.commands._check_document import Proposal
    from piiscan.retention.candidates import candidates, likeliest
    from piiscan.retention.profiles import read_profiles

    profiles, skips = read_profiles(connector, source, containers, datetime.now(UTC).date())
    checks = [_warning(skip.container or "*", f"its dates could not be counted: {skip.reason}") for skip in skips]
    by_path = {container.path: container for container in containers}
    proposals = []
    for container in (each for each in containers if each.kind == "table"):
        checks += _worthless(source, container, profiles)
        configured = {clock.event for clock in clocks_of(source, container)}
        found = likeliest(candidates(container, by_path, profiles))
        proposals += [
            Proposal(source.name, container.path, each)
            for each in found.values()
            if each.event not in configured and each.confidence >= WORTH_A_LINE
        ]
    return checks, proposals


def _worthless(source: Source, container: Container, profiles: Profiles) -> Iterator[Check]:
    """Configured clocks whose column dates no row."""
    from piiscan.clocks import clocks_of

    for clock in clocks_of(source, container):
        profile = profiles.get((container.path, clock.path[0])) if len(clock.path) == 1 else None
        if profile is not None and profile.format == "ambiguous":
            text = "every day can be read with the month first and with the day first: its rows are undated"
            yield _warning(container.path, f"{clock.event} = {clock.column}: {text}")
        elif profile is not None and profile.rows and not profile.dated:
            yield _warning(container.path, f"{clock.event} = {clock.column} dates no row: no value of it is a day")


def _warning(subject: str, message: str) -> Check:
    from piiscan.model import Check

    return Check(subject, "warning", message)
