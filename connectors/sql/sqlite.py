"""SQLite: one file, opened read-only; any column may hold any type."""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal
from urllib.parse import unquote

import sqlalchemy as sa

from piiscan.connectors.sql.matching import match_each, match_json
from piiscan.connectors.sql.server import BLOB_CAP, BUCKETS, TEXT_CAP, Cell, Expression, Facts, Server
from piiscan.connectors.sql.sqlitefile import IMMUTABLE, SHARED_LOG, DatabaseFile
from piiscan.errors import SourceError
from piiscan.model import Check, SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.types import TypeEngine

    from piiscan.connectors.sql.matching import Matcher
    from piiscan.model import ReadPlan

COUNTED_ROWS: Final = 100_000
"""Rows counted one by one for the listing; beyond, the range of rowids is the estimate."""
TICK: Final = 20_000
"""Instructions of SQLite's machine between two looks at the clock."""
LEADING: Final = sa.text("""
SELECT 1 FROM pragma_index_list(:name) l JOIN pragma_index_info(l.name) i
WHERE i.seqno = 0 AND i.name = :column AND NOT l.partial
UNION SELECT 1 FROM pragma_table_info(:name) WHERE name = :column AND pk = 1 AND type = 'INTEGER' COLLATE NOCASE
""")
PAUSE_S: Final = 0.1
"""A longer time between two looks is the reader's pause, not SQLite's work."""


