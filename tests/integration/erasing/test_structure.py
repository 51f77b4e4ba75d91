"""How tables are built: keys, what refers to them from anywhere, what fires, what binds columns, and when it is another schema."""

from __future__ import annotations

import secrets

import pytest

from piiscan.errors import SourceError
from piiscan.model import SkipCode

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

PARENT = (
    "CREATE TABLE p (a int, b varchar(5), u int NOT NULL, c int CHECK (c > 0), r int, free int, at date,"
    " PRIMARY KEY (a, b), UNIQUE (u), FOREIGN KEY (r) REFERENCES p (u) ON DELETE SET NULL)"
)
CHILDREN = (
    "CREATE TABLE c1 (id int PRIMARY KEY, a int, b varchar(5), FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE CASCADE)",
    "CREATE TABLE c2 (id int PRIMARY KEY, u int NOT NULL, FOREIGN KEY (u) REFERENCES p (u))",
)


def test_a_shape_tells_key_references_and_bound_columns(base):
    """References lead from children, from excluded tables too, and from the table itself."""
    base.run(PARENT, *CHILDREN)

    shape = base.shape("p")

    assert (shape.key, shape.constrained, shape.triggers, shape.refusal) == (
        ("a", "b"),
        frozenset({"a", "b", "u", "c", "r"}),
        (),
        "",
    )
    assert [(each.name, each.nullable, each.primary_key) for each in shape.columns[:4]] == [
        ("a", False, True) if base.kind != "sqlite" else ("a", True, True),
        ("b", False, True) if base.kind != "sqlite" else ("b", True, True),
        ("u", False, False),
        ("c", True, False),
    ]
    found = {
        (base.bare(each.child), each.columns, each.parent_columns, each.on_delete, each.nullable)
        for each in shape.references
    }
    assert found == {
        ("c1", ("a", "b"), ("a", "b"), "cascade", True),
        ("c2", ("u",), ("u",), "refuse", False),
        ("p", ("r",), ("u",), "null", True),
    }
    assert {each.parent for each in shape.references} == {base.prefix + "p"}


def test_a_table_without_a_primary_key_has_the_shortest_unique_one_of_required_columns(base):
    """A unique column that may be null names no row."""
    base.run(
        "CREATE TABLE has_one (x int NOT NULL, y int NOT NULL, z int UNIQUE, UNIQUE (x, y))",
        "CREATE TABLE has_none (x int NOT NULL, z int UNIQUE)",
    )

    assert (base.shape("has_one").key, base.shape("has_none").key) == (("x", "y"), ())


def test_a_fingerprint_is_another_for_another_structure_and_the_same_for_another_account(base):
    """Rows do not matter; columns, foreign keys that lead to it, and what fires do."""
    base.run(PARENT)
    seen = [base.shape("p").fingerprint]
    base.run("INSERT INTO p VALUES (1, 'a', 1, 1, NULL, 1, '2010-01-01')")
    assert base.shape("p").fingerprint == seen[0]
    assert base.writer().shapes([base.container("p")])[0].fingerprint == seen[0]
    for change in (*CHILDREN, "ALTER TABLE p ADD extra int", "CREATE UNIQUE INDEX one ON p (free)", "DROP TABLE c1"):
        base.run(change)
        seen.append(base.shape("p").fingerprint)

    assert len(set(seen)) == len(seen) == 6


def test_a_view_is_no_target(base):
    """Its rows are those of its tables; shapes say so, and nothing is erased through one."""
    base.run(PARENT, "CREATE VIEW v AS SELECT a, b, at FROM p")

    shape = base.shape("v")

    assert (shape.key, shape.refusal) == (
        (),
        "it is a view, which holds no rows of its own: remove them from its tables",
    )
    with pytest.raises(SourceError, match="it is a view") as caught:
        base.writer().erase(base.target("v", key=("a", "b")), [(1, "a")], lambda chunk: None)
    assert caught.value.code is SkipCode.UNSUPPORTED


