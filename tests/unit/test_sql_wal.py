"""SQLite files in WAL mode and files a crash left behind: read without a trace, or said to be unreadable."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.errors import SourceError
from piiscan.model import AgeRow, Clock, Container, ReadPlan, Skip, SkipCode, Source

OWNER = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
print("ready", flush=True)
for line in sys.stdin:
    if line == "crash\\n":
        os._exit(0)
    database.execute(line)
    print("done", flush=True)
database.close()
"""
NOBODY = 65534


class Owner:
    """Another process that has the database open."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def run(self, *statements):
        for statement in statements:
            self.process.stdin.write(statement + "\n")
            self.process.stdin.flush()
            assert self.process.stdout.readline() == "done\n"

    def crash(self):
        self.process.stdin.write("crash\n")
        self.close()

    def close(self):
        if not self.process.stdin.closed:
            self.process.communicate(timeout=60)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "source" / "crm.db"


@pytest.fixture
def own(path):
    """Makes owners of the file; the first makes the database, with a few rows."""
    path.parent.mkdir()
    owners = []

    def make():
        owners.append(Owner(path))
        if len(owners) == 1:
            owners[0].run(
                "PRAGMA journal_mode = WAL",
                "PRAGMA wal_autocheckpoint = 0",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, note TEXT)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO t SELECT i, '2024-05-06', 'x' FROM n",
            )
        return owners[-1]

    yield make
    for owner in owners:
        owner.close()


@pytest.fixture
def connect(path):
    made = []

    def make(**plan):
        made.append(
            SqlConnector(
                Source("db", "sql", f"sqlite:///{path}"), ReadPlan(**{"mode": "full", "lock_timeout_s": 0.3, **plan})
            )
        )
        return made[-1]

    yield make
    for connector in made:
        connector.close()


def _trace(path):
    """Everything a scan could have changed: names, owners, modes, inodes, sizes, times and bytes."""
    return {
        entry.name: (
            *((found := entry.stat()).st_uid, found.st_gid, found.st_mode, found.st_ino, found.st_size),
            *(found.st_mtime_ns, hashlib.sha256(entry.read_bytes()).hexdigest()),
        )
        for entry in sorted(path.parent.iterdir())
    }


def _scan(connector):
    """What a scan asks of a source: the listing, every row, every date."""
    read = []
    for container in [found for found in connector.containers() if isinstance(found, Container)]:
        for found in connector.batches(container):
            read += [found] if isinstance(found, Skip) else found.columns["id"]
        assert connector.ages(container, Clock("collected", ("at",)), None).rows == (AgeRow(date(2024, 5, 6), 50),)
    assert {line.status for line in connector.check()} == {"ok"}
    connector.close()
    return read


def test_a_closed_wal_database_is_read_without_a_trace(path, own, connect):
    """SQLite would make a log and an index beside it, which then belong to the scanner."""
    own().close()
    before = _trace(path)

    assert list(before) == ["crm.db"]
    assert _scan(connect()) == list(range(1, 51))
    assert _trace(path) == before


def test_a_log_in_use_is_read_without_a_trace_and_its_owner_goes_on(path, own, connect):
    """Rows that are in the log only count; afterwards the owner writes, and closes as if nobody had been there."""
    owner = own()
    before = _trace(path)

    assert sorted(before) == ["crm.db", "crm.db-shm", "crm.db-wal"]
    assert _scan(connect()) == list(range(1, 51))
    assert _trace(path) == before
    owner.run("INSERT INTO t VALUES (51, NULL, NULL)")
    owner.close()
    assert list(_trace(path)) == ["crm.db"]


def test_a_log_whose_owner_has_written_nothing_yet_is_left_alone(path, own, connect):
    """It is empty, but may grow at any moment."""
    own().close()
    own().run("SELECT count(*) FROM t")
    before = _trace(path)

    assert sorted(before) == ["crm.db", "crm.db-shm", "crm.db-wal"]
    assert _scan(connect()) == list(range(1, 51))
    assert _trace(path) == before


def test_what_a_crash_left_is_read_without_a_trace(path, own, connect):
    """The log is read through an index in our own memory: the one on disk is not mended."""
    own().crash()
    before = _trace(path)

    assert sorted(before) == ["crm.db", "crm.db-shm", "crm.db-wal"]
    assert _scan(connect()) == list(range(1, 51))
    assert _trace(path) == before


def test_an_empty_log_without_an_index_is_left_alone(path, own, connect):
    """An older scanner may have left it."""
    own().close()
    path.with_name("crm.db-wal").touch()
    before = _trace(path)

    assert _scan(connect()) == list(range(1, 51))
    assert _trace(path) == before


def test_a_link_is_followed_to_where_the_log_lies(path, own, connect, tmp_path):
    """SQLite looks for it beside the file, not beside the link."""
    own()
    link = tmp_path / "link.db"
    link.symlink_to(path)
    connector = SqlConnector(Source("db", "sql", f"sqlite:///{link}"), ReadPlan(mode="full"))
    before = _trace(path)

    assert _scan(connector) == list(range(1, 51))
    assert _trace(path) == before
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith("link.db-")]


def _lose_the_index(path, own):
    own().crash()
    path.with_name("crm.db-shm").unlink()


def _empty_the_file(path, own):
    """SQLite would take the log for a leftover and delete it, even read-only."""
    own().crash()
    path.write_bytes(b"")


def _crash_in_a_transaction(path, own):
    owner = own()
    owner.run("PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 1", "BEGIN")
    owner.run(*(f"INSERT INTO t VALUES ({number}, NULL, hex(zeroblob(2000)))" for number in range(100, 200)))
    owner.crash()


def _leave_a_journal_beside_a_wal_database(path, own):
    own().close()
    path.with_name("crm.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 64)


@pytest.mark.parametrize(
    ("leave", "reason"),
    [
        (
            _lose_the_index,
            "a program that uses it crashed: the file beside it that ends in -wal holds rows that are not in the database file yet, and nobody has it open; open and close it once with that program, then scan again",
        ),
        (
            _empty_the_file,
            "a program that uses it crashed: the file beside it that ends in -wal holds rows that are not in the database file yet, and nobody has it open; open and close it once with that program, then scan again",
        ),
        (
            _crash_in_a_transaction,
            "a program that uses it crashed and left a journal beside it: open and close it once with that program, then scan again (SQLite: SQLITE_READONLY)",
        ),
        (
            _leave_a_journal_beside_a_wal_database,
            "a program that uses it crashed: the file beside it that ends in -journal must be rolled back first; open and close it once with that program, then scan again",
        ),
    ],
)
def test_what_only_its_owner_can_mend_is_unreadable_and_stays_as_it_is(path, own, connect, leave, reason):
    """The reason says what to do, and nothing is mended or deleted on the way."""
    leave(path, own)
    before = _trace(path)

    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (SkipCode.UNREADABLE, reason)
    assert _trace(path) == before


def test_a_database_its_owner_holds_alone_is_a_timeout(path, own, connect):
    """In exclusive mode the index of the log is in the owner's memory."""
    own().close()
    own().run("PRAGMA locking_mode = EXCLUSIVE", "INSERT INTO t VALUES (51, NULL, NULL)")
    before = _trace(path)

    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (SkipCode.TIMEOUT, "another program has locked it")
    assert _trace(path) == before


