"""Letters of names folded to a to z: accents dropped, Greek and Cyrillic transliterated."""

from __future__ import annotations

import unicodedata
from typing import Final

_LATIN: Final = "ß:ss æ:ae œ:oe ø:o đ:d ð:d þ:th ł:l \u0131:i ħ:h ŋ:n ŧ:t ĸ:k"
_GREEK: Final = "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r ς:s σ:s τ:t υ:y φ:f χ:ch ψ:ps ω:o"  # noqa: RUF001 - Greek letters
_CYRILLIC: Final = (
    "а:a б:b в:v г:g д:d е:e ж:zh з:z и:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya"  # noqa: RUF001 - Cyrillic letters
    " і:i є:ye ґ:g ј:j љ:lj њ:nj ћ:c џ:dz ђ:dj ѕ:dz"  # noqa: RUF001 - as above
)
_TABLE: Final = str.maketrans(
    {pair[0]: pair[2:] for letters in (_LATIN, _GREEK, _CYRILLIC) for pair in letters.split()}
)


def fold(text: str) -> str:
    """The text in lower case, letters with marks as those without, Greek and Cyrillic in Latin letters; others stay.

    How single Greek and Cyrillic letters are written is ours: the agency publishes no table.
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).translate(_TABLE)


def letters_and_digits(text: str) -> str:
    """The folded text without anything but letters and digits of any script."""
    return "".join(mark for mark in fold(text) if mark.isalnum())
