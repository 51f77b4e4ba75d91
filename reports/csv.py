"""A document's one flat table as CSV."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, ClassVar, TextIO

from piiscan.reports.text import bare, flat_section

if TYPE_CHECKING:
    from piiscan.model import Cell, Document

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula, the full-width forms included."""


class CsvRenderer:
    """CSV (RFC 4180) with a header line; text is always quoted, so that no spreadsheet splits it again."""

    format: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV of the main table, safe to open in a spreadsheet"
    binary: ClassVar[bool] = False

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:  # noqa: ARG002 - the port's signature
        """Writes the flat table; titles, leads and notes are left out."""
        section = flat_section(document)
        if section is None:
            return
        writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow([_guarded(bare(title)) for title in section.columns])
        writer.writerows([_field(cell) for cell in row] for row in section.rows)


def _field(cell: Cell) -> str | int | float:
    """The number itself if it is a plain one, else a text that no spreadsheet takes for a formula."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell) and cell >= 0:
        return abs(cell)  # the zero that carries a minus loses it
    return _guarded(bare(cell))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
