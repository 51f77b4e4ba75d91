"""How a column writes its days, found from its own values by counting them where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.scales import NUMBER_SENTINELS, SCALES, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.connectors.sql.server import Expression, Server

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS: Final = ("01", "03", "05", "07", "08", "10", "12")
LEAP_ENDINGS: Final = tuple(f"{year:02}" for year in range(4, 100, 4))
PIECE: Final = {"YYYY": "####", "MM": "##", "M": "#", "DD": "##", "D": "#", "MON": "AAA"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a day: pieces and marks in order, for example ``("DD", "-", "MON", "-", "YYYY")``."""

    pieces: tuple[str, ...]

    @property
    def shape(self) -> str:
        """With ``#`` for a digit and ``A`` for a letter."""
        return "".join(PIECE.get(piece, piece) for piece in self.pieces)

    def part(self, server: Server, text: Expression, letter: str) -> Expression:
        """Year, month or day as digits: ``Y``, ``M`` or ``D``."""
        start = 1
        for piece in self.pieces:
            length = len(PIECE.get(piece, piece))
            if piece[0] == letter:
                found = (
                    sa.func.lower(server.part(text, start, length))
                    if piece == "MON"
                    else server.part(text, start, length)
                )
                if piece == "MON":
                    return sa.case({name: f"{number:02}" for number, name in enumerate(MONTHS, 1)}, value=found)
                return sa.literal("0") + found if length == 1 else found
            start += length
        raise ValueError(letter)

    def iso(self, server: Server, text: Expression) -> Expression:
        """A text of this shape as ISO day, NULL where no calendar has it."""
        year, month, day = (self.part(server, text, letter) for letter in "YMD")
        whole = server.part(text, 1, 10) if self == ISO else year + "-" + month + "-" + day
        return sa.case((_is_day(server, year, month, day), whole))


def _is_day(server: Server, year: Expression, month: Expression, day: Expression) -> Expression:
    leap = sa.or_(server.part(year, 3, 2).in_(LEAP_ENDINGS), year == "2000")
    return sa.and_(
        month.between("01", "12"),
        sa.or_(
            day.between("01", "28"),
            sa.and_(day.in_(("29", "30")), month != "02"),
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
PLAIN: Final = {
    "YYYY-MM-DD": (ISO,),
    "YYYYMMDD": (Pattern(("YYYY", "MM", "DD")),),
    "YYYY/MM/DD": (Pattern(("YYYY", "/", "MM", "/", "DD")),),
    "DD-MON-YYYY": (Pattern(("DD", "-", "MON", "-", "YYYY")), Pattern(("D", "-", "MON", "-", "YYYY"))),
}
"""Spellings that every country reads alike."""
EITHER: Final = {mark: (_both(mark, "M", "D"), _both(mark, "D", "M")) for mark in "/-."}
"""Spellings by their mark: the month first, the day first."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a column writes days."""

    patterns: tuple[Pattern, ...] = ()
    scale: Scale | None = None
    names: tuple[str, ...] = ()
    is_ambiguous: bool = False
    """Some values can be read with the month first or with the day first, and none of the column decides which."""

    def iso(self, server: Server, text: Expression) -> Expression:
        """A text as ISO day, NULL where it is none in any of the column's spellings."""
        if not self.patterns:
            return sa.cast(sa.null(), sa.Text())
        return sa.case(*((server.looks(text, each.shape), each.iso(server, text)) for each in self.patterns))


NATIVE: Final = Writing()


def survey(server: Server, column: Expression, kind: Any) -> tuple[Expression, Expression]:
    """Which spelling each text has (a word of ours, NULL for none), and each number that is no sentinel."""
    text, number = server.plain(column, kind), column
    if server.style(kind) == "each":
        text, number = server.by_type(column, text, None), server.by_type(column, None, column)
    cases = [(server.looks(text, each.shape), sa.literal(name)) for name, some in PLAIN.items() for each in some]
    for mark, (months, _) in EITHER.items():
        cases += [(server.looks(text, each.shape), _order(server, text, each, mark)) for each in months]
    is_text = server.style(kind) != "number"
    word = sa.case(*cases) if is_text else sa.cast(sa.null(), sa.Text())
    is_number = server.style(kind) in {"number", "each"}
    return word, sa.case((number.not_in(NUMBER_SENTINELS), number)) if is_number else sa.cast(sa.null(), sa.Integer())


def _order(server: Server, text: Expression, pattern: Pattern, mark: str) -> Expression:
    """The mark, and what comes first as far as the value tells."""
    first, second = (pattern.part(server, text, letter) for letter in "MD")
    return sa.case(
        (sa.and_(first.between("13", "31"), second.between("01", "12")), sa.literal(mark + "D")),
        (sa.and_(second.between("13", "31"), first.between("01", "12")), sa.literal(mark + "M")),
        else_=sa.literal(mark),
    )


def find_writing(counts: Mapping[str | None, int], low: Any, high: Any) -> Writing:
    """What a column's words and its least and greatest number say of it."""
    patterns: list[Pattern] = []
    names: list[str] = []
    is_ambiguous = False
    for name, some in PLAIN.items():
        if counts.get(name):
            patterns += some
            names.append(name)
    for mark, (month_first, day_first) in EITHER.items():
        days, months, open_ = (counts.get(mark + letter, 0) for letter in ("D", "M", ""))
        if (days and months) or (open_ and not days and not months and mark != "."):
            is_ambiguous = True
        elif days or months or open_:
            patterns += month_first if months else day_first
            names.append(f"MM{mark}DD{mark}YYYY" if months else f"DD{mark}MM{mark}YYYY")
    scale = None if low is None else next((each for each in SCALES if each.spans(low, high)), None)
    if scale:
        names.append(scale.name)
    return Writing(tuple(patterns), scale, tuple(names), is_ambiguous)


def needs_survey(server: Server, kind: Any) -> bool:
    """Whether the type leaves open how days are written."""
    return server.style(kind) != "native"
