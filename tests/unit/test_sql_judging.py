"""How rows stand by judgments: every line of the order, three-valued logic, tests, owners, ways along foreign keys; on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.connectors.sql.writings import NATIVE, Writing
from piiscan.errors import SourceError
from piiscan.model import Clock, Container, ReadPlan, SkipCode, Source
from piiscan.model.judging import Change, Cover, Ended, JudgedRows, Judgment, Keep, Standing, Term, Test
from piiscan.ports import Judge

AS_OF = date(2026, 6, 30)
LAST = date(2020, 1, 1)
CALLED, PAID, CLOSED = (
    Clock("call_date", ("called",)),
    Clock("payment_processed", ("paid",)),
    Clock("account_closed", ("account_id", "accounts.closed")),
)
OVER, RUNNING = Term(fixed=True), Term()
UNKNOWN = Term((Ended(None, LAST),))


@pytest.fixture
def database(tmp_path):
    """A table of calls and their accounts, open for writing in autocommit."""
    connection = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    connection.executescript("""
        CREATE TABLE accounts (id INTEGER PRIMARY KEY, closed TEXT, kind TEXT, owner TEXT);
        CREATE TABLE calls (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, called TEXT, paid TEXT, status TEXT, amount INTEGER);
    """)
    yield connection
    connection.close()


@pytest.fixture
def judge(tmp_path):
    """Judges a table of the database; closed at the end."""
    connectors = []

    def ask(*judgments, table="calls", owner=None, clients=frozenset({"mercy", "lender"})):
        source = Source("db", "sql", f"sqlite:///{tmp_path}/t.db")
        connectors.append(SqlConnector(source, ReadPlan(clients=clients)))
        return connectors[-1].judge(Container("db", table, "table", locator=("", table, "")), judgments, owner, AS_OF)

    yield ask
    for connector in connectors:
        connector.close()


def call(database, called=None, paid=None, status=None, amount=None, account=None):
    database.execute(
        "INSERT INTO calls (account_id, called, paid, status, amount) VALUES (?, ?, ?, ?, ?)",
        (account, called, paid, status, amount),
    )


def ended(clock=CALLED, last=LAST):
    return Term((Ended(clock, last),))


def statuses(judged):
    """The status and what decided, of a table of one row."""
    (only,) = judged
    return [(standing.status, standing.by) for standing in only.standings]


def test_the_connector_is_a_judge():
    """The port's method is there."""
    assert isinstance(SqlConnector(Source("db", "sql", "sqlite:///x.db"), ReadPlan()), Judge)


@pytest.mark.parametrize(
    ("judgment", "expected"),
    [
        pytest.param(Judgment("r", OVER, changes=(Change("status", "null"),)), ("overdue", None), id="not changed yet"),
        pytest.param(Judgment("r", OVER, (Cover("h"),), changes=(Change("paid", "null"),)), (None, None), id="changed"),
        pytest.param(Judgment("r", UNKNOWN, (Cover("h"),)), ("on_hold", "h"), id="a hold before no date"),
        pytest.param(Judgment("r", RUNNING, (Cover("h"),)), ("on_hold", "h"), id="a hold before a time that runs"),
        pytest.param(Judgment("r", OVER, (Cover("g", ()), Cover("h"))), ("on_hold", "h"), id="the hold that covers"),
        pytest.param(Judgment("r", UNKNOWN, covers=(Cover("c"),)), ("undated", None), id="no date before a cover"),
        pytest.param(Judgment("r", RUNNING, covers=(Cover("c"),)), ("within", None), id="running before a cover"),
        pytest.param(
            Judgment("r", OVER, (), (Cover("c"), Cover("d")), (Keep("k", RUNNING),)),
            ("exempt", "c"),
            id="a cover before a keep",
        ),
        pytest.param(
            Judgment("r", OVER, keeps=(Keep("k", UNKNOWN), Keep("l", RUNNING))),
            ("exempt", "l"),
            id="running before unknown",
        ),
        pytest.param(
            Judgment("r", OVER, keeps=(Keep("k", OVER), Keep("l", UNKNOWN), Keep("m", UNKNOWN))),
            ("undated", "l"),
            id="the first that nothing dates",
        ),
        pytest.param(Judgment("r", OVER, keeps=(Keep("k", OVER), Keep("l", OVER))), ("overdue", None), id="all over"),
        pytest.param(Judgment("r", OVER), ("overdue", None), id="nothing against it"),
    ],
)
def test_the_first_line_that_fits_decides(database, judge, judgment, expected):
    """As `Judgment` has them."""
    call(database, status="open")

    assert statuses(judge(judgment)) == [expected]


