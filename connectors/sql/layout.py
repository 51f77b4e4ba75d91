"""One table as it is read: how each column is fetched, and by which key its rows are found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.server import Cell, Expression, Server, unknown_types

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.engine.interfaces import ReflectedColumn

    from piiscan.model import Container

PROBE_DIGITS: Final = 18
"""A number of so many digits fits the 64 bits of a probe, whatever its digits."""


@dataclass(frozen=True, slots=True)
class Key:
    """What identifies a row: one integer that can be probed, or columns that can be hashed."""

    parts: tuple[Expression, ...]
    is_integer: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A table and the cells to fetch of it."""

    container: Container
    table: sa.TableClause
    cells: tuple[Cell, ...]
    key: Key | None

    def select(self, *what: Expression, table: sa.FromClause | None = None) -> sa.Select[Any]:
        """A query of the table, with the hint that its name needs."""
        hint = self.container.locator[2]
        query = sa.select(*what).select_from(self.table if table is None else table)
        return query.with_hint(self.table, hint) if hint and table is None else query

    def values(self, table: sa.FromClause | None = None) -> sa.Select[Any]:
        """A query of all cells, each under a short name of its own: real ones may hold anything."""
        return self.select(
            *(cell.expression.label(f"c{number}") for number, cell in enumerate(self.cells)), table=table
        )

    def without(self, names: Collection[str]) -> Layout:
        """The same table without some columns; a key that needs one of them is gone too."""
        key = None if self.key and any(part.key in names for part in self.key.parts) else self.key
        return replace(self, cells=tuple(cell for cell in self.cells if cell.name not in names), key=key)


def read_layout(connection: sa.Connection, server: Server, container: Container) -> Layout:
    """The table behind a container as it is now. Raises sqlalchemy's NoSuchTableError when it is gone."""
    schema, name = container.locator[0] or None, container.locator[1]
    table = sa.table(name, schema=schema)
    with unknown_types():
        columns = sa.inspect(connection).get_columns(name, schema)
        key = None if container.kind == "view" else _find_key(connection, server, table, columns)
    return Layout(
        container, table, tuple(server.cell(server.spell(column["name"]), column["type"]) for column in columns), key
    )


def _find_key(
    connection: sa.Connection, server: Server, table: sa.TableClause, columns: Sequence[ReflectedColumn]
) -> Key | None:
    """The row's own number, else an integer key, else any unique one; None where rows have none."""
    number = server.row_key(connection, table)
    if number is not None:
        return Key((number,), is_integer=True)
    inspector = sa.inspect(connection)
    primary = list(inspector.get_pk_constraint(table.name, table.schema).get("constrained_columns") or [])
    types = {column["name"]: column["type"] for column in columns}
    required = {column["name"] for column in columns if not column["nullable"]}.union(primary)
    indexes = inspector.get_indexes(table.name, table.schema)
    unique = [
        index["column_names"]
        for index in indexes
        if index["unique"] and not index.get("dialect_options", {}).get("postgresql_where")
    ]
    whole = sorted([str(name) for name in names] for names in unique if names and required.issuperset(names))
    candidates = [primary, *whole] if primary else whole
    for names in candidates:
        if len(names) == 1 and _is_whole(types[names[0]]):
            return Key((sa.column(server.spell(names[0])),), is_integer=True)
    return Key(tuple(sa.column(server.spell(name)) for name in candidates[0]), is_integer=False) if candidates else None


def _is_whole(kind: object) -> bool:
    """Whether every value is a whole number that fits a probe's 64 bits."""
    if not isinstance(kind, sa.Numeric) or isinstance(kind, sa.Float):
        return isinstance(kind, sa.Integer)
    return kind.scale == 0 and kind.precision is not None and kind.precision <= PROBE_DIGITS
