"""A person's rows found where they lie, on real databases: through an index or not, along foreign keys, whatever the column's type."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.inventory import HoldingRecord
from piiscan.model import Container, ReadPlan, Source
from piiscan.model.seeking import Search
from piiscan.requests.located import Located
from piiscan.requests.searching import Searching

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = (
    """CREATE TABLE people (id INTEGER PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40), email VARCHAR(80), phone VARCHAR(20),
       cell BIGINT, ssn CHAR(11), dob DATE, made TIMESTAMP NULL)""",
    "CREATE INDEX people_email ON people (email)",
    "CREATE INDEX people_cell ON people (cell)",
    "CREATE INDEX people_dob ON people (dob)",
    "CREATE TABLE loans (id BIGINT PRIMARY KEY, person_id INTEGER, FOREIGN KEY (person_id) REFERENCES people (id))",
    "CREATE TABLE visits (id VARCHAR(8) PRIMARY KEY, loan_id BIGINT, FOREIGN KEY (loan_id) REFERENCES loans (id))",
    "CREATE TABLE cards (person_id INTEGER, no CHAR(4), PRIMARY KEY (person_id, no), FOREIGN KEY (person_id) REFERENCES people (id))",
    """CREATE TABLE charges (id INTEGER PRIMARY KEY, payer INTEGER, card CHAR(4),
       FOREIGN KEY (payer, card) REFERENCES cards (person_id, no))""",
    """INSERT INTO people VALUES
       (1, 'Ann', 'Lee', 'Ann@Example.org', '(212) 555-0187', 2125550187, '219-09-9998', '1980-01-31', '1980-01-31 10:00:00'),
       (2, 'ANN', 'LEE', 'other@example.org', '212.555.0187', 12125550187, '219099998', '1980-01-31', NULL),
       (3, 'Bob', 'Lee', 'ann@example.org', '+12125550187', NULL, '219 09 9997', NULL, NULL),
       (4, 'Eve', 'Lee', NULL, '2125550187', 2125550187, '219-09-9996', '1980-01-31', NULL),
       (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
    "INSERT INTO loans VALUES (41, 1), (42, 2), (43, 4), (44, NULL)",
    "INSERT INTO cards VALUES (1, 'x'), (4, 'x'), (1, 'y'), (3, 'y')",
    "INSERT INTO charges VALUES (1, 1, 'x'), (2, 4, 'x'), (3, 1, 'y'), (4, 3, 'y'), (5, NULL, 'x')",
    "INSERT INTO visits VALUES ('a', 41), ('b', 41), ('c', 43), ('d', NULL)",
)
HELD = {
    "first_name": "person_name", "last_name": "person_name", "email": "email", "phone": "phone", "cell": "phone", "ssn": "ssn", "dob": "dob",
}  # fmt: skip


@pytest.fixture
def sqlite(tmp_path: Any) -> Any:
    with sqlite3.connect(tmp_path / "firm.db") as database:
        for statement in TABLES:
            database.execute(statement)
    database.close()
    return Source("db", "sql", f"sqlite:///{tmp_path / 'firm.db'}"), ""


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def searched(request: pytest.FixtureRequest) -> Any:
    """Looks for a person; what is held of them by table, and the tables and the connector themselves."""
    place = request.getfixturevalue(request.param)
    if request.param == "sqlite":
        source, prefix = place
    else:
        place.run(*TABLES)
        source, prefix = place.source(), place.prefix
    connector = SqlConnector(source, ReadPlan())
    tables = [each for each in connector.containers() if isinstance(each, Container)]
    holdings = [
        HoldingRecord(
            "0" * 16, "db", f"{prefix}people", (), "table", column, kind, kind, (), "", "no", 0.9, ("values",), (), 4, 4, 4, "full", NOW,
            NOW, None, None, (), "",
        )
        for column, kind in HELD.items()
    ]  # fmt: skip

    def search(**subject: str) -> Located:
        located = Located()
        Searching(connector, tables, holdings, subject, located, explain=True).run()
        for each in located.places:
            each.container = each.container.removeprefix(prefix)
        return located

    yield search, connector, {each.path.removeprefix(prefix): each for each in tables}
    connector.close()


def rows(located: Located) -> dict[str, list[str]]:
    """The keys found by table."""
    return {
        each.container: sorted(str(key[0]) for key in each.rows)
        for each in sorted(located.places, key=lambda each: each.container)
        if each.rows
    }


def test_rows_are_found_by_every_spelling_and_along_keys_of_every_type(searched: Any) -> None:
    search, _, _ = searched
    found = search(person_name="Ann Lee", email="ann@example.org", phone="212-555-0187", dob="1980-01-31")

    assert found.skips == []
    assert rows(found) == {
        "cards": ["1", "1"], "charges": ["1", "3"], "loans": ["41", "42"], "people": ["1", "2"], "visits": ["a", "b"],
    }  # fmt: skip
    assert [sorted(str(near[0][0]) for near in each.near) for each in found.places if each.container == "people"] == [["3", "4"]]  # fmt: skip
    assert found.best() == {"person_name", "email", "phone", "dob"}


def test_an_index_is_used_where_there_is_one_and_said_where_there_is_none(searched: Any) -> None:
    search, connector, tables = searched
    found = search(person_name="Ann Lee", email="ANN@EXAMPLE.ORG", ssn="219099998", dob="1980-01-31")

    assert connector.indexed(tables["people"]) >= {"id", "email", "cell", "dob"}
    assert {column for _, table, column in found.unindexed if table.endswith("people")} == {"ssn"}
    assert rows(found)["people"] == ["1", "2"]


def test_statements_hold_no_value(searched: Any) -> None:
    search, _, _ = searched
    found = search(person_name="Ann Lee", email="ann@example.org", phone="212-555-0187", ssn="219-09-9998", dob="1980-01-31")  # fmt: skip
    text = "\n".join(statement for _, _, statement in found.statements)

    values = ("example", "0187", "9998", "1980", "41")
    assert [
        word for word in values if re.search(rf"\b{word}\b", text)
    ] == []  # a schema's random name may have any digits
    assert text.count(":sealed") > 5


def test_a_search_fetches_no_more_rows_than_it_may(searched: Any) -> None:
    _, connector, tables = searched
    wanted = Search(("id",), {"dob": ("1980-01-31",)}, most=2)

    assert sum(len(portion) for portion in connector.seek(tables["people"], wanted)) == 2
    assert "1980" not in repr(wanted)
