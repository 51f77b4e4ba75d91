"""Slices added up: what of a category, of a heading or of a data type was collected, is held, has no date."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.report.counts import Count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from piiscan.model import DataType
    from piiscan.report.places import Places
    from piiscan.report.slices import Key, Slice


@dataclass(frozen=True, slots=True)
class Summary:
    """A set of slices and their sum. A row that holds several of their data types counts once."""

    slices: tuple[Slice, ...]
    count: Count

    @property
    def collected(self) -> bool:
        """Whether any record is dated in the window."""
        return self.count.collected > 0

    @property
    def held(self) -> bool:
        """Whether any record is possessed at all."""
        return bool(self.slices)

    @property
    def undated(self) -> bool:
        """Whether any record has no date of collection."""
        return self.count.undated > 0

    @property
    def data_types(self) -> tuple[DataType, ...]:
        """What was found, by id."""
        return tuple(kind for _, kind in sorted({item.data_type.id: item.data_type for item in self.slices}.items()))

    @property
    def letters(self) -> tuple[str, ...]:
        """The categories of what was found."""
        return tuple(sorted({letter for kind in self.data_types for letter in kind.categories}))

    @property
    def collected_from(self) -> tuple[str, ...]:
        """The kinds of persons it came from, as configured for these data types."""
        return _distinct(name for item in self.slices for name in item.facts.collected_from)

    @property
    def purposes(self) -> tuple[str, ...]:
        """What it is used for, as configured."""
        return _distinct(name for item in self.slices for name in item.facts.purposes)

    @property
    def retention(self) -> tuple[str, ...]:
        """How long it is kept, as configured."""
        return _distinct(item.facts.retention for item in self.slices if item.facts.retention)

    @property
    def last_collected(self) -> str | None:
        """The latest day of collection up to the report's, ISO 8601."""
        return self.count.last_collected.isoformat() if self.count.last_collected else None

    def found_in(self, places: Places) -> list[dict[str, object]]:
        """Every place, with its column, in order."""
        found: dict[str, dict[str, object]] = {}
        for item in self.slices:
            holding = item.holding
            found.setdefault(
                places.spoken(holding, holding.column),
                {**places.of(holding), "column": places.column(holding, holding.column)},
            )
        return list(found.values())

    def body(self) -> dict[str, object]:
        """The counts as JSON."""
        return {
            "collected": self.collected,
            "held": self.held,
            "undated": self.undated,
            "records_collected": self.count.collected,
            "records_held": self.count.held,
            "records_undated": self.count.undated,
            "records_estimated": self.count.estimated or self.count.spread,
        }


def summarize(slices: Iterable[Slice]) -> Summary:
    """The slices' sum: in one container the data type that most rows hold speaks for all of them."""
    kept = tuple(slices)
    best: dict[tuple[Key, str | None], Count] = {}
    for item in _stored(kept):
        known = best.get((item.key, item.client))
        if known is None or item.count.held > known.held:
            best[item.key, item.client] = item.count
    return Summary(kept, sum(best.values(), start=Count()))


def by_type(slices: Iterable[Slice]) -> list[tuple[DataType, Summary]]:
    """A summary for each data type, by id."""
    groups: dict[str, list[Slice]] = defaultdict(list)
    for item in slices:
        groups[item.data_type.id].append(item)
    return [(group[0].data_type, summarize(group)) for _, group in sorted(groups.items())]


def of_types(slices: Iterable[Slice], ids: Collection[str]) -> list[Slice]:
    """The slices of some data types."""
    return [item for item in slices if item.data_type.id in ids]


def of_letter(slices: Iterable[Slice], letter: str) -> list[Slice]:
    """The slices of one category."""
    return [item for item in slices if letter in item.data_type.categories]


def _stored(slices: Sequence[Slice]) -> list[Slice]:
    """Without views of what a table of the same source holds too: a view stores nothing, its rows would count twice."""
    tables = {item.holding.source for item in slices if item.holding.container_kind == "table"}
    return [item for item in slices if item.holding.container_kind != "view" or item.holding.source not in tables]


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names without repetition, in the order they came."""
    return tuple(dict.fromkeys(names))
