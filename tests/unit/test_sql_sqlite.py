"""The sql connector on SQLite files: what a file can hold, and what it must stay."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import date

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.errors import SourceError
from piiscan.model import AgeRow, Batch, Clock, Container, ReadPlan, Skip, SkipCode, Source

FULL = ReadPlan(mode="full", lock_timeout_s=0.2)


@pytest.fixture
def path(tmp_path):
    """Where the database lies: a name that a url must quote."""
    return tmp_path / "a b%20?#.db"


@pytest.fixture
def database(path):
    """The file open for writing, in autocommit."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture
def connect(path):
    """Makes connectors on the file, closed at the end."""
    made = []

    def make(plan=FULL, **settings):
        url = "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")
        made.append(SqlConnector(Source(**{"name": "db", "connector": "sql", "url": url, **settings}), plan))
        return made[-1]

    yield make
    for connector in made:
        connector.close()


def _listed(connector):
    return {found.path: found for found in connector.containers() if isinstance(found, Container)}


def _values(connector, container):
    columns, skips = {}, []
    for found in connector.batches(container):
        if isinstance(found, Skip):
            skips.append(found)
        else:
            for name, values in found.columns.items():
                columns.setdefault(name, []).extend(values)
    return columns, skips


def test_a_missing_file_is_unreachable_and_not_created(path, connect):
    """Peers create the database they were told to scan."""
    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (SkipCode.UNREACHABLE, "there is no such file")
    assert not path.exists()


def test_a_folder_is_no_database(path, connect):
    """Nor a pipe, on which opening would wait for ever."""
    path.mkdir()

    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (SkipCode.UNREADABLE, "it is no regular file")


def test_a_file_that_is_no_database_is_unreadable(path, connect):
    """Any other file, or an encrypted database."""
    path.write_bytes(b"078-05-1120 is no database" * 100)

    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (
        SkipCode.UNREADABLE,
        "the database reports damaged data (SQLite: SQLITE_NOTADB)",
    )


def test_reading_changes_no_byte_of_the_file(path, database, connect):
    """Nor leaves a journal beside it."""
    database.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'Ann')")
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
    connector = connect()
    connector.check()
    assert _values(connector, _listed(connector)["t"])[0] == {"id": [1], "name": ["Ann"]}
    connector.close()

    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_rows_still_in_the_log_of_a_wal_database_are_read(database, connect):
    """The writer has not merged its log into the file yet."""
    database.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1)"
    )
    connector = connect()

    assert _values(connector, _listed(connector)["t"])[0] == {"id": [1]}


def test_a_locked_database_times_out(database, connect):
    """Another program holds it exclusively for longer than the lock timeout."""
    database.executescript("CREATE TABLE t (id INTEGER); BEGIN EXCLUSIVE")

    with pytest.raises(SourceError) as caught:
        list(connect().containers())

    assert (caught.value.code, caught.value.message) == (
        SkipCode.TIMEOUT,
        "it was locked, or took longer than the statement timeout (SQLite: SQLITE_BUSY)",
    )


def test_a_statement_that_never_ends_is_interrupted(database, connect):
    """SQLite has no timeout of its own."""
    database.executescript(
        "CREATE TABLE t (id INTEGER); CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n"
    )
    connector = connect(ReadPlan(mode="full", statement_timeout_s=0.2))

    (skip,) = connector.batches(_listed(connector)["v"])

    assert (skip.code, skip.reason) == (
        SkipCode.TIMEOUT,
        "it was locked, or took longer than the statement timeout (SQLite: SQLITE_INTERRUPT)",
    )