def test_rows_read_while_the_file_was_written_do_not_count_as_complete(path, own, connect):
    """The last batch is withheld, a Skip says why; the next attempt reads all."""
    own().close()
    connector = connect(batch_rows=20)
    (container,) = connector.containers()
    reading = connector.batches(container)
    first = next(reading)
    writer = own()
    writer.run("INSERT INTO t VALUES (51, NULL, NULL)")
    writer.close()

    *_, last = reading

    assert first.rows == 20
    assert (last.code, last.container, last.reason) == (
        SkipCode.UNREADABLE,
        "t",
        "it was written to while being read, so what was read may not fit together; try again",
    )
    assert sum(batch.rows for batch in connector.batches(container)) == 51


def test_a_listing_of_a_file_that_is_replaced_meanwhile_fails(path, own, connect):
    """What was listed may be gone, and what is there was not listed."""
    own().close()
    shutil.copy(path, path.with_suffix(".new"))
    listing = connect().containers()
    next(listing)
    path.with_suffix(".new").replace(path)

    with pytest.raises(SourceError, match="it was written to while being read"):
        list(listing)


def test_an_owner_that_closes_does_not_take_the_log_away_from_a_reader(path, own, connect):
    """All rows of the reader's snapshot come, and no file beside the database was made by the reader."""
    owner = own()
    connector = connect(batch_rows=10)
    (container,) = connector.containers()
    reading = connector.batches(container)
    rows = next(reading).rows
    inodes = {name: marks[3] for name, marks in _trace(path).items()}
    owner.close()

    assert rows + sum(batch.rows for batch in reading) == 50
    assert inodes.items() >= {name: marks[3] for name, marks in _trace(path).items()}.items()


def test_a_row_in_the_log_changes_the_fingerprint(path, own, connect):
    """The database file itself has not changed yet."""
    owner = own()
    (first,), (again,) = connect().containers(), connect().containers()
    marks = _trace(path)["crm.db"]
    owner.run("UPDATE t SET note = 'y' WHERE id = 1")
    (later,) = connect().containers()

    assert _trace(path)["crm.db"] == marks
    assert first.fingerprint == again.fingerprint is not None
    assert later.fingerprint != first.fingerprint


def test_a_listing_beside_a_reader_does_not_drop_its_lock(path, connect):
    """POSIX forgets all locks of a process on a file when the process closes any of its handles."""
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (id INTEGER)")
        database.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(50)])
    database.close()
    connector = connect(batch_rows=10)
    (container,) = connector.containers()
    reading = connector.batches(container)
    next(reading)
    list(connector.containers())
    write = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).executescript('INSERT INTO t VALUES (1)')"

    busy = subprocess.run([sys.executable, "-c", write, str(path)], capture_output=True, text=True, timeout=60)

    assert "database is locked" in busy.stderr
    reading.close()


def test_an_account_that_may_only_read_scans_a_closed_wal_database():
    """A folder where nothing can be made: as nobody where the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "crm.db"
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (id INTEGER, at TEXT)")
        database.execute("INSERT INTO t VALUES (1, '2024-05-06')")
        database.close()
        folder.chmod(0o555)
        before = _trace(path)
        assert _read_as_nobody(path) == 1
        assert _trace(path) == before
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _read_as_nobody(path):
    """The rows a process without rights on the folder reads; 99 when it fails."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    rows = 99
    try:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        connector = SqlConnector(Source("db", "sql", f"sqlite:///{path}"), ReadPlan(mode="full"))
        (container,) = connector.containers()
        rows = sum(batch.rows for batch in connector.batches(container))
        connector.close()
    finally:
        os._exit(rows)