def test_what_deleting_leaves_behind_is_said(base):
    """11 CCR 7022(d): backups may keep what is deleted until they are next used."""
    base.run(PARENT)

    assert "Replicas, backups and archives keep what is deleted until they are renewed" in base.shape("p").notes[-1]


def test_a_shape_of_a_table_that_is_gone_is_an_error(base):
    """As a plan learns that its table was dropped."""
    base.run(PARENT)
    container = base.container("p")
    base.run("DROP TABLE p")

    with pytest.raises(SourceError) as caught:
        base.connector().shapes([container])

    assert caught.value.code is SkipCode.VANISHED


FIRING = {
    "sqlite": (
        'CREATE TRIGGER "del one" AFTER DELETE ON p BEGIN SELECT 1; END',
        "CREATE TRIGGER IF NOT EXISTS [upd] BEFORE UPDATE OF free ON P BEGIN SELECT 1; END",
        "CREATE /* delete */ TRIGGER ins AFTER INSERT ON p BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        'CREATE TRIGGER "del one" AFTER DELETE ON p FOR EACH STATEMENT EXECUTE FUNCTION f()',
        "CREATE TRIGGER upd BEFORE INSERT OR UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TRIGGER ins AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TRIGGER off AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE p DISABLE TRIGGER off",
    ),
    "mariadb": (
        "CREATE TRIGGER `del one` AFTER DELETE ON p FOR EACH ROW SET @x = 1",
        "CREATE TRIGGER upd BEFORE UPDATE ON p FOR EACH ROW SET @x = 1",
        "CREATE TRIGGER ins BEFORE INSERT ON p FOR EACH ROW SET @x = 1",
    ),
}


def test_triggers_are_named_with_what_they_fire_on(base):
    """On deletion and change; foreign keys of PostgreSQL, which are triggers inside, are none."""
    base.run(PARENT, *CHILDREN, *FIRING[base.kind])
    if base.kind == "mariadb":
        base.run(f"GRANT TRIGGER ON {base.place.name}.* TO {base.place.role}")

    assert base.shape("p").triggers == ("del one (delete)", "upd (update)")


@pytest.mark.parametrize("base", ["mariadb"], indirect=True)
def test_triggers_that_mariadb_does_not_show_are_spoken_of(base):
    """SELECT alone shows none: a plan must say that there may be some."""
    base.run(PARENT, *FIRING["mariadb"])

    shape = base.shape("p")

    words = f"triggers may be there that the account cannot see: GRANT TRIGGER ON {base.place.name}.* shows them"
    assert (shape.triggers, words in shape.notes) == ((), True)


@pytest.mark.parametrize("base", ["mariadb"], indirect=True)
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("ENGINE = MyISAM", "its engine MyISAM has no transactions: a portion could be deleted in part"),
        ("WITH SYSTEM VERSIONING", "it is system-versioned: a deleted row stays in its history until DELETE HISTORY"),
    ],
)
def test_tables_of_mariadb_that_cannot_be_emptied_row_by_row_are_refused(base, how, words):
    """Both in the plan, and should somebody try."""
    base.run(f"CREATE TABLE t (id int PRIMARY KEY, at date) {how}", "INSERT INTO t VALUES (1, '2010-01-01')")

    assert base.shape("t").refusal == words
    with pytest.raises(SourceError, match=words):
        base.writer().erase(base.target("t"), [(1,)], lambda chunk: None)


