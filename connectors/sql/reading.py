"""The rows of one table as bounded batches: all of them, or a sample; what fails comes as a Skip."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.layout import Layout, read_layout
from piiscan.connectors.sql.samples import count_all, count_up_to, hash_statement, key_statements
from piiscan.connectors.sql.server import BLOB_CAP, Cell
from piiscan.connectors.sql.streams import Handful, gather
from piiscan.errors import SourceError
from piiscan.model import Batch, Container, ReadPlan, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    import sqlalchemy as sa

    from piiscan.connectors.sql.sessions import Sessions


@dataclass(slots=True)
class Reading:
    """One table being read.

    ``cut`` counts the cells of each column longer than what is fetched, texts and binaries apart; ``withheld`` says why
    rows may be missing.
    """

    sessions: Sessions
    plan: ReadPlan
    container: Container
    cut: Counter[tuple[str, bool]] = field(default_factory=Counter)
    refused: dict[str, SourceError] = field(default_factory=dict)
    withheld: str = ""
    begun: bool = False

    def batches(self) -> Iterator[Batch | Skip]:
        """Batches, then a Skip for rows withheld and each column cut or refused; or one where the table could not be read on."""
        try:
            yield from self._attempt()
        except SourceError as error:
            yield error.skip(self.container.source, container=self.container.path)
        else:
            yield from self._partial_skips()

    def _attempt(self) -> Iterator[Batch]:
        """All columns; where that fails at once, those columns that can be read by themselves."""
        try:
            yield from self._read()
        except SourceError as error:
            if self.begun or error.code not in {SkipCode.NO_PERMISSION, SkipCode.ERROR}:
                raise
            self._try_columns(error)
            yield from self._read()

    def _read(self) -> Iterator[Batch]:
        """Everything the plan asks for, in one transaction; the last batch knows the total."""
        self.cut.clear()
        try:
            with self.sessions.open() as connection:
                layout = self._layout(connection)
                self.withheld = self.sessions.server.withholds(
                    connection, layout.table.schema, self.container.locator[1]
                )
                container, statements = self._statements(connection, layout)
                held, seen = Batch(container, {cell.name: [] for cell in layout.cells}, 0), 0
                with closing(self._fetch(connection, layout, statements)) as fetched:
                    for handful in fetched:
                        if seen:
                            self.begun = True
                            yield held
                        held, seen = self._batch(container, layout.cells, handful), seen + handful.rows
                if self.plan.mode == "full":
                    container = replace(container, rows=seen, rows_exact=True)
            self.begun = True
            yield replace(held, container=container)
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001  # a driver's own conversions raise what they like
            raise explain(error, self.sessions.server, self.container.path) from None

    def _layout(self, connection: sa.Connection) -> Layout:
        return read_layout(connection, self.sessions.server, self.container).without(self.refused)

    def _statements(self, connection: sa.Connection, layout: Layout) -> tuple[Container, Iterator[sa.Select[Any]]]:
        """What to run, and the container with all that is known of it by then."""
        server, wanted = self.sessions.server, self.plan.sample_rows
        if self.plan.mode == "full":
            server.stream(connection)
            return self.container, iter([layout.values()])
        counted = count_up_to(connection, layout, wanted + 1)
        if counted <= wanted:
            order = layout.key.parts if layout.key else ()
            return replace(self.container, rows=counted, rows_exact=True), iter([layout.values().order_by(*order)])
        known = self.container
        if not (layout.key and layout.key.is_integer and (known.rows or 0) > wanted):
            known = replace(known, rows=count_all(connection, layout), rows_exact=True)
        if layout.key and layout.key.is_integer:
            statements = key_statements(connection, server, layout, wanted, self.plan.batch_rows)
            return _noted(known, "sample: key probes"), statements
        total = known.rows or wanted
        if layout.key:
            return _noted(known, "sample: hashed keys"), iter(
                [hash_statement(server, layout, layout.key, wanted, total)]
            )
        spread = (server.spread if known.kind == "view" else server.spread_table)(layout.table, wanted, total)
        query = layout.values(spread.table)
        return _noted(known, spread.note), iter([query if spread.where is None else query.where(spread.where)])

    def _fetch(
        self, connection: sa.Connection, layout: Layout, statements: Iterator[sa.Select[Any]]
    ) -> Generator[Handful]:
        """Rows streamed from the server, statement by statement."""
        is_wide = any(cell.cap for cell in layout.cells)
        options = {"stream_results": True, "max_row_buffer": self.plan.batch_rows}
        for statement in statements:
            result = connection.execute(statement, execution_options=options)
            try:
                yield from gather(result, self.plan.batch_rows, is_wide=is_wide)
            except BaseException:
                self.sessions.server.abandon(connection, result)
                raise
            finally:
                result.close()

    def _batch(self, container: Container, cells: Sequence[Cell], held: Handful) -> Batch:
        columns: dict[str | None, list[object]] = {}
        for cell, values, longest in zip(cells, held.columns, held.longest, strict=True):
            if cell.cap and longest > min(cell.cap, BLOB_CAP):
                self._cut(cell.name, cell.cap, values)
            columns[cell.name] = values
        return Batch(container, columns, held.rows, held.size_bytes)

    def _cut(self, name: str, cap: int, values: list[object]) -> None:
        for number, value in enumerate(values):
            if isinstance(value, (str, bytes)):
                limit = min(cap, BLOB_CAP) if isinstance(value, bytes) else cap
                if len(value) > limit:
                    values[number] = value[:limit]
                    self.cut[name, isinstance(value, bytes)] += 1

    def _try_columns(self, error: SourceError) -> None:
        """Finds the columns that fail by themselves. Raises ``error`` when that does not explain it."""
        try:
            with self.sessions.open() as connection:
                names = [cell.name for cell in self._layout(connection).cells]
        except Exception:  # noqa: BLE001  # then the table itself is the trouble
            raise error from None
        for name in names:
            try:
                with self.sessions.open() as connection:
                    layout = self._layout(connection).without(set(names) - {name})
                    _, statements = self._statements(connection, layout)
                    for _ in self._fetch(connection, layout, statements):
                        pass
            except Exception as found:  # noqa: BLE001  # as above
                self.refused[name] = explain(found, self.sessions.server)
        if not 0 < len(self.refused) < len(names):
            raise error

    def _partial_skips(self) -> Iterator[Skip]:
        source, path = self.container.source, self.container.path
        if self.withheld:
            yield Skip(source, path, SkipCode.NO_PERMISSION, self.withheld)
        for name, error in sorted(self.refused.items()):
            yield Skip(source, path, error.code, f"column {name!r}: {error.message}")
        for (name, is_binary), number in sorted(self.cut.items()):
            if is_binary:
                yield Skip(
                    source,
                    path,
                    SkipCode.UNSUPPORTED,
                    f"column {name!r}: {number} long binary cells, of which only the beginning was fetched",
                )
            else:
                yield Skip(
                    source,
                    path,
                    SkipCode.LIMIT,
                    f"column {name!r}: {number} cells longer than the limit of a cell, of which only the beginning was read",
                )


def _noted(container: Container, note: str) -> Container:
    return replace(container, notes=(*container.notes, note))
