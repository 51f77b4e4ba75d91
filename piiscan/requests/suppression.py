"""Whether a row is a person's who asked to be deleted or left alone: keyed hashes of its cells against those that stayed.

Judged as `piiscan.requests.persons` judges, as far as hashes allow: a name alone is nobody, a name, day of birth or number that differs
is somebody else, and where the row has no name only what one person alone can have is enough. Hashes know no likeness: a middle
name that the request gave and the row lacks is a name that differs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

from piiscan.requests.identity import BROAD, TWICE, UNIQUE, Hasher, normalise
from piiscan.requests.persons import DECISIVE, Judged
from piiscan.retention.spellings import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from piiscan.inventory import Suppression
    from piiscan.model import Secret

_NAME_TYPES: Final = ("person_name", "alias")
_NAME_COLUMNS: Final = 4
_LAST_FOUR: Final = "ssn_last4"
Digests = dict[str, set[str]]
"""Data type -> keyed hashes of the values that a row holds of it."""


@dataclass(frozen=True, slots=True)
class _Points:
    """What is known of one person."""

    names: frozenset[str]
    """Hashes of the name and of former ones."""
    others: Mapping[str, frozenset[str]]


class Suppressed:
    """The persons of these requests. Memory holds their hashes, and nothing that grows with the rows."""

    def __init__(self, known: Iterable[Suppression], key: Secret) -> None:
        self._hasher = Hasher(key)
        self._persons = {each.request: _points(each) for each in known}
        self._by_digest: dict[str, list[int]] = defaultdict(list)
        for number, points in self._persons.items():
            for digest in frozenset().union(*points.others.values()):
                self._by_digest[digest].append(number)
        self._types = sorted({name for points in self._persons.values() for name in points.others})

    @property
    def unrecognizable(self) -> list[int]:
        """Requests that gave too little for anybody to be found by: a name alone, a telephone alone."""
        return [number for number, each in self._persons.items() if not (each.others.keys() & UNIQUE or (each.names and each.others))]  # fmt: skip

    @property
    def leading(self) -> frozenset[str]:
        """The data types of which a container must hold one for anybody to be found in it."""
        return frozenset({*self._types, *(["ssn"] if _LAST_FOUR in self._types else [])})

    @property
    def data_types(self) -> frozenset[str]:
        """All that is looked at in such a container."""
        return self.leading | frozenset(_NAME_TYPES) if self._types else frozenset()

    def judge(self, cells: Mapping[str, Sequence[str]]) -> dict[int, bool]:
        """By request: True, the row is certainly that person's; False, a human must look. Others are left out.

        ``cells`` are the row's values by the data type of their columns.
        """
        held = self._digests(cells)
        candidates = {
            number for several in held.values() for each in several for number in self._by_digest.get(each, ())
        }
        if not candidates:
            return {}
        names = self._names(cells)
        judged = {number: _judge(self._persons[number], held, names) for number in sorted(candidates)}
        return {
            number: each.verdict == "same"
            for number, each in judged.items()
            if each.verdict == "same" or each.matched & UNIQUE
        }

    def _digests(self, cells: Mapping[str, Sequence[str]]) -> Digests:
        values = {name: list(cells.get(name, ())) for name in self._types}
        if _LAST_FOUR in values:
            values[_LAST_FOUR] += cells.get("ssn", ())
        return {
            name: {digest for each in several if (digest := self._hasher.digest(name, each))}
            for name, several in values.items()
            if several
        }

    def _names(self, cells: Mapping[str, Sequence[str]]) -> set[str]:
        """Hashes of the row's names: each cell, two of them together, and without what stands between first and last."""
        held = [value for name, values in cells.items() if is_name(name) for value in values]
        if len(held) <= _NAME_COLUMNS:
            held += [f"{one} {other}" for one, other in permutations(held, 2)]
        plain = {normalise("person_name", value) for value in held}
        plain |= {f"{words[0]} {words[-1]}" for each in plain if len(words := each.split()) > TWICE}
        found = {self._hasher.digest(name, value) for name in _NAME_TYPES for value in plain}
        return found - {""}


def _points(known: Suppression) -> _Points:
    names, others = set(), defaultdict(set)
    for each in known.identities:
        if is_name(each.data_type):
            names.add(each.digest)
        elif each.data_type not in BROAD:
            others[each.data_type].add(each.digest)
    return _Points(frozenset(names), {name: frozenset(found) for name, found in others.items()})


def _judge(person: _Points, held: Digests, names: set[str]) -> Judged:
    matched = {name for name, digests in person.others.items() if digests & held.get(name, set())}
    against = {name for name in DECISIVE & person.others.keys() if held.get(name) and name not in matched}
    if person.names and names:
        (matched if person.names & names else against).add("person_name")
    return Judged(frozenset(matched), frozenset(against), ())
