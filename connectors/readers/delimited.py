"""CSV, TSV and their kin: rows as columns, however ragged, quoted or broken."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import dialect, naming
from piiscan.connectors.readers.batching import Row, batched
from piiscan.connectors.readers.encoding import decoded, text_of
from piiscan.connectors.readers.port import HEAD_BYTES
from piiscan.connectors.readers.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch

TYPES = ("delimited",)
LINE_CHARS: Final = 1 << 20
"""A longer line is cut; a quoted cell that runs on for longer was never meant to be one."""
_FIELD_LIMIT: Final = 1 << 26  # ours above decide first; the module's own 128 KiB would end the file


def read(file: File) -> Iterator[Batch]:
    """The rows as columns. A cell beyond the header gets ``column_N``, an empty one is None, empty rows are left out."""
    head = file.stream.peek(HEAD_BYTES)
    found = dialect.look(text_of(head, file.encoding), complete=len(head) < HEAD_BYTES)
    rows = _cells(_without_hint(lines(decoded(file))), found.delimiter)
    return batched(file, _named(rows, found))


def lines(chunks: Iterable[str], limit: int = LINE_CHARS) -> Iterator[str]:
    """The text line by line, without line ends; a line over the limit comes in several pieces."""
    rest = ""
    try:
        for chunk in chunks:
            head, *more = chunk.split("\n")
            rest += head
            for line in more:
                yield rest
                rest = line
            while len(rest) > limit:
                end = cut(rest, 0, limit)
                yield rest[:end]
                rest = rest[end:]
    except Exception:  # a stream that breaks: the line before the break is read
        if rest:
            yield rest
        raise
    if rest:
        yield rest


def _without_hint(source: Iterator[str]) -> Iterator[str]:
    """The lines without the ``sep=;`` that tells Excel the delimiter."""
    first = next(source, "")
    if not dialect.HINT.fullmatch(first):
        yield first
    yield from source


def _named(rows: Iterable[list[str]], found: dialect.Dialect) -> Iterator[Row]:
    header = naming.unique(found.header or ("",) * found.width)[: naming.MAX_COLUMNS]
    waiting = found.header
    for row in rows:
        if waiting is not None and tuple(row) == waiting:
            waiting = None
            continue
        if not any(map(str.strip, row)):
            continue
        if len(row) > naming.MAX_COLUMNS:
            row[naming.MAX_COLUMNS - 1 :] = [found.delimiter.join(row[naming.MAX_COLUMNS - 1 :])]
        if len(row) > len(header):
            header = naming.unique((*header, *[""] * (len(row) - len(header))))
        yield {name: (row[place] or None) if place < len(row) else None for place, name in enumerate(header)}


def _cells(source: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Rows of cells. A quote that is never closed must not swallow the file: such lines are read again without quotes."""
    csv.field_size_limit(_FIELD_LIMIT)
    while True:
        record: list[str] = []
        runaway = False

        def feed(record: list[str] = record) -> Iterator[str]:
            nonlocal runaway
            held = 0
            for line in source:
                held = held + len(line) if record else len(line)
                record.append(line)
                yield f"{line}\n"
                if held > LINE_CHARS:
                    runaway = True
                    return

        for row in csv.reader(feed(), delimiter=delimiter):
            if len(record) > 1 and (runaway or _unclosed(record)):
                yield from csv.reader(record, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            else:
                yield row
            record.clear()
        if not runaway:
            return


def _unclosed(record: list[str]) -> bool:
    return sum(line.count('"') for line in record) % 2 == 1
