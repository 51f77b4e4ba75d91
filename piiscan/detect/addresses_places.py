"""The parts of an address behind its street: units, towns, states, postal codes, countries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.detect import addresses_words as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.detect.addresses_tokens import Token

NAMED, CODED = 1, 2
"""What proves a place: the name of a state or country, or a postal code."""
_MOST_PARTS: Final = 7
_MOST_TOWNS: Final = 5
"""Parts before a postal code: door, road, locality, district, town."""
_MOST_NAMES: Final = 5
_MOST_MARKS: Final = 6
_MOST_LINES: Final = 2
"""Line ends between two parts: a blank line may be within an address, two are not."""
_HIGHEST: Final = 5
"""Digits of a house number behind a name."""
_SHORT: Final = 4
"""Digits of a postal code that may be another number as well."""
_BETWEEN: Final = frozenset(",\n-\u2013")
_DASHES: Final = frozenset("-\u2013")
_QUOTING: Final = frozenset(">?*|")
"""Marks that a line of a quoted letter begins with."""
_POSTAL: Final = re.compile(r"\d{4,6}|\d{5}-\d{3,4}|\d{2}-\d{3}|\d{4}-\d{3}|\d{8}|\d{4}[a-z]{2}|\d{9}")
_SURE_POSTAL: Final = re.compile(r"\d{5,6}|\d{5}-\d{3,4}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4}[a-z]{2}")
_ZIP: Final = re.compile(r"\d{5}(?:-\d{4})?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LETTERED: Final = re.compile(
    r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|[a-z]\d\d ?[a-z\d]{4}|gir ?0aa"
)
"""Postcodes of the United Kingdom, Canada and Ireland (Royal Mail, Canada Post, Eircode)."""
_COUNTRY_CODE: Final = re.compile(r"[a-z]{1,2}")
_COUNTRY_BEGINS: Final = frozenset(name.split()[0] for name in words.COUNTRIES)
_LONGEST_COUNTRY: Final = 4


class Places:
    """Reads units and places off padded tokens: every method takes an index and returns the one behind, 0 for none."""

    def __init__(self, tokens: Sequence[Token], *, caseless: bool) -> None:
        self.tokens = tokens
        self.caseless = caseless

    def gap(self, at: int) -> int:
        """Past the marks and line ends that separate parts; ``at`` if there are none."""
        index, lines = at, 0
        while index - at < _MOST_MARKS:
            mark = self.tokens[index].text
            if mark in _DASHES and not self._is_code_behind(index):
                break
            if mark not in _BETWEEN and not (lines and mark in _QUOTING):
                break
            lines += mark == "\n"
            if lines > _MOST_LINES:
                return at
            index += 1
        return index

    def _is_code_behind(self, at: int) -> bool:
        """Whether a postal code follows a dash: Bengaluru - 560001."""
        following = self.tokens[at + 1]
        return following.kind == "n" and (len(following.low) > _SHORT or self._postal(at + 1) == at + 3)

    def house(self, at: int) -> int:
        """Past a house number behind a name: 12, 12B, 12/4, 149. at the end of a line."""
        token = self.tokens[at]
        if not token.is_house or (token.low.isdecimal() and len(token.low) > _HIGHEST):
            return 0
        ends_line = self.tokens[at + 1].text == "." and self.tokens[at + 2].kind == "l"
        return at + 1 + ends_line

    def units(self, at: int) -> int:
        """Past all units that follow, each after a gap; ``at`` if there is none."""
        following = self.unit(self.gap(at))
        while following:
            at = following
            following = self.unit(self.gap(at))
        return at

    def unit(self, at: int) -> int:
        """Past one part of a building: Apt 3B, # 12, Suite 100, Flat No 4, 2nd Floor."""
        token, following = self.tokens[at], self.tokens[at + 1]
        if token.text == "#":
            return at + 2 if following.kind in {"n", "x"} or len(following.low) == 1 else 0
        if token.is_ordinal and following.low in words.FLOORS:
            return at + 2
        if token.low not in words.UNITS and token.low not in words.PREMISES:
            return 0
        index = at + 1
        while self.tokens[index].low in words.NUMBER_WORDS or self.tokens[index].text == ".":
            index += 1
        named = self.tokens[index]
        numbered = named.kind in {"n", "x"} or (named.kind == "w" and len(named.low) == 1)
        return index + 1 if numbered else at + 2 if index > at + 1 and len(following.low) == 1 else 0

    def tail(self, at: int) -> tuple[int, int]:
        """Past the place behind a street, and what proves that it is one: `CODED`, `NAMED` or 0.

        Towns and districts count only if a proof follows.
        """
        end, committed, proof, towns = at, at, 0, 0
        parted = self.gap(at) > at
        for _ in range(_MOST_PARTS):
            begin = self.gap(end)
            if proof == CODED:
                return self._country(begin) or committed, proof
            shortest = (_SHORT if parted else _SHORT + 1) if towns else None
            part, kind = self._proof(begin, joined=begin == end, shortest=shortest)
            if part and not (kind == NAMED and begin == at):
                end = committed = part
                proof = kind
                continue
            part = self.unit(begin) or (self._town(begin) if begin > end or towns == 0 else 0)
            if not part or (proof and begin == end) or towns == _MOST_TOWNS:
                break
            towns += 1
            end = part
        return committed, proof

    def _proof(self, at: int, *, joined: bool, shortest: int | None) -> tuple[int, int]:
        """Past a part that proves a place, and how; a code alone of ``shortest`` characters, None for no code alone."""
        coded = self._coded_town(at, joined=joined)
        if not coded and shortest is not None:
            coded = self._postal(at)
            if coded == at + 1 and len(self.tokens[at].low) < shortest:
                coded = 0
        if coded:
            return coded, CODED
        after = self._state(at) or self._country(at)
        return after, CODED if after and any(c.isdigit() for c in self.tokens[after - 1].low) else NAMED

    def _coded_town(self, at: int, *, joined: bool) -> int:
        """A postal code and its town: 10115 Berlin, D-10115 Berlin, 507 48 Horní, 1012 TX Baard, 30010, Campagna (VE)."""
        prefixed = self.tokens[at + 1].text == "-" and _COUNTRY_CODE.fullmatch(self.tokens[at].low) is not None
        index = at + 2 * prefixed
        first, second = self.tokens[index], self.tokens[index + 1]
        if first.kind != "n" or joined:
            return 0
        split = len(first.low) == 3 and second.kind == "n" and len(second.low) == 2  # noqa: PLR2004 - Czechia, Sweden
        if not split and (not _POSTAL.fullmatch(first.low) or self._is_year(index)):
            return 0
        dutch = len(first.low) == _SHORT and second.kind == "w" and len(second.text) == 2 and second.text.isupper()  # noqa: PLR2004 - 1012 TX
        sure = dutch or _SURE_POSTAL.fullmatch(first.low) is not None
        index += 1 + (split or dutch)
        comma, broken = self.tokens[index].text == ",", self.tokens[index].kind == "l"
        town = self._town(index + (comma or broken))
        if not town or (broken and not dutch and first.low.isdecimal()) or (not sure and (comma or self.caseless)):
            return 0
        return self._province(town)

    def _province(self, at: int) -> int:
        """Past a province in brackets or behind a slash: (VE), / AM; ``at`` if there is none."""
        marks = self.tokens[at].text, self.tokens[at + 2].text
        if marks == ("(", ")"):
            return at + 3
        return at + 2 if marks[0] == "/" and len(self.tokens[at + 1].text) == 2 else at  # noqa: PLR2004 - a state of Brazil

    def _state(self, at: int) -> int:
        """A state, by its code or name, with the postal code behind it if there is one."""
        token = self.tokens[at]
        if token.kind != "w":
            return 0
        pair = f"{token.low} {self.tokens[at + 1].low}"
        named = at + 2 if pair in words.STATE_NAMES else at + 1 if token.low in words.STATE_NAMES else 0
        known = named or token.low in words.STATES
        if not known and not (len(token.low) in {2, 3} and token.text.isupper()):
            return 0
        after = named or at + 1
        code = self._postal(self.gap(after))
        if code and (known or _ZIP.fullmatch(self.tokens[code - 1].low)):
            return code
        alone = named or (token.text.isupper() and token.low in words.STATES - words.WORDY_STATES)
        return after if alone else 0

    def _postal(self, at: int) -> int:
        """Past a postal code."""
        token, following = self.tokens[at], self.tokens[at + 1]
        if token.kind != "n":
            if _LETTERED.fullmatch(token.low):
                return at + 1
            return at + 2 if _LETTERED.fullmatch(f"{token.low} {following.low}") else 0
        if _POSTAL.fullmatch(token.low):
            grouped = len(token.low) == _SHORT and following.kind == "n"  # 0431 35 06 90 is a telephone number
            return 0 if grouped or self._is_year(at) else at + 1
        split = following.kind == "n" and self.tokens[at + 2].kind != "n" and len(token.low) == len(following.low) == 3  # noqa: PLR2004 - 560 001
        return at + 2 if split else 0

    def _is_year(self, at: int) -> bool:
        """Whether four digits are a year rather than a postal code, which begins its line if it looks like one."""
        return _YEAR.fullmatch(self.tokens[at].low) is not None and at > 0 and self.tokens[at - 1].kind != "l"

    def _country(self, at: int) -> int:
        """Past a country, and a postal code behind it."""
        if self.tokens[at].low.replace("\u2019", "'") not in _COUNTRY_BEGINS:
            return 0
        for length in range(_LONGEST_COUNTRY, 0, -1):
            name = " ".join(token.low for token in self.tokens[at : at + length]).replace("\u2019", "'")
            if name in words.COUNTRIES:
                return self._postal(self.gap(at + length)) or at + length
        return 0

    def _town(self, at: int) -> int:
        """Past the names of a town or district, one to five: New York, 3rd Cross, Sector 21."""
        index = at
        while index - at < _MOST_NAMES and self._is_town(index, first=index == at):
            index += 1
        return index if index > at else 0

    def _is_town(self, at: int, *, first: bool) -> bool:
        """Whether a token may be part of a town's name."""
        token = self.tokens[at]
        if token.kind == "n":
            return token.is_ordinal or (
                not first and self.tokens[at - 1].low in words.PREMISES and not self._postal(at)
            )
        if not first and token.low in words.PARTICLES:
            return True
        named = token.is_capital or (self.caseless and token.kind == "w" and token.low not in words.STOP)
        if not named or token.low in words.MONTHS:
            return False
        state = token.low in words.STATE_NAMES or (token.text.isupper() and token.low in words.STATES)
        return first or not (state or self._postal(at))
