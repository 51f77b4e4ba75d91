"""Local and mounted folders as a source: listing, checking, and opening files for the readers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import unquote_to_bytes

from piiscan.connectors.files.erasing import FileErasing
from piiscan.connectors.files.mounts import mount_of
from piiscan.connectors.files.opening import Root
from piiscan.connectors.files.patterns import Patterns
from piiscan.connectors.files.walk import Walk
from piiscan.connectors.readers import registry
from piiscan.connectors.readers.naming import printable
from piiscan.connectors.readers.port import Budget, File, Settings
from piiscan.connectors.readers.streams import Stream
from piiscan.errors import ConfigError, SourceError
from piiscan.model import Check, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from piiscan.model import Ages, Batch, Clock, Container, ReadPlan, Source
    from piiscan.model.erasing import Chunk, Key, Reach, Shape, Target

DEFAULT_MAX_BYTES: Final = 1 << 30


class FilesConnector:
    """Files of a folder on this machine: a disk's, or a share's that is mounted."""

    kind: ClassVar[str] = "files"
    title: ClassVar[str] = "local and mounted folders (file:///srv/share)"

    def __init__(self, source: Source, plan: ReadPlan) -> None:
        """Keeps the settings; opens nothing. Raises ConfigError for another scheme, a relative path, unknown options."""
        self._source = source
        self._path = _path_of(source)
        if source.options:
            raise ConfigError(
                f"sources.{source.name}.{min(source.options)}: unknown option",
                hint="a files source knows url, include, exclude, max_file_size and the facts every source has",
            )
        self._settings = Settings(
            batch_rows=plan.batch_rows,
            max_bytes=source.max_file_bytes or DEFAULT_MAX_BYTES,
        )
        self._patterns = Patterns(source.include, source.exclude)
        self._opened: Root | None = None
        self._write = plan.write
        self._erasing: FileErasing | None = None

    def check(self) -> Sequence[Check]:
        """Whether the folder can be read, how it is reached, what reading leaves behind; opens no file."""
        try:
            root = self._root()
            os.close(root.folder(()))
        except SourceError as error:
            return [Check("folder", "failed", f"{error.message}; {error.hint}")]
        except OSError as error:
            return [Check("folder", "failed", f"the folder cannot be listed: {registry.reason_of(error)}")]
        found = [Check("folder", "ok", f"{printable(root.path)} can be listed")]
        mount = mount_of(root.path)
        return [*found, *mount.checks("file system")] if mount else found

    def containers(self) -> Iterator[Container | Skip]:
        """Every wanted file in a stable order. Raises SourceError when the folder cannot be opened."""
        yield from Walk(self._source.name, self._root(), self._patterns).entries()

    def batches(self, container: Container) -> Iterator[Batch | Skip]:
        """The file's values, and those of files packed in it; what cannot be read is a Skip. Raises SourceError for the folder only."""
        root = self._root()
        try:
            fd = root.file(container.locator)
        except SourceError as error:
            yield error.skip(self._source.name, container=container.path)
            return
        with os.fdopen(fd, "rb", buffering=0) as raw:
            size = os.fstat(fd).st_size
            limit = min(size or self._settings.max_bytes, self._settings.max_bytes)
            budget = Budget(self._settings.max_bytes, self._settings.max_members)
            file = File(container, Stream(raw, size=limit, seekable=raw), self._settings, budget)
            yield from registry.read(file)
            if os.fstat(fd).st_size < size:
                yield file.skip(SkipCode.UNREADABLE, "it became shorter while it was read")

    def ages(
        self,
        container: Container,  # noqa: ARG002 - the port's signature, here and below
        clock: Clock,  # noqa: ARG002
        owner_column: str | None,  # noqa: ARG002
        columns: Sequence[str] = (),  # noqa: ARG002
    ) -> Ages | None:
        """None: a file system dates files, not rows; the reader counts."""
        return None

    def shapes(self, containers: Sequence[Container]) -> Sequence[Shape]:
        """How files are removed: by path and fingerprint. Raises SourceError, as all below."""
        return self._eraser().shapes(containers)

    def reach(self, target: Target) -> Reach:
        """Never: which files are due is known to whoever read them."""
        raise _unasked(target)

    def keys(self, target: Target) -> Iterator[Sequence[Key]]:
        """Never: see `reach`."""
        raise _unasked(target)

    def statement(self, target: Target) -> str:
        """Never: see `reach`."""
        raise _unasked(target)

    def erase(self, target: Target, keys: Sequence[Key], witness: Callable[[Chunk], None]) -> Chunk:
        """Unlinks the files of these keys (path, fingerprint) that are unchanged, on a connector opened for writing."""
        path = target.container.path
        if target.action != "delete":
            message = "files can be deleted, not anonymized: nobody but their own program may change their content"
            raise SourceError(SkipCode.UNSUPPORTED, message, container=path, hint="let the rule delete")
        if not self._write:
            raise SourceError(
                SkipCode.NO_PERMISSION,
                "the source is open for reading only",
                container=path,
                hint="only an approved plan writes, through [sources.NAME.write]",
            )
        return self._eraser().erase(keys, witness)

    def remaining(self, target: Target, keys: Sequence[Key]) -> Sequence[int]:  # noqa: ARG002 - the port's signature
        """Positions of the keys whose file is there, changed or not."""
        return self._eraser().remaining(keys)

    def close(self) -> None:
        """Lets go of the folder."""
        self._erasing = None
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _eraser(self) -> FileErasing:
        if self._erasing is None:
            self._erasing = FileErasing(self._root())
        return self._erasing

    def _root(self) -> Root:
        if self._opened is None:
            self._opened = Root(_existing(self._path))
        return self._opened


def _unasked(target: Target) -> SourceError:
    return SourceError(
        SkipCode.UNSUPPORTED,
        "a folder does not know which of its files are due",
        container=target.container.path,
        hint="files are judged one by one and named by path and fingerprint",
    )


def _path_of(source: Source) -> str:
    scheme, colon, rest = source.url.partition(":")
    if not colon or scheme.lower() != "file":
        raise ConfigError(
            f"sources.{source.name}.url: a files source is named by file:///folder",
            hint="mount a network share (SMB, NFS, SFTP, S3) and name its mount point: file:///mnt/share",
        )
    path = rest.removeprefix("//localhost/").removeprefix("//")
    path = path if path.startswith("/") else f"/{path}" if rest.startswith("//localhost/") else path
    if not path.startswith("/"):
        raise ConfigError(
            f"sources.{source.name}.url: the folder of {scheme}: must be an absolute path on this machine",
            hint="write file:///srv/share, or file:share for a folder beside the configuration file",
        )
    return path


def _existing(path: str) -> str:
    """The path as written; percent escapes (RFC 8089) count where nothing has the name as it stands."""
    return path if "%" not in path or os.path.lexists(path) else os.fsdecode(unquote_to_bytes(path))
