"""What columns are worth as dates: every row is counted once, in whatever spelling; on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.errors import SourceError
from piiscan.model import Container, ReadPlan, Source
from piiscan.model.judging import DateProfile
from piiscan.ports import DateProfiler

AS_OF = date(2026, 6, 30)


@pytest.fixture
def profile(tmp_path):
    """The profiles of a table's columns, whose values are given by column."""
    connector = SqlConnector(Source("db", "sql", f"sqlite:///{tmp_path}/t.db"), ReadPlan())

    def profile(*columns, **values):
        with sqlite3.connect(tmp_path / "t.db") as database:
            database.execute(f"CREATE TABLE t ({', '.join(values)})")
            marks = ", ".join("?" for _ in values)
            database.executemany(f"INSERT INTO t VALUES ({marks})", zip(*values.values(), strict=True))
        database.close()
        container = Container("db", "t", "table", locator=("", "t", ""))
        return connector.profile_dates(container, columns or list(values), AS_OF)

    yield profile
    assert isinstance(connector, DateProfiler)
    connector.close()


def test_every_row_is_counted_once(profile):
    """Nulls, sentinels, days to come, what is no day, days."""
    values = [
        None,
        "2024-05-06",
        "2020-01-01 10:00",
        "1900-01-01",
        "1970-01-01",
        "9999-12-31",
        "9999-01-01",
        "0000-00-00",
    ]
    values += ["2026-07-01", "2026-07-02", "2099-01-01", "2023-02-29", "1899-01-01", "soon", "", 0]

    (found,) = profile(w=values)

    assert found == DateProfile("w", 16, 1, 6, 2, 4, "YYYY-MM-DD", date(2020, 1, 1), date(2026, 7, 1))
    assert found.dated == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], DateProfile("w", 0, 0, 0, 0, 0, "")),
        ([None, None], DateProfile("w", 2, 2, 0, 0, 0, "")),
        ([1, 2, "x"], DateProfile("w", 3, 0, 0, 0, 3, "")),
        ([0, 20240506, 99991231], DateProfile("w", 3, 0, 2, 0, 0, "yyyymmdd", date(2024, 5, 6), date(2024, 5, 6))),
        (
            [1714953600, 1715040000],
            DateProfile("w", 2, 0, 0, 0, 0, "epoch seconds", date(2024, 5, 6), date(2024, 5, 7)),
        ),
        (["05/06/2024", "06/05/2024"], DateProfile("w", 2, 0, 0, 0, 2, "ambiguous")),
        (["05/16/2024"], DateProfile("w", 1, 0, 0, 0, 0, "MM/DD/YYYY", date(2024, 5, 16), date(2024, 5, 16))),
        (
            ["16.5.2024", "20240517"],
            DateProfile("w", 2, 0, 0, 0, 0, "YYYYMMDD, DD.MM.YYYY", date(2024, 5, 16), date(2024, 5, 17)),
        ),
    ],
)
def test_the_spelling_is_named(profile, values, expected):
    """As a person would write it, or that it cannot be told."""
    assert profile(w=values) == [expected]


def test_many_columns_come_in_the_order_asked(profile):
    """More than one statement takes."""
    values = {f"c{number}": [f"2024-05-{number + 1:02}", None] for number in range(20)}
    names = sorted(values, reverse=True)

    found = profile(*names, **values)

    assert [(each.column, each.dated, each.oldest.day) for each in found] == [
        (name, 1, int(name[1:]) + 1) for name in names
    ]


def test_a_column_that_is_not_there_is_refused(profile):
    """By its name."""
    with pytest.raises(SourceError, match="check needs a column 'x' that t does not have"):
        profile("x", w=[1])
