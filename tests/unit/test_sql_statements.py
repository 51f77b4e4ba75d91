"""The statements of the sql connector as each of the five databases would get them: no server, whole literals."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql.layout import Key, Layout, _is_whole
from piiscan.connectors.sql.samples import array_statement, hash_statement, union_statement
from piiscan.connectors.sql.sessions import SERVERS
from piiscan.model import Container, ReadPlan

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
