"""How tables are built, as far as removing rows must know: keys, what refers to them, what fires, what binds columns."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.catalog import path_of
from piiscan.connectors.sql.server import unknown_types
from piiscan.connectors.sql.ties_mysql import MariadbTies
from piiscan.connectors.sql.ties_others import MssqlTies, OracleTies
from piiscan.connectors.sql.ties_postgresql import PostgresqlTies
from piiscan.connectors.sql.ties_sqlite import SqliteTies
from piiscan.model import Column, Container
from piiscan.model.erasing import Reference, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.connectors.sql.server import Server
    from piiscan.connectors.sql.ties import Link, Ties

TIES: Final[dict[str, type[Ties]]] = {
    "mariadb": MariadbTies,
    "mssql": MssqlTies,
    "mysql": MariadbTies,
    "oracle": OracleTies,
    "postgresql": PostgresqlTies,
    "sqlite": SqliteTies,
}
VIEW: Final = "it is a view, which holds no rows of its own: remove them from its tables"


@dataclass(frozen=True, slots=True)
class Bonds:
    """What binds columns of one table, by kind; names as a container has them."""

    required: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    referring: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()

    @property
    def constrained(self) -> frozenset[str]:
        """Columns that are not free to take a constant."""
        return self.unique | self.checked | self.referring | self.computed


class Structure:
    """The structure of a database at one moment, read through one connection.

    Its methods raise sqlalchemy's errors, NoSuchTableError for a table that is gone.
    """

    def __init__(self, connection: sa.Connection, server: Server, source: str) -> None:
        self.ties = TIES[server.url.get_backend_name()](connection, server)
        self._connection = connection
        self._server = server
        self._source = source
        self._inspector = sa.inspect(connection)
        self._leading: defaultdict[tuple[str, str], list[Link]] | None = None

    def shape(self, container: Container) -> Shape:
        """How a table is built now. Of a view only that it is none."""
        schema, name, _ = container.locator
        with unknown_types():
            found = self._inspector.get_columns(name, schema or None)
            own = list(self._inspector.get_foreign_keys(name, schema or None)) if container.kind == "table" else []
        primary = self._primary(container)
        columns = self._columns(found, own, primary, schema)
        if container.kind == "view":
            return Shape(container, columns, (), (), fingerprint=_digest(columns, container.kind), refusal=VIEW)
        bonds, references = self.bonds(container), self.references(container)
        triggers, key = self.ties.triggers(schema, name), self._key(container, found, primary)
        build, refusal = self.ties.build(schema, name), self.ties.refuses(schema, name)
        return Shape(
            container,
            columns,
            key,
            references,
            tuple(f"{each.name} ({each.event})" for each in triggers),
            bonds.constrained,
            _digest(columns, key, references, triggers, bonds, build, refusal),
            refusal,
            self._notes(schema, name, references),
        )

    def references(self, container: Container) -> tuple[Reference, ...]:
        """Every foreign key that leads to a table, its own included, in a stable order."""
        if self._leading is None:
            self._leading = defaultdict(list)
            for link in self.ties.links():
                self._leading[link.parent].append(link)
        return tuple(self._reference(link) for link in self._leading[container.locator[0], container.locator[1]])

    def _reference(self, link: Link) -> Reference:
        schema, name, _ = link.child
        child = Container(self._source, path_of(schema or None, name), "table", locator=link.child)
        parent = path_of(link.parent[0] or None, link.parent[1])
        return Reference(child, link.columns, parent, link.parent_columns, link.on_delete, link.nullable, link.name)

    def bonds(self, container: Container) -> Bonds:
        """What binds the columns of a table."""
        schema, name, _ = container.locator
        place, inspector, spell = (name, schema or None), self._inspector, self._server.spell
        with unknown_types():
            columns = inspector.get_columns(*place)
            indexes = [index for index in inspector.get_indexes(*place) if index["unique"]]
            constraints = self._constraints(container)
        names, checks = [column["name"] for column in columns], list[Any]()
        texts = [str(text) for index in indexes for text in index.get("expressions", ()) if text]
        unique = {*self._primary(container), *(column for names in constraints for column in names)}
        unique.update(column for index in indexes for column in index["column_names"] if column)
        unique |= _named_in(" ".join([*texts, *self.ties.unique_texts(schema, name)]), names)
        with suppress(NotImplementedError):
            checks = list(inspector.get_check_constraints(*place))
        texts = [*(str(check["sqltext"]) for check in checks), *self.ties.check_texts(schema, name)]
        return Bonds(
            frozenset(spell(column["name"]) for column in columns if not column["nullable"]),
            frozenset(map(spell, unique)),
            frozenset(map(spell, _named_in(" ".join(texts), names))),
            frozenset(spell(each) for key in inspector.get_foreign_keys(*place) for each in key["constrained_columns"]),
            frozenset(spell(column["name"]) for column in columns if column.get("computed") or column.get("identity")),
        )

    def _columns(
        self, found: Sequence[Any], own: Sequence[Any], primary: Sequence[str], schema: str
    ) -> tuple[Column, ...]:
        leads_to: dict[str, str] = {}
        for key in own:
            place = [key["referred_table"]]
            if key["referred_schema"] not in {None, schema or None}:
                place.insert(0, key["referred_schema"])
            for column, other in zip(key["constrained_columns"], key["referred_columns"], strict=False):
                leads_to[column] = ".".join(map(self._server.spell, [*place, other]))
        return tuple(
            Column(
                self._server.spell(column["name"]),
                self._type_name(column["type"]),
                column["name"] in primary,
                bool(column["nullable"]),
                leads_to.get(column["name"]),
            )
            for column in found
        )

    def _type_name(self, kind: Any) -> str | None:
        try:
            return str(kind.compile(dialect=self._connection.dialect))
        except sa.exc.SQLAlchemyError:
            return None

    def _primary(self, container: Container) -> list[str]:
        if container.kind == "view":
            return []
        schema, name, _ = container.locator
        found = self._inspector.get_pk_constraint(name, schema or None)
        return list(found.get("constrained_columns") or [])

    def _constraints(self, container: Container) -> list[tuple[str, ...]]:
        """The columns of each unique constraint; none where it is an index anyway."""
        schema, name, _ = container.locator
        with suppress(NotImplementedError):
            return [
                tuple(each["column_names"]) for each in self._inspector.get_unique_constraints(name, schema or None)
            ]
        return []

    def _key(self, container: Container, found: Sequence[Any], primary: Sequence[str]) -> tuple[str, ...]:
        """The primary key, else the shortest unique key of columns that are never null; none with a float in it."""
        schema, name, _ = container.locator
        exact = {column["name"] for column in found if not isinstance(column["type"], sa.Float)}
        required = exact.intersection(column["name"] for column in found if not column["nullable"])
        unique = [
            tuple(index["column_names"])
            for index in self._inspector.get_indexes(name, schema or None)
            if index["unique"] and not index.get("dialect_options", {}).get("postgresql_where")
        ]
        unique += self._constraints(container)
        usable = sorted(
            {names for names in unique if names and required.issuperset(names)}, key=lambda names: (len(names), names)
        )
        candidates = [tuple(primary)] if primary and exact.issuperset(primary) else []
        return tuple(self._server.spell(str(column)) for column in next(iter([*candidates, *usable]), ()))

    def _notes(self, schema: str, name: str, references: Iterable[Reference]) -> tuple[str, ...]:
        """What the account cannot see, and what deleting leaves behind."""
        hidden = [self._server.hides(self._connection, schema or None)]
        hidden.append(self._server.hides_triggers(self._connection, schema or None))
        places = [(schema, name), *((each.child.locator[0], each.child.locator[1]) for each in references)]
        hidden += [self._server.withholds(self._connection, *place) for place in dict.fromkeys(places)]
        return (*dict.fromkeys(filter(None, hidden)), self.ties.residue)


def read_shapes(connection: sa.Connection, server: Server, source: str, containers: Iterable[Container]) -> list[Shape]:
    """The shape of each container. Raises sqlalchemy's NoSuchTableError when one is gone."""
    structure = Structure(connection, server, source)
    return [structure.shape(container) for container in containers]


def _named_in(text: str, names: Iterable[str]) -> set[str]:
    """The columns an expression may name; one too many does no harm."""
    return {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)}


def _digest(*parts: Any) -> str:
    """sha256 of everything, written the same way for the same structure."""
    return hashlib.sha256(json.dumps(_plain(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(part: Any) -> Any:
    """In JSON's types: a container is its path, a set is sorted, anything else of ours its fields."""
    if isinstance(part, Container):
        return part.path
    if isinstance(part, (tuple, list)):
        return [_plain(each) for each in part]
    if isinstance(part, frozenset):
        return sorted(part)
    return [_plain(getattr(part, each.name)) for each in fields(part)] if is_dataclass(part) else part
