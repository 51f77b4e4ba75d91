"""Which day a value of a column names, in whatever spelling; what is no day at all; on SQLite, where a column may hold anything."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.connectors.sql.scales import SCALES
from piiscan.connectors.sql.writings import find_writing, words
from piiscan.model import Clock, Container, ReadPlan, Source

MAY = date(2024, 5, 6)
TODAY = datetime.now(UTC).date()


@pytest.fixture
def read(tmp_path):
    """The days of a column of these values, in order, None for what is none."""
    database = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    connector = SqlConnector(Source("db", "sql", f"sqlite:///{tmp_path}/t.db"), ReadPlan())

    def days(values):
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, w)")
        database.executemany("INSERT INTO t (w) VALUES (?)", [(value,) for value in values])
        container = Container("db", "t", "table", locator=("", "t", ""))
        found = connector.ages(container, Clock("created", ("w",)), None)
        return sorted(((row.day, row.rows) for row in found.rows), key=lambda item: item[0] or date.min)

    yield days
    database.close()
    connector.close()


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-06",
        "2024-05-06 10:11:12.000",
        "2024-05-06T10:11:12Z",
        "20240506",
        "20240506T101112",
        "2024/05/06",
        "2024/05/06 10:11",
        "06.05.2024",
        "6.5.2024",
        "06-MAY-2024",
        "6-May-2024",
        "06-may-2024 13.20.22.245676861",
        20240506,
        1714953600,
        1715039999,
        1714953600000,
        45418,
        45418.75,
    ],
)
def test_a_day_may_be_written_in_many_ways(read, value):
    """Alone in its column: nothing else says how it is written."""
    assert read([value]) == [(MAY, 1)]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "May 6th, 2024",
        "2024-05-06x",
        "2024-05-061",
        "2024-5-6",
        "24-05-06",
        "06/05/24",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-05-00",
        "0000-00-00",
        "1900-01-01",
        "1970-01-01 00:00:00",
        "9999-12-31",
        "1899-12-31",
        "19000101",
        "99991231",
        "31.06.2024",
        "30-FEB-2024",
        "06-MAI-2024",
        0,
        -1,
        1,
        7,
        19000101,
        19700101,
        99991231,
        20240230,
        20241301,
        10.0**30,
        1e999,
        b"2024-05-06",
        str(TODAY + timedelta(days=2)),
    ],
)
def test_what_is_no_day_is_undated(read, value):
    """Not of the calendar, a sentinel, older than any record, yet to come, or not written as a day; it never fails."""
    assert read([value]) == [(None, 1)]


@pytest.mark.parametrize(
    "value", ["2024-02-29", "2000-02-29", "1904-02-29", "1901-01-01", str(TODAY + timedelta(days=1))]
)
def test_the_edges_of_the_calendar_are_days(read, value):
    """Tomorrow is today somewhere."""
    assert read([value]) == [(date.fromisoformat(value), 1)]


@pytest.mark.parametrize(
    ("values", "days"),
    [
        (["05/06/2024", "05/13/2024"], [(MAY, 1), (date(2024, 5, 13), 1)]),
        (["06/05/2024", "13/05/2024"], [(MAY, 1), (date(2024, 5, 13), 1)]),
        (["5/6/2024 0:00", "5/13/2024 0:00"], [(MAY, 1), (date(2024, 5, 13), 1)]),
        (["6-5-2024", "13-05-2024"], [(MAY, 1), (date(2024, 5, 13), 1)]),
        (["05.06.2024", "05.13.2024"], [(MAY, 1), (date(2024, 5, 13), 1)]),
        (["05/06/2024", "06/05/2024"], [(None, 2)]),
        (["13/05/2024", "05/13/2024"], [(None, 2)]),
        (["13/05/2024", "05-13-2024", "05-06-2024"], [(MAY, 1), (date(2024, 5, 13), 2)]),
        (["05/06/2024", "2024-05-06"], [(None, 1), (MAY, 1)]),
        (["05/06/2024", "13/13/2024", "99/05/2024"], [(None, 3)]),
        (["2024-05-06", "20240506", "06-MAY-2024", 20240506], [(MAY, 4)]),
        ([20240506, 1714953600], [(None, 2)]),
        ([20240506, 0, 99991231, None], [(None, 3), (MAY, 1)]),
        ([45418, 45419, int((TODAY - date(1899, 12, 30)).days) + 2], [(None, 3)]),
        ([1, 2, 20240506], [(None, 3)]),
    ],
)
def test_the_columns_own_values_say_what_comes_first(read, values, days):
    """One that only one reading allows decides for all of the same mark; none, or two that contradict, decide nothing."""
    assert read(values) == days


def test_no_two_scales_share_a_number():
    """Else a column could be read in two ways."""
    spans = sorted((scale.number(scale.earliest), scale.number(scale.latest)) for scale in SCALES)

    assert all(high < low for (_, high), (low, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("counts", "names", "is_ambiguous"),
    [
        ({"0": 5, "1": 1}, ("YYYY-MM-DD", "YYYYMMDD"), False),
        ({"/0?": 5}, (), True),
        ({"/0?": 5, "/3D": 1}, ("DD/MM/YYYY",), False),
        ({"/3M": 5, "-3?": 1}, ("MM/DD/YYYY",), True),
        ({".3?": 5}, ("DD.MM.YYYY",), False),
        ({".3?": 5, ".3M": 1}, ("MM.DD.YYYY",), False),
        ({".3D": 5, ".3M": 1}, (), True),
        ({}, (), False),
    ],
)
def test_how_a_column_is_written_is_said(counts, names, is_ambiguous):
    """In the words that a person would use for the spelling."""
    assert set(counts) <= set(words())
    writing = find_writing(counts, None, None, TODAY)

    assert (writing.names, writing.is_ambiguous) == (names, is_ambiguous)
