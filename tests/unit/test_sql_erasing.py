"""What a plan says of its rows in SQL for reading, and what is asked of databases that no test reaches."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.connectors.sql.breaches import explain_change, is_repeatable
from piiscan.connectors.sql.sessions import SERVERS
from piiscan.connectors.sql.structure import TIES, Bonds
from piiscan.errors import SourceError
from piiscan.model import Clock, Container, ReadPlan, SkipCode, Source
from piiscan.model.erasing import Dependent, Target
from piiscan.model.judging import Change, Cover, Ended, Judgment, Keep, Term, Test
from piiscan.ports import Eraser

CANARY = "canary-078-05-1120"
DUE = Term((Ended(Clock("collected", ("at",)), date(2020, 12, 31)),))
LEGEND = "-- day_of(x) is the day that x writes; null for none, a sentinel, a day before 1901 or after tomorrow.\n"


@pytest.fixture
def base(tmp_path):
    """A table, a child, and a connector that reads them."""
    path = tmp_path / "base.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, owner TEXT, score INT)")
        database.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, t INT REFERENCES t (id), at TEXT)")
        database.execute("INSERT INTO t VALUES (1, '2010-01-01', 'x', 1)")
    database.close()
    connector = SqlConnector(Source("s", "sql", f"sqlite:///{path}"), ReadPlan())
    yield connector
    connector.close()


def target_of(connector, name, judgment, **settings):
    """A target for one of the tables."""
    (container,) = [found for found in connector.containers() if isinstance(found, Container) and found.path == name]
    (shape,) = connector.shapes([container])
    dependents = tuple(Dependent(reference) for reference in shape.references)
    return replace(
        Target(container, judgment, "delete", date(2026, 1, 1), shape.key, dependents=dependents), **settings
    )


def test_a_statement_reads_like_a_rule_and_has_its_cutoffs_as_days(base):
    """For the eye of who approves."""
    target = target_of(base, "t", Judgment("r", DUE))

    text = base.statement(target)

    assert text == (
        f"{LEGEND}SELECT piiscan_0.id \nFROM t AS piiscan_0 \n"
        "WHERE CASE WHEN (day_of(piiscan_0.at) >= '2021-01-01') THEN 'within' WHEN (day_of(piiscan_0.at) < '2021-01-01')"
        " THEN 'overdue' ELSE 'undated' END = 'overdue' AND piiscan_0.id IS NOT NULL"
        " AND NOT (EXISTS (SELECT 1 AS anon_1 \nFROM c AS c_1 \nWHERE piiscan_0.id = c_1.t))"
    )


@pytest.mark.parametrize("operator", ["=", "~", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("value", [CANARY, "1987-06-05", "4711", "x", 4711, 47.11])
def test_a_statement_has_no_value_of_a_test(base, operator, value):
    """Whatever it is compared with: a hold's, an extension's, a request's, a child's step's."""
    column = "score" if isinstance(value, int | float) else "at" if value[:4] == "1987" else "owner"
    test = Test((column,), operator, value)
    judgment = Judgment(
        "r",
        DUE,
        holds=(Cover("hold", ((test,),)),),
        covers=(Cover("cover", ((Test(("id",), "not null"), test),)),),
        keeps=(Keep("keep", Term(fixed=True)),),
        rows=((test,),),
    )
    child = target_of(base, "c", Judgment("c", DUE, holds=(Cover("h", ((replace(test, path=("at",)),),)),)))
    target = target_of(base, "t", judgment, before=(replace(judgment, id="before"),))
    target = replace(target, dependents=tuple(replace(each, target=child) for each in target.dependents))

    text = base.statement(target)

    assert (
        str(value) not in text.replace("'x'", "x").replace("day_of(x)", "").replace("that x writes", "") or value == "x"
    )
    assert f"'{value}'" not in text
    assert text.count(":sealed") >= 7


def test_the_columns_of_a_table_that_is_gone_are_an_error(base):
    """As every other call says it."""
    target = target_of(base, "t", Judgment("r", DUE), key=("gone",))

    with pytest.raises(SourceError, match="its key column 'gone' is gone") as caught:
        list(base.keys(target))

    assert caught.value.code is SkipCode.VANISHED


def test_a_connector_of_databases_is_an_eraser(base):
    """The port's methods are there."""
    assert isinstance(base, Eraser)


URLS = {"mssql": "mssql+pyodbc://h/d", "oracle": "oracle+oracledb://h/d"}


class Bench:
    """A dialect, and statements as text."""

    def __init__(self, backend):
        url = sa.make_url(URLS[backend])
        self.dialect = url.get_dialect()()
        self.server = SERVERS[backend](url, ReadPlan(write=True))

    def text(self, statement):
        compiled = statement.compile(dialect=self.dialect, compile_kwargs={"render_postcompile": True})
        return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("backend", "locked", "one", "two"),
    [
        (
            "mssql",
            "SELECT s.t.a FROM s.t WITH (UPDLOCK, HOLDLOCK)",
            "s.t.a IN (:param_1_1, :param_1_2)",
            "((s.t.a = :key_0_0 AND s.t.b = :key_0_1) OR (s.t.a = :key_1_0 AND s.t.b = :key_1_1))",
        ),
        (
            "oracle",
            "SELECT s.t.a FROM s.t FOR UPDATE",
            "(s.t.a) IN ((:param_1_1_1), (:param_1_2_1))",
            "(s.t.a, s.t.b) IN ((:param_1_1_1, :param_1_1_2), (:param_1_2_1, :param_1_2_2))",
        ),
    ],
)
def test_rows_are_locked_and_picked_by_key_in_each_ones_words(backend, locked, one, two):
    """Statement-tested only: no such server is at hand."""
    bench = Bench(backend)
    table = sa.table("t", sa.column("a"), sa.column("b"), schema="s")
    match = bench.server.matcher(None, "s", "t", ["a"])
    query = sa.select(table.c.a).select_from(table)

    single = bench.text(query.where(match([table.c.a], [(1,), (2,)])))
    double = bench.text(query.where(match([table.c.a, table.c.b], [(1, "x"), (2, "y")])))

    assert bench.text(bench.server.lock(query, table)) == locked
    assert (single.partition(" WHERE ")[2], double.partition(" WHERE ")[2]) == (one, two)


