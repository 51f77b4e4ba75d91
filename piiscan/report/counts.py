"""How many records a finding stands for, and when they were collected.

A record is a row of a table or of a structured file; a file of running text or sound is one record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.model import AgeRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from piiscan.inventory import ContainerRecord, HoldingRecord
    from piiscan.model import Ages, Clock
    from piiscan.report.window import Window

UNKNOWN_CLIENT = "?"
"""The owner of rows whose client column names no client of the configuration."""
_CLOCK_ORDER = ("collected", "created")
_BASIS_ORDER = ("configured", "inferred")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of records and what it is worth; its text is that of the reports."""

    number: int = 0
    estimated: bool = False
    """Scaled up from a sample, or shared out in proportion."""
    at_least: bool = False
    """There may be more: several columns contribute, and the rows they fill may differ."""

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.number + other.number, self.estimated or other.estimated, self.at_least or other.at_least)

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else ''}{'~' if self.estimated else ''}{self.number:,}"


@dataclass(frozen=True, slots=True)
class Count:
    """Records: all, those collected in the window, those without a date of collection; what is left was collected outside it."""

    held: Figure = Figure()
    collected: Figure = Figure()
    undated: Figure = Figure()
    certain: bool = False
    """Whether one at least was collected in the window beyond doubt: no mere share of rows that do not all hold it."""
    last_collected: date | None = None

    def __add__(self, other: Count) -> Count:
        return Count(
            self.held + other.held,
            self.collected + other.collected,
            self.undated + other.undated,
            self.certain or other.certain,
            latest(self, other),
        )


@dataclass(frozen=True, slots=True)
class ContainerRows:
    """One container's rows: how many there are, how many were read, and their dates, each with its client."""

    total: int
    seen: int
    ages: tuple[AgeRow, ...]
    """All of them; undated where no clock dates them."""
    window: Window
    clock: Clock | None = None
    """What dates them."""

    def filled(self, column: str | None) -> tuple[AgeRow, ...] | None:
        """The rows in which the column is filled, exactly; None where nobody counted them."""
        if column is None or not any(column in row.filled for row in self.ages):
            return None
        return tuple(AgeRow(row.day, row.filled.get(column, 0), row.owner) for row in self.ages)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a finding belongs to one client."""

    client: str | None
    count: Count
    rows: Count
    """All rows of the container that belong to this client, whatever they hold."""


@dataclass(frozen=True, slots=True)
class _Records:
    """How many records hold a finding."""

    held: Figure
    proved: int
    """So many were seen; the rest is drawn from them."""


def latest(*counts: Count) -> date | None:
    """The latest day of collection in any of them."""
    return max((count.last_collected for count in counts if count.last_collected is not None), default=None)


def container_rows(
    record: ContainerRecord, ages: Sequence[Ages], window: Window, *, client: str | None = None, cells: int = 0
) -> ContainerRows:
    """The rows of a container. ``client`` is its fixed owner; rows that name an owner themselves go to that one.

    ``cells`` is the most that was ever seen filled in one of its columns: where the latest reading broke off early, an
    earlier one knows of so many rows.

    Rows are dated by a clock ``collected``, else ``created``, a configured one before an inferred one. A file's own time is
    no date of collection (law.md 2.2): without another clock all rows are undated.
    """
    seen = max(record.rows_seen, cells)
    dates = _collection_ages(ages)
    counted = sum(row.rows for row in dates.rows) if dates else 0
    # Counted where the data lies, the ages know better than an estimate of the server.
    total = counted if counted > seen else max(record.rows_total or 0, seen)
    if dates is None or counted == 0:
        return ContainerRows(total, seen, (AgeRow(None, total, client),), window)
    rows = tuple(AgeRow(row.day, row.rows, row.owner or client, row.filled) for row in dates.rows)
    return ContainerRows(total, seen, rows, window, dates.clock)


def is_whole(holding: HoldingRecord) -> bool:
    """Whether every filled cell of its column counts: the column is named after the data, or no cell seen says otherwise.

    What is declared of a container as a whole counts with all its rows.
    """
    if "declared" in holding.evidence:
        return True
    return holding.column is not None and ("name" in holding.evidence or holding.cells_matched >= holding.cells_seen)


def parts(holding: HoldingRecord, rows: ContainerRows) -> Iterator[Part]:
    """A finding's records by client, in the order of their names; one part of zero records where no cell is filled.

    Their dates are those of the rows in which the column is filled. Where only some of these hold the finding, or nobody
    counted them, the dates are shared out in proportion.
    """
    if _is_one_record(holding):
        one = Count(Figure(1), undated=Figure(1))
        yield Part(rows.ages[0].owner, one, one)
        return
    filled = rows.filled(holding.column)
    dated = _by_client(rows.ages if filled is None else filled, rows.window)
    every = _by_client(rows.ages, rows.window)
    found = _records(holding, rows, None if filled is None else sum(row.rows for row in filled))
    whole = sum(count.held.number for count in dated.values())
    made = [
        Part(client, _share_out(found, count, whole, clients=len(dated)), every[client])
        for client, count in sorted(dated.items(), key=lambda item: item[0] or "")
    ]
    kept = [part for part in made if part.count.held.number]
    yield from kept or [Part(made[0].client if len(made) == 1 else None, Count(held=found.held), Count())]


def _is_one_record(holding: HoldingRecord) -> bool:
    """Whether it is a file of running text or sound: one record, and undated, since a file's own time dates nothing."""
    return holding.column is None and holding.container_kind == "file"


