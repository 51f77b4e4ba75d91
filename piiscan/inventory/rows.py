"""The rows a run writes: containers, states, holdings, ages and skips, each brought to what was found.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, insert, select, update

from piiscan.inventory import outcomes, schema
from piiscan.inventory.outcomes import Member, Part, is_ended
from piiscan.inventory.records import RunSettings, clean, clean_all, strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from piiscan.model import Ages, Holding, Scanned

_BOX, _STATE, _HELD, _AGES = schema.container, schema.state, schema.holding, schema.ages
# Statements of every commit, built once: SQLAlchemy would build and hash them anew for each of 100,000 files.
_KNOWN: Final = (
    select(_BOX.c.id.label("known"), _BOX.c.member, _BOX.c.kind, _STATE)
    .select_from(_BOX.outerjoin(_STATE, and_(_STATE.c.container_id == _BOX.c.id, _STATE.c.to_run.is_(None))))
    .where(_BOX.c.unit_key == bindparam("key"))
)
_HOLDINGS: Final = select(_HELD).join(_BOX).where(_BOX.c.unit_key == bindparam("key"), _HELD.c.to_run.is_(None))
_CLOCKS: Final = select(_AGES).join(_BOX).where(_BOX.c.unit_key == bindparam("key"))
_NEW: Final = {table: insert(table) for table in (_BOX, _STATE, _HELD, _AGES)}
_SAME_STATE: Final = update(_STATE).where(_STATE.c.id == bindparam("_row"))
_SAME_HOLDING: Final = update(_HELD).where(_HELD.c.row == bindparam("_row"))
_NO_AGES: Final = delete(_AGES).where(_AGES.c.id == bindparam("_row"))
_STATE_FACTS: Final = (
    "seen_run", "status", "coverage", "rows_total", "rows_seen", "size_bytes", "columns", "notes", "fingerprint", "settings", "read_at", "ignored",
)  # fmt: skip


@dataclass(slots=True)
class Writing:
    """The run that writes, and what every one of its commits needs."""

    connection: Connection
    run_id: int
    settings: RunSettings
    previous: Mapping[str, int | None]
    """The last run before this one that covered a source."""
    next_container: int
    """The id the next new container gets: the one writer counts for itself."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(slots=True)
class Known:
    """A container as the store knows it."""

    id: int
    kind: str | None
    state: Row[Any] | None = None
    """Its current state; None for one that has just come, or had gone."""


def unit_key(source: str, path: str | None) -> str:
    """32 hex digits naming a unit; None names the source as a whole."""
    parts = [clean(source), "" if path is None else f"/{clean(path)}"]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def known_parts(run: Writing, key: str) -> dict[Member, Known]:
    """The container and members of a unit that the store knows, with their current states."""
    rows = run.connection.execute(_KNOWN, {"key": key})
    return {row.member: Known(row.known, row.kind, row if row.id is not None else None) for row in rows}


def put_containers(
    run: Writing, key: str, unit: tuple[str, str], parts: Mapping[Member, Part], known: dict[Member, Known]
) -> None:
    """Adds the parts the store does not know yet to it and to ``known``, and corrects their kinds."""
    source, path = unit
    new: list[dict[str, Any]] = []
    for member, part in parts.items():
        kind = part.container.kind if part.container is not None else None
        entry = known.get(member)
        if entry is None:
            entry = known[member] = Known(run.next_container, kind)
            run.next_container += 1
            new.append(
                {"id": entry.id, "unit_key": key, "source": source, "path": path, "member": member, "kind": kind}
            )
        elif kind is not None and entry.kind != kind:
            run.connection.execute(update(_BOX).where(_BOX.c.id == entry.id), {"kind": kind})
    _insert(run, _BOX, new)


def state_facts(state: Row[Any] | None) -> dict[str, Any]:
    """The facts of a state row; those of a container nobody ever read where there is none."""
    if state is None:
        return dict.fromkeys(_STATE_FACTS) | {"rows_seen": 0, "columns": 0, "notes": ()}
    return {name: getattr(state, name) for name in _STATE_FACTS}


def part_facts(run: Writing, part: Part, state: Row[Any] | None) -> dict[str, Any]:
    """The facts of a part after this run: a skipped one keeps what its last reading showed."""
    facts = state_facts(state) | {"seen_run": run.run_id, "status": part.status}
    if part.container is not None:
        facts |= {
            "size_bytes": part.container.size_bytes,
            "columns": len(part.container.columns),
            "notes": part.container.notes,
        }
        if part.container.rows is not None or part.status != "skipped":
            facts["rows_total"] = part.container.rows
    if part.status != "skipped":
        settings = (
            run.settings.decides(part.container.source) if part.container and part.fingerprint is not None else None
        )
        rows_seen = part.scanned.rows_seen if part.scanned is not None else 0
        facts |= {
            "coverage": part.coverage,
            "rows_seen": rows_seen,
            "read_at": run.now,
            "fingerprint": part.fingerprint,
            "settings": settings,
            "ignored": outcomes.ignored(part.scanned),
        }
    return facts


