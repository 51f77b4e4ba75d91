"""The statements of the sql connector as each of the five databases would get them: no server, whole literals."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql.buckets import Buckets
from piiscan.connectors.sql.changes import becomes
from piiscan.connectors.sql.comparing import compare
from piiscan.connectors.sql.days import read_days
from piiscan.connectors.sql.judging import judged_statement
from piiscan.connectors.sql.layout import Key, Layout, _is_whole
from piiscan.connectors.sql.paths import Place, Way
from piiscan.connectors.sql.patterns import ISO
from piiscan.connectors.sql.rows import Rows
from piiscan.connectors.sql.samples import array_statement, hash_statement, union_statement
from piiscan.connectors.sql.scales import SCALES
from piiscan.connectors.sql.sessions import SERVERS
from piiscan.connectors.sql.writings import NATIVE, Writing
from piiscan.model import Clock, Container, ReadPlan
from piiscan.model.judging import Change, Cover, Ended, Judgment, Keep, Term, Test

URLS = {
    "sqlite": "sqlite:///x.db",
    "postgresql": "postgresql+psycopg://h/d",
    "mariadb": "mariadb+pymysql://h/d",
    "mssql": "mssql+pyodbc://h/d",
    "oracle": "oracle+oracledb://h/d",
}
COLUMNS = (
    ("id", sa.Integer()),
    ("code", sa.String(9)),
    ("note", sa.Text()),
    ("photo", sa.LargeBinary()),
    ("at", sa.DateTime()),
    ("odd", sa.Uuid()),
)


class Bench:
    """One dialect, a table ``s.t`` and statements as text."""

    def __init__(self, backend):
        url = sa.make_url(URLS[backend])
        self.dialect = url.get_dialect()()
        self.server = SERVERS[backend](url, ReadPlan(statement_timeout_s=60, lock_timeout_s=2))
        self.id = sa.column("id")

    def layout(self, columns=COLUMNS[:1], hint=""):
        container = Container("x", "s.t", "table", locator=("s", "t", hint))
        return Layout(
            container,
            sa.table("t", schema="s"),
            tuple(self.server.cell(*column) for column in columns),
            Key((self.id,), is_integer=True),
        )

    def text(self, statement, *, literal=True):
        return " ".join(str(statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": literal})).split())

    def where(self, spread):
        query = sa.select(sa.column("id")).select_from(spread.table)
        return self.text(query if spread.where is None else query.where(spread.where))


@pytest.fixture
def bench(request):
    return Bench(request.param)


def each(**expected):
    """One case a dialect; all five must be given."""
    assert set(expected) == set(URLS)
    return pytest.mark.parametrize(("bench", "expected"), expected.items(), indirect=["bench"])


SQLITE_CELL = "CASE WHEN (typeof({0}) = 'text') THEN substr({0}, 1, 1048577) WHEN (typeof({0}) = 'blob') THEN substr({0}, 1, 65537) ELSE {0} END AS {1}"


@each(
    sqlite="SELECT "
    + ", ".join(SQLITE_CELL.format(name, f"c{n}") for n, (name, _) in enumerate(COLUMNS))
    + " FROM s.t",
    postgresql="SELECT id AS c0, code AS c1, substr(note, 1, 1048577) AS c2, substr(photo, 1, 65537) AS c3,"
    " substr(CAST(at AS TEXT), 1, 1048577) AS c4, substr(CAST(odd AS TEXT), 1, 1048577) AS c5 FROM s.t",
    mariadb="SELECT id AS c0, code AS c1, substr(note, 1, 1048577) AS c2, substr(photo, 1, 65537) AS c3,"
    " substr(CAST(at AS CHAR), 1, 1048577) AS c4, substr(CAST(odd AS CHAR), 1, 1048577) AS c5 FROM s.t",
    mssql="SELECT id AS c0, code AS c1, substring(note, 1, 1048577) AS c2, substring(photo, 1, 65537) AS c3,"
    " substring(convert(nvarchar(max), at, 126), 1, 1048577) AS c4, substring(convert(nvarchar(max), odd, 126), 1, 1048577) AS c5 FROM s.t",
    oracle="SELECT id AS c0, code AS c1, substr(note, 1, 1048577) AS c2, dbms_lob.substr(photo, 2000, 1) AS c3,"
    " at AS c4, substr(to_char(odd), 1, 1048577) AS c5 FROM s.t",
)
def test_cells_are_bounded_and_odd_types_come_as_text(bench, expected):
    """Whole numbers and short texts as they are, the rest cut on the server."""
    assert bench.text(bench.layout(COLUMNS).values()) == expected


@each(
    sqlite="SELECT 0 AS n, q0.k FROM (SELECT id AS k FROM s.t WHERE id >= ? ORDER BY id LIMIT ? OFFSET ?) AS q0"
    " UNION ALL SELECT 1 AS n, q1.k FROM (SELECT id AS k FROM s.t WHERE id >= ? ORDER BY id LIMIT ? OFFSET ?) AS q1",
    postgresql="SELECT piiscan_probes.n - %(n_1)s::INTEGER AS anon_1, (SELECT id FROM s.t WHERE id >= piiscan_probes.probe ORDER BY id LIMIT %(param_1)s::INTEGER) AS k"
    " FROM unnest(%(probes)s::BIGINT[]) WITH ORDINALITY AS piiscan_probes(probe, n)",
    mariadb="SELECT 0 AS n, q0.k FROM (SELECT id AS k FROM s.t WHERE id >= %s ORDER BY id LIMIT %s) AS q0"
    " UNION ALL SELECT 1 AS n, q1.k FROM (SELECT id AS k FROM s.t WHERE id >= %s ORDER BY id LIMIT %s) AS q1",
    mssql="SELECT 0 AS n, q0.k FROM (SELECT TOP __[POSTCOMPILE_param_1] id AS k FROM s.t WHERE id >= :p0 ORDER BY id) AS q0"
    " UNION ALL SELECT 1 AS n, q1.k FROM (SELECT TOP __[POSTCOMPILE_param_2] id AS k FROM s.t WHERE id >= :p1 ORDER BY id) AS q1",
    oracle="SELECT 0 AS n, q0.k FROM (SELECT id AS k FROM s.t WHERE id >= :p0 ORDER BY id FETCH FIRST __[POSTCOMPILE_param_1] ROWS ONLY) q0"
    " UNION ALL SELECT 1 AS n, q1.k FROM (SELECT id AS k FROM s.t WHERE id >= :p1 ORDER BY id FETCH FIRST __[POSTCOMPILE_param_2] ROWS ONLY) q1",
)
def test_probes_go_down_the_key(bench, expected):
    """One step a probe: never a scan, never the first rows only."""
    statement = (
        array_statement(bench.layout(), bench.id)
        if bench.server.takes_arrays
        else union_statement(bench.layout(), bench.id, 2)
    )

    assert bench.text(statement, literal=False) == expected


@each(
    sqlite="piiscan_bucket('' || '|' || coalesce(CAST(a AS TEXT), '') || '|' || coalesce(CAST(b AS TEXT), '')) < 104858 ORDER BY a, b",
    postgresql="hashtext(concat_ws('|', CAST(a AS TEXT), CAST(b AS TEXT))) & 1048575 < 104858 ORDER BY a, b",
    mariadb="(crc32(concat_ws('|', a, b)) %% 1048573) %% 1048576 < 104858 ORDER BY a, b",
    mssql="checksum(a, b) & 1048575 < 104858 ORDER BY a, b",
    oracle="ora_hash(to_char(a) || '|' || to_char(b), 1048575) < 104858 ORDER BY a, b",
)
def test_other_keys_are_hashed(bench, expected):
    """By the database's own function, so that a row is in the sample or not, whatever the order of rows."""
    key = Key((sa.column("a"), sa.column("b")), is_integer=False)

    assert bench.text(hash_statement(bench.server, bench.layout(), key, 100, 1000)).partition(" WHERE ")[2] == expected


