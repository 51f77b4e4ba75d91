"""Oracle by oracledb in thin mode (extra ``oracle``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa

from piiscan.connectors.sql.server import BUCKETS, SEED, Expression, Server, Spread
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.types import TypeEngine

GRANTS = "CREATE USER piiscan IDENTIFIED BY ...; GRANT CREATE SESSION TO piiscan; GRANT READ ON owner.table TO piiscan"


class Oracle(Server):
    """An Oracle database."""

    name = "Oracle"
    isolation = None
    begin = "SET TRANSACTION READ ONLY"
    hidden = frozenset(
        {
            "sys",
            "system",
            "outln",
            "xdb",
            "ctxsys",
            "dbsnmp",
            "appqossys",
            "audsys",
            "gsmadmin_internal",
            "mdsys",
            "olapsys",
            "ordsys",
            "wmsys",
            "lbacsys",
            "dvsys",
            "ojvmsys",
            "orddata",
            "gsmcatuser",
            "dbsfwuser",
            "ggsys",
            "anonymous",
            "sysbackup",
            "sysdg",
            "syskm",
            "sysrac",
            "xs$null",
            "remote_scheduler_agent",
            "vecsys",
            "baassys",
            "dvf",
            "gsmuser",
            "dip",
            "gsmrootuser",
            "si_informtn_schema",
            "ordplugins",
            "sys$umf",
        }
    )
    codes: ClassVar = {
        **dict.fromkeys(("1017", "1031", "1045", "28000", "28001", "41900"), SkipCode.NO_PERMISSION),
        **dict.fromkeys(("942", "4043"), SkipCode.VANISHED),
        **dict.fromkeys(("54", "1013", "30006", "DPY-4024"), SkipCode.TIMEOUT),
        **dict.fromkeys(
            (
                "3113",
                "3114",
                "3135",
                "12170",
                "12514",
                "12541",
                "12545",
                "DPY-6005",
                "DPY-4011",
                "DPY-6000",
                "DPY-6001",
            ),
            SkipCode.UNREACHABLE,
        ),
        **dict.fromkeys(("1578", "26040"), SkipCode.UNREADABLE),
        **dict.fromkeys(("1555", "1652"), SkipCode.LIMIT),
    }
    native = (*Server.native, sa.DateTime)
    blob_cap = 1999

    def connect_args(self) -> dict[str, Any]:
        """How long to wait for the connection."""
        return {"tcp_connect_timeout": self.plan.connect_timeout_s}

    def settings(self) -> tuple[str, ...]:
        """ISO dates in UTC; each transaction is made read-only when it begins."""
        return ("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'", "ALTER SESSION SET TIME_ZONE = '+00:00'")

    def prepare(self, connection: Any) -> None:
        """The statement timeout is the driver's, and large objects come as texts and bytes."""
        import oracledb  # noqa: PLC0415  # an extra: only here when it is installed

        oracledb.defaults.fetch_lobs = False
        super().prepare(connection)
        connection.call_timeout = round(self.plan.statement_timeout_s * 1000)

    def code(self, error: BaseException) -> str:
        """The number of ORA-..., or the driver's own DPY-... code."""
        first = next(iter(error.args), None)
        full = str(getattr(first, "full_code", ""))
        return full if full.startswith("DPY") else str(getattr(first, "code", type(error).__name__))

    def text(self, value: Expression) -> Expression:
        """Under its name here; a CAST to CLOB is refused for many types."""
        return sa.func.to_char(value)

    def head(self, value: Expression, length: int) -> Expression:
        """Binary objects have a function of their own, up to 2,000 bytes in SQL."""
        if length == self.blob_cap + 1:
            return sa.func.dbms_lob.substr(value, length, 1)
        return super().head(value, length)

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """ORA_HASH's second argument is the highest bucket."""
        joined: Expression = sa.func.to_char(key[0])
        for part in key[1:]:
            joined = joined.concat("|").concat(sa.func.to_char(part))
        return sa.func.ora_hash(joined, BUCKETS - 1, type_=sa.Integer())

    def spread_table(self, table: sa.TableClause, wanted: int, total: int) -> Spread:
        """A table's rows by their hashed address."""
        share = sa.func.ora_hash(sa.literal_column("ROWID"), BUCKETS - 1, SEED, type_=sa.Integer()) < round(
            BUCKETS * wanted / total
        )
        return Spread(table, share, "sample: hashed row addresses, no key")

    def iso_day(self, value: Expression) -> Expression:
        """By its pattern."""
        return sa.func.to_char(value, "YYYY-MM-DD")

    def iso_of(self, days: Expression) -> Expression:
        """By adding days to a date."""
        return self.iso_day(sa.literal_column("DATE '1970-01-01'", sa.Date()) + sa.cast(days, sa.Integer()))

    def new_year(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """By TRUNC."""
        return sa.func.trunc(column, "YYYY", type_=kind)

    def checks(self, connection: sa.Connection) -> Iterator[Check]:
        """By the session's context and its rights."""
        protocol = connection.exec_driver_sql("SELECT SYS_CONTEXT('USERENV', 'NETWORK_PROTOCOL') FROM DUAL").scalar()
        yield Check(
            "encrypted",
            "ok" if protocol == "tcps" else "warning",
            "TLS" if protocol == "tcps" else "not encrypted: use a tcps address",
        )
        writes = connection.exec_driver_sql(
            "SELECT count(*) FROM session_privs WHERE REGEXP_LIKE(privilege, '^(INSERT|UPDATE|DELETE|ALTER|DROP) ANY')"
        ).scalar()
        yield Check(
            "read-only",
            "warning" if writes else "ok",
            f"the account may write: use a SELECT-only one: {GRANTS}" if writes else "no right to write everywhere",
        )
