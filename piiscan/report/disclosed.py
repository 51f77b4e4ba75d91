"""What was given to whom: from dated disclosures, never from what was collected (law.md 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.config.facts import disclosures_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from piiscan.config import Config, Disclosure
    from piiscan.report.window import Window
    from piiscan.rulepack import RulePacks


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One recipient, what kind of disclosure, when, and the data types and categories it reaches."""

    to: str
    kind: str
    first: date
    last: date | None
    data_types: tuple[str, ...]
    letters: tuple[str, ...]

    @property
    def for_business_purpose(self) -> bool:
        """Whether it belongs into the list of business purposes, not into that of sale and sharing."""
        return self.kind == "business_purpose"

    def body(self) -> dict[str, object]:
        """As JSON."""
        return {
            "to": self.to,
            "kind": self.kind,
            "first": self.first,
            "last": self.last,
            "data_types": self.data_types,
            "letters": self.letters,
        }


def disclosures(config: Config, packs: RulePacks, window: Window, held: Collection[str]) -> list[Disclosed]:
    """The disclosures whose period overlaps the window.

    A data type named by its id counts whether or not it is still held; of a group or a category only what is held does,
    since a firm cannot have disclosed what it never had. A category named as such counts in any case.
    """
    reached: dict[Disclosure, set[str]] = {}
    for data_type in packs.data_types.values():
        for item in disclosures_for(config, data_type, (window.first, window.last)):
            types = reached.setdefault(item, set())
            if data_type.id in held or data_type.id in item.data_types:
                types.add(data_type.id)
    made = [_disclosed(item, types, packs) for item, types in reached.items()]
    return sorted(made, key=lambda item: (item.kind, item.to, item.first, item.data_types))


def recipients(items: Iterable[Disclosed], letter: str, *, business_purpose: bool) -> tuple[str, ...]:
    """Who received a category, in alphabetical order."""
    return tuple(
        sorted({item.to for item in items if letter in item.letters and item.for_business_purpose == business_purpose})
    )


def _disclosed(item: Disclosure, types: Collection[str], packs: RulePacks) -> Disclosed:
    named = {selector.removeprefix("category:") for selector in item.data_types if selector.startswith("category:")}
    letters = named | {letter for name in types for letter in packs.data_types[name].categories}
    return Disclosed(item.to, item.kind, item.first, item.last, tuple(sorted(types)), tuple(sorted(letters)))
