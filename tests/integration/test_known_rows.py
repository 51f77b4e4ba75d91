"""Rows that are known by their keys, given as texts: judged, fetched and planned alone, on real databases, whatever the key is."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.model import Clock, Container, ReadPlan, Source
from piiscan.model.erasing import Dependent, Target
from piiscan.model.judging import Among, Cover, Ended, Judgment, Keep, Term, Test
from piiscan.model.seeking import Fetch, Search

AS_OF = date(2026, 6, 30)
MANY = 20_000
TABLES = (
    "CREATE TABLE numbered (id BIGINT PRIMARY KEY, who VARCHAR(20), client VARCHAR(20), made DATE)",
    """CREATE TABLE visits (branch VARCHAR(8) NOT NULL, day DATE NOT NULL, number_id BIGINT, PRIMARY KEY (branch, day),
       FOREIGN KEY (number_id) REFERENCES numbered (id) ON DELETE CASCADE)""",
    "INSERT INTO numbered VALUES (1, 'Ann', 'mercy', '2026-01-02'), (2, 'Ann', 'own', '2020-01-02'), (3, 'Bob', 'own', NULL), (4, 'Ann', 'own', NULL)",
    "CREATE TABLE births (id BIGINT PRIMARY KEY, day DATE, words VARCHAR(20), moment TIMESTAMP NULL, digits BIGINT)",
    """INSERT INTO births VALUES (1, '2016-12-24', '12/24/2016', '2016-12-24 10:00:00', 20161224),
       (2, '2008-07-01', '07/01/2008', '2008-07-01 00:00:00', 20080701), (3, '2008-06-30', '06/30/2008', '2008-06-30 23:59:59', 20080630),
       (4, '1981-03-04', '3rd of March', '1981-03-04 00:00:00', 19810304), (5, NULL, '', NULL, 0)""",
    "INSERT INTO visits VALUES ('west', '2025-01-01', 1), ('west', '2025-01-02', 2), ('Ost-Ü', '2025-01-01', 2), ('west', '2025-01-03', 4)",
)


@pytest.fixture
def sqlite(tmp_path: Any) -> Any:
    database = sqlite3.connect(tmp_path / "firm.db")
    for statement in TABLES:
        database.execute(statement)
    database.commit()
    database.close()
    return tmp_path / "firm.db"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def known(request: pytest.FixtureRequest) -> Any:
    """The connector, and its tables by their bare names."""
    place = request.getfixturevalue(request.param)
    if request.param == "sqlite":
        source = Source("db", "sql", f"sqlite:///{place}")
    else:
        latin = " CHARACTER SET latin1" if request.param == "mariadb" else ""  # a key that no list of rows finds there
        place.run(*(each.replace("VARCHAR(8)", f"VARCHAR(8){latin}") for each in TABLES))
        source = place.source()
    connector = SqlConnector(source, ReadPlan(clients=frozenset({"mercy"})))
    tables = {each.locator[1]: each for each in connector.containers() if isinstance(each, Container)}
    yield connector, tables
    connector.close()


def among(*ids: object) -> Among:
    return Among(("id",), tuple((str(id_),) for id_ in ids))


def test_only_those_rows_are_judged_and_of_them_only_those_that_still_fit(known: Any) -> None:
    """A minimum keeps one, the next is over; a row that says something else by now is not spoken of."""
    connector, tables = known
    keep = Keep("k", Term((Ended(Clock("made", ("made",)), date(2023, 6, 30)),)))
    ann = ((Test(("who",), "=", "Ann"),),)
    judgment = Judgment("r", Term(fixed=True), keeps=(keep,), rows=ann, among=among(1, 2, 3, 77))
    judged = connector.judge(tables["numbered"], [judgment], "client", AS_OF)

    assert sorted((each.owner, each.standings[0].status, each.standings[0].by, each.rows) for each in judged if each.standings[0].status) == [
        ("?", "overdue", None, 1), ("mercy", "exempt", "k", 1),
    ]  # fmt: skip
    assert sum(each.rows for each in judged) == 3


def test_a_row_is_fetched_with_whose_it_is_and_when_it_was_collected(known: Any) -> None:
    """Along a foreign key as well; keys of two columns, in any spelling of a day; what is gone is left out."""
    connector, tables = known
    days = (Clock("made", ("number_id", "numbered.made")),)
    keys = Among(("branch", "day"), (("west", "2025-01-01"), ("Ost-Ü", "2025-01-01"), ("west", "2020-01-01")))
    wanted = Fetch(("number_id", "branch"), keys, days, "number_id > numbered.client", AS_OF)
    found = [row for portion in connector.fetch(tables["visits"], wanted) for row in portion]

    assert sorted((str(row.cells[0]), row.cells[1], row.owner, row.day) for row in found) == [
        ("1", "west", "mercy", date(2026, 1, 2)), ("2", "Ost-Ü", "?", date(2020, 1, 2)),
    ]  # fmt: skip
    assert "Ost" not in repr(found) + repr(wanted)


def test_what_refers_to_a_row_and_is_not_among_those_named_keeps_it(known: Any) -> None:
    """The database would take the other visit along; the statement for reading shows no key."""
    connector, tables = known
    (shape,) = connector.shapes([tables["numbered"]])
    reference = next(each for each in shape.references if each.child.locator[1] == "visits")
    visits = Among(("branch", "day"), (("west", "2025-01-01"), ("west", "2025-01-02")))
    below = Target(tables["visits"], Judgment("v", Term(fixed=True), among=visits), "delete", AS_OF, ("branch", "day"))
    above = Target(
        tables["numbered"], Judgment("r", Term(fixed=True), holds=(Cover("h", ((Test(("who",), "=", "Bob"),),)),), among=among(1, 2, 3)),
        "delete", AS_OF, ("id",), dependents=(Dependent(reference, below),),
    )  # fmt: skip

    assert [key for portion in connector.keys(below) for key in portion] == [
        ("west", date(2025, 1, 1)),
        ("west", date(2025, 1, 2)),
    ] or [tuple(map(str, key)) for portion in connector.keys(below) for key in portion] == [
        ("west", "2025-01-01"),
        ("west", "2025-01-02"),
    ]
    assert [key for portion in connector.keys(above) for key in portion] == [(1,)]
    reach = connector.reach(above)
    assert (reach.rows, reach.blocked, reach.total) == (1, 1, 4)
    said = connector.statement(above)
    assert ":sealed" in said
    assert not {"'west'", "'Bob'", "2025-01-01"} & set(
        said.replace(",", " ").replace("(", " ").replace(")", " ").split()
    )


def test_very_many_keys_fit_into_one_question(known: Any) -> None:
    """More than a statement has room for values; so do keys of two columns."""
    connector, tables = known
    judgment = Judgment("r", Term(fixed=True), among=among(*range(MANY)))
    pairs = Among(
        ("branch", "day"), (*((f"b{number}", "2025-01-01") for number in range(MANY // 8)), ("west", "2025-01-03"))
    )
    both = Judgment("v", Term(fixed=True), among=pairs)

    assert sum(each.rows for each in connector.judge(tables["numbered"], [judgment], None, AS_OF)) == 4
    assert sum(each.rows for each in connector.judge(tables["visits"], [both], None, AS_OF)) == 1


def test_a_value_is_found_inside_a_text_and_its_signs_mean_themselves(known: Any) -> None:
    """Whatever the case of letters."""
    connector, tables = known

    def found(*values: str) -> list[str]:
        search = Search(("id",), {"who": values}, as_written=False, within=True)
        return sorted(str(row[0]) for portion in connector.seek(tables["numbered"], search) for row in portion)

    assert (found("NN"), found("%"), found("_"), found("/", "bo")) == (["1", "2", "4"], [], [], ["3"])


@pytest.mark.parametrize("column", ["day", "words", "moment", "digits"])
def test_rows_are_told_by_days_however_these_are_written(known: Any, column: str) -> None:
    """Later than a day, which the statement for reading shows; or without one, whatever else stands there."""
    connector, tables = known

    def found(*tests: Test) -> tuple[list[int], str]:
        judgment = Judgment("b", Term(fixed=True), rows=(tests,))
        target = Target(tables["births"], judgment, "delete", AS_OF, ("id",))
        return [key for portion in connector.keys(target) for (key,) in portion], connector.statement(target)

    young, said = found(Test((column,), "after", "2008-06-30"))
    undated, _ = found(Test((column,), "no day"))

    assert (young, undated) == ([1, 2], [4, 5] if column == "words" else [5])
    assert "2008-07-01" in said
