"""The ports: what a connector and a report format must be able to do. Plug-ins import this, the model, the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TextIO, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.model import Ages, Batch, Check, Clock, Container, Document, ReadPlan, Skip, Source


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
class Renderer(Protocol):
    """How a document is shown in one format."""

    format: ClassVar[str]
    """What ``--format`` and ``-o FORMAT=FILE`` say."""
    title: ClassVar[str]
    binary: ClassVar[bool]

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:
        """Writes the document to ``out``. Cells are metadata and counts, but names in them may be hostile: neutralise them."""
