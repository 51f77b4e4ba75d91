"""How far a scan is, told to whoever shows it: the console's meter is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from piiscan.model import UnitResult


@dataclass(frozen=True, slots=True)
class Step:
    """So much more of a source was done."""

    containers: int = 1
    rows: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, result: UnitResult) -> Step:
        """One unit's container, rows and bytes."""
        parts = result.scanned
        return cls(1, sum(part.rows_seen for part in parts), sum(part.bytes for part in parts))


class Meter(Protocol):
    """Somebody to tell."""

    def start(self, source: str) -> None:
        """A source's listing begins."""

    def found(self, source: str) -> None:
        """One more container was listed."""

    def listed(self, source: str) -> None:
        """The listing is over: what was found is all there is."""

    def add(self, source: str, done: Step) -> None:
        """So much of a source was done."""


class Silent:
    """A meter that shows nothing."""

    def start(self, source: str) -> None:
        """Says nothing."""

    def found(self, source: str) -> None:
        """Says nothing."""

    def listed(self, source: str) -> None:
        """Says nothing."""

    def add(self, source: str, done: Step) -> None:
        """Says nothing."""
