"""The ways from a table's rows to columns that date or describe them: in the table itself, or along foreign keys."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.catalog import path_of
from piiscan.connectors.sql.server import unknown_types
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Hashable

    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One table on a way, and the types of its columns."""

    schema: str | None
    name: str
    table: sa.FromClause
    types: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where a path ends: a column of ``place``, which is joined already unless ``key`` is set.

    With ``key`` several rows of the place may belong to one row of the table: those whose ``key`` equals ``link``.
    """

    place: Place
    column: Expression
    kind: Any
    """SQLAlchemy's type of the column."""
    link: Expression | None = None
    key: Expression | None = None


class Ways:
    """A table's rows, joined as far as the paths asked for lead; what several paths share is joined once.

    No join multiplies rows. Raises SourceError for a column or table that does not exist.
    """

    def __init__(self, connection: sa.Connection, server: Server, container: Container) -> None:
        self._inspector = sa.inspect(connection)
        self._server = server
        self._container = container
        self._named = 0
        self._ways: dict[tuple[str, ...], Way] = {}
        self._parents: dict[tuple[Hashable, ...], tuple[Place, str, bool]] = {}
        self._values: dict[Hashable, Expression] = {}
        self._own = self._place(container.locator[0] or None, container.locator[1])
        self._rows: sa.FromClause = self._own.table

    @property
    def own(self) -> sa.FromClause:
        """The table itself, under the name it has in every query of these rows."""
        return self._own.table

    @property
    def types(self) -> dict[str, Any]:
        """SQLAlchemy's types of the table's own columns, in order."""
        return self._own.types

    def select(self, *what: Expression) -> sa.Select[Any]:
        """A query of the rows, over every join made so far."""
        query = sa.select(*what).select_from(self._rows)
        return self._hinted(query, self._own)

    def select_alone(self, way: Way, *what: Expression) -> sa.Select[Any]:
        """A query of the table at the end of a way by itself, to learn how its column is written."""
        return self._hinted(sa.select(*what).select_from(way.place.table), way.place)

    def _hinted(self, query: sa.Select[Any], place: Place) -> sa.Select[Any]:
        hint = self._container.locator[2]
        return query.with_hint(place.table, hint) if hint and place is self._own else query

    def find(self, path: tuple[str, ...], wanted_by: str) -> Way:
        """The column a path leads to; what is said where there is none names ``wanted_by``."""
        if path not in self._ways:
            self._ways[path] = self._find(path, wanted_by)
        return self._ways[path]

    def _find(self, path: tuple[str, ...], wanted_by: str) -> Way:
        place, column = self._own, path[0]
        for number, step in enumerate(path[1:], 2):
            table, _, wanted = step.rpartition(".")
            link = self._column(place, column, wanted_by)
            parent, name, is_unique = self._parent(place, column, table, wanted_by)
            target = self._column(parent, wanted, wanted_by)
            key: Expression = parent.table.c[name]
            if isinstance(place.types[column], sa.String) != isinstance(parent.types[name], sa.String):
                link, key = self._server.text(link), self._server.text(key)
            if is_unique:
                self._join(parent, key == link)  # the key first: its collation decides, as for its uniqueness
            elif number == len(path):
                return Way(parent, target, parent.types[wanted], link, key)
            else:
                parent = self._newest(parent, key, wanted, link)
            place, column = parent, wanted
        return Way(place, self._column(place, column, wanted_by), place.types[column])

    def value(self, way: Way, shaped: Expression, name: Hashable) -> Expression:
        """``shaped``, made of the way's column, for each row: where several rows of the place belong to it, the greatest.

        ``name`` tells what was made of the column, so that the same is not joined twice.
        """
        if way.link is None or way.key is None:
            return shaped
        known = (way.place.name, str(way.link), str(way.key), str(way.column), name)
        if known not in self._values:
            greatest = sa.select(way.key.label("link"), sa.func.max(shaped).label("value")).group_by(way.key)
            several = greatest.subquery(self._name())
            self._rows = self._rows.outerjoin(several, several.c.link == way.link)
            self._values[known] = several.c.value
        return self._values[known]

    def _newest(self, parent: Place, key: Expression, wanted: str, link: Expression) -> Place:
        """One row a key, where the key is not unique and the way goes on behind it."""
        greatest = sa.select(key.label("link"), sa.func.max(parent.table.c[wanted]).label(wanted))
        several = greatest.group_by(key).subquery(self._name())
        place = Place(parent.schema, parent.name, several, {wanted: parent.types[wanted]})
        self._join(place, several.c.link == link)
        return place

    def _join(self, place: Place, condition: Expression) -> None:
        if ("joined", place) not in self._values:
            self._rows = self._rows.outerjoin(place.table, condition)
            self._values["joined", place] = condition

    def _name(self) -> str:
        self._named += 1
        return f"piiscan_{self._named - 1}"

    def _place(self, schema: str | None, name: str) -> Place:
        with unknown_types():
            columns = self._inspector.get_columns(name, schema)
        types = {self._server.spell(column["name"]): column["type"] for column in columns}
        return Place(schema, name, sa.table(name, *map(sa.column, types), schema=schema).alias(self._name()), types)

    def _column(self, place: Place, name: str, wanted_by: str) -> Expression:
        if name in place.types:
            return place.table.c[name]
        message = f"{wanted_by} needs a column {name!r} that {path_of(place.schema, place.name)} does not have"
        raise SourceError(
            SkipCode.ERROR,
            message,
            container=self._container.path,
            hint="correct [sources.*.clocks] or [sources.*.owners]",
        )

    def _parent(self, place: Place, column: str, table: str, wanted_by: str) -> tuple[Place, str, bool]:
        """The table a step leads to, its key, and whether the key is unique; the same Place for the same step."""
        step = (place, column, table)
        if step not in self._parents:
            parent, key = self._look_up(place, column, table, wanted_by)
            self._parents[step] = parent, key, self._is_unique(parent, key)
        return self._parents[step]

    def _look_up(self, place: Place, column: str, table: str, wanted_by: str) -> tuple[Place, str]:
        """By the foreign key of the column, else by name and primary key."""
        for found in self._inspector.get_foreign_keys(place.name, place.schema):
            schema, name = found["referred_schema"] or place.schema, found["referred_table"]
            if found["constrained_columns"] == [column] and table in {name, path_of(schema, name)}:
                parent = self._place(schema, name)
                return parent, (found["referred_columns"] or self._primary(parent))[0]
        named: list[tuple[str | None, str]] = [(place.schema, table)]
        if "." in table:
            schema, _, name = table.partition(".")
            named.append((schema, name))
        for schema, name in named:
            if self._inspector.has_table(name, schema):
                parent = self._place(schema, name)
                if len(key := self._primary(parent)) == 1:
                    return parent, key[0]
        message = f"{wanted_by} leads to {table!r}: no such table with a key of one column"
        raise SourceError(
            SkipCode.ERROR, message, container=self._container.path, hint="name a table that the column references"
        )

    def _primary(self, place: Place) -> list[str]:
        return list(self._inspector.get_pk_constraint(place.name, place.schema).get("constrained_columns") or [])

    def _is_unique(self, place: Place, key: str) -> bool:
        if self._primary(place) == [key]:
            return True
        unique: list[list[str | None]] = [
            index["column_names"]
            for index in self._inspector.get_indexes(place.name, place.schema)
            if index["unique"] and not any(option.endswith("_where") for option in index.get("dialect_options", {}))
        ]
        with suppress(NotImplementedError):  # where a unique constraint is an index anyway
            found = self._inspector.get_unique_constraints(place.name, place.schema)
            unique += [[*constraint["column_names"]] for constraint in found]
        return [key] in unique