def test_any_value_in_any_column_is_read(database, connect):
    """Types are the values' own here; damaged text and infinities are no error."""
    database.execute("CREATE TABLE t (d DATE, n INTEGER, b BLOB, empty TEXT)")
    database.execute("INSERT INTO t VALUES (20240506, 'twelve', ?, NULL)", (b"\x00\xff",))
    database.execute("INSERT INTO t VALUES (CAST(x'41ff42' AS TEXT), 1e999, 7.5, NULL)")
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert skips == []
    assert columns == {
        "d": [20240506, "A\ufffdB"],
        "n": ["twelve", float("inf")],
        "b": [b"\x00\xff", 7.5],
        "empty": [None, None],
    }


def test_a_huge_cell_is_cut_and_said(database, connect):
    """200 MB in one cell cost no more than the part that is fetched."""
    database.execute("CREATE TABLE t (note TEXT, photo BLOB)")
    database.execute("INSERT INTO t VALUES (replace(hex(zeroblob(2000000)), '0', 'x'), zeroblob(200000000))")
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert [len(columns["note"][0]), len(columns["photo"][0])] == [1 << 20, 1 << 16]
    assert [(skip.code, skip.reason) for skip in skips] == [
        (
            SkipCode.LIMIT,
            "column 'note': 1 cells longer than the limit of a cell, of which only the beginning was read",
        ),
        (SkipCode.UNSUPPORTED, "column 'photo': 1 long binary cells, of which only the beginning was fetched"),
    ]


@pytest.mark.parametrize(
    ("schema", "note"),
    [
        ("CREATE TABLE t (spot INTEGER)", "sample: key probes"),
        ("CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT, spot INTEGER PRIMARY KEY)", "sample: key probes"),
        ("CREATE TABLE t (spot INTEGER, k TEXT PRIMARY KEY) WITHOUT ROWID", "sample: hashed keys"),
        (
            "CREATE TABLE t (spot INTEGER, rowid TEXT, _rowid_ TEXT, oid TEXT)",
            "sample: evenly spaced rows of a full pass, no key",
        ),
        (
            "CREATE TABLE u (spot INTEGER); CREATE VIEW t AS SELECT spot FROM u",
            "sample: evenly spaced rows of a full pass, no key",
        ),
    ],
)
def test_a_sample_reaches_over_the_whole_table_and_says_how(database, connect, schema, note):
    """Every table has a way, with a rowid or without."""
    database.executescript(schema)
    table, extra = ("u" if "VIEW" in schema else "t"), (", k" if "k TEXT" in schema else "")
    database.executescript(
        f"INSERT INTO {table} (spot{extra}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i{', hex(i)' if extra else ''} FROM n"
    )
    connector = connect(ReadPlan(mode="sample", sample_rows=500))
    container = _listed(connector)["t"]

    spots = _values(connector, container)[0]["spot"]

    assert 400 <= len(spots) <= 600
    assert {spot * 10 // 20001 for spot in spots} == set(range(10))
    assert spots == _values(connect(ReadPlan(mode="sample", sample_rows=500)), container)[0]["spot"]
    assert list(connector.batches(container))[-1].container.notes == (note,)


def test_a_fingerprint_changes_with_the_file_and_only_then(database, connect):
    """An unchanged database need not be read again."""
    database.execute("CREATE TABLE t (id INTEGER)")
    first, again = (_listed(connect())["t"].fingerprint for _ in range(2))
    database.execute("INSERT INTO t VALUES (1)")

    assert first == again is not None
    assert _listed(connect())["t"].fingerprint != first


def test_ages_take_each_value_by_its_own_type(database, connect):
    """ISO texts and epoch seconds in one column; what is neither is undated."""
    database.execute("CREATE TABLE t (w DATETIME)")
    database.executemany(
        "INSERT INTO t VALUES (?)",
        [
            ("2024-05-06 10:00:00",),
            (1714953600,),
            ("May 6th",),
            (None,),
            ("1970-01-01",),
            ("2999-01-01",),
            (b"2024-05-06",),
        ],
    )
    connector = connect()

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("w",)), None)

    assert ages.rows == (AgeRow(None, 5), AgeRow(date(2024, 5, 6), 2))