@pytest.mark.parametrize("base", ["mariadb"], indirect=True)
def test_references_from_another_database_are_seen(base):
    """By its full name, and what deleting does, though SELECT alone hides that in information_schema."""
    other = f"piiscan_t{secrets.token_hex(5)}"
    base.run(PARENT, f"CREATE DATABASE {other}", f"GRANT SELECT ON {other}.* TO {base.place.role}")
    try:
        base.run(
            f"CREATE TABLE {other}.far (id int PRIMARY KEY, u int,"
            f" FOREIGN KEY (u) REFERENCES {base.place.name}.p (u) ON DELETE CASCADE)"
        )
        (own, far) = sorted(base.shape("p").references, key=lambda each: len(each.child.path))
    finally:
        base.run(f"DROP DATABASE {other}")

    assert (own.child.path, own.on_delete) == ("p", "null")
    assert (far.child.path, far.parent, far.on_delete) == (f"{other}.far", "p", "cascade")


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
def test_a_partitioned_table_has_one_reference_each_and_its_partitions_triggers(base):
    """PostgreSQL copies foreign keys to every partition, on both sides."""
    base.run(
        "CREATE TABLE p (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2000-01-01') TO ('2020-01-01')",
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')",
        "CREATE TABLE c (id int, pid int, pat date, FOREIGN KEY (pid, pat) REFERENCES p (id, at)) PARTITION BY LIST (id)",
        "CREATE TABLE c1 PARTITION OF c DEFAULT",
        "CREATE TABLE d (id int PRIMARY KEY, pid int, pat date, FOREIGN KEY (pid, pat) REFERENCES p1 (id, at))",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        "CREATE TRIGGER part AFTER DELETE ON p1 FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE RULE quiet AS ON UPDATE TO p DO ALSO NOTHING",
        "INSERT INTO p VALUES (1, '2010-01-01'), (2, '2010-01-01'), (3, '2021-01-01')",
        "INSERT INTO c VALUES (1, 1, '2010-01-01')",
    )

    shape = base.shape("p")

    assert [(base.bare(each.child), base.prefix + "p" == each.parent) for each in shape.references] == [
        ("c", True),
        ("d", True),
    ]
    assert shape.triggers == ("part (delete)", "rule quiet (update)")
    target = base.target("p")
    assert base.erase(target).taken == (0,)
    assert base.rows("SELECT id FROM p") == [(1,), (3,)]


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
def test_a_parent_by_inheritance_loses_only_its_own_rows(base):
    """What lies in tables that inherit from it is theirs."""
    base.run(
        "CREATE TABLE p (id int PRIMARY KEY, at date)",
        "CREATE TABLE heir () INHERITS (p)",
        "INSERT INTO p VALUES (1, '2010-01-01')",
        "INSERT INTO heir VALUES (1, '2010-01-01'), (2, '2010-01-01')",
    )
    target = base.target("p")

    assert (base.connector().reach(target).rows, base.erase(target).taken) == (1, (0,))
    assert base.rows("SELECT id FROM p") == [(1,), (2,)]


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
def test_children_that_policies_hide_are_a_reason_to_stop(base):
    """Row-level security does not bind foreign keys: a cascade would take what nobody could see."""
    base.run(
        "CREATE TABLE p (id int PRIMARY KEY, at date)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE)",
        "ALTER TABLE c ENABLE ROW LEVEL SECURITY",
        "INSERT INTO p VALUES (1, '2010-01-01')",
        "INSERT INTO c VALUES (1, 1)",
    )
    words = "row-level security hides rows from this account"

    assert any(words in note for note in base.shape("p").notes)
    with pytest.raises(SourceError, match=words):
        base.writer().erase(base.target("p"), [(1,)], lambda chunk: None)
    assert base.rows("SELECT id FROM c") == [(1,)]


@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
def test_names_of_sqlite_fit_whatever_their_case_and_columns_may_be_left_out(base):
    """A foreign key that names no columns leads to the primary key."""
    base.run(
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, Code TEXT UNIQUE, at date)",
        "CREATE TABLE child (x int REFERENCES PARENT, y text REFERENCES parent (CODE) ON DELETE CASCADE)",
        "CREATE UNIQUE INDEX folded ON parent (lower(at)) WHERE at IS NOT NULL",
    )

    shape = base.shape("Parent")

    assert [(each.columns, each.parent, each.parent_columns) for each in shape.references] == [
        (("y",), "Parent", ("Code",)),
        (("x",), "Parent", ("Id",)),
    ]
    assert shape.constrained == frozenset({"Id", "Code", "at"})
