"""Counts over the cells of one column: what `classify` judges by. Counts only, so the order of rows cannot matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_TELLING: Final = 8
"""Different values that, all passing a check, are no coincidence; more are not counted."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A data type found in a value: whether it is the whole value, how sure, by which recognizer."""

    data_type: str
    recognizer: str
    score: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """All there is to say about one value."""

    hits: tuple[Hit, ...] = ()
    shapes: tuple[str, ...] = ()
    """Ids of the column's rules whose form it has."""
    kind: str | None = None
    """What a text could as well have been declared."""
    digits: int = 0
    """Its length, if it is digits and nothing else."""


@dataclass(slots=True)
class Found:
    """How often one data type was found, and how well."""

    whole: int = 0
    inside: int = 0
    bare: int = 0
    """Of the whole ones, those of digits and nothing else."""
    score: float = 0.0
    recognizers: set[str] = field(default_factory=set)
    different: set[bytes] = field(default_factory=set)
    """Digests of the first few different values."""

    @property
    def cells(self) -> int:
        """Cells in which it was found."""
        return self.whole + self.inside


@dataclass(slots=True)
class Tally:
    """What the cells of one column add up to."""

    nulls: int = 0
    seen: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """Cells by the kind their own type or their text has."""
    shapes: Counter[str] = field(default_factory=Counter)
    digits: Counter[int] = field(default_factory=Counter)
    """Cells of digits and nothing else, by their number."""
    strong: dict[str, Found] = field(default_factory=dict)
    weak: dict[str, Found] = field(default_factory=dict)

    def add(self, reading: Reading, kind: str, digest: bytes, cells: int, minimum: float) -> None:
        """Counts a value that ``cells`` cells hold."""
        self.seen += cells
        self.kinds[kind] += cells
        if reading.kind is not None and reading.kind != kind:
            self.kinds[reading.kind] += cells
        for shape in reading.shapes:
            self.shapes[shape] += cells
        if reading.digits:
            self.digits[reading.digits] += cells
        for hit in reading.hits:
            table = self.strong if hit.score >= minimum else self.weak
            found = table.setdefault(hit.data_type, Found())
            if hit.whole:
                found.whole += cells
                found.bare += cells * bool(reading.digits)
            else:
                found.inside += cells
            found.score = max(found.score, hit.score)
            found.recognizers.add(hit.recognizer)
            if len(found.different) < _TELLING:
                found.different.add(digest)

    def whole(self, data_type: str) -> int:
        """Cells that are this data type as a whole, weak findings counted in."""
        return sum(t[data_type].whole for t in (self.strong, self.weak) if data_type in t)

    def telling(self, data_type: str) -> bool:
        """Whether so many different values passed that coincidence is ruled out."""
        return any(len(t[data_type].different) >= _TELLING for t in (self.strong, self.weak) if data_type in t)
