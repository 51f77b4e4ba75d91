"""The way from a row to the column that dates it: in its own table, or along foreign keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.catalog import path_of
from piiscan.errors import SourceError
from piiscan.model import Clock, Container, SkipCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.server import Expression, Server


@dataclass(frozen=True, slots=True)
class Dated:
    """Rows of a table, joined as far as its clock's path leads."""

    rows: sa.FromClause
    own: sa.FromClause
    hint: str
    value: Expression
    kind: Any
    """SQLAlchemy's type of the value."""
    owner: Expression | None
    filled: tuple[Expression, ...]
    """1 where a column asked for is not null, else 0."""

    def select(self, *what: Expression) -> sa.Select[Any]:
        """A query of these rows."""
        query = sa.select(*what).select_from(self.rows)
        return query.with_hint(self.own, self.hint) if self.hint else query


@dataclass(frozen=True, slots=True)
class Place:
    """One table on the way and the types of its columns."""

    schema: str | None
    name: str
    table: sa.FromClause
    types: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Path:
    """A clock's path through the tables of one database."""

    inspector: sa.Inspector
    server: Server
    container: Container
    clock: Clock

    def follow(self, owner_column: str | None, columns: Sequence[str] = ()) -> Dated:
        """The dated rows. Raises SourceError for a column or table that does not exist."""
        own = place = self._place(self.container.locator[0] or None, self.container.locator[1], 0)
        rows, column = own.table, self.clock.path[0]
        for number, step in enumerate(self.clock.path[1:], 1):
            table, _, wanted = step.rpartition(".")
            link = self._column(place, column)
            parent, key = self._parent(place, column, table, number)
            if not self._is_unique(parent, key):
                parent = self._newest(parent, key, wanted)
            rows = rows.outerjoin(parent.table, link == parent.table.c[key])
            place, column = parent, wanted
        value = self._column(place, column)
        owner = None if owner_column is None else self._column(own, owner_column)
        filled = tuple(sa.case((self._column(own, name).is_not(None), 1), else_=0) for name in columns)
        return Dated(rows, own.table, self.container.locator[2], value, place.types[column], owner, filled)

    def _place(self, schema: str | None, name: str, number: int) -> Place:
        types = {
            self.server.spell(column["name"]): column["type"] for column in self.inspector.get_columns(name, schema)
        }
        return Place(
            schema, name, sa.table(name, *map(sa.column, types), schema=schema).alias(f"piiscan_{number}"), types
        )

    def _newest(self, place: Place, key: str, column: str) -> Place:
        """One row a key, where the key is not unique: a join must not multiply what it dates."""
        newest = sa.select(place.table.c[key], sa.func.max(self._column(place, column)).label(column)).group_by(
            place.table.c[key]
        )
        return Place(place.schema, place.name, newest.subquery(), {column: place.types[column]})

    def _column(self, place: Place, name: str) -> Expression:
        if name in place.types:
            return place.table.c[name]
        message = f"the clock {self.clock.event!r} needs a column {name!r} that {path_of(place.schema, place.name)} does not have"
        raise SourceError(
            SkipCode.ERROR,
            message,
            container=self.container.path,
            hint="correct [sources.*.clocks] or [sources.*.owners]",
        )

    def _parent(self, place: Place, column: str, table: str, number: int) -> tuple[Place, str]:
        """The table a step leads to and its key: by the foreign key of the column, else by name and primary key."""
        for found in self.inspector.get_foreign_keys(place.name, place.schema):
            schema, name = found["referred_schema"] or place.schema, found["referred_table"]
            if found["constrained_columns"] == [column] and table in {name, path_of(schema, name)}:
                parent = self._place(schema, name, number)
                return parent, (found["referred_columns"] or self._primary(parent))[0]
        named: list[tuple[str | None, str]] = [(place.schema, table)]
        if "." in table:
            schema, _, name = table.partition(".")
            named.append((schema, name))
        for schema, name in named:
            if self.inspector.has_table(name, schema):
                parent = self._place(schema, name, number)
                if len(key := self._primary(parent)) == 1:
                    return parent, key[0]
        message = f"the clock {self.clock.event!r} leads to {table!r}: no such table with a key of one column"
        raise SourceError(
            SkipCode.ERROR, message, container=self.container.path, hint="name a table that the column references"
        )

    def _primary(self, place: Place) -> list[str]:
        return list(self.inspector.get_pk_constraint(place.name, place.schema).get("constrained_columns") or [])

    def _is_unique(self, place: Place, key: str) -> bool:
        indexes = self.inspector.get_indexes(place.name, place.schema)
        return self._primary(place) == [key] or any(
            index["unique"] and index["column_names"] == [key] for index in indexes
        )
