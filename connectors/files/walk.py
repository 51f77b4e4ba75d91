"""Listing a folder: every file once, in a stable order, in bounded memory, and a Skip for everything that is none."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.naming import printable
from piiscan.connectors.readers.registry import code_of, reason_of
from piiscan.model import Container, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.files.opening import Root
    from piiscan.connectors.files.patterns import Patterns

MAX_DEPTH: Final = 400
_SPECIAL: Final = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(slots=True)
class _Folder:
    """A folder on the way; knows the folders it lies in."""

    name: str = ""
    parent: _Folder | None = None
    depth: int = 0
    identity: tuple[int, int] = (-1, -1)
    """Device and inode, known once it was opened."""

    def above(self) -> Iterator[_Folder]:
        """The folders it lies in, nearest first, the root too."""
        folder = self.parent
        while folder is not None:
            yield folder
            folder = folder.parent

    @property
    def parts(self) -> tuple[str, ...]:
        """The raw names that lead to it."""
        return tuple(folder.name for folder in (self, *self.above()) if folder.parent is not None)[::-1]


class Walk:
    """One listing of one source. Files of a folder come before its subfolders, both by the bytes of their names."""

    def __init__(self, source: str, root: Root, patterns: Patterns) -> None:
        self._source = source
        self._root = root
        self._patterns = patterns

    def entries(self) -> Iterator[Container | Skip]:
        """Every wanted file as a Container, and what could not be listed or is no file as a Skip."""
        pending = [_Folder()]
        while pending:
            folder = pending.pop()
            inner: list[str] = []
            yield from self._list(folder, inner)
            pending.extend(_Folder(name, folder, folder.depth + 1) for name in reversed(inner))

    def _list(self, folder: _Folder, inner: list[str]) -> Iterator[Container | Skip]:
        parts = folder.parts
        if folder.depth > MAX_DEPTH:
            yield self._skip(
                parts, SkipCode.LIMIT, f"a folder more than {MAX_DEPTH} folders deep; it was not listed", hides=True
            )
            return
        try:
            fd = self._root.folder(parts)
        except OSError as error:
            yield self._skip(parts, code_of(error), f"the folder cannot be opened: {reason_of(error)}", hides=True)
            return
        try:
            status = os.fstat(fd)
            folder.identity = (status.st_dev, status.st_ino)
            if any(above.identity == folder.identity for above in folder.above()):
                yield self._skip(parts, SkipCode.UNSUPPORTED, "the folder is mounted within itself; it is listed once")
                return
            yield from self._names(fd, parts, inner)
        finally:
            os.close(fd)

    def _names(self, fd: int, parts: tuple[str, ...], inner: list[str]) -> Iterator[Container | Skip]:
        names: list[str] = []
        trouble: Skip | None = None
        try:
            with os.scandir(fd) as found:
                for entry in found:
                    (inner if entry.is_dir(follow_symlinks=False) else names).append(entry.name)
        except OSError as error:
            trouble = self._skip(
                parts, code_of(error), f"the folder could not be listed to its end: {reason_of(error)}", hides=True
            )
        inner[:] = sorted((name for name in inner if self._patterns.enters(path_of((*parts, name)))), key=os.fsencode)
        names.sort(key=os.fsencode)
        if trouble is not None:
            yield trouble
        for name in names:
            if self._patterns.takes(path_of((*parts, name))):
                yield from self._entry(fd, (*parts, name))

    def _entry(self, fd: int, parts: tuple[str, ...]) -> Iterator[Container | Skip]:
        try:
            status = os.stat(parts[-1], dir_fd=fd, follow_symlinks=False)
        except OSError as error:
            yield self._skip(parts, code_of(error), reason_of(error))
            return
        if stat.S_ISREG(status.st_mode):
            yield _container(self._source, parts, status)
        elif stat.S_ISLNK(status.st_mode):
            yield from self._link(parts)
        else:
            what = next((words for test, words in _SPECIAL if test(status.st_mode)), "no file")
            yield self._skip(parts, SkipCode.UNSUPPORTED, f"{what}: never opened")

    def _link(self, parts: tuple[str, ...]) -> Iterator[Skip]:
        """Nothing for a link to what is listed anyway, a Skip for one that leads out of the source or nowhere."""
        target = os.path.realpath("/".join((self._root.path, *parts)))
        inside = target == self._root.path or target.startswith(self._root.path.rstrip("/") + "/")
        if not inside:
            yield self._skip(parts, SkipCode.UNSUPPORTED, "a link that leads out of the source: not followed")
        elif not os.path.lexists(target):
            yield self._skip(parts, SkipCode.UNSUPPORTED, "a link that leads nowhere")

    def _skip(self, parts: tuple[str, ...], code: SkipCode, reason: str, *, hides: bool = False) -> Skip:
        return Skip(self._source, path_of(parts) or ".", code, reason, hides=hides)


def path_of(parts: tuple[str, ...]) -> str:
    """The relative path as reports show it."""
    return "/".join(map(printable, parts))


def fingerprint_of(status: os.stat_result) -> str:
    """Device, inode, size and times of a file. The change time too: only that sees a rewrite with the old date put back."""
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _container(source: str, parts: tuple[str, ...], status: os.stat_result) -> Container:
    """A file as listed."""
    return Container(
        source=source,
        path=path_of(parts),
        kind="file",
        locator=parts,
        size_bytes=status.st_size,
        changed_at=_utc(status.st_mtime_ns),
        fingerprint=fingerprint_of(status),
        notes=("world-readable",) if status.st_mode & stat.S_IROTH else (),
    )


def _utc(nanoseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000 / 1_000_000, UTC)
    except (OverflowError, ValueError, OSError):  # a date no calendar has: file systems keep any number
        return None
