"""Removing files: each only if it is still the one that was named, from its folder's descriptor, without following links.

A file is named by its path and its fingerprint (device, inode, size, times of change). Unlinking takes the name away and
frees the space; that nothing of the content can be read again is promised by no modern disk (see `RESIDUE`).
"""

from __future__ import annotations

import errno
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from piiscan.connectors.files.walk import fingerprint_of, path_of
from piiscan.connectors.readers.registry import code_of, reason_of
from piiscan.errors import SourceError
from piiscan.model import SkipCode
from piiscan.model.erasing import Chunk, Shape

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from piiscan.connectors.files.opening import Root
    from piiscan.model import Container
    from piiscan.model.erasing import Key

KEY: Final = ("path", "fingerprint")
RESIDUE: Final = (
    "A deleted file's content stays on the disk until its blocks are used again: overwriting is not promised on solid-state"
    " disks and on file systems that copy on write. Snapshots, replicas and backups keep it until they are renewed"
    " (11 CCR 7022(d))."
)
LINKED: Final = "it has other names (hard links): under those the content stays"
ABSENT: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""Of a name on the way that is missing, or is a link or a file now."""
ESCAPE: Final = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
"""How `printable` writes what cannot be printed."""

Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """One file of a portion: where it should be, as what, and how it lies there now."""

    number: int
    parts: tuple[str, ...]
    fingerprint: str
    status: os.stat_result | None
    """None: there is no such name."""


@dataclass(slots=True)
class FileErasing:
    """Files of one folder. Raises SourceError; a name that is missing is no error."""

    root: Root
    unlinked: set[Identity] = field(default_factory=set)
    """Files whose other names may still be asked for: removing one name changes the time of change of the others."""

    def shapes(self, containers: Sequence[Container]) -> list[Shape]:
        """How each file is removed, and whether its content stays under another name."""
        return [Shape(each, (), KEY, (), notes=self._notes(each)) for each in containers]

    def _notes(self, container: Container) -> tuple[str, ...]:
        status = self._status(container.locator)
        return (LINKED, RESIDUE) if status is not None and status.st_nlink > 1 else (RESIDUE,)

    def erase(self, keys: Sequence[Key], witness: Callable[[Chunk], None]) -> Chunk:
        """Unlinks the files that are still as they were named; what became of them.

        No file system removes many files at once or not at all: all are looked at before the witness is told, and each once
        more just before it goes. Where the system refuses one in the middle, SourceError says how many are gone already,
        and `remaining` which. The folders are on the disk when this returns.
        """
        found = list(self._look(keys))
        taken = [each for each in found if self._answers(each)]
        self._refuse(taken)
        witness(_chunk(found, taken))
        done, folders = self._unlink(taken)
        self._sync(folders)
        return _chunk(found, done)

    def remaining(self, keys: Sequence[Key]) -> list[int]:
        """Positions of the keys whose file is there, changed or not: by path, device and inode."""
        return [
            each.number
            for each in self._look(keys)
            if each.status is not None and each.fingerprint.split(":")[:2] == fingerprint_of(each.status).split(":")[:2]
        ]

    def _look(self, keys: Sequence[Key]) -> Iterator[Named]:
        seen: set[tuple[str, ...]] = set()
        for number, key in enumerate(keys):
            parts, fingerprint = _parts(key), str(key[-1])
            yield Named(number, parts, "" if parts in seen else fingerprint, self._status(parts))
            seen.add(parts)

    def _status(self, parts: tuple[str, ...]) -> os.stat_result | None:
        try:
            return self.root.status(parts)
        except OSError as error:
            if error.errno in ABSENT:
                return None
            raise SourceError(code_of(error), reason_of(error), container=path_of(parts)) from None

    def _answers(self, named: Named) -> bool:
        """Whether a regular file is there, and is the one that was named."""
        status = named.status
        if status is None or not stat.S_ISREG(status.st_mode):
            return False
        if fingerprint_of(status) == named.fingerprint:
            return True
        return (
            _identity(status) in self.unlinked
            and fingerprint_of(status).rpartition(":")[0] == named.fingerprint.rpartition(":")[0]
        )

    def _refuse(self, taken: Sequence[Named]) -> None:
        """Raises SourceError before anything is done where a folder's rights do not allow it."""
        for folder in sorted({each.parts[:-1] for each in taken}):
            if not self.root.may_remove(folder):
                raise SourceError(
                    SkipCode.NO_PERMISSION,
                    "no file of this folder may be removed: the account may not write to it, or it is mounted read-only",
                    container=path_of(folder) or ".",
                    hint="let the account that applies the plan write to the folder",
                )

    def _unlink(self, taken: Sequence[Named]) -> tuple[list[Named], set[tuple[str, ...]]]:
        """What was unlinked, and in which folders. Raises SourceError where the system refuses."""
        done: list[Named] = []
        folders: set[tuple[str, ...]] = set()
        for each in taken:
            try:
                now = Named(each.number, each.parts, each.fingerprint, self._status(each.parts))
                if not self._answers(now) or now.status is None:
                    continue
                self.root.unlink(each.parts)
            except (OSError, SourceError) as error:
                self._sync(folders)
                raise _stopped(error, each, len(done), len(taken)) from None
            if now.status.st_nlink > 1:
                self.unlinked.add(_identity(now.status))
            done.append(now)
            folders.add(each.parts[:-1])
        return done, folders

    def _sync(self, folders: set[tuple[str, ...]]) -> None:
        for folder in sorted(folders):
            self.root.sync(folder)


def _chunk(found: Sequence[Named], taken: Sequence[Named]) -> Chunk:
    numbers = {each.number for each in taken}
    names: dict[Identity, int] = {}
    for each in taken:
        if each.status is not None:
            names[_identity(each.status)] = names.get(_identity(each.status), 0) + 1
    return Chunk(
        len(found),
        tuple(sorted(numbers)),
        tuple(each.number for each in found if each.status is not None and each.number not in numbers),
        tuple(each.number for each in found if each.status is None),
        tuple(
            sorted(
                each.number for each in taken if each.status and each.status.st_nlink > names[_identity(each.status)]
            )
        ),
    )


def _parts(key: Key) -> tuple[str, ...]:
    """The names that lead to a file: of a path as reports print it, or one by one as the system has them."""
    names = [str(part) for part in key[:-1]]
    if len(names) != 1:
        return tuple(names)
    return tuple(ESCAPE.sub(_raw, name) for name in names[0].split("/"))


def _raw(found: re.Match[str]) -> str:
    byte, short, long = found.groups()
    if byte is not None:
        return chr(0xDC00 + int(byte, 16))
    return chr(int(short or long, 16)) if short or long else "\\"


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _stopped(error: OSError | SourceError, named: Named, done: int, asked: int) -> SourceError:
    code, reason = (error.code, error.message) if isinstance(error, SourceError) else (code_of(error), reason_of(error))
    return SourceError(
        code,
        f"it cannot be removed: {reason}; {done} of {asked} files of this portion are gone already",
        container=path_of(named.parts),
        hint="mend that, and go on with the plan: it looks first which files are still there",
    )