@pytest.mark.parametrize(
    ("combine", "parts", "status"),
    [
        ("later", (OVER, OVER), "overdue"),
        ("later", (OVER, UNKNOWN), "undated"),
        ("later", (RUNNING, UNKNOWN), "within"),
        ("later", (RUNNING, OVER), "within"),
        ("earlier", (OVER, UNKNOWN), "overdue"),
        ("earlier", (RUNNING, UNKNOWN), "undated"),
        ("earlier", (RUNNING, OVER), "overdue"),
        ("earlier", (RUNNING, RUNNING), "within"),
        ("later", (Term((OVER, UNKNOWN), "earlier"), Term((OVER, RUNNING), "later")), "within"),
    ],
)
def test_terms_are_combined_as_kleene_has_it(database, judge, combine, parts, status):
    """Unknown is neither over nor running, unless the other part decides alone."""
    call(database)

    assert statuses(judge(Judgment("r", Term(parts, combine)))) == [(status, None)]


def test_the_last_day_of_the_time_is_over_and_the_next_is_not(database, judge):
    """With the days that a report shows, and what becomes due by each horizon."""
    for day in ("2019-12-31", "2020-01-01", "2020-01-02", "2020-03-01", "2024-01-01", None):
        call(database, day)
    horizons = (ended(last=date(2020, 1, 31)), ended(last=date(2020, 3, 31)))

    assert judge(Judgment("r", ended(), horizons=horizons)) == [
        JudgedRows(None, 2, (Standing("overdue", None, date(2019, 12, 31), date(2020, 1, 1), (0, 0)),)),
        JudgedRows(None, 1, (Standing("undated", None, None, None, (0, 0)),)),
        JudgedRows(None, 3, (Standing("within", None, date(2020, 1, 2), date(2024, 1, 1), (1, 2)),)),
    ]


def test_a_keep_says_until_when(database, judge):
    """The oldest day is the maximum's own, the newest is of the minimum that decided."""
    database.execute("INSERT INTO accounts VALUES (1, '2023-05-06', NULL, NULL), (2, '2025-05-06', NULL, NULL)")
    for account in (1, 2):
        call(database, f"201{account}-01-01", account=account)

    assert judge(Judgment("r", ended(), keeps=(Keep("k", ended(CLOSED, date(2022, 1, 1))),))) == [
        JudgedRows(None, 2, (Standing("exempt", "k", date(2011, 1, 1), date(2025, 5, 6)),))
    ]


def test_many_judgments_are_one_statement(database, judge):
    """Whatever their number; how each column writes its days is one more."""
    call(database, "2019-01-01", "2025-01-01")
    judge()
    seen = []

    def see(connection, cursor, statement, *rest):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", see)
    try:
        judged = judge(
            *(Judgment(f"r{n}", ended(clock, date(n, 1, 1))) for n in (2018, 2020) for clock in (CALLED, PAID))
        )
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", see)

    assert statuses(judged) == [("within", None), ("within", None), ("overdue", None), ("within", None)]
    assert len([statement for statement in seen if "FROM calls" in statement]) == 3


