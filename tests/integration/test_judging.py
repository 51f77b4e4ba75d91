"""How rows stand by judgments on real servers: days of every type and spelling, tests of every type, counts that equal plain SQL."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.errors import SourceError
from piiscan.model import Clock, Container, ReadPlan
from piiscan.model.judging import Change, Cover, DateProfile, Ended, Judgment, Keep, Term, Test

AS_OF = date(2026, 6, 30)
LAST = date(2020, 1, 1)
OVER = Term(fixed=True)
MAY = date(2024, 5, 6)


@pytest.fixture(params=["postgresql", "mariadb"])
def place(request):
    """A schema of our own on each server."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def judge(place):
    """Judges a table of it as the scanner does; closed at the end."""
    connector = SqlConnector(place.source(), ReadPlan(clients=frozenset({"mercy"})))

    def ask(table, *judgments, owner=None):
        container = Container("db", place.prefix + table, "table", locator=(place.prefix[:-1], table, ""))
        return connector.judge(container, judgments, owner, AS_OF)

    ask.connector = connector
    yield ask
    connector.close()


def by(clock, last=LAST):
    return Term((Ended(Clock("e", clock), last),))


BOTH = [
    ("date", "('2024-05-06'), ('2024-05-06'), ('1970-01-01'), ('9999-12-31'), (NULL)", [(None, 3), (MAY, 2)]),
    ("timestamp", "('2024-05-06 23:59:59'), ('1970-01-01 00:00:01')", [(None, 1), (MAY, 1)]),
    ("varchar(40)", "('2024-05-06T10:00Z'), ('2023-02-29'), ('2024-13-01'), (''), ('?')", [(None, 4), (MAY, 1)]),
    (
        "varchar(40)",
        "('05/06/2024'), ('5/13/2024 0:00'), ('13/13/2024')",
        [(None, 1), (MAY, 1), (date(2024, 5, 13), 1)],
    ),
    ("varchar(40)", "('06.05.2024'), ('31.06.2024')", [(None, 1), (MAY, 1)]),
    ("varchar(40)", "('05/06/2024'), ('06/05/2024')", [(None, 2)]),
    ("char(20)", "('06-MAY-2024'), ('6-may-2024'), ('30-FEB-2024')", [(None, 1), (MAY, 2)]),
    ("text", "('20240506'), ('20240230'), ('2024/05/06')", [(None, 1), (MAY, 2)]),
    ("int", "(20240506), (0), (20240230), (20241301), (99991231)", [(None, 4), (MAY, 1)]),
    ("bigint", "(1714953600), (1715039999), (NULL)", [(None, 1), (MAY, 2)]),
    ("bigint", "(1714953600000)", [(MAY, 1)]),
    ("double precision", "(45418.75)", [(MAY, 1)]),
    ("numeric(40, 2)", "(1e35), (20240506)", [(None, 2)]),
    ("time", "('10:00:00')", [(None, 1)]),
]


@pytest.mark.parametrize(("kind", "values", "days"), BOTH)
def test_a_column_of_any_kind_is_read_as_days(place, judge, kind, values, days):
    """By the clock's counts, and by a judgment of the same rows: nothing is cast that could fail."""
    place.run(f"CREATE TABLE t (w {kind})", f"INSERT INTO t VALUES {values}")

    dated(judge, place, days)


@pytest.mark.parametrize(
    ("kind", "values", "days"),
    [
        ("date", "('infinity'), ('-infinity'), ('0044-03-15 BC'), ('2024-05-06')", [(None, 3), (MAY, 1)]),
        ("timestamptz", "('2024-05-06 23:30-05'), ('infinity')", [(None, 1), (date(2024, 5, 7), 1)]),
        ("double precision", "('NaN'), (20240506)", [(None, 2)]),
        ("jsonb", "('\"2024-05-06\"')", [(None, 1)]),
        ("folded_day", "('2024-05-06')", [(MAY, 1)]),
        ("text COLLATE folded", "('06-MAY-2024')", [(MAY, 1)]),
    ],
)
def test_what_only_postgresql_has_is_read_as_days(postgresql, kind, values, days):
    """Domains are what they are made of; a collation that knows no patterns does no harm."""
    postgresql.run(
        "CREATE DOMAIN folded_day AS date",
        "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        f"CREATE TABLE t (w {kind})",
        f"INSERT INTO t VALUES {values}",
    )
    connector = SqlConnector(postgresql.source(), ReadPlan())

    def judge(table, *judgments):
        container = Container("db", f"{postgresql.name}.t", "table", locator=(postgresql.name, table, ""))
        return connector.judge(container, judgments, None, AS_OF)

    judge.connector = connector
    dated(judge, postgresql, days)
    connector.close()


