"""Whether a value is written like a person's name, of words that are given names or surnames by the census."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

_LIST: Final = "census_names.txt"
_LONGEST: Final = 60
_WORD: Final = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?"
_WRITTEN: Final = re.compile(rf"{_WORD}(?:,? {_WORD}){{0,4}}")
"""One to five words of letters, with a comma at most between two of them."""
_BESIDE: Final = frozenset(
    {
     "mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "de", "la",
     "del", "van", "der", "von", "den", "da", "di", "dos", "mac", "mc", "st", "san", "el", "al", "bin",
    }
)  # fmt: skip
"""Words that stand beside names and prove nothing."""
_OTHER: Final = frozenset(
    {
     "street", "streets", "road", "roads", "avenue", "drive", "drives", "boulevard", "highway", "parkway",
     "circle", "circles", "square", "squares", "plaza", "alley", "trail", "trails", "terrace", "way", "ways",
     "route", "county", "city", "township", "heights", "springs", "beach", "island", "islands", "high", "school",
     "elementary", "university", "college", "hospital", "company", "inc", "llc", "ltd", "corp", "group", "sons",
     "associates", "bank",
    }
)  # fmt: skip
"""Words after which a name is a street's, a place's or a firm's."""


def is_name(text: str) -> bool:
    """Whether a short text is a name: one listed word, or several that begin or end with a given name."""
    if len(text) > _LONGEST or not _WRITTEN.fullmatch(text) or text.islower():
        return False
    given, surnames = _lists()
    words = [word.strip(".") for word in _plain(text).replace(",", "").split()]
    telling = [word for word in words if len(word) > 1 and word not in _BESIDE]
    if len(telling) <= 1:
        return bool(telling) and len(words) - len(telling) <= 1 and (telling[0] in given or telling[0] in surnames)
    if not _OTHER.isdisjoint(words):
        return False
    listed = sum(any(part in given or part in surnames for part in word.split("-")) for word in telling)
    return (telling[0] in given or telling[-1] in given or "," in text) and 2 * listed >= len(telling)


def _plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames of the list that is shipped."""
    text = resources.files("piiscan.rules").joinpath("recognizers", _LIST).read_text("utf-8")
    given, _, surnames = text.partition("[given]\n")[2].partition("[surnames]\n")
    return frozenset(given.split()), frozenset(surnames.split())
