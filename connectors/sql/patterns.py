"""The ways in which texts write a day, as shapes that a database can test and take apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Expression, Server

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS: Final = ("01", "03", "05", "07", "08", "10", "12")
LEAP_ENDINGS: Final = tuple(f"{year:02}" for year in range(4, 100, 4))
PIECES: Final = {"YYYY": "####", "MM": "##", "M": "#", "DD": "##", "D": "#", "MON": "AAA"}
"""What a part of a day looks like: ``#`` a digit, ``A`` a letter. Any other piece is a mark."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a day: parts and marks in order, for example ``("DD", "-", "MON", "-", "YYYY")``."""

    pieces: tuple[str, ...]

    @property
    def shape(self) -> str:
        """Character by character."""
        return "".join(PIECES.get(piece, piece) for piece in self.pieces)

    def part(self, server: Server, text: Expression, letter: str) -> Expression:
        """The year, month or day (``Y``, ``M``, ``D``) of a text of this shape, as digits."""
        start = 1
        for piece in self.pieces:
            length = len(PIECES.get(piece, piece))
            if piece[0] == letter:
                found = server.part(text, start, length)
                if piece == "MON":
                    months = [
                        (sa.func.lower(found) == fixed(name), fixed(f"{n:02}")) for n, name in enumerate(MONTHS, 1)
                    ]
                    return sa.case(*months)
                return fixed("0") + found if length == 1 else found
            start += length
        raise ValueError(letter)

    def iso(self, server: Server, text: Expression) -> Expression:
        """A text of this shape as ISO day; NULL where no calendar has it."""
        year, month, day = (self.part(server, text, letter) for letter in "YMD")
        whole = server.part(text, 1, 10) if self == ISO else year + fixed("-") + month + fixed("-") + day
        return sa.case((_is_real(server, year, month, day), whole))

    def new_year(self, server: Server, text: Expression) -> Expression:
        """The first of January of the text's year in the same spelling."""
        spelt: Expression | None = None
        for piece in self.pieces:
            part = self.part(server, text, "Y") if piece == "YYYY" else fixed(NEW_YEAR.get(piece, piece))
            spelt = part if spelt is None else spelt + part
        assert spelt is not None
        return spelt


NEW_YEAR: Final = {"MM": "01", "M": "1", "DD": "01", "D": "1", "MON": "JAN"}


def _is_real(server: Server, year: Expression, month: Expression, day: Expression) -> Expression:
    """Whether the calendar has a day. Texts of two digits compare as numbers do."""
    leap = sa.or_(server.part(year, 3, 2).in_(map(fixed, LEAP_ENDINGS)), year == fixed("2000"))
    return sa.and_(
        month >= fixed("01"),
        month <= fixed("12"),
        day >= fixed("01"),
        sa.or_(
            day <= fixed("28"),
            sa.and_(day <= fixed("30"), month != fixed("02")),
            sa.and_(day == fixed("31"), month.in_(map(fixed, LONG_MONTHS))),
            sa.and_(day == fixed("29"), month == fixed("02"), leap),
        ),
    )


def fixed(text: str) -> Expression:
    """A text of ours that stands in the statement: hundreds of them as parameters would be more than some servers take."""
    return sa.literal_column(f"'{text}'", sa.String())


def _both(mark: str, first: str, second: str) -> tuple[Pattern, ...]:
    """With and without leading zeros."""
    return tuple(
        Pattern((one, mark, other, mark, "YYYY")) for one, other in product((first * 2, first), (second * 2, second))
    )


ISO: Final = Pattern(("YYYY", "-", "MM", "-", "DD"))
PLAIN: Final = (
    ISO,
    Pattern(("YYYY", "MM", "DD")),
    Pattern(("YYYY", "/", "MM", "/", "DD")),
    Pattern(("DD", "-", "MON", "-", "YYYY")),
    Pattern(("D", "-", "MON", "-", "YYYY")),
)
"""What every country reads alike."""
EITHER: Final = {mark: tuple(zip(_both(mark, "M", "D"), _both(mark, "D", "M"), strict=True)) for mark in "/-."}
"""What countries read differently, by its mark: each shape with the month first, and with the day first."""
