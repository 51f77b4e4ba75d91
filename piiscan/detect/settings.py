"""What a detector is told: small, picklable, the same in every worker."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from piiscan.model import Secret


@dataclass(frozen=True, slots=True)
class Bar:
    """How sure a finding must be (0-1) to be reported."""

    least: float = 0.5
    by_type: Mapping[str, float] = field(default_factory=dict)
    """Data types for which it lies elsewhere."""

    def of(self, data_type: str) -> float:
        """The bar of one data type."""
        return self.by_type.get(data_type, self.least)


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """One ``[[ignore]]`` table: findings that every key it has fits are left out; a key fits if any of its items does."""

    id: str
    reason: str
    until: date
    """The last day on which it holds."""
    source: str | None = None
    """The source it was written for; None = every source."""
    values_hashed: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    data_types: tuple[str, ...] = ()
    """Selectors of data types; none = all."""


@dataclass(frozen=True, slots=True)
class DeclaredEntry:
    """One ``[[sources.NAME.declared]]`` table: what the firm says that some tables or columns of a source hold."""

    source: str
    data_types: tuple[str, ...]
    """Selectors of data types."""
    reason: str
    tables: tuple[str, ...] = ()
    """Globs over containers; none = all of the source."""
    columns: tuple[str, ...] = ()
    """Globs over columns; none = the container as a whole."""


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Everything a worker needs to build the same detector as the driver."""

    packs: tuple[str, ...] = ("ccpa",)
    extra: tuple[Path, ...] = ()
    """Folders of further rules."""
    min_confidence: float = 0.5
    """Detections and classifications below it are not returned (0-1)."""
    phone_regions: tuple[str, ...] = ("US",)
    """ISO 3166 regions whose national numbers are recognised."""
    regions: tuple[str, ...] = ("US",)
    """Where data may lie: rules of other regions are left out."""
    ner: str = "builtin"
    ner_characters: int = 100_000
    """Code points of one column, or of one file's text, in which named entities are looked for; 0 = all."""
    sensitive_when: tuple[str, ...] = ()
    """Data types whose conditional sensitivity the firm confirms."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """What counts instead of ``min_confidence`` for some data types."""
    by_source: Mapping[str, Bar] = field(default_factory=dict)
    """What counts in a source that says otherwise: complete, with what it takes over from the above."""
    ignore: tuple[IgnoreEntry, ...] = ()
    """What is left out, as of the day of the run: no expired entry is among them."""
    declared: tuple[DeclaredEntry, ...] = ()
    """What is declared to be held, as of the day of the run."""
    key: Secret | None = None
    """The firm's key, in base64: what ``values_hashed`` are made with. Needed only where there are any."""

    def bar(self, source: str = "") -> Bar:
        """How sure a finding in a source must be."""
        return self.by_source.get(source) or Bar(self.min_confidence, self.thresholds)

    def of_source(self, source: str) -> DetectorSettings:
        """What of these decides about one source: two that are equal detect alike there."""
        mine = tuple(entry for entry in self.ignore if entry.source in (None, source))
        declared = tuple(entry for entry in self.declared if entry.source == source)
        return replace(self, by_source={source: self.bar(source)}, ignore=mine, declared=declared)
