"""Rows of a running statement, gathered column by column into handfuls that are bounded in rows and in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

FIRST_ROWS: Final = 16
WIDE_ROWS: Final = 100
"""Rows asked for at once where a cell may hold a megabyte: first, and at most."""
FULL_BYTES: Final = 4 << 20
"""Beyond this a handful is not filled further."""
NUMBER_BYTES: Final = 8


@dataclass(slots=True)
class Handful:
    """Some rows by columns; its repr is never shown, for it holds values."""

    columns: list[list[Any]]
    longest: list[int]
    """The length of the longest cell of each column."""
    rows: int = 0
    size_bytes: int = 0

    def __repr__(self) -> str:
        return f"Handful({self.rows} rows)"

    def add(self, some: Sequence[sa.Row[Any]]) -> int:
        """Takes more rows in; returns their size."""
        size = 0
        for number, values in enumerate(zip(*some, strict=True)):
            lengths = _lengths(values)
            size += sum(lengths)
            self.longest[number] = max(self.longest[number], max(lengths, default=0))
            self.columns[number].extend(values)
        self.rows += len(some)
        self.size_bytes += size
        return size


def gather(result: sa.CursorResult[Any], batch_rows: int, *, is_wide: bool) -> Iterator[Handful]:
    """Handfuls of at most ``batch_rows`` rows; ``is_wide`` tells that some cells may be large.

    What is asked for at once follows the size of what came last: the driver holds that much, whatever we do with it.
    """
    width = len(result.keys())
    ask = min(batch_rows, FIRST_ROWS) if is_wide else batch_rows
    held = _empty(width)
    while some := result.fetchmany(min(ask, batch_rows - held.rows)):
        size = held.add(some)
        if is_wide:
            ask = max(1, min(WIDE_ROWS, 2 * ask, FULL_BYTES * len(some) // max(size, 1)))
        if held.rows == batch_rows or held.size_bytes >= FULL_BYTES:
            yield held
            held = _empty(width)
    if held.rows:
        yield held


def _empty(width: int) -> Handful:
    return Handful([[] for _ in range(width)], [0] * width)


def _lengths(values: Sequence[Any]) -> list[int]:
    """Lengths of the texts and binaries that are not empty; a number counts as eight bytes."""
    try:
        return list(map(len, filter(None, values)))
    except TypeError:
        return [
            len(value) if isinstance(value, (str, bytes)) else NUMBER_BYTES for value in values if value is not None
        ]
