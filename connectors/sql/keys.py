"""Keys of rows: fetched as values that find the same row again, and conditions that pick rows by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.server import unknown_types
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.connectors.sql.matching import Matcher
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container
    from piiscan.model.erasing import Key

PORTION: Final = 500
"""Keys named in one statement at most: MariaDB looks each of them up by the index, from 1,000 on it makes a table of them."""
NO_TEXT: Final = "�"
"""What stands for bytes of a SQLite text that are no UTF-8."""


@dataclass(frozen=True, slots=True)
class KeyForm:
    """How the key of one table is fetched and looked up.

    Values are bound without a type: each database takes them for what the column is, so that CHAR keeps its blanks,
    case-insensitive texts stay so, and every index is used.
    """

    server: Server
    container: Container
    names: tuple[str, ...]
    kinds: tuple[Any, ...]
    """SQLAlchemy's types, one a column."""
    match: Matcher

    def columns(self, table: sa.FromClause) -> list[Expression]:
        """The key's columns in a table."""
        return [table.c[name] for name in self.names]

    def fetched(self, table: sa.FromClause) -> list[Expression]:
        """The same as they are fetched, under short names of their own."""
        pairs = zip(self.columns(table), self.kinds, strict=True)
        return [self.server.key_part(column, kind).label(f"k{n}") for n, (column, kind) in enumerate(pairs)]

    def filled(self, table: sa.FromClause) -> Expression:
        """Whether no part of the key is null: SQLite permits that in some primary keys."""
        return sa.and_(*(column.is_not(None) for column in self.columns(table)))

    def among(self, table: sa.FromClause, keys: Sequence[Key]) -> Expression:
        """Whether a row's key is one of these."""
        return self.match(self.columns(table), keys)

    def portions(self, keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
        """The keys in portions that fit into one statement of the database."""
        size = max(1, min(PORTION, self.server.bind_limit // len(self.names)))
        for start in range(0, len(keys), size):
            yield keys[start : start + size]

    def check(self, key: Key) -> Key:
        """The key. Raises SourceError for one that would not find its row again."""
        for part, name in zip(key, self.names, strict=True):
            if isinstance(part, float):
                raise self._unusable(name, "holds floating-point numbers, which are not exact")
            if isinstance(part, str) and NO_TEXT in part and self.server.loses_bytes:
                raise self._unusable(name, "holds a text that is no UTF-8")
        return key

    def _unusable(self, name: str, why: str) -> SourceError:
        return SourceError(
            SkipCode.UNSUPPORTED,
            f"the key column {name!r} {why}: no plan can name its rows",
            container=self.container.path,
            hint="name another key, or make one",
        )


def read_types(connection: sa.Connection, server: Server, container: Container) -> dict[str, Any]:
    """SQLAlchemy's types of a table's columns, in order. Raises sqlalchemy's NoSuchTableError."""
    with unknown_types():
        found = sa.inspect(connection).get_columns(container.locator[1], container.locator[0] or None)
    return {server.spell(column["name"]): column["type"] for column in found}


def make_table(container: Container, columns: Iterable[str]) -> sa.TableClause:
    """The table itself, with these columns."""
    return sa.table(container.locator[1], *map(sa.column, columns), schema=container.locator[0] or None)


def read_form(
    connection: sa.Connection, server: Server, container: Container, names: Sequence[str], types: dict[str, Any]
) -> KeyForm:
    """The form of a table's key. Raises SourceError when there is none, or a column is missing or a float."""
    if not names:
        raise SourceError(
            SkipCode.UNSUPPORTED,
            "it has no key, so no row of it can be named",
            container=container.path,
            hint="give it a primary key",
        )
    matcher = server.matcher(connection, container.locator[0] or None, container.locator[1], names)
    form = KeyForm(server, container, tuple(names), tuple(types.get(name) for name in names), matcher)
    for name in names:
        if name not in types:
            raise SourceError(SkipCode.VANISHED, f"its key column {name!r} is gone", container=container.path)
        if isinstance(types[name], sa.Float):
            form.check(tuple(0.0 if each == name else None for each in names))
    return form
