"""The sql connector against a real MariaDB, as an account that may only SELECT."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.connectors.sql.address import parse_address
from piiscan.connectors.sql.sessions import Sessions
from piiscan.errors import SourceError
from piiscan.model import AgeRow, Batch, Clock, Container, ReadPlan, Secret, Skip, SkipCode, Source

pytestmark = pytest.mark.mariadb


@pytest.fixture
def connect(mariadb):
    """Makes connectors on the test's database, closed at the end."""
    made = []

    def make(plan=None, **settings):
        made.append(SqlConnector(mariadb.source(**settings), plan or ReadPlan(mode="full")))
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


def test_tables_granted_one_by_one_leave_a_skip_that_hides(mariadb, connect):
    """What the account cannot even see must not pass for gone."""
    mariadb.run("CREATE TABLE seen (id int)", "CREATE TABLE unseen (id int)")
    mariadb.run(
        f"REVOKE SELECT, SHOW VIEW ON {mariadb.name}.* FROM {mariadb.role}",
        f"GRANT SELECT ON {mariadb.name}.seen TO {mariadb.role}",
    )

    skip, container = connect().containers()

    assert (skip.code, skip.container, skip.hides) == (SkipCode.NO_PERMISSION, "*", True)
    assert container.path == "seen"


def test_a_table_granted_by_columns_is_a_skip(mariadb, connect):
    """MariaDB does not describe such a table to the account, so it counts as unread."""
    mariadb.run("CREATE TABLE t (id int PRIMARY KEY, ssn varchar(11))", "INSERT INTO t VALUES (1, '078-05-1120')")
    mariadb.run(
        f"REVOKE SELECT, SHOW VIEW ON {mariadb.name}.* FROM {mariadb.role}",
        f"GRANT SELECT (id) ON {mariadb.name}.t TO {mariadb.role}",
    )

    assert [(found.code, found.container, found.hides) for found in connect().containers()] == [
        (SkipCode.NO_PERMISSION, "*", True),
        (SkipCode.NO_PERMISSION, "t", False),
    ]


def test_dates_no_calendar_has_and_other_odd_types_are_read(mariadb, connect):
    """0000-00-00 breaks one driver and is None in another, so dates come as MariaDB's own text."""
    mariadb.run(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE t (d date, dt datetime, ti time, y year, b bit(5), j json, e enum('a','b'), s set('x','y'), bl blob, p point, u uuid, i inet6, nothing text)",
    )
    with mariadb.engine.begin() as connection:
        connection.exec_driver_sql("SET SESSION sql_mode = ''")
        connection.exec_driver_sql(
            "INSERT INTO t VALUES ('0000-00-00', '2020-01-00 00:00:00', '-800:00:00', 2020, b'101', '{\"a\": 1}', 'b', 'x,y', x'00ff', point(1, 2),"
            " '12345678-1234-1234-1234-123456789012', '::1', NULL)"
        )
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert skips == []
    shown = {name: str(values[0]) for name, values in columns.items()}
    assert shown.pop("p").startswith("b'")
    assert shown == {
        "d": "0000-00-00",
        "dt": "2020-01-00 00:00:00",
        "ti": "-800:00:00",
        "y": "2020",
        "b": "5",
        "j": '{"a": 1}',
        "e": "b",
        "s": "x,y",
        "bl": "b'\\x00\\xff'",
        "u": "12345678-1234-1234-1234-123456789012",
        "i": "::1",
        "nothing": "None",
    }


def test_a_table_dropped_after_the_listing_is_vanished(mariadb, connect):
    """A drop between listing and reading is no error of the run."""
    mariadb.run("CREATE TABLE t (id int)")
    connector = connect()
    container = _listed(connector)["t"]
    mariadb.run("DROP TABLE t")

    (skip,) = connector.batches(container)

    assert (skip.code, skip.container) == (SkipCode.VANISHED, "t")


