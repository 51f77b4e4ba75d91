"""Findings sorted by whose they are: the firm's own, a client's, or outside the CCPA."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from piiscan.config.facts import facts_for, owner_of
from piiscan.model import Ages, Clock, DataType
from piiscan.report.counts import UNKNOWN_CLIENT, ContainerRows, Count, container_rows, is_whole, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from piiscan.config import Config
    from piiscan.config.facts import Facts
    from piiscan.inventory import AgesRecord, ContainerRecord, HoldingRecord, Inventory
    from piiscan.report.window import Window
    from piiscan.rulepack import RulePacks

Key = tuple[str, str, tuple[str, ...]]

EXEMPT_REGIMES = {
    "glba": "collected, processed, sold or disclosed subject to the Gramm-Leach-Bliley Act: Civ. Code 1798.145(e); claims after a breach (1798.150) remain",
    "hipaa": "medical information under CMIA, or protected health information of a covered entity or business associate under HIPAA: Civ. Code 1798.145(c)(1), 1798.146",
    "fcra": "consumer reports, only to the extent that the Fair Credit Reporting Act regulates the activity: Civ. Code 1798.145(d); claims after a breach (1798.150) remain",
    "dppa": "information under the Driver's Privacy Protection Act: Civ. Code 1798.145(f); claims after a breach (1798.150) remain",
}
"""Laws that take data out of the CCPA when the firm says that they apply, and why (law.md 3.2)."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One holding's records that belong to one client (None: to nobody but the firm), and what the firm says of them."""

    holding: HoldingRecord
    data_type: DataType
    client: str | None
    facts: Facts
    count: Count
    rows: Count
    """All rows of its container that belong to the client."""
    container: ContainerRows
    """The container's rows, read or not, and what dates them."""

    @property
    def outside(self) -> bool:
        """Whether the firm has confirmed a law that takes it out of the CCPA; a data type's hint does not."""
        return self.facts.regime in EXEMPT_REGIMES

    @property
    def for_client(self) -> bool:
        """Whether it is held as a service provider."""
        return self.facts.role == "service_provider"

    @property
    def clock(self) -> Clock | None:
        """What dates its container's rows."""
        return self.container.clock

    @property
    def which(self) -> tuple[str | None, str | None]:
        """Which of the container's rows hold it: those whose column is filled, or only some of them."""
        return (self.holding.column, None if is_whole(self.holding) else self.holding.data_type)

    @property
    def own(self) -> bool:
        """Whether it belongs into the firm's own list."""
        return not self.outside and not self.for_client

    @property
    def key(self) -> Key:
        """The container."""
        return (self.holding.source, self.holding.container, self.holding.member)


def slices(inventory: Inventory, config: Config, packs: RulePacks, window: Window) -> list[Slice]:
    """Every holding of the inventory, split by client, in the inventory's order; one slice of zero records for an empty column."""
    holdings = inventory.holdings()
    counted = _rows_by_container(inventory, config, holdings, window)
    return [part for holding in holdings for part in _split(holding, counted[_key(holding)], config, packs)]


def _split(holding: HoldingRecord, rows: ContainerRows, config: Config, packs: RulePacks) -> Iterator[Slice]:
    data_type = packs.data_types.get(holding.data_type) or _remembered(holding)
    for part in parts(holding, rows):
        known = None if part.client == UNKNOWN_CLIENT else part.client
        facts = facts_for(config, holding.source, holding.container, data_type, known)
        yield Slice(holding, data_type, part.client or facts.client, facts, part.count, part.rows, rows)


def _rows_by_container(
    inventory: Inventory, config: Config, holdings: Iterable[HoldingRecord], window: Window
) -> dict[Key, ContainerRows]:
    ages: dict[Key, list[Ages]] = defaultdict(list)
    for item in inventory.ages():
        ages[_key(item)].append(item.ages)
    cells: dict[Key, int] = defaultdict(int)
    for holding in holdings:
        if holding.column is not None:
            cells[_key(holding)] = max(cells[_key(holding)], holding.cells_seen)
    made = {}
    for record in inventory.containers():
        key, client = _key(record), owner_of(config, record.source, record.container)
        made[key] = container_rows(record, ages[key], window, client=client, cells=cells[key])
    return made


def has_owner_column(config: Config, item: Slice) -> bool:
    """Whether the configuration names a column that says whose each row is."""
    source = config.sources.get(item.holding.source)
    owners = source.owners if source else {}
    return any(owner.column and fnmatchcase(item.holding.container, glob) for glob, owner in owners.items())


def _key(record: HoldingRecord | ContainerRecord | AgesRecord) -> Key:
    return (record.source, record.container, record.member)


def _remembered(holding: HoldingRecord) -> DataType:
    """The data type as the inventory recorded it, for one that today's rule packs no longer have."""
    return DataType(holding.data_type, holding.label, holding.group, holding.categories, holding.sensitive)
