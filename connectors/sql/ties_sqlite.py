"""Foreign keys and triggers of a SQLite file, by its pragmas and schema table."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from typing import Any, ClassVar, Final

import sqlalchemy as sa

from piiscan.connectors.sql.ties import ACTIONS, COPIES, Link, Ties, Trigger

NAME: Final = r"""(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[^\s"`\['.]+)"""
TRIGGER_HEAD: Final = re.compile(
    rf"CREATE\s+TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}(?:\s*\.\s*{NAME})?\s*(?:BEFORE|AFTER|INSTEAD\s+OF)?\s*"
    r"(?P<event>DELETE|INSERT|UPDATE)\b",
    re.IGNORECASE,
)
"""https://www.sqlite.org/lang_createtrigger.html"""
COMMENT: Final = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
EVENTS: Final[dict[str, tuple[str, ...]]] = {"DELETE": ("delete",), "UPDATE": ("update",), "INSERT": ()}


class SqliteTies(Ties):
    """Names of tables and columns fit whatever their case; a foreign key may leave out the columns it leads to."""

    residue = f"secure_delete overwrites what is deleted in the file; a log beside it (-wal) keeps it until it is renewed. {COPIES}"

    LINKS: ClassVar = sa.text("""
SELECT m.name AS child, f.id, f."table" AS parent, f."from" AS child_column, f."to" AS parent_column, f.on_delete AS action
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq
""")
    COLUMNS: ClassVar = sa.text("""
SELECT m.name AS "table", c.name, c."notnull" AS required, c.pk
FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.pk, c.cid
""")
    TRIGGERS: ClassVar = sa.text("""
SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name COLLATE NOCASE ORDER BY name
""")
    KIND: ClassVar = sa.text("SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = :name COLLATE NOCASE")
    UNIQUE: ClassVar = sa.text("""
SELECT sql FROM sqlite_master
WHERE type = 'index' AND tbl_name = :name COLLATE NOCASE AND sql LIKE 'CREATE UNIQUE%' ORDER BY name
""")

    def links(self) -> list[Link]:
        """From every table's pragma."""
        parts: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in self.connection.execute(self.LINKS):
            parts[row.child, row.id].append(row)
        tables = self._tables() if parts else {}
        return [self._link_of(tables, child, rows) for (child, _), rows in parts.items()]

    def _tables(self) -> dict[str, tuple[str, list[Any]]]:
        """By lower-case name: the name as it is, and the columns, those of the primary key last and in its order."""
        found: dict[str, tuple[str, list[Any]]] = {}
        for row in self.connection.execute(self.COLUMNS):
            found.setdefault(row.table.lower(), (row.table, []))[1].append(row)
        return found

    def _link_of(self, tables: dict[str, tuple[str, list[Any]]], child: str, rows: list[Any]) -> Link:
        own = {column.name.lower(): column for column in tables[child.lower()][1]}
        parent, columns = tables.get(rows[0].parent.lower(), (rows[0].parent, []))
        spelled = {column.name.lower(): column.name for column in columns}
        columns_of = [row.child_column for row in rows]
        leads_to = [row.parent_column for row in rows]
        if leads_to[0] is None:
            leads_to = [column.name for column in columns if column.pk]
        return Link(
            name="",
            child=("", child, ""),
            columns=tuple(own[name.lower()].name for name in columns_of),
            parent=("", parent),
            parent_columns=tuple(spelled.get(name.lower(), name) for name in leads_to),
            on_delete=ACTIONS.get(rows[0].action.upper(), "refuse"),
            nullable=not any(own[name.lower()].required for name in columns_of),
        )

    def triggers(self, _schema: str, name: str) -> list[Trigger]:
        """A trigger whose text is not understood is taken to fire for both events."""
        found: list[Trigger] = []
        for row in self.connection.execute(self.TRIGGERS, {"name": name}):
            head = TRIGGER_HEAD.match(COMMENT.sub(" ", row.sql))
            events = EVENTS[head["event"].upper()] if head else ("delete", "update")
            found.extend(Trigger(row.name, event, row.sql) for event in events)
        return found

    def refuses(self, _schema: str, name: str) -> str:
        """A virtual table is what its module makes of it; SQLite tells them apart from 3.37 on."""
        kind = self.connection.scalar(self.KIND, {"name": name}) if sqlite3.sqlite_version_info >= (3, 37) else None
        return f"it is a {kind} table: its module alone may change it" if kind in {"virtual", "shadow"} else ""

    def unique_texts(self, _schema: str, name: str) -> list[str]:
        """What each unique index has in its parentheses and behind: the Inspector leaves out those of expressions."""
        return [str(text).partition("(")[2] for text in self.connection.scalars(self.UNIQUE, {"name": name})]