def test_a_day_that_mariadb_holds_and_no_calendar_has_is_none(mariadb):
    """Zeros in its parts, or the 31st of February."""
    connector = SqlConnector(mariadb.source(), ReadPlan())
    mariadb.run(
        "CREATE TABLE t (w date)",
        "SET STATEMENT sql_mode = 'ALLOW_INVALID_DATES' FOR INSERT INTO t VALUES ('2024-02-31'), ('0000-00-00'), ('2024-00-10'), ('2024-05-00'), ('2024-05-06')",
    )

    def judge(table, *judgments):
        return connector.judge(Container("db", "t", "table", locator=("", table, "")), judgments, None, AS_OF)

    judge.connector = connector
    dated(judge, mariadb, [(None, 4), (MAY, 1)])
    connector.close()


def dated(judge, place, days):
    """Both ways to count say the same."""
    container = Container("db", f"{place.prefix}t", "table", locator=(place.prefix[:-1], "t", ""))
    ages = judge.connector.ages(container, Clock("e", ("w",)), None)
    judged = judge("t", *(Judgment("r", by(("w",), last)) for last in (MAY, date(2026, 1, 1))))

    assert sorted(((row.day, row.rows) for row in ages.rows), key=lambda each: each[0] or date.min) == days
    found = Counter({each.standings[1].status: 0 for each in judged})
    for each in judged:
        found[each.standings[1].status] += each.rows
    known = [day for day, _ in days if day]
    assert found["undated"] == sum(rows for day, rows in days if day is None)
    assert found["overdue"] == sum(rows for day, rows in days if day)
    assert min((each.standings[0].oldest for each in judged if each.standings[0].oldest), default=None) == min(
        known, default=None
    )
    assert max((each.standings[0].newest for each in judged if each.standings[0].newest), default=None) == max(
        known, default=None
    )


