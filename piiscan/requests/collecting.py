"""Reading the rows that were located of a person, once more, for the answer: only those that still are the person's."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.clocks import collection_clocks, owner_column
from piiscan.config.facts import facts_for
from piiscan.errors import SourceError
from piiscan.model import Container, Skip, SkipCode
from piiscan.model.judging import Among
from piiscan.model.seeking import Fetch
from piiscan.ports import Seeker
from piiscan.requests.pieces import Column, Pieces, Record, columns_of
from piiscan.retention.erasure import limit_of
from piiscan.retention.holder import UNKNOWN_OWNER
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.config.facts import Facts
    from piiscan.inventory import Inventory
    from piiscan.model import Batch, Source
    from piiscan.ports import Connector
    from piiscan.requests.persons import Person
    from piiscan.requests.private import Matched
    from piiscan.retention.erasure import Limit, Regime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request reaches."""

    regime: Regime
    since: date | None
    """Rows collected before are left out; None: whenever they were."""
    directed_by: str | None
    """The client that passed the request on."""
    as_of: date


def collect(config: Config, inventory: Inventory, asked: Asked, person: Person, rows: Sequence[Matched]) -> Pieces:
    """All pieces of these rows, by source and container; what cannot be read is a Skip. Raises UsageError for an unknown source."""
    pieces = Pieces()
    for name in sorted({each.source for each in rows}):
        source = config.source(name)
        try:
            with closing(connector_for(config, source, read_plan(config, "full"))) as connector:
                listed = {item.path: item for item in connector.containers() if isinstance(item, Container)}
                reading = _Reading(config, inventory, asked, person, source, connector, pieces)
                for each in sorted((each for each in rows if each.source == name), key=lambda each: each.container):
                    reading.place(listed.get(each.container), each)
        except SourceError as error:
            pieces.skips.append(error.skip(name))
    return pieces


class _Reading:
    """One source; what is found is added to the pieces."""

    def __init__(
        self,
        config: Config,
        inventory: Inventory,
        asked: Asked,
        person: Person,
        source: Source,
        connector: Connector,
        pieces: Pieces,
    ) -> None:
        self._config, self._asked, self._person = config, asked, person
        self._source, self._connector, self._pieces = source, connector, pieces
        self._types = inventory.packs.data_types
        self._holdings = inventory.holdings(source=source.name)

    def place(self, container: Container | None, rows: Matched) -> None:
        """Reads one container."""
        if container is None:
            self._skip(rows, SkipCode.VANISHED, "it is no longer listed: scan and locate again")
            return
        try:
            if isinstance(self._connector, Seeker) and rows.keys:
                self._rows(self._connector, container, rows)
            elif container.kind == "file":
                self._file(container, rows)
            else:
                why = "its rows have no key by which they could be read again: look at them by hand; exclude a view of tables that are read"
                self._skip(rows, SkipCode.ERROR, why)
        except SourceError as error:
            self._pieces.skips.append(error.skip(self._source.name, container=container.path))

    def _rows(self, connector: Seeker, container: Container, rows: Matched) -> None:
        """The rows that were located, as far as they still say that they are the person's."""
        columns = self._columns(container)
        if not columns:
            return
        telling = dict.fromkeys(name for told in rows.tells for name in told)
        names = tuple(dict.fromkeys((*columns, *telling)))
        exact = frozenset(telling.keys() - columns.keys())
        among = Among(rows.key, tuple(map(tuple, rows.keys)))
        clocks, owner = collection_clocks(self._source, container), owner_column(self._source, container)
        found = 0
        for portion in connector.fetch(container, Fetch(names, among, clocks, owner, self._asked.as_of, exact)):
            for row in portion:
                cells = dict(zip(names, row.cells, strict=True))
                if _says_so(cells, rows.tells):
                    found += 1
                    self._keep(container, columns, cells, row.owner, row.day)
        if found < len(rows.keys):
            gone = f"{len(rows.keys) - found:,} of {len(rows.keys):,} rows"
            self._skip(rows, SkipCode.VANISHED, f"{gone} are gone, or are not the person's any more: locate again")

    def _file(self, container: Container, rows: Matched) -> None:
        """The person's rows of a file: files are read whole, for their rows have no key; what only a human saw is for a human to give."""
        found = 0
        for item in self._connector.batches(container):
            if isinstance(item, Skip):
                self._pieces.skips.append(item)
            else:
                found += self._batch(item)
        if found < rows.count:
            why = f"{rows.count - found:,} of {rows.count:,} rows and texts are gone, or only a human can tell that they are the person's: give them by hand"
            self._skip(rows, SkipCode.ERROR, why)

    def _batch(self, batch: Batch) -> int:
        """Adds the person's rows, and says how many there are."""
        found = 0
        columns = {name: column for name, column in self._columns(batch.container).items() if name in batch.columns}
        for number in range(batch.rows):
            cells = {name: batch.columns[name][number] for name in columns}
            held: dict[str, list[str]] = {}
            for name, column in columns.items():
                for kind in column.types if _is_filled(cells[name]) else ():
                    held.setdefault(kind.id, []).append(str(cells[name]))
            if self._person.judge(held).verdict == "same":
                found += 1
                self._keep(batch.container, columns, cells, None, None)
        return found

    def _columns(self, container: Container) -> dict[str, Column]:
        place = (container.path, container.member)
        return columns_of([each for each in self._holdings if (each.container, each.member) == place], self._types)

    def _keep(
        self,
        container: Container,
        columns: Mapping[str, Column],
        cells: Mapping[str, object],
        owner: str | None,
        day: date | None,
    ) -> None:
        """Adds a row, unless it is older than what was asked about, or no part of the request."""
        client = None if owner == UNKNOWN_OWNER else owner
        kinds = {kind.id: kind for column in columns.values() for kind in column.types}
        facts = {
            name: facts_for(self._config, container.source, container.path, kind, client)
            for name, kind in kinds.items()
        }
        limit = limit_of(list(facts.values()), self._asked.regime, self._asked.directed_by)
        if limit is not None:
            self._pieces.outside[limit.id, _client(limit, facts)] += 1
        elif day is not None and self._asked.since is not None and day < self._asked.since:
            self._pieces.older += 1
        else:
            filled = ((column, cells[name]) for name, column in columns.items() if _is_filled(cells[name]))
            pieces = tuple(column.piece(value, self._asked.regime) for column, value in filled)
            self._pieces.records += [Record(day, pieces, facts)] if pieces else []

    def _skip(self, rows: Matched, code: SkipCode, reason: str) -> None:
        self._pieces.skips.append(Skip(rows.source, rows.container, code, reason))


def _says_so(cells: Mapping[str, object], tells: Sequence[Mapping[str, str | int]]) -> bool:
    """Whether a row still holds what it was found by; blanks around a value count for nothing: databases differ in them."""
    return not tells or any(
        all(str(cells[name]).strip() == str(value).strip() for name, value in told.items()) for told in tells
    )


def _is_filled(value: object) -> bool:
    return value is not None and str(value).strip() != ""


def _client(limit: Limit, facts: Mapping[str, Facts]) -> str:
    """On whose behalf the row is held, where that is why."""
    clients = {each.client for each in facts.values()}
    return (clients.pop() or "") if limit.id == "service_provider" and len(clients) == 1 else ""
