"""What EXIF says, as columns named by its tags: text, moments, and the place where a picture was taken."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

from piiscan.connectors.readers.exifblock import damaged
from piiscan.connectors.readers.port import MIB
from piiscan.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.connectors.readers.batching import Row
    from piiscan.connectors.readers.exifblock import Block

POSITION: Final = "EXIF GPS"
"""The column of the place: latitude and longitude in one, for each alone is no place."""
LONGEST: Final = 64 << 10
"""Bytes of one field that are read."""
_READS: Final = 200_000
_BYTES: Final = 8 * MIB
_ASCII: Final = 2
"""EXIF's type of plain text (CIPA DC-008, 4.6.2)."""
_GROUPS: Final = frozenset({"Image", "EXIF", "MakerNote"})
_UTF16: Final = frozenset({"XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"})
_COMMENT: Final = "UserComment"
_MOMENT: Final = re.compile(r"(\d{4}):(\d\d):(\d\d)([ T]\d\d:\d\d:\d\d)?")
_POINTERS: Final = ("Image ExifOffset", "Image GPSInfo")
_SIDES: Final = {"Latitude": "S", "Longitude": "W"}


class _TooMuch(Exception):  # noqa: N818 - never leaves this module
    """More was read than any camera writes."""


class _Metered:
    """A block as the file that exifread reads: it may neither read for ever nor hold more than a bound."""

    def __init__(self, block: Block) -> None:
        self._block, self._place, self._reads, self._bytes = block, 0, _READS, _BYTES

    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves on; only forward from a place, as exifread does."""
        self._place = max(0, offset + (self._place if whence else 0))
        return self._place

    def tell(self) -> int:
        """The place."""
        return self._place

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes."""
        data = self._block.at(self._place, LONGEST if size < 0 else min(size, LONGEST))
        self._place += len(data)
        self._reads -= 1
        self._bytes -= len(data)
        if min(self._reads, self._bytes) < 0:
            raise _TooMuch
        return data


def fields(block: Block) -> Row:
    """Column -> value; None holds the text of tags without a name. Raises SourceError where it is damaged."""
    _check(block)
    tags = _tags(block)
    for name in _POINTERS:
        if name in tags and not _number(tags[name]):
            raise damaged()
    row: Row = {}
    unnamed: list[str] = []
    for name, tag in tags.items():
        group, _, label = name.partition(" ")
        text = _text(block, group, label, tag)
        if text and label.startswith("Tag "):
            unnamed.append(text)
        elif text:
            row[name] = text
    if position := _position(tags):
        row[POSITION] = position
    return row | ({None: "\n".join(unnamed)} if unnamed else {})


def _check(block: Block) -> None:
    """Raises SourceError for a beginning that no reader could follow: exifread itself would find nothing, and say nothing."""
    head = block.at(0, 8)
    if head[:4] not in (b"II*\0", b"MM\0*"):
        raise damaged()
    order: Any = "little" if head[:1] == b"I" else "big"
    first = int.from_bytes(head[4:8], order)
    entries = int.from_bytes(block.at(first, 2), order)
    if first < len(head) or not entries or len(block.at(first + 2, 12 * entries)) < 12 * entries:
        raise damaged()


def _tags(block: Block) -> Mapping[str, Any]:
    """What exifread makes of it; without the makers' own fields where these break it. Raises SourceError."""
    import exifread  # noqa: PLC0415 - needed for pictures only

    logging.getLogger("exifread").disabled = True  # its messages hold values
    for details in (True, False):
        try:
            return exifread.process_file(_Metered(block), details=details, extract_thumbnail=False)  # type: ignore[arg-type]
        except SourceError:
            raise
        except _TooMuch:
            break
        except Exception:  # noqa: BLE001, S112 - of a library that was given anything: whatever it is, its message may hold values
            continue
    raise damaged() from None


def _number(tag: Any) -> bool:
    """Whether a tag holds one whole number that is not 0, as a pointer does."""
    return bool(tag.values) and isinstance(tag.values[0], int) and tag.values[0] > 0


def _text(block: Block, group: str, label: str, tag: Any) -> str:
    """What a tag says in words; empty for a number, and for what is empty. Raises SourceError for text that is cut off."""
    wide = label in _UTF16 or label == _COMMENT
    if group not in _GROUPS or not (wide or tag.field_type == _ASCII):
        return ""
    if group == "MakerNote":  # its offsets count from elsewhere
        return _plain(tag.values.encode() if isinstance(tag.values, str) else bytes(tag.values))
    wanted = min(tag.field_length, LONGEST)
    raw = block.at(tag.field_offset, wanted)
    if len(raw) < wanted:
        raise damaged()
    if label == _COMMENT:
        return _comment(raw, block.at(0, 1))
    text = raw.decode("utf-16-le", "replace").partition("\0")[0].strip() if wide else _plain(raw)
    return _moment(text) if "DateTime" in label else text


def _plain(raw: bytes) -> str:
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()


def _comment(raw: bytes, order: bytes) -> str:
    """A comment begins with eight bytes that name its encoding."""
    if raw[:8] == b"UNICODE\0":
        return raw[8:].decode("utf-16-be" if order == b"M" else "utf-16-le", "replace").strip("\0 ")
    return _plain(raw[8:] if raw[:8] in {b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8} else raw)


def _moment(text: str) -> str:
    """A moment in ISO 8601; empty for a clock that was never set."""
    match = _MOMENT.match(text)
    if match is None:
        return text.strip(": ")
    return "" if match[1] == "0000" else f"{match[1]}-{match[2]}-{match[3]}{match[4] or ''}"


def _position(tags: Mapping[str, Any]) -> str:
    """Latitude and longitude in degrees, south and west below zero; empty where they are not both set."""
    found = [each for name, negative in _SIDES.items() if (each := _degrees(tags, name, negative)) is not None]
    return ", ".join(f"{each:.6f}" for each in found) if len(found) == len(_SIDES) else ""


def _degrees(tags: Mapping[str, Any], name: str, negative: str) -> float | None:
    tag, side = tags.get(f"GPS GPS{name}"), tags.get(f"GPS GPS{name}Ref")
    if tag is None or not tag.values:
        return None
    try:
        degrees: float = sum(float(value) / 60**power for power, value in enumerate(tag.values[:3]))
    except (ArithmeticError, TypeError, ValueError):  # 0/0 of a phone that did not know
        return None
    return -degrees if side is not None and str(side.values)[:1].upper() == negative else degrees
