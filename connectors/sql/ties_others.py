"""Triggers of SQL Server and Oracle, by their catalogues; their foreign keys come from SQLAlchemy's Inspector."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa

from piiscan.connectors.sql.ties import COPIES, Ties, Trigger


class MssqlTies(Ties):
    """SQL Server's catalogue shows what the account has a right on."""

    residue = f"SQL Server keeps a deleted row in its pages until they are reused, and in its log. {COPIES}"

    TRIGGERS: ClassVar = sa.text("""
SELECT t.name AS name, LOWER(e.type_desc) AS event, OBJECT_DEFINITION(t.object_id) AS body
FROM sys.triggers t JOIN sys.trigger_events e ON e.object_id = t.object_id
JOIN sys.objects o ON o.object_id = t.parent_id JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE s.name = :schema AND o.name = :name AND t.is_disabled = 0 AND e.type_desc IN ('DELETE', 'UPDATE')
ORDER BY 1, 2
""")
    TEMPORAL: ClassVar = sa.text("""
SELECT t.temporal_type FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id
WHERE s.name = :schema AND t.name = :name
""")

    def triggers(self, schema: str, name: str) -> list[Trigger]:
        """Its enabled ones."""
        rows = self.connection.execute(self.TRIGGERS, {"schema": schema, "name": name})
        return [Trigger(row.name, row.event, row.body or "") for row in rows]

    def refuses(self, schema: str, name: str) -> str:
        """System-versioned tables keep every row they ever had."""
        if self.connection.scalar(self.TEMPORAL, {"schema": schema, "name": name}):
            return "it is system-versioned: a deleted row stays in its history"
        return ""


class OracleTies(Ties):
    """Oracle's names are upper case where SQLAlchemy writes them in lower case."""

    residue = (
        f"Oracle keeps a deleted row in its blocks until they are reused, in undo and redo, and for flashback. {COPIES}"
    )

    TRIGGERS: ClassVar = sa.text("""
SELECT trigger_name AS name, triggering_event AS event, trigger_type AS body FROM all_triggers
WHERE table_owner = :schema AND table_name = :name AND status = 'ENABLED' ORDER BY trigger_name
""")

    def triggers(self, schema: str, name: str) -> list[Trigger]:
        """Its enabled ones; the text of one lies in a LONG column and is not read."""
        spell = self.connection.dialect.denormalize_name
        rows = self.connection.execute(self.TRIGGERS, {"schema": spell(schema), "name": spell(name)})
        return [
            Trigger(row.name, event, row.body)
            for row in rows
            for event in ("delete", "update")
            if event.upper() in row.event
        ]
