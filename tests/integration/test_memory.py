"""Memory of a full read is flat: ten times the rows cost no more, on each database.

Measured in a process of its own, by its own high-water mark: getrusage would show the parent's, inherited by fork.
"""

from __future__ import annotations

import pickle
import sqlite3
import subprocess
import sys

import pytest

from piiscan.model import Source

READER = """
import pickle, sys
from piiscan.connectors.sql import SqlConnector
from piiscan.model import Batch, Container, ReadPlan
source = pickle.loads(sys.stdin.buffer.read())
connector = SqlConnector(source, ReadPlan(mode="full"))
(container,) = [found for found in connector.containers() if isinstance(found, Container)]
rows = 0
for found in connector.batches(container):
    assert isinstance(found, Batch), found
    rows += found.rows
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(rows, peak)
"""
COLUMNS = ", ".join(f"'some value of column {number} ' || {{n}} AS c{number}" for number in range(11))


def _peak_kib(source, rows):
    done = subprocess.run([sys.executable, "-c", READER], input=pickle.dumps(source), capture_output=True, check=True)
    seen, peak = map(int, done.stdout.split())
    assert seen == rows
    return peak


def _assert_flat(source_of):
    small, large = (_peak_kib(source_of(rows), rows) for rows in (20_000, 200_000))
    assert large < small * 1.15
    assert large < 120 * 1024


@pytest.mark.postgresql
def test_a_full_read_of_postgresql_is_flat_in_memory(postgresql):
    """A server-side cursor, fetched by the handful."""

    def source(rows):
        postgresql.run(
            "DROP TABLE IF EXISTS t",
            f"CREATE TABLE t AS SELECT n AS id, {COLUMNS.format(n='n')} FROM generate_series(1, {rows}) n",
        )
        return postgresql.source()

    _assert_flat(source)


@pytest.mark.mariadb
def test_a_full_read_of_mariadb_is_flat_in_memory(mariadb):
    """An unbuffered cursor: the rows wait on the wire."""

    def source(rows):
        mariadb.run("DROP TABLE IF EXISTS t")
        columns = ", ".join(f"concat('some value of column {number} ', seq) AS c{number}" for number in range(11))
        mariadb.run(f"CREATE TABLE t AS SELECT seq AS id, {columns} FROM seq_1_to_{rows}")
        return mariadb.source()

    _assert_flat(source)


def test_a_full_read_of_sqlite_is_flat_in_memory(tmp_path):
    """A cursor steps through the file."""

    def source(rows):
        path = tmp_path / f"{rows}.db"
        with sqlite3.connect(path) as database:
            database.execute(
                f"CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i AS id, {COLUMNS.format(n='i')} FROM n"
            )
        database.close()
        return Source("db", "sql", f"sqlite:///{path}")

    _assert_flat(source)


@pytest.mark.postgresql
def test_rows_of_huge_cells_do_not_add_up_in_memory(postgresql):
    """Three hundred cells of three megabytes: no more than the fetched beginnings of one handful are held."""
    postgresql.run(
        "CREATE TABLE t (note text)", "INSERT INTO t SELECT repeat('x', 3000000) FROM generate_series(1, 300)"
    )
    reader = READER.replace(
        "assert isinstance(found, Batch), found\n    rows += found.rows", "rows += getattr(found, 'rows', 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", reader], input=pickle.dumps(postgresql.source()), capture_output=True, check=True
    )

    rows, peak = map(int, done.stdout.split())
    assert rows == 300
    assert peak < 150 * 1024