EVERY = "SELECT id FROM (SELECT piiscan_table.*, row_number() OVER (ORDER BY (SELECT NULL AS anon_1{0})) AS piiscan_row FROM s.t{1} piiscan_table){1} piiscan_rows"
MODULO = " WHERE (CAST(piiscan_row AS BIGINT) * 100) {0} 1000 < 100"


@each(
    sqlite=(EVERY.format("", " AS") + MODULO.format("%"),) * 2,
    postgresql=(
        EVERY.format("", " AS") + MODULO.format("%%"),
        "SELECT id FROM s.t AS piiscan_rows TABLESAMPLE bernoulli(10.0) REPEATABLE (20260101)",
    ),
    mariadb=("SELECT id FROM s.t WHERE rand(20260101) < 0.1",) * 2,
    mssql=(EVERY.format("", " AS") + MODULO.format("%"),) * 2,
    oracle=(
        EVERY.format(" FROM DUAL", "") + " WHERE mod((CAST(piiscan_row AS NUMBER(19)) * 100), 1000) < 100",
        "SELECT id FROM s.t WHERE ora_hash(ROWID, 1048575, 20260101) < 104858",
    ),
)
def test_views_and_tables_without_a_key_are_sampled_over_a_full_pass(bench, expected):
    """First of a view, then of a table."""
    assert (
        bench.where(bench.server.spread(sa.table("t", schema="s"), 100, 1000)),
        bench.where(bench.server.spread_table(sa.table("t", schema="s"), 100, 1000)),
    ) == expected


