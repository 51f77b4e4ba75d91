"""The sql connector against a real PostgreSQL, as a role that may only SELECT."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import date

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.errors import SourceError
from piiscan.model import AgeRow, Batch, Clock, Container, ReadPlan, Skip, SkipCode

pytestmark = pytest.mark.postgresql

CANARY = "078-05-1120"


@pytest.fixture
def connect(postgresql):
    """Makes connectors on the test's schema, closed at the end."""
    made = []

    def make(plan=None, **settings):
        made.append(SqlConnector(postgresql.source(**settings), plan or ReadPlan(mode="full")))
        return made[-1]

    yield make
    for connector in made:
        connector.close()


def _listed(connector):
    return {found.path.partition(".")[2]: found for found in connector.containers() if isinstance(found, Container)}


def _values(connector, container):
    """All values by column, and the skips."""
    columns, skips = {}, []
    for found in connector.batches(container):
        if isinstance(found, Skip):
            skips.append(found)
        else:
            for name, values in found.columns.items():
                columns.setdefault(name, []).extend(values)
    return columns, skips


def test_a_column_without_a_grant_is_a_skip_and_the_others_are_read(postgresql, connect):
    """Column grants are how a firm hides a column from a role: the rest of the table still counts."""
    postgresql.run(
        "CREATE TABLE t (id int PRIMARY KEY, name text, ssn text)", f"INSERT INTO t VALUES (1, 'Ann', '{CANARY}')"
    )
    postgresql.run(f"REVOKE ALL ON t FROM {postgresql.role}", f"GRANT SELECT (id, name) ON t TO {postgresql.role}")
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert columns == {"id": [1], "name": ["Ann"]}
    assert [(skip.code, skip.reason) for skip in skips] == [
        (SkipCode.NO_PERMISSION, "column 'ssn': the account may not read it (PostgreSQL: 42501)")
    ]


def test_a_view_that_fails_in_one_column_still_gives_the_others(postgresql, connect):
    """PostgreSQL's message quotes the value; ours has the SQLSTATE."""
    postgresql.run("CREATE TABLE t (id int, ssn text)", f"INSERT INTO t VALUES (1, '{CANARY}')")
    postgresql.run("CREATE VIEW v AS SELECT id, ssn::int AS number FROM t")
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["v"])

    assert columns == {"id": [1]}
    assert [skip.reason for skip in skips] == ["column 'number': the database could not deliver it (PostgreSQL: 22P02)"]
    assert CANARY not in repr(skips)


def test_a_table_dropped_after_the_listing_is_vanished(postgresql, connect):
    """A drop between listing and reading is no error of the run."""
    postgresql.run("CREATE TABLE t (id int)")
    connector = connect()
    container = _listed(connector)["t"]
    postgresql.run("DROP TABLE t")

    (skip,) = connector.batches(container)

    assert (skip.code, skip.container) == (SkipCode.VANISHED, container.path)


def test_a_locked_table_times_out_and_the_next_one_is_read(postgresql, connect):
    """lock_timeout ends the wait for an ACCESS EXCLUSIVE lock, in listing and reading alike."""
    postgresql.run("CREATE TABLE locked (id int PRIMARY KEY)", "CREATE TABLE other (id int)")
    connector = connect(ReadPlan(mode="full", lock_timeout_s=0.3))
    with postgresql.engine.connect().execution_options(isolation_level="READ COMMITTED") as holder:
        holder.exec_driver_sql("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE")
        listed = _listed(connector)
        (skip,) = connector.batches(listed["locked"])
        (batch,) = connector.batches(listed["other"])
        holder.rollback()

    assert skip.code is SkipCode.TIMEOUT
    assert isinstance(batch, Batch)


def test_a_slow_view_hits_the_statement_timeout(postgresql, connect):
    """The timeout is the server's own, so a hanging query ends there too."""
    postgresql.run("CREATE VIEW slow AS SELECT pg_sleep(30)::text AS t")
    connector = connect(ReadPlan(mode="full", statement_timeout_s=0.3))

    (skip,) = connector.batches(_listed(connector)["slow"])

    assert (skip.code, skip.reason) == (
        SkipCode.TIMEOUT,
        "it was locked, or took longer than the statement timeout (PostgreSQL: 57014)",
    )


