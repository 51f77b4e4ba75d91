"""What a cell says in plain words, whatever a column, file or client is called."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piiscan.model import Cell, Document, Section

_EXACT_BELOW = 100
_NUMBER = re.compile(r"≥?~?[\d,.]+%?|-")


def visible(text: str) -> str:
    r"""The text on one line, every character that does not print itself shown as its escape (``\x1b``, ``\u202e``).

    Terminal sequences, line breaks, direction overrides, invisible and undecodable characters (lone surrogates) lose
    their power and stay recognisable, so that two names that differ look different.
    """
    if text.isprintable():
        return text
    return "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode("ascii") for ch in text)


def spoken(cell: Cell) -> str:
    """The cell for human eyes: ``1,234``, ``yes``, ``a; b``, and ``-`` for what is unknown or empty."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    if isinstance(cell, float) and math.isfinite(cell):
        return f"{cell:,.0f}" if abs(cell) >= _EXACT_BELOW else f"{cell:.3g}"
    return bare(cell) or "-"


def bare(cell: Cell) -> str:
    """The cell for programs: no thousands separators, and the empty text for what is unknown."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, tuple):
        return "; ".join(visible(item) for item in cell)
    return visible(cell) if isinstance(cell, str) else str(cell)


def flat_section(document: Document) -> Section | None:
    """The one table of the document that a single-table format carries; None when it has none."""
    return document.flat or next(iter(document.sections), None)


def numeric(section: Section, index: int) -> bool:
    """Whether a column holds numbers only (``~1,200``, ``≥1,200`` and ``3 %`` among them), to be set to the right."""
    cells = [spoken(row[index]) for row in section.rows]
    return any(cell != "-" for cell in cells) and all(_NUMBER.fullmatch(cell) for cell in cells)
