"""How old the rows of a table are: counted by day where they lie, so that no value of them leaves the server."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from piiscan.connectors.sql.days import fenced
from piiscan.connectors.sql.rows import Rows
from piiscan.model import AgeRow, Ages, Clock, Container

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.server import Server


def count_ages(
    connection: sa.Connection,
    server: Server,
    container: Container,
    clock: Clock,
    owner_column: str | None,
    columns: Sequence[str],
) -> Ages:
    """Rows by day and owner; they add up to the table's. Raises SourceError when a column of the clock does not exist."""
    rows = Rows(connection, server, container, datetime.now(UTC).date(), owner_column)
    days = rows.days(clock)
    filled = [
        sa.case((rows.column(name).is_not(None), 1), else_=0).label(f"filled_{place}")
        for place, name in enumerate(columns)
    ]
    read = rows.select(*days.labels(), rows.owner_number().label("owner"), *filled)
    found = fenced(server, read, [days]).subquery("piiscan_rows")
    dated = sa.select(days.again(found).whole().label("day"), found.c.owner, *(found.c[each.name] for each in filled))
    inner = dated.subquery("piiscan_dated")
    sums = [sa.func.sum(inner.c[each.name]) for each in filled]
    query = sa.select(inner.c.day, rows.name_owner(inner.c.owner), sa.func.count(), *sums).group_by(
        inner.c.day, inner.c.owner
    )
    counted: defaultdict[tuple[date | None, str | None], list[int]] = defaultdict(lambda: [0] * (1 + len(sums)))
    for row in connection.execute(query).tuples():
        known = counted[days.form.read(row[0]), row[1]]
        known[:] = [before + int(more) for before, more in zip(known, row[2:], strict=True)]
    order = sorted(counted.items(), key=lambda item: (item[0][1] or "", item[0][0] is not None, item[0][0] or date.min))
    return Ages(
        clock,
        tuple(
            AgeRow(when, found[0], owner, dict(zip(columns, found[1:], strict=True))) for (when, owner), found in order
        ),
    )
