"""Byte streams that count, look ahead and stop in time; nothing here ever holds a whole file."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from io import BytesIO
from typing import IO, TYPE_CHECKING, Final, Protocol

from piiscan.connectors.readers.port import MIB, Budget
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable

READ_BYTES: Final = 256 << 10
MAX_RATIO: Final = 300
"""Real logs reach 100:1; deflate's own end is 1,032:1, which only repetition without content reaches."""
RATIO_FROM: Final = 16 * MIB
SEEKABLE_MEMBER: Final = 64 * MIB
"""An archive within an archive is held in memory up to this size."""


class Readable(Protocol):
    """Anything that gives bytes in order."""

    def read(self, size: int, /) -> bytes | None:
        """At most ``size`` bytes, none at the end."""


class Stream:
    """Bytes in order, with a look ahead; counts what was consumed and stops at ``size`` if that is given."""

    def __init__(self, raw: Readable, *, size: int | None = None, seekable: IO[bytes] | None = None) -> None:
        self.consumed = 0
        self._raw = raw
        self._left = size
        self._ahead = b""
        self._seekable = seekable
        self._failure: OSError | SourceError | None = None

    def read(self, size: int = READ_BYTES) -> bytes:
        """At most ``size`` bytes, none at the end. Raises OSError and what the raw stream raises."""
        if not self._ahead:
            data = self._pull(size)
        elif size < len(self._ahead):
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data, self._ahead = self._ahead, b""
        self.consumed += len(data)
        return data

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only near the end; they stay to be read."""
        parts, have = [self._ahead], len(self._ahead)
        while have < size and (data := self._pull_kept(size - have)):
            parts.append(data)
            have += len(data)
        self._ahead = b"".join(parts)
        return self._ahead[:size]

    def drop_nuls(self) -> None:
        """Passes over NUL bytes at the start: a log cut while it was open begins with a hole."""
        while (head := self.peek(READ_BYTES)) and not head.strip(b"\0"):
            self.read(len(head))
        if head.startswith(b"\0\0\0\0"):
            self.read(len(head) - len(head.lstrip(b"\0")))

    def check(self) -> None:
        """Nothing, while all that was asked for could be had. Raises what broke the stream."""
        if self._failure is not None:
            raise self._failure

    def seekable(self) -> IO[bytes]:
        """The same bytes with random access: the file itself, or a copy in memory. Raises SourceError (limit) when too large."""
        if self._seekable is not None:
            return self._seekable
        copy = self.peek(SEEKABLE_MEMBER + 1)
        if len(copy) > SEEKABLE_MEMBER:
            raise SourceError(
                SkipCode.LIMIT, f"an archive within an archive is read up to {SEEKABLE_MEMBER // MIB} MiB"
            )
        return BytesIO(copy)

    def window(self, ahead: int) -> tuple[IO[bytes], bool]:
        """The same for what needs no more than a part: the file itself, or its next ``ahead`` bytes; and whether more may follow."""
        if self._seekable is not None:
            return self._seekable, False
        head = self.peek(ahead)
        return BytesIO(head), len(head) >= ahead

    def tail(self, size: int) -> bytes:
        """The last ``size`` bytes where they can be had without reading everything, else none."""
        if self._seekable is None:
            return b""
        place = self._seekable.tell()
        end = self._seekable.seek(0, 2)
        self._seekable.seek(max(0, end - size))
        data = self._seekable.read(size)
        self._seekable.seek(place)
        return data

    def _pull_kept(self, size: int) -> bytes:
        """More bytes; where the stream breaks, none now and its failure later: what came before can be read first."""
        try:
            return self._pull(size)
        except (OSError, SourceError) as error:
            self._failure = error
            return b""

    def _pull(self, size: int) -> bytes:
        self.check()
        if self._left is not None:
            size = min(size, self._left)
        data = self._raw.read(size) or b"" if size else b""
        if self._left is not None:
            self._left -= len(data)
        return data


class Packed(Protocol):
    """What `gzip` and `zipfile` open: gives what one step of unpacking gave, so that nothing is lost where it breaks."""

    def read1(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end."""


class Expanding:
    """What a packed stream expands to, held against the budget and against the ratio only bombs reach."""

    def __init__(self, raw: Packed, budget: Budget, packed: Callable[[], int]) -> None:
        self._raw = raw
        self._budget = budget
        self._packed = packed
        self._bytes = 0

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes. Raises SourceError: limit for a bomb, unreadable where the archive is damaged."""
        try:
            data = self._raw.read1(size)
        except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise _damaged(error) from None
        except OSError as error:
            if error.errno:  # the disk's or the network's fault, not the archive's
                raise
            raise _damaged(error) from None
        self._bytes += len(data)
        self._budget.take_bytes(len(data))
        if self._bytes > RATIO_FROM and self._bytes > MAX_RATIO * max(1, self._packed()):
            raise SourceError(
                SkipCode.LIMIT, f"expands more than {MAX_RATIO} times, as only bombs do; the rest was not read"
            )
        return data


def _damaged(error: Exception) -> SourceError:
    how = "cut off" if isinstance(error, EOFError) else "damaged"
    return SourceError(SkipCode.UNREADABLE, f"the archive is {how} here; the rest of it was not read")
