"""Anonymizing: columns are emptied, set to a constant, or made coarser; what the database refuses is said without a value."""

from __future__ import annotations

import pytest

from piiscan.errors import SourceError
from piiscan.model.erasing import Chunk
from piiscan.model.judging import Change

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

CANARY = "canary-078-05-1120"
PEOPLE = (
    (
        "CREATE TABLE people (id int PRIMARY KEY, at date, email varchar(40) UNIQUE, name varchar(40) NOT NULL, born date,"
        " seen varchar(20), zip varchar(10), age int CHECK (age > 17), boss int)"
    ),
    (
        f"INSERT INTO people VALUES (1, '2010-01-01', '{CANARY}', '{CANARY}', '1980-05-06', '2010-02-03 04:05', '94105-1234', 41, 1),"
        f" (2, '2010-01-01', 'b', '{CANARY}', NULL, '2010-02-03', '941', 42, 1), (3, '2024-01-01', 'c', 'c', '1990-01-02', '2024-01-01', '94105', 43, 1)"
    ),
)
CHANGES = (
    Change("email", "null"),
    Change("name", "constant", "it's 100% ?:x"),
    Change("born", "year"),
    Change("seen", "year"),
    Change("zip", "prefix", 3),
)


def test_columns_become_what_the_rule_says_and_nothing_else_changes(base):
    """What is done already is not asked for again."""
    base.run(*PEOPLE)
    target = base.target("people", changes=CHANGES)
    keys = base.keys(target)

    done = base.erase(target, keys)

    assert (keys, done.taken) == ([(1,), (2,)], (0, 1))
    assert base.rows("SELECT id, email, name, born, zip, age, boss FROM people") == [
        (1, None, "it's 100% ?:x", base.day("1980-01-01"), "941", 41, 1),
        (2, None, "it's 100% ?:x", None, "941", 42, 1),
        (3, "c", "c", base.day("1990-01-02"), "94105", 43, 1),
    ]
    assert [row[0][:10] for row in base.rows("SELECT seen FROM people")] == ["2010-01-01", "2010-01-01", "2024-01-01"]
    assert (base.keys(target), base.remaining(target, keys)) == ([], [])
    assert base.erase(target, keys) == Chunk(2, taken=(), changed=(0, 1))


def test_a_row_that_is_not_changed_yet_remains(base):
    """Verifying an apply asks for both: the row is there, and not as planned."""
    base.run(*PEOPLE, "UPDATE people SET email = NULL WHERE id = 1")

    assert base.remaining(base.target("people", changes=(Change("email", "null"),)), [(1,), (2,), (9,)]) == [1]


REFUSED = {
    "not null": (Change("name", "null"), "'name' may not be null", "change it to a constant, or delete the rows"),
    "unique": (
        Change("email", "constant", CANARY[:6]),
        "'email' must be unique",
        "change it to null, or delete the rows",
    ),
    "check": (
        Change("age", "constant", 1),
        "a check refuses what 'age' would become",
        "choose a value that the check accepts",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_constraint_refuses_names_the_column_and_no_value(base, said, case):
    """Drivers quote the row or the key; we say the column and what to do, and nothing is changed."""
    base.run(*PEOPLE)
    change, words, hint = REFUSED[case]
    target, before = base.target("people", changes=(change,)), base.rows("SELECT * FROM people WHERE id = 1")

    with pytest.raises(SourceError, match=words) as caught:
        base.writer().erase(target, [(1,), (2,)], lambda chunk: None)

    assert caught.value.hint == hint
    assert CANARY not in said(caught.value)
    assert base.rows("SELECT * FROM people WHERE id = 1") == before


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_a_constant_that_does_not_fit_is_not_cut(base, said):
    """MariaDB would cut it without a word in a session that is not strict."""
    base.run(*PEOPLE)
    target = base.target("people", changes=(Change("zip", "constant", "12345678901"),))

    with pytest.raises(SourceError, match="what 'zip' would become does not fit its type") as caught:
        base.writer().erase(target, [(1,)], lambda chunk: None)

    assert CANARY not in said(caught.value)


def test_a_column_to_which_others_refer_is_not_changed(base):
    """Their references would be changed with it, or hang in the air."""
    base.run(
        *PEOPLE,
        "CREATE TABLE mails (id int PRIMARY KEY, email varchar(40),"
        " FOREIGN KEY (email) REFERENCES people (email) ON UPDATE CASCADE)",
    )
    target = base.target("people", changes=(Change("email", "null"),))

    with pytest.raises(SourceError, match="other tables refer to its column 'email'"):
        base.writer().erase(target, [(1,)], lambda chunk: None)


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
def test_constants_take_the_type_of_their_column(base):
    """Enumerations, uuids, domains and dates are no texts for PostgreSQL."""
    base.run(
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE DOMAIN small AS int CHECK (value < 10)",
        "CREATE TABLE t (id int PRIMARY KEY, at date, m mood, u uuid, s small, d date, j jsonb)",
        "INSERT INTO t VALUES (1, '2010-01-01', 'sad', gen_random_uuid(), 7, '2010-01-01', '{}')",
    )
    nil = "00000000-0000-0000-0000-000000000000"
    constants = {"m": "ok", "u": nil, "s": 1, "d": "1900-01-01", "j": "[1]"}
    target = base.target("t", changes=tuple(Change(name, "constant", value) for name, value in constants.items()))

    base.writer().erase(target, [(1,)], lambda chunk: None)

    assert base.rows("SELECT m::text, u::text, s, d::text, j::text FROM t") == [("ok", nil, 1, "1900-01-01", "[1]")]