def test_a_connection_killed_while_reading_is_unreachable_and_the_next_table_is_read(postgresql, connect):
    """The pool makes a new connection for what comes next."""
    postgresql.run("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 50000) n")
    connector = connect(ReadPlan(mode="full", batch_rows=100))
    container = _listed(connector)["t"]
    reading = connector.batches(container)
    next(reading)
    postgresql.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{postgresql.role}'")

    *_, last = reading

    assert (last.code, last.container) == (SkipCode.UNREACHABLE, container.path)
    assert sum(batch.rows for batch in connector.batches(container)) == 50_000


def test_a_partitioned_table_is_reported_once_with_all_its_rows(postgresql, connect):
    """Its partitions are no containers of their own."""
    postgresql.run(
        "CREATE TABLE calls (id int, d date) PARTITION BY RANGE (d)",
        "CREATE TABLE calls_2024 PARTITION OF calls FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "CREATE TABLE calls_2025 PARTITION OF calls FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO calls VALUES (1, '2024-05-05'), (2, '2025-05-05')",
    )
    connector = connect()
    listed = _listed(connector)

    assert list(listed) == ["calls"]
    assert sorted(_values(connector, listed["calls"])[0]["id"]) == [1, 2]


def test_partitions_in_a_schema_of_their_own_are_not_counted_again(postgresql, connect):
    """Nothing else lies in that schema, which is not the same as nothing being known of it."""
    parts = f"{postgresql.name}_parts"
    try:
        postgresql.run(
            f"CREATE SCHEMA {parts} AUTHORIZATION {postgresql.role}",
            "CREATE TABLE calls (id int, d date) PARTITION BY RANGE (d)",
            f"CREATE TABLE {parts}.y PARTITION OF calls FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (id)",
            f"CREATE TABLE {parts}.y1 PARTITION OF {parts}.y FOR VALUES IN (1)",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {parts} TO {postgresql.role}",
            "INSERT INTO calls VALUES (1, '2024-05-05')",
        )
        everything = [found.path for found in connect(include=(f"{postgresql.name}*",)).containers()]
        alone = [
            (found.container, found.code, found.reason, found.hides)
            for found in connect(include=(f"{parts}.*",)).containers()
        ]
        excluded = list(connect(include=(f"{postgresql.name}*",), exclude=(f"{postgresql.name}.calls",)).containers())
    finally:
        postgresql.run(f"DROP SCHEMA {parts} CASCADE")

    assert everything == [f"{postgresql.name}.calls"]
    reason = f"a partition is read with its table {postgresql.name}.calls: include that"
    assert alone == [
        (f"{parts}.y", SkipCode.ERROR, reason, False),
        (f"{parts}.y1", SkipCode.ERROR, reason, False),
    ]
    assert excluded == []


POLICIES = [
    ((), "hidden"),
    (("USING (id = 1)",), "hidden"),
    (("USING (true)",), "shown"),
    (("TO {role} USING (true)", "USING (id = 1)"), "shown"),
    (("FOR SELECT USING (true)", "AS RESTRICTIVE USING (id = 1)"), "hidden"),
    (("FOR DELETE USING (true)", "USING (id = 1)"), "hidden"),
    (("TO CURRENT_USER USING (true)",), "hidden"),
]


@pytest.mark.parametrize(("policies", "expected"), POLICIES)
def test_rows_that_policies_hide_make_a_table_partly_read(postgresql, connect, policies, expected):
    """Nobody can tell how many rows there are; only a policy that shows all of them to this role ends that."""
    postgresql.run(
        "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1), (2)", "ALTER TABLE t ENABLE ROW LEVEL SECURITY"
    )
    postgresql.run(
        *(f"CREATE POLICY p{n} ON t {policy.format(role=postgresql.role)}" for n, policy in enumerate(policies))
    )
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    reason = "row-level security hides rows from this account: GRANT it BYPASSRLS, or a policy USING (true)"
    assert [(skip.code, skip.reason) for skip in skips] == (
        [(SkipCode.NO_PERMISSION, reason)] if expected == "hidden" else []
    )
    if expected == "shown":
        assert columns == {"id": [1, 2]}


