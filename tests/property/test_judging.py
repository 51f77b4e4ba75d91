"""Verdict counts of the sql connector equal a plain evaluation of the same judgments row by row, which shares no code with it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piiscan.connectors.sql import SqlConnector
from piiscan.model import Clock, Container, ReadPlan, Source
from piiscan.model.judging import Among, Change, Cover, Ended, Judgment, Keep, Standing, Term, Test

AS_OF = date(2026, 6, 30)
CLIENTS = frozenset({"mercy", "lender"})
SCHEMA = """
    CREATE TABLE accounts (id INTEGER PRIMARY KEY, closed TEXT, kind TEXT);
    CREATE TABLE visits (code TEXT, seen TEXT, kind TEXT);
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, code TEXT REFERENCES visits (code),
        called DATE, paid TEXT, status TEXT, amount INTEGER, client TEXT
    );
"""
DAYS = [date(2015, 3, 1), date(2019, 12, 31), date(2020, 1, 1), date(2024, 2, 29), date(2026, 6, 30), date(2026, 7, 1)]
WRITTEN = [*map(str, DAYS), "2020-01-01 10:11:12", "2024-02-29T00:00:00Z"]
NO_DAYS = [
    None,
    "",
    "1900-01-01",
    "1970-01-01",
    "9999-12-31",
    "2023-02-29",
    "2023-13-01",
    "2026-07-02",
    "1899-12-30",
    "?",
]
days = st.sampled_from([*WRITTEN, *NO_DAYS])
words = st.sampled_from(["open", "OPEN", "paid", "", None])
accounts = st.lists(st.tuples(days, words), min_size=1, max_size=4)
visits = st.lists(st.tuples(st.sampled_from(["a", "b", None]), days, words), max_size=5)
calls = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3, 9, None]),
        st.sampled_from(["a", "b", "z", None]),
        days,
        days,
        words,
        st.sampled_from([None, -1, 0, 7, 8]),
        st.sampled_from(["mercy", "MERCY", "lender", "else", None]),
    ),
    max_size=25,
)
PATHS = {
    "call_date": ("called",),
    "payment_processed": ("paid",),
    "account_closed": ("account_id", "accounts.closed"),
    "date_of_service": ("code", "visits.seen"),
}
clocks = st.sampled_from([None, *(Clock(event, path) for event, path in PATHS.items())])
ended = st.builds(Ended, clocks, st.sampled_from([*DAYS, date(2026, 9, 30)]))
ways = st.sampled_from(["later", "earlier"])
flat = st.builds(Term, st.lists(ended, max_size=3).map(tuple), ways, st.booleans())
terms = st.builds(Term, st.lists(ended | flat, max_size=3).map(tuple), ways, st.booleans())
signs = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
tests = st.one_of(
    st.builds(Test, st.just(("status",)), st.sampled_from(["=", "~", "!="]), st.sampled_from(["open", "Paid", ""])),
    st.builds(Test, st.just(("amount",)), signs, st.sampled_from([0, 7])),
    st.builds(Test, st.just(("called",)), signs, st.sampled_from(["2020-01-01", "2024-02-29"])),
    st.builds(
        Test,
        st.sampled_from([("status",), ("account_id", "accounts.kind"), ("code", "visits.kind"), ("amount",)]),
        st.sampled_from(["null", "not null"]),
    ),
    st.builds(
        Test,
        st.sampled_from([("account_id", "accounts.kind"), ("code", "visits.kind")]),
        st.sampled_from(["=", "~", "!="]),
        st.just("open"),
    ),
    st.builds(
        Test, st.sampled_from(list(PATHS.values())), st.just("after"), st.sampled_from([str(day) for day in DAYS])
    ),
    st.builds(Test, st.sampled_from(list(PATHS.values())), st.just("no day")),
)
alternatives = st.lists(st.lists(tests, max_size=2).map(tuple), max_size=2).map(tuple)
changes = st.sampled_from(
    [
        (),
        (Change("status", "null"),),
        (Change("status", "constant", "paid"), Change("amount", "null")),
        (Change("status", "prefix", 2),),
        (Change("called", "year"),),
    ]
)
among = st.none() | st.sets(st.integers(1, 8), min_size=1).map(
    lambda ids: Among(("id",), tuple((str(id_),) for id_ in sorted(ids)))
)
owners = st.none() | st.sets(st.sampled_from([None, "?", "mercy", "lender"])).map(frozenset)


@st.composite
def judgments(draw):
    """One to three, with ids of their own."""
    names = count()

    def covers(most):
        return tuple(Cover(f"c{next(names)}", draw(alternatives)) for _ in range(draw(st.integers(0, most))))

    return [
        Judgment(
            f"j{number}",
            draw(terms),
            holds=covers(1),
            covers=covers(2),
            keeps=tuple(Keep(f"k{next(names)}", draw(terms)) for _ in range(draw(st.integers(0, 2)))),
            changes=draw(changes),
            rows=draw(alternatives),
            among=draw(among),
            owners=draw(owners),
            horizons=tuple(draw(st.lists(terms, max_size=1))),
        )
        for number in range(draw(st.integers(1, 3)))
    ]


@given(accounts, visits, calls, judgments(), st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_counts_equal_a_plain_evaluation_row_by_row(tmp_path_factory, accounts, visits, calls, judgments, owned):
    """Status, what decided, oldest, newest and what comes, for each owner."""
    path = tmp_path_factory.mktemp("judging") / "t.db"
    with sqlite3.connect(path) as database:
        database.executescript(SCHEMA)
        database.executemany("INSERT INTO accounts (closed, kind) VALUES (?, ?)", accounts)
        database.executemany("INSERT INTO visits VALUES (?, ?, ?)", visits)
        database.executemany("INSERT INTO calls VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", calls)
    database.close()
    connector = SqlConnector(Source("db", "sql", f"sqlite:///{path}"), ReadPlan(clients=CLIENTS))
    container = Container("db", "calls", "table", locator=("", "calls", ""))

    judged = connector.judge(container, judgments, "client" if owned else None, AS_OF)
    connector.close()

    found = {(each.owner, each.standings): each.rows for each in judged}
    assert len(found) == len(judged)
    assert found == Plain(accounts, visits, judgments, owned).count(calls)


class Plain:
    """What `piiscan.model.judging` says, word by word, for one row after the other."""

    def __init__(self, accounts, visits, judgments, owned):
        self.accounts, self.visits, self.judgments, self.owned = accounts, visits, judgments, owned

    def count(self, calls):
        groups = defaultdict(list)
        only = [judgment.among for judgment in self.judgments]
        for number, call in enumerate(calls, 1):
            if None not in only and not any((str(number),) in each.keys for each in only):
                continue  # rows that no judgment could speak of are not counted
            row = {"id": number} | dict(
                zip(("account_id", "code", "called", "paid", "status", "amount", "client"), call, strict=True)
            )
            owner = (row["client"] if row["client"] in CLIENTS else "?") if self.owned else None
            groups[owner, tuple(self.stands(row, owner, judgment) for judgment in self.judgments)].append(row)
        return {
            (
                owner,
                tuple(
                    self.standing(judgment, stands, rows)
                    for judgment, stands in zip(self.judgments, standings, strict=True)
                ),
            ): len(rows)
            for (owner, standings), rows in groups.items()
        }

    def stands(self, row, owner, judgment):
        if not self.speaks(row, owner, judgment):
            return None, None
        for hold in judgment.holds:
            if self.covers(row, hold):
                return "on_hold", hold.id
        due = self.term(row, judgment.due)
        if due is not True:
            return "undated" if due is None else "within", None
        return self.excused(row, judgment)

    def speaks(self, row, owner, judgment):
        if judgment.owners is not None and owner not in judgment.owners:
            return False
        if judgment.among is not None and (str(row["id"]),) not in judgment.among.keys:
            return False
        if judgment.rows and not any(all(self.test(row, test) is True for test in tests) for tests in judgment.rows):
            return False
        return not judgment.changes or not all(self.made(row, change) for change in judgment.changes)

    def excused(self, row, judgment):
        for cover in judgment.covers:
            if self.covers(row, cover):
                return "exempt", cover.id
        for status, ends in (("exempt", False), ("undated", None)):
            for keep in judgment.keeps:
                if self.term(row, keep.term) is ends:
                    return status, keep.id
        return "overdue", None

    def standing(self, judgment, stands, rows):
        status, by = stands
        due = list(self.clocks(judgment.due))
        kept = [clock for keep in judgment.keeps if keep.id == by for clock in self.clocks(keep.term)]
        oldest = [day for row in rows for clock in due if (day := self.day(row, clock))]
        newest = [day for row in rows for clock in kept or due if (day := self.day(row, clock))]
        coming = tuple(
            sum(status == "within" and self.term(row, term) is True for row in rows) for term in judgment.horizons
        )
        return Standing(status, by, min(oldest, default=None), max(newest, default=None), coming)

    def clocks(self, term):
        for part in term.parts:
            if isinstance(part, Term):
                yield from self.clocks(part)
            elif part.clock:
                yield part.clock

    def term(self, row, term):
        if not term.parts:
            return term.fixed
        parts = []
        for part in term.parts:
            if isinstance(part, Term):
                parts.append(self.term(row, part))
            else:
                day = self.day(row, part.clock) if part.clock else None
                parts.append(None if day is None else day <= part.last)
        decides = term.combine == "earlier"
        return decides if decides in parts else None if None in parts else not decides

    def day(self, row, clock):
        if clock.event == "account_closed":
            closed = [each[0] for number, each in enumerate(self.accounts, 1) if number == row["account_id"]]
            return read(closed[0]) if closed else None
        if clock.event == "date_of_service":
            seen = [read(each[1]) for each in self.visits if row["code"] is not None and each[0] == row["code"]]
            return max((day for day in seen if day), default=None)
        return read(row[clock.path[0]])

    def covers(self, row, cover):
        return any(all(self.test(row, test) is True for test in tests) for tests in cover.rows)

    def test(self, row, test):
        if test.operator in {"after", "no day"}:
            day = self.day(row, Clock(next(event for event, path in PATHS.items() if path == test.path), test.path))
            return day is None if test.operator == "no day" else day is not None and str(day) > test.value
        if test.path[0] == "account_id" and len(test.path) > 1:
            values = [each[1] for number, each in enumerate(self.accounts, 1) if number == row["account_id"]] or [None]
        elif test.path[0] == "code":
            values = [each[2] for each in self.visits if row["code"] is not None and each[0] == row["code"]] or [None]
        else:
            values = [row[test.path[0]]]
        return any(self.holds(value, test) for value in values)

    def holds(self, value, test):
        if test.operator in {"null", "not null"}:
            return (value is None) == (test.operator == "null")
        if value is None:
            return False
        if test.operator == "~":
            return value.lower() == test.value.lower()
        if test.path == ("called",):
            value = value[:10]
        return {
            "=": value == test.value,
            "!=": value != test.value,
            "<": test.operator == "<" and value < test.value,
            "<=": test.operator == "<=" and value <= test.value,
            ">": test.operator == ">" and value > test.value,
            ">=": test.operator == ">=" and value >= test.value,
        }[test.operator]

    def made(self, row, change):
        value = row[change.column]
        if value is None:
            return True
        if change.to == "prefix":
            return len(value) <= change.value
        if change.to == "year":
            return len(value) == 10 and value[:4].isdigit() and value[4:] == "-01-01"
        return change.to == "constant" and value == change.value


def read(text):
    """The day of an ISO text, if it is one."""
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    sentinel = day in {date(1970, 1, 1), date(9999, 12, 31)} or day.year <= 1900
    return None if sentinel or day > AS_OF + timedelta(days=1) else day


def test_the_oracle_itself_knows_the_order() -> None:
    """A hold before a missing date, a running minimum before one that nothing dates."""
    row = (1, None, None, "2020-01-01", "open", 7, "mercy")
    plain = Plain([(None, None)], [], [], owned=False)
    undated, over = Term((Ended(Clock("call_date", ("called",)), AS_OF),)), Term(fixed=True)
    judged = [
        Judgment("a", undated, holds=(Cover("h"),)),
        Judgment("b", undated),
        Judgment("c", over, keeps=(Keep("x", undated), Keep("y", Term()))),
        Judgment("d", over, keeps=(Keep("x", undated),)),
    ]
    named = dict(zip(("account_id", "code", "called", "paid", "status", "amount", "client"), row, strict=True))

    assert [plain.stands(named, None, judgment) for judgment in judged] == [
        ("on_hold", "h"),
        ("undated", None),
        ("exempt", "y"),
        ("undated", "x"),
    ]
