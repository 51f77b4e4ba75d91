"""What the firm says of its data and no scan can see: where it comes from, what it is for, to whom it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from piiscan.config.schema import Disclosure, FactKeys
    from piiscan.config.settings import Config
    from piiscan.model import DataType

_KEYS: Final = (
    "collected_from", "purposes", "legal_basis", "role", "regime", "retention", "region", "deidentified", "marks", "safeguard",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about one data type in one container. None and empty = the configuration does not say."""

    collected_from: tuple[str, ...] = ()
    """Kinds of persons, as the statute means "sources" (Civ. 1798.110(c)(2))."""
    purposes: tuple[str, ...] = ()
    legal_basis: str | None = None
    role: Literal["business", "service_provider"] = "business"
    regime: str | None = None
    retention: str | None = None
    region: str | None = None
    deidentified: bool = False
    marks: tuple[str, ...] = ()
    """What a notice's promise may speak of: ``site_visitors``, ``billing``."""
    safeguard: str | None = None
    """What protects data that lies abroad."""
    client: str | None = None
    """The client (its id) on whose behalf it is held."""


def facts_for(config: Config, source: str, container: str, data_type: DataType, client: str | None = None) -> Facts:
    """The facts about a data type in a container, of one client's rows if ``client`` is given.

    The firm's role, then the source's defaults, then its ``[[facts]]`` in order (the later wins), then the role and regime
    of the client. A source the configuration no longer has: the firm's role alone.
    """
    client = client or owner_of(config, source, container)
    facts = Facts(role=config.firm.role, client=client)
    if (entry := config.sources.get(source)) is not None:
        facts = _with(facts, entry)
        for fact in entry.facts:
            if _reaches(fact.tables, fact.data_types, container, data_type):
                facts = _with(facts, fact)
    if client in config.clients:
        held_for = config.clients[client]
        facts = replace(facts, role=held_for.role or facts.role, regime=held_for.regime or facts.regime)
    return facts


def owner_of(config: Config, source: str, container: str) -> str | None:
    """The client to whom all of a container belongs; None when it is nobody's or each row's own. The later glob wins."""
    entry = config.sources.get(source)
    owners = [owner.client for glob, owner in entry.owners.items() if fnmatchcase(container, glob)] if entry else []
    return owners[-1] if owners else None


def disclosures_for(config: Config, data_type: DataType, window: tuple[date, date]) -> list[Disclosure]:
    """The disclosures of a data type on any day of the window (both ends included), in the file's order."""
    first, last = window
    return [
        each
        for each in config.disclosures
        if each.first <= last
        and (each.last is None or each.last >= first)
        and any(_selects(selector, data_type) for selector in each.data_types)
    ]


def _with(facts: Facts, said: FactKeys) -> Facts:
    changes: dict[str, Any] = {key: value for key in _KEYS if (value := getattr(said, key)) is not None}
    return replace(facts, **changes)


def _reaches(tables: Iterable[str], selectors: Iterable[str], container: str, data_type: DataType) -> bool:
    tables, selectors = tuple(tables), tuple(selectors)
    return (not tables or any(fnmatchcase(container, glob) for glob in tables)) and (
        not selectors or any(_selects(selector, data_type) for selector in selectors)
    )


def _selects(selector: str, data_type: DataType) -> bool:
    kind, _, name = selector.rpartition(":")
    match kind:
        case "group":
            return data_type.group == name
        case "category":
            return name in data_type.categories
    return data_type.id == name
