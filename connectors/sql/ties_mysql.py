"""Foreign keys, triggers and engines of MariaDB and MySQL, by information_schema."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

import sqlalchemy as sa

from piiscan.connectors.sql.ties import ACTIONS, COPIES, Link, Ties, Trigger


class MariadbTies(Ties):
    """The catalogue of MariaDB and MySQL shows what the account has a right on."""

    residue = (
        f"InnoDB keeps a deleted row in its files until it is purged and overwritten, and in the binary log. {COPIES}"
    )

    LINKS: ClassVar = sa.text("""
SELECT k.CONSTRAINT_NAME AS name, k.TABLE_SCHEMA AS child_schema, k.TABLE_NAME AS child, k.COLUMN_NAME AS child_column,
  k.REFERENCED_TABLE_SCHEMA AS parent_schema, k.REFERENCED_TABLE_NAME AS parent, k.REFERENCED_COLUMN_NAME AS parent_column,
  r.DELETE_RULE AS action, c.IS_NULLABLE AS nullable
FROM information_schema.KEY_COLUMN_USAGE k
LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r
  ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
JOIN information_schema.COLUMNS c
  ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME
WHERE k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
""")
    TRIGGERS: ClassVar = sa.text("""
SELECT TRIGGER_NAME AS name, LOWER(EVENT_MANIPULATION) AS event, CONCAT(ACTION_TIMING, ' ', ACTION_STATEMENT) AS body
FROM information_schema.TRIGGERS
WHERE EVENT_OBJECT_SCHEMA = :schema AND EVENT_OBJECT_TABLE = :name AND EVENT_MANIPULATION IN ('DELETE', 'UPDATE')
ORDER BY 1, 2
""")
    TABLE: ClassVar = sa.text("""
SELECT t.TABLE_TYPE AS kind, t.ENGINE AS engine, e.TRANSACTIONS AS transactions
FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
WHERE t.TABLE_SCHEMA = :schema AND t.TABLE_NAME = :name
""")

    def links(self) -> list[Link]:
        """In one query over all databases the account may see; with SELECT alone it does not tell what deleting does."""
        parts: defaultdict[tuple[str, ...], list[Any]] = defaultdict(list)
        for row in self.connection.execute(self.LINKS):
            parts[row.child_schema, row.child, row.name].append(row)
        return [
            Link(
                name,
                (self._place(schema), child, ""),
                tuple(row.child_column for row in rows),
                (self._place(rows[0].parent_schema), rows[0].parent),
                tuple(row.parent_column for row in rows),
                ACTIONS.get(rows[0].action or self._action(schema, child, name), "refuse"),
                all(row.nullable == "YES" for row in rows),
            )
            for (schema, child, name), rows in parts.items()
        ]

    def triggers(self, schema: str, name: str) -> list[Trigger]:
        """Those the account may see; SELECT alone shows none."""
        return [Trigger(*row) for row in self.connection.execute(self.TRIGGERS, self._named(schema, name))]

    def refuses(self, schema: str, name: str) -> str:
        """Engines without transactions, and tables that keep every row they ever had."""
        row = self.connection.execute(self.TABLE, self._named(schema, name)).first()
        if row is not None and row.kind == "SYSTEM VERSIONED":
            return "it is system-versioned: a deleted row stays in its history until DELETE HISTORY"
        if row is not None and row.engine and row.transactions != "YES":
            return f"its engine {row.engine} has no transactions: a portion could be deleted in part"
        return ""

    def check_texts(self, schema: str, name: str) -> list[str]:
        """MariaDB's checks that stand with their column."""
        table = self.connection.dialect.identifier_preparer.format_table(sa.table(name, schema=schema or None))
        row = self.connection.exec_driver_sql(f"SHOW CREATE TABLE {table}").one()
        return [line for line in str(row[1]).splitlines() if line.startswith("  `") and " CHECK (" in line]

    def _action(self, schema: str, child: str, name: str) -> str:
        """What SHOW CREATE TABLE says that deleting does."""
        keys = self.inspector.get_foreign_keys(child, schema)
        return next((str(key["options"].get("ondelete", "")) for key in keys if key["name"] == name), "").upper()

    def _place(self, schema: str) -> str:
        """The url's own database has no name in a locator."""
        return "" if schema == self.server.url.database else schema

    def _named(self, schema: str, name: str) -> dict[str, str]:
        return {"schema": schema or self.server.url.database or "", "name": name}