def test_inherited_rows_are_read_once(postgresql, connect):
    """The older kind of partition: the parent is read with ONLY, each child by itself."""
    postgresql.run("CREATE TABLE base (id int)", "CREATE TABLE child (extra text) INHERITS (base)")
    postgresql.run("INSERT INTO base VALUES (1)", "INSERT INTO child VALUES (2, 'x')")
    connector = connect()

    assert {name: _values(connector, found)[0]["id"] for name, found in _listed(connector).items()} == {
        "base": [1],
        "child": [2],
    }


def test_every_type_arrives_as_something_the_detector_reads(postgresql, connect):
    """Dates beyond Python's, arrays, documents and networks come as the text PostgreSQL prints."""
    postgresql.run(
        "CREATE DOMAIN digits AS text CHECK (VALUE ~ '^[0-9]+$')",
        "CREATE TYPE mood AS ENUM ('glad', 'sad')",
        "CREATE TABLE t (d date, ts timestamptz, a text[], j jsonb, u uuid, i inet, b bytea, r int4range, n numeric, g digits, m mood, iv interval, bt bit(3), f float8, nothing text)",
        "INSERT INTO t VALUES ('20000-01-01', 'infinity', '{a,b}', '{\"k\": 1}', '12345678-1234-1234-1234-123456789012', '10.0.0.1', '\\x00ff', '[1,2)', 'NaN', '12', 'sad', '1 day', B'101', 'infinity', NULL)",
    )
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert skips == []
    assert {name: str(values[0]) for name, values in columns.items()} == {
        "d": "20000-01-01",
        "ts": "infinity",
        "a": "{a,b}",
        "j": '{"k": 1}',
        "u": "12345678-1234-1234-1234-123456789012",
        "i": "10.0.0.1/32",
        "b": "b'\\x00\\xff'",
        "r": "[1,2)",
        "n": "NaN",
        "g": "12",
        "m": "sad",
        "iv": "1 day",
        "bt": "101",
        "f": "inf",
        "nothing": "None",
    }


def test_a_huge_cell_is_cut_on_the_server_and_said(postgresql, connect):
    """Text beyond a mebibyte is a limit reached; of a binary only the beginning is of use."""
    postgresql.run(
        "CREATE TABLE t (id int PRIMARY KEY, note text, photo bytea)",
        "INSERT INTO t VALUES (1, repeat('x', 3000000), decode(repeat('00', 200000), 'hex')), (2, 'short', NULL)",
    )
    connector = connect()

    columns, skips = _values(connector, _listed(connector)["t"])

    assert [len(value) for value in columns["note"]] == [1 << 20, 5]
    assert len(columns["photo"][0]) == 1 << 16
    assert [(skip.code, skip.reason) for skip in skips] == [
        (
            SkipCode.LIMIT,
            "column 'note': 1 cells longer than the limit of a cell, of which only the beginning was read",
        ),
        (SkipCode.UNSUPPORTED, "column 'photo': 1 long binary cells, of which only the beginning was fetched"),
    ]


