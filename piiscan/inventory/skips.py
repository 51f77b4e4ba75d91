"""The rows of what was not read.

A skip told in every run that covers its source is one row: ``from_run`` the first run that told it, ``to_run`` the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, select, update

from piiscan.inventory import schema
from piiscan.inventory.records import clean, clean_all
from piiscan.model import Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.inventory.rows import Writing

_TABLE = schema.skip
_OF_UNIT: Final = select(_TABLE).where(_TABLE.c.unit_key == bindparam("key"))


def put_skips(run: Writing, key: str, skips: Sequence[Skip], *, retract: bool) -> None:
    """Tells skips of a unit in this run; with ``retract``, they are all: others told of it in this run are taken back."""
    rows = run.connection.execute(_OF_UNIT, {"key": key}).all()
    told = {_kind(row): row for row in rows if row.to_run == run.run_id}
    before = {_kind(row): row for row in rows if row.to_run == run.previous[row.source]}
    values = {_kind(value): value for value in (_values(run, key, skip) for skip in skips)}
    if retract:
        retract_skips(run, [row for kind, row in told.items() if kind not in values])
    again = [{"_row": before[kind].id} for kind in values if kind in before and kind not in told]
    if again:
        run.connection.execute(update(_TABLE).where(_TABLE.c.id == bindparam("_row")).values(to_run=run.run_id), again)
    new = [value for kind, value in values.items() if kind not in told and kind not in before]
    if new:
        run.connection.execute(insert(_TABLE), new)


def retract_skips(run: Writing, rows: Iterable[Row[Any]]) -> None:
    """Takes back what was told in this run."""
    for row in rows:
        mine = _TABLE.c.id == row.id
        if row.from_run == run.run_id:
            run.connection.execute(delete(_TABLE).where(mine))
        else:
            run.connection.execute(update(_TABLE).where(mine), {"to_run": run.previous[row.source]})


def retract_listing(run: Writing) -> None:
    """Takes back what the listings told before the run was cut off: taken up again, they tell it anew."""
    done = select(schema.container.c.unit_key).join(schema.unit).where(schema.unit.c.run_id == run.run_id)
    rows = run.connection.execute(select(_TABLE).where(_TABLE.c.to_run == run.run_id, _TABLE.c.unit_key.not_in(done)))
    retract_skips(run, rows.all())


def told_skips(connection: Connection, run_id: int, *, source: str | None = None) -> list[Skip]:
    """The skips of a run (of one source), in a stable order."""
    covered = exists().where(schema.run_source.c.run_id == run_id, schema.run_source.c.source == _TABLE.c.source)
    statement = select(_TABLE).where(_TABLE.c.from_run <= run_id, _TABLE.c.to_run >= run_id, covered)
    if source is not None:
        statement = statement.where(_TABLE.c.source == source)
    return _skips(connection.execute(statement))


def unit_skips(connection: Connection, run_id: int, key: str) -> list[Skip]:
    """The skips of one unit in a run that covered it."""
    rows = connection.execute(_OF_UNIT, {"key": key})
    return _skips(row for row in rows if row.from_run <= run_id <= row.to_run)


def _skips(rows: Iterable[Row[Any]]) -> list[Skip]:
    found = [Skip(row.source, row.path, SkipCode(row.code), row.reason, row.member, row.hides) for row in rows]
    return sorted(found, key=lambda skip: (skip.source, skip.container or "", skip.member, skip.code, skip.reason))


def _kind(row: Any) -> tuple[object, ...]:
    """What makes two tellings the same skip."""
    get = row.get if isinstance(row, dict) else row._mapping.get  # noqa: SLF001 - SQLAlchemy's public name
    return (get("path"), get("member"), get("code"), get("reason"), get("hides"))


def _values(run: Writing, key: str, skip: Skip) -> dict[str, Any]:
    return {
        "unit_key": key,
        "source": skip.source,
        "path": None if skip.container is None else clean(skip.container),
        "member": clean_all(skip.member),
        "code": skip.code.value,
        "reason": clean(skip.reason),
        "hides": skip.hides,
        "from_run": run.run_id,
        "to_run": run.run_id,
    }
