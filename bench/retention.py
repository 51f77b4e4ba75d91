"""What it costs to say how the rows of a large PostgreSQL table stand, and what the same costs a client that fetches them.

    python bench/retention.py [--url postgresql+psycopg://postgres@127.0.0.1/postgres] [--rows 2000000] [--times 3]

Makes a table of 8 columns and the accounts its rows belong to in a schema of its own, and drops it afterwards. Five judgments
at once: a maximum by the row's own date with horizons of 30 and 90 days; one held back by two minimums, one of which the parent
dates; one with a hold; one that the parent dates; one of two dates, the later. Then a sixth by a text column (MM/DD/YYYY), whose
spelling is found first. Prints, as Markdown, the best of some times. The naive client
fetches the columns that it needs in a stream and counts the five in plain Python; both must find the same.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.model import Clock, Container, ReadPlan, Source
from piiscan.model.judging import Cover, Ended, Judgment, Keep, Term, Test

SCHEMA = "piiscan_retention"
AS_OF = date(2026, 11, 21)
ACCOUNTS = """
SELECT g::bigint AS id, CASE WHEN g % 5 > 0 THEN date '2014-01-01' + (g * 31 % 4500)::int END AS closed_on
FROM generate_series(1, {1} / 10 + 1) AS g
"""
CALLS = """
SELECT g::bigint AS id, 1 + g % ({1} / 10)::bigint AS account_id, (ARRAY['mercy', 'lender', 'other'])[1 + g % 3] AS client,
       (ARRAY['open', 'paid', 'disputed', 'closed'])[1 + g % 4] AS status,
       CASE WHEN g % 50 > 0 THEN timestamptz '2012-01-01 08:00+00' + (g * 53 % 5400) * interval '1 day' END AS called_at,
       CASE g % 40 WHEN 0 THEN date '9999-12-31' ELSE date '2013-01-01' + (g * 17 % 5000)::int END AS last_activity_on,
       to_char(date '2013-01-01' + (g * 17 % 5000)::int, 'MM/DD/YYYY') AS entered, 'note ' || g AS note
FROM generate_series(1, {1}) AS g
"""
STATEMENTS = (
    "CREATE SCHEMA {0}",
    "CREATE TABLE {0}.accounts AS " + ACCOUNTS,
    "ALTER TABLE {0}.accounts ADD PRIMARY KEY (id)",
    "CREATE TABLE {0}.calls AS " + CALLS,
    "ALTER TABLE {0}.calls ADD PRIMARY KEY (id)",
    "ANALYZE {0}.accounts",
    "ANALYZE {0}.calls",
)


def back(years: int, days: int = 0) -> date:
    """The last day whose time of some years is over, as of some days later."""
    day = AS_OF + timedelta(days=days)
    return day.replace(year=day.year - years) - timedelta(days=1)


CALLED = Clock("call_date", ("called_at",))
ACTIVE = Clock("last_collection_activity", ("last_activity_on",))
CLOSED = Clock("account_closed", ("account_id", "accounts.closed_on"))
ENTERED = Clock("created", ("entered",))


def over(clock: Clock, years: int, days: int = 0) -> Term:
    """A time of some years after an event."""
    return Term((Ended(clock, back(years, days)),))


JUDGMENTS = (
    Judgment("calls", over(CALLED, 5), horizons=(over(CALLED, 5, 30), over(CALLED, 5, 90))),
    Judgment("accounts", over(CALLED, 3), keeps=(Keep("regf", over(ACTIVE, 3)), Keep("closed", over(CLOSED, 2)))),
    Judgment("held", over(ACTIVE, 4), holds=(Cover("hold", ((Test(("status",), "=", "disputed"),),)),)),
    Judgment("closed", over(CLOSED, 5)),
    Judgment("both", Term((Ended(CALLED, back(6)), Ended(ACTIVE, back(6))))),
)
TEXT = Judgment("entered", over(ENTERED, 7))


def main() -> None:
    """Makes the tables, counts, prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="postgresql+psycopg://postgres@127.0.0.1/postgres")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    engine = sa.create_engine(arguments.url, hide_parameters=True)
    drop = f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    try:
        with engine.begin() as connection:
            for statement in (drop, *STATEMENTS):
                connection.exec_driver_sql(statement.format(SCHEMA, arguments.rows).replace("%", "%%"))
        compare(arguments.url, engine, arguments.rows, arguments.times)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(drop)


