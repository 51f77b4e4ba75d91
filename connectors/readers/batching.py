"""Rows into batches, bounded by rows and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from piiscan.connectors.readers.port import File

Row = dict[str | None, object]


class Batcher:
    """Collects rows of one file; gives a batch whenever one is full, and at the end the last, with the file's total."""

    def __init__(self, file: File, metadata_types: tuple[str, ...] = ()) -> None:
        self._file = file
        self._types = metadata_types
        self._columns: dict[str | None, None] = {}
        self._rows: list[Mapping[str | None, object]] = []
        self._bytes = 0
        self._consumed = 0

    @property
    def pending(self) -> bool:
        """Whether rows wait for a batch."""
        return bool(self._rows)

    def add(self, row: Mapping[str | None, object]) -> Iterator[Batch]:
        """Takes a row; yields the rows before it when they make a batch."""
        settings = self._file.settings
        size = sum(len(value) if isinstance(value, str) else 8 for value in row.values())
        if self._rows and (len(self._rows) >= settings.batch_rows or self._bytes + size > settings.batch_bytes):
            yield self.take(None)
        self._rows.append(row)
        self._bytes += size
        self._columns.update(dict.fromkeys(row))

    def take(self, total: int | None) -> Batch:
        """The rows collected so far as a batch; ``total`` is the file's number of rows where it is known now."""
        present = {name for row in self._rows for name in row}
        columns = {name: [row.get(name) for row in self._rows] for name in self._columns if name in present}
        names = tuple(name for name in self._columns if name is not None)
        read = self._file.stream.consumed
        batch = Batch(self._file.known(total, names), columns, len(self._rows), read - self._consumed, self._types)
        self._rows, self._bytes, self._consumed = [], 0, read
        return batch


def batched(file: File, rows: Iterable[Mapping[str | None, object]]) -> Iterator[Batch]:
    """The rows in batches; the last knows the total. Rows read before a failure are yielded before it is raised again."""
    batcher = Batcher(file)
    total = 0
    try:
        for row in rows:
            total += 1
            yield from batcher.add(row)
    except Exception:
        if batcher.pending:
            yield batcher.take(None)
        raise
    yield batcher.take(total)
