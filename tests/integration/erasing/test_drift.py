"""Between plan and apply rows change, come and go: exactly what was reviewed and still holds is removed."""

from __future__ import annotations

import threading

import pytest

from piiscan.errors import RefusedError, SourceError
from piiscan.model import SkipCode
from piiscan.model.erasing import Chunk
from piiscan.model.judging import Judgment, Term, Test

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

TABLE = "CREATE TABLE t (id int PRIMARY KEY, at date, note varchar(20))"
ROWS = "INSERT INTO t VALUES (1, '2010-01-01', 'a'), (2, '2010-01-01', 'b'), (3, '2010-01-01', 'c'), (4, '2024-01-01', 'd')"
CHILD = (
    "CREATE TABLE c (id int PRIMARY KEY, t int, at date, FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)",
    "CREATE TABLE d (id int PRIMARY KEY, t int, at date, FOREIGN KEY (t) REFERENCES t (id))",
)


def test_a_row_changed_added_or_gone_since_the_plan_is_left_alone(base):
    """The keys say what was reviewed, the condition what still holds."""
    base.run(TABLE, ROWS)
    target = base.target("t")
    keys = base.keys(target)
    base.run(
        "UPDATE t SET at = '2024-06-01' WHERE id = 1",
        "DELETE FROM t WHERE id = 2",
        "INSERT INTO t VALUES (5, '2010-01-01', 'e')",
    )

    done = base.erase(target, keys)

    assert done == Chunk(3, taken=(2,), changed=(0,), gone=(1,))
    assert base.rows("SELECT id FROM t") == [(1,), (4,), (5,)]
    assert base.remaining(target, keys) == [0]


def test_a_row_told_by_a_day_that_says_another_by_now_is_left_alone(base):
    """Days as text, ages where there is no day: minors of whom one was a slip, and one has got a day of birth."""
    base.run(
        "CREATE TABLE t (id int PRIMARY KEY, born varchar(20), age int)",
        "INSERT INTO t VALUES (1, '12/24/2016', NULL), (2, '12/25/2016', 40), (3, '', 12), (4, NULL, 12), (5, NULL, 40), (6, '01/02/1990', 12)",
    )
    years = Test(("age",), "<", 18), Test(("age",), ">=", 0), Test(("born",), "no day")
    judgment = Judgment("no_minors", Term(fixed=True), rows=((Test(("born",), "after", "2008-01-01"),), years))
    target = base.target("t", judgment=judgment)
    keys = base.keys(target)
    base.run(
        "UPDATE t SET born = '12/24/1996' WHERE id = 1",
        "UPDATE t SET born = '05/13/1990' WHERE id = 3",
    )

    assert base.erase(target, keys) == Chunk(4, taken=(1, 3), changed=(0, 2))
    assert base.rows("SELECT id FROM t") == [(1,), (3,), (5,), (6,)]


def test_a_row_that_got_a_child_since_the_plan_is_left_alone(base):
    """Though the child is overdue as well, nobody has reviewed it: a cascade must not take it along."""
    base.run(TABLE, ROWS, *CHILD)
    children = {"c": base.target("c"), "d": base.target("d")}
    target = base.target("t", children)
    keys = base.keys(target)
    base.run("INSERT INTO c VALUES (1, 1, '2010-01-01')", "INSERT INTO d VALUES (1, 2, '2010-01-01')")

    done = base.erase(target, keys)

    assert done == Chunk(3, taken=(2,), changed=(0, 1))
    assert base.rows("SELECT id FROM t") == [(1,), (2,), (4,)]


def test_children_first_then_their_parents(base):
    """The order of a plan, portion by portion."""
    base.run(
        TABLE, ROWS, *CHILD, "INSERT INTO d VALUES (1, 1, '2010-01-01'), (2, 2, '2010-01-01'), (3, 3, '2024-01-01')"
    )
    child = base.target("d")
    parent = base.target("t", {"d": child, "c": base.target("c")})
    child_keys, parent_keys = base.keys(child), base.keys(parent)

    assert base.erase(child, child_keys).taken == (0, 1)
    assert base.erase(parent, parent_keys).taken == (0, 1)
    assert (base.rows("SELECT id FROM t"), base.rows("SELECT id FROM d")) == ([(3,), (4,)], [(3,)])


def test_a_portion_done_again_finds_its_rows_gone(base):
    """So an apply that was killed after the commit goes on where it was."""
    base.run(TABLE, ROWS)
    target = base.target("t")
    keys = base.keys(target)
    base.erase(target, keys)

    assert base.erase(target, keys) == Chunk(3, taken=(), gone=(0, 1, 2))
    assert base.remaining(target, keys) == []


