"""What the core asks a source when it looks for the rows of a person: which cells of the rows that one of some values leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Rows in which one of the columns holds one of its values; the values are private and shown by no repr."""

    columns: tuple[str, ...]
    """The cells to fetch."""
    any_of: Mapping[str, Values] = field(repr=False)
    """Column -> the ways a value may be written in it."""
    as_written: bool = True
    """Compare as the column does, so that an index is of use; else whatever the case of letters."""
    most: int = 50_000
    """Rows fetched at most: who is looked for by values that so many rows share is not found by them."""