def put_states(run: Writing, states: Iterable[tuple[Known, dict[str, Any]]]) -> None:
    """Brings states to their new facts: another status or coverage begins an interval, all else is written over."""
    new, same, over = [], [], []
    for known, facts in states:
        current = known.state
        fits = current is not None and ((current.status, current.coverage) == (facts["status"], facts["coverage"]))
        if current is not None and (fits or current.from_run == run.run_id):
            same.append({"_row": current.id, **facts})
        else:
            new.append({"container_id": known.id, "from_run": run.run_id, **facts})
            over += [current.id] if current is not None else []
    close(run, _STATE, _STATE.c.id, over)
    if same:
        run.connection.execute(_SAME_STATE, same)
    _insert(run, _STATE, new)


def close(run: Writing, table: Table, key: Any, rows: Sequence[int], **values: object) -> None:
    """Ends intervals with the run before this one; what began in this run never was."""
    if not rows:
        return
    gone = [{"_row": row} for row in rows]
    run.connection.execute(delete(table).where(key == bindparam("_row"), table.c.from_run == run.run_id), gone)
    run.connection.execute(update(table).where(key == bindparam("_row")).values(to_run=run.run_id - 1, **values), gone)


def put_holdings(run: Writing, key: str, read: Mapping[int, Scanned]) -> None:
    """Brings the holdings of the containers that were read to what was found in them.

    What was not found again ends only where `is_ended` says that the reading proves it, or the ignore list leaves it out.
    """
    current = {row.id: row for row in run.connection.execute(_HOLDINGS, {"key": key})}
    new, same, over, ended, ignored = [], [], [], [], []
    for container, scanned in read.items():
        found = _surest(scanned.holdings)
        for identity, holding in found.items():
            values = {"container_id": container, **_holding_facts(run, holding, scanned)}
            row = current.get(identity)
            if row is None:
                new.append({"id": identity, "from_run": run.run_id, "first_seen": run.now, **values})
            elif (row.evidence, row.strength) == (values["evidence"], values["strength"]):
                same.append({"_row": row.row, **values})
            else:
                over.append(row.row)
                new.append({"id": identity, "from_run": run.run_id, "first_seen": row.first_seen, **values})
        left_out = {(each.column, each.data_type) for each in scanned.ignored}
        lost = [row for identity, row in current.items() if row.container_id == container and identity not in found]
        ignored += [row.row for row in lost if (row.column, row.data_type) in left_out]
        lost = [row for row in lost if (row.column, row.data_type) not in left_out]
        ended += [row.row for row in lost if is_ended(row.column, row.cells_matched, row.rows_seen, scanned)]
    close(run, _HELD, _HELD.c.row, over)
    close(run, _HELD, _HELD.c.row, ended, ended_by="absent")
    close(run, _HELD, _HELD.c.row, ignored, ended_by="ignored")
    if same:
        run.connection.execute(_SAME_HOLDING, same)
    _insert(run, _HELD, new)


def _surest(holdings: Iterable[Holding]) -> dict[str, Holding]:
    """Holdings by id; of two columns of one name the surer."""
    ordered = sorted(
        holdings, key=lambda holding: (holding.classification.confidence, holding.classification.cells_matched)
    )
    return {holding.id: holding for holding in ordered}


def _holding_facts(run: Writing, holding: Holding, scanned: Scanned) -> dict[str, Any]:
    found = holding.classification
    return {
        "column": holding.column,
        "data_type": found.data_type,
        "evidence": found.evidence,
        "strength": strength(found.confidence),
        "confidence": found.confidence,
        "recognizers": found.recognizers,
        "cells_seen": found.cells_seen,
        "cells_matched": found.cells_matched,
        "rows_seen": scanned.rows_seen,
        "coverage": holding.coverage,
        "why": found.why,
        "last_seen": run.now,
    }


def put_ages(run: Writing, key: str, read: Mapping[int, Scanned]) -> None:
    """Replaces the ages of the containers that were read; a partial read replaces only the clocks it counted."""
    rows = run.connection.execute(_CLOCKS, {"key": key})
    current = {(row.container_id, row.event, row.steps): row for row in rows if row.container_id in read}
    counted: dict[Any, dict[str, Any]] = {}
    for container, scanned in read.items():
        for ages in scanned.ages:
            values = _ages_facts(ages)
            counted[container, values["event"], values["steps"]] = {"container_id": container, **values}
    same = {kind for kind, row in current.items() if kind in counted and _is_same(row, counted[kind])}
    partial = {container for container, scanned in read.items() if scanned.coverage == "partial"}
    gone = [
        row.id
        for kind, row in current.items()
        if kind not in same and (kind in counted or row.container_id not in partial)
    ]
    if gone:
        run.connection.execute(_NO_AGES, [{"_row": row} for row in gone])
    _insert(run, _AGES, [values for kind, values in counted.items() if kind not in same])


def _ages_facts(ages: Ages) -> dict[str, Any]:
    days = [row.day for row in ages.rows if row.day is not None]
    return {
        "event": ages.clock.event,
        "steps": clean_all(ages.clock.path),
        "basis": ages.clock.basis,
        "oldest": min(days, default=None),
        "newest": max(days, default=None),
        "owners": tuple(sorted({row.owner for row in ages.rows if row.owner is not None})),
        "rows": schema.in_order(ages.rows),
    }


def _is_same(row: Row[Any], values: Mapping[str, Any]) -> bool:
    return (row.basis, row.rows) == (values["basis"], values["rows"])


def _insert(run: Writing, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        run.connection.execute(_NEW[table], rows)
