"""The line of an address that leads to a door: house number and street in the order of each language, boxes, military posts.

A line is *sure* if a kind of street and a number say what it is (12 Elm Street, Hauptstraße 12, PO Box 7), *open* if it
could be other words around a number (12 Koskikatu), *bare* if it is a number and names parted by a comma or line end, or
names before what may be a year.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from piiscan.detect import addresses_words as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.detect.addresses_places import Places
    from piiscan.detect.addresses_tokens import Token

_MOST_NAMES: Final = 4
_FARTHEST: Final = 9
"""Tokens from a ship or unit to its post office."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_BEFORE_AMOUNT: Final = re.compile(r"(?:[$£€₹§%+]\s?|\d[.,:/-]|[/_=@.])$")
_FRACTION: Final = re.compile(r"[.,:]\d|%")


class Sureness(IntEnum):
    """How much says that a line is one of an address."""

    NONE = 0
    BARE = 1
    OPEN = 2
    SURE = 3


class Line(NamedTuple):
    """A line's first token, the one behind its last, and how sure it is."""

    first: int
    end: int
    sureness: Sureness


class Streets:
    """Reads lines off padded tokens: methods take an index; those that return one return that behind, 0 for none."""

    def __init__(self, text: str, tokens: Sequence[Token], places: Places) -> None:
        self.text = text
        self.tokens = tokens
        self.places = places

    def line(self, at: int) -> Line | None:
        """The line that begins at a token."""
        token = self.tokens[at]
        end = self._box(at) or self._military(at)
        if end:
            return Line(at, end, Sureness.SURE)
        end = self._prefixed(at)
        if end:
            sure = self.tokens[end - 1].kind in {"n", "x"} and token.low not in words.LOOSE_PREFIXES
            return Line(at, end, Sureness.SURE if sure else Sureness.OPEN)
        if token.is_street:
            end = self.places.house(at + 1)
            return Line(at, end, Sureness.SURE) if end else None
        if self._is_house(at):
            return self._numbered(at)
        if token.low in words.SPELLED and token.is_capital:
            end = self._named(at + 1)
            return Line(at, end, Sureness.SURE) if end and self.tokens[end - 1].low in words.SPELLED_KINDS else None
        return None

    def line_before(self, at: int) -> Line | None:
        """The line whose house number stands at a token, behind the name: Nygårdroa 1."""
        end = self.places.house(at)
        if not end or not self._is_house(at):
            return None
        stop = first = at - (at > 0 and self.tokens[at - 1].text == ",")
        while first > 0 and stop - first < _MOST_NAMES and self._is_part(first - 1):
            first -= 1
        while first < stop and not self.tokens[first].is_capital:
            first += 1
        last = self.tokens[stop - 1]
        if first == stop or last.low in words.COUNTERS or last.low in words.STOP:
            return None
        if first < stop - 1 and (last.low in words.POST_KINDS or last.text == "u."):
            return Line(first, end, Sureness.SURE)
        doubtful = _YEAR.fullmatch(self.tokens[at].low) or (
            first and self.tokens[first - 1].low in {"in", "of", "from"}
        )
        return Line(first, end, Sureness.BARE if doubtful else Sureness.OPEN)

    def line_behind_unit(self, at: int, end: int) -> Line | None:
        """A unit for a line, if names follow it: Studio 25, Abbie Forest; Flat No 12, 3rd Cross."""
        begin = self.places.gap(end)
        named = self.tokens[at].low in words.PREMISES and begin > end and self._is_name(begin)
        return Line(at, end, Sureness.OPEN) if named else None

    def _is_house(self, at: int) -> bool:
        """Whether a token is a number, and neither an amount nor a count of something."""
        token = self.tokens[at]
        if not token.is_house or (at and self.tokens[at - 1].low in words.COUNTERS):
            return False
        amount = _BEFORE_AMOUNT.search(self.text, max(0, token.start - 3), token.start)
        return amount is None and _FRACTION.match(self.text, token.end) is None

    def _numbered(self, at: int, *, doubled: bool = False) -> Line | None:
        """A house number and what follows it: a street, a road by its number, or names that leave it open."""
        begin = at + 1 + (self.tokens[at + 1].text == "½")
        if self.tokens[begin].is_house and not doubled:
            inner = self._numbered(begin, doubled=True)
            return inner and inner._replace(first=at)
        parted = self.tokens[begin].text in {",", "\n"}
        begin += parted
        end = self._prefixed(begin, numbered=True)
        if end:
            loose = self.tokens[begin].low in words.LOOSE_PREFIXES
            return Line(at, end, Sureness.OPEN if loose else Sureness.SURE)
        if parted:
            end = self._names(begin)
            return Line(at, end, Sureness.BARE) if end else None
        year = _YEAR.fullmatch(self.tokens[at].low) is not None
        end = self._road(begin) or self._box(begin) or self._named(begin, year=year)
        return Line(at, end, Sureness.SURE) if end else self._open(at, begin)

    def _open(self, at: int, begin: int) -> Line | None:
        """Names after a house number, perhaps with a second number: 6750 Koskikatu 25."""
        end = self._names(begin)
        if not end:
            return None
        behind = self.places.house(end)
        kind_behind = behind and end > begin + 1 and self.tokens[end - 1].low in words.POST_KINDS
        sure = kind_behind or any(token.is_street for token in self.tokens[begin:end])
        return Line(at, behind or end, Sureness.SURE if sure else Sureness.OPEN)

    def _named(self, at: int, *, year: bool = False) -> int:
        """Past names and a kind of street, and directions behind them. After what may be a ``year`` they count for less."""
        end = 0
        for index in range(at, at + _MOST_NAMES + 2):
            token = self.tokens[index]
            broad = index <= at + 1 and token.is_capital and token.low in words.BROAD
            if broad or (index > at and self._is_kind(at, index, year=year)):
                end = index + 1
            if not self._is_name(index) and not (index > at and token.low in words.PARTICLES):
                break
        while (
            end
            and self.tokens[end].low in words.DIRECTIONS
            and self.tokens[end].text[0].isupper() == self.tokens[end - 1].text[0].isupper()
        ):
            end += 1
        return end

    def _is_kind(self, at: int, index: int, *, year: bool) -> bool:
        """Whether a token is a kind of street for the names from ``at`` to it."""
        token, names = self.tokens[index], self.tokens[at:index]
        if token.low in words.KINDS:
            if year and self._goes_on(index):
                return False
            written = token.text[0].isupper() and any(t.is_capital or t.kind == "n" for t in names)
            return written or (len(names) <= 2 and not any(t.low in words.STOP for t in names))  # noqa: PLR2004 - martin luther rd
        if token.low not in words.LOOSE_KINDS or not token.is_capital or year or self._goes_on(index):
            return False
        named = [t for t in names if t.is_capital and t.low not in words.STOP and t.low not in words.DIRECTIONS]
        return bool(named) and all(t in named or t.kind == "n" or t.low in words.DIRECTIONS for t in names)

    def _goes_on(self, index: int) -> bool:
        """Whether a further name follows, so that the kind may be part of a longer name."""
        token, following = self.tokens[index], self.tokens[index + 1]
        joined = following.is_capital and following.start == token.end + 1
        return joined and following.low not in words.AFTER_STREETS

    def _names(self, at: int, *, small: bool = False) -> int:
        """Past one to four names; ``small`` ones too if the word before says that a name follows."""
        index = at
        while index - at < _MOST_NAMES:
            token = self.tokens[index]
            written = token.is_capital or token.kind == "n" or small or self.places.caseless
            named = written and self._is_name(index)
            kind = index > at and (token.low in words.POST_KINDS or token.text == "u.")
            small_words = words.PARTICLES if index > at else words.FIRST_PARTICLES
            joint = token.low in small_words and self.tokens[index + 1].is_capital
            if not (named or kind or joint) or (index > at and token.low in words.SURE_UNITS):
                break
            index += 1
        return index if index > at else 0

    def _is_name(self, at: int) -> bool:
        """Whether a token may be part of a street's name."""
        token = self.tokens[at]
        if token.kind != "w":
            return token.is_ordinal
        if token.low in words.MONTHS or (len(token.low) == 1 and not token.is_capital):
            return False
        if token.is_capital:
            return token.low not in words.STOP or token.low in words.DIRECTIONS or token.low in words.STOPS_IN_NAMES
        return token.low not in words.STOP and token.low not in words.UNITS

    def _is_part(self, at: int) -> bool:
        """Whether a token before a house number may be part of the street's name, small words between names too."""
        return self.tokens[at].kind == "w" and (self._is_name(at) or self.tokens[at].low in words.PARTICLES)

    def _prefixed(self, at: int, *, numbered: bool = False) -> int:
        """A kind of street that stands before the name: Via Roma 3; with a number before it, none behind is needed."""
        token = self.tokens[at]
        loose = token.low in words.LOOSE_PREFIXES
        if token.low not in words.PREFIXES and not (loose and (token.is_capital or numbered)):
            return 0
        begin = at + 1
        while self.tokens[begin].low in words.PARTICLES or self.tokens[begin].low in words.PREFIXES:
            begin += 1
        end = self._names(begin, small=numbered and not loose)
        if not end and begin > at + 1 and self.tokens[begin - 1].is_capital:
            end = begin
        if not end:
            return 0
        number = self.places.house(end) if numbered else self._house_behind(end)
        return number or (end if numbered or not loose else 0)

    def _house_behind(self, at: int) -> int:
        """Past a house number behind a name, perhaps after a comma or n°."""
        at += self.tokens[at].text == ","
        while self.tokens[at].low in words.NUMBER_WORDS:
            at += 1
        return self.places.house(at)

    def _road(self, at: int) -> int:
        """A road known by its number: County Road 12, US Highway 41, US-31, State Route 9 N."""
        index, owned = at, False
        while index - at < _MOST_NAMES and (
            self.tokens[index].low in words.ROAD_OWNERS or self.tokens[index].low in words.DIRECTIONS
        ):
            owned = owned or self.tokens[index].low in words.ROAD_OWNERS
            index += 1
        if self.tokens[index].low in (words.ROADS | words.OWNED_ROADS if owned else words.ROADS):
            index += 1
        elif index == at or self.tokens[index - 1].low not in {"us", "u.s"}:
            return 0
        index += self.tokens[index].text in {"-", "#"}
        named = self.tokens[index]
        if named.kind != "n" and not (named.is_capital and len(named.low) == 1):
            return 0
        return index + 1 + (self.tokens[index + 1].low in words.DIRECTIONS)

    def _box(self, at: int) -> int:
        """A post office box, a rural or highway contract route with a box, a private bag."""
        lows = tuple(token.low for token in self.tokens[at : at + 3])
        if lows[0] not in words.BOX_BEGINNINGS:
            return 0
        if lows[0] in words.BOXES or lows[2] == "box":
            index = at + (1 if lows[0] in words.BOXES else 3)
        else:
            index = at + 2 if lows[:2] in words.BOX_PAIRS else 0
        while index and (self.tokens[index].low in words.NUMBER_WORDS or self.tokens[index].text in {":", "-"}):
            index += 1
        return index + 1 if index and self.tokens[index].kind in {"n", "x"} else 0

    def _military(self, at: int) -> int:
        """A military or diplomatic address: a unit, box or ship, then APO, FPO or DPO, theatre and postal code."""
        if self.tokens[at].low not in words.MILITARY_BEGINNINGS:
            return 0
        for index in range(at, at + _FARTHEST):
            post, theatre, code = self.tokens[index : index + 3]
            if post.low in words.MILITARY and theatre.low in words.THEATRES and code.kind == "n":
                return index + 3
        return 0