@pytest.mark.parametrize(
    ("column", "operator", "value", "rows"),
    [
        ("word", "=", "open", 1),
        ("word", "~", "ÖPEN", 1),
        ("word", "!=", "open", 2),
        ("word", "null", None, 1),
        ("word", "not null", None, 3),
        ("whole", ">=", 7, 2),
        ("whole", "=", "7", 1),
        ("money", "<", 7.5, 2),
        ("flag", "=", "true", 2),
        ("flag", "=", 0, 1),
        ("day", "<=", "2024-05-06", 2),
        ("moment", "=", "2024-05-06", 1),
        ("moment", "!=", "2024-05-06", 2),
        ("moment", "<=", "2024-05-06", 2),
        ("moment", ">", "2024-05-06", 1),
        ("moment", ">=", "2024-05-06 10:00:01", 1),
        ("kind", "=", "a", 1),
        ("kind", "~", "B", 2),
    ],
)
def test_a_test_is_made_in_the_columns_own_type(place, judge, column, operator, value, rows):
    """Letter by letter whatever the collation, a moment by its day."""
    kind = "ENUM ('a', 'b')"
    if place.prefix:
        place.run(f"CREATE TYPE kind AS {kind}")
        kind = "kind"
    place.run(
        f"CREATE TABLE t (word varchar(9), whole int, money numeric(9, 2), flag boolean, day date, moment timestamp NULL, kind {kind})",
        "INSERT INTO t VALUES ('open', 6, 6.5, true, '2024-05-05', '2024-05-05 23:59:59', 'a'), ('OPEN', 7, 7, true, '2024-05-06', '2024-05-06 10:00:00', 'b'),"
        " ('öpen', 8, 7.5, false, '2024-05-07', '2024-05-07 00:00:00', 'b'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )

    judged = judge("t", Judgment("r", OVER, holds=(Cover("h", ((Test((column,), operator, value),),)),)))

    assert sum(each.rows for each in judged if each.standings[0].status == "on_hold") == rows


@pytest.mark.parametrize(
    ("column", "operator", "value", "message"),
    [
        ("whole", "=", "seven", "'whole' cannot be made: a column of numbers is compared with a text"),
        ("day", "<", "soon", "'day' cannot be made: a column of dates is compared with something else"),
        ("word", "<", 7, "'word' cannot be made: a text is compared with a number"),
    ],
)
def test_a_test_that_could_never_be_true_is_refused(place, judge, column, operator, value, message):
    """It would cover nothing, unseen; the value is not repeated."""
    place.run("CREATE TABLE t (word varchar(9), whole int, day date)")

    with pytest.raises(SourceError, match=message) as caught:
        judge("t", Judgment("r", OVER, holds=(Cover("h", ((Test((column,), operator, value),),)),)))

    assert str(value) not in caught.value.message.replace("whole", "").replace("word", "")


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (Change("word", "constant", "gone"), 2),
        (Change("word", "prefix", 2), 2),
        (Change("whole", "constant", 0), 2),
        (Change("day", "constant", "2024-01-01"), 2),
        (Change("day", "year"), 2),
        (Change("moment", "year"), 2),
        (Change("written", "year"), 3),
    ],
)
def test_a_row_that_is_changed_already_is_not_spoken_of(place, judge, change, rows):
    """Null, or as it would become."""
    place.run(
        "CREATE TABLE t (word varchar(9), whole int, day date, moment timestamp NULL, written varchar(20))",
        "INSERT INTO t VALUES ('gone', 0, '2024-01-01', '2024-01-01 00:00:00', '01/01/2024'), ('GO', 1, '2024-05-06', '2024-01-01 00:00:01', '2024-01-01'),"
        " ('other', 2, '2023-12-31', '2024-05-06 00:00:00', '05/06/2024'), (NULL, NULL, NULL, NULL, NULL)",
    )

    judged = judge("t", Judgment("r", OVER, changes=(change,)))

    assert sum(each.rows for each in judged if each.standings[0].status is None) == rows


def test_counts_equal_plain_sql(place, judge):
    """Two dates, a parent's date, a hold, an extension, owners: by statements written out by hand."""
    numbers = "generate_series(0, 4999) AS g(n)" if place.prefix else "(SELECT seq AS n FROM seq_0_to_4999) AS g"
    plus = (
        "date '2012-01-01' + (n * {0} % 5000)"
        if place.prefix
        else "date_add('2012-01-01', INTERVAL n * {0} % 5000 DAY)"
    )
    place.run(
        "CREATE TABLE accounts (id int PRIMARY KEY, closed date, client varchar(9))",
        f"INSERT INTO accounts SELECT n, CASE WHEN n % 7 > 0 THEN {plus.format(31)} END, CASE n % 3 WHEN 0 THEN 'mercy' WHEN 1 THEN 'MERCY' END FROM {numbers} WHERE n < 400",
        "CREATE TABLE calls (id int PRIMARY KEY, account_id int REFERENCES accounts (id), called date, paid varchar(20), status varchar(9))",
        f"INSERT INTO calls SELECT n, CASE WHEN n % 11 > 0 THEN n % 400 END, CASE WHEN n % 5 > 0 THEN {plus.format(53)} END,"
        f" CASE n % 4 WHEN 0 THEN '9999-12-31' ELSE CAST({plus.format(17)} AS char(10)) END, CASE n % 6 WHEN 0 THEN 'held' WHEN 1 THEN 'kept' END FROM {numbers}",
    )
    called, paid, closed = ("called",), ("paid",), ("account_id", "accounts.closed")
    judgments = (
        Judgment(
            "one",
            by(called),
            holds=(Cover("h", ((Test(("status",), "=", "held"),),)),),
            covers=(Cover("c", ((Test(("status",), "=", "kept"),),)),),
            keeps=(Keep("k", by(closed, date(2022, 1, 1))),),
        ),
        Judgment(
            "two",
            Term((Ended(Clock("e", called), LAST), Ended(Clock("e", paid), LAST)), "earlier"),
            owners=frozenset({"mercy"}),
        ),
    )

    judged = judge("calls", *judgments, owner="account_id > accounts.client")

    over = "CASE WHEN c.called <= '2020-01-01' THEN 1 WHEN c.called <= '2026-07-01' THEN 0 END"
    exact = "a.client = 'mercy'" if place.prefix else "BINARY a.client = 'mercy'"
    plain = place.rows(f"""
        SELECT CASE WHEN {exact} THEN 'mercy' ELSE '?' END,
               CASE WHEN c.status = 'held' THEN 'on_hold' WHEN {over} IS NULL THEN 'undated' WHEN {over} = 0 THEN 'within' WHEN c.status = 'kept' THEN 'exempt'
                    WHEN a.closed > '2022-01-01' AND a.closed <= '2026-07-01' THEN 'exempt' WHEN a.closed <= '2022-01-01' THEN 'overdue' ELSE 'undated' END,
               CASE WHEN {exact} THEN
                    CASE WHEN {over} = 1 OR c.paid <= '2020-01-01' THEN 'overdue'
                         WHEN {over} = 0 AND c.paid <= '2026-07-01' THEN 'within' ELSE 'undated' END END,
               count(*)
        FROM calls c LEFT JOIN accounts a ON a.id = c.account_id GROUP BY 1, 2, 3
    """)
    found = Counter()
    for each in judged:
        found[each.owner, *(standing.status for standing in each.standings)] += each.rows
    assert found == Counter({row[:3]: row[3] for row in plain})
    assert sum(found.values()) == 5000


