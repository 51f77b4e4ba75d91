"""How a delimited table is written: its delimiter, how wide it is, and whether its first row names the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from piiscan.connectors.readers import naming

DELIMITERS: Final = ("\t", "|", ";", ",", "^", "~", "\x1f")
HINT: Final = re.compile(r"sep=(.)")
"""A first line that names the delimiter, as Excel writes it."""
_ENOUGH_ROWS: Final = 3
_REGULAR: Final = 0.95
_TITLES: Final = 10
"""How far down a header may stand, below titles and remarks."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the head of a table shows of it."""

    delimiter: str
    width: int
    """The usual number of cells of a row."""
    header: tuple[str, ...] | None
    """The first row of that width when it names columns, as written; None when it is data."""
    rows: int
    """Rows seen in the head."""
    share: float
    """How many of them have the usual width, 0-1."""
    filled: int
    """Columns that have a value in most rows."""


def look(text: str, *, complete: bool) -> Dialect:
    """The dialect that makes the head most regular; one column where no delimiter does."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not complete and len(lines) > 1:
        lines.pop()
    if lines and (named := HINT.fullmatch(lines[0])):
        return _measured(lines[1:], named[1])
    tried = [_measured(lines, delimiter) for delimiter in DELIMITERS if any(delimiter in line for line in lines[:50])]
    wide = [dialect for dialect in tried if dialect.width > 1]
    if not wide:
        return _measured(lines, ",")
    return max(
        wide, key=lambda dialect: (dialect.share > _REGULAR, dialect.share * min(dialect.width, 5), dialect.width)
    )


def regular(text: str, *, complete: bool) -> bool:
    """Whether a text of no telling name is a table: rows of one width, and columns that are filled.

    Indented lines and statements that end in a semicolon are regular too; their first or last cells are empty.
    """
    found = look(text, complete=complete)
    wide = found.width > 2 or (found.width > 1 and found.header is not None)  # noqa: PLR2004 - one mark a line is prose
    return wide and found.rows >= _ENOUGH_ROWS and found.share > _REGULAR and found.filled > 1


def _measured(lines: list[str], delimiter: str) -> Dialect:
    try:
        rows = [
            row for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error:  # one field larger than csv allows: no table by this delimiter
        rows = []
    if not rows:
        return Dialect(delimiter, 1, None, 0, 0.0, 0)
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    body = [row for row in rows if len(row) == width][:200]
    filled = sum(sum(1 for row in body if row[place].strip()) * 2 > len(body) for place in range(width))
    return Dialect(delimiter, width, _header(rows, width), len(rows), count / len(rows), filled)


def _header(rows: list[list[str]], width: int) -> tuple[str, ...] | None:
    """The row that names columns: the very first if no row is wider, else the first of the usual width (after a title)."""
    usual = next(place for place, row in enumerate(rows) if len(row) == width)
    for place in sorted({0, usual}):
        if width <= len(rows[place]) and place < _TITLES:
            body = [row for row in rows[place + 1 :] if len(row) >= width][:200]
            if _names_columns(rows[place], body):
                return tuple(rows[place])
    return None


def _names_columns(first: list[str], body: list[list[str]]) -> bool:
    """Whether a first row is a header. In doubt it is data: a value must never become the name of a column.

    Every cell must look like a name. Then either most are made of words that name columns, or the rows below are
    visibly of another kind (numbers, dates) where the first row has words.
    """
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell]
    if len(filled) * 2 < len(cells) or not filled or not all(naming.is_name(cell) for cell in filled):
        return False
    if any(cell and cell == value.strip() for row in body for cell, value in zip(cells, row, strict=False)):
        return False  # what comes again below is a value
    if sum(naming.is_column_word(cell) for cell in filled) * 2 >= len(filled):
        return True
    other = sum(
        _all_of_figures([row[place] for row in body if place < len(row)])
        for place, cell in enumerate(cells)
        if cell and not any(c.isdigit() for c in cell)
    )
    return len(body) > 1 and other >= 1 and len(set(filled)) == len(filled)


def _all_of_figures(cells: list[str]) -> bool:
    """Whether a column's filled cells all hold a digit, so that a word above them is no value of theirs."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(any(char.isdigit() for char in cell) for cell in filled)