AS_OF, LAST = date(2026, 6, 30), date(2020, 1, 1)
ISO_ONLY = Writing((ISO,))


@each(
    sqlite="(w GLOB '[0-9][0-9]-[A-Za-z][A-Za-z][A-Za-z]-[0-9][0-9][0-9][0-9]') OR (w GLOB '[0-9][0-9]-[A-Za-z][A-Za-z][A-Za-z]-[0-9][0-9][0-9][0-9][ T]*')",
    postgresql="(w COLLATE \"C\") LIKE '__-___-____%%' AND (w COLLATE \"C\") ~ '^[0-9]{2}-[A-Za-z]{3}-[0-9]{4}([ T]|$)'",
    mariadb="CAST(w AS CHAR) LIKE '__-___-____%%' AND CAST(w AS CHAR) REGEXP '^[0-9]{2}-[A-Za-z]{3}-[0-9]{4}([ T]|$)'",
    mssql="w LIKE '[0-9][0-9]-[A-Za-z][A-Za-z][A-Za-z]-[0-9][0-9][0-9][0-9]' OR w LIKE '[0-9][0-9]-[A-Za-z][A-Za-z][A-Za-z]-[0-9][0-9][0-9][0-9][ T]%'",
    oracle="w LIKE '__-___-____%' AND REGEXP_LIKE(w, '^[0-9]{2}-[A-Za-z]{3}-[0-9]{4}([ T]|$)')",
)
def test_a_text_is_told_by_its_shape(bench, expected):
    """By what the database has for it, and never by a cast, which could fail."""
    text = bench.server.plain(sa.column("w"), sa.String(20))

    assert bench.text(bench.server.looks(text, "##-AAA-####")) == expected


NATIVE_DAY = "CASE WHEN (w >= '1901-01-01' AND w < '2026-07-02' AND (w < '1970-01-01' OR w >= '1970-01-02'){0}) THEN w END < '2020-01-02'"


@each(
    sqlite=None,
    postgresql=NATIVE_DAY.format(""),
    mariadb=NATIVE_DAY.format(" AND dayofmonth(w) BETWEEN 1 AND dayofmonth(last_day(w))"),
    mssql=NATIVE_DAY.format(""),
    oracle="CASE WHEN (w >= TO_DATE('1901-01-01', 'YYYY-MM-DD') AND w < TO_DATE('2026-07-02', 'YYYY-MM-DD') AND (w < TO_DATE('1970-01-01', 'YYYY-MM-DD')"
    " OR w >= TO_DATE('1970-01-02', 'YYYY-MM-DD'))) THEN w END < TO_DATE('2020-01-02', 'YYYY-MM-DD')",
)
def test_a_date_is_compared_as_such(bench, expected):
    """Unknown for a sentinel, a day before any record or yet to come; SQLite has no dates."""
    days = read_days(bench.server, sa.column("w"), sa.Date(), NATIVE, AS_OF)

    assert expected is None or bench.text(days.until(LAST)) == expected


BUCKET = "CASE WHEN (w >= {0}) THEN NULL WHEN (w >= {1}) THEN 1 WHEN (w >= {2}) THEN 0 WHEN (w >= {3}) THEN NULL WHEN (w >= {4}) THEN 0 END"
SECONDS = BUCKET.format(1782950400, 1577923200, 86400, 0, -2177452800)


@each(sqlite=None, postgresql=SECONDS, mariadb=SECONDS, mssql=SECONDS, oracle=SECONDS)
def test_a_number_is_compared_as_such(bench, expected):
    """Between the numbers of days, without any division."""
    days = read_days(bench.server, sa.column("w"), sa.BigInteger(), Writing(scale=SCALES[1]), AS_OF)

    assert expected is None or bench.text(days.bucket([LAST])) == expected


