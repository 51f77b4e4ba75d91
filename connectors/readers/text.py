"""Plain text and logs: pieces of running text, cut where no value is likely to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.encoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch

TYPES = ("text",)
PIECE_CHARS: Final = 64 << 10
_CUTS: Final = (
    re.compile(r"[\f\v\x85\u2028\u2029]"),
    re.compile(r"[\t;|{}\[\]<>\"&\x1c-\x1f]"),
    re.compile(r"[.,!?] "),
    re.compile(r"\s"),
    re.compile(r","),
    re.compile(r"[^\w.@+/:-]"),
    re.compile(r"\W"),
)
"""Where a line longer than a piece may be cut, best first: values hold hyphens and spaces, seldom tabs and brackets."""
_LOOK_BACK: Final = 4 << 10


def read(file: File) -> Iterator[Batch]:
    """The text in pieces of at most 64 Ki characters; a row is a piece."""
    return batched(file, ({None: piece} for piece in pieces(decoded(file))))


def pieces(chunks: Iterable[str], limit: int = PIECE_CHARS) -> Iterator[str]:
    """The text cut at line ends, or within a longer line at the best place near the limit; nothing is lost or repeated.

    Pieces of white space only are left out.
    """
    rest = ""
    try:
        for chunk in chunks:
            rest += chunk
            start = 0
            while len(rest) - start > limit:
                end = cut(rest, start, start + limit)
                if (piece := rest[start:end].strip("\n")).strip():
                    yield piece
                start = end
            rest = rest[start:]
    except Exception:  # a stream that breaks: what came before is text all the same
        if rest.strip():
            yield rest.strip("\n")
        raise
    if rest.strip():
        yield rest.strip("\n")


def cut(text: str, start: int, end: int) -> int:
    """Where to end a piece of ``text[start:end]``: after its last line end, else after the best mark near the end."""
    if (line := text.rfind("\n", start, end)) > start:
        return line + 1
    floor = max(start, end - _LOOK_BACK)
    window = text[floor:end]
    for mark in _CUTS:
        if ends := [found.end() for found in mark.finditer(window)]:
            return floor + ends[-1]
    return end
