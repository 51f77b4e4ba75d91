"""JSON documents, streamed: a file larger than memory is no larger to us than one record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import flatten
from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.encoding import Transcoded
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch

TYPES = ("json",)
_CHUNK: Final = 64 << 10
MAX_STRING: Final = 64 << 20
"""A single value longer than this would have to be held in memory whole."""


class _Fed:
    """The parser's input; raises when so much went in without any value coming out."""

    def __init__(self, source: Transcoded) -> None:
        self._source = source
        self.silent = 0

    def read(self, size: int) -> bytes:
        if self.silent > MAX_STRING:
            raise SourceError(SkipCode.LIMIT, f"one value of more than {MAX_STRING >> 20} MiB; the rest was not read")
        data = self._source.read(size)
        self.silent += len(data)
        return data


def read(file: File) -> Iterator[Batch]:
    """The elements of its arrays as rows, columns named by their keys. Raises SourceError where it stops being JSON."""
    return batched(file, flatten.rows(_events(file), flatten.Columns()))


def _events(file: File) -> Iterator[flatten.Event]:
    import ijson  # noqa: PLC0415 - used for JSON only

    fed = _Fed(Transcoded(file))
    try:
        for event in ijson.basic_parse(fed, buf_size=_CHUNK, multiple_values=True):
            fed.silent = 0
            yield event
    except (ijson.JSONError, ValueError):
        raise SourceError(
            SkipCode.UNREADABLE,
            f"stops being JSON within the first {file.stream.consumed} bytes; the rest was not read",
        ) from None
