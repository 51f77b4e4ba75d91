"""How many records a finding stands for, and when they were collected.

A record is a row of a table or of a structured file; a file of running text or sound is one record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from piiscan.inventory import ContainerRecord, HoldingRecord
    from piiscan.model import AgeRow, Ages, Clock
    from piiscan.report.window import Window

UNKNOWN_CLIENT = "?"
"""The owner of rows whose client column names no client of the configuration."""
_CLOCK_ORDER = ("collected", "created")
_BASIS_ORDER = ("configured", "inferred")


@dataclass(frozen=True, slots=True)
class Count:
    """Records: all, those collected in the window, those without a date of collection; what is left was collected outside it."""

    held: int = 0
    collected: int = 0
    undated: int = 0
    estimated: bool = False
    """Whether ``held`` is scaled up from a sample."""
    spread: bool = False
    """Whether the dates are those of more rows than hold the finding, shared out in proportion."""
    last_collected: date | None = None

    def __add__(self, other: Count) -> Count:
        days = [day for day in (self.last_collected, other.last_collected) if day is not None]
        return Count(
            self.held + other.held,
            self.collected + other.collected,
            self.undated + other.undated,
            self.estimated or other.estimated,
            self.spread or other.spread,
            max(days, default=None),
        )


@dataclass(frozen=True, slots=True)
class ContainerRows:
    """One container's rows: how many there are, how many were read, and their dates client by client."""

    total: int
    seen: int
    clients: Mapping[str | None, Count]
    """Whole rows, before any data type's share in them; the key None = no client."""
    clock: Clock | None = None
    """What dates them."""

    @property
    def dated(self) -> int:
        """The rows that ``clients`` counts."""
        return sum(count.held for count in self.clients.values())


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
        return ContainerRows(total, seen, {client: Count(held=total, undated=total)})
    by_client: dict[str | None, list[AgeRow]] = defaultdict(list)
    for row in dates.rows:
        by_client[row.owner or client].append(row)
    return ContainerRows(total, seen, {name: _dated(rows, window) for name, rows in by_client.items()}, dates.clock)


def records(holding: HoldingRecord, rows: ContainerRows) -> tuple[int, bool]:
    """How many records hold the finding, and whether that is an estimate.

    A column named after the data counts with every cell that is not null; one found by its values alone with the cells
    that matched. A sample is scaled up to the container's rows; what is unknown counts in full.
    """
    if holding.column is None and holding.container_kind == "file":
        return 1, False
    if not rows.seen or not holding.cells_seen:
        return rows.total, True
    cells = min(holding.cells_seen if "name" in holding.evidence else holding.cells_matched, rows.seen)
    if rows.seen >= rows.total:
        return cells, holding.coverage != "full"
    return _share(cells, rows.total, rows.seen), True


def split(held: int, estimated: bool, rows: ContainerRows) -> Iterable[tuple[str | None, Count]]:  # noqa: FBT001 - the pair that `records` returns
    """A finding's records by client, in the order of their names; dates in the proportion of the container's rows."""
    whole = rows.dated
    for client in sorted(rows.clients, key=lambda name: name or ""):
        count = rows.clients[client]
        part = _share(count.held, held, whole)
        if not part:
            continue
        collected = min(_share(count.collected, held, whole), part)
        undated = min(_share(count.undated, held, whole), part - collected)
        # Which rows hold it is not known: only where all are alike is the share exact.
        alike = count.held in (
            count.collected,
            count.undated,
            count.held - count.collected - count.undated,
        )
        unsure = estimated or (held != whole and len(rows.clients) > 1)
        yield client, Count(part, collected, undated, unsure, held != whole and not alike, count.last_collected)


def _collection_ages(ages: Sequence[Ages]) -> Ages | None:
    usable = [item for item in ages if item.clock.event in _CLOCK_ORDER and item.clock.basis in _BASIS_ORDER]
    return min(
        usable,
        key=lambda item: (_CLOCK_ORDER.index(item.clock.event), _BASIS_ORDER.index(item.clock.basis)),
        default=None,
    )


def _dated(rows: Sequence[AgeRow], window: Window) -> Count:
    days = [row.day for row in rows if row.day is not None and row.rows and row.day <= window.last]
    return Count(
        held=sum(row.rows for row in rows),
        collected=sum(row.rows for row in rows if row.day is not None and row.day in window),
        undated=sum(row.rows for row in rows if row.day is None),
        last_collected=max(days, default=None),
    )


def _share(part: int, of: int, whole: int) -> int:
    """``of`` in the proportion part : whole, rounded, but never to nothing where there is something."""
    return max(1, (2 * part * of + whole) // (2 * whole)) if part and of and whole else 0
