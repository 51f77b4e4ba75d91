"""A column's different values, counted: the share that matches, not weighed by how often one is repeated, with an interval."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_LARGEST: Final = 1_000
"""Different values drawn at most: an interval of three points either way."""
_Z: Final = 1.96
"""Standard deviations either side that hold 95 % of a normal distribution."""
_Key = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many different values."""

    part: int
    whole: int
    drawn: bool = False
    """Whether the whole is a sample of the different values."""

    @property
    def value(self) -> float:
        """The share, 0-1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval, 95 %: it holds for few values too (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""
        if not self.whole:
            return 0.0, 1.0
        n, p, z = self.whole, self.value, _Z * _Z
        middle = (p + z / (2 * n)) / (1 + z / n)
        reach = _Z * math.sqrt(p * (1 - p) / n + z / (4 * n * n)) / (1 + z / n)
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def __str__(self) -> str:
        low, high = (round(100 * bound) for bound in self.interval)
        several = "value" if self.whole == 1 else "values"
        drawn = "sampled " if self.drawn else ""
        return f"{self.part:,} of {self.whole:,} {drawn}different {several} (95 % interval {low}-{high} %)"


@dataclass(slots=True)
class ValueSample:
    """The different values with the smallest digests, each with what it is.

    That draw is random for the values, but the same whatever the order of rows, the batches and the bounds of memory.
    """

    _held: dict[_Key, frozenset[str]] = field(default_factory=dict)
    _largest: list[tuple[int, _Key]] = field(default_factory=list)
    _left_out: bool = False

    def wants(self, digest: bytes, kind: str) -> bool:
        """Whether a value belongs to the sample and is not in it yet."""
        if (digest, kind) in self._held:
            return False
        if len(self._held) < _LARGEST or _rank(digest, kind) > self._largest[0][0]:
            return True
        self._left_out = True
        return False

    def add(self, digest: bytes, kind: str, marks: Collection[str]) -> None:
        """Takes in a value it wants, for the one with the largest digest if it is full; ``marks`` name what it is."""
        key = (digest, kind)
        entry = (_rank(digest, kind), key)
        if len(self._held) < _LARGEST:
            heapq.heappush(self._largest, entry)
        else:
            _, last = heapq.heapreplace(self._largest, entry)
            del self._held[last]
            self._left_out = True
        self._held[key] = frozenset(marks)

    def share(self, *marks: str) -> Share:
        """How many of the values have one of these marks."""
        part = sum(not held.isdisjoint(marks) for held in self._held.values())
        return Share(part, len(self._held), self._left_out)


def _rank(digest: bytes, kind: str) -> int:
    """Smaller for larger digests, so that the heap gives up the largest first."""
    return -int.from_bytes(digest + kind.encode()[:8].ljust(8), "big")