def test_a_locked_table_times_out_and_the_next_one_is_read(mariadb, connect):
    """lock_wait_timeout ends the wait for LOCK TABLES ... WRITE."""
    mariadb.run("CREATE TABLE locked (id int PRIMARY KEY)", "CREATE TABLE other (id int)")
    connector = connect(ReadPlan(mode="full", lock_timeout_s=1))
    with mariadb.engine.connect() as holder:
        holder.exec_driver_sql("LOCK TABLES locked WRITE")
        listed = _listed(connector)
        (skip,) = connector.batches(listed["locked"])
        (batch,) = connector.batches(listed["other"])
        holder.exec_driver_sql("UNLOCK TABLES")

    assert (skip.code, skip.reason) == (
        SkipCode.TIMEOUT,
        "it was locked, or took longer than the statement timeout (MariaDB: 1205)",
    )
    assert isinstance(batch, Batch)


def test_a_slow_view_hits_the_statement_timeout(mariadb, connect):
    """In sample mode the server counts; its own code says so."""
    mariadb.run(
        "CREATE TABLE t (id int)",
        "INSERT INTO t SELECT seq FROM seq_1_to_100",
        "CREATE VIEW slow AS SELECT sleep(1) AS s FROM t",
    )
    connector = connect(ReadPlan(mode="sample", statement_timeout_s=0.5))

    (skip,) = connector.batches(_listed(connector)["slow"])

    assert (skip.code, skip.reason) == (
        SkipCode.TIMEOUT,
        "it was locked, or took longer than the statement timeout (MariaDB: 1969)",
    )


def test_a_reader_slower_than_the_statement_timeout_gets_every_row(mariadb, connect):
    """MariaDB counts the client's time too: a full read lifts the limit, and the next statement has it again."""
    mariadb.run(
        "CREATE TABLE t AS SELECT seq AS id, repeat('x', 500) AS filler FROM seq_1_to_30000",
        "CREATE TABLE other (id int)",
    )
    connector = connect(ReadPlan(mode="full", statement_timeout_s=1, batch_rows=1000))
    reading = connector.batches(_listed(connector)["t"])
    first = next(reading)
    with mariadb.engine.connect() as pause:
        pause.exec_driver_sql("SELECT sleep(2)")

    assert first.rows + sum(batch.rows for batch in reading) == 30_000


def test_a_reader_that_stops_early_does_not_read_to_the_end(mariadb, connect):
    """Closing an unread stream would drain it: the connection is dropped, and the next table is read by a new one."""
    mariadb.run("CREATE TABLE t AS SELECT seq AS id, repeat('x', 500) AS filler FROM seq_1_to_30000")
    connector = connect(ReadPlan(mode="full", batch_rows=100))
    container = _listed(connector)["t"]
    reading = connector.batches(container)
    next(reading)
    reading.close()

    assert sum(batch.rows for batch in connector.batches(container)) == 30_000


def test_a_connection_killed_while_reading_is_unreachable(mariadb, connect):
    """The rows before it are kept, the rest is said."""
    mariadb.run("CREATE TABLE t AS SELECT seq AS id, repeat('x', 500) AS filler FROM seq_1_to_60000")
    connector = connect(ReadPlan(mode="full", batch_rows=100))
    container = _listed(connector)["t"]
    reading = connector.batches(container)
    next(reading)
    for (thread,) in mariadb.rows(f"SELECT id FROM information_schema.processlist WHERE user = '{mariadb.role}'"):
        mariadb.run(f"KILL {thread}")

    *_, last = reading

    assert (last.code, last.container) == (SkipCode.UNREACHABLE, "t")


