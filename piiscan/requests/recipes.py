"""How the rows of a container answer each list: which of its columns make a hash, and which tell persons apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, permutations, product
from typing import TYPE_CHECKING, Final

from piiscan.requests.folding import letters_and_digits
from piiscan.requests.hashing import LISTS, SINGLE, ListName, hash_name_vin, hash_ndz, hash_one
from piiscan.requests.reading import Where, held_columns
from piiscan.retention.spellings import name_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from piiscan.inventory import HoldingRecord

Row = dict[str, str]
_GIVEN: Final = re.compile(r"first|given|fore_?name|f_?name$|vorname|prenom", re.IGNORECASE)
_FAMILY: Final = re.compile(r"last|family|sur_?name|l_?name$|nachname|apellido", re.IGNORECASE)
_NAMES: Final = 4
"""Columns among which a name is looked for in two parts; more are no name's parts."""
_MOST: Final = 24
"""Hashes made of one row for one list."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a container's columns hold, as far as the lists ask."""

    columns: Mapping[str, tuple[str, ...]]
    """Data type -> its columns, sorted."""

    @property
    def lists(self) -> tuple[ListName, ...]:
        """The lists that rows of it can answer."""
        return tuple(name for name in LISTS if all(self.columns.get(part) for part in PARTS[name]))

    def hashes(self, name: ListName, row: Row) -> Iterator[bytes]:
        """Every hash that a row may stand under in a list."""
        if name in SINGLE:
            data_type, standard = SINGLE[name]
            values = (row[column] for column in self.columns[data_type] if column in row)
            found: Iterable[bytes] = (hash_one(standard(value)) for value in values)
        elif name == "NDZ":
            parts = product(self._names(row), self._values("dob", row), self._values("zip", row))
            found = (hash_ndz(first, last, day, zip_code) for (first, last), day, zip_code in parts)
        else:
            found = (hash_name_vin(*names, vin) for names, vin in product(self._names(row), self._values("vin", row)))
        yield from filter(None, islice(found, _MOST))

    def person(self, row: Row) -> str | None:
        """Who a row is about, so that two persons under one hash are seen: first and last name; None: it does not say."""
        first, last = next(iter(self._names(row)), ("", ""))
        words = [letters_and_digits(word) for word in (*first.split()[:1], *last.split()[-1:])]
        return " ".join(words) if all(words) and len(words) > 1 else None

    def _values(self, data_type: str, row: Row) -> list[str]:
        return [row[column] for column in self.columns[data_type] if column in row]

    def _names(self, row: Row) -> list[tuple[str, str]]:
        """First and last name, as the columns say or in every way they may be meant."""
        columns = [column for column in self.columns.get("person_name", ()) if column in row]
        first = [column for column in columns if _GIVEN.search(column)]
        last = [column for column in columns if _FAMILY.search(column) and column not in first]
        told = [(row[one], row[other]) for one, other in product(first, last)]
        whole = [column for column in columns if column not in (*first, *last)]
        if not told and 1 < len(columns) <= _NAMES:
            told = [(row[one], row[other]) for one, other in permutations(columns, 2)]
        return [*told, *(parts for column in whole for parts in name_parts(row[column]))]


PARTS: Final[dict[ListName, tuple[str, ...]]] = {
    **{name: (data_type,) for name, (data_type, _) in SINGLE.items()},
    "NDZ": ("person_name", "dob", "zip"),
    "NameVIN": ("person_name", "vin"),
}


def recipes(holdings: Sequence[HoldingRecord]) -> dict[Where, Recipe]:
    """By container and member of one source: its recipe, where its rows can answer a list at all."""
    wanted = {part for parts in PARTS.values() for part in parts}
    made = {place: Recipe(columns) for place, columns in held_columns(holdings, wanted).items()}
    return {place: recipe for place, recipe in made.items() if recipe.lists}
