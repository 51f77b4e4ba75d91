"""Matching the Delete Act's lists with the sources: rows pass by, hashes are compared, nothing else is kept of a person."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from piiscan.errors import RefusedError, SourceError
from piiscan.model import Container, Skip
from piiscan.model.judging import Among
from piiscan.model.seeking import Fetch
from piiscan.ports import Seeker
from piiscan.requests.private import Matched, key_part
from piiscan.requests.reading import count_texts, never_read, read
from piiscan.requests.recipes import PARTS, Recipe, recipes
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.model import Batch
    from piiscan.requests.dropfile import Hashes
    from piiscan.requests.hashing import ListName
    from piiscan.requests.private import KeyPart
    from piiscan.requests.reading import Where
    from piiscan.requests.recipes import Row

MOST_MATCHED: Final = 200_000
"""Rows whose keys one import keeps, sealed: more are not the rows of a list of consumers."""
MOST_TOLD: Final = 200
"""Sets of values that a plan compares the rows of one table with: of more, its keys alone are compared."""
_ALONE: Final = frozenset({"email", "phone", "maid", "ctv_id", "vin"})
"""Types that a list can name in running text, too: there they are counted, and not matched."""
_SHARED: Final = 2
_MARK: Final = 8


@dataclass(slots=True)
class Place:
    """What was found in one container."""

    source: str
    container: str
    key: tuple[str, ...]
    rows: int = 0
    """Rows read."""
    matched: int = 0
    keys: list[list[KeyPart]] = field(default_factory=list, repr=False)
    hashes: list[list[tuple[ListName, bytes]]] = field(default_factory=list, repr=False)
    """By key: what of the lists the row answers to."""


@dataclass(slots=True)
class Found:
    """What the sources answer to the lists."""

    places: list[Place] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    persons: dict[ListName, dict[bytes, bytes | None]] = field(default_factory=dict, repr=False)
    """List -> hash found -> a mark of the person, None: of several persons."""
    texts: int = 0
    """Places that hold these data types in running text: not looked at."""

    def answers(self) -> dict[str, dict[str, int]]:
        """List -> hash in Base64 -> 1, or 2 for several persons."""
        return {
            name: {base64.b64encode(each).decode(): _SHARED if mark is None else 1 for each, mark in found.items()}
            for name, found in self.persons.items()
        }

    def matched(self) -> tuple[Matched, ...]:
        """The rows, for sealing: of those with a key the ones that a hash of one person leads to, for no other may be deleted."""
        return tuple(
            Matched(each.source, each.container, each.key, self._single(each)) for each in self.places if each.matched
        )

    def _single(self, place: Place) -> list[list[KeyPart]]:
        pairs = zip(place.keys, place.hashes, strict=True)
        return [key for key, hashes in pairs if any(self.persons[name][each] is not None for name, each in hashes)]

    def counts(self) -> dict[str, Counter[str]]:
        """By list: hashes found, and how many of them are several persons'."""
        return {
            name: Counter(matched=len(found), shared=sum(mark is None for mark in found.values()))
            for name, found in self.persons.items()
        }


