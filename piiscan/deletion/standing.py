"""Holds and extensions as they stand now: what was placed after a plan was made stops the rows it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.inventory import opened
from piiscan.model import Container
from piiscan.retention.covering import Covering, covering_of
from piiscan.retention.holder import holder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from piiscan.config import Config
    from piiscan.deletion.plan import Step
    from piiscan.inventory import Inventory, Justification, SealedScope
    from piiscan.model import Secret
    from piiscan.model.judging import Cover
    from piiscan.ports import Connector


class Standing:
    """What is in force on a day and was not when a plan was made, put to the containers of one source."""

    def __init__(
        self,
        config: Config,
        inventory: Inventory,
        secret: Secret,
        as_of: date,
        known: Collection[str],
        source: str,
        connector: Connector,
    ) -> None:
        """Reads the store and lists the source; ``known`` are the ids the plan was judged with. Raises SourceError, SealError."""
        self._config, self._source = config, config.source_without_secret(source)
        self._types = inventory.packs.data_types
        self._justifications: list[tuple[Justification, SealedScope | None]] = [
            (each, opened(each.scope, secret))
            for each in inventory.justifications()
            if each.against == "schedule" and each.covers(as_of) and each.id not in known
        ]
        self._holdings = inventory.holdings(source=source)
        self._listed = {item.path: item for item in connector.containers() if isinstance(item, Container)}
        self._known: dict[str, Covering] = {}

    def covers(self, step: Step) -> tuple[tuple[Cover, ...], tuple[Cover, ...]]:
        """The new holds, then the new extensions, that reach rows of a step's table."""
        covering, affected = self._covering(step.container.path)
        return covering.holds(affected), covering.extensions(affected, step.rule.id) if step.rule.yields else ()

    def stops_file(self, step: Step, path: str) -> str | None:
        """The id of a hold or an extension that reaches a file, if one does."""
        covering, affected = self._covering(path)
        found = [*covering.holds(affected)]
        if step.rule.yields:
            found += covering.extensions(affected, step.rule.id)
        return next((each.id for each in found if () in each.rows), None)

    def hold_on(self, path: str) -> str | None:
        """The id of a new hold whose scope names a container, whatever rows it is about."""
        named = (each for each, _ in self._justifications if each.kind == "hold")
        return next((each.id for each in named if each.scope.names(self._source.name, path)), None)

    def _covering(self, path: str) -> tuple[Covering, frozenset[str]]:
        """What reaches a container, and all data types it holds: a row goes as a whole."""
        held = [each for each in self._holdings if each.container == path]
        if path not in self._known:
            container = self._listed.get(path, Container(self._source.name, path, "table"))
            holder = holder_of(self._config, self._source, container, held, self._types)
            others = tuple(self._listed.values())
            self._known[path] = covering_of(self._justifications, holder, self._holdings, others)
        return self._known[path], frozenset(each.data_type for each in held)


def new_ids(covers: Mapping[int, tuple[tuple[Cover, ...], tuple[Cover, ...]]]) -> dict[int, list[str]]:
    """Order of a step -> ids of what stops rows of it and was not in its plan; steps without any are left out."""
    found = {order: sorted({each.id for kind in both for each in kind}) for order, both in covers.items()}
    return {order: ids for order, ids in found.items() if ids}
