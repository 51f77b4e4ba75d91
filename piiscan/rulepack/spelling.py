"""Words taken for others misspelt."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAR: Final = 0.84
"""Likeness from which on: ``last_colection_activity`` is ``last_collection_activity``, ``call_day`` is not ``call_date``."""


def near(word: str, words: Iterable[str]) -> str:
    """``did you mean ...?`` for a word that is almost another one; empty when none is."""
    found = difflib.get_close_matches(word, sorted(words), n=1, cutoff=_NEAR)
    return f"did you mean {found[0]}?" if found and found[0] != word else ""