@pytest.mark.parametrize("backend", sorted(TIES))
def test_every_database_says_what_deleting_leaves_behind(backend):
    """11 CCR 7022(d)."""
    assert "11 CCR 7022(d)" in TIES[backend].residue


class RefusalError(Exception):
    """What a driver raises: a code, and a text that quotes a row."""

    def __init__(self, code, text=CANARY):
        super().__init__(code, text)
        self.sqlstate = code if len(str(code)) == 5 else None


@pytest.mark.parametrize(
    ("backend", "code", "message", "hint"),
    [
        ("postgresql", "23502", "'b' may not be null", "change it to a constant, or delete the rows"),
        (
            "postgresql",
            "23505",
            "'a' must be unique: rows cannot all become alike",
            "change it to null, or delete the rows",
        ),
        ("postgresql", "23514", "a check refuses what 'a', 'b' would become", "choose a value that the check accepts"),
        (
            "postgresql",
            "25006",
            "it takes no changes: it is read-only, or a replica",
            "name the primary in [sources.NAME.write]",
        ),
        ("mariadb", 1452, "'c' refers to a row that is not there", "change it to null, or to a key that is there"),
        ("mariadb", 1406, "what 'a', 'b', 'c' would become does not fit its type", "choose a value that fits"),
        ("mariadb", 1644, "a trigger of the database refused it", "look at its triggers with their owner"),
        ("mariadb", 1906, "'a', 'b', 'c' is computed by the database", "change the columns it is computed from"),
    ],
)
def test_breaches_name_columns_and_remedies(backend, code, message, hint):
    """By the driver's code alone; its text is never read."""
    server = SERVERS[backend](sa.make_url(f"{backend}://h/d"), ReadPlan(write=True))
    changes = tuple(Change(name, "null") for name in "abc")
    target = Target(
        Container("s", "t", "table"), Judgment("r", DUE), "anonymize", date(2026, 1, 1), ("id",), changes=changes
    )
    bonds = Bonds(required=frozenset("b"), unique=frozenset("a"), checked=frozenset("ab"), referring=frozenset("c"))
    refusal = RefusalError(code)
    error = sa.exc.DBAPIError("UPDATE t", {}, refusal)

    found = explain_change(error, server, target, bonds)

    assert (found.message, found.hint) == (f"{message} ({server.name}: {code})", hint)


@pytest.mark.parametrize(
    ("backend", "code", "expected"),
    [
        ("postgresql", "40P01", True),
        ("postgresql", "40001", True),
        ("postgresql", "55P03", False),
        ("mariadb", 1213, True),
        ("mariadb", 1205, False),
    ],
)
def test_only_deadlocks_and_conflicts_are_tried_again(backend, code, expected):
    """A lock that was waited for in vain is not."""
    server = SERVERS[backend](sa.make_url(f"{backend}://h/d"), ReadPlan(write=True))

    assert is_repeatable(sa.exc.DBAPIError("x", {}, RefusalError(code)), server) is expected


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_what_sqlite_deletes_is_overwritten_in_its_file(tmp_path, mode):
    """In a file with a log beside it too, once the last program has closed it; and foreign keys hold, which are off by default."""
    path = tmp_path / "base.db"
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA journal_mode = {mode}")
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, note TEXT)")
        database.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, t INT REFERENCES t (id))")
        database.executemany("INSERT INTO t VALUES (?, '2010-01-01', ?)", [(n, f"{CANARY} {n}") for n in range(50)])
        database.execute("INSERT INTO c VALUES (1, 49)")
    database.close()
    source = Source("s", "sql", f"sqlite:///{path}")
    reader, writer = SqlConnector(source, ReadPlan()), SqlConnector(source, ReadPlan(write=True))
    target = target_of(reader, "t", Judgment("r", DUE))
    keys = [key for portion in reader.keys(target) for key in portion]
    assert CANARY.encode() in path.read_bytes()

    done = writer.erase(target, [*keys, (49,)], lambda chunk: None)
    for connector in (reader, writer):
        connector.close()

    assert (done.taken, done.changed) == (tuple(range(49)), (49,))
    found = [f"{CANARY} {n}".encode() in path.read_bytes() for n in range(10, 50)]
    assert found == [*[False] * 39, True]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["base.db"]


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path):
    """A connector that writes makes no database either."""
    writer = SqlConnector(Source("s", "sql", f"sqlite:///{tmp_path}/missing.db"), ReadPlan(write=True))
    target = Target(
        Container("s", "t", "table", locator=("", "t", "")), Judgment("r", DUE), "delete", date(2026, 1, 1), ("id",)
    )

    with pytest.raises(SourceError) as caught:
        writer.erase(target, [(1,)], lambda chunk: None)

    assert caught.value.code is SkipCode.UNREACHABLE
    assert list(tmp_path.iterdir()) == []
