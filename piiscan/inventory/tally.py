"""How a run stands, counted from the store and never from memory: a run taken up again counts right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, case, func, select, update

from piiscan.inventory import schema
from piiscan.inventory.records import RunRecord, RunSource, RunTotals, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Collection

_COUNTS = ("containers", "scanned", "partial", "unchanged", "skipped", "holdings", "cells", "bytes")


def run_record(connection: Connection, row: Row[Any], *, resumed: bool = False) -> RunRecord:
    """The run as the contract's scan document begins, from its closed books or, while it runs, from its units."""
    covered = connection.execute(
        select(schema.run_source).where(schema.run_source.c.run_id == row.id).order_by(schema.run_source.c.position)
    )
    books = [dict(source._mapping) for source in covered]  # noqa: SLF001 - SQLAlchemy's public name
    books = [
        book if book["status"] is not None else book | count(connection, row.id, book["source"], book["listing"], ())
        for book in books
    ]
    names = ("containers", "scanned", "partial", "unchanged", "skipped")
    sources = tuple(
        RunSource(book["source"], book["connector"], book["status"], **{name: book[name] for name in names})
        for book in books
    )
    totals = RunTotals(**{name: sum(book[name] for book in books) for name in _COUNTS})
    return RunRecord(row.id, row.status, row.started_at, row.finished_at, row.mode, resumed, sources, totals, row.rules)


def close_books(connection: Connection, run_id: int, tolerate: Collection[str]) -> None:
    """Writes down the counts of every source of the run."""
    table = schema.run_source
    for row in connection.execute(select(table).where(table.c.run_id == run_id)).all():
        mine = update(table).where(table.c.run_id == run_id, table.c.source == row.source)
        connection.execute(mine, count(connection, run_id, row.source, row.listing, tolerate))


def count(connection: Connection, run_id: int, source: str, listing: str, tolerate: Collection[str]) -> dict[str, Any]:
    """The counts and the status of one source in a run whose units are still in the store."""
    unit, box, skip = schema.unit, schema.container, schema.skip
    mine = (unit.c.run_id == run_id, box.c.source == source)
    sums = select(
        unit.c.status,
        func.count(),
        func.sum(unit.c.cells),
        func.sum(unit.c.bytes),
        func.sum(case((unit.c.whole, 0), else_=1)),
    )
    rows = connection.execute(sums.join(box).where(*mine).group_by(unit.c.status)).all()
    counts: dict[str, Any] = dict.fromkeys(_COUNTS, 0) | {status: number for status, number, *_ in rows}
    counts |= {"cells": sum(int(row[2]) for row in rows), "bytes": sum(int(row[3]) for row in rows)}
    done = select(box.c.unit_key).join(unit).where(*mine)
    told = select(skip.c.path, skip.c.code).where(
        skip.c.source == source, skip.c.from_run <= run_id, skip.c.to_run >= run_id
    )
    listed = connection.execute(told.where(skip.c.unit_key.not_in(done))).all()
    counts["skipped"] += len({row.path for row in listed if row.path is not None})
    counts["containers"] = sum(counts[name] for name in ("scanned", "partial", "unchanged", "skipped"))
    held = (
        select(func.count())
        .select_from(schema.holding.join(box))
        .where(box.c.source == source, schema.holding.c.to_run.is_(None))
    )
    counts["holdings"] = connection.scalar(held)
    untold = [row for row in listed if row.code not in tolerate or row.path is None]
    status: SourceStatus = (
        "complete" if listing == "complete" and not untold and not any(row[4] for row in rows) else "partial"
    )
    if any(row.path is None for row in listed) and counts["scanned"] + counts["partial"] + counts["unchanged"] == 0:
        status = "failed"
    return counts | {"status": status}