def test_an_owner_is_matched_letter_by_letter(database, connect):
    """A column's collation outlives a cast in SQLite."""
    database.execute("CREATE TABLE t (w TEXT, client TEXT COLLATE NOCASE)")
    database.executemany("INSERT INTO t VALUES (NULL, ?)", [("mercy",), ("MERCY",), ("Mercy",)])
    connector = connect(ReadPlan(clients=frozenset({"mercy"})))

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("w",)), "client")

    assert ages.rows == (AgeRow(None, 2, "?"), AgeRow(None, 1, "mercy"))


def test_a_path_to_a_key_that_is_not_unique_does_not_multiply_rows(database, connect):
    """The newest date of the parent's rows counts, and the rows add up."""
    database.executescript("""
        CREATE TABLE a (code TEXT, at TEXT); CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT REFERENCES a (code));
        INSERT INTO a VALUES ('x', '2024-01-01'), ('x', '2024-02-02'); INSERT INTO p VALUES (1, 'x'), (2, 'y');
    """)
    connector = connect()

    ages = connector.ages(_listed(connector)["p"], Clock("collected", ("code", "a.at")), None)

    assert ages.rows == (AgeRow(None, 1), AgeRow(date(2024, 2, 2), 1))


def test_a_path_to_a_table_that_is_not_there_is_refused(database, connect):
    """The message names the clock and the table."""
    database.execute("CREATE TABLE p (id INTEGER PRIMARY KEY, a_id INTEGER)")
    connector = connect()

    with pytest.raises(SourceError, match="'collected' leads to 'a': no such table"):
        connector.ages(_listed(connector)["p"], Clock("collected", ("a_id", "a.at")), None)


def test_columns_come_with_types_keys_and_references(database, connect):
    """What classification and retention need to know of a column."""
    database.executescript(
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE p (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a, name VARCHAR(20))"
    )

    columns = _listed(connect())["p"].columns

    assert [
        (column.name, column.sql_type, column.primary_key, column.nullable, column.references) for column in columns
    ] == [
        ("id", "INTEGER", True, True, None),
        ("a_id", "INTEGER", False, False, "a.id"),
        ("name", "VARCHAR(20)", False, True, None),
    ]


def test_check_names_the_clock_that_has_no_column(database, connect):
    """A typing error shows before the first night."""
    database.execute("CREATE TABLE t (id INTEGER, placed_at TEXT)")
    clocks = {"t": (Clock("collected", ("placed_at",)), Clock("created", ("placd_at",)))}

    lines = [(line.status, line.message) for line in connect(clocks=clocks).check() if line.subject == "clock"]

    assert lines == [("ok", "t: collected by placed_at"), ("failed", "t: created by placd_at: no such column")]


def test_a_batch_is_as_large_as_the_plan_says(database, connect):
    """And never larger."""
    database.executescript(
        "CREATE TABLE t (id INTEGER); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n"
    )
    connector = connect(ReadPlan(mode="full", batch_rows=30))

    assert [batch.rows for batch in connector.batches(_listed(connector)["t"]) if isinstance(batch, Batch)] == [
        30,
        30,
        30,
        10,
    ]


def test_filled_columns_are_counted_along_a_path(database, connect):
    """The columns are the table's own, whichever table dates it."""
    database.executescript("""
        CREATE TABLE a (id INTEGER PRIMARY KEY, at TEXT);
        CREATE TABLE p (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id), ssn TEXT);
        INSERT INTO a VALUES (1, '2024-01-01'); INSERT INTO p VALUES (1, 1, 'x'), (2, 1, NULL), (3, NULL, 'y');
    """)
    connector = connect()

    ages = connector.ages(_listed(connector)["p"], Clock("collected", ("a_id", "a.at")), None, ["ssn"])

    assert ages.rows == (AgeRow(None, 1, None, {"ssn": 1}), AgeRow(date(2024, 1, 1), 2, None, {"ssn": 1}))
