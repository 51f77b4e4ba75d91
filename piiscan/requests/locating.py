"""Finding a person in all sources through the inventory: only containers known to hold what is given, never everything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.errors import SourceError
from piiscan.model import Container, Skip, SkipCode
from piiscan.ports import Seeker
from piiscan.requests.located import Located, Place
from piiscan.requests.persons import Person
from piiscan.requests.reading import GONE, cells, count_texts, held_columns
from piiscan.requests.searching import Searching
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord, Inventory
    from piiscan.ports import Connector
    from piiscan.requests.private import Matched


def locate(config: Config, inventory: Inventory, subject: Mapping[str, str], *, explain: bool = False) -> Located:
    """What the sources hold of the person. Reads only; what could not be asked is in ``skips``."""
    located = Located()
    limit = config.requests.time_limit.total_seconds()
    plan = read_plan(config, "full")
    plan = replace(plan, statement_timeout_s=min(plan.statement_timeout_s, limit))
    for source in config.sources:
        holdings = inventory.holdings(source=source)
        located.texts += count_texts(holdings, subject)
        if not _paths(holdings, subject):
            continue
        try:
            with closing(connector_for(config, config.source(source), plan)) as connector:
                containers = list(_listed(connector, source, _paths(holdings, subject), located))
                if isinstance(connector, Seeker):
                    Searching(connector, containers, holdings, subject, located, explain=explain).run()
                else:
                    located.places += _read_files(connector, containers, holdings, subject, located)
        except SourceError as error:
            located.skips.append(error.skip(source))
    located.places.sort(key=lambda each: (each.source, each.container))
    return located


def follow(config: Config, inventory: Inventory, rows: Sequence[Matched]) -> Located:
    """What refers by foreign keys to rows that were found otherwise; what could not be asked is in ``skips``."""
    located = Located()
    for source in sorted({each.source for each in rows if each.keys}):
        mine = [each for each in rows if each.source == source]
        try:
            with closing(connector_for(config, config.source(source), read_plan(config, "full"))) as connector:
                if isinstance(connector, Seeker):
                    listed = list(_listed(connector, source, {each.container for each in mine}, located))
                    Searching(connector, listed, inventory.holdings(source=source), {}, located).follow(mine)
        except SourceError as error:
            located.skips.append(error.skip(source))
    return located


def _paths(holdings: Sequence[HoldingRecord], subject: Mapping[str, str]) -> set[str]:
    """Containers with a column of a type that is given."""
    return {
        each.container
        for each in holdings
        if each.data_type in subject and each.column is not None and "text" not in each.evidence
    }


def _listed(connector: Connector, source: str, wanted: set[str], located: Located) -> Iterator[Container]:
    """All containers of a source; of what cannot be read, or is gone, only that which matters here is a skip."""
    seen = set()
    for item in connector.containers():
        if isinstance(item, Container):
            seen.add(item.path)
            yield item
        elif item.hides or item.container in wanted:
            located.skips.append(item)
            seen.add(item.container or "")
    located.skips += [Skip(source, path, SkipCode.VANISHED, GONE) for path in sorted(wanted - seen)]


def _read_files(
    connector: Connector,
    containers: Sequence[Container],
    holdings: Sequence[HoldingRecord],
    subject: Mapping[str, str],
    located: Located,
) -> Iterator[Place]:
    """Files with columns are read whole, row by row: they have no index, and no key but the row's number."""
    columns, person, wanted = held_columns(holdings), Person(subject), _paths(holdings, subject)
    for container in containers:
        if container.path not in wanted:
            continue
        place, number = Place(container.source, container.path, ()), 0
        try:
            for item in connector.batches(container):
                if isinstance(item, Skip):
                    located.skips.append(item)
                    continue
                for row in cells(item, columns.get((item.container.path, item.container.member), {})):
                    number += 1
                    located.add(place, (number,), person.judge(row), row)
        except SourceError as error:
            located.skips.append(error.skip(container.source, container=container.path))
        if place.rows or place.near:
            yield place