@each(
    sqlite="CASE WHEN (typeof(w) = 'text') THEN CAST(NULL AS VARCHAR(10)) WHEN (typeof(w) IN ('integer', 'real')) THEN date((CAST(w AS BIGINT) / 86400) * 86400, 'unixepoch') END",
    postgresql="CAST(CAST('1970-01-01' AS DATE) + CAST(CAST(w AS BIGINT) / 86400 AS INTEGER) AS TEXT)",
    mariadb="CAST(from_days(FLOOR(CAST(w AS SIGNED INTEGER) / 86400) + 719528) AS CHAR)",
    mssql="convert(nvarchar(10), dateadd(day, CAST(w AS BIGINT) / 86400, '19700101'), 23)",
    oracle="to_char(DATE '1970-01-01' + CAST(FLOOR(CAST(w AS NUMBER(19)) / 86400) AS INTEGER), 'YYYY-MM-DD')",
)
def test_seconds_become_iso_days(bench, expected):
    """Where a day must be a text."""
    days = read_days(bench.server, sa.column("w"), sa.BigInteger(), Writing(scale=SCALES[1]), AS_OF)
    iso = days.found if bench.server.name == "SQLite" else SCALES[1].iso(bench.server, sa.column("w"))

    assert bench.text(iso) == expected


@each(
    sqlite="(CAST(w AS TEXT) COLLATE \"BINARY\") = 'x'",
    postgresql='((w COLLATE "C") COLLATE "C") = \'x\'',
    mariadb="CAST(CAST(w AS CHAR) AS BINARY) = 'x'",
    mssql="(w COLLATE Latin1_General_BIN2) = 'x'",
    oracle="w = 'x'",
)
def test_a_text_is_equal_letter_by_letter(bench, expected):
    """Whatever the column's collation."""
    way = Way(Place(None, "t", sa.table("t"), {}), sa.column("w"), sa.String(9))

    assert bench.text(compare(bench.server, way, Test(("w",), "=", "x"))) == expected


@each(
    sqlite=None,
    postgresql="CAST(date_trunc('year', w) AS DATE)",
    mariadb="CAST(makedate(year(w), 1) AS DATE)",
    mssql="CAST(datefromparts(year(w), 1, 1) AS DATETIME)",
    oracle="trunc(w, 'YYYY')",
)
def test_a_date_becomes_the_first_of_its_year(bench, expected):
    """By each database's own function."""
    way = Way(Place(None, "t", sa.table("t"), {}), sa.column("w"), sa.Date())

    assert expected is None or bench.text(becomes(bench.server, way, Change("w", "year"))) == expected


class Catalogue:
    """What an Inspector would say of ``s.t`` and its parent ``s.a``."""

    tables = {  # noqa: RUF012
        "t": {"id": sa.Integer(), "a_id": sa.Integer(), "day": sa.Date(), "word": sa.String(9)},
        "a": {"id": sa.Integer(), "closed": sa.Date()},
    }

    def get_columns(self, name, schema):
        return [{"name": column, "type": kind} for column, kind in self.tables[name].items()]

    def get_foreign_keys(self, name, schema):
        return [
            {"constrained_columns": ["a_id"], "referred_schema": "s", "referred_table": "a", "referred_columns": ["id"]}
        ]

    def get_pk_constraint(self, name, schema):
        return {"constrained_columns": ["id"]}


@pytest.fixture
def rows(bench, monkeypatch):
    """Rows of ``s.t`` on a server that is not there; SQLite's columns are known to hold ISO texts."""
    monkeypatch.setattr("piiscan.connectors.sql.paths.sa.inspect", lambda connection: Catalogue())
    writing = ISO_ONLY if bench.server.name == "SQLite" else NATIVE
    container = Container("x", "s.t", "table", locator=("s", "t", ""))
    known = {("day",): writing, ("a_id", "a.closed"): writing}
    return Rows(None, bench.server, container, AS_OF, "word", known)


JUDGMENT = Judgment(
    "r",
    Term((Ended(Clock("e", ("day",)), LAST),)),
    holds=(Cover("h", ((Test(("word",), "=", "x"),),)),),
    keeps=(Keep("k", Term((Ended(Clock("c", ("a_id", "a.closed")), date(2022, 1, 1)),))),),
)
JOINED = " FROM s.t AS piiscan_0 LEFT OUTER JOIN s.a AS piiscan_1 ON piiscan_1.id = piiscan_0.a_id"


