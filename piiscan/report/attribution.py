"""Which tables and files may hold a client's rows, and which are attributed to nobody and may hold them too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from piiscan.config.facts import owner_of
from piiscan.report.counts import UNKNOWN_CLIENT
from piiscan.report.narrowing import narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from piiscan.config import Config
    from piiscan.inventory import AgesRecord
    from piiscan.report.places import Located
    from piiscan.report.reading import Reading
    from piiscan.retention import Verdict


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the configuration and the counted rows say of one client."""

    client: str
    config: Config
    counted: Mapping[tuple[str, str], frozenset[str | None]]
    """By source and container: the owners of the rows that the scan counted."""

    @property
    def sources(self) -> frozenset[str]:
        """The sources in which some table or folder is this client's, or names a client row by row."""
        return frozenset(
            name
            for name, entry in self.config.sources.items()
            if any(owner.column or owner.client == self.client for owner in entry.owners.values())
        )

    def covers(self, item: Located) -> bool:
        """Whether it is this client's, or may have rows of it: nobody counted them, or some are. A whole source may."""
        if item.container is None:
            return item.source in self.sources
        if self._is_fixed(item):
            return True
        counted = self.counted.get((item.source, item.container))
        return self._has_column(item) and (counted is None or self.client in counted)

    def is_anyones(self, item: Located) -> bool:
        """Whether nothing says whose it is, or not of all its rows: it may hold this client's data all the same."""
        if item.container is None or owner_of(self.config, item.source, item.container) is not None:
            return False
        counted = self.counted.get((item.source, item.container))
        return not self._has_column(item) or counted is None or not counted.isdisjoint((None, UNKNOWN_CLIENT))

    def narrowed(self, reading: Reading) -> Reading:
        """The reading of what may hold this client's rows."""
        return narrowed(reading, self.sources, self.covers)

    def verdicts(self, made: Iterable[Verdict]) -> tuple[Verdict, ...]:
        """The verdicts on this client's rows."""
        return tuple(
            each for each in made if each.owner == self.client or (each.owner is None and self._is_fixed(each))
        )

    def ages(self, records: Iterable[AgesRecord]) -> Iterator[AgesRecord]:
        """The ages of this client's rows; none of a container that has no such row."""
        for record in records:
            rows = record.ages.rows
            mine = rows if self._is_fixed(record) else tuple(row for row in rows if row.owner == self.client)
            if mine:
                yield replace(record, ages=replace(record.ages, rows=mine))

    def _is_fixed(self, item: Located) -> bool:
        return owner_of(self.config, item.source, item.container or "") == self.client

    def _has_column(self, item: Located) -> bool:
        entry = self.config.sources.get(item.source)
        owners = entry.owners.items() if entry else ()
        return any(owner.column and fnmatchcase(item.container or "", glob) for glob, owner in owners)


def attribution(config: Config, client: str, ages: Iterable[AgesRecord]) -> Attribution:
    """What is attributed to a client, by the configuration and the rows that scans have counted."""
    counted: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for record in ages:
        counted[record.source, record.container] |= {row.owner for row in record.ages.rows if row.rows}
    return Attribution(client, config, {key: frozenset(owners) for key, owners in counted.items() if owners})
