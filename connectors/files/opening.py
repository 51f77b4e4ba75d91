"""Opening files beneath one folder, never through a link, never blocking, never touching more than a read must."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.registry import code_of, reason_of
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOATIME: Final = getattr(os, "O_NOATIME", 0)
_PASS: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class Root:
    """The source's folder, opened once; everything in it is opened from here, one name after the other.

    So a name that is changed into a link between listing and reading leads nowhere, and paths may be of any length.
    """

    def __init__(self, path: str) -> None:
        """Raises SourceError when the folder cannot be opened."""
        self.path = os.path.realpath(path)
        try:
            self._fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            code = SkipCode.NO_PERMISSION if error.errno in {errno.EACCES, errno.EPERM} else SkipCode.UNREACHABLE
            raise SourceError(
                code,
                f"the folder cannot be opened: {reason_of(error)}",
                hint="is the share mounted, and may this user read it?",
            ) from None

    def folder(self, parts: tuple[str, ...]) -> int:
        """A descriptor of a folder, to be listed and closed by the caller. Raises OSError."""
        return self._open(parts, _FOLDER) if parts else os.open(".", _FOLDER, dir_fd=self._fd)

    def file(self, parts: tuple[str, ...]) -> int:
        """A descriptor of a regular file, to be closed by the caller. Raises SourceError, also for anything but a file."""
        try:
            fd = self._open(parts, _FILE)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENXIO, errno.ENOTDIR}:
                raise SourceError(SkipCode.VANISHED, "it is no longer the file that was listed") from None
            raise SourceError(code_of(error), reason_of(error)) from None
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise SourceError(SkipCode.VANISHED, "it is no longer the file that was listed")
        return fd

    def close(self) -> None:
        """Lets go of the folder; may be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def status(self, parts: tuple[str, ...]) -> os.stat_result:
        """What lies under a name, a link itself being what lies there. Raises OSError."""
        with self._above(parts) as above:
            return os.stat(parts[-1], dir_fd=above, follow_symlinks=False)

    def unlink(self, parts: tuple[str, ...]) -> None:
        """Takes a name that is no folder away. Raises OSError."""
        with self._above(parts) as above:
            os.unlink(parts[-1], dir_fd=above)

    def may_remove(self, parts: tuple[str, ...]) -> bool:
        """Whether names of a folder may be taken away, as far as its rights and its mount say."""
        with self._above((*parts, "-")) as above:
            return os.access(".", os.W_OK | os.X_OK, dir_fd=above, effective_ids=os.access in os.supports_effective_ids)

    def sync(self, parts: tuple[str, ...]) -> None:
        """Returns when what changed in a folder is on the disk; of one that may not be read, when everything is."""
        try:
            fd = self.folder(parts)
        except OSError:
            os.sync()
            return
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems know no such thing
                raise SourceError(code_of(error), f"the disk did not confirm: {reason_of(error)}") from None
        finally:
            os.close(fd)

    def _open(self, parts: tuple[str, ...], flags: int) -> int:
        with self._above(parts) as above:
            return _quietly(parts[-1], flags, above)

    @contextmanager
    def _above(self, parts: tuple[str, ...]) -> Iterator[int]:
        """The descriptor of the folder that the last name lies in. Raises OSError, also for a name that leads elsewhere."""
        if any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in parts) or not parts:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        above = self._fd
        try:
            for part in parts[:-1]:
                below = os.open(part, _PASS, dir_fd=above)
                if above != self._fd:
                    os.close(above)
                above = below
            yield above
        finally:
            if above != self._fd:
                os.close(above)


def _quietly(name: str, flags: int, above: int) -> int:
    """Opens without leaving an access time where the system permits that (own files, or root)."""
    try:
        return os.open(name, flags | _NOATIME, dir_fd=above)
    except PermissionError as error:
        if error.errno != errno.EPERM or not _NOATIME:
            raise
        return os.open(name, flags, dir_fd=above)
