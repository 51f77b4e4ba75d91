"""What the core asks a source about the rows of a person: which rows some values lead to, and what stands in rows it knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from piiscan.model import Clock
    from piiscan.model.judging import Among

Values = tuple[str | int | bytes, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Rows in which one of the columns holds one of its values; the values are private and shown by no repr."""

    columns: tuple[str, ...]
    """The cells to fetch."""
    any_of: Mapping[str, Values] = field(repr=False)
    """Column -> the ways a value may be written in it."""
    together: Among | None = None
    """Also rows in which these columns hold the values of one of the keys, all of them."""
    exact: frozenset[str] = frozenset()
    """Those of ``columns`` to be fetched as keys are: whole, and in the column's own type."""
    as_written: bool = True
    """Compare as the column does, so that an index is of use; else whatever the case of letters."""
    within: bool = False
    """A value may stand anywhere in a cell of text; with ``as_written`` false."""
    most: int = 50_000
    """Rows fetched at most: who is looked for by values that so many rows share is not found by them."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Cells of rows that are known by their keys."""

    columns: tuple[str, ...]
    among: Among
    clocks: tuple[Clock, ...]
    """What may say when a row was collected, the better first."""
    owner_column: str | None
    as_of: date
    exact: frozenset[str] = frozenset()
    """Those of ``columns`` to be fetched as keys are, as in `Search`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One row; its cells are private and shown by no repr."""

    cells: tuple[object, ...] = field(repr=False)
    """In the order asked."""
    owner: str | None
    """The client it is held for, ``?`` for any other value of the owner column, None without one."""
    day: date | None
    """When it was collected; None: nothing says."""
