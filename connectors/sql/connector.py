"""The connector for databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from piiscan.connectors.sql.address import parse_address
from piiscan.connectors.sql.ages import count_ages
from piiscan.connectors.sql.catalog import list_containers
from piiscan.connectors.sql.coinciding import count_coinciding
from piiscan.connectors.sql.erasing import Erasing
from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.fetching import fetch_rows
from piiscan.connectors.sql.judging import count_judged
from piiscan.connectors.sql.profiling import profile_dates
from piiscan.connectors.sql.reading import Reading
from piiscan.connectors.sql.seeking import leading_columns, seek_rows, word_search
from piiscan.connectors.sql.sessions import Sessions
from piiscan.connectors.sql.writing import Writing
from piiscan.errors import SourceError
from piiscan.model import Ages, Batch, Check, Clock, Container, ReadPlan, Skip, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from piiscan.model.erasing import Chunk, Key, Reach, Shape, Target
    from piiscan.model.judging import DateProfile, JudgedRows, Judgment, Occasion
    from piiscan.model.seeking import Fetch, Fetched, Search


class SqlConnector:
    """Tables and views of one database, read-only but for `erase`. Include and exclude are globs over ``schema.table`` (case counts, ``*`` crosses dots)."""

    kind: ClassVar[str] = "sql"
    title: ClassVar[str] = "databases: SQLite, PostgreSQL, MariaDB, MySQL; SQL Server and Oracle with their extras"

    def __init__(self, source: Source, plan: ReadPlan) -> None:
        self._source = source
        self._plan = plan
        self._sessions = Sessions(parse_address(source), plan)
        self._erasing = Erasing(self._sessions, source.name, plan.batch_rows)
        self._writing = Writing(self._sessions, source.name)

    def __repr__(self) -> str:
        return f"SqlConnector({self._source.name!r})"

    def check(self) -> Sequence[Check]:
        """Reachable, encrypted, read-only, rights, timeouts, clock columns: one line each; reads no values."""
        server = self._sessions.server
        lines: list[Check] = []
        try:
            with self._sessions.open() as connection:
                lines.append(Check("reachable", "ok", f"{server.name} {server.version(connection)}"))
                lines.extend(server.checks(connection))
                lines.extend(self._check_listing(list(list_containers(connection, server, self._source))))
        except SourceError as error:
            lines.append(
                Check("reachable", "failed", f"{error.message}; {error.hint}" if error.hint else error.message)
            )
        except Exception as error:  # noqa: BLE001  # drivers raise what they like
            lines.append(Check("permissions", "failed", explain(error, server).message))
        return lines

    def _check_listing(self, listing: Sequence[Container | Skip]) -> Iterator[Check]:
        """What of the source can be read, and whether each configured clock has its column."""
        found = {entry.path: entry for entry in listing if isinstance(entry, Container)}
        status: Literal["ok", "warning"] = "ok" if len(found) == len(listing) else "warning"
        yield Check("permissions", status, f"{len(found)} of {len(listing)} tables and views can be read")
        for path, clocks in sorted(self._source.clocks.items()):
            columns = {column.name for column in found[path].columns} if path in found else set()
            for clock in clocks:
                known = clock.path[0] in columns
                yield Check(
                    "clock",
                    "ok" if known else "failed",
                    f"{path}: {clock.event} by {clock.column}{'' if known else ': no such column'}",
                )

    def containers(self) -> Iterator[Container | Skip]:
        """Tables and views, sorted. Raises SourceError when the source cannot be reached."""
        try:
            with self._sessions.open() as connection:
                yield from list_containers(connection, self._sessions.server, self._source)
        except Exception as error:  # noqa: BLE001  # drivers raise what they like
            raise explain(error, self._sessions.server) from None

    def batches(self, container: Container) -> Iterator[Batch | Skip]:
        """The table's rows or a sample of them; what fails comes as a Skip. Raises nothing for the source's faults."""
        return Reading(self._sessions, self._plan, container).batches()

    def ages(
        self, container: Container, clock: Clock, owner_column: str | None, columns: Sequence[str] = ()
    ) -> Ages | None:
        """Rows by day and owner, and how many of them each column fills. Raises SourceError for a missing column, a timeout, a missing right."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return count_ages(connection, server, container, clock, owner_column, columns)
        except Exception as error:  # noqa: BLE001  # as above
            raise explain(error, server, container.path) from None

    def coinciding(self, one: Occasion, other: Occasion, as_of: date) -> int:
        """How many rows of ``one`` share link and day with a row of ``other``. Raises SourceError."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return count_coinciding(connection, server, one, other, as_of)
        except Exception as error:  # noqa: BLE001  # drivers raise what they like
            raise explain(error, server, one.container.path) from None

    def judge(
        self, container: Container, judgments: Sequence[Judgment], owner_column: str | None, as_of: date
    ) -> Sequence[JudgedRows]:
        """Rows by owner and standing. Raises SourceError for a missing column, a timeout, a missing right."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return count_judged(connection, server, container, judgments, owner_column, as_of)
        except Exception as error:  # noqa: BLE001  # as above
            raise explain(error, server, container.path) from None

    def shapes(self, containers: Sequence[Container]) -> Sequence[Shape]:
        """How each table is built, and every foreign key of the database that leads to it. Raises SourceError, as all below."""
        return self._erasing.shapes(containers)

    def reach(self, target: Target) -> Reach:
        """Rows a target takes, rows kept back, and what hangs on those it takes."""
        return self._erasing.reach(target)

    def keys(self, target: Target) -> Iterator[Sequence[Key]]:
        """Keys of the rows a target takes, in the key's order; rows to which others of the same table refer come last."""
        return self._erasing.keys(target)

    def statement(self, target: Target) -> str:
        """The target as a query for reading."""
        return self._erasing.statement(target)

    def erase(self, target: Target, keys: Sequence[Key], witness: Callable[[Chunk], None]) -> Chunk:
        """Deletes or changes rows in one transaction, on a connector opened for writing."""
        return self._writing.erase(target, keys, witness)

    def remaining(self, target: Target, keys: Sequence[Key]) -> Sequence[int]:
        """Positions of keys on whose rows something is left to do."""
        return self._erasing.remaining(target, keys)

    def seek(self, container: Container, search: Search) -> Iterator[Sequence[tuple[object, ...]]]:
        """Cells of the rows that a value leads to. Raises SourceError, as all below."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                yield from seek_rows(connection, server, container, search, self._plan.batch_rows)
        except Exception as error:  # noqa: BLE001  # drivers raise what they like, here and below
            raise explain(error, server, container.path) from None

    def fetch(self, container: Container, wanted: Fetch) -> Iterator[Sequence[Fetched]]:
        """Rows that are known by their keys, with owner and day of collection."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                yield from fetch_rows(connection, server, container, wanted)
        except Exception as error:  # noqa: BLE001
            raise explain(error, server, container.path) from None

    def search_statement(self, container: Container, search: Search) -> str:
        """The search as a query for reading, without its values."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return word_search(connection, server, container, search)
        except Exception as error:  # noqa: BLE001
            raise explain(error, server, container.path) from None

    def indexed(self, container: Container) -> frozenset[str]:
        """Columns with which an index of the table begins."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return leading_columns(connection, server, container)
        except Exception as error:  # noqa: BLE001
            raise explain(error, server, container.path) from None

    def profile_dates(self, container: Container, columns: Sequence[str], as_of: date) -> Sequence[DateProfile]:
        """What columns are worth as dates. Raises SourceError for a missing column, a timeout, a missing right."""
        server = self._sessions.server
        try:
            with self._sessions.open() as connection:
                return profile_dates(connection, server, container, columns, as_of)
        except Exception as error:  # noqa: BLE001  # as above
            raise explain(error, server, container.path) from None

    def close(self) -> None:
        """Lets go of all connections; may be called twice."""
        self._sessions.close()
