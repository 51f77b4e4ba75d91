"""JSON documents, streamed: a file larger than memory is no larger to us than one record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import flatten, keys, safejson
from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.encoding import Transcoded
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch

TYPES = ("json",)
MAX_STRING: Final = 64 << 20
"""A single value longer than this would have to be held in memory whole."""
MAX_DIGITS: Final = 256 << 10
"""Of one number, about: the time to make one grows with the square (5 s for a million digits)."""


class _Fed:
    """The parser's input; raises when so much went in without any value coming out, or so many figures in a row."""

    def __init__(self, source: Transcoded) -> None:
        self._source = source
        self.silent = 0
        self._digits = 0

    def read(self, size: int) -> bytes:
        if self.silent > MAX_STRING:
            raise SourceError(SkipCode.LIMIT, f"one value of more than {MAX_STRING >> 20} MiB; the rest was not read")
        data = self._source.read(size)
        self.silent += len(data)
        self._digits = self._digits + len(data) if data.isdigit() else 0
        if self._digits > MAX_DIGITS:
            raise SourceError(SkipCode.LIMIT, f"a number of more than {MAX_DIGITS} digits; the rest was not read")
        return data


def read(file: File) -> Iterator[Batch]:
    """The elements of its arrays as rows, columns named by their keys. Raises SourceError where it stops being JSON."""
    names = keys.Keys()
    return batched(file, flatten.rows(keys.learnt(_events(file), names), names))


def _events(file: File) -> Iterator[flatten.Event]:
    fed = _Fed(Transcoded(file))
    try:
        for event in safejson.events(fed):
            fed.silent = 0
            yield event
    except ValueError:
        raise SourceError(
            SkipCode.UNREADABLE,
            f"stops being JSON within the first {file.stream.consumed} bytes; the rest was not read",
        ) from None
