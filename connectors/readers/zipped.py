"""ZIP: every member read as what it is, in the order it lies in the archive; nothing is ever written to disk."""

from __future__ import annotations

import zipfile
from typing import IO, TYPE_CHECKING, Final, cast

from piiscan.connectors.readers import naming, registry
from piiscan.connectors.readers.batching import Batcher
from piiscan.connectors.readers.nesting import inner
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.connectors.readers.streams import Packed
    from piiscan.model import Batch, Skip

TYPES = ("zip",)
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_TAIL: Final = (64 << 10) + 256
_MAX_DIRECTORY: Final = 32 << 20


def read(file: File) -> Iterator[Batch | Skip]:
    """A batch of no rows for the archive, then its members. Raises SourceError when its directory cannot be read."""
    raw = file.stream.seekable()
    if _directory_bytes(raw) > _MAX_DIRECTORY:
        raise SourceError(SkipCode.LIMIT, "the directory of the ZIP archive is too large to be read safely")
    try:
        archive = zipfile.ZipFile(raw)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise SourceError(
            SkipCode.UNREADABLE, "the ZIP archive is damaged or cut off: its directory cannot be read"
        ) from None
    with archive:
        yield Batcher(file).take(0)
        members = sorted(
            (info for info in archive.infolist() if not info.is_dir()),
            key=lambda info: (info.header_offset, info.filename),
        )
        taken: dict[str, int] = {}
        for info in members:
            file.budget.take_member()
            name = _name(info)
            taken[name] = taken.get(name, 0) + 1
            if taken[name] > 1:
                name = f"{name} ({taken[name]})"
            yield from _member(file, archive, info, name)
            if file.budget.spent:
                raise SourceError(
                    SkipCode.LIMIT, "the archive expands beyond max_file_size; its further members were not read"
                )


def _member(file: File, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[Batch | Skip]:
    member = inner(file, name, None, info.file_size)
    if info.flag_bits & _ENCRYPTED:
        yield member.skip(SkipCode.ENCRYPTED, "a member of the ZIP archive needs a password")
        return
    try:
        stream = archive.open(info)
    except NotImplementedError:
        yield member.skip(SkipCode.UNSUPPORTED, "packed by a method that cannot be read here")
    except (zipfile.BadZipFile, ValueError, EOFError, RuntimeError):
        yield member.skip(SkipCode.UNREADABLE, "this member of the ZIP archive is damaged")
    else:
        with stream:
            yield from registry.read(
                inner(file, name, cast("Packed", stream), info.file_size, packed=lambda: info.compress_size)
            )


def _directory_bytes(raw: IO[bytes]) -> int:
    """How large the archive says its directory is (APPNOTE 4.3.14, 4.3.16): zipfile holds it in memory whole."""
    raw.seek(max(0, raw.seek(0, 2) - _TAIL))
    tail = raw.read(_TAIL)
    if (wide := tail.rfind(b"PK\x06\x06")) >= 0:
        return int.from_bytes(tail[wide + 40 : wide + 48], "little")
    end = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name, printable; without the mark for UTF-8 it is UTF-8 all the same, or the DOS page zipfile took."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return naming.printable(name)
