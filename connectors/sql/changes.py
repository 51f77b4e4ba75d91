"""What anonymizing makes of a column, and whether it is made already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from piiscan.connectors.sql.patterns import EITHER, PLAIN
from piiscan.connectors.sql.scales import SCALES
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from piiscan.connectors.sql.paths import Way
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model.judging import Change


def becomes(server: Server, way: Way, change: Change) -> Expression:
    """What the change makes of a column. Raises SourceError where its type does not allow it."""
    if change.to == "null":
        return sa.null()
    if change.to == "constant":
        return _constant(server, way, change)
    if change.to == "prefix":
        return server.part(server.plain(way.column, way.kind), 1, int(change.value or 0))
    return _new_year(server, way)


def made(server: Server, way: Way, change: Change) -> Expression:
    """Whether a column is null, or as the change makes it."""
    if change.to == "null":
        return way.column.is_(None)
    value, wanted = way.column, becomes(server, way, change)
    if server.style(way.kind) in {"text", "each"}:
        value, wanted = server.exact(server.plain(value, way.kind)), server.exact(wanted)
    return sa.or_(way.column.is_(None), value == wanted)


def _constant(server: Server, way: Way, change: Change) -> Expression:
    """The firm's constant, as a value of the column's type."""
    base = server.base(way.kind)
    if isinstance(base, sa.Boolean) or server.style(way.kind) == "native":
        return sa.cast(sa.literal(str(change.value), sa.String()), base)
    if server.style(way.kind) == "number" and not isinstance(change.value, int):
        message = f"column {change.column!r} holds numbers: a text cannot stand in it"
        raise SourceError(SkipCode.ERROR, message, hint="set a number, or null")
    return sa.literal(change.value if server.style(way.kind) in {"number", "each"} else str(change.value))


def _new_year(server: Server, way: Way) -> Expression:
    """The first of January of a date's year, in its own spelling; NULL for what writes no day."""
    style = server.style(way.kind)
    if style == "native":
        return server.new_year(way.column, way.kind)
    number = _new_year_number(way.column)
    if style == "number":
        return number
    text = server.plain(way.column, way.kind)
    shapes = {pattern.shape: pattern for pattern in (*PLAIN, *(first for some in EITHER.values() for first, _ in some))}
    spelt = sa.case(*((server.looks(text, shape), each.new_year(server, text)) for shape, each in shapes.items()))
    return server.by_type(way.column, spelt, number) if style == "each" else spelt


def _new_year_number(column: Expression) -> Expression:
    """Of a day written as digits, yyyymmdd; NULL for any other number, whose year takes a calendar to find."""
    low, high = (SCALES[0].number(day) for day in (SCALES[0].earliest, SCALES[0].latest))
    whole = sa.cast(column, sa.BigInteger())
    return sa.case((column.between(low, high), whole // 10_000 * 10_000 + 101))