@pytest.mark.parametrize(
    ("columns", "key", "note"),
    [
        ("n::bigint AS id", "id", "sample: key probes"),
        ("md5(n::text) AS id", "id", "sample: hashed keys"),
        ("(n * 10::numeric ^ 24)::numeric(30, 0) AS id", "id", "sample: hashed keys"),
        ("n::numeric(18, 0) AS id", "id", "sample: key probes"),
        ("n % 10 AS a, n AS id", "a, id", "sample: hashed keys"),
        ("n AS id", None, "sample: TABLESAMPLE BERNOULLI, no key"),
    ],
)
def test_a_sample_reaches_over_the_whole_table_and_says_how(postgresql, connect, columns, key, note):
    """About the rows asked for, from every tenth of the table, the same each time."""
    postgresql.run(f"CREATE TABLE t AS SELECT {columns}, n AS place FROM generate_series(1, 20000) n")
    if key:
        postgresql.run(f"ALTER TABLE t ADD PRIMARY KEY ({key})")
    postgresql.run("ANALYZE t")
    connector = connect(ReadPlan(mode="sample", sample_rows=500))
    container = _listed(connector)["t"]

    places = _values(connector, container)[0]["place"]
    *_, last = connector.batches(container)

    assert 400 <= len(places) <= 600
    assert len(places) == len(set(places))
    assert {place * 10 // 20001 for place in places} == set(range(10))
    assert places == _values(connect(ReadPlan(mode="sample", sample_rows=500)), container)[0]["place"]
    assert last.container.rows == 20_000
    assert last.container.notes == (note,)


def test_keys_in_far_clusters_are_all_covered(postgresql, connect):
    """Even probes over the range of keys would find four rows here; each cluster has its share of the rows."""
    postgresql.run(
        "CREATE TABLE t (id bigint PRIMARY KEY)",
        "INSERT INTO t SELECT n FROM generate_series(1, 1000) n",
        "INSERT INTO t SELECT 5000000000000000000 + n FROM generate_series(1, 9000) n",
        "INSERT INTO t VALUES (9223372036854775807), (-9223372036854775808)",
    )
    connector = connect(ReadPlan(mode="sample", sample_rows=800))

    ids = _values(connector, _listed(connector)["t"])[0]["id"]

    assert 600 <= len(ids) == len(set(ids)) <= 800
    assert min(ids) == -(2**63)
    assert 60 <= sum(1 for key in ids if 0 < key <= 1000) <= 100
    assert sum(1 for key in ids if 5 * 10**18 < key < 6 * 10**18) > 600


def test_a_small_table_is_read_whole_in_sample_mode(postgresql, connect):
    """Then the total is exact and equals what was read."""
    postgresql.run("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 500) n")
    connector = connect(ReadPlan(mode="sample", sample_rows=500))

    (batch,) = connector.batches(_listed(connector)["t"])

    assert (batch.rows, batch.container.rows, batch.container.rows_exact, batch.container.notes) == (500, 500, True, ())


def test_a_source_cannot_be_written_through_the_connector(postgresql):
    """As a superuser, so that only the session's own setting can refuse."""
    from piiscan.connectors.sql.address import parse_address
    from piiscan.connectors.sql.sessions import Sessions
    from piiscan.model import Source

    postgresql.run("CREATE TABLE t (id int)")
    url = postgresql.engine.url.set(drivername="postgresql").render_as_string()
    sessions = Sessions(parse_address(Source("x", "sql", url)), ReadPlan())

    with pytest.raises(sa.exc.DBAPIError) as caught, sessions.open() as connection:
        connection.exec_driver_sql(f"INSERT INTO {postgresql.name}.t VALUES (1)")
    sessions.close()

    assert caught.value.orig.sqlstate == "25006"
    assert postgresql.rows("SELECT count(*) FROM t") == [(0,)]


def test_check_tells_a_select_only_role_from_one_that_may_write(postgresql, connect):
    """The right decides, not the read-only session."""
    postgresql.run("CREATE TABLE t (id int)")
    before = {line.subject: line.status for line in connect().check()}
    postgresql.run(f"GRANT DELETE ON t TO {postgresql.role}")
    after = {line.subject: line for line in connect().check()}

    assert before == {"reachable": "ok", "encrypted": "ok", "read-only": "ok", "permissions": "ok", "timeouts": "ok"}
    assert after["read-only"].status == "warning"
    assert "GRANT SELECT" in after["read-only"].message


def test_ages_equal_plain_sql_and_add_up(postgresql, connect):
    """Along a foreign key, by owner; sentinels, nulls, the future and orphans are undated."""
    postgresql.run(
        "CREATE TABLE accounts (id int PRIMARY KEY, last_activity_at timestamptz)",
        "INSERT INTO accounts SELECT n, timestamptz '2024-01-01 12:00+00' + n % 30 * interval '1 day' FROM generate_series(1, 900) n",
        "INSERT INTO accounts VALUES (901, NULL), (902, '1900-01-01'), (903, '9999-12-31'), (904, 'infinity'), (905, '0044-03-15 BC'), (906, '1899-01-01')",
        "CREATE TABLE payments (id int PRIMARY KEY, account_id int REFERENCES accounts, client text)",
        "INSERT INTO payments SELECT n, n % 907, (ARRAY['mercy', 'secret client', NULL])[1 + n % 3] FROM generate_series(1, 5000) n WHERE n % 907 > 0",
        "INSERT INTO payments VALUES (6000, NULL, 'mercy')",
    )
    connector = connect(ReadPlan(clients=frozenset({"mercy", "other"})))
    clock = Clock("last_collection_activity", ("account_id", "accounts.last_activity_at"))

    ages = connector.ages(_listed(connector)["payments"], clock, "client")

    expected = postgresql.rows("""
        SELECT CASE WHEN a.last_activity_at BETWEEN '2024-01-01' AND '2024-12-31' THEN (a.last_activity_at AT TIME ZONE 'UTC')::date END,
               count(*), CASE WHEN client = 'mercy' THEN 'mercy' ELSE '?' END
        FROM payments p LEFT JOIN accounts a ON a.id = p.account_id GROUP BY 1, 3
    """)
    assert sorted(map(repr, ages.rows)) == sorted(repr(AgeRow(*row)) for row in expected)
    assert sum(row.rows for row in ages.rows) == postgresql.rows("SELECT count(*) FROM payments")[0][0]
    assert "secret client" not in repr(ages)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("date", "('2024-05-06'), ('2024-05-06'), (NULL)", [(None, 1), (date(2024, 5, 6), 2)]),
        ("text", "('2024-05-06T10:00:00Z'), ('06/05/2024'), ('2024-13-01'), ('')", [(None, 3), (date(2024, 5, 6), 1)]),
        ("int", "(20240506), (0), (20241301)", [(None, 2), (date(2024, 5, 6), 1)]),
        ("bigint", "(1714953600), (1714953601), (NULL)", [(None, 1), (date(2024, 5, 6), 2)]),
        ("bigint", "(1714953600000), (1714953600999)", [(date(2024, 5, 6), 2)]),
        ("numeric", "(1714953600.5), (0)", [(None, 1), (date(2024, 5, 6), 1)]),
        ("int", "(1), (2), (20240506)", [(None, 3)]),
    ],
)
def test_a_clock_column_of_any_kind_is_dated(postgresql, connect, kind, values, expected):
    """Dates, ISO texts, yyyymmdd, epoch seconds and milliseconds; anything else is undated."""
    postgresql.run(f"CREATE TABLE t (w {kind})", f"INSERT INTO t VALUES {values}")
    connector = connect()

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("w",)), None)

    assert [(row.day, row.rows) for row in ages.rows] == expected


