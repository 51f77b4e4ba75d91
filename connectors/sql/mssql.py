"""SQL Server by pyodbc (extra ``mssql``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa

from piiscan.connectors.sql.matching import match_each
from piiscan.connectors.sql.server import BUCKETS, Expression, Server
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.types import TypeEngine

    from piiscan.connectors.sql.matching import Matcher

GRANTS = "CREATE USER piiscan FOR LOGIN piiscan; ALTER ROLE db_datareader ADD MEMBER piiscan"

SQLSTATE_LENGTH = 5


class Mssql(Server):
    """A SQL Server database."""

    name = "SQL Server"
    isolation = "READ COMMITTED"
    bind_limit = 2_000
    hidden = frozenset(
        {
            "information_schema",
            "sys",
            "guest",
            "db_accessadmin",
            "db_backupoperator",
            "db_datareader",
            "db_datawriter",
            "db_ddladmin",
            "db_denydatareader",
            "db_denydatawriter",
            "db_owner",
            "db_securityadmin",
        }
    )
    codes: ClassVar = {
        "28000": SkipCode.NO_PERMISSION,
        "42S02": SkipCode.VANISHED,
        "HYT00": SkipCode.TIMEOUT,
        "HYT01": SkipCode.UNREACHABLE,
        "08001": SkipCode.UNREACHABLE,
        "08S01": SkipCode.UNREACHABLE,
        "IM002": SkipCode.UNREACHABLE,
        "01000": SkipCode.UNREACHABLE,
    }
    native = (*Server.native, sa.Date, sa.Time)

    def connect_args(self) -> dict[str, Any]:
        """The login timeout."""
        return {"timeout": max(1, round(self.plan.connect_timeout_s))}

    def settings(self) -> tuple[str, ...]:
        """SQL Server knows no read-only session: the account's rights decide."""
        return (f"SET LOCK_TIMEOUT {round(self.plan.lock_timeout_s * 1000)}", "SET DATEFORMAT ymd")

    def prepare(self, connection: Any) -> None:
        """The statement timeout is the driver's."""
        super().prepare(connection)
        connection.timeout = max(1, round(self.plan.statement_timeout_s))

    def code(self, error: BaseException) -> str:
        """The SQLSTATE, pyodbc's first argument."""
        state = next(iter(error.args), None)
        return state if isinstance(state, str) and len(state) == SQLSTATE_LENGTH else type(error).__name__

    def head(self, value: Expression, length: int) -> Expression:
        """Under its name here."""
        return sa.func.substring(value, 1, length)

    def text(self, value: Expression) -> Expression:
        """Style 126 is ISO 8601 for dates; other types ignore it."""
        return sa.func.convert(sa.literal_column("nvarchar(max)"), value, sa.literal_column("126"))

    def exact(self, text: Expression) -> Expression:
        """By code points."""
        return sa.collate(text, "Latin1_General_BIN2")

    def matcher(self, _connection: sa.Connection, _schema: str | None, _name: str, _columns: Sequence[str]) -> Matcher:
        """Rows of several values cannot be compared here."""
        return match_each

    def lock(self, query: sa.Select[Any], table: sa.FromClause) -> sa.Select[Any]:
        """By a hint on the table."""
        return query.with_hint(table, "WITH (UPDLOCK, HOLDLOCK)")

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """CHECKSUM is signed: the mask makes it a bucket."""
        return sa.func.checksum(*key, type_=sa.Integer()).bitwise_and(BUCKETS - 1)

    def looks(self, text: Expression, shape: str) -> Expression:
        """LIKE knows digits here."""
        pattern = shape.replace("#", "[0-9]").replace("A", "[A-Za-z]")
        return sa.or_(text.like(pattern), text.like(f"{pattern}[ T]%"))

    def part(self, text: Expression, start: int, length: int) -> Expression:
        """Under its name here."""
        return sa.func.substring(text, start, length, type_=sa.String())

    def iso_day(self, value: Expression) -> Expression:
        """By style 23, yyyy-mm-dd."""
        return sa.func.convert(sa.literal_column("nvarchar(10)"), value, sa.literal_column("23"))

    def iso_of(self, days: Expression) -> Expression:
        """By adding days to a date."""
        return self.iso_day(sa.func.dateadd(sa.literal_column("day"), days, sa.literal_column("'19700101'")))

    def new_year(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """Its own function."""
        return sa.cast(sa.func.datefromparts(sa.func.year(column), 1, 1), kind)

    def checks(self, connection: sa.Connection) -> Iterator[Check]:
        """By the session's own row and the rights on the database."""
        row = connection.exec_driver_sql(
            "SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID"
        ).scalar()
        yield Check(
            "encrypted",
            "ok" if row == "TRUE" else "warning",
            "TLS" if row == "TRUE" else "not encrypted: add Encrypt=yes to the url",
        )
        writes = connection.exec_driver_sql(
            "SELECT count(*) FROM fn_my_permissions(NULL, 'DATABASE') WHERE permission_name IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CONTROL')"
        ).scalar()
        yield Check(
            "read-only",
            "warning" if writes else "ok",
            f"the account may write: use a SELECT-only one: {GRANTS}" if writes else "the account may only read",
        )
