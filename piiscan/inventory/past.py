"""What was held and is no more: what may have been given away, or have leaked, before it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from piiscan.inventory import schema
from piiscan.inventory.queries import place

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from piiscan.inventory.records import Ending


@dataclass(frozen=True, slots=True)
class PastHolding:
    """A data type that stood in a column or text and does not stand there now."""

    source: str
    container: str
    member: tuple[str, ...]
    column: str | None
    data_type: str
    first_seen: datetime
    last_seen: datetime
    """When its container was last read, or found unchanged, with it."""
    reason: Ending
    """``absent``, ``unlisted``, or ``ignored``: it may well be there still."""


def past_holdings(connection: Connection) -> list[PastHolding]:
    """Each holding that has ended and not come back, by its last interval, in the inventory's order; pruned runs take theirs along."""
    held, box = schema.holding, schema.container
    standing = select(held.c.id).where(held.c.to_run.is_(None))
    columns = (box.c.source, box.c.path, box.c.member, held)
    ended = select(*columns).select_from(held.join(box)).where(held.c.ended_by.is_not(None), held.c.id.not_in(standing))
    rows = {row.id: row for row in connection.execute(ended.order_by(held.c.to_run))}
    kept = sorted(rows.values(), key=lambda row: (*place(row), row.column is not None, row.column or "", row.data_type))
    return [
        PastHolding(
            row.source, row.path, row.member, row.column, row.data_type, row.first_seen, row.last_seen, row.ended_by
        )
        for row in kept
    ]
