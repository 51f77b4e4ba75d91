"""Which rows a plan takes: overdue, and nothing that stays refers to them. On SQLite, PostgreSQL and MariaDB alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piiscan.model.erasing import Reach

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

FAMILY = (
    "CREATE TABLE clients (id int PRIMARY KEY, at date)",
    (
        "CREATE TABLE accounts (id int, branch varchar(5), client int, at date, PRIMARY KEY (id, branch),"
        " FOREIGN KEY (client) REFERENCES clients (id))"
    ),
    (
        "CREATE TABLE calls (id int PRIMARY KEY, account int, branch varchar(5), at date,"
        " FOREIGN KEY (account, branch) REFERENCES accounts (id, branch) ON DELETE CASCADE)"
    ),
    "INSERT INTO clients VALUES (1, '2010-01-01'), (2, '2010-01-01'), (3, '2010-01-01'), (4, '2024-01-01'), (5, NULL)",
    (
        "INSERT INTO accounts VALUES (10, 'a', 1, '2011-01-01'), (10, 'b', 2, '2011-01-01'), (20, 'a', 2, '2011-01-01'),"
        " (30, 'a', 3, '2023-01-01'), (40, 'a', 4, '2011-01-01')"
    ),
    "INSERT INTO calls VALUES (100, 10, 'a', '2012-01-01'), (101, 10, 'b', '2024-01-01'), (102, NULL, 'a', '2012-01-01')",
)
"""Client 1 and all of it is overdue; of client 2 one call is not; of client 3 one account is not."""


def test_a_row_is_kept_while_a_row_that_stays_refers_to_it_down_to_grandchildren(base):
    """Composite keys, and a cascade that would take an unreviewed row, keep back like any other reference."""
    base.run(*FAMILY)
    calls = base.target("calls")
    accounts = base.target("accounts", {"calls": calls})
    clients = base.target("clients", {"accounts": accounts})
    connector = base.connector()

    found = {base.bare(each.container): (connector.reach(each), base.keys(each)) for each in (calls, accounts, clients)}

    assert found == {
        "calls": (Reach(2, 0, 3, {}), [(100,), (102,)]),
        "accounts": (Reach(3, 1, 5, {}), [(10, "a"), (20, "a"), (40, "a")]),
        "clients": (Reach(1, 2, 5, {}), [(1,)]),
    }


def test_without_a_step_for_the_child_every_row_that_refers_keeps_back(base):
    """So it is when a plan is carried out: children go first."""
    base.run(*FAMILY)

    found = base.connector().reach(base.target("accounts"))

    assert (found.rows, found.blocked) == (2, 2)


def test_rows_that_are_emptied_do_not_keep_back_but_are_counted(base):
    """SET NULL changes rows of the child, which a plan must say."""
    base.run(
        "CREATE TABLE people (id int PRIMARY KEY, at date)",
        "CREATE TABLE notes (id int PRIMARY KEY, person int, at date,"
        " FOREIGN KEY (person) REFERENCES people (id) ON DELETE SET NULL)",
        "INSERT INTO people VALUES (1, '2010-01-01'), (2, '2010-01-01'), (3, '2024-01-01')",
        "INSERT INTO notes VALUES (1, 1, '2010-01-01'), (2, 1, '2024-01-01'), (3, 2, '2024-01-01'), (4, 3, '2024-01-01')",
    )
    target, name = base.target("people", {"notes": base.target("notes")}), f"{base.prefix}notes(person) null"

    assert base.connector().reach(target) == Reach(2, 0, 3, {name: 2})
    assert base.connector().reach(base.target("people")).children == {name: 3}


def test_what_a_released_cascade_takes_along_is_counted_all_the_way_down(base):
    """The admin has said that the children may go with their parent; how many they are is said."""
    base.run(
        *FAMILY,
        "CREATE TABLE words (id int PRIMARY KEY, call_id int, FOREIGN KEY (call_id) REFERENCES calls (id) ON DELETE CASCADE)",
        "INSERT INTO words VALUES (1, 100), (2, 100), (3, 101), (4, 102)",
    )
    target = base.target("accounts", released=("calls",))
    calls, words = f"{base.prefix}calls(account, branch) cascade", f"{base.prefix}words(call_id) cascade"

    assert base.connector().reach(target) == Reach(4, 0, 5, {calls: 2, words: 3})
    assert base.erase(target).taken == (0, 1, 2, 3)
    assert base.rows("SELECT id FROM words") == [(4,)]


def test_a_table_that_refers_to_itself_is_followed_for_one_step(base):
    """A row of its own that goes too does not keep back; nor does the row itself; what is deeper waits for the next plan.

    InnoDB alone cannot delete a row that refers to itself.
    """
    base.run(
        "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree (id), at date)"
        if base.kind != "mariadb"
        else "CREATE TABLE tree (id int PRIMARY KEY, up int, at date, FOREIGN KEY (up) REFERENCES tree (id))",
        "INSERT INTO tree VALUES (1, NULL, '2010-01-01'), (6, NULL, '2010-01-01'), (4, 4, '2010-01-01')",
        "INSERT INTO tree VALUES (2, 1, '2010-01-01'), (5, 4, '2024-01-01'), (7, 6, '2010-01-01'), (8, 8, '2010-01-01')",
        "INSERT INTO tree VALUES (3, 2, '2010-01-01')",
    )
    target = base.target("tree")

    loops = 0 if base.kind == "mariadb" else 1

    keys = base.keys(target)

    assert base.connector().reach(target) == Reach(4 + loops, 3 - loops, 8, {})
    assert keys == [(3,), (7,), *[(8,)] * loops, (2,), (6,)]
    assert base.erase(target, keys).taken == tuple(range(4 + loops))
    assert base.rows("SELECT id FROM tree") == [(1,), (4,), (5,), (8,)][: 4 - loops]
    assert base.keys(target) == [(1,)]


def test_rows_of_an_earlier_step_are_left_to_it(base):
    """Two rules for one table: what the first deletes is none of the second's."""
    base.run(
        "CREATE TABLE t (id int PRIMARY KEY, at date, used date)",
        "INSERT INTO t VALUES (1, '2010-01-01', '2010-01-01'), (2, '2024-01-01', '2010-01-01'), (3, NULL, '2010-01-01')",
    )
    first = base.target("t")
    second = base.target("t", column="used", before=(first.judgment,))

    assert (base.keys(first), base.keys(second)) == ([(1,)], [(2,), (3,)])


