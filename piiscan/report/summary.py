"""Slices added up: what of a category, of a heading or of a data type was collected, is held, has no date."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.report.counts import Count, Figure, latest

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
        return self.count.collected.number > 0

    @property
    def likely(self) -> bool:
        """Whether the only proof of a date in the window is a share of rows that do not all hold it."""
        return self.collected and not self.count.certain

    @property
    def estimated(self) -> bool:
        """Whether any of its figures is an estimate."""
        return any(figure.estimated for figure in self.figures)

    @property
    def at_least(self) -> bool:
        """Whether any of its figures may be too small: several columns contribute, and the rows they fill may differ."""
        return any(figure.at_least for figure in self.figures)

    @property
    def figures(self) -> tuple[Figure, Figure, Figure]:
        """Records collected in the window, undated, and held."""
        return (self.count.collected, self.count.undated, self.count.held)

    @property
    def held(self) -> bool:
        """Whether any record is possessed at all."""
        return bool(self.slices)

    @property
    def undated(self) -> bool:
        """Whether any record has no date of collection."""
        return self.count.undated.number > 0

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
            "collected_by_estimate": self.likely,
            "held": self.held,
            "undated": self.undated,
            "records_collected": self.count.collected.number,
            "records_held": self.count.held.number,
            "records_undated": self.count.undated.number,
            "records_estimated": self.estimated,
            "records_at_least": self.at_least,
        }


def summarize(slices: Iterable[Slice]) -> Summary:
    """The slices' sum; what several of them count of one container's rows counts once."""
    kept = tuple(slices)
    groups: dict[tuple[Key, str | None], list[Slice]] = defaultdict(list)
    for item in _stored(kept):
        groups[item.key, item.client].append(item)
    return Summary(kept, sum(map(_union, groups.values()), start=Count()))


def _union(group: Sequence[Slice]) -> Count:
    """The least number of rows that hold any of the group: of those collected, undated and outside the window, each the most."""
    if len(group) == 1:
        return group[0].count
    rows = max((item.rows for item in group), key=lambda count: count.held.number)
    several = len({item.which for item in group}) > 1
    counts = [item.count for item in group]
    collected = _most([count.collected for count in counts], rows.collected, several=several)
    undated = _most([count.undated for count in counts], rows.undated, several=several)
    outside = max(count.held.number - count.collected.number - count.undated.number for count in counts)
    best = _most([count.held for count in counts], rows.held, several=several)
    number = max(best.number, min(collected.number + undated.number + outside, rows.held.number))
    unsure = any(figure.estimated for each in counts for figure in (each.held, each.collected, each.undated))
    held = Figure(number, best.estimated or (unsure and number > best.number), several and number < rows.held.number)
    return Count(held, collected, undated, any(count.certain for count in counts), latest(*counts))


def _most(figures: Sequence[Figure], rows: Figure, *, several: bool) -> Figure:
    """The largest figure, the surer of two equal ones; at least so many where several columns contribute and rows are left."""
    best = max(figures, key=lambda figure: (figure.number, not figure.estimated))
    return Figure(best.number, best.estimated, several and best.number < rows.number)


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


def views_apart(slices: Sequence[Slice]) -> list[Slice]:
    """Those of views where a table of the same source holds it too: a view stores nothing, its rows would count twice."""
    tables = {item.holding.source for item in slices if item.holding.container_kind == "table"}
    return [item for item in slices if item.holding.container_kind == "view" and item.holding.source in tables]


def _stored(slices: Sequence[Slice]) -> list[Slice]:
    apart = {id(item) for item in views_apart(slices)}
    return [item for item in slices if id(item) not in apart]


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names without repetition, in the order they came."""
    return tuple(dict.fromkeys(names))
