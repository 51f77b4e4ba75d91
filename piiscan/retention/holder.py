"""What a container holds, for whom, and under which law: what decides which rules reach its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from piiscan.clocks import owner_column
from piiscan.config.facts import Facts, facts_for
from piiscan.periods import Period
from piiscan.rulepack import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord
    from piiscan.model import Container, DataType, Source
    from piiscan.rulepack.retention import RetentionRule

UNKNOWN_OWNER: Final = "?"
"""Stands for every value of an owner column that is no client of the configuration."""
_ANY_DAY: Final = date(2001, 1, 1)
"""From which periods are compared."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A container with the data types found in it, and what the configuration says of each for each owner of rows."""

    container: Container
    columns: Mapping[str, tuple[str, ...]]
    """Data type -> its columns; empty for running text and files."""
    solid: frozenset[str]
    """The data types that whole columns hold, or the file as a whole: not some cells of running text among others."""
    owner_column: str | None
    owners: tuple[str | None, ...]
    """Who may own rows here: None = one owner for all."""
    facts: Mapping[tuple[str | None, str], Facts]
    """By owner and data type."""
    types: Mapping[str, DataType]
    capacities: frozenset[str]

    def reached_by(self, rule: RetentionRule, owner: str | None) -> frozenset[str]:
        """The data types held here that a rule speaks of in an owner's rows; none where it does not reach them.

        A capacity is the firm's as a whole; role and regime are those of the placement, per data type (law.md 3.2, 3.3).
        """
        if not self._is_in_reach(rule):
            return frozenset()
        named = select_all(rule.data_types, self.types) & self.columns.keys()
        return frozenset(
            name
            for name in named
            if (not rule.roles or self.facts[owner, name].role in rule.roles)
            and (not rule.regimes or self.facts[owner, name].regime in rule.regimes)
        )

    def tells(self, rule: RetentionRule, types: frozenset[str]) -> frozenset[str]:
        """Those of the types whose rows a query can tell: what is found in running text now and then is in unknown rows.

        A rule on everything speaks of the rows as a whole, and takes them all.
        """
        whole = rule.action == "delete" and "all" in rule.data_types
        return types if whole else types & self.solid

    def published(self, owner: str | None, types: Iterable[str]) -> Period | None:
        """The longest period that the firm publishes for these data types; None when it publishes none for one of them."""
        periods = []
        for name in types:
            try:
                periods.append(Period.parse(self.facts[owner, name].retention or ""))
            except ValueError:
                return None
        return max(periods, key=lambda period: period.end(_ANY_DAY), default=None)

    def columns_of(self, types: Iterable[str]) -> tuple[str, ...]:
        """The columns that hold any of these data types, sorted."""
        return tuple(sorted({column for name in types for column in self.columns[name]}))

    def _is_in_reach(self, rule: RetentionRule) -> bool:
        place = f"{self.container.source}:{self.container.path}"
        return (
            (not rule.capacities or not self.capacities.isdisjoint(rule.capacities))
            and (not rule.where or any(fnmatchcase(place, glob) for glob in rule.where))
            and (not rule.only_with or not self.columns.keys().isdisjoint(select_all(rule.only_with, self.types)))
        )


def holder_of(
    config: Config,
    source: Source,
    container: Container,
    holdings: Iterable[HoldingRecord],
    types: Mapping[str, DataType],
) -> Holder:
    """What a container holds, from the inventory's holdings of it (those of its members too, for a file goes as a whole)."""
    columns: dict[str, set[str]] = {}
    solid: set[str] = set()
    for holding in holdings:
        if holding.data_type in types:
            found = columns.setdefault(holding.data_type, set())
            if container.kind == "file" or "text" not in holding.evidence:
                solid.add(holding.data_type)
            if holding.column is not None and "text" not in holding.evidence:
                found.add(holding.column)
    column = owner_column(source, container) if container.kind != "file" else None
    owners = (*sorted(config.clients), UNKNOWN_OWNER) if column else (None,)
    return Holder(
        container=container,
        columns={name: tuple(sorted(found)) for name, found in sorted(columns.items())},
        solid=frozenset(solid),
        owner_column=column,
        owners=owners,
        facts={
            (owner, name): facts_for(config, source.name, container.path, types[name], _client(owner))
            for owner in owners
            for name in columns
        },
        types=types,
        capacities=frozenset((*config.firm.capacities, f"notice:{config.firm.notice}")),
    )


def select_all(selectors: Iterable[str], types: Mapping[str, DataType]) -> frozenset[str]:
    """The ids that selectors name; ``all`` names every data type. Raises RuleError for an unknown one."""
    chosen = tuple(selectors)
    return frozenset(types) if "all" in chosen else select(chosen, types)


def _client(owner: str | None) -> str | None:
    return None if owner == UNKNOWN_OWNER else owner
