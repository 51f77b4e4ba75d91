"""What the database would not do, or would do by itself: it is said, and nothing is changed."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from piiscan.errors import SourceError
from piiscan.model import SkipCode
from piiscan.model.erasing import Chunk

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

CANARY = "canary-078-05-1120"
TABLE = (
    "CREATE TABLE t (id varchar(30) PRIMARY KEY, at date)",
    f"INSERT INTO t VALUES ('{CANARY}', '2010-01-01'), ('b', '2010-01-01')",
)
NOTHING = "the database did something else than was planned"


def refused(base, target, **plan):
    """The error of erasing both rows, and that both are there still."""
    with pytest.raises(SourceError) as caught:
        base.writer(**plan).erase(target, [(CANARY,), ("b",)], lambda chunk: None)
    assert len(base.rows("SELECT id FROM t")) == 2
    return caught.value


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_an_account_that_may_only_read_is_told_what_it_lacks(base, said):
    """The write credential is a separate one."""
    base.run(*TABLE)
    target = base.target("t")
    with pytest.raises(SourceError) as caught:
        base.connector(base.reading, write=True).erase(target, [(CANARY,)], print)

    assert caught.value.code is SkipCode.NO_PERMISSION
    assert caught.value.hint == "GRANT SELECT, UPDATE and DELETE on it to the account of [sources.NAME.write]"
    assert CANARY not in said(caught.value)


def test_a_reference_that_the_plan_does_not_know_is_a_stale_plan(base):
    """A cascade made since would remove rows that nobody has reviewed."""
    base.run(*TABLE)
    target = base.target("t")
    base.run("CREATE TABLE c (id int PRIMARY KEY, t varchar(30), FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)")

    error = refused(base, target)

    assert error.message == f"{base.prefix}c(t) refers to it (cascade), of which the plan does not know"
    assert error.hint == "plan again: the database has changed"


def test_a_released_reference_that_refuses_all_the_same_is_said(base, said):
    """The admin released it, the database did not."""
    base.run(*TABLE, "CREATE TABLE c (id int PRIMARY KEY, t varchar(30), FOREIGN KEY (t) REFERENCES t (id))")
    base.run(f"INSERT INTO c VALUES (1, '{CANARY}')")

    error = refused(base, base.target("t", released=("c",)))

    assert error.message.startswith("rows of another table still refer to these rows")
    assert CANARY not in said(error)


RAISES = {
    "sqlite": ("CREATE TRIGGER no BEFORE DELETE ON t BEGIN SELECT raise(ABORT, '{}'); END",),
    "mariadb": ("CREATE TRIGGER no BEFORE DELETE ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{}'",),
    "postgresql": (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{}'; END $$",
        "CREATE TRIGGER no BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION no()",
    ),
}


def test_a_trigger_that_refuses_is_said_without_its_words(base, said):
    """They may quote the row."""
    base.run(*TABLE, *(statement.format(CANARY) for statement in RAISES[base.kind]))

    error = refused(base, base.target("t"))

    assert error.message.startswith("a trigger of the database refused it")
    assert CANARY not in said(error)


SUPPRESSES = {
    "trigger": (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN OLD.id = 'b' THEN OLD END; END $$",
        "CREATE TRIGGER no BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION no()",
    ),
    "rule": ("CREATE RULE no AS ON DELETE TO t DO INSTEAD NOTHING",),
    "return": (
        (
            "CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " $$ BEGIN EXECUTE format('INSERT INTO %I.t VALUES ($1.*)', TG_TABLE_SCHEMA) USING OLD; RETURN NULL; END $$"
        ),
        "CREATE TRIGGER back AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION back()",
    ),
}


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
@pytest.mark.parametrize("how", SUPPRESSES)
def test_a_row_that_the_database_keeps_by_itself_rolls_all_back(base, how):
    """A trigger or rule that suppresses a deletion gives no error, only another count, or the row again."""
    base.run(*TABLE, *SUPPRESSES[how])

    error = refused(base, base.target("t"))

    assert error.message.startswith(NOTHING)


@pytest.mark.parametrize("base", ["sqlite", "postgresql"], indirect=True)
def test_more_rows_than_the_plan_knows_of_roll_all_back(base, monkeypatch):
    """Where the database counts what it does by itself: a cascade that we did not see in its catalogue."""
    base.run(
        *TABLE,
        "CREATE TABLE c (id int PRIMARY KEY, t varchar(30), FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)",
    )
    base.run("INSERT INTO c VALUES (1, 'b')")
    target = dataclasses.replace(base.target("t"), dependents=())
    monkeypatch.setattr("piiscan.connectors.sql.structure.Structure.references", lambda *_: ())

    error = refused(base, target)

    assert error.message.startswith(NOTHING)
    assert base.rows("SELECT id FROM c") == [(1,)]


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_a_deadlock_is_tried_again_and_the_witness_told_anew(base):
    """The other transaction wins and deletes a row: what the witness was told last holds."""
    base.run(
        *TABLE,
        "CREATE TABLE c (id int PRIMARY KEY, n int, t varchar(30), FOREIGN KEY (t) REFERENCES t (id) ON DELETE SET NULL)",
        "INSERT INTO c VALUES " + ", ".join(f"({number}, 0, 'b')" for number in range(100)),
    )
    target, told = base.target("t"), []
    with base.holding("UPDATE c SET n = 1") as other:  # InnoDB spares who has changed more
        if base.kind == "postgresql":
            other.exec_driver_sql("SET deadlock_timeout = '1min'")  # so that we are the ones to notice

        def delete():
            other.exec_driver_sql("DELETE FROM t WHERE id = 'b'")
            other.commit()

        thread = threading.Thread(target=delete)

        def witness(chunk):
            told.append(chunk.taken)
            if len(told) == 1:
                thread.start()
                thread.join(0.5)

        done = base.writer(lock_timeout_s=20.0).erase(target, [(CANARY,), ("b",)], witness)
        thread.join()

    assert (told, done) == ([(0, 1), (0,)], Chunk(2, taken=(0,), gone=(1,)))
    assert base.rows("SELECT id FROM t") == []


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_a_connection_lost_in_the_middle_leaves_nothing_half_done(base, said):
    """And the next portion finds a new connection."""
    base.run(*TABLE)
    target, writer = base.target("t"), base.writer()

    with pytest.raises(SourceError) as caught:
        writer.erase(target, [(CANARY,), ("b",)], lambda chunk: base.kill_writers())

    assert caught.value.code is SkipCode.UNREACHABLE
    assert CANARY not in said(caught.value)
    assert len(base.rows("SELECT id FROM t")) == 2
    assert writer.erase(target, [(CANARY,), ("b",)], lambda chunk: None).taken == (0, 1)


def test_a_plan_for_a_table_that_is_gone_is_said(base, said):
    """As the listing says it."""
    base.run(*TABLE)
    target = base.target("t")
    base.run("DROP TABLE t")

    with pytest.raises(SourceError) as caught:
        base.writer().erase(target, [(CANARY,)], lambda chunk: None)

    assert caught.value.code is SkipCode.VANISHED
    assert CANARY not in said(caught.value)