def test_an_owner_is_the_clients_own_and_others_are_not_told_apart(database, judge):
    """Letter by letter; whoever is no client of ours is ``?``; a judgment may speak of some owners only."""
    for status in ("mercy", "MERCY", "lender", None, "secret client"):
        call(database, "2019-01-01", status=status)
    judgments = (
        Judgment("r", ended(), owners=frozenset({"mercy"})),
        Judgment("s", ended(), owners=frozenset({"?", "lender"})),
        Judgment("t", ended(), owners=frozenset({None})),
    )

    judged = judge(*judgments, owner="status")

    assert [(each.owner, each.rows, [standing.status for standing in each.standings]) for each in judged] == [
        ("?", 3, [None, "overdue", None]),
        ("lender", 1, [None, "overdue", None]),
        ("mercy", 1, ["overdue", None, None]),
    ]
    assert "secret" not in repr(judged)


def test_without_an_owner_column_a_row_is_nobodys(database, judge):
    """And a judgment on nobody's rows speaks of it."""
    call(database, "2019-01-01")
    judgments = (
        Judgment("r", ended(), owners=frozenset({None, "mercy"})),
        Judgment("s", ended(), owners=frozenset({"?"})),
    )

    (only,) = judge(*judgments)

    assert (only.owner, [each.status for each in only.standings]) == (None, ["overdue", None])


def test_an_owner_may_stand_in_the_parent(database, judge):
    """By a path, as a clock's; a row without a parent is nobody's we know."""
    database.execute("INSERT INTO accounts VALUES (1, NULL, NULL, 'mercy')")
    for account in (1, None):
        call(database, account=account)

    assert [(each.owner, each.rows) for each in judge(owner="account_id > accounts.owner")] == [("?", 1), ("mercy", 1)]


@pytest.mark.parametrize(
    ("path", "operator", "value", "rows"),
    [
        (("status",), "=", "open", {1}),
        (("status",), "~", "oPEN", {1, 2}),
        (("status",), "~", "ÉCOLE", {3}),
        (("status",), "!=", "open", {2, 3}),
        (("status",), "null", None, {4}),
        (("status",), "not null", None, {1, 2, 3}),
        (("status",), "<", "a", {2}),
        (("amount",), "=", 7, {1, 2}),
        (("amount",), "=", "7", {1, 2}),
        (("amount",), ">", 6.5, {1, 2}),
        (("amount",), "<=", 0, {3}),
        (("amount",), "!=", 7, {3}),
        (("called",), "<", "2024-01-01", {1}),
        (("account_id", "accounts.kind"), "=", "card", {1}),
        (("account_id", "accounts.kind"), "!=", "card", {2}),
        (("account_id", "accounts.kind"), "null", None, {3, 4}),
    ],
)
def test_a_test_covers_the_rows_for_which_it_is_true(database, judge, path, operator, value, rows):
    """Unknown is not true: a null equals nothing, and differs from nothing."""
    database.execute(
        "INSERT INTO accounts VALUES (1, NULL, 'card', NULL), (2, NULL, 'loan', NULL), (3, NULL, NULL, NULL)"
    )
    call(database, "2023-05-06", status="open", amount=7, account=1)
    call(database, "2024-05-06", status="OPEN", amount="7", account=2)
    call(database, None, status="école", amount=0, account=3)
    call(database, None, status=None, amount=None)
    held = Judgment("r", OVER, holds=(Cover("h", ((Test(path, operator, value),),)),))

    found = set()
    for number in range(1, 5):
        judged = judge(held, Judgment("one", OVER, rows=((Test(("id",), "=", number),),)))
        found |= {number for each in judged if [one.status for one in each.standings] == ["on_hold", "overdue"]}

    assert found == rows