def test_the_same_key_twice_is_one_row(base):
    """The second mention is left alone, not counted as deleted."""
    base.run(TABLE, ROWS)

    assert base.erase(base.target("t"), [(1,), (1,)]) == Chunk(2, taken=(0,), changed=(1,))


def test_a_key_that_is_not_unique_any_more_names_no_row(base):
    """A key chosen by the admin, unique by its data alone when the plan was made."""
    base.run("CREATE TABLE t (id int, at date)", "INSERT INTO t VALUES (1, '2010-01-01'), (2, '2010-01-01')")
    target = base.target("t", key=("id",))
    keys = base.keys(target)
    base.run("INSERT INTO t VALUES (1, '2010-01-01')")

    assert base.erase(target, keys) == Chunk(2, taken=(1,), changed=(0,))
    assert base.rows("SELECT id FROM t") == [(1,), (1,)]


def test_what_the_witness_raises_passes_and_nothing_is_changed(base):
    """Evidence that cannot be written stops the deletion."""
    base.run(TABLE, ROWS)
    target = base.target("t")

    def refuse(chunk):
        raise RefusedError("the disk is full")

    with pytest.raises(RefusedError, match="the disk is full"):
        base.writer().erase(target, base.keys(target), refuse)

    assert len(base.rows("SELECT id FROM t")) == 4


def test_a_connector_opened_for_reading_removes_nothing(base):
    """Whatever its account may do."""
    base.run(TABLE, ROWS)
    target = base.target("t")

    with pytest.raises(SourceError, match="open for reading only") as caught:
        base.connector(base.writing).erase(target, [(1,)], print)

    assert caught.value.hint == "only an approved plan writes, through [sources.NAME.write]"
    assert len(base.rows("SELECT id FROM t")) == 4


def test_a_thousand_composite_keys_are_one_transaction(base):
    """More values than one statement may carry on some servers; the rest of the table stays."""
    base.run("CREATE TABLE t (a int, b varchar(10), c date, d int, at date, PRIMARY KEY (a, b, c, d))")
    rows = [f"({n % 7}, 'b{n % 11}', '2001-02-{n % 28 + 1:02}', {n}, '2010-01-01')" for n in range(3000)]
    base.run(f"INSERT INTO t VALUES {', '.join(rows)}")
    target = base.target("t")
    keys = base.keys(target)

    done = base.erase(target, keys[:2500])

    assert (len(keys), done.taken) == (3000, tuple(range(2500)))
    assert base.keys(target) == keys[2500:]


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_nobody_refers_to_a_row_between_the_look_and_the_deletion(base):
    """The rows are locked: who inserts a child waits, and finds that its parent is gone."""
    base.run(TABLE, ROWS, *CHILD)
    target = base.target("t")
    outcome = []

    def insert():
        try:
            base.run("INSERT INTO c VALUES (1, 1, '2010-01-01')")
        except Exception as error:  # noqa: BLE001  # the driver's own
            outcome.append(type(error).__name__)

    other = threading.Thread(target=insert)

    def witness(chunk):
        other.start()
        other.join(0.5)
        outcome.append("waits" if other.is_alive() else "came through")

    done = base.writer().erase(target, [(1,)], witness)
    other.join()

    assert (done.taken, outcome) == ((0,), ["waits", "IntegrityError"])


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_a_row_changed_by_somebody_who_holds_it_is_judged_as_it_is_then(base):
    """We wait for the other transaction, and then look: the row is not overdue any more."""
    base.run(TABLE, ROWS)
    target = base.target("t")
    with base.holding("UPDATE t SET at = '2024-06-01' WHERE id = 1") as other:
        timer = threading.Timer(0.5, other.commit)
        timer.start()
        done = base.erase(target, [(1,), (2,)])
        timer.join()

    assert done == Chunk(2, taken=(1,), changed=(0,))


def test_rows_that_somebody_holds_too_long_are_a_timeout(base):
    """Nothing is changed, and the hint says what to do."""
    base.run(TABLE, ROWS)
    target = base.target("t")

    with base.holding("UPDATE t SET note = 'x' WHERE id = 2"), pytest.raises(SourceError) as caught:
        base.writer(lock_timeout_s=0.4).erase(target, [(1,), (2,)], print)

    assert caught.value.code is SkipCode.TIMEOUT
    assert (
        caught.value.hint == "go on at a quieter hour, index the columns that refer to it, or raise [scan] lock_timeout"
    )
    assert len(base.rows("SELECT id FROM t")) == 4
