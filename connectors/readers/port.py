"""What a reader is given: a `File` with its stream, its settings, and the budget that no archive may overdraw."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from piiscan.errors import SourceError
from piiscan.model import Batch, Column, Container, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.streams import Stream

MIB: Final = 1 << 20
HEAD_BYTES: Final = 64 << 10
"""How much of a file its type, encoding and dialect are judged by."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are read: what one batch may hold, and how far archives are followed."""

    batch_rows: int = 1_000
    batch_bytes: int = 4 * MIB
    max_bytes: int = 1 << 30
    """Of one file, and of all that an archive expands to."""
    max_members: int = 100_000
    """Members of one archive, those of archives in it included."""
    max_depth: int = 3
    """Archives in archives."""


@dataclass(slots=True)
class Budget:
    """What may still be taken out of one file of the share; shared by everything nested in it."""

    bytes_left: int
    members_left: int

    @property
    def spent(self) -> bool:
        """Whether nothing more may be taken."""
        return self.bytes_left < 0 or self.members_left < 0

    def take_bytes(self, count: int) -> None:
        """Counts expanded bytes. Raises SourceError (limit) once they are too many."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise SourceError(SkipCode.LIMIT, "expands to more bytes than max_file_size allows; the rest was not read")

    def take_member(self) -> None:
        """Counts one member of an archive. Raises SourceError (limit) once they are too many."""
        self.members_left -= 1
        if self.members_left < 0:
            raise SourceError(SkipCode.LIMIT, "holds more members than one file may; the rest was not read")


@dataclass(slots=True)
class File:
    """One file or member, opened: everything a reader needs to turn it into batches."""

    container: Container
    stream: Stream
    settings: Settings
    budget: Budget
    depth: int = 0
    """How many archives it lies in."""
    type: str = ""
    """Its recognised type, by which its reader was found."""
    label: str = ""
    """The type in words."""
    encoding: str = ""
    """How its text is encoded, when it is text."""
    notes: list[str] = field(default_factory=list)
    """What reading found out about it; ends up in `Container.notes`."""

    @property
    def name(self) -> str:
        """Its own name, lower case, without folders: what an extension is judged by."""
        return (self.container.member or (self.container.path,))[-1].rsplit("/", 1)[-1].lower()

    def known(self, rows: int | None, columns: tuple[str, ...] = ()) -> Container:
        """Its container with what reading has found: rows (None while unknown), column names, notes."""
        return replace(
            self.container,
            rows=rows,
            rows_exact=rows is not None,
            columns=tuple(Column(name) for name in columns) or self.container.columns,
            notes=(*self.container.notes, *self.notes),
        )

    def skip(self, code: SkipCode, reason: str) -> Skip:
        """What was not read of it, as a value."""
        return Skip(self.container.source, self.container.path, code, reason, self.container.member)


class Reader(Protocol):
    """A module of this package that reads some types."""

    TYPES: tuple[str, ...]
    """Sniffed types (`sniff.Kind.type`) it reads."""

    def read(self, file: File) -> Iterator[Batch | Skip]:
        """The file's values in bounded batches. Raises SourceError for what ends the reading of this file."""
