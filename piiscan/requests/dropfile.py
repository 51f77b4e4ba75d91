"""The ZIP of the Delete Act's platform, read by streaming: nothing is unpacked, no name in it becomes a path."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from piiscan.errors import UsageError
from piiscan.requests.hashing import LISTS, SIZE, ListName

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NAME: Final = re.compile(rf"\d{{8}}_[A-Za-z0-9-]{{1,40}}_({'|'.join(LISTS)}|Removed)(?:_[A-Za-z0-9-]{{1,40}})?\.csv")
_ID: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_MOST_MEMBERS: Final = 64
MOST_ROWS: Final = 10_000_000
"""Of all lists together: 320 MB of hashes in memory."""
_LONGEST_LINE: Final = 512
_MOST_RATIO: Final = 20
"""Hashes do not compress: a member that grows by more is no list."""
_SLACK: Final = 1 << 20
_DTYPE: Final = f"S{SIZE}"


class Hashes:
    """The hashes of one list, sorted; 32 bytes each."""

    def __init__(self, raw: bytes | bytearray) -> None:
        """``raw`` are the hashes one after the other."""
        self._sorted = np.unique(np.frombuffer(bytes(raw), dtype=_DTYPE))

    def __len__(self) -> int:
        return len(self._sorted)

    def among(self, wanted: Sequence[bytes]) -> list[bool]:
        """For each, whether the list has it."""
        if not len(self._sorted) or not wanted:
            return [False] * len(wanted)
        # Bytes of one length: what numpy does about zeros at their ends makes no two of them equal.
        values = np.array(wanted, dtype=_DTYPE)
        places = np.minimum(np.searchsorted(self._sorted, values), len(self._sorted) - 1)
        found: list[bool] = (self._sorted[places] == values).tolist()
        return found


@dataclass(slots=True)
class Loaded:
    """All lists of a ZIP."""

    sha256: str
    lists: dict[ListName, Hashes] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    malformed: dict[str, int] = field(default_factory=dict)
    removed: int = 0
    """Work items that the platform took back: they are not answered."""


class DropZip:
    """One ZIP file. Raises UsageError for what is no such file, whatever is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Loaded:
        """The hashes of every list, and the sha256 of the file."""
        with self._opened() as (archive, members, raw):
            loaded = Loaded(_sha256(raw))
            for name in LISTS:
                digests = bytearray()
                for info in members.get(name, ()):
                    self._collect(archive, info, name, digests, loaded)
                if name in members:
                    loaded.lists[name] = Hashes(digests)
            loaded.removed = sum(
                1 for info in members.get("Removed", ()) for _ in self._lines(archive, info, (b"id", b"hash"))
            )
        return loaded

    def answers(self) -> Iterator[tuple[ListName, str, bytes]]:
        """List, work item and hash of every well-formed row, in the order of the file."""
        with self._opened() as (archive, members, _):
            for name in LISTS:
                for info in members.get(name, ()):
                    for parts in self._lines(archive, info, (b"id", b"hash")):
                        if digest := _digest(parts):
                            yield name, parts[0].decode("ascii"), digest

    def _collect(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: ListName, digests: bytearray, loaded: Loaded
    ) -> None:
        rows = malformed = 0
        for parts in self._lines(archive, info, (b"id", b"hash")):
            digest = _digest(parts)
            rows += 1
            malformed += not digest
            digests += digest
            if sum(loaded.rows.values()) + rows > MOST_ROWS:
                raise self._wrong(f"more than {MOST_ROWS:,} rows")
        loaded.rows[name] = loaded.rows.get(name, 0) + rows
        loaded.malformed[name] = loaded.malformed.get(name, 0) + malformed

    @contextmanager
    def _opened(self) -> Iterator[tuple[zipfile.ZipFile, dict[str, list[zipfile.ZipInfo]], BinaryIO]]:
        if not self._path.is_file():
            raise UsageError(f"{self._path}: no such file")
        try:
            with self._path.open("rb") as raw, zipfile.ZipFile(raw) as archive:
                yield archive, self._members(archive), raw
        except OSError as error:
            raise UsageError(f"{self._path}: {os.strerror(error.errno or 0)}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error):
            raise self._wrong("damaged, or no ZIP file") from None

    def _members(self, archive: zipfile.ZipFile) -> dict[str, list[zipfile.ZipInfo]]:
        """The lists by their names. A name that is none of the platform's may be anything, and nothing of it is repeated."""
        infos = archive.infolist()
        if not infos or len(infos) > _MOST_MEMBERS or len({info.filename for info in infos}) != len(infos):
            raise self._wrong(f"it has 1 to {_MOST_MEMBERS} members, each name once")
        found: dict[str, list[zipfile.ZipInfo]] = {}
        for number, info in enumerate(infos, 1):
            match = _NAME.fullmatch(info.filename)
            if match is None:
                raise self._wrong(
                    f"member {number} is no list",
                    f"lists are named <YYYYMMDD>_<brokerId>_<List>.csv; lists: {', '.join(LISTS)}",
                )
            if info.flag_bits & 1:
                raise self._wrong(f"member {number} is encrypted")
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise self._wrong(f"member {number} is compressed in an unusual way")
            if info.file_size > _MOST_RATIO * info.compress_size + _SLACK:
                raise self._wrong(f"member {number} unpacks to more than a list of hashes can")
            found.setdefault(match[1], []).append(info)
        return found

    def _lines(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, head: tuple[bytes, bytes]
    ) -> Iterator[list[bytes]]:
        """The rows below the header, split at commas; none of them longer than a row can be."""
        with archive.open(info) as member:
            lines = io.BufferedReader(member)  # type: ignore[type-var]  # a ZipExtFile is a raw stream in all that is used
            first = _split(self._line(lines).removeprefix(b"\xef\xbb\xbf"))
            if tuple(part.lower() for part in first[:2]) != head:
                raise self._wrong("a list does not begin with the header ID,Hash")
            while line := self._line(lines):
                if line.strip():
                    yield _split(line)

    def _line(self, lines: BinaryIO) -> bytes:
        line = lines.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            raise self._wrong("a row is longer than a work item and a hash can be")
        return line

    def _wrong(self, what: str, hint: str = "download it again from the platform") -> UsageError:
        return UsageError(f"{self._path}: {what}", hint=hint)


def _split(line: bytes) -> list[bytes]:
    return [part.strip().strip(b'"') for part in line.strip().split(b",")]


def _digest(parts: Sequence[bytes]) -> bytes:
    """The hash of a row; none where the row is malformed."""
    if len(parts) != 2 or not _ID.fullmatch(parts[0]):  # noqa: PLR2004 - ID and Hash
        return b""
    try:
        found = base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        return b""
    return found if len(found) == SIZE else b""


def _sha256(raw: BinaryIO) -> str:
    raw.seek(0)
    found = hashlib.sha256()
    while portion := raw.read(_SLACK):
        found.update(portion)
    return found.hexdigest()
