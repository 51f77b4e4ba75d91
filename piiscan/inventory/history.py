"""What can be said of several runs: what came and went between two, and what may be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select

from piiscan.inventory import schema
from piiscan.inventory.records import Changed, Ended, Ending, HoldingRecord, RunDiff

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def compare(before: Iterable[HoldingRecord], after: Iterable[HoldingRecord], endings: Mapping[str, Ending]) -> RunDiff:
    """What is new in, gone from and changed in ``after``; ``endings`` says of ids why their holdings ended."""
    old = {record.id: record for record in before}
    new = {record.id: record for record in after}
    return RunDiff(
        new=tuple(record for identity, record in new.items() if identity not in old),
        ended=tuple(
            Ended(record, endings.get(identity, "absent")) for identity, record in old.items() if identity not in new
        ),
        changed=tuple(
            Changed(old[identity], record)
            for identity, record in new.items()
            if identity in old
            and (old[identity].evidence, old[identity].confidence) != (record.evidence, record.confidence)
        ),
    )


def forgettable(connection: Connection, runs: Iterable[int]) -> list[int]:
    """Those of ``runs`` that may be forgotten, in order: the last run of each source says what is not read in it, and stays."""
    table = schema.run_source
    last = set(connection.scalars(select(func.max(table.c.run_id)).group_by(table.c.source)))
    return sorted(set(runs) - last - {connection.scalar(select(func.max(schema.run.c.id)))})


def prune(connection: Connection, runs: Iterable[int]) -> int:
    """How many intervals were forgotten: those that had ended and in which no run is left, with the runs themselves.

    What stands, or a run that stays can show, keeps the id of the run it began in.
    """
    connection.execute(delete(schema.run).where(schema.run.c.id.in_(forgettable(connection, runs))))
    gone = 0
    for table in (schema.holding, schema.state, schema.skip):
        shown = select(schema.run.c.id).where(schema.run.c.id.between(table.c.from_run, table.c.to_run)).exists()
        gone += connection.execute(delete(table).where(table.c.to_run.is_not(None), ~shown)).rowcount
    box = schema.container
    used = [select(table.c.container_id) for table in (schema.state, schema.unit)]
    connection.execute(delete(box).where(*(box.c.id.not_in(ids) for ids in used)))
    return gone
