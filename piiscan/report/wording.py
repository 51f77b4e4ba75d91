"""Words that several sections of the category report share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from piiscan.model import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.model import Cell, DataType
    from piiscan.report.findings import Category
    from piiscan.report.summary import Summary

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_UNITS = ("year", "month", "week", "day")


def status(found: Summary, *, apart: bool = False, absent: str = "not found") -> str:
    """Whether it was collected in the window, in a word. Undated comes before ``no``: it may have been collected in it.

    ``apart``: what is not in the firm's own list was found in an annex. ``absent``: the word for what was not found.
    """
    if not found.held:
        return "annex only" if apart else absent
    if found.collected:
        return "likely" if found.likely else "yes"
    return "undated" if found.undated else "no"


def held(found: Summary) -> str:
    """The number of records held, with its marks."""
    return str(found.count.held)


def figures(found: Summary, *, apart: bool = False, absent: str = "not found") -> tuple[Cell, ...]:
    """Status, then records collected in the window, undated, held, and the latest day of collection."""
    word = status(found, apart=apart, absent=absent)
    if not found.held:
        return (word, None, None, None, None)
    return (word, *map(str, found.figures), found.last_collected)


def category_section(heading: str, rows: Iterable[Category], *, note: str = "", absent: str = "not found") -> Section:
    """Categories and their figures, one a row."""
    titles = ("", "category", "collected", "in window", "undated", "held", "latest")
    made = ((row.letter, row.label, *figures(row.found, apart=row.held_apart, absent=absent)) for row in rows)
    return Section(heading, titles, tuple(made), note=note)


def heading(firm: str, text: str) -> str:
    """A document's title, with the firm's name where the configuration gives one."""
    return f"{firm or 'Inventory'}: {text}"


def labels(kinds: Iterable[DataType]) -> tuple[str, ...]:
    """Data types by their names for human eyes, in alphabetical order."""
    return tuple(sorted((kind.label for kind in kinds), key=str.casefold))


def period(text: str) -> str:
    """A period in words (``P1Y6M``: 1 year 6 months); other text unchanged."""
    match = _PERIOD.fullmatch(text)
    if match is None or not any(match.groups()):
        return text
    return " ".join(number_of(int(number), unit) for number, unit in zip(match.groups(), _UNITS, strict=True) if number)


def number_of(count: int, what: str) -> str:
    """``1 source``, ``2 sources``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