def test_keys_come_in_bounded_portions(base):
    """And in the order of the key."""
    base.run("CREATE TABLE t (id int PRIMARY KEY, at date)")
    base.run("INSERT INTO t VALUES " + ", ".join(f"({n}, '2010-01-01')" for n in range(25, 0, -1)))
    target = base.target("t")

    portions = list(base.connector(batch_rows=10).keys(target))

    assert [len(portion) for portion in portions] == [10, 10, 5]
    assert [key for portion in portions for key in portion] == [(n,) for n in range(1, 26)]


def test_a_table_whose_own_rows_are_emptied_keeps_nothing_back(base):
    """Who refers and stays is counted; who goes as well is not."""
    base.run(
        "CREATE TABLE staff (id int PRIMARY KEY, boss int, at date,"
        " FOREIGN KEY (boss) REFERENCES staff (id) ON DELETE SET NULL)",
        "INSERT INTO staff VALUES (1, NULL, '2010-01-01'), (2, 1, '2010-01-01'), (3, 1, '2024-01-01'), (4, 2, '2024-01-01')",
    )
    target = base.target("staff")

    assert base.connector().reach(target) == Reach(2, 0, 4, {f"{base.prefix}staff(boss) null": 2})
    assert base.erase(target).taken == (0, 1)
    assert base.rows("SELECT id, boss FROM staff") == [(3, None), (4, None)]


@pytest.mark.parametrize("base", ["sqlite", "postgresql"], indirect=True)
def test_rows_that_get_a_default_are_counted(base):
    """InnoDB knows no SET DEFAULT."""
    base.run(
        "CREATE TABLE p (id int PRIMARY KEY, at date)",
        "CREATE TABLE c (id int PRIMARY KEY, p int DEFAULT 9, FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET DEFAULT)",
        "INSERT INTO p VALUES (1, '2010-01-01'), (9, '2024-01-01')",
        "INSERT INTO c VALUES (1, 1), (2, 9)",
    )
    target = base.target("p")

    assert base.connector().reach(target) == Reach(1, 0, 2, {f"{base.prefix}c(p) default": 1})
    assert base.erase(target).taken == (0,)
    assert base.rows("SELECT id, p FROM c") == [(1, 9), (2, 9)]


def test_a_child_may_be_taken_by_several_steps(base):
    """One rule's rows and another's: together they leave nothing that refers."""
    base.run(
        "CREATE TABLE p (id int PRIMARY KEY, at date)",
        "CREATE TABLE c (id int PRIMARY KEY, p int, at date, used date, FOREIGN KEY (p) REFERENCES p (id))",
        "INSERT INTO p VALUES (1, '2010-01-01'), (2, '2010-01-01')",
        "INSERT INTO c VALUES (1, 1, '2010-01-01', NULL), (2, 1, NULL, '2010-01-01'), (3, 2, NULL, NULL)",
    )
    first, second = base.target("c"), base.target("c", column="used")
    target = base.target("p", {"c": first})
    both = replace(target, dependents=tuple(replace(each, also=(second,)) for each in target.dependents))

    assert (base.keys(target), base.keys(both)) == ([], [(1,)])


def test_what_a_released_cascade_cannot_take_along_keeps_its_parent_back(base):
    """The child may go, but a row refers to it that stays: the database would refuse, or take that too."""
    base.run(
        *FAMILY,
        "CREATE TABLE words (id int PRIMARY KEY, call_id int, FOREIGN KEY (call_id) REFERENCES calls (id))",
        "INSERT INTO words VALUES (1, 100)",
    )
    target = base.target("accounts", {"calls": base.target("calls")}, released=("calls",))

    assert (base.keys(target), base.connector().reach(target).blocked) == ([(10, "b"), (20, "a"), (40, "a")], 1)
