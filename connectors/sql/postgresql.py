"""PostgreSQL by psycopg 3: rights, estimates and partitions from the catalogue in one query a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DOMAIN

from piiscan.connectors.sql.address import is_local
from piiscan.connectors.sql.server import BUCKETS, SEED, Cell, Expression, Facts, Server, Spread
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.types import TypeEngine

FACTS: Final = sa.text("""
SELECT c.relname, c.relkind, c.reltuples, c.relpages, c.relispartition,
       has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable,
       c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
       row_security_active(c.oid) AS filtered
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
""")
RIGHTS: Final = sa.text("""
SELECT count(*), (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
""")
GRANTS: Final = "CREATE ROLE piiscan LOGIN; GRANT CONNECT ON DATABASE ... TO piiscan; GRANT USAGE ON SCHEMA ... TO piiscan; GRANT SELECT ON ALL TABLES IN SCHEMA ... TO piiscan"
PAGE_BYTES: Final = 8192


class Postgresql(Server):
    """A PostgreSQL database."""

    name = "PostgreSQL"
    hidden = frozenset({"information_schema"})
    takes_arrays = True
    codes: ClassVar = {
        "42501": SkipCode.NO_PERMISSION,
        "28": SkipCode.NO_PERMISSION,
        "57014": SkipCode.TIMEOUT,
        "55P03": SkipCode.TIMEOUT,
        "25P03": SkipCode.TIMEOUT,
        "42P01": SkipCode.VANISHED,
        "3F000": SkipCode.VANISHED,
        "3D000": SkipCode.UNREACHABLE,
        "08": SkipCode.UNREACHABLE,
        "57P": SkipCode.UNREACHABLE,
        "XX001": SkipCode.UNREADABLE,
        "XX002": SkipCode.UNREADABLE,
        "53": SkipCode.LIMIT,
        "54": SkipCode.LIMIT,
    }

    def connect_args(self) -> dict[str, Any]:
        """Who we are, and how long to wait."""
        return {"application_name": "piiscan", "connect_timeout": max(2, round(self.plan.connect_timeout_s))}

    def execution_options(self) -> dict[str, Any]:
        """One read-only snapshot a transaction."""
        return {"isolation_level": self.isolation, "postgresql_readonly": True}

    def settings(self) -> tuple[str, ...]:
        """Read-only, bounded, in UTC, with dates as ISO."""
        statement, lock = round(self.plan.statement_timeout_s * 1000), round(self.plan.lock_timeout_s * 1000)
        return (
            "SET default_transaction_read_only = on",
            f"SET statement_timeout = {statement}",
            f"SET lock_timeout = {lock}",
            f"SET idle_in_transaction_session_timeout = {max(statement, 600_000)}",
            "SET jit = off",
            "SET TimeZone = 'UTC'",
            "SET DateStyle = 'ISO, YMD'",
            "SET IntervalStyle = 'postgres'",
        )

    def prepare(self, connection: Any) -> None:
        """In autocommit: a SET inside a transaction is lost with it."""
        connection.autocommit = True
        super().prepare(connection)
        connection.autocommit = False

    def code(self, error: BaseException) -> str:
        """The SQLSTATE; where a connection never stood, libpq gives none and its sentence (host and user only) is read."""
        state = getattr(error, "sqlstate", None)
        if state:
            return str(state)
        text = str(error) if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else ""
        refused = (
            "authentication failed",
            "no pg_hba.conf entry",
            "no password supplied",
            "is not permitted to log in",
            "permission denied for database",
        )
        return "28000" if any(words in text for words in refused) else type(error).__name__

    def judge(self, error: BaseException) -> SkipCode | None:
        """By the whole code, else by its class."""
        code = self.code(error)
        if code in {"OperationalError", "ConnectionTimeout"}:
            return SkipCode.UNREACHABLE
        return next((self.codes[part] for part in (code, code[:3], code[:2]) if part in self.codes), None)

    def schemas(self, inspector: sa.Inspector) -> list[str | None]:
        """All but the system's, its toast and temporary ones among them."""
        return [name for name in super().schemas(inspector) if name and not name.startswith("pg_")]

    def facts(self, connection: sa.Connection, schema: str | None) -> dict[str, Facts]:
        """Planner's estimates; a partition is left out, for its parent reads it."""
        found = connection.execute(FACTS, {"schema": schema})
        return {row.relname: _facts(row) for row in found if not row.relispartition}

    def cell(self, name: str, kind: TypeEngine[Any]) -> Cell:
        """A domain is fetched as what it is made of."""
        return super().cell(name, kind.data_type if isinstance(kind, DOMAIN) else kind)

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """By hashtext, which is signed: the mask makes it a bucket."""
        joined = sa.func.concat_ws("|", *(sa.cast(part, sa.Text()) for part in key))
        return sa.func.hashtext(joined, type_=sa.Integer()).bitwise_and(BUCKETS - 1)

    def spread_table(self, table: sa.TableClause, wanted: int, total: int) -> Spread:
        """By TABLESAMPLE: there are pages to sample."""
        percent = 100 * wanted / total
        sampled = sa.tablesample(table, sa.func.bernoulli(percent), name="piiscan_rows", seed=sa.literal(SEED))
        return Spread(sampled, None, "sample: TABLESAMPLE BERNOULLI, no key")

    def version(self, connection: sa.Connection) -> str:
        """As the server says it."""
        return str(connection.exec_driver_sql("SHOW server_version").scalar())

    def checks(self, connection: sa.Connection) -> Iterator[Check]:
        """From pg_stat_ssl and the catalogue's rights."""
        tls = connection.exec_driver_sql(
            "SELECT version, cipher FROM pg_catalog.pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()"
        ).first()
        if tls:
            yield Check("encrypted", "ok", f"{tls.version} {tls.cipher}")
        elif is_local(self.url):
            yield Check("encrypted", "ok", "not encrypted, but it stays on this machine (loopback or socket)")
        else:
            yield Check("encrypted", "warning", "not encrypted: add ?sslmode=verify-full to the url")
        writable, superuser = connection.execute(RIGHTS).one()
        if superuser or writable:
            what = "a superuser" if superuser else f"allowed to write {writable} tables"
            yield Check(
                "read-only",
                "warning",
                f"the account is {what}: a read-only session is a seat belt, use a SELECT-only role: {GRANTS}",
            )
        else:
            yield Check("read-only", "ok", "the account may not insert, update, delete or truncate anywhere")
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("statement_timeout", "lock_timeout")
        }
        yield Check("timeouts", "ok", ", ".join(f"{name} {value}" for name, value in shown.items()))


def _facts(row: Any) -> Facts:
    return Facts(
        rows=int(row.reltuples) if row.reltuples > 0 else None,
        size_bytes=row.relpages * PAGE_BYTES if row.relpages > 0 else None,
        is_view=row.relkind in "vmf",
        hint="ONLY" if row.has_children else "",
        readable=row.readable,
        notes=("row-level security: only the rows its policies show",) if row.filtered else (),
    )
