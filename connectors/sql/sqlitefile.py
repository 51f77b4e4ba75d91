"""A SQLite file as it lies on disk: how to open it so that nothing in its folder changes, and whether it stayed as it was.

A database in WAL mode keeps its newest pages in a log (``-wal``) and an index of the log in shared memory (``-shm``). With
``mode=ro`` SQLite still makes both files where they are missing; they belong to the reader then, and the owner can no longer
write (https://www.sqlite.org/wal.html#read_only_databases).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

Marks = tuple[int, ...]
State = tuple[Marks, Marks | None]
"""The file's marks, and its log's: None where that is missing or empty. Equal as long as nobody writes."""

PLAIN: Final = ""
IMMUTABLE: Final = "&immutable=1"
"""No lock, no log, no journal: only for a file that nobody has open, looked at again afterwards."""
SHARED_LOG: Final = "&readonly_shm=1"
"""The log is read too, through the index its owner keeps; where the owner crashed, through one in our own memory."""

HEADER_BYTES: Final = 100
VERSIONS: Final = slice(18, 20)
"""The header's bytes that are 2 in WAL mode (https://www.sqlite.org/fileformat2.html#file_format_version_numbers)."""
WAL: Final = 2
LOCK_START, LOCK_BYTES = 0x4000_0002, 510
"""Where a reader's lock lies: SHARED_FIRST and SHARED_SIZE of https://www.sqlite.org/src/file/src/os.h."""
PAUSE_S: Final = 0.02
TICK_S: Final = 0.02
"""Longer than a step of a file system's clock: two changes within one step look like one."""


@dataclass(slots=True)
class DatabaseFile:
    """One database file and what lies beside it.

    The file stays open until `close`: closing it would drop the locks of every SQLite connection of this process on it.
    """

    path: Path
    lock_timeout_s: float
    _file: FileIO | None = field(default=None, repr=False)

    @contextmanager
    def opening(self) -> Iterator[str]:
        """What to add to the url right now; until the end of the block the log can neither come nor go.

        Raises SourceError for a file that cannot be read without a trace, OSError where there is none.
        """
        file = self._opened()
        if WAL not in self._header()[VERSIONS] and self._beside("-wal") is None:
            yield PLAIN
            return
        self._lock(file)
        kept = False
        try:
            how = self._choose()
            yield how
            kept = how == SHARED_LOG  # SQLite holds the same lock by now, and will give up both
        finally:
            if not kept:
                fcntl.lockf(file, fcntl.LOCK_UN, LOCK_BYTES, LOCK_START)

    def state(self) -> State:
        """Identity, size and times of the file and its log. Raises OSError where there is no file."""
        main, log = self.path.stat(), self._beside("-wal")
        # Run as root, SQLite sets the log's owner whenever it opens it, and so its ctime: that says nothing here.
        return (*_marks(main), main.st_ctime_ns), _marks(log) if log is not None and log.st_size else None

    def fingerprint(self) -> str | None:
        """A hash of the state and of the header with SQLite's change counter; None where there is no file."""
        try:
            marks = (self._header(), self.state())
        except OSError:
            return None
        return hashlib.sha256(repr(marks).encode()).hexdigest()[:32]

    def close(self) -> None:
        """Lets go of the file; may be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _choose(self) -> str:
        log, index = self._beside("-wal"), self._beside("-shm")
        if log is not None and index is not None and self.path.stat().st_size:
            return SHARED_LOG
        if log is not None and log.st_size:
            raise _untouchable("-wal", "holds rows that are not in the database file yet, and nobody has it open")
        journal = self._beside("-journal")
        if journal is not None and journal.st_size:
            raise _untouchable("-journal", "must be rolled back first")
        if 0 <= time.time() - self.path.stat().st_mtime < TICK_S:
            time.sleep(TICK_S)
            return self._choose()
        return IMMUTABLE

    def _lock(self, file: FileIO) -> None:
        """Takes a reader's lock, under which nobody can remove the log. Raises SourceError when it is not to be had."""
        end = time.monotonic() + self.lock_timeout_s
        while True:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, LOCK_BYTES, LOCK_START)
            except OSError:
                if time.monotonic() >= end:
                    raise SourceError(
                        SkipCode.TIMEOUT,
                        "another program has locked it",
                        hint="raise [scan] lock_timeout, or scan at a quieter hour",
                    ) from None
                time.sleep(PAUSE_S)
            else:
                return

    def _header(self) -> bytes:
        return os.pread(self._opened().fileno(), HEADER_BYTES, 0)

    def _opened(self) -> FileIO:
        """The file that is there now: it may have been replaced since the last look."""
        found = self.path.stat()
        if self._file is not None and not os.path.samestat(os.fstat(self._file.fileno()), found):
            self.close()
        if self._file is None:
            if not stat.S_ISREG(found.st_mode):
                raise SourceError(SkipCode.UNREADABLE, "it is no regular file")
            self._file = self.path.open("rb", buffering=0)
        return self._file

    def _beside(self, suffix: str) -> os.stat_result | None:
        try:
            return self.path.with_name(self.path.name + suffix).stat()
        except FileNotFoundError:
            return None


def _marks(found: os.stat_result) -> Marks:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _untouchable(suffix: str, why: str) -> SourceError:
    return SourceError(
        SkipCode.UNREADABLE,
        f"a program that uses it crashed: the file beside it that ends in {suffix} {why}; "
        "open and close it once with that program, then scan again",
    )