@each(
    sqlite=" LIMIT ? OFFSET 0",
    postgresql='CASE WHEN (((piiscan_0.word COLLATE "C") COLLATE "C") = \'x\') THEN 1 ELSE 0 END AS fact_1, piiscan_0.day AS day_0, piiscan_1.closed AS day_1, pg_is_in_recovery() AS piiscan_fence'
    + JOINED,
    mariadb="CASE WHEN (CAST(CAST(piiscan_0.word AS CHAR) AS BINARY) = 'x') THEN 1 ELSE 0 END AS fact_1, piiscan_0.day AS day_0,"
    " CASE WHEN (dayofmonth(piiscan_0.day) BETWEEN 1 AND dayofmonth(last_day(piiscan_0.day))) THEN 1 END AS real_0, piiscan_1.closed AS day_1,"
    " CASE WHEN (dayofmonth(piiscan_1.closed) BETWEEN 1 AND dayofmonth(last_day(piiscan_1.closed))) THEN 1 END AS real_1"
    + JOINED
    + " LIMIT 9223372036854775807",
    mssql="CASE WHEN ((piiscan_0.word COLLATE Latin1_General_BIN2) = 'x') THEN 1 ELSE 0 END AS fact_1, piiscan_0.day AS day_0, piiscan_1.closed AS day_1"
    + JOINED,
    oracle="CASE WHEN (piiscan_0.word = 'x') THEN 1 ELSE 0 END AS fact_1, piiscan_0.day AS day_0, piiscan_1.closed AS day_1"
    + JOINED.replace(" AS ", " "),
)
def test_rows_are_read_once_for_all_judgments(bench, rows, expected):
    """Joined as far as clocks lead; worked out once a row, where the planner would do it again and again."""
    text = bench.text(judged_statement(Buckets(rows, [JUDGMENT, JUDGMENT]), [JUDGMENT, JUDGMENT]))
    innermost = text.partition(") AS piiscan_rows)")[0].partition(") piiscan_rows)")[0]

    assert innermost.endswith(expected)


@pytest.mark.parametrize("bench", ["postgresql"], indirect=True)
def test_judgments_are_gone_through_once_a_group(bench, rows):
    """Rows, cutoffs before each day, groups, the order of the judgment, the counts."""
    text = bench.text(judged_statement(Buckets(rows, [JUDGMENT]), [JUDGMENT]))

    assert text == (
        "SELECT piiscan_judged.owner, piiscan_judged.status_0, piiscan_judged.by_0, sum(piiscan_judged.number) AS sum_1,"
        " min(piiscan_judged.first_day_0) AS min_1, max(piiscan_judged.last_day_0) AS max_1, min(piiscan_judged.first_day_1) AS min_2, max(piiscan_judged.last_day_1) AS max_2"
        " FROM (SELECT CASE WHEN (owner_number IS NOT NULL) THEN '?' END AS owner,"
        " CASE WHEN (fact_1 = 1) THEN 'on_hold' WHEN (clock_0 > 0) THEN 'within' WHEN (clock_0 <= 0) THEN"
        " CASE WHEN (clock_1 > 0) THEN 'exempt' WHEN (clock_1 <= 0) THEN 'overdue' ELSE 'undated' END ELSE 'undated' END AS status_0,"
        " CASE WHEN (fact_1 = 1) THEN 'h' WHEN (clock_0 > 0) THEN CAST(NULL AS VARCHAR(255)) WHEN (clock_0 <= 0) THEN"
        " CASE WHEN (clock_1 > 0) THEN 'k' ELSE CASE WHEN (clock_1 <= 0) THEN CAST(NULL AS VARCHAR(255)) ELSE 'k' END END"
        " ELSE CAST(NULL AS VARCHAR(255)) END AS by_0, piiscan_groups.number AS number,"
        " CASE WHEN (piiscan_groups.clock_0 IS NOT NULL) THEN piiscan_groups.first_day_0 END AS first_day_0,"
        " CASE WHEN (piiscan_groups.clock_0 IS NOT NULL) THEN piiscan_groups.last_day_0 END AS last_day_0,"
        " CASE WHEN (piiscan_groups.clock_1 IS NOT NULL) THEN piiscan_groups.first_day_1 END AS first_day_1,"
        " CASE WHEN (piiscan_groups.clock_1 IS NOT NULL) THEN piiscan_groups.last_day_1 END AS last_day_1"
        " FROM (SELECT piiscan_buckets.owner_number AS owner_number, piiscan_buckets.fact_1 AS fact_1, piiscan_buckets.clock_0 AS clock_0, piiscan_buckets.clock_1 AS clock_1,"
        " count(*) AS number, min(piiscan_buckets.day_0) AS first_day_0, max(piiscan_buckets.day_0) AS last_day_0, min(piiscan_buckets.day_1) AS first_day_1, max(piiscan_buckets.day_1) AS last_day_1"
        " FROM (SELECT piiscan_rows.owner_number AS owner_number, piiscan_rows.fact_1 AS fact_1,"
        " CASE WHEN (piiscan_rows.day_0 >= '2026-07-02') THEN NULL WHEN (piiscan_rows.day_0 >= '2020-01-02') THEN 1 WHEN (piiscan_rows.day_0 >= '1970-01-02') THEN 0"
        " WHEN (piiscan_rows.day_0 >= '1970-01-01') THEN NULL WHEN (piiscan_rows.day_0 >= '1901-01-01') THEN 0 END AS clock_0, piiscan_rows.day_0 AS day_0,"
        " CASE WHEN (piiscan_rows.day_1 >= '2026-07-02') THEN NULL WHEN (piiscan_rows.day_1 >= '2022-01-02') THEN 1 WHEN (piiscan_rows.day_1 >= '1970-01-02') THEN 0"
        " WHEN (piiscan_rows.day_1 >= '1970-01-01') THEN NULL WHEN (piiscan_rows.day_1 >= '1901-01-01') THEN 0 END AS clock_1, piiscan_rows.day_1 AS day_1"
        " FROM (SELECT CAST(-1 AS INTEGER) AS owner_number,"
        ' CASE WHEN (((piiscan_0.word COLLATE "C") COLLATE "C") = \'x\') THEN 1 ELSE 0 END AS fact_1, piiscan_0.day AS day_0, piiscan_1.closed AS day_1, pg_is_in_recovery() AS piiscan_fence'
        + JOINED
        + ") AS piiscan_rows) AS piiscan_buckets"
        " GROUP BY piiscan_buckets.owner_number, piiscan_buckets.fact_1, piiscan_buckets.clock_0, piiscan_buckets.clock_1) AS piiscan_groups) AS piiscan_judged"
        " GROUP BY piiscan_judged.owner, piiscan_judged.status_0, piiscan_judged.by_0"
    )


