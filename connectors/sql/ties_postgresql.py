"""Foreign keys, triggers and rules of PostgreSQL, by its catalogue."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa

from piiscan.connectors.sql.ties import COPIES, Link, Ties, Trigger


class PostgresqlTies(Ties):
    """PostgreSQL's catalogue shows everything to everyone."""

    residue = f"PostgreSQL keeps a deleted row in its files until VACUUM, and in its write-ahead log. {COPIES}"

    _columns: ClassVar[str] = """ARRAY(SELECT a.attname::text FROM unnest(k.{keys}) WITH ORDINALITY AS u(number, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.{table} AND a.attnum = u.number ORDER BY u.place)"""
    LINKS: ClassVar = sa.text(f"""
SELECT k.conname::text AS name, cn.nspname::text AS child_schema, c.relname::text AS child,
  c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
  pn.nspname::text AS parent_schema, p.relname::text AS parent, k.confdeltype::text AS action,
  {_columns.format(keys="conkey", table="conrelid")} AS columns,
  {_columns.format(keys="confkey", table="confrelid")} AS parent_columns,
  NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND a.attnotnull) AS nullable
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = coalesce(pg_partition_root(k.confrelid), k.confrelid)
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY cn.nspname, c.relname, k.conname
""")  # noqa: S608  # put together of constants
    TRIGGERS: ClassVar = sa.text("""
WITH tables AS (
  SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = :schema AND c.relname = :name
), parts AS (
  SELECT oid FROM tables UNION SELECT t.relid FROM tables, pg_partition_tree(tables.oid) AS t
)
SELECT t.tgname::text AS name, event.name AS event, pg_get_triggerdef(t.oid) || ' ' || p.prosrc AS body
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid,
  (VALUES (8, 'delete'), (16, 'update')) AS event(bit, name)
WHERE t.tgrelid IN (SELECT oid FROM parts) AND NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'D'
  AND t.tgtype & event.bit <> 0
UNION ALL
SELECT 'rule ' || r.rulename, CASE r.ev_type WHEN '4' THEN 'delete' ELSE 'update' END, pg_get_ruledef(r.oid)
FROM pg_catalog.pg_rewrite r
WHERE r.ev_class IN (SELECT oid FROM parts) AND r.ev_type IN ('2', '4') AND r.ev_enabled <> 'D'
ORDER BY 1, 2, 3
""")
    BUILD: ClassVar = sa.text("""
SELECT pg_get_partkeydef(c.oid) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :name
""")

    def links(self) -> list[Link]:
        """In one query; of partitioned tables those of the whole table, not their copies on each partition."""
        return [
            Link(
                row.name,
                (row.child_schema, row.child, "ONLY" if row.has_children else ""),
                tuple(row.columns),
                (row.parent_schema, row.parent),
                tuple(row.parent_columns),
                {"c": "cascade", "n": "null", "d": "default"}.get(row.action, "refuse"),  # type: ignore[arg-type]
                row.nullable,
            )
            for row in self.connection.execute(self.LINKS)
        ]

    def triggers(self, schema: str, name: str) -> list[Trigger]:
        """Its triggers and rules, and those of its partitions."""
        return [Trigger(*row) for row in self.connection.execute(self.TRIGGERS, {"schema": schema, "name": name})]

    def build(self, schema: str, name: str) -> str:
        """The partition key."""
        return self.connection.scalar(self.BUILD, {"schema": schema, "name": name}) or ""
