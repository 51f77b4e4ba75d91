"""A person's rows, as a hold finds them through the inventory, on real databases: however they are written, along foreign keys."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.inventory import HoldingRecord, Justification, Scope, SealedScope
from piiscan.model import Container, ReadPlan, Source
from piiscan.model.judging import Cover, Judgment, Term, Test
from piiscan.retention.justified import reach

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOLD = Justification(
    "H1", "hold", "schedule", "litigation", None, "case", "sued", "counsel", "", date(2026, 1, 1), None, Scope(), NOW
)
TABLES = (
    """CREATE TABLE debtors (id INTEGER PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40), email VARCHAR(80), phone VARCHAR(20),
       cell BIGINT, ssn CHAR(11), dob DATE, born VARCHAR(10), made TIMESTAMP NULL)""",
    """CREATE TABLE loans (id INTEGER PRIMARY KEY, no DECIMAL(12, 0), debtor_id INTEGER, cosigner_id INTEGER,
       FOREIGN KEY (debtor_id) REFERENCES debtors (id), FOREIGN KEY (cosigner_id) REFERENCES debtors (id))""",
    "CREATE TABLE payments (id INTEGER PRIMARY KEY, loan_id INTEGER, FOREIGN KEY (loan_id) REFERENCES loans (id))",
    "CREATE TABLE checks (id INTEGER PRIMARY KEY, payment_id INTEGER, FOREIGN KEY (payment_id) REFERENCES payments (id))",
    """INSERT INTO debtors VALUES
       (1, 'Ann', 'Lee', 'Ann@Example.org', '(212) 555-0187', 2125550187, '219-09-9998', '1980-01-31', '1/31/1980', '1980-01-31 10:00:00'),
       (2, 'ANN', 'LEE', 'other@example.org', '212.555.0187', 12125550187, '219099998', '1980-01-31', '01/31/1980', NULL),
       (3, 'Bob', 'Lee', 'ann@example.org', '+12125550187', NULL, '219 09 9998', NULL, '1980-01-31', '1980-02-01 00:00:00'),
       (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
    "INSERT INTO loans VALUES (1, 4711, 1, NULL), (2, 4712, 2, 3), (3, 4713, 2, NULL), (4, 4714, NULL, NULL)",
    "INSERT INTO payments VALUES (1, 1), (2, 1), (3, 2), (4, 3), (5, NULL)",
    "INSERT INTO checks VALUES (1, 1), (2, 4), (3, NULL)",
)
HELD = {
    "debtors": {
        "first_name": "person_name", "last_name": "person_name", "email": "email", "phone": "phone", "cell": "fax", "ssn": "ssn", "dob": "dob",
        "born": "age", "made": "date_of_service",
    },
    "loans": {"no": "creditor_account_no"},
}  # fmt: skip


@pytest.fixture
def sqlite(tmp_path):
    """A file with the tables, and its source."""
    with sqlite3.connect(tmp_path / "firm.db") as database:
        for statement in TABLES:
            database.execute(statement)
    database.close()
    return Source("db", "sql", f"sqlite:///{tmp_path / 'firm.db'}"), ""


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def covered(request):
    """Counts the rows of a table that a hold covers, by what is sealed in it."""
    place = request.getfixturevalue(request.param)
    if request.param == "sqlite":
        source, prefix = place
    else:
        place.run(*TABLES)
        source, prefix = place.source(), place.prefix
    connector = SqlConnector(source, ReadPlan())
    tables = {each.path.removeprefix(prefix): each for each in connector.containers() if isinstance(each, Container)}
    holdings = [
        HoldingRecord(
            "0" * 16, "db", prefix + table, (), "table", column, kind, kind, (), "", "no", 0.9, ("values",), (), 4, 4, 4, "full", NOW, NOW,
            None, None, (), "",
        )
        for table, columns in HELD.items()
        for column, kind in columns.items()
    ]  # fmt: skip

    def count(table: str, *rows: tuple[Test, ...], **subject: str) -> int | str:
        found = reach(HOLD, SealedScope(rows, subject), tables[table], holdings, list(tables.values()))
        if found.tests is None:
            return found.said
        judgment = Judgment("r", Term(fixed=True), (Cover("H1", found.tests),))
        judged = connector.judge(tables[table], [judgment], None, date(2026, 6, 30))
        return sum(each.rows for each in judged if each.standings[0].status == "on_hold")

    yield count
    connector.close()


def test_a_person_is_found_however_a_value_is_written(covered) -> None:
    assert covered("debtors", email="ann@example.ORG") == 2
    assert covered("debtors", phone="212-555-0187") == 3
    assert covered("debtors", fax="(212) 555 0187") == 2
    assert covered("debtors", ssn="219099998") == 3
    assert covered("debtors", dob="1980-01-31") == 2
    assert covered("debtors", date_of_service="1980-01-31") == 1
    assert covered("debtors", person_name="Ann Lee") == 2
    assert covered("debtors", person_name="Lee, Bob") == 1
    assert covered("debtors", person_name="Lee Marvin") == 0


def test_all_that_is_known_must_match(covered) -> None:
    assert covered("debtors", email="ann@example.org", phone="212-555-0187", person_name="Ann Lee") == 1
    assert covered("debtors", email="ann@example.org", dob="1999-01-31") == 0
    assert covered("debtors", (Test(("id",), ">", 1),), ssn="219-09-9998") == 2


def test_rows_of_other_tables_are_found_along_their_foreign_keys(covered) -> None:
    assert covered("loans", creditor_account_no="4711") == 1
    assert covered("loans", email="ann@example.org") == 2
    assert covered("payments", email="ann@example.org") == 3
    assert covered("payments", creditor_account_no="004713") == 1
    assert covered("checks", email="ann@example.org") == 1
    assert covered("checks", creditor_account_no="4713", email="ann@example.org") == 1
    assert covered("debtors", creditor_account_no="4711") == "nothing in it leads to the person by creditor_account_no"


def test_a_predicate_counts_as_given(covered) -> None:
    assert covered("payments", (Test(("loan_id",), "=", 1),), (Test(("loan_id",), "null"),)) == 3
    assert covered("payments", (Test(("loan_id", "loans.no"), "=", 4712),)) == 1
