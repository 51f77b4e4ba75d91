"""How the store's database is reached: address, opening for reading or writing, the run lock, errors in plain words."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from piiscan.errors import LockedError, StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import Secret

BUSY_MS: Final = 30_000
"""How long a connection waits for another one's transaction."""
CONNECT_S: Final = 10
"""How long a database server may take to answer."""
LOCK_KEY: Final = 0x7069697363616E
"""PostgreSQL advisory lock key, together with the schema: the letters of the program's name."""

_LOCK: Final = text("SELECT pg_try_advisory_lock(hashtextextended(coalesce(current_schema(), ''), :key))")
_UNLOCK: Final = text("SELECT pg_advisory_unlock(hashtextextended(coalesce(current_schema(), ''), :key))")
_SQLITE: Final = {
    "SQLITE_FULL": (
        "the disk under the store is full",
        "free some space and scan again: the run goes on where it stopped",
    ),
    "SQLITE_IOERR": (
        "the store's disk failed to read or write",
        "check the disk and free space, then scan again: the run goes on",
    ),
    "SQLITE_CORRUPT": ("the store is damaged", "restore a backup, or move the file away and scan again"),
    "SQLITE_NOTADB": (
        "the store's file is no piiscan store",
        "check [store] url, or move the file away and scan again",
    ),
    "SQLITE_BUSY": ("the store is in use by another program", "try again when it is done"),
    "SQLITE_READONLY": ("the store is read-only", "scan needs write permission on the file and its folder"),
    "SQLITE_PERM": ("no permission on the store's file", "run as its owner, or change [store] url"),
    "SQLITE_CANTOPEN": (
        "the store's file cannot be opened",
        "check [store] url, the folder, and the permissions on both",
    ),
}
_POSTGRESQL: Final = {
    "53": (
        "the store's database server is out of space or connections",
        "free some and scan again: the run goes on where it stopped",
    ),
    "3F": ("the store's schema does not exist", "create it, or change [store] url"),
    "42501": ("no permission in the store's database", "the user of [store] url needs CREATE and USAGE on the schema"),
    "55P03": ("the store is in use by another program", "try again when it is done"),
}


class Address:
    """Where a store lies: one SQLite file or one PostgreSQL schema. Its text never shows a password."""

    def __init__(self, url: str, secret: Secret | None = None) -> None:
        """Raises UsageError when the address is of no kind the store knows."""
        hint = "[store] url is sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise UsageError("[store] url is no database URL", hint=hint) from None
        self.path: Path | None = None
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            self.path = Path(parsed.database).absolute()
        elif parsed.get_backend_name() != "postgresql":
            raise UsageError(f"[store] url: a store cannot be kept at {parsed.drivername!r}", hint=hint)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url: URL = parsed.set(password=secret.reveal()) if secret else parsed

    def __str__(self) -> str:
        return str(self.path) if self.path else self.url.set(query={}).render_as_string(hide_password=True)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def reader(self) -> Engine:
        """An engine that cannot write: SQLite files are opened read-only, and as immutable where the medium is."""
        if self.path is None:
            return self._postgresql().execution_options(postgresql_readonly=True)
        path = self.path
        return _sqlite(lambda: _connect_readonly(path), begin="BEGIN")

    def writer(self) -> Engine:
        """An engine for the one process that writes; a SQLite file is created, readable by its owner only."""
        if self.path is None:
            return self._postgresql()
        path = self.path
        return _sqlite(lambda: _connect_writable(path), begin="BEGIN IMMEDIATE")

    def _postgresql(self) -> Engine:
        wait = {"connect_timeout": CONNECT_S} if "connect_timeout" not in self.url.query else {}
        return create_engine(self.url, poolclass=NullPool, hide_parameters=True, connect_args=wait)

    @contextmanager
    def locked(self, connection: Connection) -> Iterator[None]:
        """Holds the run lock: a lock file beside a SQLite store, an advisory lock of ``connection`` on PostgreSQL.

        Raises LockedError (exit 5) when another run holds it. Both locks die with the process that holds them.
        """
        hint = "wait for it to end: only one run at a time may write"
        taken = LockedError(f"another run holds the store's lock: {self}", hint=hint)
        if self.path is None:
            with connection.begin():
                if not connection.scalar(_LOCK, {"key": LOCK_KEY}):
                    raise taken
            try:
                yield
            finally:
                # The server would let go too, but only some time after the connection has closed.
                with suppress(SQLAlchemyError), connection.begin():
                    connection.execute(_UNLOCK, {"key": LOCK_KEY})
            return
        lock = FileLock(f"{self.path}.lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise taken from None
        try:
            yield
        finally:
            lock.release()


def _sqlite(connect: Any, *, begin: str) -> Engine:
    """An engine over ``connect`` whose transactions begin when SQLAlchemy says so, not when sqlite3 guesses."""
    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _connect_readonly(path: Path) -> sqlite3.Connection:
    where = f"file:{quote(str(path))}?mode=ro"
    connection = sqlite3.connect(where, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as problem:
        connection.close()
        # A WAL database needs its -shm file beside it. Where none can be made, nobody can be writing either.
        wal = Path(f"{path}-wal")
        unmakable = getattr(problem, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
        if not unmakable or os.access(path.parent, os.W_OK) or (wal.exists() and wal.stat().st_size):
            raise
        connection = sqlite3.connect(f"{where}&immutable=1", uri=True, isolation_level=None)
    return connection


def _connect_writable(path: Path) -> sqlite3.Connection:
    with suppress(FileExistsError):
        # SQLite gives -wal and -shm the mode of the database file, so this one line keeps all three private.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def plain_errors(address: Address) -> Iterator[None]:
    """Turns whatever the database or the disk says into a StoreError of one line: no statement, no value, no password."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as problem:
        raise _explain(problem, address) from None
    except OSError as problem:
        raise StoreError(
            f"the store cannot be used: {os.strerror(problem.errno or 0)}: {address}",
            hint="check [store] url, the folder, and the permissions on both",
        ) from None


def _explain(problem: Exception, address: Address) -> StoreError:
    origin = problem.orig if isinstance(problem, DBAPIError) else problem
    name = getattr(origin, "sqlite_errorname", None) or ""
    code = getattr(origin, "sqlstate", None) or ""
    for known, given in ((_SQLITE, name), (_POSTGRESQL, code)):
        for start, (what, hint) in known.items():
            if given and given.startswith(start):
                return StoreError(f"{what}: {address}", hint=hint)
    if not address.path and (not code or code.startswith(("08", "57"))):
        return StoreError(
            f"the store's database cannot be reached: {address}",
            hint="check that the server runs, and host, database, user and password of [store] url",
        )
    return StoreError(
        f"the store failed ({name or code or type(origin).__name__}): {address}", hint="see piiscan --debug"
    )
