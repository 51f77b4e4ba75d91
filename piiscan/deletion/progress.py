"""How far an apply is, told by its evidence: what was done, and what was begun and not known to be done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion.chain import positions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.deletion.chain import Record


_BECAME: Final = ("taken", "changed", "gone", "linked")
"""What the end of a chunk of files may correct: each is looked at once more just before it goes."""


@dataclass(slots=True)
class Counts:
    """Rows of one step by what became of them."""

    taken: int = 0
    changed: int = 0
    gone: int = 0
    held: int = 0
    linked: int = 0

    def body(self) -> dict[str, int]:
        """By the names evidence and JSON give them."""
        return {
            "removed": self.taken,
            "changed": self.changed,
            "gone": self.gone,
            "held": self.held,
            "linked": self.linked,
        }


@dataclass(slots=True)
class Done:
    """What the records of a chain add up to."""

    chunks: dict[tuple[int, int], Record] = field(default_factory=dict)
    """By step and chunk, both from 1: the record of what was intended, where it is known to be done."""
    open: Record | None = None
    """What was intended last and is not known to be done."""
    parts: defaultdict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    """By step and chunk: positions of files that are gone of a chunk that is not done; files go one by one."""
    steps: defaultdict[int, Counts] = field(default_factory=lambda: defaultdict(Counts))
    """Counts by order of the step."""

    def take(self, records: Iterable[Record]) -> Done:
        """This, with more records taken in."""
        for record in records:
            self.add(record)
        return self

    def add(self, record: Record) -> None:
        """Takes in one record."""
        match record["event"]:
            case "intent":
                self.open = record
            case "void":
                self.open = None
            case "partly":
                self.open = None
                gone = positions(record["taken"])
                self.parts[record["step"], record["chunk"]].update(gone)
                self.steps[record["step"]].taken += len(gone)
            case "done" if self.open is not None:
                self._close(self.open | {key: record[key] for key in _BECAME if key in record})

    def _close(self, intent: dict[str, Any]) -> None:
        self.chunks[intent["step"], intent["chunk"]] = intent
        counts = self.steps[intent["step"]]
        counts.taken += len(positions(intent["taken"]))
        counts.changed += len(positions(intent["changed"]))
        counts.gone += len(positions(intent["gone"]))
        counts.held += len(positions(intent["held"]))
        counts.linked += len(positions(intent["linked"]))
        self.open = None
