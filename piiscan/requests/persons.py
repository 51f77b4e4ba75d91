"""Whether a row is a person's: the data points that are given, held against the cells of one row.

A name alone is nobody, and a name that differs is somebody else, whatever is shared: families share an address and a telephone, twins
a day of birth too. What one person only can have (`UNIQUE`) is enough where the row says no name.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final, Literal

from piiscan.requests.identity import UNIQUE, normalise
from piiscan.retention.spellings import is_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Verdict = Literal["same", "near", "other"]
DECISIVE: Final = frozenset({
    "person_name", "dob", "ssn", "ssn_last4", "itin", "us_passport", "us_state_id", "in_aadhaar", "in_pan", "in_voter_epic",
})  # fmt: skip
"""Types that do not change: a row that holds another value is another person's, or must be looked at."""
_WEAK: Final = frozenset({"person_name", "dob"})
"""What thousands share: beside another name or number it is nobody's, and not worth a human's look."""
_LAST_FOUR: Final = 4
_NAME_COLUMNS: Final = 4


@dataclass(frozen=True, slots=True, repr=False)
class Judged:
    """What one row says to the data points."""

    matched: frozenset[str]
    """Data types given that it holds the same value of."""
    against: frozenset[str]
    """Decisive ones that it holds another value of."""
    apart: tuple[tuple[str, frozenset[str]], ...]
    """Decisive types not given, with the row's normalised values: they tell two persons of one name apart. Private."""

    @property
    def verdict(self) -> Verdict:
        """Same: certainly the person's. Near: a human must look. Other: not the person's."""
        strong = self.matched & UNIQUE
        told = "person_name" in self.matched and len(self.matched) > 1
        if not self.against and (strong or told):
            return "same"
        return "near" if self.matched - _WEAK or (self.matched and not self.against) else "other"


class Person:
    """The data points of one request."""

    def __init__(self, subject: Mapping[str, str]) -> None:
        self._names = [normalise(name, value) for name, value in sorted(subject.items()) if is_name(name)]
        self._values = {name: normalise(name, value) for name, value in subject.items() if not is_name(name)}
        self.given = frozenset({*self._values, *(["person_name"] if self._names else [])})
        """The data types given; former names (``alias``) count as the name."""

    def __repr__(self) -> str:
        return f"Person({sorted(self.given)})"

    def judge(self, cells: Mapping[str, Sequence[str]]) -> Judged:
        """What a row says; ``cells`` are its values by the data type of their columns, empty ones left out."""
        matched: set[str] = set()
        against: set[str] = set()
        held = {name: values for name, values in cells.items() if values}
        names = [value for name, values in held.items() if is_name(name) for value in values]
        if names and self._names:
            (matched if self._is_named(names) else against).add("person_name")
        for name, wanted in self._values.items():
            values = self._held(name, held)
            if wanted and wanted in values:
                matched.add(name)
            elif values and name in DECISIVE:
                against.add(name)
        apart = tuple(
            (name, frozenset(self._told(name, values)))
            for name, values in sorted(held.items())
            if name in DECISIVE - self.given
        )
        return Judged(frozenset(matched), frozenset(against), apart)

    def _told(self, name: str, values: Sequence[str]) -> set[str]:
        """What the cells of a type say together: a name may stand in several of them."""
        found = {normalise(name, value) for value in values}
        return {" ".join(sorted(found))} if is_name(name) else found

    def _held(self, name: str, held: Mapping[str, Sequence[str]]) -> set[str]:
        """The row's normalised values of a type; the last four of a number where only those are given, or held."""
        found = {normalise(name, value) for value in held.get(name, ())}
        if name == "ssn_last4":
            found |= {normalise("ssn", value)[-_LAST_FOUR:] for value in held.get("ssn", ())}
        return found

    def _is_named(self, names: Sequence[str]) -> bool:
        """Whether one cell, or two of them together, are one of the names; a middle name may be missing."""
        several = [f"{one} {other}" for one, other in permutations(names, 2)] if len(names) <= _NAME_COLUMNS else []
        plain = [normalise("person_name", value) for value in (*names, *several)]
        return any(_agree(wanted, found) for wanted in self._names for found in plain)


def _agree(wanted: str, found: str) -> bool:
    """Equal, or equal in the first and the last word where one of them has a word or an initial more between."""
    if wanted == found:
        return bool(wanted)
    one, other = wanted.split(), found.split()
    if min(len(one), len(other)) < 2 or (one[0], one[-1]) != (other[0], other[-1]):  # noqa: PLR2004 - first and last
        return False
    middle, more = sorted((one[1:-1], other[1:-1]), key=len)
    return not middle or all(a[0] == b[0] and 1 in {len(a), len(b)} for a, b in zip(middle, more, strict=False))