def test_ages_that_take_too_long_raise_a_timeout(postgresql, connect):
    """The scan turns it into a skip."""
    postgresql.run("CREATE VIEW slow AS SELECT pg_sleep(30)::text AS w")
    connector = connect(ReadPlan(statement_timeout_s=0.3))

    with pytest.raises(SourceError) as caught:
        connector.ages(_listed(connector)["slow"], Clock("collected", ("w",)), None)

    assert caught.value.code is SkipCode.TIMEOUT


def test_a_schema_that_may_not_be_used_gives_a_skip_for_each_table(postgresql, connect):
    """The catalogue shows the tables to everyone, so nothing is hidden, only unread."""
    postgresql.run("CREATE TABLE t (id int)", f"REVOKE USAGE ON SCHEMA {postgresql.name} FROM {postgresql.role}")

    (skip,) = connect().containers()

    assert (skip.code, skip.container, skip.hides) == (SkipCode.NO_PERMISSION, f"{postgresql.name}.t", False)


def test_a_reader_that_stops_early_leaves_no_transaction_open(postgresql, connect):
    """An abandoned stream must not hold the server's snapshot."""
    postgresql.run("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 50000) n")
    connector = connect(ReadPlan(mode="full", batch_rows=100))
    reading = connector.batches(_listed(connector)["t"])
    next(reading)
    reading.close()

    assert postgresql.rows(
        f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{postgresql.role}' AND xact_start IS NOT NULL"
    ) == [(0,)]


