"""Trees into rows: the events of a JSON document become rows of named columns, without the document in memory."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import naming
from piiscan.connectors.readers.encoding import valid
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from piiscan.connectors.readers.batching import Row

MAX_DEPTH: Final = 200
ROW_CHARS: Final = 1 << 20
"""A record of more text than this comes in several rows."""

Event = tuple[str, object]
"""As ijson's ``basic_parse`` gives them: ``("map_key", name)``, ``("string", text)``..."""


class Cells:
    """The cells of one row as they come; several values of one column are joined by line ends."""

    def __init__(self) -> None:
        self.size = 0
        self._cells: dict[str | None, list[object]] = {}

    def add(self, column: str, value: object) -> None:
        """Adds a value to a column; None and empty text add nothing but the column."""
        values = self._cells.setdefault(column, [])
        if value is None or value == "":
            return
        if isinstance(value, str):
            value = valid(value)
            self.size += len(value)
        elif isinstance(value, Decimal):
            value = float(value)
        self.size += len(column) + 8
        values.append(value)

    def take(self) -> Row:
        """The row, and a fresh start."""
        row: Row = {}
        for column, values in self._cells.items():
            row[column] = "\n".join(map(str, values)) if len(values) > 1 else (values[0] if values else None)
        self._cells, self.size = {}, 0
        return row

    def __bool__(self) -> bool:
        return bool(self._cells)


class Columns:
    """The names columns may have in one document: what looks like a name, up to a number; the rest are values."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, parent: str, key: str) -> tuple[str, bool]:
        """The column of a key below its parent's, and whether the key itself must be read as a value (of ``parent{}``)."""
        name = f"{parent}.{key}" if parent else key
        if name in self._known:
            return name, False
        if len(self._known) < naming.MAX_COLUMNS and naming.is_name(key):
            self._known.add(name)
            return name, False
        return f"{parent}{{}}", True


def rows(events: Iterable[Event], names: Columns, *, whole: bool = False) -> Iterator[Row]:
    """One row for each element of the outermost arrays, one for everything outside of them; or one for the ``whole`` tree.

    Columns are named by the way to them: ``debtor.ssn``, ``phones[]``, ``data[].name``; an array at the root adds nothing.
    Raises SourceError (limit) for trees deeper than `MAX_DEPTH`.
    """
    record, outside = Cells(), Cells()
    frames: list[tuple[bool, str]] = []  # is it an array, and the path of what is in it
    top = -1  # the frame of the array whose elements are rows
    path = ""
    for event, value in events:
        cells = record if top >= 0 else outside
        if event == "map_key":
            parent = frames[-1][1]
            path, odd = names.of(parent, str(value))
            if odd:
                cells.add(path, str(value))
            continue
        if event in {"start_map", "start_array"}:
            array = event == "start_array"
            inner = f"{path}[]" if array and path else path
            if array and not whole and (top < 0 or top == len(frames) - 1):
                top = len(frames)
            frames.append((array, inner))
            if len(frames) > MAX_DEPTH:
                raise SourceError(SkipCode.LIMIT, f"nested deeper than {MAX_DEPTH} levels; the rest was not read")
        elif event in {"end_map", "end_array"}:
            frames.pop()
            if top == len(frames):
                top = top - 1 if frames and frames[-1][0] else -1
        else:
            cells.add(path or "[]", value)
        path = frames[-1][1] if frames else ""
        closed = len(frames) - 1 == top and event not in {"start_map", "start_array"}
        if cells and (closed or cells.size > ROW_CHARS):
            yield cells.take()
