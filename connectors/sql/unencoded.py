"""PostgreSQL databases in SQL_ASCII: any bytes may stand in them, and psycopg would hand them over as bytes.

LATIN1 towards the server passes every byte through unchanged, where UTF8 is refused for bytes that are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.adapt import Loader
from psycopg.types.string import StrDumperUnknown

if TYPE_CHECKING:
    from psycopg.abc import Buffer

TEXTS: Final = (0, "text", "varchar", "bpchar", "name", '"char"')
"""Types that are text on the wire; 0 stands for those psycopg does not know."""


class TextLoader(Loader):
    """Bytes as text: UTF-8 where they are that, else Windows' Western European."""

    def load(self, data: Buffer) -> str:
        """The text; a byte that is nothing in cp1252 comes as U+FFFD."""
        raw = bytes(data)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("cp1252", "replace")


class TextDumper(StrDumperUnknown):
    """Parameters are sent in UTF-8."""

    def dump(self, obj: str) -> Buffer:
        """The text's bytes."""
        return obj.encode()


class Cursor(psycopg.Cursor[Any]):
    """Statements are sent in UTF-8, whatever the connection is set to."""

    def execute(self, query: Any, *arguments: Any, **settings: Any) -> Any:
        """As psycopg's."""
        return super().execute(query.encode() if isinstance(query, str) else query, *arguments, **settings)


class ServerCursor(psycopg.ServerCursor[Any]):
    """The same for a stream."""

    def execute(self, query: Any, *arguments: Any, **settings: Any) -> Any:
        """As psycopg's."""
        return super().execute(query.encode() if isinstance(query, str) else query, *arguments, **settings)


def accept_any_bytes(connection: Any) -> None:
    """Sets a fresh connection up so that names and values arrive as str. Raises psycopg's errors."""
    connection.autocommit = True
    connection.execute("SET client_encoding = 'LATIN1'")
    connection.autocommit = False
    connection.cursor_factory, connection.server_cursor_factory = Cursor, ServerCursor
    connection.adapters.register_dumper(str, TextDumper)
    for kind in TEXTS:
        connection.adapters.register_loader(kind, TextLoader)
