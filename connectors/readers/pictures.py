"""Pictures: counted as what they are, with what their EXIF says; the picture itself is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.connectors.readers import exifblock
from piiscan.connectors.readers.batching import Batcher
from piiscan.connectors.readers.exiffields import fields
from piiscan.connectors.readers.port import HEAD_BYTES
from piiscan.errors import SourceError
from piiscan.model import Batch, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.batching import Row
    from piiscan.connectors.readers.port import File

TYPES = ("image",)
READS_HEAD_ONLY = True


def read(file: File) -> Iterator[Batch | Skip]:
    """One row: a photograph (category H), with a column for each field of its EXIF. One Skip says what was not read of it."""
    row, code, said = _described(file)
    file.stream.read(HEAD_BYTES)
    batcher = Batcher(file, ("photo",))
    yield from batcher.add(row)
    yield batcher.take(1)
    yield file.skip(code, f"{file.label}: counted as photo; {said}")


def _described(file: File) -> tuple[Row, SkipCode, str]:
    """Its EXIF, and what must be said of it."""
    rest = "other metadata and the picture itself were not read"
    try:
        with exifblock.Window(file.stream) as window:
            block = exifblock.find(window)
            row = fields(block) if block else {}
    except LookupError:
        return {}, SkipCode.UNSUPPORTED, "its content is not read"
    except SourceError as error:
        return {}, error.code, f"{error.message}; {rest}"
    if not row:
        return {}, SkipCode.UNSUPPORTED, f"it has no EXIF that says anything; {rest}"
    return row, SkipCode.UNSUPPORTED, f"its EXIF was read, {rest}"
