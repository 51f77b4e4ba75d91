"""Counts over the cells of one column: what `classify` judges by. Counts only, so the order of rows cannot matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from piiscan.detect.sample import Share, ValueSample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.detect.settings import Bar

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
    code: bool = False
    """Whether it is one word of letters and figures, as keys are."""
    name: bool = False
    """Whether it is written like a person's name, of words that are given names or surnames."""
    unread: bool = False
    """Whether named entities were not looked for in it, though it is prose: the allowance was used up."""
    ignored: tuple[tuple[str, str], ...] = ()
    """Findings in it that the ignore list left out: the entry's id and the data type."""


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
    codes: int = 0
    """Cells of one word of letters and figures."""
    strong: dict[str, Found] = field(default_factory=dict)
    weak: dict[str, Found] = field(default_factory=dict)
    different: ValueSample = field(default_factory=ValueSample)
    untagged: int = 0
    """Cells in which named entities were not looked for: the allowance was used up."""
    ignored: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Cells of which the ignore list left a finding out, by the entry's id and the data type."""

    def add(self, reading: Reading, kind: str, digest: bytes, cells: int, bar: Bar) -> None:
        """Counts a value that ``cells`` cells hold."""
        self.seen += cells
        self.kinds[kind] += cells
        self.untagged += cells * reading.unread
        if reading.kind is not None and reading.kind != kind:
            self.kinds[reading.kind] += cells
        for shape in reading.shapes:
            self.shapes[shape] += cells
        if reading.digits:
            self.digits[reading.digits] += cells
        self.codes += cells * reading.code
        for left_out in reading.ignored:
            self.ignored[left_out] += cells
        if self.different.wants(digest, kind):
            self.different.add(digest, kind, tuple(_marks(reading, bar)))
        for hit in reading.hits:
            table = self.strong if hit.score >= bar.of(hit.data_type) else self.weak
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

    def share(self, data_type: str, *others: str) -> Share:
        """How many of the different values are one of these data types as a whole, weak findings counted in."""
        return self.different.share(*(f"type {name}" for name in (data_type, *others)))

    def strong_share(self, data_type: str) -> Share:
        """How many of them are it for certain."""
        return self.different.share(f"sure {data_type}")

    def formed_share(self, rule: str) -> Share:
        """How many of them have a column rule's form."""
        return self.different.share(f"form {rule}")

    def named_share(self) -> Share:
        """How many of them are made of given names and surnames."""
        return self.different.share("name")

    def whole(self, data_type: str) -> int:
        """Cells that are this data type as a whole, weak findings counted in."""
        return sum(t[data_type].whole for t in (self.strong, self.weak) if data_type in t)

    def telling(self, data_type: str) -> bool:
        """Whether so many different values passed that coincidence is ruled out."""
        return any(len(t[data_type].different) >= _TELLING for t in (self.strong, self.weak) if data_type in t)


def _marks(reading: Reading, bar: Bar) -> Iterator[str]:
    """What one value is, as the sample of different values remembers it."""
    if reading.name:
        yield "name"
    for rule in reading.shapes:
        yield f"form {rule}"
    for hit in reading.hits:
        if hit.whole:
            yield f"type {hit.data_type}"
            if hit.score >= bar.of(hit.data_type):
                yield f"sure {hit.data_type}"
