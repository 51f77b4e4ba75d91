"""Pictures without a pixel that matters, with EXIF as cameras write it: JPEG, TIFF, PNG, WebP, HEIC."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ASCII, SHORT, LONG, RATIO, BYTE, UNDEFINED = 2, 3, 4, 5, 1, 7
Entry = tuple[int, int, bytes]
"""Tag, type, and the value's bytes."""
_SIZES = {ASCII: 1, SHORT: 2, LONG: 4, RATIO: 8, BYTE: 1, UNDEFINED: 1}


def text(tag: int, value: str) -> Entry:
    """A field of plain text."""
    return tag, ASCII, value.encode() + b"\0"


def degrees(tag: int, *parts: tuple[int, int]) -> Entry:
    """Degrees, minutes, seconds."""
    return tag, RATIO, b"".join(struct.pack("<II", *each) for each in parts)


def exif(
    image: Sequence[Entry] = (), camera: Sequence[Entry] = (), gps: Sequence[Entry] = (), pointer: int | None = None
) -> bytes:
    """A block of EXIF, little endian: the main directory, and those of the camera and of the place. ``pointer`` puts one wrong."""
    pointers = [(0x8769, camera)] * bool(camera) + [(0x8825, gps)] * bool(gps)
    main = [*image, *((tag, LONG, b"\0\0\0\0") for tag, _ in pointers)]
    at = 8 + len(_directory(main, 8))
    for tag, entries in pointers:
        where = at if pointer is None else pointer
        main[[each[0] for each in main].index(tag)] = (tag, LONG, struct.pack("<I", where))
        at += len(_directory(entries, at))
    out = b"II*\0" + struct.pack("<I", 8) + _directory(main, 8)
    for _, entries in pointers:
        out += _directory(entries, len(out))
    return out


def _directory(entries: Sequence[Entry], at: int) -> bytes:
    fixed, data = struct.pack("<H", len(entries)), b""
    begin = at + 2 + 12 * len(entries) + 4
    for tag, kind, value in sorted(entries):
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", begin + len(data))
        data += value if len(value) > 4 else b""
        fixed += struct.pack("<HHI", tag, kind, len(value) // _SIZES[kind]) + place
    return fixed + b"\0\0\0\0" + data


def jpeg(block: bytes | None) -> bytes:
    """Markers as a camera writes them, and the beginning of a picture."""
    app1 = b"" if block is None else b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\x01" * 9 + app1 + b"\xff\xda\x00\x02" + b"\x10" * 50 + b"\xff\xd9"


def tiff(block: bytes | None) -> bytes:
    """It is its own EXIF."""
    return block if block is not None else exif([(0x100, SHORT, b"\x01\x00")])


def png(block: bytes | None) -> bytes:
    """The block behind the picture, where it may stand, too."""
    chunks = [
        (b"IHDR", b"\0" * 13),
        (b"IDAT", b"\x10" * 50),
        *([(b"eXIf", block)] if block is not None else []),
        (b"IEND", b""),
    ]
    body = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def webp(block: bytes | None) -> bytes:
    """A chunk of odd length stands before it."""
    chunks = [
        (b"VP8X", b"\x08" + b"\0" * 9),
        (b"VP8 ", b"\x10" * 51),
        *([(b"EXIF", block)] if block is not None else []),
    ]
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def heic(block: bytes | None) -> bytes:
    """Two items, the second being EXIF."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + kind + content

    def item(number: int, kind: bytes) -> bytes:
        return box(b"infe", struct.pack(">IHH", 2 << 24, number, 0) + kind + b"\0")

    start = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    data = b"" if block is None else struct.pack(">I", 6) + b"Exif\0\0" + block
    items = [item(1, b"hvc1"), *([item(2, b"Exif")] if block is not None else [])]
    iinf = box(b"iinf", struct.pack(">IH", 0, len(items)) + b"".join(items))
    size = len(start) + 12 + len(iinf) + 8 + 8 + 2 * 14
    iloc = struct.pack(">IBBH", 0, 0x44, 0, 2) + b"".join(
        struct.pack(">HHHII", number, 0, 1, size + 8, len(data)) for number in (1, 2)
    )
    return start + box(b"meta", b"\0\0\0\0" + iinf + box(b"iloc", iloc)) + box(b"mdat", data + b"\x10" * 20)


FORMATS = {"jpg": jpeg, "tif": tiff, "png": png, "webp": webp, "heic": heic}