def test_a_cover_needs_every_test_of_one_alternative(database, judge):
    """And none without alternatives."""
    call(database, status="open", amount=7)
    true, false = Test(("status",), "=", "open"), Test(("amount",), "=", 8)
    alternatives = [((true, false),), ((false,), (true,)), ((true, true),), ((),), ()]

    judged = judge(*(Judgment("r", OVER, holds=(Cover("h", tests),)) for tests in alternatives))

    assert [status for status, _ in statuses(judged)] == ["overdue", "on_hold", "on_hold", "on_hold", "overdue"]


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (Change("status", "null"), {"null"}),
        (Change("status", "constant", "gone"), {"null", "gone"}),
        (Change("status", "prefix", 3), {"null", "abc"}),
        (Change("called", "year"), {"null", "gone", "abc"}),
        (Change("amount", "constant", 0), {"null", "abc"}),
        (Change("amount", "year"), {"null", "gone"}),
    ],
)
def test_a_row_that_is_changed_already_is_not_spoken_of(database, judge, change, made):
    """Null, or as it would become: a year's first day in whatever spelling."""
    rows = {
        "null": (None, None, None),
        "gone": ("2024-01-01", "gone", 20240101),
        "abc": ("01/01/2024", "abc", 0),
        "open": ("2024-01-01 10:00", "open", 20240102),
        "date": ("March", "date", 7),
    }
    for called, status, amount in rows.values():
        call(database, called, status=status, amount=amount)

    found = set()
    for number, name in enumerate(rows, 1):
        judged = judge(
            Judgment("r", OVER, changes=(change,), rows=((Test(("id",), "=", number),),)),
            Judgment("one", OVER, rows=((Test(("id",), "=", number),),)),
        )
        found |= {name for each in judged if [one.status for one in each.standings] == [None, "overdue"]}

    assert found == made


def test_several_parents_of_one_row_do_not_multiply_it(database, judge):
    """The newest of their valid days counts, and a test is true if it is for one of them."""
    database.executescript("""
        CREATE TABLE visits (code TEXT, seen TEXT, kind TEXT);
        CREATE TABLE bills (id INTEGER PRIMARY KEY, code TEXT REFERENCES visits (code));
        INSERT INTO visits VALUES ('a', '2018-01-01', 'x'), ('a', '2019-01-01', NULL), ('a', '9999-12-31', 'y'), ('b', '2025-01-01', 'y'), (NULL, '2018-01-01', 'x');
        INSERT INTO bills (code) VALUES ('a'), ('b'), ('c'), (NULL);
    """)
    seen = ended(Clock("date_of_service", ("code", "visits.seen")))
    tests = [
        Test(("code", "visits.kind"), operator, value) for operator, value in (("=", "x"), ("!=", "x"), ("null", None))
    ]

    judged = judge(
        Judgment("r", seen), *(Judgment("t", OVER, holds=(Cover("h", ((test,),)),)) for test in tests), table="bills"
    )

    assert [(each.rows, [one.status for one in each.standings], each.standings[0].newest) for each in judged] == [
        (1, ["overdue", "on_hold", "on_hold", "on_hold"], date(2019, 1, 1)),
        (2, ["undated", "overdue", "overdue", "on_hold"], None),
        (1, ["within", "overdue", "on_hold", "overdue"], date(2025, 1, 1)),
    ]


def test_a_way_over_two_parents_leads_on(database, judge):
    """And one table that two ways lead to by different columns is two."""
    database.executescript("""
        CREATE TABLE firms (id INTEGER PRIMARY KEY, ended TEXT);
        CREATE TABLE people (id INTEGER PRIMARY KEY, firm_id INTEGER REFERENCES firms, left_at TEXT);
        CREATE TABLE notes (id INTEGER PRIMARY KEY, by_id INTEGER REFERENCES people, of_id INTEGER REFERENCES people);
        INSERT INTO firms VALUES (1, '2018-01-01'), (2, '2025-01-01');
        INSERT INTO people VALUES (1, 1, '2017-01-01'), (2, 2, '2024-01-01');
        INSERT INTO notes (by_id, of_id) VALUES (1, 2), (2, 1), (1, NULL);
    """)
    paths = [
        ("by_id", "people.firm_id", "firms.ended"),
        ("of_id", "people.firm_id", "firms.ended"),
        ("of_id", "people.left_at"),
    ]

    judged = judge(*(Judgment("r", ended(Clock("e", path))) for path in paths), table="notes")

    assert [(each.rows, [one.status for one in each.standings]) for each in judged] == [
        (1, ["overdue", "undated", "undated"]),
        (1, ["overdue", "within", "within"]),
        (1, ["within", "overdue", "overdue"]),
    ]


