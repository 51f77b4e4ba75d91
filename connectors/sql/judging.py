"""How the rows of a table stand by rules of retention: counted where they lie, in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.buckets import Buckets, ends
from piiscan.connectors.sql.order import find_deciding, find_status, is_over
from piiscan.connectors.sql.rows import Rows
from piiscan.model.judging import JudgedRows, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from piiscan.connectors.sql.server import Server
    from piiscan.model import Container
    from piiscan.model.judging import Judgment

__all__ = ["Rows", "count_judged"]


def count_judged(
    connection: sa.Connection,
    server: Server,
    container: Container,
    judgments: Sequence[Judgment],
    owner_column: str | None,
    as_of: date,
) -> list[JudgedRows]:
    """The rows by owner and standing; they add up to the table's. Raises SourceError for what does not exist."""
    buckets = Buckets(Rows(connection, server, container, as_of, owner_column), judgments)
    server.group(connection)
    rows = connection.execute(judged_statement(buckets, judgments)).tuples()
    found = [_read(row, judgments, buckets) for row in rows]
    return sorted(found, key=_place)


def judged_statement(buckets: Buckets, judgments: Sequence[Judgment]) -> sa.Select[Any]:
    """The rows grouped by owner and standings, their number, those that become due by each horizon, and their days."""
    keys: list[sa.Label[Any]] = [buckets.owner().label("owner")]
    soon: list[sa.Label[Any]] = []
    for number, judgment in enumerate(judgments):
        status = find_status(buckets, judgment)
        keys += [status.label(f"status_{number}"), find_deciding(buckets, judgment).label(f"by_{number}")]
        soon += [
            sa.case((sa.and_(status == "within", is_over(buckets, term)), sa.column("number")), else_=0).label(
                f"soon_{number}_{place}"
            )
            for place, term in enumerate(judgment.horizons)
        ]
    judged = buckets.select(*keys, *soon).subquery("piiscan_judged")
    key = [judged.c[label.name] for label in keys]
    coming = [sa.func.sum(judged.c[label.name]) for label in soon]
    return sa.select(*key, sa.func.sum(judged.c.number), *coming, *buckets.spans(judged)).group_by(*key)


def _read(row: tuple[Any, ...], judgments: Sequence[Judgment], buckets: Buckets) -> JudgedRows:
    values: Iterator[Any] = iter(row)
    owner = next(values)
    stands = [(next(values), next(values)) for _ in judgments]
    number = int(next(values))
    coming = [tuple(int(next(values)) for _ in judgment.horizons) for judgment in judgments]
    spans = buckets.read_spans(list(values))
    standings = []
    for judgment, (status, by), soon in zip(judgments, stands, coming, strict=True):
        due = [spans[clock.path] for clock, _ in ends(judgment.due)]
        kept = [spans[clock.path] for keep in judgment.keeps if keep.id == by for clock, _ in ends(keep.term)]
        oldest = min((low for low, _ in due if low), default=None)
        newest = max((high for _, high in kept or due if high), default=None)
        standings.append(Standing(status, by, oldest, newest, soon))
    return JudgedRows(owner, number, tuple(standings))


def _place(judged: JudgedRows) -> tuple[object, ...]:
    return judged.owner or "", [(each.status or "", each.by or "") for each in judged.standings]
