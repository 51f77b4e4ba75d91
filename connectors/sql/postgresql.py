"""PostgreSQL by psycopg 3: rights, estimates and partitions from the catalogue in one query a schema."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DOMAIN

from piiscan.connectors.sql.address import is_local
from piiscan.connectors.sql.matching import match_records
from piiscan.connectors.sql.server import BUCKETS, SEED, Cell, Expression, Facts, Server, Spread
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.types import TypeEngine

    from piiscan.connectors.sql.matching import Matcher

FILTERED: Final = """
row_security_active(c.oid) AND NOT coalesce((
  SELECT bool_or(p.polpermissive AND pg_get_expr(p.polqual, c.oid) = 'true')
     AND bool_and(p.polpermissive OR coalesce(pg_get_expr(p.polqual, c.oid), 'true') = 'true')
  FROM pg_catalog.pg_policy p
  WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*')
    AND EXISTS (SELECT FROM unnest(p.polroles) AS r WHERE r = 0 OR pg_has_role(r, 'USAGE'))
), false)
"""
"""Whether policies may hide rows of ``c`` from this account: not if one lets it see all and none takes some away."""
FACTS: Final = sa.text(f"""
SELECT c.relname, c.relkind, c.reltuples, c.relpages, root.nspname AS root_schema, root.relname AS root_name,
       has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable,
       c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
       {FILTERED} AS filtered
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
  WITH RECURSIVE up(oid) AS (
    SELECT c.oid UNION ALL SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN up ON i.inhrelid = up.oid
  )
  SELECT rn.nspname, rc.relname
  FROM up JOIN pg_catalog.pg_class rc ON rc.oid = up.oid JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
  WHERE NOT rc.relispartition
) root ON c.relispartition
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
""")  # noqa: S608  # put together of constants
WITHHELD: Final = sa.text(f"""
SELECT {FILTERED}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :name
""")  # noqa: S608  # as above
RIGHTS: Final = sa.text("""
SELECT count(*), (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
""")
GRANTS: Final = "CREATE ROLE piiscan LOGIN; GRANT CONNECT ON DATABASE ... TO piiscan; GRANT USAGE ON SCHEMA ... TO piiscan; GRANT SELECT ON ALL TABLES IN SCHEMA ... TO piiscan"
DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
TYPES: Final = sa.text("""
SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :name AND a.attnum > 0 AND NOT a.attisdropped
""")
TOUCHED: Final = "SELECT sum(n_tup_del + n_tup_upd) FROM pg_catalog.pg_stat_xact_user_tables"
PAGE_BYTES: Final = 8192
REFUSALS: Final = (
    ("FATAL: +password authentication failed", "28P01", "the login was refused: wrong user or password"),
    (
        "no password supplied",
        "28P01",
        "the login was refused: no password given, set password_file or password_command",
    ),
    ("FATAL: +role .* does not exist", "28000", "the login was refused: the server knows no such user"),
    ("FATAL: +role .* is not permitted to log in", "28000", "the login was refused: ALTER ROLE ... LOGIN is missing"),
    ("pg_hba\\.conf", "28000", "the login was refused: pg_hba.conf has no entry for this user, host and database"),
    ("FATAL: .*authentication failed", "28000", "the login was refused: the server's proof of identity failed"),
    ("FATAL: +permission denied for database", "42501", "the login was refused: GRANT CONNECT ON DATABASE is missing"),
    ("FATAL: +database .* does not exist", "3D000", "the server has no such database: check its name in the url"),
    ("FATAL: .*(too many c|connection slots)", "53300", "the server has no connection left: try again later"),
    ("failed: FATAL:", "08004", "the server is there, but refused the connection: look at its log"),
)
"""What a server says while a connection is made, for libpq passes no SQLSTATE on then; that code, and our words."""


class Postgresql(Server):
    """A PostgreSQL database."""

    name = "PostgreSQL"
    hidden = frozenset({"information_schema"})
    fences_dates = True
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
        return {
            "application_name": "piiscan",
            "client_encoding": "utf8",
            "connect_timeout": max(2, round(self.plan.connect_timeout_s)),
        }

    def connect(
        self, driver: Callable[..., Any], address: Sequence[Any], settings: Mapping[str, Any], info: dict[Any, Any]
    ) -> Any:
        """Also from a database that does not know its encoding."""
        connection = super().connect(driver, address, settings, info)
        if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
            from piiscan.connectors.sql.unencoded import accept_any_bytes  # noqa: PLC0415  # it needs the driver

            accept_any_bytes(connection)
        return connection

    def execution_options(self) -> dict[str, Any]:
        """One read-only snapshot a transaction."""
        return {**super().execution_options(), "postgresql_readonly": not self.plan.write}

    def settings(self) -> tuple[str, ...]:
        """Read-only, bounded, in UTC, with dates as ISO. What is written is on disk when it is committed."""
        statement, lock = round(self.plan.statement_timeout_s * 1000), round(self.plan.lock_timeout_s * 1000)
        return (
            DURABLE if self.plan.write else "SET default_transaction_read_only = on",
            f"SET statement_timeout = {statement}",
            f"SET lock_timeout = {lock}",
            f"SET idle_in_transaction_session_timeout = {max(statement, 600_000)}",
            "SET jit = off",
            "SET TimeZone = 'UTC'",
            "SET DateStyle = 'ISO, YMD'",
            "SET IntervalStyle = 'postgres'",
        )

    def prepare(self, connection: Any) -> None:
        """In autocommit: a SET inside a transaction is lost with it. A statement ends when its reader is gone."""
        import psycopg  # noqa: PLC0415  # the driver is loaded by now

        connection.autocommit = True
        super().prepare(connection)
        with suppress(psycopg.Error):  # from PostgreSQL 14, and not on every platform
            connection.execute("SET client_connection_check_interval = '5s'")
        connection.autocommit = False

    def code(self, error: BaseException) -> str:
        """The SQLSTATE; where a connection never stood, libpq gives none and its sentence (host and user only) is read."""
        state = getattr(error, "sqlstate", None)
        return str(state) if state else next((code for code, _ in _refusals(error)), type(error).__name__)

    def describe(self, error: BaseException) -> str:
        """Why no connection came about."""
        return next((words for _, words in _refusals(error)), "")

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
        """Planner's estimates; a partition names the table that reads it."""
        return {row.relname: _facts(row) for row in connection.execute(FACTS, {"schema": schema})}

    def withholds(self, connection: sa.Connection, schema: str | None, name: str) -> str:
        """By row-level security."""
        if not connection.scalar(WITHHELD, {"schema": schema, "name": name}):
            return ""
        return "row-level security hides rows from this account: GRANT it BYPASSRLS, or a policy USING (true)"

    def base(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """A domain is what it is made of."""
        return self.base(kind.data_type) if isinstance(kind, DOMAIN) else kind

    def plain(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """Compared by bytes: any other collation costs more than all the rest, and some know no patterns."""
        return sa.collate(super().plain(column, kind), "C")

    def fence(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """By a column that the planner must take for different each time it is asked: it costs nothing, and workers can share the rows.

        OFFSET 0, the usual way, would leave them to one process.
        """
        return query.add_columns(sa.func.pg_is_in_recovery().label("piiscan_fence"))

    def group(self, connection: sa.Connection) -> None:
        """The planner takes the groups for many, and would sort all rows on disk."""
        connection.exec_driver_sql("SET LOCAL enable_sort = off")

    def exact(self, text: Expression) -> Expression:
        """By bytes, for a collation may ignore case."""
        return sa.collate(text, "C")

    def cell(self, name: str, kind: TypeEngine[Any]) -> Cell:
        """A domain is fetched as what it is made of."""
        return super().cell(name, self.base(kind))

    def matcher(self, connection: sa.Connection, schema: str | None, name: str, _columns: Sequence[str]) -> Matcher:
        """By one value to bind."""
        rows = connection.execute(TYPES, {"schema": schema, "name": name})
        return match_records({row.name: row.type for row in rows})

    def key_part(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """A domain is what it is made of."""
        return super().key_part(column, self.base(kind))

    def touched(self, connection: sa.Connection) -> int | None:
        """By the statistics of this transaction, where the server keeps any."""
        if connection.exec_driver_sql("SHOW track_counts").scalar() != "on":
            return None
        return int(connection.exec_driver_sql(TOUCHED).scalar() or 0)

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


def _refusals(error: BaseException) -> Iterator[tuple[str, str]]:
    """Code and words of what a connection failed of, the most particular first."""
    if getattr(error, "sqlstate", None) is None and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}:
        text = str(error)
        yield from ((code, words) for said, code, words in REFUSALS if re.search(said, text))


def _facts(row: Any) -> Facts:
    return Facts(
        rows=int(row.reltuples) if row.reltuples > 0 else None,
        size_bytes=row.relpages * PAGE_BYTES if row.relpages > 0 else None,
        is_view=row.relkind in "vmf",
        hint="ONLY" if row.has_children else "",
        readable=row.readable,
        root=(row.root_schema, row.root_name) if row.root_name else None,
        notes=("row-level security: only the rows its policies show",) if row.filtered else (),
    )
