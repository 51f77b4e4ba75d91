"""Postal addresses in running text: a small grammar over tokens (`addresses_streets`, `addresses_places`).

An address is a line that leads to a door, then units, then the place. A line that is not sure by itself needs a unit, a
postal code, a country on a line of its own or words such as "lives at" beside it; a bare one needs a postal code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from presidio_analyzer import LocalRecognizer, RecognizerResult

from piiscan.detect import addresses_words as words
from piiscan.detect.addresses_places import CODED, NAMED, Places
from piiscan.detect.addresses_streets import Line, Streets, Sureness
from piiscan.detect.addresses_tokens import Token, tokens
from piiscan.detect.gates import Gate, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORTEST: Final = 5
_DOOR: Final = re.compile(r"\d[^\W_]?[\s,.½]{1,3}[^\W\d_]|[^\W\d_][\s,.:#°º>?*|]{1,6}\d")
"""A number beside a word: no address is without, but for one whose number is spelled."""
_SPELLED_STREET: Final = re.compile(r"\b(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve) [^\W\d_]")
_LEAD: Final = re.compile(
    r"(?:\b(?:address(?:es)?(?:\? it)?(?: (?:is|was|on file|to|from|line|of record))?|addr"
    r"|(?:live[sd]?|living|resid(?:es?|ed|ing)|stay(?:s|ed|ing)?|dwell(?:s|ing)) (?:at|in|on)"
    r"|(?:moved|relocated|moving|sent|send|deliver(?:ed)?|ship(?:ped)?|mail(?:ed)?|forward(?:ed)?|taxi|drive|go|come|back|statement)"
    r" (?:it |them |out |back |sent )?(?:to|from|at)"
    r"|(?:located|situated|based|arrived|meet|met|served|home|house|property|premises|office|store|apartment|residence|is|now|here|you off"
    r"|him|her|up) (?:at|in)|residence|street|home)\s{0,3}[:=\-\u2013]?)\s*$",
    re.IGNORECASE,
)
"""What says that an address follows..."""
_LEAD_ENDS: Final = frozenset(
    {
        "address",
        "addresses",
        "addr",
        "at",
        "in",
        "on",
        "is",
        "was",
        "file",
        "to",
        "from",
        "line",
        "record",
        "residence",
        "street",
        "home",
        "it",
        ":",
        "=",
        "-",
        "\u2013",
    }
)
"""...and the last words of it."""
_LEAD_LENGTH: Final = 40


class AddressRecognizer(LocalRecognizer):
    """Postal addresses of the United States, the United Kingdom, India and others, each as one span to its country."""

    COMPLETE: Final = 0.85
    SURE: Final = 0.65
    LIKELY: Final = 0.6

    def __init__(self) -> None:
        super().__init__(supported_entities=["STREET_ADDRESS"], name="AddressRecognizer")
        self.gates = (Gate(length=_SHORTEST, digits=1), Gate(length=_SHORTEST, marks=(mark(" "),)))

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: Any = None, nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002 - the signature is fixed
        """Addresses by place, none overlapping another."""
        if not _DOOR.search(text) and not _SPELLED_STREET.search(text):
            return []
        return [RecognizerResult("STREET_ADDRESS", *found) for found in _Reader(text).addresses()]


class _Reader:
    """Reads addresses off the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.places = Places(self.tokens, caseless=text == text.lower())
        self.streets = Streets(text, self.tokens, self.places)

    def addresses(self) -> Iterator[tuple[int, int, float]]:
        """Start, end (exclusive, code points) and score of each address."""
        at, taken = 0, 0
        while self.tokens[at].kind != "e":
            found = self._address(at, taken) if _may_begin(self.tokens[at]) else None
            if found is None:
                at += 1
                continue
            first, at, score = found
            taken = at
            yield self.tokens[first].start, self.tokens[at - 1].close, score

    def _address(self, at: int, taken: int) -> tuple[int, int, float] | None:
        """The address that begins at a token, or whose name stands directly before it: first token, end and score."""
        unit = self.places.unit(at)
        for line in self._lines(at, unit):
            if line is None or line.first < taken:
                continue
            rest = self.places.units(line.end)
            end, proof = self.places.tail(rest)
            broken = any(token.kind == "l" for token in self.tokens[line.end : end])
            score = self._score(line, proof, unit=unit > 0 or rest > line.end, broken=broken)
            if score:
                return line.first, end, score
        return None

    def _lines(self, at: int, unit: int) -> Iterator[Line | None]:
        """The lines that a token may begin; ``unit`` is the end of a unit before them, or 0."""
        line = self.streets.line(self.places.gap(unit) if unit else at)
        yield line and line._replace(first=at)
        yield self.streets.line_behind_unit(at, unit) if unit else self.streets.line_before(at)

    def _score(self, line: Line, proof: int, *, unit: bool, broken: bool) -> float:
        """What a line is worth with what follows it; ``broken`` says that a line end is in that."""
        sure = line.sureness is Sureness.SURE
        if proof == CODED or (proof == NAMED and (sure or (broken and line.sureness is Sureness.OPEN))):
            return AddressRecognizer.COMPLETE
        if sure:
            return AddressRecognizer.COMPLETE if unit else AddressRecognizer.SURE
        likely = line.sureness is Sureness.OPEN and (unit or self._is_led(line.first))
        return AddressRecognizer.LIKELY if likely else 0.0

    def _is_led(self, first: int) -> bool:
        """Whether the words before a token say that an address follows."""
        if not first or self.tokens[first - 1].low not in _LEAD_ENDS:
            return False
        start = self.tokens[first].start
        return _LEAD.search(self.text, max(0, start - _LEAD_LENGTH), start) is not None


def _may_begin(token: Token) -> bool:
    """Whether an address may begin at a token, or at the name before it."""
    return token.kind == "n" or (token.kind == "w" and (token.low in words.BEGINNINGS or token.is_street))