@pytest.mark.parametrize(
    ("kind", "is_whole"),
    [
        (sa.BigInteger(), True),
        (sa.Numeric(18, 0), True),
        (sa.Numeric(19, 0), False),
        (sa.Numeric(None, 0), False),
        (sa.Numeric(18, 2), False),
        (sa.Float(10), False),
        (sa.String(9), False),
    ],
)
def test_a_key_is_probed_only_if_all_its_values_fit_64_bits(kind, is_whole):
    """Any other is hashed."""
    assert _is_whole(kind) is is_whole


@each(
    sqlite=("PRAGMA query_only = ON", "PRAGMA temp_store = MEMORY"),
    postgresql=(
        "SET default_transaction_read_only = on",
        "SET statement_timeout = 60000",
        "SET lock_timeout = 2000",
        "SET idle_in_transaction_session_timeout = 600000",
        "SET jit = off",
        "SET TimeZone = 'UTC'",
        "SET DateStyle = 'ISO, YMD'",
        "SET IntervalStyle = 'postgres'",
    ),
    mariadb=(
        "SET SESSION TRANSACTION READ ONLY",
        "SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2, SESSION net_write_timeout = 600, SESSION time_zone = '+00:00'",
        "SET SESSION sql_select_limit = DEFAULT /*M!, SESSION max_statement_time = 60 *//*!50708 , SESSION max_execution_time = 60000 */",
    ),
    mssql=("SET LOCK_TIMEOUT 2000", "SET DATEFORMAT ymd"),
    oracle=("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'", "ALTER SESSION SET TIME_ZONE = '+00:00'"),
)
def test_a_fresh_session_is_read_only_and_bounded(bench, expected):
    """What every connection is told first."""
    assert bench.server.settings() == expected


def test_a_table_that_needs_a_word_beside_its_name_gets_it():
    """PostgreSQL's ONLY stands before the name, MariaDB's history clause behind it."""
    shown = {
        backend: bench.text(bench.layout(hint=hint).values())
        for backend, hint, bench in (
            ("postgresql", "ONLY", Bench("postgresql")),
            ("mariadb", "FOR SYSTEM_TIME ALL", Bench("mariadb")),
        )
    }

    assert shown == {
        "postgresql": "SELECT id AS c0 FROM ONLY s.t",
        "mariadb": "SELECT id AS c0 FROM s.t FOR SYSTEM_TIME ALL",
    }
