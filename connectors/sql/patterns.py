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
                    numbers = {name: f"{number:02}" for number, name in enumerate(MONTHS, 1)}
                    return sa.case(numbers, value=sa.func.lower(found))
                return sa.literal("0") + found if length == 1 else found
            start += length
        raise ValueError(letter)

    def iso(self, server: Server, text: Expression) -> Expression:
        """A text of this shape as ISO day; NULL where no calendar has it."""
        year, month, day = (self.part(server, text, letter) for letter in "YMD")
        whole = server.part(text, 1, 10) if self == ISO else year + "-" + month + "-" + day
        return sa.case((_is_real(server, year, month, day), whole))

    def new_year(self, server: Server, text: Expression) -> Expression:
        """The first of January of the text's year in the same spelling."""
        spelt: Expression | None = None
        for piece in self.pieces:
            part = self.part(server, text, "Y") if piece == "YYYY" else sa.literal(NEW_YEAR.get(piece, piece))
            spelt = part if spelt is None else spelt + part
        assert spelt is not None
        return spelt


NEW_YEAR: Final = {"MM": "01", "M": "1", "DD": "01", "D": "1", "MON": "JAN"}


def _is_real(server: Server, year: Expression, month: Expression, day: Expression) -> Expression:
    """Whether the calendar has a day. Texts of two digits compare as numbers do."""
    leap = sa.or_(server.part(year, 3, 2).in_(LEAP_ENDINGS), year == "2000")
    return sa.and_(
        month >= "01",
        month <= "12",
        day >= "01",
        sa.or_(
            day <= "28",
            sa.and_(day <= "30", month != "02"),
            sa.and_(day == "31", month.in_(LONG_MONTHS)),
            sa.and_(day == "29", month == "02", leap),
        ),
    )


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
