"""What is recognised and not read: always a Skip that names it, and ``encrypted`` where that is cheap to know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.port import HEAD_BYTES
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Skip

TYPES = ("closed",)
READS_HEAD_ONLY = True
_PDF_ENCRYPT: Final = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SQLITE: Final = 'SQLite database: name it as a source of its own (connector = "sql") to have it read'


def read(file: File) -> Iterator[Skip]:
    """One Skip: encrypted, or unsupported with the recognised type."""
    head = file.stream.peek(HEAD_BYTES)
    if file.type == "pgp" or (file.type in {"ole", "pdf"} and _encrypted(file, head)):
        yield file.skip(SkipCode.ENCRYPTED, f"{file.label}: it needs a password or key")
    elif file.type == "sqlite":
        yield file.skip(SkipCode.UNSUPPORTED, _SQLITE)
    else:
        yield file.skip(SkipCode.UNSUPPORTED, f"{file.label}: this format is not read")


def _encrypted(file: File, head: bytes) -> bool:
    tail = file.stream.tail(HEAD_BYTES)
    if file.type == "pdf":
        return bool(_PDF_ENCRYPT.search(head) or _PDF_ENCRYPT.search(tail))
    return _OLE_ENCRYPTED in head or _OLE_ENCRYPTED in tail
