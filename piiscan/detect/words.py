"""Names of columns and tables as words: split, spelt out, singular, without accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from piiscan.detect.clipped import unclip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PARTS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_A-Za-z]+")
_EMPTY: Final = frozenset(
    {"of", "the", "de", "du", "da", "do", "del", "di", "der", "des", "den", "la", "le", "el", "los", "las", "les", "das",
     "van", "het", "della", "degli"}
)  # fmt: skip
"""Words that carry nothing: date_of_birth, fecha_de_nacimiento."""
_SHORT_ENDS: Final = frozenset({"no", "nr", "nm", "dt", "id", "cd", "ph"})
"""Two-letter words a run-together name may end in: ACCTNO, CUSTNM."""
_SHORT_STARTS: Final = frozenset({"dt", "nm", "cd", "id"})
"""And those it may begin with: DTNASC, idcliente."""
_SHORTEST: Final = 4
"""Letters a word needs to be looked for inside a run-together name; `_AFFIXES` may be shorter."""
_AFFIXES: Final = frozenset(
    {
        "emp",
        "cus",
        "num",
        "nbr",
        "ssn",
        "dob",
        "zip",
        "tel",
        "fax",
        "tax",
        "usr",
        "adr",
        "acc",
        "bal",
        "amt",
        "pmt",
        "mkt",
        "job",
        "last",
        "eye",
        "alt",
        "pro",
        "sms",
        "gps",
        "old",
        "new",
    }
)


def parts(name: str) -> list[str]:
    """The pieces of a name: at separators, between letters and digits, at camelCase humps; lower case, no accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.replace("ß", "ss")) if not unicodedata.combining(c))
    return [part.casefold() for part in _PARTS.findall(plain.replace("'", ""))]


def singular(word: str) -> str:
    """An English word without its plural ending, roughly: both sides of every comparison are treated alike."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):  # noqa: PLR2004 - gas, bus, his: too short to have an ending
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word.removesuffix("s")


class Speller:
    """Spells names out with the words and abbreviations of the rule packs."""

    def __init__(self, vocabulary: Iterable[str], abbreviations: Mapping[str, str]) -> None:
        self._short = {short: tuple(word.split()) for short, word in abbreviations.items()}
        words = {part for word in vocabulary for part in parts(word)} | {
            w for full in self._short.values() for w in full
        }
        self._words = words | {singular(word) for word in words} | set(self._short)

    @lru_cache(maxsize=16_384)  # noqa: B019 - one speller lives as long as its detector
    def spell(self, name: str) -> tuple[str, ...]:
        """The words of a name, spelt out and singular: ``CUST_BIRTHDT`` is customer, birth, date."""
        spelt: list[str] = []
        for part in parts(name):
            for piece in self._pieces(part):
                spelt.extend(self._short.get(piece) or self._short.get(singular(piece), (piece,)))
        return tuple(singular(word) for word in spelt if word not in _EMPTY)

    def _pieces(self, part: str) -> tuple[str, ...]:
        """A run-together part in the words it is made of; itself if it is one word or cannot be split wholly."""
        if part in self._words or singular(part) in self._words or len(part) <= _SHORTEST:
            return (part,)
        return self._split(part, len(part)) or unclip(part) or (part,)

    def _split(self, part: str, whole: int) -> tuple[str, ...] | None:
        """The longest words first, wholly covering; None if there is no such split."""
        if not part:
            return ()
        for length in range(len(part), 1, -1):
            word = part[:length]
            if length == whole or not self._fits(word, first=len(part) == whole, last=length == len(part)):
                continue
            rest = self._split(part[length:], whole)
            if rest is not None:
                return (word, *rest)
        return None

    def _fits(self, word: str, *, first: bool, last: bool) -> bool:
        if (last and word in _SHORT_ENDS) or (first and word in _SHORT_STARTS):
            return True
        return (len(word) >= _SHORTEST or word in _AFFIXES) and (word in self._words or singular(word) in self._words)
