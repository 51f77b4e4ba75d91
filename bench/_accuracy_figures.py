"""Recall, precision and F of counts, and Markdown tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Z: Final = 1.959964
"""Of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its 95 % interval."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    def interval(self) -> tuple[float, float]:
        """Wilson's score interval; E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212."""
        if not self.whole:
            return 0.0, 1.0
        share, n = self.part / self.whole, self.whole
        middle = share + _Z**2 / (2 * n)
        half = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, (middle - half) / (1 + _Z**2 / n)), min(1.0, (middle + half) / (1 + _Z**2 / n))

    def __str__(self) -> str:
        """``96.3 % of 428 (94.1-97.7)``."""
        if self.value is None:
            return "-"
        low, high = self.interval()
        return f"{100 * self.value:.1f} % of {self.whole:,} ({100 * low:.1f}-{100 * high:.1f})"

    def data(self) -> dict[str, object]:
        """The share as JSON has it."""
        low, high = self.interval()
        return {"part": self.part, "of": self.whole, "share": self.value, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a tool did on some labels."""

    recall: Share
    precision: Share

    @classmethod
    def of(cls, met: int, labels: int, right: int, findings: int) -> Figures:
        """From counts."""
        return cls(Share(met, labels), Share(right, findings))

    def f(self, beta: float) -> float | None:
        """The F measure in which recall weighs ``beta`` times as much as precision; None without labels."""
        recall, precision = self.recall.value, self.precision.value or 0.0
        if recall is None:
            return None
        total = beta**2 * precision + recall
        return (1 + beta**2) * precision * recall / total if total else 0.0

    def cells(self) -> list[str]:
        """Recall, precision, F2."""
        f2 = self.f(2)
        return [str(self.recall), str(self.precision), "-" if f2 is None else f"{f2:.3f}"]

    def data(self) -> dict[str, object]:
        """The figures as JSON has them."""
        return {"recall": self.recall.data(), "precision": self.precision.data(), "f1": self.f(1), "f2": self.f(2)}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
