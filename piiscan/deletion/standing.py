"""Holds and extensions as they stand now: what was placed after a plan was made stops the rows it reaches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from piiscan.inventory import opened
from piiscan.model import Container
from piiscan.retention.covering import covering_of
from piiscan.retention.holder import holder_of
from piiscan.retention.justified import justifies

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from piiscan.config import Config
    from piiscan.deletion.plan import Step
    from piiscan.inventory import Against, HoldingRecord, Inventory, Justification, SealedScope
    from piiscan.model import Secret
    from piiscan.model.judging import Cover
    from piiscan.ports import Connector
    from piiscan.retention.covering import Covering
    from piiscan.rulepack.retention import RetentionRules

Covers = tuple[tuple["Cover", ...], tuple["Cover", ...]]
"""Holds, then extensions."""


def in_force(
    config: Config, inventory: Inventory, rules: RetentionRules, as_of: date, against: Against
) -> list[Justification]:
    """The holds in force today and what justifies something ``against`` it on a day, as the engine of retention takes them."""
    today = datetime.now(ZoneInfo(config.firm.timezone)).date()
    return [
        each
        for each in inventory.justifications()
        if (each.kind == "hold" and each.against == "schedule" and each.covers(today))
        or (each.against == against and justifies(each, rules.grounds, rules.rules, as_of))
    ]


class Standing:
    """What is in force on a day and was not when a plan was made, put to the containers of one source."""

    def __init__(
        self,
        config: Config,
        inventory: Inventory,
        rules: RetentionRules,
        secret: Secret,
        as_of: date,
        known: Collection[str],
        source: str,
        connector: Connector,
        against: Against,
    ) -> None:
        """Reads the store and lists the source; ``known`` are the ids the plan was judged with. Raises SourceError, SealError."""
        self._config, self._inventory, self._rules, self._secret = config, inventory, rules, secret
        self._against: Against = against
        self._as_of, self._known_ids, self._source = as_of, frozenset(known), config.source_without_secret(source)
        self._justifications: list[tuple[Justification, SealedScope | None]] = []
        self._coverings: dict[str, Covering] = {}
        self._holdings: dict[str, list[HoldingRecord]] = {}
        for each in inventory.holdings(source=source):
            self._holdings.setdefault(each.container, []).append(each)
        self._listed = {item.path: item for item in connector.containers() if isinstance(item, Container)}
        self.refresh()

    def refresh(self) -> bool:
        """Whether anything was placed or ended since the store was last asked. Raises StoreError, SealError."""
        found = [
            each
            for each in in_force(self._config, self._inventory, self._rules, self._as_of, self._against)
            if each.id not in self._known_ids
        ]
        if [each.id for each in found] == [each.id for each, _ in self._justifications]:
            return False
        self._justifications = [(each, opened(each.scope, self._secret)) for each in found]
        self._coverings.clear()
        return True

    def covers(self, step: Step) -> Covers:
        """The new holds, then the new extensions, that reach rows of a step's table."""
        if not self._justifications:
            return (), ()
        covering, affected = self._covering(step.container.path)
        return covering.holds(affected), self._excuses(covering, affected, step)

    def stops_file(self, step: Step, path: str) -> str | None:
        """The id of a new hold or extension that reaches a file, if one does."""
        if not self._justifications:
            return None
        covering, affected = self._covering(path)
        found = (*covering.holds(affected), *self._excuses(covering, affected, step))
        return next((each.id for each in found if () in each.rows), None)

    def _excuses(self, covering: Covering, affected: frozenset[str], step: Step) -> tuple[Cover, ...]:
        """What excuses rows from what the step carries out: the schedule, or a consumer's request."""
        if self._against == "request":
            return covering.refusals(affected)
        return covering.extensions(affected, step.rule.id) if step.rule.yields else ()

    def hold_on(self, path: str) -> str | None:
        """The id of a new hold whose scope names a container, whatever rows it is about."""
        named = (each for each, _ in self._justifications if each.kind == "hold")
        return next((each.id for each in named if each.scope.names(self._source.name, path)), None)

    def _covering(self, path: str) -> tuple[Covering, frozenset[str]]:
        """What reaches a container, and all data types it holds: a row goes as a whole."""
        held = self._holdings.get(path, [])
        if path not in self._coverings:
            container = self._listed.get(path, Container(self._source.name, path, "table"))
            holder = holder_of(self._config, self._source, container, held, self._inventory.packs.data_types)
            everything = [each for records in self._holdings.values() for each in records]
            others = tuple(self._listed.values())
            self._coverings[path] = covering_of(self._justifications, holder, everything, others)
        return self._coverings[path], frozenset(each.data_type for each in held)


def new_ids(covers: Mapping[int, Covers]) -> dict[int, list[str]]:
    """Order of a step -> ids of what stops rows of it and was not in its plan; steps without any are left out."""
    found = {order: sorted({each.id for kind in both for each in kind}) for order, both in covers.items()}
    return {order: ids for order, ids in found.items() if ids}
