"""Comparisons of a column with a value of ours: tests of holds and requests, and changes that are made already."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.connectors.sql.paths import Way
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model.judging import Change, Test

ORDER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(server: Server, way: Way, test: Test) -> Expression:
    """The test as a condition: unknown where the column is null, but for ``null``.

    Raises SourceError for a value that no value of the column's type can equal: such a test would cover nothing, unseen.
    """
    if test.operator in {"null", "not null"}:
        return way.column.is_(None) if test.operator == "null" else way.column.is_not(None)
    if test.operator == "~":
        return server.folded(server.plain(way.column, way.kind)) == server.folded(sa.literal(str(test.value)))
    return ORDER[test.operator](server.exact(server.plain(way.column, way.kind)), str(test.value))


def made(server: Server, way: Way, change: Change) -> Expression:
    """Whether a column is null, or as the change makes it."""
    return sa.or_(way.column.is_(None), way.column == becomes(server, way, change))


def becomes(server: Server, way: Way, change: Change) -> Expression:
    """What the change makes of a column."""
    if change.to == "null":
        return sa.null()
    if change.to == "constant":
        return sa.literal(change.value)
    if change.to == "year":
        return server.new_year(way.column, way.kind)
    return server.part(server.plain(way.column, way.kind), 1, int(change.value or 0))
