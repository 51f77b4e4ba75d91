"""gzip: one file in it, read as what its name without ``.gz`` and its content say."""

from __future__ import annotations

import gzip
from typing import IO, TYPE_CHECKING, cast

from piiscan.connectors.readers import registry
from piiscan.connectors.readers.batching import Batcher
from piiscan.connectors.readers.nesting import inner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch, Skip

TYPES = ("gzip",)


def read(file: File) -> Iterator[Batch | Skip]:
    """A batch of no rows for the archive, then what is in it. Raises SourceError (limit) when nested too deep."""
    yield Batcher(file).take(0)
    unpacked = gzip.GzipFile(fileobj=cast("IO[bytes]", file.stream), mode="rb")
    yield from registry.read(inner(file, _inner_name(file), unpacked, None, packed=lambda: file.stream.consumed))


def _inner_name(file: File) -> str:
    own = (file.container.member or (file.container.path,))[-1].rsplit("/", 1)[-1]
    if file.name.endswith(".tgz"):
        return own[: -len("tgz")] + "tar"
    return own[: -len(".gz")] if file.name.endswith(".gz") and len(own) > len(".gz") else own
