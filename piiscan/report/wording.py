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


def status(found: Summary, *, apart: bool = False) -> str:
    """Whether it was collected in the window, in a word. Undated comes before ``no``: it may have been collected in it.

    ``apart``: what is not in the firm's own list was found in an annex.
    """
    if not found.held:
        return "annex only" if apart else "not found"
    return "yes" if found.collected else "undated" if found.undated else "no"


def held(found: Summary) -> str:
    """The number of records held, with ``~`` where it is an estimate."""
    return _about(found.count.held, unsure=found.count.estimated)


def dated(number: int, found: Summary) -> str:
    """A number of records by their dates, with ``~`` where it is an estimate."""
    return _about(number, unsure=found.count.estimated or found.count.spread)


def _about(number: int, *, unsure: bool) -> str:
    return f"~{number:,}" if unsure and number else f"{number:,}"


def figures(found: Summary, *, apart: bool = False) -> tuple[Cell, ...]:
    """Status, then records collected in the window, undated, held, and the latest day of collection."""
    if not found.held:
        return (status(found, apart=apart), None, None, None, None)
    by_date = (dated(number, found) for number in (found.count.collected, found.count.undated))
    return (status(found), *by_date, held(found), found.last_collected)


def category_section(heading: str, rows: Iterable[Category], note: str = "") -> Section:
    """Categories and their figures, one a row."""
    titles = ("", "category", "collected", "in window", "undated", "held", "latest")
    return Section(
        heading,
        titles,
        tuple((row.letter, row.label, *figures(row.found, apart=row.held_apart)) for row in rows),
        note=note,
    )


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
