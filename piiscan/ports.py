"""The ports: what a connector and a report format must be able to do. Plug-ins import this, the model, the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TextIO, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from piiscan.model import Ages, Batch, Check, Clock, Container, Document, ReadPlan, Skip, Source
    from piiscan.model.erasing import Chunk, Key, Reach, Shape, Target
    from piiscan.model.judging import DateProfile, JudgedRows, Judgment, Occasion
    from piiscan.model.seeking import Fetch, Fetched, Search


@runtime_checkable
class Connector(Protocol):
    """How one kind of source is reached, read-only. One instance serves one source in one process.

    Methods raise `piiscan.errors.SourceError` for what ends the whole call, and yield a `Skip` for what does not.
    No exception, Skip or repr carries a value of the source.
    """

    kind: ClassVar[str]
    """What ``connector =`` in piiscan.toml says."""
    title: ClassVar[str]
    """One line for ``piiscan plugins``."""

    def __init__(self, source: Source, plan: ReadPlan) -> None:
        """Keeps the settings; opens nothing. Raises ConfigError when the source's url or options make no sense."""

    def check(self) -> Sequence[Check]:
        """Whether it is reachable, encrypted and read-only, one line each; reads no data. Never raises for the source's faults."""

    def containers(self) -> Iterator[Container | Skip]:
        """Everything there is, in a stable order, filtered by include and exclude.

        A Skip with ``hides`` says that the listing is incomplete behind it.
        """

    def batches(self, container: Container) -> Iterator[Batch | Skip]:
        """The container's values, in bounded batches: all rows (``full``) or a sample over the whole key space (``sample``).

        Batches of members carry the member's own Container. ``Batch.container.rows`` of the last batch is the best
        known total. A container that has no rows yields one Batch with 0 rows for it, so that clean and empty differ from
        unread. After a Skip for the container itself no further Batch of it follows.
        """

    def ages(
        self, container: Container, clock: Clock, owner_column: str | None, columns: Sequence[str] = ()
    ) -> Ages | None:
        """Rows by day (and owner), counted where the data lies, with those in which each of ``columns`` is filled.

        None when this connector cannot: the reader counts instead.
        """

    def close(self) -> None:
        """Lets go of connections and handles; may be called twice."""


@runtime_checkable
class Judge(Protocol):
    """A connector that can say how its rows stand by rules of retention, counted where the data lies."""

    def judge(
        self, container: Container, judgments: Sequence[Judgment], owner_column: str | None, as_of: date
    ) -> Sequence[JudgedRows]:
        """The container's rows by owner and standing, in one pass; they add up to all its rows.

        Where every judgment speaks of some rows alone (`Judgment.among`), they add up to those.

        A day after ``as_of`` + 1, before 1901, or that is a sentinel is no day: the row is undated by that clock. Raises
        SourceError for a column or table that does not exist, a missing right, a timeout.
        """


@runtime_checkable
class DateProfiler(Protocol):
    """A connector that can say what columns are worth as dates, counted where the data lies."""

    def profile_dates(self, container: Container, columns: Sequence[str], as_of: date) -> Sequence[DateProfile]:
        """The columns in the order asked. Raises SourceError for a column that does not exist, a missing right, a timeout."""


@runtime_checkable
class Matcher(Protocol):
    """A connector that can tell which of its rows belong together, counted where the data lies."""

    def coinciding(self, one: Occasion, other: Occasion, as_of: date) -> int:
        """How many rows of ``one`` have a row of ``other`` with the same link and the same day. Raises SourceError."""


@runtime_checkable
class Seeker(Protocol):
    """A connector that can find rows by what columns hold, where the data lies. Raises SourceError; no exception carries a value."""

    def seek(self, container: Container, search: Search) -> Iterator[Sequence[tuple[object, ...]]]:
        """The cells of ``search.columns`` of the rows found, in bounded portions."""

    def fetch(self, container: Container, wanted: Fetch) -> Iterator[Sequence[Fetched]]:
        """Rows that are known by their keys, in bounded portions; those that are gone are left out."""

    def search_statement(self, container: Container, search: Search) -> str:
        """The search for reading; its values stand as ``:sealed``."""

    def indexed(self, container: Container) -> frozenset[str]:
        """The columns by which rows are found without reading all of them."""


@runtime_checkable
class Eraser(Protocol):
    """A connector that can remove what a plan names. `shapes`, `reach`, `keys`, `statement` and `remaining` need to read only.

    All raise SourceError; no exception carries a value.
    """

    def shapes(self, containers: Sequence[Container]) -> Sequence[Shape]:
        """How each of the containers is built, with every foreign key of the whole database that leads to it."""

    def reach(self, target: Target) -> Reach:
        """How many rows a target takes, counted where the data lies."""

    def keys(self, target: Target) -> Iterator[Sequence[Key]]:
        """The keys of the rows a target takes, in the order of the key, in bounded portions, from one snapshot."""

    def statement(self, target: Target) -> str:
        """The target as SQL for reading, with its cutoffs and without any value of a data subject."""

    def erase(self, target: Target, keys: Sequence[Key], witness: Callable[[Chunk], None]) -> Chunk:
        """Deletes or changes the rows of these keys that still answer the target, in one transaction: all or none.

        The rows are locked, ``witness`` is told which they are (it writes evidence), then they are changed and it is
        committed. Only on a connector opened for writing (`piiscan.model.ReadPlan.write`). What the database would not allow
        raises SourceError and changes nothing.
        """

    def remaining(self, target: Target, keys: Sequence[Key]) -> Sequence[int]:
        """Positions of the keys whose row is there (delete), or is there and not changed as planned (anonymize)."""


@runtime_checkable
class Renderer(Protocol):
    """How a document is shown in one format."""

    format: ClassVar[str]
    """What ``--format`` and ``-o FORMAT=FILE`` say."""
    title: ClassVar[str]
    binary: ClassVar[bool]

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:
        """Writes the document to ``out``. Cells are metadata and counts, but names in them may be hostile: neutralise them."""
