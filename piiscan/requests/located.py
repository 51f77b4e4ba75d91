"""What was found of a person: rows by container, what a human must judge, and what was not searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from piiscan.requests.identity import UNIQUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.model import Skip
    from piiscan.requests.persons import Judged

Row = tuple[object, ...]
Named = tuple[str, str, tuple[str, ...]]
"""Source, container and key, as texts."""
Cells = Mapping[str, Sequence[str]]
"""Values of a row by data type, or by column for a text."""


@dataclass(slots=True)
class Place:
    """What one container holds of the person."""

    source: str
    container: str
    key: tuple[str, ...]
    rows: dict[Row, frozenset[str]] = field(default_factory=dict, repr=False)
    """Key -> the data points that matched in the row, or in the row it refers to. Private."""
    near: list[tuple[Row, Judged, Mapping[str, Sequence[str]]]] = field(default_factory=list, repr=False)
    """Rows a human must judge. Private."""
    followed: int = 0
    """Of ``rows``, those found by a foreign key alone."""
    tells: set[tuple[tuple[str, str | int], ...]] = field(default_factory=set, repr=False)
    """Columns with their values, of which every row holds one set as a whole: what says that it is the person's. Private."""
    untold: bool = False
    """Whether there is a row of which no column says so in a way that a query could ask again."""

    def tell(self, row: Mapping[str, object], columns: Iterable[str]) -> None:
        """Remembers what of a row says that it is the person's: all of it must be there still when the row is used."""
        pairs = ((column, row.get(column)) for column in sorted(set(columns)))
        told = tuple((column, _told(value)) for column, value in pairs if not isinstance(value, bytes | float | None))
        self.tells.update([told] if told else [])
        self.untold = self.untold or not told


def plain(cells: Cells) -> dict[str, list[str]]:
    """Cells without what is empty, to compare."""
    return {name: list(values) for name, values in sorted(cells.items()) if values}


def _told(value: object) -> str | int:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


@dataclass(slots=True)
class Located:
    """What all sources hold of the person."""

    places: list[Place] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    unindexed: list[tuple[str, str, str]] = field(default_factory=list)
    """Source, container and column that no index helps to search."""
    statements: list[tuple[str, str, str]] = field(default_factory=list)
    texts: int = 0
    """Places of running text that hold types which were given: not searched."""

    accepted: Mapping[Named, Cells] = field(default_factory=dict, repr=False)
    """Rows that a human has found to be the person's, with what was read there: a row that says something else is another. Private."""
    used: set[Named] = field(default_factory=set, repr=False)
    """Those of them that were found again as they were read. Private."""
    apart: dict[str, set[frozenset[str]]] = field(default_factory=dict, repr=False)
    """By decisive type that was not given: what the rows that are the person's say. Private."""

    @property
    def several(self) -> bool:
        """Whether more than one person answers to the data points: two rows have nothing in common of a decisive type."""
        return any(one.isdisjoint(other) for told in self.apart.values() for one in told for other in told)

    def doubt(self) -> str:
        """Why what matched proves nothing; empty: it proves what it says."""
        if self.several:
            return "several persons answer to these data points: ask for one more"
        near = (judged for place in self.places for _, judged, _ in place.near)
        differing = {
            name for each in near if each.matched & UNIQUE and "person_name" in each.matched for name in each.against
        }
        return (
            f"a row of that name, with what only one person has, says another {', '.join(sorted(differing))}"
            if differing
            else ""
        )

    def add(self, place: Place, key: Row, judged: Judged, cells: Mapping[str, Sequence[str]]) -> bool:
        """Keeps a row where it belongs; whether it is the person's and new."""
        if judged.verdict == "near" and self.accepts(place, key, cells):
            new = key not in place.rows
            place.rows.setdefault(key, judged.matched)
            return new
        if judged.verdict == "near" and all(key != each[0] for each in place.near):
            place.near.append((key, judged, cells))
        if judged.verdict != "same" or key in place.rows:
            return False
        place.rows[key] = judged.matched
        for name, values in judged.apart:
            self.apart.setdefault(name, set()).add(values)
        return True

    def accepts(self, place: Place, key: Row, cells: Cells) -> bool:
        """Whether a human has found a row, as it is, to be the person's."""
        name = (place.source, place.container, tuple(map(str, key)))
        same = name in self.accepted and plain(self.accepted[name]) == plain(cells)
        self.used.update([name] if same else [])
        return same

    def best(self) -> frozenset[str]:
        """The data points that matched together in one row and the rows that refer to it; none where several persons do."""
        if self.several:
            return frozenset()
        found = [matched for place in self.places for matched in place.rows.values()]
        return max(found, key=lambda each: (len(each), sorted(each)), default=frozenset())
