"""Where a picture keeps its EXIF: found by walking the file's own table of contents, a bounded number of steps and bytes.

JPEG (APP1), TIFF and what is built on it (DNG, NEF, CR2), PNG (eXIf), WebP (EXIF), HEIC and AVIF (an item of type Exif, ISO/IEC
23008-12). Nothing is decoded; what a file says of lengths and places is believed as far as the bounds go.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING, Final, Self

from piiscan.connectors.readers.port import MIB
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from piiscan.connectors.readers.streams import Stream

if TYPE_CHECKING:
    At = Callable[[int, int], bytes]
    """Bytes by place and number."""

AHEAD: Final = 8 * MIB
"""How much of a picture in an archive is held in memory."""
LARGEST: Final = MIB
"""Of one block of EXIF, and of the table of contents of a HEIC file; a camera writes 64 KiB at most."""
_STEPS: Final = 50_000
_TIFF: Final = (b"II*\0", b"MM\0*")
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of JPEG that have no length."""
_PICTURE: Final = frozenset({0xD9, 0xDA})
"""Markers of JPEG behind which no metadata stands."""


class Window:
    """The bytes of a file by their place; of a file in an archive those near its beginning."""

    def __init__(self, stream: Stream) -> None:
        self._file, self._cut = stream.window(AHEAD)
        self._place = self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.seek(self._place)

    def at(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes, fewer only at the end. Raises SourceError (limit) for what an archive hides too far back."""
        if self._cut and offset + size > AHEAD:
            raise SourceError(SkipCode.LIMIT, f"in an archive, metadata is looked for in the first {AHEAD // MIB} MiB")
        self._file.seek(offset)
        parts: list[bytes] = []
        while size > 0 and (data := self._file.read(size)):
            parts.append(data)
            size -= len(data)
        return b"".join(parts)


class Block:
    """EXIF as it lies in a file: TIFF's structure, whose offsets count from its own beginning."""

    def __init__(self, data: bytes | Window) -> None:
        self._window = data if isinstance(data, Window) else None
        self._data = b"" if isinstance(data, Window) else data

    def at(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes, fewer only at the end."""
        return self._window.at(offset, size) if self._window else self._data[offset : offset + size]


def find(window: Window) -> Block | None:
    """The picture's EXIF, None where it has none. Raises SourceError for what is cut off or too far back, LookupError for other formats."""
    head = window.at(0, 12)
    if head.startswith(_TIFF):
        return Block(window)
    if head.startswith(b"\xff\xd8"):
        data = _in_jpeg(window)
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        data = _in_chunks(window, 8, "big", b"eXIf", tail=4)
    elif head[:4] == b"RIFF" and head[8:] == b"WEBP":
        data = _in_chunks(window, 12, "little", b"EXIF", tail=0)
    elif head[4:8] == b"ftyp":
        data = _in_boxes(window)
    else:
        raise LookupError
    return None if data is None else Block(data.removeprefix(b"Exif\0\0"))


def damaged() -> SourceError:
    """What is raised for EXIF that is there and cannot be read."""
    return SourceError(SkipCode.UNREADABLE, "its EXIF is damaged")


def _whole(window: Window, offset: int, size: int) -> bytes:
    """All of a part. Raises SourceError where it is not all there, or larger than any."""
    data = window.at(offset, size) if size <= LARGEST else b""
    if len(data) < size or not size:
        raise damaged()
    return data


def _in_jpeg(window: Window) -> bytes | None:
    place = 2
    for _ in range(_STEPS):
        head = window.at(place, 10)
        if len(head) < 4 or head[0] != 0xFF or head[1] in _PICTURE:  # noqa: PLR2004 - a marker and its length
            return None
        length = int.from_bytes(head[2:4], "big")
        if head[1] == 0xE1 and head[4:10] == b"Exif\0\0":  # noqa: PLR2004 - APP1
            return _whole(window, place + 4, length - 2)
        if head[1] == 0xFF:  # noqa: PLR2004 - a fill byte
            place += 1
        elif head[1] in _BARE:
            place += 2
        else:
            place += 2 + length
    return None


def _in_chunks(window: Window, place: int, order: str, wanted: bytes, tail: int) -> bytes | None:
    """PNG: length, type, data, checksum. RIFF: type, length, data, filled up to an even length."""
    for _ in range(_STEPS):
        head = window.at(place, 8)
        kind, length = (head[4:], head[:4]) if order == "big" else (head[:4], head[4:])
        if len(head) < 8 or kind == b"IEND" or not all(0x20 <= each < 0x7F for each in kind):  # noqa: PLR2004 - letters
            return None
        size = int.from_bytes(length, "big" if order == "big" else "little")
        if kind == wanted:
            return _whole(window, place + 8, size)
        place += 8 + size + (tail or size % 2)
    return None


def _in_boxes(window: Window) -> bytes | None:
    """HEIC: the list of items (``iinf``) names one of type Exif, the table of places (``iloc``) says where it lies."""
    meta = next(
        (_whole(window, place, size) for kind, place, size in _boxes(window.at, 0, None) if kind == b"meta"), None
    )
    if meta is None:
        return None
    parts = {kind: meta[place : place + size] for kind, place, size in _boxes(_slice(meta), 4, len(meta))}
    item = _exif_item(parts.get(b"iinf", b""))
    if item is None:
        return None
    offset, length = _place_of(BytesIO(parts.get(b"iloc", b"")), item)
    data = _whole(window, offset, length)
    return data[4 + int.from_bytes(data[:4], "big") :]


def _slice(data: bytes) -> At:
    return lambda offset, size: data[offset : offset + size]


def _boxes(at: At, place: int, end: int | None) -> Iterator[tuple[bytes, int, int]]:
    """Type, place and size of the content of each box, up to the first that makes no sense."""
    for _ in range(_STEPS):
        head = at(place, 16)
        size, begin = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, begin = int.from_bytes(head[8:16], "big"), 16
        if len(head) < begin or size < begin or (end is not None and place + size > end):
            return
        yield head[4:8], place + begin, size - begin
        place += size


def _exif_item(iinf: bytes) -> int | None:
    """The id of the item that is EXIF."""
    version = iinf[:1]
    for kind, place, size in _boxes(_slice(iinf), 6 if version == b"\0" else 8, len(iinf)):
        entry = iinf[place : place + size]
        wide = 4 if entry[:1] == b"\3" else 2
        if kind == b"infe" and entry[:1] in {b"\2", b"\3"} and entry[6 + wide : 10 + wide] == b"Exif":
            return int.from_bytes(entry[4 : 4 + wide], "big")
    return None


def _place_of(iloc: IO[bytes], wanted: int) -> tuple[int, int]:
    """Offset in the file and length of an item. Raises SourceError where the table does not say, or it lies in pieces."""

    def number(size: int) -> int:
        data = iloc.read(size)
        if len(data) < size:
            raise damaged()
        return int.from_bytes(data, "big")

    version = number(4) >> 24
    sizes = number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(number(2 if version < 2 else 4)):  # noqa: PLR2004 - of the table, as all below
        item = number(2 if version < 2 else 4)  # noqa: PLR2004
        method = number(2) & 15 if version else 0
        number(2)
        base, extents = number(base_size), number(2)
        if item == wanted and extents == 1 and method == 0:
            number(index_size if version else 0)
            offset = base + number(offset_size)
            return offset, number(length_size)
        if item == wanted:
            break
        iloc.seek(extents * ((index_size if version else 0) + offset_size + length_size), 1)
    raise damaged()