def _records(holding: HoldingRecord, rows: ContainerRows, filled: int | None) -> _Records:
    """The records that hold the finding; ``filled`` = the cells of its column that are not null, where somebody counted.

    A column that is wholly the data counts with every filled cell, another one with the cells that matched. A sample is
    scaled up. Where not a row was read, all rows count: nothing is known.
    """
    whole = is_whole(holding)
    cells = min(holding.cells_seen if whole else holding.cells_matched, rows.seen)
    complete = rows.seen >= rows.total and holding.coverage == "full"
    if whole and filled is not None and filled >= cells:
        return _Records(Figure(filled, estimated=not complete and "name" not in holding.evidence), cells)
    if not rows.seen:
        return _Records(Figure(rows.total, estimated=rows.total > 0), 0)
    if rows.seen >= rows.total:
        return _Records(Figure(cells, estimated=not complete), cells)
    held = _share(cells, rows.total, rows.seen) if filled is None else _share(cells, filled, holding.cells_seen)
    return _Records(Figure(max(held, min(cells, 1)), estimated=True), cells)


def _share_out(found: _Records, rows: Count, whole: int, *, clients: int) -> Count:
    """One client's share of the records, dated like its ``rows`` out of ``whole``."""
    held, of = found.held, rows.held.number
    number = _share(of, held.number, whole) or min(of, held.number, 1)
    collected = min(_share(rows.collected.number, held.number, whole), number)
    undated = min(_share(rows.undated.number, held.number, whole), number - collected)
    same = held.number == whole
    # Which rows hold it is not known: only where all are alike is the share exact.
    alike = of in (rows.collected.number, rows.undated.number, of - rows.collected.number - rows.undated.number)
    unsure = held.estimated or (not same and clients > 1)
    spread = unsure or not (same or alike)
    outside = of - rows.collected.number
    return Count(
        Figure(number, unsure),
        Figure(collected, spread and rows.collected.number > 0),
        Figure(undated, spread and rows.undated.number > 0),
        certain=bool(rows.collected.number and number and (found.proved or not held.estimated))
        and (same or (clients == 1 and (alike or found.proved > outside))),
        last_collected=rows.last_collected,
    )


def _by_client(rows: Iterable[AgeRow], window: Window) -> dict[str | None, Count]:
    groups: dict[str | None, list[AgeRow]] = defaultdict(list)
    for row in rows:
        groups[row.owner].append(row)
    return {client: _dated(group, window) for client, group in groups.items()}


def _dated(rows: Sequence[AgeRow], window: Window) -> Count:
    days = [row.day for row in rows if row.day is not None and row.rows and row.day <= window.last]
    return Count(
        held=Figure(sum(row.rows for row in rows)),
        collected=Figure(sum(row.rows for row in rows if row.day is not None and row.day in window)),
        undated=Figure(sum(row.rows for row in rows if row.day is None)),
        last_collected=max(days, default=None),
    )


def _collection_ages(ages: Sequence[Ages]) -> Ages | None:
    usable = [item for item in ages if item.clock.event in _CLOCK_ORDER and item.clock.basis in _BASIS_ORDER]
    return min(
        usable,
        key=lambda item: (_CLOCK_ORDER.index(item.clock.event), _BASIS_ORDER.index(item.clock.basis)),
        default=None,
    )


def _share(part: int, of: int, whole: int) -> int:
    """``of`` in the proportion part : whole, rounded half up."""
    return (2 * part * of + whole) // (2 * whole) if whole else 0
