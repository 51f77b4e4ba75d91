"""The commit of one unit of work: its key, the states of its parts, holdings, ages and skips, all or nothing.

Everything here runs inside the transaction of the caller, and changes nothing when done a second time in a run.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from piiscan.inventory import outcomes, schema
from piiscan.inventory.outcomes import Member, Part
from piiscan.inventory.rows import (
    Known,
    Writing,
    close,
    known_parts,
    part_facts,
    put_ages,
    put_containers,
    put_holdings,
    put_states,
    state_facts,
    unit_key,
)
from piiscan.inventory.skips import put_skips, unit_skips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.inventory.records import ContainerStatus
    from piiscan.model import Container, Skip, UnitResult

_CHUNK: Final = 500
"""Ids in one IN list: every database takes so many."""
_ROOT: Final = (
    select(schema.container.c.id)
    .where(schema.container.c.unit_key == bindparam("key"), schema.container.c.member == ())
    .scalar_subquery()
)
"""The unit's own container, looked up first: as a join, SQLite walks through all units of the run for it."""
_RECORDED: Final = select(schema.unit.c.run_id).where(
    schema.unit.c.run_id == bindparam("run"), schema.unit.c.container_id == _ROOT
)
_READ: Final = select(schema.state.c.status, schema.state.c.fingerprint, schema.state.c.settings).where(
    schema.state.c.container_id == _ROOT, schema.state.c.to_run.is_(None)
)
_PARTS: Final = select(schema.container.c.id).where(schema.container.c.unit_key == bindparam("key"))
_SEEN: Final = (
    update(schema.holding)
    .where(schema.holding.c.container_id.in_(_PARTS), schema.holding.c.to_run.is_(None))
    .values(last_seen=bindparam("seen"))
)
_DONE: Final = insert(schema.unit)


def is_recorded(run: Writing, container: Container) -> bool:
    """Whether this run has committed the unit."""
    return _is_done(run, unit_key(container.source, container.path))


def _is_done(run: Writing, key: str) -> bool:
    return run.connection.execute(_RECORDED, {"key": key, "run": run.run_id}).first() is not None


def is_read(run: Writing, container: Container) -> bool:
    """Whether the same content was wholly read before under the same settings."""
    row = run.connection.execute(_READ, {"key": unit_key(container.source, container.path)}).first()
    if container.fingerprint is None or row is None or row.status == "skipped":
        return False
    return (row.fingerprint, row.settings) == (container.fingerprint, run.settings.decides(container.source))


def record(run: Writing, result: UnitResult) -> None:
    """Stores what reading a unit showed."""
    if is_recorded(run, result.container):
        return
    run.now = datetime.now(UTC)
    source, path = result.container.source, result.container.path
    key = unit_key(source, path)
    known = known_parts(run, key)
    parts = outcomes.parts(result, run.settings.tolerate)
    vanished = [entry.id for member, entry in known.items() if member not in parts and outcomes.is_gone(member, result)]
    put_containers(run, key, (source, path), parts, known)
    put_states(run, [(known[member], part_facts(run, part, known[member].state)) for member, part in parts.items()])
    read = {known[member].id: part.scanned for member, part in parts.items() if part.scanned is not None}
    put_holdings(run, key, read)
    put_ages(run, key, read)
    unlist(run, vanished)
    put_skips(run, key, result.skips, retract=True)
    whole = outcomes.is_whole(result, run.settings.tolerate)
    cells, size = sum(scanned.cells for scanned in result.scanned), sum(scanned.bytes for scanned in result.scanned)
    _put_unit(run, known[()].id, parts[()].status, whole=whole, cells=cells, size=size)


def record_unchanged(run: Writing, container: Container) -> None:
    """Stores that a unit is as it was: its holdings were seen again, what could not be read in it is told again."""
    if is_recorded(run, container):
        return
    run.now = datetime.now(UTC)
    key = unit_key(container.source, container.path)
    known = {member: entry for member, entry in known_parts(run, key).items() if entry.state is not None}
    root = known[()]
    earlier = unit_skips(run.connection, root.state.seen_run, key) if root.state is not None else []
    put_states(run, [(entry, _unchanged_facts(run, entry)) for entry in known.values()])
    run.connection.execute(_SEEN, {"key": key, "seen": run.now})
    put_skips(run, key, earlier, retract=True)
    _put_unit(run, root.id, "unchanged", whole=True)


def _unchanged_facts(run: Writing, entry: Known) -> dict[str, Any]:
    facts = state_facts(entry.state) | {"seen_run": run.run_id}
    return facts if facts["status"] == "skipped" else facts | {"status": "unchanged"}


def record_skip(run: Writing, skip: Skip) -> None:
    """Stores what a listing could not read: a container, a place that hides containers, or the whole source."""
    run.now = datetime.now(UTC)
    key = unit_key(skip.source, skip.container)
    if skip.container is not None and not skip.hides and not skip.member and not _is_done(run, key):
        known = known_parts(run, key)
        parts: dict[Member, Part] = {(): Part("skipped", None, None)}
        put_containers(run, key, (skip.source, skip.container), parts, known)
        put_states(run, [(known[()], part_facts(run, parts[()], known[()].state))])
    put_skips(run, key, [skip], retract=False)


def unlist(run: Writing, containers: Sequence[int]) -> None:
    """Ends containers that a complete listing no longer shows, and what they held."""
    for start in range(0, len(containers), _CHUNK):
        some = containers[start : start + _CHUNK]
        held, states = schema.holding, schema.state
        rows = run.connection.scalars(select(held.c.row).where(held.c.container_id.in_(some), held.c.to_run.is_(None)))
        close(run, held, held.c.row, rows.all(), ended_by="unlisted")
        rows = run.connection.scalars(
            select(states.c.id).where(states.c.container_id.in_(some), states.c.to_run.is_(None))
        )
        close(run, states, states.c.id, rows.all())


def unlisted(run: Writing, source: str) -> list[int]:
    """Containers and members of a source whose unit was neither committed nor skipped in this run."""
    box = schema.container
    done = select(box.c.unit_key).join(schema.unit).where(schema.unit.c.run_id == run.run_id)
    told = select(schema.skip.c.unit_key).where(schema.skip.c.source == source, schema.skip.c.to_run == run.run_id)
    current = select(box.c.id).join(schema.state).where(box.c.source == source, schema.state.c.to_run.is_(None))
    return list(
        run.connection.scalars(
            current.where(box.c.unit_key.not_in(done), box.c.unit_key.not_in(told)).order_by(box.c.id)
        )
    )


def _put_unit(
    run: Writing, container: int, status: ContainerStatus, *, whole: bool, cells: int = 0, size: int = 0
) -> None:
    row = {
        "run_id": run.run_id,
        "container_id": container,
        "status": status,
        "whole": whole,
        "cells": cells,
        "bytes": size,
        "done_at": run.now,
    }
    run.connection.execute(_DONE, row)
