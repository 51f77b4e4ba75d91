"""What the store is asked: the rows behind every record, as of now or of a past run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from piiscan.inventory import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from piiscan.inventory.outcomes import Member
    from piiscan.inventory.records import Ending
    from piiscan.model import ContainerKind

ORIGINS = ("collected", "created")
"""The clocks whose oldest and newest day a holding shows, best first."""


def at(table: Table, run: int | None) -> ColumnElement[bool]:
    """The intervals that stand now, or stood in a run."""
    if run is None:
        return table.c.to_run.is_(None)
    return (table.c.from_run <= run) & (table.c.to_run.is_(None) | (table.c.to_run >= run))


def holding_rows(connection: Connection, *, source: str | None, run: int | None) -> Iterator[Row[Any]]:
    """Holdings with their containers and states, in the inventory's order."""
    held, box, state = schema.holding, schema.container, schema.state
    columns = (box.c.source, box.c.path, box.c.member, box.c.kind, state.c.rows_total, held)
    joined = held.join(box).join(state, (state.c.container_id == box.c.id) & at(state, run), isouter=True)
    rows = connection.execute(_of(select(*columns).select_from(joined).where(at(held, run)), source))
    yield from sorted(rows, key=lambda row: (*place(row), row.column is not None, row.column or "", row.data_type))


def state_rows(connection: Connection, *, source: str | None, run: int | None) -> Iterator[Row[Any]]:
    """Containers with their states, in the inventory's order."""
    box, state = schema.container, schema.state
    columns = (box.c.source, box.c.path, box.c.member, box.c.kind, state)
    rows = connection.execute(_of(select(*columns).select_from(state.join(box)).where(at(state, run)), source))
    yield from sorted(rows, key=place)


def ignored_rows(connection: Connection, *, run: int | None) -> list[Row[Any]]:
    """The containers the ignore list left something out of."""
    box, state = schema.container, schema.state
    joined = select(box.c.source, state.c.ignored).select_from(state.join(box))
    return list(connection.execute(joined.where(at(state, run), state.c.ignored.is_not(None))))


def ages_rows(connection: Connection, *, run: int | None) -> Iterator[Row[Any]]:
    """Ages of the containers that stand, in the inventory's order."""
    box, state, ages = schema.container, schema.state, schema.ages
    columns = (box.c.source, box.c.path, box.c.member, ages)
    joined = ages.join(box).join(state, state.c.container_id == box.c.id)
    rows = connection.execute(select(*columns).select_from(joined).where(at(state, run)))
    yield from sorted(rows, key=lambda row: (*place(row), row.event, row.steps))


def held_counts(connection: Connection, *, run: int | None) -> dict[int, int]:
    """How many holdings stand in each container, by container id."""
    held = schema.holding
    counted = select(held.c.container_id, func.count()).where(at(held, run)).group_by(held.c.container_id)
    return dict(connection.execute(counted).tuples().all())


def origins(connection: Connection) -> dict[int, tuple[date | None, date | None]]:
    """The oldest and newest day of each container's rows by the best clock of `ORIGINS` that dates any, by container id."""
    ages = schema.ages
    found: dict[int, tuple[date | None, date | None]] = {}
    for event in reversed(ORIGINS):
        dated = select(ages.c.container_id, func.min(ages.c.oldest), func.max(ages.c.newest)).where(
            ages.c.event == event, ages.c.oldest.is_not(None)
        )
        found |= {
            container: (oldest, newest)
            for container, oldest, newest in connection.execute(dated.group_by(ages.c.container_id))
        }
    return found


def owners(connection: Connection) -> dict[int, tuple[str, ...]]:
    """The owners named by any clock of each container, by container id."""
    found: dict[int, set[str]] = {}
    for container, names in connection.execute(select(schema.ages.c.container_id, schema.ages.c.owners)):
        found.setdefault(container, set()).update(names)
    return {container: tuple(sorted(names)) for container, names in found.items()}


def kinds(connection: Connection) -> dict[str, ContainerKind]:
    """What stands in for the kind of a container no listing described: that of its source's others."""
    box = schema.container
    return dict(connection.execute(select(box.c.source, func.max(box.c.kind)).group_by(box.c.source)).tuples().all())


def endings(connection: Connection, before: int, after: int) -> dict[str, Ending]:
    """Why holdings that stood in one run had ended by a later one, by holding id; the last ending counts."""
    held = schema.holding
    rows = connection.execute(
        select(held.c.id, held.c.ended_by)
        .where(held.c.to_run >= before, held.c.to_run < after, held.c.ended_by.is_not(None))
        .order_by(held.c.to_run)
    )
    return dict(rows.tuples().all())


def reading_end(connection: Connection, run: int | None) -> datetime | None:
    """When a past run ended: what a view of it may not be later than. None for now, or while the run goes on."""
    return None if run is None else connection.scalar(select(schema.run.c.finished_at).where(schema.run.c.id == run))


def place(row: Row[Any]) -> tuple[str, str, Member]:
    """Where a row belongs in the inventory's order: by code points, whatever the database's collation."""
    return (row.source, row.path, row.member)


def _of(statement: Select[Any], source: str | None) -> Select[Any]:
    return statement if source is None else statement.where(schema.container.c.source == source)