def test_two_connectors_read_at_the_same_time(postgresql, connect):
    """Each worker has its own; none waits for the other."""
    postgresql.run("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 2000) n")
    connectors = [connect(), connect()]
    seen = []
    threads = [
        threading.Thread(target=lambda c=c: seen.append(len(_values(c, _listed(c)["t"])[0]["id"]))) for c in connectors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [2000, 2000]


@pytest.mark.parametrize(
    ("change", "parts", "code", "message"),
    [
        (
            "ALTER ROLE {0} NOLOGIN",
            {},
            SkipCode.NO_PERMISSION,
            "the login was refused: ALTER ROLE ... LOGIN is missing (PostgreSQL: 28000)",
        ),
        (
            "SELECT 1",
            {"username": "nobody_we_know"},
            SkipCode.NO_PERMISSION,
            "the login was refused: ",
        ),
        (
            "SELECT 1",
            {"database": "not_there"},
            SkipCode.UNREACHABLE,
            "the server has no such database: check its name in the url (PostgreSQL: 3D000)",
        ),
        (
            "ALTER ROLE {0} CONNECTION LIMIT 0",
            {},
            SkipCode.LIMIT,
            "the server has no connection left: try again later (PostgreSQL: 53300)",
        ),
        (
            "SELECT 1",
            {"port": 1},
            SkipCode.UNREACHABLE,
            "the connection failed or was lost (PostgreSQL: OperationalError)",
        ),
    ],
)
def test_what_kept_the_connection_from_being_made_is_told_apart(postgresql, connect, change, parts, code, message):
    """The server's sentence is understood, not passed on, and the password is in none.

    Whether a server owns that it does not know a user depends on how it proves who is who.
    """
    postgresql.run(change.format(postgresql.role))
    url = sa.make_url(postgresql.url).set(**parts).render_as_string()

    with pytest.raises(SourceError) as caught:
        list(connect(url=url).containers())

    assert caught.value.code is code
    assert caught.value.message.startswith(message)
    assert postgresql.secret.reveal() not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


def test_filled_columns_are_counted_by_day_where_they_lie(postgresql, connect):
    """Each day says how many of its rows fill each column asked for, whatever the column is called."""
    quote = '"'
    column = f"{quote}e%mail of 'x'{quote}"
    postgresql.run(
        f"CREATE TABLE t (id int PRIMARY KEY, seen date, ssn varchar(11), {column} varchar(40))",
        "INSERT INTO t VALUES (1, '2024-05-06', '1', NULL), (2, '2024-05-06', NULL, NULL), (3, NULL, '2', 'a')",
    )
    connector = connect()

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("seen",)), None, ["ssn", "e%mail of 'x'"])

    assert ages.rows == (
        AgeRow(None, 1, None, {"ssn": 1, "e%mail of 'x'": 1}),
        AgeRow(date(2024, 5, 6), 2, None, {"ssn": 1, "e%mail of 'x'": 0}),
    )


def test_an_owner_is_matched_letter_by_letter(postgresql, connect):
    """A collation that ignores case must not give a client another's rows."""
    postgresql.run(
        "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "CREATE TABLE t (seen date, client text COLLATE folded)",
        "INSERT INTO t VALUES (NULL, 'mercy'), (NULL, 'MERCY'), (NULL, 'Mercy')",
    )
    connector = connect(ReadPlan(clients=frozenset({"mercy"})))

    ages = connector.ages(_listed(connector)["t"], Clock("collected", ("seen",)), "client")

    assert ages.rows == (AgeRow(None, 2, "?"), AgeRow(None, 1, "mercy"))