@pytest.mark.parametrize(
    ("columns", "key", "note"),
    [
        ("seq AS id", "id", "sample: key probes"),
        ("md5(seq) AS id", "id", "sample: hashed keys"),
        ("seq % 10 AS a, seq AS id", "a, id", "sample: hashed keys"),
        ("seq AS id", None, "sample: seeded random rows of a full pass, no key"),
    ],
)
def test_a_sample_reaches_over_the_whole_table_and_says_how(mariadb, connect, columns, key, note):
    """About the rows asked for, from every tenth of the table, the same each time."""
    mariadb.run(
        f"CREATE TABLE t {f'(PRIMARY KEY ({key}))' if key else ''} AS SELECT {columns}, seq AS spot FROM seq_1_to_20000",
        "ANALYZE TABLE t",
    )
    connector = connect(ReadPlan(mode="sample", sample_rows=500))
    container = _listed(connector)["t"]

    places = _values(connector, container)[0]["spot"]

    assert 400 <= len(places) <= 600
    assert len(places) == len(set(places))
    assert {spot * 10 // 20001 for spot in places} == set(range(10))
    assert places == _values(connect(ReadPlan(mode="sample", sample_rows=500)), container)[0]["spot"]
    assert list(connector.batches(container))[-1].container.notes == (note,)


def test_history_rows_of_a_versioned_table_are_read(mariadb, connect):
    """What was overwritten is still held."""
    mariadb.run(
        "CREATE TABLE t (id int PRIMARY KEY, name text) WITH SYSTEM VERSIONING",
        "INSERT INTO t VALUES (1, 'old')",
        "UPDATE t SET name = 'new'",
    )
    connector = connect()

    assert sorted(_values(connector, _listed(connector)["t"])[0]["name"]) == ["new", "old"]


def test_without_a_database_in_the_url_paths_name_it(mariadb, connect):
    """``database.table`` then; the server's own databases are left out."""
    mariadb.run("CREATE TABLE t (id int)")
    connector = connect(url=mariadb.url.rpartition("/")[0])

    assert [found.path for found in connector.containers() if isinstance(found, Container)] == [f"{mariadb.name}.t"]


def test_a_source_cannot_be_written_through_the_connector(mariadb):
    """As an account with every right, so that only the session's own setting can refuse."""
    mariadb.run("CREATE TABLE t (id int)")
    url = mariadb.engine.url.set(drivername=sa.make_url(mariadb.url).drivername)
    sessions = Sessions(parse_address(Source("x", "sql", url.render_as_string())), ReadPlan())

    with pytest.raises(sa.exc.DBAPIError, match="1792"), sessions.open() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    sessions.close()

    assert mariadb.rows("SELECT count(*) FROM t") == [(0,)]


def test_a_wrong_password_is_said_without_it(mariadb, connect):
    """A refused login names neither the password nor the driver's sentence."""
    with pytest.raises(SourceError) as caught:
        list(connect(secret=Secret("wrong-canary")).containers())

    assert (caught.value.code, caught.value.message) == (
        SkipCode.NO_PERMISSION,
        "the login was refused: wrong user or password, or not from this host (MariaDB: 1045)",
    )
    assert "canary" not in repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("user", "database", "code", "message"),
    [
        (
            "nobody_we_know",
            None,
            SkipCode.NO_PERMISSION,
            "the login was refused: wrong user or password, or not from this host",
        ),
        (
            None,
            "not_there",
            SkipCode.NO_PERMISSION,
            "the login was refused: there is no such database, or the account has no right on it",
        ),
        (
            "root",
            "not_there",
            SkipCode.UNREACHABLE,
            "the server has no such database: check its name in the url",
        ),
    ],
)
def test_what_kept_the_connection_from_being_made_is_told_apart(mariadb, connect, user, database, code, message):
    """An unknown user (with one of two numbers, by chance), a database the account may not know of, one that is not there."""
    url = sa.make_url(mariadb.url)
    if user == "root":
        admin = mariadb.engine.url
        url, settings = admin.set(drivername="mariadb", password=None), {"secret": Secret(admin.password or "")}
    else:
        url, settings = url.set(username=user or url.username), {}
    url = url.set(database=database or url.database)

    with pytest.raises(SourceError) as caught:
        list(connect(url=url.render_as_string(), **settings).containers())

    assert (caught.value.code, caught.value.message.partition(" (MariaDB: ")[0]) == (code, message)