class Matching:
    """The lists of one ZIP against everything the inventory knows to hold such values. Reads only."""

    def __init__(self, config: Config, inventory: Inventory, lists: Mapping[ListName, Hashes]) -> None:
        self._config = config
        self._inventory = inventory
        self._lists = {name: hashes for name, hashes in lists.items() if len(hashes)}
        self._found = Found(persons={name: {} for name in lists})

    def run(self) -> Found:
        """What was found. Raises RefusedError for more rows than a list of consumers can name."""
        if not self._lists:
            return self._found
        for source in self._config.sources:
            self._found.skips += never_read(self._inventory, source)
            holdings = self._inventory.holdings(source=source)
            known = recipes(holdings)
            self._found.texts += count_texts(holdings, _ALONE)
            if known:
                self._read(source, known)
        return self._found

    def _read(self, source: str, known: Mapping[Where, Recipe]) -> None:
        place = Place(source, "", ())
        for item in read(self._config, source, known):
            if isinstance(item, Skip):
                self._found.skips.append(item)
            elif isinstance(item, Container):
                key = tuple(column.name for column in item.columns if column.primary_key)
                place = Place(item.source, item.path, key)
                self._found.places.append(place)
            else:
                self._take(item, known[item.container.path, item.container.member], place)

    def _take(self, batch: Batch, recipe: Recipe, place: Place) -> None:
        rows = list(_rows(batch, recipe))
        hits: dict[int, list[tuple[ListName, bytes]]] = {}
        for name in recipe.lists:
            if name not in self._lists:
                continue
            made = [(number, each) for number, row in enumerate(rows) for each in recipe.hashes(name, row)]
            among = self._lists[name].among([each for _, each in made])
            for (number, each), is_found in zip(made, among, strict=True):
                if is_found:
                    hits.setdefault(number, []).append((name, each))
                    self._mark(name, each, recipe.person(rows[number]))
        place.rows += batch.rows
        place.matched += len(hits)
        if hits and place.key and all(name in batch.columns for name in place.key):
            for number, hashes in sorted(hits.items()):
                place.keys.append([key_part(batch.columns[name][number]) for name in place.key])
                place.hashes.append(hashes)
        if sum(each.matched for each in self._found.places) > MOST_MATCHED:
            raise RefusedError(
                f"more than {MOST_MATCHED:,} rows match the lists", hint="is every row of a table the same value?"
            )

    def _mark(self, name: ListName, digest: bytes, person: str | None) -> None:
        """Remembers whose a hash is by a mark of the name, for as long as this import runs."""
        known = self._found.persons[name]
        mark = hashlib.blake2b(person.encode(), digest_size=_MARK).digest() if person else b""
        before = known.get(digest, b"")
        known[digest] = mark if before == b"" else before if mark in {b"", before} else None


def _rows(batch: Batch, recipe: Recipe) -> Iterator[Row]:
    """The cells that the recipe asks for, as texts; empty ones are left out."""
    wanted = sorted({name for names in recipe.columns.values() for name in names} & {*filter(None, batch.columns)})
    for number in range(batch.rows):
        cells = ((name, batch.columns[name][number]) for name in wanted)
        yield {name: str(value) for name, value in cells if value is not None}


def present(
    config: Config, inventory: Inventory, rows: Sequence[Matched], answers: Mapping[str, Mapping[str, int]]
) -> tuple[list[Matched], list[Skip]]:
    """Those of the rows that still hold what a list names, with what says so, and what could not be asked.

    Weeks lie between an import and a plan: a number may have got another owner, or a key another row.
    """
    found: list[Matched] = []
    skips: list[Skip] = []
    for source in sorted({each.source for each in rows if each.keys}):
        known = recipes(inventory.holdings(source=source))
        try:
            with closing(connector_for(config, config.source(source), read_plan(config, "full"))) as connector:
                listed = {each.path: each for each in connector.containers() if isinstance(each, Container)}
                for each in rows:
                    recipe = known.get((each.container, ()))
                    if (
                        each.source == source
                        and each.keys
                        and recipe
                        and each.container in listed
                        and isinstance(connector, Seeker)
                    ):
                        found.append(_present(connector, listed[each.container], recipe, each, answers))
        except SourceError as error:
            skips.append(error.skip(source))
    return [*found, *(each for each in rows if not each.keys)], skips


def _present(
    connector: Seeker, table: Container, recipe: Recipe, rows: Matched, answers: Mapping[str, Mapping[str, int]]
) -> Matched:
    columns = tuple(sorted({name for names in recipe.columns.values() for name in names}))
    wanted = Fetch(
        (*rows.key, *columns), Among(rows.key, tuple(map(tuple, rows.keys))), (), None, date.max, frozenset(rows.key)
    )
    keys: list[list[KeyPart]] = []
    tells: set[tuple[tuple[str, str], ...]] = set()
    for portion in connector.fetch(table, wanted):
        for row in portion:
            pairs = zip(columns, row.cells[len(rows.key) :], strict=True)
            cells = {name: str(value) for name, value in pairs if value is not None}
            names = [
                name
                for name in recipe.lists
                for each in recipe.hashes(name, cells)
                if answers.get(name, {}).get(base64.b64encode(each).decode()) == 1
            ]
            if names:
                keys.append([key_part(value) for value in row.cells[: len(rows.key)]])
                used = {column for name in names for part in PARTS[name] for column in recipe.columns[part]}
                tells.add(tuple(sorted((column, cells[column]) for column in used & cells.keys())))
    return Matched(
        rows.source, rows.container, rows.key, keys, [dict(each) for each in tells] if len(tells) <= MOST_TOLD else ()
    )
