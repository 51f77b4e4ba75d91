"""Finding a person in all sources through the inventory: only containers known to hold what is given, never everything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.errors import SourceError
from piiscan.model import Container, Skip, SkipCode
from piiscan.ports import Seeker
from piiscan.requests.located import Located, Place
from piiscan.requests.mentions import Mentions, search_files, search_tables, text_columns
from piiscan.requests.persons import Person
from piiscan.requests.reading import GONE, cells, count_texts, held_columns, never_read
from piiscan.requests.searching import Searching
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord, Inventory
    from piiscan.ports import Connector
    from piiscan.requests.located import Cells, Named
    from piiscan.requests.private import Matched


def locate(
    config: Config,
    inventory: Inventory,
    subject: Mapping[str, str],
    *,
    explain: bool = False,
    texts: bool = False,
    accepted: Mapping[Named, Cells] | None = None,
) -> Located:
    """What the sources hold of the person. Reads only; what could not be asked is in ``skips``.

    With ``texts`` running text that mentions the person, too. ``accepted`` are rows that a human has found to be the person's,
    whatever speaks against it, with what was read there.
    """
    located = Located(accepted=accepted or {})
    mentions = Mentions(subject)
    kinds = set(subject) - (mentions.wanted.keys() if texts else set())
    limit = config.requests.time_limit.total_seconds()
    plan = read_plan(config, "full")
    plan = replace(plan, statement_timeout_s=min(plan.statement_timeout_s, limit))
    for source in config.sources:
        located.skips += never_read(inventory, source)
        holdings = inventory.holdings(source=source)
        located.texts += count_texts(holdings, kinds)
        wanted = _paths(holdings, subject)
        told = {path for path, _ in text_columns(holdings, mentions.wanted)} if texts else set()
        if not wanted | told:
            continue
        try:
            with closing(connector_for(config, config.source(source), plan)) as connector:
                containers = _without_views(list(_listed(connector, source, wanted | told, located)), holdings)
                if isinstance(connector, Seeker):
                    Searching(connector, containers, holdings, subject, located, explain=explain).run()
                    if texts:
                        search_tables(connector, containers, holdings, mentions, located)
                else:
                    located.places += _read_files(connector, containers, holdings, subject, located)
                    if texts:
                        search_files(connector, containers, holdings, mentions, located)
        except SourceError as error:
            located.skips.append(error.skip(source))
    located.places = [each for each in located.places if each.rows or each.near]
    located.places.sort(key=lambda each: (each.source, each.container))
    return located


def _without_views(containers: Sequence[Container], holdings: Sequence[HoldingRecord]) -> list[Container]:
    """The containers, but for views of what tables hold as well: their rows lie there, and a view's have no key.

    A view that shows what no listed table holds is all there is of it, and stays.
    """
    kinds = {each.path: each.kind for each in containers}
    in_tables = {each.data_type for each in holdings if kinds.get(each.container) == "table"}
    alone = {each.container for each in holdings if each.data_type not in in_tables}
    return [each for each in containers if each.kind != "view" or each.path in alone]


def follow(
    config: Config, inventory: Inventory, rows: Sequence[Matched], closed: Collection[tuple[str, str]] = ()
) -> Located:
    """What refers by foreign keys to rows that were found otherwise; what could not be asked is in ``skips``.

    Of containers that are ``closed`` (source and path) no row is taken for referring: they say themselves whose they are.
    """
    located = Located()
    for source in sorted({each.source for each in rows if each.keys}):
        mine = [each for each in rows if each.source == source]
        try:
            with closing(connector_for(config, config.source(source), read_plan(config, "full"))) as connector:
                if isinstance(connector, Seeker):
                    listed = list(_listed(connector, source, {each.container for each in mine}, located))
                    shut = {path for name, path in closed if name == source}
                    Searching(connector, listed, inventory.holdings(source=source), {}, located).follow(mine, shut)
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
