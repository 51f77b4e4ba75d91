"""Files within files: opening a member under the limits of the file it lies in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.connectors.readers.port import File
from piiscan.connectors.readers.streams import Expanding, Stream
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.connectors.readers.streams import Packed


def inner(
    file: File, name: str, unpacked: Packed | None, size: int | None, *, packed: Callable[[], int] = lambda: 1 << 62
) -> File:
    """The member ``name`` of a file, its bytes held against the file's budget; ``packed`` counts the bytes they came from.

    Raises SourceError (limit) when archives lie in archives too deep.
    """
    if file.depth >= file.settings.max_depth:
        raise SourceError(
            SkipCode.LIMIT, f"an archive more than {file.settings.max_depth} archives deep; it was not read"
        )
    container = replace(
        file.container,
        member=(*file.container.member, name),
        locator=(),
        rows=None,
        size_bytes=size,
        changed_at=None,
        fingerprint=None,
        columns=(),
        notes=(),
    )
    stream = Stream(Expanding(unpacked, file.budget, packed) if unpacked is not None else Empty())
    return File(container, stream, file.settings, file.budget, depth=file.depth + 1)


class Empty:
    """No bytes at all."""

    def read(self, _size: int, /) -> bytes:
        """Nothing."""
        return b""