def compare(url: str, engine: sa.Engine, rows: int, times: int) -> None:
    """All counts, one line each. Raises SystemExit where they differ."""
    found: dict[str, Counter] = {}
    print("| counted by | judgments | s | rows/s |\n|---|---|---|---|")
    for who, asked, count, often in (
        ("the database: `SELECT count(*)`, for comparison", (), lambda _: plain(engine), times),
        ("the database: dates as dates", JUDGMENTS, lambda asked: pushed(url, asked), times),
        ("the database: and one clock a text", (*JUDGMENTS, TEXT), lambda asked: pushed(url, asked), times),
        ("a client that fetches the columns", (*JUDGMENTS, TEXT), lambda _: naive(engine), 1),
    ):
        seconds = []
        for _ in range(often):
            started = time.perf_counter()
            found[who] = count(asked)
            seconds.append(time.perf_counter() - started)
        print(f"| {who} | {len(asked)} | {min(seconds):.2f} | {rows / min(seconds):,.0f} |", flush=True)
    *_, pushed_down, client = found.values()
    if pushed_down != client:
        raise SystemExit(f"they differ:\n{sorted(pushed_down.items())}\n{sorted(client.items())}")


def plain(engine: sa.Engine) -> Counter:
    """Nothing but a pass over the table."""
    with engine.connect() as connection:
        return Counter(rows=connection.exec_driver_sql(f"SELECT count(*) FROM {SCHEMA}.calls").scalar())


def pushed(url: str, judgments: list[Judgment]) -> Counter:
    """Rows by judgment and status, counted on the server."""
    connector = SqlConnector(
        Source("bench", "sql", url.replace("+psycopg", "")), ReadPlan(clients=frozenset({"mercy"}))
    )
    container = Container("bench", f"{SCHEMA}.calls", "table", locator=(SCHEMA, "calls", ""))
    counts: Counter = Counter()
    for group in connector.judge(container, judgments, "client", AS_OF):
        for judgment, standing in zip(judgments, group.standings, strict=True):
            counts[judgment.id, standing.status] += group.rows
    connector.close()
    return counts


def naive(engine: sa.Engine) -> Counter:
    """The same by fetching every row."""
    query = f"SELECT c.status, c.called_at, c.last_activity_on, c.entered, a.closed_on FROM {SCHEMA}.calls c JOIN {SCHEMA}.accounts a ON a.id = c.account_id"
    counts: Counter = Counter()
    with engine.connect() as connection:
        stream = connection.execution_options(stream_results=True, max_row_buffer=10_000)
        for status, called_at, active, entered, closed in stream.exec_driver_sql(query):
            called = called_at and called_at.date()
            months = date(int(entered[6:]), int(entered[:2]), int(entered[3:5]))
            called, active, months, closed = map(day_of, (called, active, months, closed))  # noqa: PLW2901
            counts["calls", simple(called, back(5))] += 1
            counts["accounts", kept(simple(called, back(3)), simple(active, back(3)), simple(closed, back(2)))] += 1
            counts["held", "on_hold" if status == "disputed" else simple(active, back(4))] += 1
            counts["closed", simple(closed, back(5))] += 1
            counts["entered", simple(months, back(7))] += 1
            both = {simple(called, back(6)), simple(active, back(6))}
            counts["both", next(each for each in ("within", "undated", "overdue") if each in both)] += 1
    return counts


def day_of(day: date | None) -> date | None:
    """A day that is neither a sentinel nor yet to come."""
    return day if day and day <= AS_OF + timedelta(days=1) else None


def simple(day: date | None, last: date) -> str:
    """One date, one cutoff."""
    return "undated" if day is None else "overdue" if day <= last else "within"


def kept(due: str, *keeps: str) -> str:
    """A maximum, and minimums that hold back."""
    if due != "overdue":
        return due
    return "exempt" if "within" in keeps else "undated" if "undated" in keeps else "overdue"


if __name__ == "__main__":
    main()
