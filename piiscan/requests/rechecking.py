"""Looking again for persons who asked to be deleted or left alone: where they are, and whether they came after the answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from piiscan.clocks import FILE_NAME, collection_clocks, parse_day
from piiscan.model import Container, Skip
from piiscan.requests.reading import cells, count_texts, held_columns, never_read, read
from piiscan.requests.suppression import Suppressed
from piiscan.retention.files import day_in_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import Inventory, Suppression
    from piiscan.model import Batch, Clock, Secret
    from piiscan.requests.reading import Columns, Where

Verdict = Literal["returned", "remains", "kept", "undated", "near"]
GONE_KINDS: Final = frozenset({"delete", "erase"})
_ALL_GONE: Final = frozenset({"complied", "nothing_held"})


@dataclass(slots=True)
class Rows:
    """One person's rows in one place."""

    rows: int = 0
    near: int = 0
    """Rows that hold what one person only can have, and differ in something decisive: a human must look."""
    sides: dict[int, Counter[str]] = field(default_factory=dict)
    """By clock: rows dated ``after`` the answer, and ``before`` its end of day."""


@dataclass(slots=True)
class Place:
    """One container, or a member of one, and who was found in it."""

    source: str
    container: str
    member: tuple[str, ...]
    clocks: tuple[Clock, ...]
    rows: int = 0
    """Rows read."""
    dating: set[int] = field(default_factory=set)
    """The clocks that date any row of it."""
    persons: dict[int, Rows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one place holds of one person."""

    place: Place
    rows: int
    after: int
    before: int
    near: int
    verdict: Verdict

    @property
    def undated(self) -> int:
        """Rows that no clock dates, or of which nothing is known to be compared with."""
        return self.rows - self.after - self.before


@dataclass(slots=True)
class Found:
    """What the sources say."""

    places: list[Place] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    texts: int = 0
    """Places that hold such data types in running text: not looked at."""

    def sightings(self, known: Suppression) -> list[Sighting]:
        """Where the person of one request is, in the order of the places."""
        return [_sighting(known, each, each.persons[known.request]) for each in self.places if known.request in each.persons]  # fmt: skip


class Rechecking:
    """The sources against those who must not come back unseen. Reads only; nothing of a person is kept but counts."""

    def __init__(self, config: Config, inventory: Inventory, known: Sequence[Suppression], key: Secret) -> None:
        self._config, self._inventory = config, inventory
        self._answered = {each.request: each.answered_on for each in known}
        self.suppressed = Suppressed(known, key)
        self._found = Found()

    def run(self, sources: Sequence[str]) -> Found:
        """What was found, by place."""
        for source in sources if self._answered else ():
            self._found.skips += never_read(self._inventory, source)
            holdings = self._inventory.holdings(source=source)
            held = held_columns(holdings, self.suppressed.data_types)
            known = {place: columns for place, columns in held.items() if columns.keys() & self.suppressed.leading}
            self._found.texts += count_texts(holdings, self.suppressed.leading)
            if known:
                self._read(source, known)
        self._found.places.sort(key=lambda each: (each.source, each.container, each.member))
        return self._found

    def _read(self, source: str, known: Mapping[Where, Columns]) -> None:
        places: dict[Where, Place] = {}
        for item in read(self._config, source, known):
            if isinstance(item, Skip):
                self._found.skips.append(item)
            elif not isinstance(item, Container):
                where = (item.container.path, item.container.member)
                if where not in places:
                    places[where] = self._place(item.container)
                self._take(item, known[where], places[where])
        self._found.places += places.values()

    def _place(self, container: Container) -> Place:
        settings = self._config.source_without_secret(container.source)
        clocks = collection_clocks(settings, container)
        return Place(container.source, container.path, container.member, clocks)

    def _take(self, batch: Batch, columns: Columns, place: Place) -> None:
        for index, clock in enumerate(place.clocks):
            if index not in place.dating and any(_day(batch, clock, number) for number in range(batch.rows)):
                place.dating.add(index)
        for number, row in enumerate(cells(batch, columns)):
            for request, is_same in self.suppressed.judge(row).items():
                seen = place.persons.setdefault(request, Rows())
                seen.rows += is_same
                seen.near += not is_same
                for index in sorted(place.dating) if is_same else ():
                    day, answered = _day(batch, place.clocks[index], number), self._answered[request]
                    if day is not None and answered is not None:
                        side = "after" if day > answered else "before"
                        seen.sides.setdefault(index, Counter())[side] += 1
        place.rows += batch.rows


def _day(batch: Batch, clock: Clock, number: int) -> date | None:
    """When a row was collected; None where its own cells do not say: a path along foreign keys is not followed."""
    if clock.path == (FILE_NAME,):
        return day_in_name(batch.container.path)
    if len(clock.path) > 1 or clock.path[0] not in batch.columns:
        return None
    return parse_day(batch.columns[clock.path[0]][number])


def _sighting(known: Suppression, place: Place, seen: Rows) -> Sighting:
    """Dated by the first clock that dates any row of the place, as reports do."""
    sides = seen.sides.get(min(place.dating), Counter()) if place.dating else Counter()
    after, before = sides["after"], sides["before"]
    return Sighting(place, seen.rows, after, before, seen.near, _verdict(known, seen.rows, after, before))


def _verdict(known: Suppression, rows: int, after: int, before: int) -> Verdict:
    if not rows:
        return "near"
    if after:
        return "returned"
    if known.kind in GONE_KINDS and known.response in _ALL_GONE:
        return "remains"
    return "kept" if before == rows else "undated"
