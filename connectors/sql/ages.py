"""How old the rows of a table are: counted by day where they lie, so that no value of them leaves the server."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.paths import Dated, Path
from piiscan.connectors.sql.server import Expression, Server, unknown_types
from piiscan.model import AgeRow, Ages, Clock, Container

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

FIRST_YEAR: Final = 1900
SENTINELS: Final = frozenset({date(1900, 1, 1), date(1970, 1, 1), date(9999, 12, 31)})
"""Days that stand for "no day" in the wild."""
NUMBER_SENTINELS: Final = (0, 19000101, 19700101, 99991231)
EPOCH: Final = date(1970, 1, 1)
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Scale:
    """What a number column counts, and the values of 1990-01-01 and 2100-12-31 in it: beyond, it is no date."""

    low: int
    high: int
    per_day: int
    """0: written as digits, yyyymmdd."""

    def day(self, number: int) -> date:
        """The day of a number already divided by ``per_day``. Raises ValueError for one no calendar has."""
        return (
            EPOCH + timedelta(days=number)
            if self.per_day
            else date(number // 10_000, number // 100 % 100, number % 100)
        )


SCALES: Final = (
    Scale(19900101, 21001231, 0),
    Scale(7305 * DAY_S, 47847 * DAY_S - 1, DAY_S),
    Scale(7305 * DAY_S * 1000, 47847 * DAY_S * 1000 - 1, DAY_S * 1000),
)


def count_ages(
    connection: sa.Connection,
    server: Server,
    container: Container,
    clock: Clock,
    owner_column: str | None,
    columns: Sequence[str],
    clients: Collection[str],
) -> Ages:
    """Rows by day and owner; they add up to the table's. Raises SourceError when a column of the clock does not exist."""
    with unknown_types():
        dated = Path(sa.inspect(connection), server, container, clock).follow(owner_column, columns)
    text, number = server.clock(dated.value, dated.kind)
    scale = None if number is None else _scale(connection, dated, number)
    nothing = sa.cast(sa.null(), sa.String(10))
    keys = (
        (nothing if text is None else text).label("day"),
        _count_days(number, scale).label("number"),
        _owner(server, dated.owner, clients).label("owner"),
    )
    filled = [column.label(f"filled_{place}") for place, column in enumerate(dated.filled)]
    rows = dated.select(*keys, *filled).subquery("piiscan_dated")
    key = [rows.c[column.name] for column in keys]
    sums = [sa.func.sum(rows.c[column.name]) for column in filled]
    counted: defaultdict[tuple[date | None, str | None], list[int]] = defaultdict(lambda: [0] * (1 + len(sums)))
    for row in connection.execute(sa.select(*key, sa.func.count(), *sums).group_by(*key)):
        known = counted[_plausible(row[0], row[1], scale), row[2]]
        known[:] = [before + int(more) for before, more in zip(known, row[3:], strict=True)]
    order = sorted(counted.items(), key=lambda item: (item[0][1] or "", item[0][0] is not None, item[0][0] or EPOCH))
    return Ages(
        clock,
        tuple(
            AgeRow(when, found[0], owner, dict(zip(columns, found[1:], strict=True))) for (when, owner), found in order
        ),
    )


def _scale(connection: sa.Connection, dated: Dated, number: Expression) -> Scale | None:
    """What the numbers count, when all but the sentinels agree; None when they are no dates."""
    low, high = connection.execute(
        dated.select(sa.func.min(number), sa.func.max(number)).where(number.not_in(NUMBER_SENTINELS))
    ).one()
    if low is None:
        return None
    return next((scale for scale in SCALES if scale.low <= low and high <= scale.high), None)


def _count_days(number: Expression | None, scale: Scale | None) -> Expression:
    if number is None or scale is None:
        return sa.cast(sa.null(), sa.Integer())
    whole = sa.cast(number, sa.BigInteger())
    return whole // scale.per_day if scale.per_day else whole


def _owner(server: Server, column: Expression | None, clients: Collection[str]) -> Expression:
    """The client's id as a constant of ours: another value of the column is never sent."""
    if column is None:
        return sa.cast(sa.null(), sa.String(10))
    text = server.exact(sa.cast(column, sa.String(255)))
    if not clients:
        return sa.cast(sa.literal("?"), sa.String(10))
    return sa.case(*((text == client, sa.literal(client)) for client in sorted(clients)), else_=sa.literal("?"))


def _plausible(text: str | None, number: Any, scale: Scale | None) -> date | None:
    """The day, or None for none, a sentinel, a year before 1900 or a day yet to come."""
    try:
        if text is not None:
            found = date.fromisoformat(text[:10]) if len(text) == len("YYYY-MM-DD") else None
        else:
            found = scale.day(int(number)) if scale and number is not None else None
    except (ValueError, OverflowError):
        return None
    if (
        found is None
        or found.year < FIRST_YEAR
        or found in SENTINELS
        or found > datetime.now(UTC).date() + timedelta(days=1)
    ):
        return None
    return found
