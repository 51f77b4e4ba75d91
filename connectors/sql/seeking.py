"""Rows of a person: found by values of some columns, through an index where there is one; it only reads."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from piiscan.connectors.sql.comparing import compare
from piiscan.connectors.sql.keys import read_types
from piiscan.connectors.sql.layout import read_layout
from piiscan.connectors.sql.matching import UNTYPED
from piiscan.connectors.sql.paths import Place, Way
from piiscan.model.judging import Test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.connectors.sql.layout import Layout
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container
    from piiscan.model.seeking import Search, Values

_MARK: Final = "piiscan:sealed"
_SEALED: Final = ":sealed"
_REPEATED: Final = re.compile(rf"{_SEALED}(, {_SEALED})+")
Row = tuple[object, ...]


def seek_rows(
    connection: sa.Connection, server: Server, container: Container, search: Search, portion: int
) -> Iterator[Sequence[Row]]:
    """The cells asked for, in portions of so many rows. Raises SourceError for a column that is gone."""
    layout = read_layout(connection, server, container)
    cells = {cell.name: cell.expression for cell in layout.cells}
    types = read_types(connection, server, container) if search.exact else {}
    cells |= {name: exact_cell(server, name, types[name]) for name in search.exact if name in types}
    wanted = [cells[name].label(f"c{number}") for number, name in enumerate(search.columns)]
    query = layout.select(*wanted).where(_condition(connection, server, layout, search)).limit(search.most)
    result = connection.execute(query)
    while rows := result.fetchmany(portion):
        yield [tuple(row) for row in rows]


def word_search(connection: sa.Connection, server: Server, container: Container, search: Search) -> str:
    """The query for reading; every value that it compares with stands as ``:sealed``."""
    layout = read_layout(connection, server, container)
    columns: list[Expression] = [sa.column(name) for name in search.columns]
    query = layout.select(*columns).where(_condition(connection, server, layout, search))
    for bind in query.compile(dialect=connection.dialect).bind_names:
        bind.value, bind.type = [_MARK] if bind.expanding else _MARK, sa.String()
    text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    return _REPEATED.sub(_SEALED, text.replace("%%", "%").replace(f"'{_MARK}'", _SEALED))


def leading_columns(connection: sa.Connection, server: Server, container: Container) -> frozenset[str]:
    """Columns with which a key or an index of all rows begins."""
    inspector, schema, name = sa.inspect(connection), container.locator[0] or None, container.locator[1]
    first = [inspector.get_pk_constraint(name, schema).get("constrained_columns") or []]
    for index in inspector.get_indexes(name, schema):
        options = index.get("dialect_options", {})
        if not any(key.endswith("_where") and value is not None for key, value in options.items()):
            first.append([str(each) for each in index["column_names"][:1] if each is not None])
    with suppress(NotImplementedError):  # where a unique constraint is an index anyway
        first += [list(found["column_names"]) for found in inspector.get_unique_constraints(name, schema)]
    return frozenset(server.spell(names[0]) for names in first if names)


def exact_cell(server: Server, name: str, kind: Any) -> Expression:
    """A column such that its value finds its rows again; where every value has a type of its own, in that."""
    column: Expression = sa.column(name)
    return sa.type_coerce(column, sa.types.NULLTYPE) if server.style(kind) == "each" else server.key_part(column, kind)


def _condition(connection: sa.Connection, server: Server, layout: Layout, search: Search) -> Expression:
    container = layout.container
    types = read_types(connection, server, container)
    place = Place(container.locator[0] or None, container.locator[1], layout.table, types)
    ways = {name: Way(place, sa.column(name), types[name]) for name in search.any_of if name in types}
    found = [
        part
        for name, values in sorted(search.any_of.items())
        if name in ways
        for part in (
            _within(server, ways[name], values)
            if search.within
            else _column_conditions(server, ways[name], name, values, as_written=search.as_written)
        )
    ]
    if search.together is not None:
        names = search.together.columns
        ways |= {name: Way(place, sa.column(name), types[name]) for name in names if name in types}
        found += [
            sa.and_(
                *(
                    part
                    for name, value in zip(names, key, strict=True)
                    for part in _equal(server, ways[name], name, value)
                )
            )
            for key in search.together.keys
        ]
    return sa.or_(sa.false(), *found)


def _equal(server: Server, way: Way, name: str, value: Any) -> Iterator[Expression]:
    yield from _column_conditions(server, way, name, (value,), as_written=True)


def _within(server: Server, way: Way, values: Values) -> Iterator[Expression]:
    """Whether a value stands somewhere in the cell, whatever the case of letters."""
    text = server.folded(server.plain(way.column, way.kind))
    for value in values:
        escaped = re.sub(r"([%_/])", r"/\1", str(value))
        yield text.like(server.folded(sa.literal(f"%{escaped}%", sa.String())), escape="/")


def _column_conditions(
    server: Server, way: Way, name: str, values: Values, *, as_written: bool
) -> Iterator[Expression]:
    base: Any = server.base(way.kind)
    blobs = [value for value in values if isinstance(value, bytes)]
    known = [value for value in values if not isinstance(value, bytes)]
    yield from (way.column.in_([sa.literal(each, sa.LargeBinary()) for each in blobs]) for _ in blobs[:1])
    is_text = isinstance(base, sa.String) and not isinstance(base, sa.Enum)
    numbers = [value for value in known if isinstance(value, int)]
    if as_written and (is_text or server.style(way.kind) == "each"):
        texts = [str(value) for value in known if not isinstance(value, int) or is_text]
        yield from (way.column.in_([sa.literal(text, sa.String()) for text in texts]) for _ in texts[:1])
        if not is_text:
            yield from (way.column.in_([sa.literal(each, sa.BigInteger()) for each in numbers]) for _ in numbers[:1])
        return
    if as_written and isinstance(base, sa.Uuid):  # as a text is cast to compare it, no index would be of use
        ids = [str(value) for value in known if _is_uuid(value)]
        yield from (sa.type_coerce(way.column, UNTYPED).in_(ids) for _ in ids[:1])
        return
    plain = [value for value in known if is_text and isinstance(value, str) and value.lower() == value.upper()]
    yield from (way.column.in_([sa.literal(each, sa.String()) for each in plain]) for _ in plain[:1])  # nothing to fold
    folds = server.style(way.kind) in {"text", "each"} and not as_written
    others = (value for value in known if value not in plain)
    for value in dict.fromkeys(each.lower() if folds and isinstance(each, str) else each for each in others):
        yield compare(server, way, Test((name,), "~" if folds and isinstance(value, str) else "=", value))


def _is_uuid(value: object) -> bool:
    with suppress(ValueError):
        return bool(UUID(str(value)))
    return False
