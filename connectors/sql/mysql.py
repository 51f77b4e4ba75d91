"""MariaDB and MySQL: one class, for SQLAlchemy speaks to both and executable comments tell them apart."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import BIT

from piiscan.connectors.sql.address import is_local
from piiscan.connectors.sql.matching import match_each, match_list
from piiscan.connectors.sql.server import BUCKETS, SEED, Cell, Expression, Facts, Server, Spread
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.types import TypeEngine

    from piiscan.connectors.sql.matching import Matcher

FACTS: Final = sa.text("""
SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, TABLE_ROWS AS number, DATA_LENGTH AS size
FROM information_schema.TABLES WHERE TABLE_SCHEMA = :schema
""")
CHARSETS: Final = sa.text("""
SELECT COLUMN_NAME AS name, CHARACTER_SET_NAME AS charset
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = :schema AND TABLE_NAME = :name
""")
KINDS: Final = frozenset({"BASE TABLE", "VIEW", "SYSTEM VERSIONED"})
GRANT_LINE: Final = re.compile(r"^GRANT (?P<rights>.+?) ON (?P<where>\S+|`(?:[^`]|``)*`\.\S+) TO ")
READ_RIGHTS: Final = frozenset(
    {
        "USAGE",
        "SELECT",
        "SHOW VIEW",
        "SHOW DATABASES",
        "PROCESS",
        "REPLICATION CLIENT",
        "BINLOG MONITOR",
        "PROXY",
        "SLAVE MONITOR",
    }
)
STRICT: Final = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), SESSION foreign_key_checks = 1, SESSION unique_checks = 1"
"""Without it NULL for a column that must not be null becomes 0 or '', and a text that is too long is cut."""
SHOWN_RIGHTS: Final = 5
ALL_ROWS: Final = (1 << 63) - 1
GRANTS: Final = "CREATE USER piiscan IDENTIFIED BY ...; GRANT SELECT, SHOW VIEW ON `database`.* TO piiscan"


class Mariadb(Server):
    """A MariaDB server, or one database of it; MySQL differs in its name only."""

    name = "MariaDB"
    deletes_loops = False
    hidden = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
    fences_dates = True
    codes: ClassVar = {
        **dict.fromkeys(
            (
                "1044",
                "1045",
                "1130",
                "1142",
                "1143",
                "1227",
                "1370",
                "1410",
                "1449",
                "1698",
                "1820",
                "1862",
                "3118",
                "4151",
            ),
            SkipCode.NO_PERMISSION,
        ),
        **dict.fromkeys(("1205", "1317", "1969", "3024", "4031"), SkipCode.TIMEOUT),
        **dict.fromkeys(
            (
                "1040",
                "1049",
                "1053",
                "1129",
                "1152",
                "1184",
                "1927",
                "2002",
                "2003",
                "2005",
                "2006",
                "2012",
                "2013",
                "2026",
                "2055",
            ),
            SkipCode.UNREACHABLE,
        ),
        **dict.fromkeys(("1051", "1146"), SkipCode.VANISHED),
        **dict.fromkeys(
            ("126", "127", "144", "145", "1034", "1035", "1194", "1195", "1712", "1932"), SkipCode.UNREADABLE
        ),
        **dict.fromkeys(("1021", "1038", "1041", "1104", "1153", "1203", "1226"), SkipCode.LIMIT),
    }
    words: ClassVar = {
        "1044": "the login was refused: there is no such database, or the account has no right on it",
        **dict.fromkeys(("1045", "1698"), "the login was refused: wrong user or password, or not from this host"),
        "1049": "the server has no such database: check its name in the url",
        "1665": "it logs statements, which does not go with READ COMMITTED: set binlog_format = MIXED or ROW",
        "1130": "the login was refused: no account may connect from this host",
        **dict.fromkeys(("1820", "1862"), "the login was refused: the password has expired"),
        **dict.fromkeys(("3118", "4151"), "the login was refused: the account is locked"),
    }

    def connect_args(self) -> dict[str, Any]:
        """How long to wait for the connection, and for the next bytes on it."""
        connect, read = max(1, round(self.plan.connect_timeout_s)), max(1, round(self.plan.statement_timeout_s)) + 5
        return {"connect_timeout": connect, "read_timeout": read}

    def settings(self) -> tuple[str, ...]:
        """MariaDB runs ``/*M!``, MySQL from 5.7.8 runs ``/*!50708``; each takes the other's for a comment."""
        lock = max(1, round(self.plan.lock_timeout_s))
        return (
            STRICT if self.plan.write else "SET SESSION TRANSACTION READ ONLY",
            f"SET SESSION lock_wait_timeout = {lock}, SESSION innodb_lock_wait_timeout = {lock}, SESSION net_write_timeout = 600, SESSION time_zone = '+00:00'",
            self._limit(self.plan.statement_timeout_s),
        )

    def _limit(self, seconds: float) -> str:
        """One statement that bounds all later ones; 0 lifts the bound."""
        return f"SET SESSION sql_select_limit = DEFAULT /*M!, SESSION max_statement_time = {seconds:g} *//*!50708 , SESSION max_execution_time = {round(seconds * 1000)} */"

    def stream(self, connection: sa.Connection) -> None:
        """The server counts the time its client takes to read: there read_timeout watches instead."""
        connection.exec_driver_sql(self._limit(0))

    def abandon(self, connection: sa.Connection, result: sa.CursorResult[Any]) -> None:
        """Drops the connection: PyMySQL would read an unread stream to its end before it lets go of it."""
        pending: Any = getattr(result.cursor, "_result", None)
        if pending is not None:
            pending.unbuffered_active = False  # else PyMySQL drains in its destructor, on a closed socket
        connection.invalidate()

    def code(self, error: BaseException) -> str:
        """The error number."""
        number = getattr(error, "errno", None) or next(iter(error.args), None)
        return str(number) if isinstance(number, int) else type(error).__name__

    def schemas(self, inspector: sa.Inspector) -> list[str | None]:
        """The url's database under its bare table names; without one, all the account may see."""
        return [None] if self.url.database else super().schemas(inspector)

    def facts(self, connection: sa.Connection, schema: str | None) -> dict[str, Facts]:
        """Estimates of the storage engines."""
        rows = connection.execute(FACTS, {"schema": schema or self.url.database})
        return {
            row.name: Facts(
                rows=row.number,
                size_bytes=row.size,
                is_view=row.kind == "VIEW",
                hint="FOR SYSTEM_TIME ALL" if row.kind == "SYSTEM VERSIONED" else "",
            )
            for row in rows
            if row.kind in KINDS
        }

    def hides(self, connection: sa.Connection, schema: str | None) -> str:
        """Only a SELECT right on the whole database shows all its tables."""
        name = schema or self.url.database or ""
        if any(
            "SELECT" in rights or "ALL PRIVILEGES" in rights
            for rights, where in self._grants(connection)
            if _covers(where, name)
        ):
            return ""
        return f"the account sees only the tables granted one by one: GRANT SELECT ON {name}.* shows all"

    def hides_triggers(self, connection: sa.Connection, schema: str | None) -> str:
        """Only the right on them shows triggers."""
        name = schema or self.url.database or ""
        if any(
            "TRIGGER" in rights or "ALL PRIVILEGES" in rights
            for rights, where in self._grants(connection)
            if _covers(where, name)
        ):
            return ""
        return f"triggers may be there that the account cannot see: GRANT TRIGGER ON {name}.* shows them"

    def _grants(self, connection: sa.Connection) -> list[tuple[frozenset[str], str]]:
        """Rights and where they hold, of the account and its roles."""
        lines = [str(line) for line in connection.exec_driver_sql("SHOW GRANTS").scalars()]
        found = [match for line in lines if (match := GRANT_LINE.match(line))]
        return [
            (
                frozenset(right.strip().upper() for right in re.sub(r"\([^)]*\)", "", match["rights"]).split(",")),
                match["where"],
            )
            for match in found
        ]

    def spell(self, name: str) -> str:
        """The Inspector leaves the backticks of a name doubled, as SHOW CREATE TABLE prints them."""
        return name.replace("``", "`")

    def exact(self, text: Expression) -> Expression:
        """Byte by byte: other collations ignore case, accents or blanks at the end."""
        return sa.type_coerce(sa.cast(text, sa.LargeBinary()), sa.String())

    def cell(self, name: str, kind: TypeEngine[Any]) -> Cell:
        """Bits as a number; what SQLAlchemy does not know (geometry) as bytes."""
        if isinstance(kind, BIT):
            return Cell(name, sa.column(name) + 0)
        if isinstance(kind, sa.types.NullType):
            return Cell(name, self.head(sa.column(name), self.blob_cap + 1), self.blob_cap)
        return super().cell(name, kind)

    def matcher(self, connection: sa.Connection, schema: str | None, name: str, columns: Sequence[str]) -> Matcher:
        """Lists of rows miss texts of a character set that is not the connection's (MariaDB 10.11): those one by one."""
        place = {"schema": schema or self.url.database, "name": name}
        sets = {row.name: row.charset for row in connection.execute(CHARSETS, place)}
        return match_list if {sets.get(column) for column in columns} <= {None, "utf8mb4"} else match_each

    def key_part(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """Bits as a number; a UUID as text, for PyMySQL can send no other."""
        if isinstance(kind, BIT):
            return sa.type_coerce(column + 0, sa.Integer())
        return super().key_part(column, sa.types.NULLTYPE if isinstance(kind, sa.Uuid) else kind)

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """CRC32, reduced by a prime: its low bits alone follow the text too closely."""
        return sa.func.crc32(sa.func.concat_ws("|", *key), type_=sa.Integer()) % 1_048_573 % BUCKETS

    def spread(self, table: sa.TableClause, wanted: int, total: int) -> Spread:
        """A seeded random number for each row of a full pass."""
        return Spread(table, sa.func.rand(SEED) < wanted / total, "sample: seeded random rows of a full pass, no key")

    def fence(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """By a limit that is none, which keeps a derived table from being merged: the groups of a join would be sorted out of all its rows."""
        return query.limit(ALL_ROWS)

    def is_real(self, column: Expression) -> Expression | None:
        """A date may have a day or month of 0 here, or be the 31st of February."""
        return sa.func.dayofmonth(column).between(1, sa.func.dayofmonth(sa.func.last_day(column)))

    def iso_of(self, days: Expression) -> Expression:
        """By its count of days from year 0."""
        return self.text(sa.func.from_days(days + 719_528))

    def new_year(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """Its own function."""
        return sa.cast(sa.func.makedate(sa.func.year(column), 1), kind)

    def plain(self, column: Expression, _kind: TypeEngine[Any]) -> Expression:
        """In the connection's character set, whatever the column's."""
        return sa.cast(column, sa.Text())

    def version(self, connection: sa.Connection) -> str:
        """As the server says it."""
        return str(connection.exec_driver_sql("SELECT VERSION()").scalar())

    def checks(self, connection: sa.Connection) -> Iterator[Check]:
        """From the session's status and SHOW GRANTS."""
        cipher = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Ssl_cipher'").first()
        if cipher and cipher[1]:
            yield Check("encrypted", "ok", str(cipher[1]))
        elif is_local(self.url):
            yield Check("encrypted", "ok", "not encrypted, but it stays on this machine (loopback or socket)")
        else:
            yield Check("encrypted", "warning", "not encrypted: add ?ssl_ca=FILE to the url")
        extra = sorted({right for rights, _ in self._grants(connection) for right in rights} - READ_RIGHTS)
        if extra:
            shown = ", ".join(extra[:SHOWN_RIGHTS]) + (", ..." if len(extra) > SHOWN_RIGHTS else "")
            yield Check(
                "read-only",
                "warning",
                f"the account has {shown}: a read-only session is a seat belt, use a SELECT-only account: {GRANTS}",
            )
        else:
            yield Check("read-only", "ok", "the account may only read")
        yield Check(
            "timeouts", "ok", f"statement {self.plan.statement_timeout_s:g} s, lock {self.plan.lock_timeout_s:g} s"
        )


class Mysql(Mariadb):
    """A MySQL server, or one database of it."""

    name = "MySQL"


def _covers(where: str, database: str) -> bool:
    r"""Whether ``*.*`` or ``db\_name%.*`` of a grant spans a whole database."""
    if not where.endswith(".*"):
        return False
    name = where[:-2].strip("`").replace("``", "`")
    if name == "*":
        return True
    pattern = re.sub(r"\\(.)|(%)|(_)|([\[*?])", lambda m: m[1] or ("*" if m[2] else "?" if m[3] else f"[{m[4]}]"), name)
    return fnmatchcase(database.lower(), pattern.lower())