def test_a_locked_account_and_an_expired_password_are_told_apart(mariadb, connect):
    """Both are refused logins."""
    said = []
    for change in ("ACCOUNT LOCK", "ACCOUNT UNLOCK PASSWORD EXPIRE"):
        mariadb.run(f"ALTER USER {mariadb.role} {change}")
        with pytest.raises(SourceError) as caught:
            list(connect().containers())
        said.append((caught.value.code, caught.value.message))

    assert said == [
        (SkipCode.NO_PERMISSION, "the login was refused: the account is locked (MariaDB: 4151)"),
        (SkipCode.NO_PERMISSION, "the login was refused: the password has expired (MariaDB: 1820)"),
    ]


def test_an_owner_is_matched_letter_by_letter(mariadb, connect):
    """A collation that ignores case, accents and blanks at the end must not give a client another's rows."""
    mariadb.run(
        "CREATE TABLE t (id int PRIMARY KEY, seen date, client varchar(20)) COLLATE utf8mb4_general_ci",
        "INSERT INTO t VALUES (1, NULL, 'mercy'), (2, NULL, 'MERCY'), (3, NULL, 'mercy '), (4, NULL, 'mércy'), (5, NULL, 'zoë')",
        "CREATE TABLE old (seen date, client varchar(20)) CHARACTER SET latin1",
        "INSERT INTO old VALUES (NULL, 'zoë'), (NULL, 'ZOË')",
    )
    connector = connect(ReadPlan(clients=frozenset({"mercy", "zoë"})))
    listed, clock = _listed(connector), Clock("collected", ("seen",))

    assert connector.ages(listed["t"], clock, "client").rows == (
        AgeRow(None, 3, "?"),
        AgeRow(None, 1, "mercy"),
        AgeRow(None, 1, "zoë"),
    )
    assert connector.ages(listed["old"], clock, "client").rows == (AgeRow(None, 1, "?"), AgeRow(None, 1, "zoë"))


def test_an_account_that_sees_no_table_at_all_is_not_told_an_empty_database(mariadb, connect):
    """Nothing visible is not nothing there."""
    mariadb.run("CREATE TABLE unseen (id int)", "CREATE TABLE seen (id int)")
    mariadb.run(
        f"REVOKE SELECT, SHOW VIEW ON {mariadb.name}.* FROM {mariadb.role}",
        f"GRANT SELECT ON {mariadb.name}.seen TO {mariadb.role}",
        "DROP TABLE seen",
    )

    assert [(found.code, found.container, found.hides) for found in connect().containers()] == [
        (SkipCode.NO_PERMISSION, "*", True)
    ]


def test_check_tells_a_select_only_account_from_one_that_may_write(mariadb, connect):
    """The right decides, not the read-only session."""
    mariadb.run("CREATE TABLE t (id int)")
    before = {line.subject: line.status for line in connect().check()}
    mariadb.run(f"GRANT DELETE ON {mariadb.name}.t TO {mariadb.role}")
    after = {line.subject: line for line in connect().check()}

    assert before == {"reachable": "ok", "encrypted": "ok", "read-only": "ok", "permissions": "ok", "timeouts": "ok"}
    assert (after["read-only"].status, "DELETE" in after["read-only"].message) == ("warning", True)


