"""Texts as words and pieces of words: what the network reads, the same in training and in use."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WORD: Final = re.compile(r"[^\W_]+|[^\w\s]|_")
_END: Final = frozenset(".!?;:\n")
LONGEST: Final = 128
"""Pieces the network reads at once."""
_TURN: Final = 88
"""Pieces from which a window ends at the next end of a sentence or line."""
_MOST_PIECES: Final = 8
_REMEMBERED: Final = 50_000

SHAPES: Final = 7
"""lower, Title, UPPER, single capital, mIxed, digits, mark."""
GAPS: Final = 4
"""What stands before a piece: nothing, a blank, a line's start, the rest of its word."""
INSIDE: Final = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in the text (code points, end exclusive) and what the network is told of it."""

    start: int
    end: int
    pieces: tuple[int, ...]
    shape: int
    gap: int


def shape_of(word: str) -> int:
    """How a word is written: one of `SHAPES`."""
    if word.isdigit():
        return 5
    if not word.isalnum():
        return 6
    if word.islower():
        return 0
    if word.isupper():
        return 3 if len(word) == 1 else 2
    return 1 if word[0].isupper() and word[1:].islower() else 4


def plain(word: str) -> str:
    """Lower case, without accents: the form the vocabulary is in."""
    folded = unicodedata.normalize("NFD", word.lower())
    return folded if folded.isascii() else "".join(c for c in folded if unicodedata.category(c) != "Mn")


class Pieces:
    """The vocabulary: cuts words into the longest pieces it has (WordPiece, Schuster and Nakajima 2012)."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._unknown = vocabulary["[UNK]"]
        self._known: dict[str, tuple[int, ...]] = {}

    def words(self, text: str) -> Iterator[Word]:
        """The words and marks of a text, in order."""
        last = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            gap = 2 if not last or "\n" in text[last:start] else int(start > last)
            written = match.group()
            yield Word(start, end, self.cut(written), shape_of(written), gap)
            last = end

    def windows(self, text: str) -> Iterator[list[Word]]:
        """The words in runs of at most `LONGEST` pieces, cut where a sentence or a line ends if one does."""
        window: list[Word] = []
        size = 0
        for word in self.words(text):
            full = size + len(word.pieces) > LONGEST
            if full or (size >= _TURN and (word.gap == 2 or text[window[-1].end - 1] in _END)):  # noqa: PLR2004 - a line's start
                yield window
                window, size = [], 0
            window.append(word)
            size += len(word.pieces)
        if window:
            yield window

    def cut(self, word: str) -> tuple[int, ...]:
        """The pieces of one word."""
        known = self._known.get(word)
        if known is None:
            known = self._cut(plain(word))
            if len(self._known) < _REMEMBERED:
                self._known[word] = known
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        start = 0
        while start < len(word) and len(found) < _MOST_PIECES:
            for end in range(len(word), start, -1):
                piece = self._vocabulary.get(f"##{word[start:end]}" if start else word[:end])
                if piece is not None:
                    found.append(piece)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found) or (self._unknown,)


def size_of(window: Sequence[Word]) -> int:
    """Pieces of a window."""
    return sum(len(word.pieces) for word in window)
