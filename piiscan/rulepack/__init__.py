"""Rule packs: what is looked for and what the law calls it, read from TOML.

Shipped packs lie in `piiscan.rules`; folders of the same format may add to them or replace a rule by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.errors import RuleError
from piiscan.model import LETTERS, DataType
from piiscan.rulepack.notices import Heading, Notice, notice, shipped
from piiscan.rulepack.promises import Check, Lag, Promise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Check", "ColumnRule", "Entity", "Heading", "Lag", "Notice", "Pattern", "Predefined", "Promise", "Recognizer", "RulePacks",
    "load", "notice", "select", "shipped",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """One expression of a recognizer; ``score`` (0-1) is what an accepted match is worth."""

    name: str
    regex: str
    score: float


@dataclass(frozen=True, slots=True)
class _Finder:
    """What our recognizers and Presidio's have in common; see `schema` for the meaning of each."""

    id: str
    data_type: str
    entity: str
    regions: tuple[str, ...]
    context: tuple[str, ...]
    context_score: float
    chance: float
    rare: bool
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    origin: str
    """The file it comes from."""

    def applies(self, regions: Collection[str]) -> bool:
        """Whether the firm's regions call for it."""
        return not self.regions or not set(self.regions).isdisjoint(regions)


@dataclass(frozen=True, slots=True)
class Recognizer(_Finder):
    """A recognizer made of expressions and perhaps a checksum."""

    patterns: tuple[Pattern, ...]
    validator: str


@dataclass(frozen=True, slots=True)
class Predefined(_Finder):
    """A recognizer class of Presidio, with a factor on its scores."""

    recognizer: str
    scale: float


@dataclass(frozen=True, slots=True)
class Entity(_Finder):
    """A label of the named-entity recognizer: what models call it, and from which probability on it is believed."""

    labels: tuple[str, ...]
    least: float
    shape: str
    held: bool


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How columns of a data type are named and what their values look like; see `schema`."""

    id: str
    data_type: str
    names: tuple[str, ...]
    not_names: tuple[str, ...]
    exact: bool
    tables: tuple[str, ...]
    not_tables: tuple[str, ...]
    kinds: tuple[str, ...]
    shape: str
    low: float | None
    high: float | None
    confirmed_by: tuple[str, ...]
    needs_values: bool
    confidence: float
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class RulePacks:
    """Everything that decides detection, in a stable order."""

    names: tuple[str, ...]
    labels: Mapping[str, str]
    """Letter -> the statute's own label."""
    citations: Mapping[str, str]
    data_types: Mapping[str, DataType]
    recognizers: Mapping[str, Recognizer]
    predefined: Mapping[str, Predefined]
    entities: Mapping[str, Entity]
    columns: Mapping[str, ColumnRule]
    words: Mapping[str, tuple[str, ...]]
    abbreviations: Mapping[str, str]
    """Short form -> word."""
    overrides: tuple[str, ...]
    """What an extra folder replaced, one line each."""
    fingerprint: str
    """sha256 over all of the above: equal fingerprints detect alike."""


def load(
    packs: Sequence[str] = ("ccpa",), extra: Sequence[Path] = (), sensitive_when: Collection[str] = ()
) -> RulePacks:
    """The rules of the named shipped packs, then of the extra folders.

    ``sensitive_when`` names data types whose conditional sensitivity (Civ. Code 1798.140(ae)) the firm confirms: they get
    letter L. Raises RuleError naming file, table, key and problem.
    """
    from piiscan.rulepack.assembly import assemble, assemble_shipped  # noqa: PLC0415 - slow to import, needed only here

    if extra:  # a firm's own files may have changed since
        return assemble(tuple(packs), tuple(extra), frozenset(sensitive_when))
    return assemble_shipped(tuple(packs), frozenset(sensitive_when))


def select(selectors: Iterable[str], types: Mapping[str, DataType]) -> frozenset[str]:
    """The ids that selectors name: an id, ``group:GROUP``, ``category:LETTER`` or ``all``. Raises RuleError for an unknown one."""
    chosen: set[str] = set()
    for selector in selectors:
        kind, _, value = selector.rpartition(":")
        found = {t.id for t in types.values() if _selects(kind, value, t)}
        if not found and not (kind == "category" and len(value) == 1 and value in LETTERS):
            raise RuleError(
                f"unknown data type {selector!r}",
                hint="use an id, group:GROUP or category:LETTER of piiscan rules list",
            )
        chosen |= found
    return frozenset(chosen)


def _selects(kind: str, value: str, data_type: DataType) -> bool:
    if kind == "group":
        return data_type.group == value
    if kind == "category":
        return value in data_type.categories
    return not kind and value in {data_type.id, "all"}
