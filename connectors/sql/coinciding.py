"""Rows of two tables that are the same person's on the same day, counted where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from piiscan.connectors.sql.judging import Rows

if TYPE_CHECKING:
    from datetime import date

    from piiscan.connectors.sql.server import Server
    from piiscan.model.judging import Occasion


def count_coinciding(connection: sa.Connection, server: Server, one: Occasion, other: Occasion, as_of: date) -> int:
    """How many rows of ``one`` share link and day with a row of ``other``. Raises SourceError for what does not exist."""
    mine = _occasions(connection, server, one, as_of).subquery("piiscan_one")
    others = _occasions(connection, server, other, as_of).distinct().subquery("piiscan_other")
    same = sa.and_(mine.c.link == others.c.link, mine.c.day == others.c.day)
    counted: int = connection.execute(sa.select(sa.func.count()).select_from(mine.join(others, same))).scalar_one()
    return counted


def _occasions(
    connection: sa.Connection, server: Server, occasion: Occasion, as_of: date
) -> sa.Select[tuple[object, ...]]:
    """Link and ISO day of every row that has both."""
    rows = Rows(connection, server, occasion.container, as_of)
    day, link = rows.days(occasion.clock).iso(server), rows.column(occasion.link)
    return rows.select(link.label("link"), day.label("day")).where(link.is_not(None), day.is_not(None))
