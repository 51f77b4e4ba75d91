"""Everything a check may ask: what is held, for whom, what the firm says of it, and what was not read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from piiscan.config.facts import facts_for, owner_of
from piiscan.model import DataType
from piiscan.notices.outcome import Outcome, Where
from piiscan.periods import Period
from piiscan.retention import Assessment, assess
from piiscan.rulepack import select

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.config.facts import Facts
    from piiscan.inventory import ContainerRecord, HoldingRecord, Inventory
    from piiscan.model import Skip
    from piiscan.notices.asking import Sources
    from piiscan.rulepack import Notice, RulePacks
    from piiscan.rulepack.retention import RetentionRules

WINDOW: Final = Period(months=12)
"""How far a notice's lists of what was collected and disclosed look back (Civ. Code 1798.130(a)(5))."""


@dataclass(frozen=True, slots=True)
class Held:
    """A holding, or the part of it that is one client's, with what the firm says of it."""

    record: HoldingRecord
    data_type: DataType
    client: str | None
    """``"?"``: rows that name no client of the configuration."""
    facts: Facts

    @property
    def own(self) -> bool:
        """Whether it belongs into the firm's own notice: not held for others, and under no other law."""
        return self.facts.role == "business" and self.facts.regime in (None, "ccpa")

    @property
    def proved(self) -> bool:
        """Whether something in it says so, and not its name alone."""
        return self.record.evidence != ("name",)

    @property
    def filled(self) -> int:
        """Cells seen that hold it: all filled ones of a column that is named so."""
        record = self.record
        return record.cells_seen if "name" in record.evidence else record.cells_matched


@dataclass(frozen=True)
class Known:
    """The firm's configuration and inventory on a day, for the checks of one notice."""

    notice: Notice
    config: Config
    inventory: Inventory
    packs: RulePacks
    rules: RetentionRules
    as_of: date
    sources: Sources
    unread: tuple[str, ...] = ()
    """What was not read and ought to be, a few words each; then nothing proves that something is nowhere."""
    sampled: int = 0
    """Tables of which only a sample was read."""
    served: Callable[[str], bool] = field(default=lambda _: False)
    """Whether this version has a command."""

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What is held, in the inventory's order; what views show of tables is not told twice."""
        records = self.inventory.holdings(min_confidence=self.config.detection.min_confidence)
        stored = {(each.source, each.data_type) for each in records if each.container_kind == "table"}
        return tuple(
            item
            for record in records
            if not _is_empty(record)
            and not (record.container_kind == "view" and (record.source, record.data_type) in stored)
            for item in self._by_client(record)
        )

    @cached_property
    def containers(self) -> tuple[ContainerRecord, ...]:
        """Every container of the inventory."""
        return tuple(self.inventory.containers())

    @cached_property
    def assessment(self) -> Assessment:
        """How all that is held stands by the rules of retention."""
        return assess(self.config, self.inventory, self.rules, as_of=self.as_of)

    @property
    def skips(self) -> tuple[Skip, ...]:
        """What could not be judged, as far as any check asked about keeping."""
        return self.assessment.skips if "assessment" in self.__dict__ else ()

    @property
    def window(self) -> tuple[date, date]:
        """The twelve months up to the day, both ends included."""
        return WINDOW.begun_by(self.as_of + timedelta(days=1)), self.as_of

    @cached_property
    def denied(self) -> frozenset[str]:
        """Data types of which the notice says that they are not stored: another check looks for them."""
        headings = self.notice.headings
        return frozenset[str]().union(*(self.types(each.denied) for each in headings if each.claims == "never_stored"))

    def types(self, selectors: Iterable[str]) -> frozenset[str]:
        """The data types that selectors name. Raises RuleError for an unknown one."""
        return select(selectors, self.packs.data_types)

    def of(self, selectors: Iterable[str]) -> tuple[Held, ...]:
        """What is held of these data types."""
        wanted = self.types(selectors)
        return tuple(item for item in self.held if item.data_type.id in wanted)

    def personal(self, selectors: Sequence[str] = ()) -> tuple[Held, ...]:
        """What is held that the statute puts into a category, of these data types or of all."""
        found = self.of(selectors) if selectors else self.held
        return tuple(item for item in found if item.data_type.categories)

    def absent(self, message: str) -> Outcome:
        """Kept, for want of anything against it; unknown where not all was read."""
        if self.unread:
            return Outcome("unknown", f"{message} Not all was read: {'; '.join(self.unread)}.")
        more = f" {self.sampled:,} large tables were read by sample." if self.sampled else ""
        return Outcome("kept", message + more)

    def _by_client(self, record: HoldingRecord) -> Iterator[Held]:
        data_type = self.packs.data_types.get(record.data_type) or DataType(
            record.data_type, record.label, record.group, record.categories, record.sensitive
        )
        fixed = owner_of(self.config, record.source, record.container)
        owners: Sequence[str | None] = (fixed,) if fixed else record.owners or (None,)
        for owner in owners:
            known = None if owner == "?" else owner
            yield Held(
                record, data_type, owner, facts_for(self.config, record.source, record.container, data_type, known)
            )


def _is_empty(record: HoldingRecord) -> bool:
    """Whether every row was read and the column is filled in none."""
    return record.cells_seen == 0 and record.coverage == "full" and "declared" not in record.evidence


def places(items: Iterable[Held], note: Callable[[Held], str] = lambda _: "", *, apart: bool = False) -> list[Where]:
    """Where the items lie: one place for each column, or text, with its data types and since when; ``apart``: for each owner."""
    groups: defaultdict[tuple[object, ...], list[Held]] = defaultdict(list)
    for item in items:
        record = item.record
        key = (record.source, record.container, record.member, record.column or "", note(item))
        groups[(*key, item.client or "") if apart else key].append(item)
    return [_place(group, note(group[0]), apart=apart) for group in groups.values()]


def _place(group: Sequence[Held], note: str, *, apart: bool) -> Where:
    first = group[0].record
    return Where(
        first.source,
        first.container,
        first.member,
        first.column,
        tuple(sorted({item.data_type.id for item in group})),
        min(item.record.first_seen for item in group).date(),
        owner=group[0].client if apart else None,
        note=note,
    )


def saying(text: str) -> Callable[[Held], str]:
    """The same note for every place."""
    return lambda _: text


def noted(found: Iterable[Where], note: str) -> list[Where]:
    """The places with a note behind their own."""
    return [replace(each, note="; ".join(filter(None, (each.note, note)))) for each in found]


def labels(items: Iterable[Held]) -> str:
    """What the items are, by name, in alphabetical order."""
    return ", ".join(sorted({item.data_type.label for item in items}, key=str.casefold))


def ids(items: Iterable[Held]) -> Collection[str]:
    """The data types of the items."""
    return {item.data_type.id for item in items}