@pytest.mark.parametrize("mode", ["full", "sample"])
def test_a_database_without_an_encoding_is_read_as_text(ascii_database, connect, mode):
    """UTF-8 where the bytes are that, else Windows' Western European; in every type that is text on the wire."""
    ascii_database.run(
        "CREATE TYPE mood AS ENUM ('glad')",
        "CREATE TABLE t (id text PRIMARY KEY, v varchar(9), c char(4), n name, m mood, j json, a text[], d date, b bytea, num numeric)",
        r"INSERT INTO t VALUES (E'caf\351', E'\200 5', E'\201', 'plain', 'glad', E'{\"k\": \"\351\"}', ARRAY[E'\351'], '2024-05-06', '\x00e9', 1.5)",
        r"INSERT INTO t VALUES (E'caf\303\251', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    connector = connect(ReadPlan(mode=mode), url=ascii_database.url, include=())

    columns, skips = _values(connector, _listed(connector)["t"])

    assert skips == []
    assert sorted(columns["id"]) == ["café", "café"]
    assert {name: {str(value) for value in values} - {"None"} for name, values in columns.items()} == {
        "id": {"café"},
        "v": {"€ 5"},
        "c": {"\ufffd   "},
        "n": {"plain"},
        "m": {"glad"},
        "j": {'{"k": "é"}'},
        "a": {"{é}"},
        "d": {"2024-05-06"},
        "b": {"b'\\x00\\xe9'"},
        "num": {"1.5"},
    }


def test_names_and_owners_in_a_database_without_an_encoding(ascii_database, connect):
    """A name in UTF-8 is found again; one in another encoding is listed as what cannot be read."""
    latin = {"größe": "größe".encode().decode("latin-1"), "zoë": "zoë".encode().decode("latin-1")}
    ascii_database.run(
        f'CREATE TABLE "{latin["größe"]}" (seen date, "{latin["zoë"]}" text)',
        f"""INSERT INTO "{latin["größe"]}" VALUES ('2024-05-06', '{latin["zoë"]}'), (NULL, 'ZO')""",
        'CREATE TABLE "zoë" (id int)',
    )
    connector = connect(ReadPlan(mode="full", clients=frozenset({"zoë"})), url=ascii_database.url, include=())

    skip, container = sorted(connector.containers(), key=lambda found: isinstance(found, Container))

    assert (skip.container, skip.code) == ("public.zoë", SkipCode.VANISHED)
    assert container.path == "public.größe"
    assert _values(connector, container) == ({"seen": ["2024-05-06", None], "zoë": ["zoë", "ZO"]}, [])
    assert connector.ages(container, Clock("collected", ("seen",)), "zoë", ["zoë"]).rows == (
        AgeRow(None, 1, "?", {"zoë": 1}),
        AgeRow(date(2024, 5, 6), 1, "zoë", {"zoë": 1}),
    )
    assert {line.subject: line.status for line in connector.check()}["reachable"] == "ok"


READ_ALL = """
import sys
from piiscan.connectors.sql import SqlConnector
from piiscan.model import ReadPlan, Source
connector = SqlConnector(Source("db", "sql", sys.argv[1], include=(sys.argv[2],)), ReadPlan(mode="full"))
for container in connector.containers():
    list(connector.batches(container))
"""


def test_a_killed_worker_leaves_no_query_running(postgresql):
    """The server looks every few seconds whether anybody is left to hear the answer."""
    postgresql.run("CREATE VIEW slow AS SELECT pg_sleep(300)::text AS t")
    running = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{postgresql.role}' AND state = 'active'"
    worker = subprocess.Popen(
        [sys.executable, "-c", READ_ALL, postgresql.url, f"{postgresql.name}.slow"],
        env=os.environ | {"PGPASSWORD": postgresql.secret.reveal()},
    )
    try:
        _wait_for(postgresql, running, 1)
    finally:
        worker.kill()
        worker.wait()

    _wait_for(postgresql, running, 0)


def _wait_for(place, query, number):
    for _ in range(300):
        if place.rows(query) == [(number,)]:
            return
        time.sleep(0.1)
    pytest.fail(f"{query}: never {number}")