def test_a_number_that_refers_to_a_text_finds_the_text_alone(database, judge):
    """SQLite would take '1' and '01' for the same number."""
    database.executescript("""
        CREATE TABLE codes (code TEXT PRIMARY KEY, at TEXT); CREATE TABLE used (code INTEGER REFERENCES codes);
        INSERT INTO codes VALUES ('1', '2019-01-01'), ('01', '2025-01-01'); INSERT INTO used VALUES (1);
    """)

    judged = judge(Judgment("r", ended(Clock("e", ("code", "codes.at")))), table="used")

    assert [(each.rows, each.standings[0].status) for each in judged] == [(1, "overdue")]


def test_an_empty_table_has_no_rows_to_judge(judge, database):
    """Nothing, not one row of zero."""
    assert judge(Judgment("r", ended())) == []


@pytest.mark.parametrize(
    ("judgment", "message"),
    [
        (Judgment("r", ended(Clock("call_date", ("calld",)))), "the clock 'call_date' needs a column 'calld'"),
        (
            Judgment("r", OVER, rows=((Test(("nam",), "=", "x"),),)),
            "a test of an exception or request needs a column 'nam'",
        ),
        (Judgment("r", ended(Clock("e", ("account_id", "acounts.at")))), "leads to 'acounts': no such table"),
        (Judgment("r", OVER, changes=(Change("ssn", "null"),)), "what is asked needs a column 'ssn'"),
    ],
)
def test_what_does_not_exist_is_named(database, judge, judgment, message):
    """With whose need it was, and no value."""
    with pytest.raises(SourceError, match=message) as caught:
        judge(judgment)

    assert (caught.value.code, caught.value.container) == (SkipCode.ERROR, "calls")


def test_what_is_overdue_is_bounded_in_comparisons_that_an_index_can_serve():
    """By plain columns of types of dates, as far as the term has them: later needs one of its parts, earlier all."""
    from piiscan.connectors.sql.postgresql import Postgresql
    from piiscan.connectors.sql.rows import Rows

    class Catalogue:
        def get_columns(self, name, schema):
            return [
                {"name": name, "type": kind} for name, kind in (("a", sa.Date()), ("b", sa.Date()), ("t", sa.String()))
            ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("piiscan.connectors.sql.paths.sa.inspect", lambda connection: Catalogue())
        container = Container("db", "t", "table", locator=("", "t", ""))
        rows = Rows(
            None,
            Postgresql(sa.make_url("postgresql://"), ReadPlan()),
            container,
            AS_OF,
            None,
            {("a",): NATIVE, ("b",): NATIVE, ("t",): Writing()},
        )
    a, b, t = (Ended(Clock("e", (name,)), LAST) for name in "abt")
    terms = [
        Term((a, t)),
        Term((a, b), "earlier"),
        Term((a, t), "earlier"),
        Term((t,)),
        Term(fixed=True),
        Term((Term((a, b), "earlier"), b)),
    ]

    bounds = [rows._bound(term) for term in terms]

    shown = [None if bound is None else str(bound.compile(compile_kwargs={"literal_binds": True})) for bound in bounds]
    day = "'2020-01-02'"
    assert shown == [
        f"piiscan_0.a < {day}",
        f"piiscan_0.a < {day} OR piiscan_0.b < {day}",
        None,
        None,
        None,
        f"(piiscan_0.a < {day} OR piiscan_0.b < {day}) AND piiscan_0.b < {day}",
    ]