class Stopwatch:
    """Interrupts a statement that has worked for too long; SQLite has no timeout of its own."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.restart()

    def restart(self) -> None:
        """Starts anew: a statement begins."""
        self.worked_s = 0.0
        self.last = time.monotonic()

    def __call__(self) -> int:
        """1 when the statement must end, as SQLite wants it."""
        now = time.monotonic()
        self.worked_s += min(now - self.last, PAUSE_S)
        self.last = now
        return int(self.worked_s > self.limit_s)


class Sqlite(Server):
    """A SQLite database file."""

    name = "SQLite"
    joins_exists: ClassVar[bool] = False
    isolation = None
    begin = "BEGIN"
    begin_writing = "BEGIN IMMEDIATE"
    bind_limit = 30_000 if sqlite3.sqlite_version_info >= (3, 32) else 900
    loses_bytes = True
    codes: ClassVar = {
        "SQLITE_BUSY": SkipCode.TIMEOUT,
        "SQLITE_LOCKED": SkipCode.TIMEOUT,
        "SQLITE_INTERRUPT": SkipCode.TIMEOUT,
        "SQLITE_CANTOPEN": SkipCode.UNREACHABLE,
        "SQLITE_IOERR": SkipCode.UNREADABLE,
        "SQLITE_CORRUPT": SkipCode.UNREADABLE,
        "SQLITE_NOTADB": SkipCode.UNREADABLE,
        "SQLITE_PERM": SkipCode.NO_PERMISSION,
        "SQLITE_AUTH": SkipCode.NO_PERMISSION,
        "SQLITE_TOOBIG": SkipCode.TOO_LARGE,
        "SQLITE_READONLY": SkipCode.UNREADABLE,
    }
    words: ClassVar = {
        "SQLITE_READONLY": "a program that uses it crashed and left a journal beside it: open and close it once with that program, then scan again",
    }

    def __init__(self, url: sa.URL, plan: ReadPlan) -> None:
        super().__init__(url, plan)
        path = unquote((url.database or "").removeprefix("file:"))
        self.file = DatabaseFile(Path(os.path.realpath(path)), plan.lock_timeout_s)

    def connect_args(self) -> dict[str, Any]:
        """The busy timeout."""
        return {"timeout": self.plan.lock_timeout_s}

    def pooling(self) -> dict[str, Any]:
        """None is kept: between two tables the owner may do as he likes, and the file is looked at anew."""
        return {"poolclass": sa.NullPool}

    def connect(
        self, driver: Callable[..., Any], address: Sequence[Any], settings: Mapping[str, Any], info: dict[Any, Any]
    ) -> Any:
        """In the way that leaves no trace beside the file as it lies there now; to write, as any program does."""
        if self.plan.write:
            return driver(address[0].replace("?mode=ro", "?mode=rw"), **settings)
        try:
            with self.file.opening() as how:
                if how == IMMUTABLE:
                    info["state"] = self.file.state()
                connection = driver(address[0] + how, **settings)
                if how == SHARED_LOG:
                    _enter(connection)
        except OSError as error:
            raise _unopenable(error) from None
        return connection

    def confirm(self, connection: sa.Connection) -> None:
        """A file opened as immutable must have been that."""
        before = connection.info.get("state")
        if before is None:
            return
        try:
            changed = self.file.state() != before
        except OSError:
            changed = True
        if changed:
            raise SourceError(
                SkipCode.UNREADABLE,
                "it was written to while being read, so what was read may not fit together; try again",
            ) from None

    def close(self) -> None:
        """Lets go of the file."""
        self.file.close()

    def settings(self) -> tuple[str, ...]:
        """A second seat belt beside ``mode=ro``, and no spilling of temporary tables to disk.

        What is written is checked against foreign keys, on disk when it is committed, and overwrites what it deletes.
        """
        own = (
            ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON")
            if self.plan.write
            else ("query_only = ON",)
        )
        return (*(f"PRAGMA {setting}" for setting in own), "PRAGMA temp_store = MEMORY")

    def prepare(self, connection: Any) -> None:
        """Also: damaged text is replaced, not raised; our own hash, small letters and clock; SQLAlchemy's transactions."""
        super().prepare(connection)
        connection.isolation_level = None
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.create_function(
            "piiscan_bucket", 1, lambda key: zlib.crc32(key.encode()) % BUCKETS, deterministic=True
        )
        connection.create_function("piiscan_lower", 1, lambda text: text and str(text).lower(), deterministic=True)
        watch = Stopwatch(self.plan.statement_timeout_s)
        connection.set_progress_handler(watch, TICK)
        self.watch = watch

    def code(self, error: BaseException) -> str:
        """``SQLITE_BUSY``...; extended codes are cut to their family."""
        name = str(getattr(error, "sqlite_errorname", None) or type(error).__name__)
        if name == "SQLITE_ERROR" and str(error).startswith("no such table"):
            return "no such table"
        return "_".join(name.split("_")[:2])

    def judge(self, error: BaseException) -> SkipCode | None:
        """Also the one message SQLite has no code for."""
        return SkipCode.VANISHED if self.code(error) == "no such table" else super().judge(error)

    def schemas(self, _inspector: sa.Inspector) -> list[str | None]:
        """One place without a name."""
        return [None]

    def facts(self, connection: sa.Connection, _schema: str | None) -> dict[str, Facts]:
        """Rows: counted where few, else the range of rowids."""
        inspector = sa.inspect(connection)
        tables = {name: self._rows(connection, sa.table(name)) for name in inspector.get_table_names()}
        return {**tables, **{name: Facts(is_view=True) for name in inspector.get_view_names()}}

    def _rows(self, connection: sa.Connection, table: sa.TableClause) -> Facts:
        some = sa.select(sa.literal(1)).select_from(table).limit(COUNTED_ROWS + 1).subquery()
        try:
            counted = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
            if counted <= COUNTED_ROWS:
                return Facts(rows=counted, rows_exact=True)
            key = self.row_key(connection, table)
            if key is None:
                return Facts()
            first = connection.scalar(sa.select(sa.func.min(key)).select_from(table))
            last = connection.scalar(sa.select(sa.func.max(key)).select_from(table))
        except sa.exc.DBAPIError:
            return Facts()
        return Facts(rows=int(last or 0) - int(first or 0) + 1)

    def fingerprint(self) -> str | None:
        """Of the file and its log."""
        return self.file.fingerprint()

    def exact(self, text: Expression) -> Expression:
        """Against NOCASE and RTRIM, which outlive a cast."""
        return sa.collate(text, "BINARY")

    def folded(self, text: Expression) -> Expression:
        """SQLite itself knows the small letters of ASCII only."""
        return self.exact(sa.func.piiscan_lower(text, type_=sa.Text()))

    def cell(self, name: str, _kind: TypeEngine[Any]) -> Cell:
        """Each value by its own type: a declared type binds nothing here."""
        raw: Expression = sa.column(name)
        stored = sa.func.typeof(raw)
        expression = sa.case(
            (stored == "text", self.head(raw, TEXT_CAP + 1)),
            (stored == "blob", self.head(raw, BLOB_CAP + 1)),
            else_=raw,
        )
        return Cell(name, expression, TEXT_CAP)

    def key_part(self, column: Expression, _kind: TypeEngine[Any]) -> Expression:
        """As it is stored: a declared type binds nothing here."""
        return column

    def matcher(self, _connection: sa.Connection, _schema: str | None, _name: str, _columns: Sequence[str]) -> Matcher:
        """For a list of rows SQLite reads the whole table."""
        return match_each

    def set_matcher(
        self, _connection: sa.Connection, _schema: str | None, _name: str, _columns: Sequence[str]
    ) -> Matcher:
        """By one value to bind."""
        return match_json

    def is_indexed(self, connection: sa.Connection, _schema: str | None, name: str, column: str) -> bool:
        """By an index that begins with it, or because it is the rowid."""
        return connection.scalar(LEADING, {"name": name, "column": column}) is not None

    def touched(self, connection: sa.Connection) -> int | None:
        """By SQLite's own count, in which foreign keys and triggers are (https://www.sqlite.org/c3ref/total_changes.html)."""
        return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]

    def row_key(self, connection: sa.Connection, table: sa.TableClause) -> Expression | None:
        """The rowid, under whichever of its names no column hides; None for a table made WITHOUT ROWID."""
        columns = {column["name"].lower() for column in sa.inspect(connection).get_columns(table.name)}
        for name in ("rowid", "_rowid_", "oid"):
            if name not in columns:
                key = sa.literal_column(name, sa.Integer())
                try:
                    connection.execute(sa.select(key).select_from(table).limit(0))
                except sa.exc.OperationalError:
                    return None
                return key
        return None

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """A checksum registered on the connection: SQLite has no hash."""
        joined: Expression = sa.literal("")
        for part in key:
            joined = joined + "|" + sa.func.coalesce(sa.cast(part, sa.Text()), "")
        return sa.func.piiscan_bucket(joined, type_=sa.Integer())

    def style(self, _kind: TypeEngine[Any]) -> Literal["native", "number", "text", "each"]:
        """Each row by the type its own value has."""
        return "each"

    def plain(self, column: Expression, _kind: TypeEngine[Any]) -> Expression:
        """As it is: `by_type` asks which values are texts."""
        return column

    def looks(self, text: Expression, shape: str) -> Expression:
        """By GLOB, in SQLite's own machine."""
        pattern = shape.replace("#", "[0-9]").replace("A", "[A-Za-z]")
        return sa.or_(text.op("GLOB")(sa.literal(pattern)), text.op("GLOB")(sa.literal(f"{pattern}[ T]*")))

    def by_type(self, column: Expression, text: Expression | None, number: Expression | None) -> Expression:
        """By typeof: a declared type binds nothing here."""
        stored = sa.func.typeof(column)
        cases = [] if text is None else [(stored == "text", text)]
        cases += [] if number is None else [(stored.in_(("integer", "real")), number)]
        return sa.case(*cases)

    def fence(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """By a limit that is none: SQLite would put an expression wherever its name stands."""
        return query.offset(0)

    def iso_of(self, days: Expression) -> Expression:
        """By its date function, which gives NULL for what it does not understand."""
        return sa.func.date(days * 86_400, "unixepoch", type_=sa.Text())

    def version(self, connection: sa.Connection) -> str:
        """The library's version."""
        return ".".join(str(part) for part in connection.dialect.server_version_info or ())

    def checks(self, connection: sa.Connection) -> Iterator[Check]:
        """A file needs no encryption on the way; ``mode=ro`` cannot write."""
        yield Check("encrypted", "ok", "a local file, no network")
        writable = connection.exec_driver_sql("PRAGMA query_only").scalar() != 1
        yield Check("read-only", "failed" if writable else "ok", "the file is opened with mode=ro and query_only")
        yield Check(
            "timeouts", "ok", f"statement {self.plan.statement_timeout_s:g} s, lock {self.plan.lock_timeout_s:g} s"
        )


def _enter(connection: Any) -> None:
    """Makes SQLite open the log now, and hold it until the connection is closed."""
    try:
        connection.execute("PRAGMA schema_version").fetchall()
    except BaseException:
        connection.close()
        raise


def _unopenable(error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError(SkipCode.UNREACHABLE, "there is no such file", hint="check the path in the url")
    if isinstance(error, PermissionError):
        return SourceError(SkipCode.NO_PERMISSION, "the file may not be read", hint="let the scanning account read it")
    return SourceError(
        SkipCode.UNREADABLE, f"the file cannot be opened ({type(error).__name__})", hint="check the disk"
    )