def test_a_judgment_that_takes_too_long_is_a_timeout(postgresql):
    """The next table is judged all the same, and no setting of it stays in the session."""
    postgresql.run(
        "CREATE VIEW slow AS SELECT pg_sleep(30)::text AS w", "CREATE TABLE t AS SELECT date '2019-01-01' AS w"
    )
    connector = SqlConnector(postgresql.source(), ReadPlan(statement_timeout_s=0.3))
    slow, quick = (Container("db", name, "table", locator=(postgresql.name, name, "")) for name in ("slow", "t"))

    with pytest.raises(SourceError) as caught:
        connector.judge(slow, [Judgment("r", by(("w",)))], None, AS_OF)
    judged = connector.judge(quick, [Judgment("r", by(("w",)))], None, AS_OF)
    with connector._sessions.open() as connection:
        sorts = connection.exec_driver_sql("SHOW enable_sort").scalar()
    connector.close()

    assert (caught.value.code, [each.standings[0].status for each in judged], sorts) == ("timeout", ["overdue"], "on")


def test_columns_are_profiled_whatever_their_type(place, judge):
    """Each in the order asked; every row counts once."""
    place.run(
        "CREATE TABLE t (made date, moment timestamp NULL, written varchar(20), digits int, flag boolean)",
        "INSERT INTO t VALUES ('2024-05-06', '2024-05-06 10:00:00', '05/16/2024', 20240506, true), ('9999-12-31', NULL, '31.02.2024', 0, false),"
        " ('2999-01-01', '1970-01-01 12:00:00', '0000-00-00', 20240230, NULL), (NULL, '2020-01-01 00:00:00', NULL, NULL, NULL)",
    )
    container = Container("db", place.prefix + "t", "table", locator=(place.prefix[:-1], "t", ""))

    found = judge.connector.profile_dates(container, ["digits", "made", "moment", "written"], AS_OF)

    assert found == [
        DateProfile("digits", 4, 1, 1, 0, 1, "yyyymmdd", MAY, MAY),
        DateProfile("made", 4, 1, 1, 1, 0, "date", MAY, MAY),
        DateProfile("moment", 4, 1, 1, 0, 0, "date", LAST, MAY),
        DateProfile(
            "written", 4, 1, 1, 0, 1, "YYYY-MM-DD, MM/DD/YYYY, DD.MM.YYYY", date(2024, 5, 16), date(2024, 5, 16)
        ),
    ]