def test_ages_equal_plain_sql_and_add_up(mariadb, connect):
    """Along a foreign key, by owner; zero dates, sentinels, nulls, the future and orphans are undated."""
    with mariadb.engine.begin() as connection:
        for statement in (
            "SET SESSION sql_mode = ''",
            "CREATE TABLE accounts (id int PRIMARY KEY, last_activity_at datetime)",
            "INSERT INTO accounts SELECT seq, timestamp('2024-01-01 12:00') + interval mod(seq, 30) day FROM seq_1_to_900",
            "INSERT INTO accounts VALUES (901, NULL), (902, '1900-01-01'), (903, '9999-12-31'), (904, '0000-00-00'), (905, '2020-01-00')",
            "CREATE TABLE payments (id int PRIMARY KEY, account_id int, client varchar(20), FOREIGN KEY (account_id) REFERENCES accounts (id))",
            "INSERT INTO payments SELECT seq, mod(seq, 906), elt(1 + mod(seq, 3), 'mercy', 'secret client', NULL) FROM seq_1_to_5000 WHERE mod(seq, 906) > 0",
            "INSERT INTO payments VALUES (6000, NULL, 'mercy')",
        ):
            connection.exec_driver_sql(statement)
    connector = connect(ReadPlan(clients=frozenset({"mercy", "other"})))
    clock = Clock("last_collection_activity", ("account_id", "accounts.last_activity_at"))

    ages = connector.ages(_listed(connector)["payments"], clock, "client")

    expected = mariadb.rows("""
        SELECT CASE WHEN a.last_activity_at BETWEEN '2024-01-01' AND '2024-12-31' THEN date(a.last_activity_at) END AS day,
               count(*), CASE WHEN client = 'mercy' THEN 'mercy' ELSE '?' END AS owner
        FROM payments p LEFT JOIN accounts a ON a.id = p.account_id GROUP BY day, owner
    """)
    assert sorted(map(repr, ages.rows)) == sorted(repr(AgeRow(*row)) for row in expected)
    assert sum(row.rows for row in ages.rows) == mariadb.rows("SELECT count(*) FROM payments")[0][0]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("date", "('2024-05-06'), ('2024-05-06'), (NULL)", [(None, 1), (date(2024, 5, 6), 2)]),
        (
            "varchar(40)",
            "('2024-05-06T10:00:00Z'), ('06/05/2024'), ('2024-13-01'), ('')",
            [(None, 3), (date(2024, 5, 6), 1)],
        ),
        ("int", "(20240506), (0), (20241301)", [(None, 2), (date(2024, 5, 6), 1)]),
        ("bigint", "(1714953600), (1714953601), (NULL)", [(None, 1), (date(2024, 5, 6), 2)]),
        ("bigint", "(1714953600000), (1714953600999)", [(date(2024, 5, 6), 2)]),
        ("int", "(1), (2), (20240506)", [(None, 3)]),
    ],
)
def test_a_clock_column_of_any_kind_is_dated(mariadb, connect, kind, values, expected):
    """Dates, ISO texts, yyyymmdd, epoch seconds and milliseconds; anything else is undated."""
    mariadb.run(f"CREATE TABLE t (w {kind})", f"INSERT INTO t VALUES {values}")
    connector = connect()

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("w",)), None)

    assert [(row.day, row.rows) for row in ages.rows] == expected


def test_filled_columns_are_counted_by_day_where_they_lie(mariadb, connect):
    """Each day says how many of its rows fill each column asked for, whatever the column is called."""
    quote = "`"
    column = f"{quote}e%mail of 'x'{quote}"
    mariadb.run(
        f"CREATE TABLE t (id int PRIMARY KEY, seen date, ssn varchar(11), {column} varchar(40))",
        "INSERT INTO t VALUES (1, '2024-05-06', '1', NULL), (2, '2024-05-06', NULL, NULL), (3, NULL, '2', 'a')",
    )
    connector = connect()

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("seen",)), None, ["ssn", "e%mail of 'x'"])

    assert ages.rows == (
        AgeRow(None, 1, None, {"ssn": 1, "e%mail of 'x'": 1}),
        AgeRow(date(2024, 5, 6), 2, None, {"ssn": 1, "e%mail of 'x'": 0}),
    )
