"""The tokens of a text as the grammar of addresses sees them: numbers, words, marks and line ends."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from piiscan.detect import addresses_words as words

_TOKEN: Final = re.compile(
    r"(?P<n>\d+(?:[^\W\d_]{1,2}(?![^\W_])|(?:st|nd|rd|th)(?![^\W_]))?(?:[/\-\u2013]\d+[^\W\d_]?(?![^\W_]))*(?![^\W_]))"
    r"|(?P<w>[^\W\d_](?:[^\W_]|['\u2019.&/\-](?=[^\W\d_]))*(?:\.(?![^\W_]))?)"
    r"|(?P<x>[^\W_]+)|(?P<l>\n)|(?P<p>[^\w\s])"
)
"""A hyphen joins letters with letters and digits with digits, so that ``Bengaluru-560001`` is a word and a number."""
_HOUSE: Final = re.compile(r"\d{1,6}[^\W\d_]?(?:[/\-\u2013]\d{1,4}[^\W\d_]?)?|\d{1,3}(?:[/\-]\d{1,3}){2}")
_ORDINAL_ENDS: Final = ("st", "nd", "rd", "th")
_ENDS_IN_DOT: Final = frozenset(
    {
        "st",
        "ave",
        "rd",
        "blvd",
        "dr",
        "ln",
        "ct",
        "cir",
        "pkwy",
        "hwy",
        "ter",
        "pl",
        "sq",
        "str",
        "av",
        "apt",
        "ste",
        "no",
    }
)
_PADDING: Final = 12
"""Empty tokens behind the last one, more than the grammar looks ahead, so that it need not ask where the text ends."""


class Token(NamedTuple):
    """A piece of text; ``low`` is its lower case without a closing full stop."""

    kind: str
    """``n`` a number, perhaps with a letter or an ordinal's ending; ``w`` a word; ``x`` a mixture; ``l`` a line end;
    ``p`` a mark; ``e`` the end of the text."""
    text: str
    low: str
    start: int
    end: int

    @property
    def is_house(self) -> bool:
        """Whether it may be the number of a house: no ordinal, at most six digits before a mark."""
        return self.kind == "n" and _HOUSE.fullmatch(self.low) is not None

    @property
    def is_ordinal(self) -> bool:
        """Whether it is a number in a row: 3rd."""
        return self.kind == "n" and self.low.endswith(_ORDINAL_ENDS)

    @property
    def is_capital(self) -> bool:
        """Whether it is written as names are."""
        return self.kind == "w" and self.text[0].isupper()

    @property
    def is_street(self) -> bool:
        """Whether the word ends as one-word names of streets do: Hauptstraße, Storgatan, Ringvej."""
        low = self.low
        return low.endswith(words.COMPOUNDS) and low not in words.NO_COMPOUNDS and low not in words.POST_KINDS

    @property
    def close(self) -> int:
        """Where it ends, without the full stop that closes a sentence."""
        return self.end - (self.kind == "w" and self.text[-1] == "." and self.low not in _ENDS_IN_DOT)


def tokens(text: str) -> list[Token]:
    """The tokens of a text, by place, and some empty ones behind the last."""
    found = []
    for match in _TOKEN.finditer(text):
        piece = match.group()
        found.append(Token(match.lastgroup or "p", piece, piece.lower().rstrip("."), match.start(), match.end()))
    return found + [Token("e", "", "", len(text), len(text))] * _PADDING
