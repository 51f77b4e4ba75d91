"""The specific pieces of information held of one person, as an answer gives them: withheld where the law says so. All private."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from piiscan.config.facts import Facts
    from piiscan.inventory import HoldingRecord
    from piiscan.model import DataType, Skip
    from piiscan.retention.erasure import Regime

NEVER: Final = "held, and not disclosed (11 CCR 7024(d))"
OPENS: Final = "held, and not disclosed: it opens an account"
OTHERS: Final[dict[Regime, str]] = {
    "ccpa": "about another person (Civ. 1798.145(k))",
    "gdpr": "about another person (GDPR Art. 15(4))",
    "dpdp": "about another person",
}
TEXT: Final = "running text: given after somebody has read it for numbers and for other persons"
NOTES: Final = "Notes and messages"
"""What running text is called."""
_ABOUT_OTHERS: Final = frozenset({"relative_associate", "emergency_contact"})
Line = tuple[int, "date | None", tuple[str, ...], str, "str | None", str]


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """One value, or that it is withheld."""

    data_types: tuple[str, ...]
    value: str | None
    withheld: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """What stands in one row."""

    day: date | None
    """When it was collected; None: nothing says."""
    pieces: tuple[Piece, ...]
    facts: Mapping[str, Facts]
    """By data type, for whom the row is held."""


@dataclass(slots=True, repr=False)
class Pieces:
    """What is held of one person, as far as the request reaches."""

    records: list[Record] = field(default_factory=list)
    older: int = 0
    """Rows collected before the time that was asked about."""
    outside: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Limit's id and client ("" for none) -> rows that are no part of the request."""
    skips: list[Skip] = field(default_factory=list)
    """What could not be read."""

    @property
    def held(self) -> list[str]:
        """The data types of which there is a piece, withheld or not, sorted."""
        return sorted({name for record in self.records for piece in record.pieces for name in piece.data_types})

    @property
    def withheld(self) -> dict[str, list[str]]:
        """Reason -> the data types of which something is withheld for it."""
        found: dict[str, set[str]] = {}
        for piece in (piece for record in self.records for piece in record.pieces if piece.withheld):
            found.setdefault(piece.withheld, set()).update(piece.data_types)
        return {reason: sorted(names) for reason, names in sorted(found.items())}

    def lines(self, types: Mapping[str, DataType]) -> Iterator[Line]:
        """Every piece: number of its record, day, letters, what it is, its value, why it is withheld."""
        for number, record in enumerate(self.records, 1):
            for piece in record.pieces:
                known = [types[name] for name in piece.data_types]
                letters = tuple(sorted({letter for each in known for letter in each.categories}))
                what = ", ".join(each.label for each in known) or NOTES
                yield number, record.day, letters, what, piece.value, piece.withheld


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds."""

    types: tuple[DataType, ...]
    """What it holds as a whole; of running text nothing is said of any one row."""
    is_text: bool
    """Whether it is running text, in which numbers and other persons may stand."""

    def piece(self, value: object, regime: Regime) -> Piece:
        """What an answer gives of one cell of it.

        California forbids to give some numbers; elsewhere a person's own are the person's, but for what opens an account.
        """
        names = tuple(each.id for each in self.types)
        if self.is_text:
            return Piece(names, None, TEXT)
        if any(each.never_disclose and (regime == "ccpa" or each.group == "credentials") for each in self.types):
            return Piece(names, None, NEVER if regime == "ccpa" else OPENS)
        if any(each.id in _ABOUT_OTHERS for each in self.types):
            return Piece(names, None, OTHERS[regime])
        return Piece(names, str(value))


def columns_of(holdings: Sequence[HoldingRecord], types: Mapping[str, DataType]) -> dict[str, Column]:
    """By name what the columns of one container hold, by the inventory's holdings of it."""
    whole: dict[str, set[str]] = {}
    some: dict[str, set[str]] = {}
    for each in holdings:
        if each.column is not None and each.data_type in types:
            whole.setdefault(each.column, set())
            (some if "text" in each.evidence else whole).setdefault(each.column, set()).add(each.data_type)
    return {
        name: Column(tuple(types[each] for each in sorted(found)), _is_text(found, some.get(name, set()), types))
        for name, found in sorted(whole.items())
    }


def _is_text(whole: set[str], some: set[str], types: Mapping[str, DataType]) -> bool:
    """A message is; and what holds more in some of its cells, if it holds nothing as a whole, or numbers not to be disclosed."""
    if any(types[name].group == "communications" for name in whole):
        return True
    return bool(some) and (not whole or any(types[name].never_disclose for name in some))
