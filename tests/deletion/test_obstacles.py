"""What stands in the way of a plan is refused in one line with a hint, or done as it is told; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from piiscan.errors import PiiscanError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

OLD, NEW = "2019-01-01", "2026-01-01"
"""Due, and not due."""

TABLES = f"""
CREATE TABLE ring_people (id INTEGER PRIMARY KEY, email TEXT, made TEXT, best_id INTEGER REFERENCES ring_notes (id));
CREATE TABLE ring_notes (id INTEGER PRIMARY KEY, email TEXT, made TEXT, person_id INTEGER NOT NULL REFERENCES ring_people (id));
INSERT INTO ring_people VALUES (1, 'a', '{OLD}', 1), (2, 'a', '{OLD}', NULL), (3, 'a', '{NEW}', 3), (4, 'a', '{NEW}', 4);
INSERT INTO ring_notes VALUES (1, 'a', '{OLD}', 1), (2, 'a', '{OLD}', 2), (3, 'a', '{OLD}', 3), (4, 'a', '{NEW}', 4);
CREATE TABLE hard_a (id INTEGER PRIMARY KEY, email TEXT, made TEXT, b_id INTEGER NOT NULL REFERENCES hard_b (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE hard_b (id INTEGER PRIMARY KEY, email TEXT, made TEXT, a_id INTEGER NOT NULL REFERENCES hard_a (id));
INSERT INTO hard_a VALUES (1, 'a', '{OLD}', 1);
INSERT INTO hard_b VALUES (1, 'a', '{OLD}', 1);
CREATE TABLE loud (id INTEGER PRIMARY KEY, email TEXT, made TEXT);
CREATE TABLE loud_log (what TEXT);
CREATE TRIGGER loud_gone AFTER DELETE ON loud BEGIN INSERT INTO loud_log VALUES ('gone'); END;
CREATE TRIGGER loud_changed AFTER UPDATE ON loud BEGIN INSERT INTO loud_log VALUES ('changed'); END;
INSERT INTO loud VALUES (1, 'a', '{OLD}'), (2, 'a', '{NEW}');
CREATE TABLE keyless (code TEXT, number INTEGER, kind TEXT, email TEXT, made TEXT);
INSERT INTO keyless VALUES ('A', 1, 'x', 'a', '{OLD}'), ('B', 1, 'x', 'a', '{OLD}'), ('b', 2, 'x', 'a', '{NEW}'), (NULL, 3, 'x', 'a', '{NEW}');
CREATE TABLE owners (id INTEGER PRIMARY KEY, email TEXT, made TEXT);
CREATE TABLE goes_along (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id) ON DELETE CASCADE);
CREATE TABLE loses_it (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id) ON DELETE SET NULL);
CREATE TABLE below (id INTEGER PRIMARY KEY, along_id INTEGER REFERENCES goes_along (id) ON DELETE CASCADE);
CREATE TABLE stands (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id));
INSERT INTO owners VALUES (1, 'a', '{OLD}'), (2, 'a', '{OLD}'), (3, 'a', '{OLD}'), (4, 'a', '{OLD}'), (5, 'a', '{NEW}');
INSERT INTO goes_along VALUES (1, 1), (2, 1);
INSERT INTO below VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO loses_it VALUES (1, 2), (2, 2);
INSERT INTO stands VALUES (1, 3);
CREATE TABLE tree (id INTEGER PRIMARY KEY, email TEXT, made TEXT, above_id INTEGER REFERENCES tree (id));
INSERT INTO tree VALUES (1, 'a', '{OLD}', NULL), (2, 'a', '{OLD}', 1), (3, 'a', '{OLD}', 2), (4, 'a', '{OLD}', NULL), (5, 'a', '{NEW}', 4),
                        (6, 'a', '{OLD}', NULL), (7, 'a', '{OLD}', 6);
CREATE TABLE strict (id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT UNIQUE, dob TEXT, ssn VARCHAR(3), made TEXT,
                     CHECK (dob IS NULL OR length(dob) > 3));
INSERT INTO strict VALUES (1, 'a', 'b', '1950-05-05', 'x', '{OLD}'), (2, 'a', 'c', '1950-05-05', 'x', '{NEW}');
CREATE TABLE two (id INTEGER PRIMARY KEY, email TEXT, dob TEXT, made TEXT, used TEXT);
INSERT INTO two VALUES (1, 'a', '1950-05-05', '{OLD}', '{OLD}'), (2, 'a', '1950-05-05', '{OLD}', '{NEW}'), (3, 'a', '1950-05-05', '{NEW}', '{OLD}'),
                       (4, 'a', '1950-05-05', '{NEW}', '{NEW}');
CREATE TABLE three (id INTEGER PRIMARY KEY, dob TEXT, made TEXT, used TEXT);
INSERT INTO three VALUES (1, '1950-05-05', '{OLD}', '{OLD}'), (2, '1950-05-05', '{OLD}', '{NEW}'), (3, '1950-05-05', '{NEW}', '{OLD}');
"""


def rule(id_: str, table: str, types: str = "email", more: str = "") -> str:
    """A maximum of three years for one table."""
    period = "" if "trigger" in more else 'trigger = "created"\nperiod = "P3Y"\n'
    return (
        f'[[rule]]\nid = "{id_}"\ntitle = "{id_}"\ndata_types = ["{types}"]\nwhere = [{table}]\nkind = "policy_max"\n'
        f'{period}citation = "our schedule"\n{more}\n'
    )


def anonymize(type_: str, how: str) -> str:
    """The lines of a rule that anonymizes."""
    return f'action = "anonymize"\nanonymize = {{ {type_} = "{how}" }}'


RULES = 'pack = "our"\n' + "".join(
    (
        rule("ring", '"crm:ring_*"'),
        rule("hard", '"crm:hard_*"'),
        rule("loud", '"crm:loud"'),
        rule("loud_change", '"crm:loud"', more=anonymize("email", "null")),
        rule("keyless", '"crm:keyless"'),
        rule("owners", '"crm:owners"'),
        rule("tree", '"crm:tree"'),
        rule("not_null", '"crm:strict"', more=anonymize("email", "null")),
        rule("no_null", '"crm:strict"', more=anonymize("email", "constant:gone")),
        rule("unique", '"crm:strict"', "phone", anonymize("phone", "constant:gone")),
        rule("checked", '"crm:strict"', "dob", anonymize("dob", "year")),
        rule("too_long", '"crm:strict"', "ssn", anonymize("ssn", "constant:gone for good")),
        rule("two_made", '"crm:two"'),
        rule("two_used", '"crm:two"', more='trigger = "last_use"\nperiod = "P3Y"'),
        rule("two_births", '"crm:two"', "dob", anonymize("dob", "year")),
        rule("three_a", '"crm:three"', "dob", anonymize("dob", "year")),
        rule("three_b", '"crm:three"', "dob", 'trigger = "last_use"\nperiod = "P3Y"\n' + anonymize("dob", "null")),
        rule("two_clock", '"crm:two"', "consent_record", anonymize("consent_record", "null")),
    )
)
NAMES = ("ring_people", "ring_notes", "hard_a", "hard_b", "loud", "keyless", "owners", "tree", "strict", "three", "two")
CONFIG = (
    """
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.write]
url = "sqlite:///crm.db"
"""
    + "".join(
        f'[sources.crm.clocks.{name}]\ncreated = "made"\n' + ('last_use = "used"\n' if name in ("two", "three") else "")
        for name in NAMES
    )
    + "".join(
        f'[[sources.crm.declared]]\ntables = {tables}\ncolumns = ["{column}"]\ndata_types = ["{kind}"]\nreason = "known to hold it"\n'
        for column, kind, tables in (
            ("email", "email", [name for name in NAMES if name != "three"]),
            ("phone", "phone", ["strict"]),
            ("dob", "dob", ["strict", "two", "three"]),
            ("ssn", "ssn", ["strict"]),
            ("used", "consent_record", ["two"]),
        )
    )
)


@pytest.fixture(scope="module")
def firm(make_firm: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The firm with every obstacle; plans change nothing in it."""
    made = make_firm(tmp_path_factory.mktemp("obstacles") / "firm", config=CONFIG, rules=RULES, tables=TABLES)
    made.scan()
    return made


@pytest.fixture
def copy(firm: Any, tmp_path: Any) -> Any:
    """One whose plan may be carried out."""
    return firm.copy(tmp_path / "firm")


def steps(document: dict[str, Any], *more: str) -> list[tuple[Any, ...]]:
    """Place, action and rows of each step, and further keys."""
    return [tuple(step[key] for key in ("container", "action", "rows", *more)) for step in document["steps"]]


def refused(firm: Any, rule_: str, **told: Any) -> tuple[str, str]:
    """What a plan is refused for, and the hint; nothing is left and nothing changed."""
    before = firm.dump()
    with pytest.raises(PiiscanError) as caught:
        firm.make(rule_, to="refused", **told)
    assert not (firm.folder / "refused").exists()
    assert firm.dump() == before
    assert isinstance(caught.value, RefusedError)
    assert (caught.value.exit_code, "\n" in caught.value.message) == (6, False)
    return caught.value.message, caught.value.hint


def test_foreign_keys_in_a_circle_are_refused_with_the_key_that_can_be_broken(firm: Any) -> None:
    """The nullable one is named."""
    assert refused(firm, "ring") == (
        "crm: foreign keys lead in a circle: ring_notes -> ring_people -> ring_notes",
        "--break ring_people.best_id empties that column in the due rows first; --without TABLE leaves a table out",
    )


def test_a_circle_of_keys_that_may_not_be_null_cannot_be_broken(firm: Any) -> None:
    """Only leaving a table out helps."""
    assert refused(firm, "hard") == (
        "crm: foreign keys lead in a circle: hard_a -> hard_b -> hard_a",
        "none of its foreign keys may be null; --without TABLE leaves a table out",
    )
    assert steps(firm.make("hard", to="without", without=("hard_a",)), "blocked") == [("hard_b", "delete", 0, 1)]


def test_a_broken_circle_is_emptied_first_and_carried_out(copy: Any) -> None:
    """Due people lose the key; their notes go, then they; a note that somebody who stays refers to stays."""
    made = copy.make("ring", breaks=("ring_people.best_id",))
    copy.sign()
    outcome = copy.carry_out()

    assert steps(made, "breaks", "blocked") == [
        ("ring_people", "anonymize", 1, True, 0),
        ("ring_notes", "delete", 2, False, 1),
        ("ring_people", "delete", 2, False, 0),
    ]
    assert made["notes"][:2] == [
        "step 1, crm:ring_people: best_id becomes null in due rows, also in those that then stay for another reason",
        "step 2, crm:ring_notes: 1 rows are due and stay, because rows that stay refer to them (in ring_people)",
    ]
    assert [(counts.taken, counts.changed, counts.gone) for counts in outcome.steps.values()] == [
        (1, 0, 0),
        (2, 0, 0),
        (2, 0, 0),
    ]
    assert copy.rows("SELECT id FROM ring_people UNION ALL SELECT id FROM ring_notes") == [(3,), (4,), (3,), (4,)]
    assert copy.prove().findings == []


@pytest.mark.parametrize("name", ["ring_notes.person_id", "ring_people.email", "tree.above_id", "nothing.at_all"])
def test_what_breaks_nothing_is_refused(name: str, firm: Any) -> None:
    """A key that may not be null, a column that is none, a table that is not in the plan."""
    with pytest.raises(PiiscanError) as caught:
        firm.make(
            "ring", to="refused", breaks=(name,) if name == "ring_notes.person_id" else ("ring_people.best_id", name)
        )
    assert name in caught.value.message
    assert caught.value.exit_code in (2, 6)


def test_a_trigger_that_would_fire_must_be_allowed(copy: Any) -> None:
    """Of those on the table the one for this change; then it is told in the plan."""
    assert refused(copy, "loud") == (
        "crm:loud has a trigger that would fire: loud_gone (delete)",
        "look at what it does, then --allow-triggers loud, or leave the table out (--without loud leaves it out)",
    )
    assert refused(copy, "loud_change")[0] == "crm:loud has a trigger that would fire: loud_changed (update)"

    made = copy.make("loud", triggers=("crm:loud",))
    copy.sign()
    copy.carry_out()

    assert (
        made["notes"][0]
        == "step 1, crm:loud: fires loud_gone (delete), which was allowed; what it does is not counted here"
    )
    assert copy.rows("SELECT count(*) FROM loud UNION ALL SELECT count(*) FROM loud_log") == [(1,), (1,)]


def test_a_table_without_a_key_needs_one_that_the_data_proves(copy: Any) -> None:
    """Columns that are alike in two rows, also but for their case, or empty in one, prove nothing."""
    assert refused(copy, "keyless") == (
        "crm:keyless has no primary or unique key, so its rows cannot be told apart",
        "name columns that do with --key TABLE=COLUMN,COLUMN, or leave it out (--without keyless leaves it out)",
    )
    for columns in ("kind", "code", "code,kind"):
        assert refused(copy, "keyless", keys=(f"keyless={columns}",))[0].endswith("two are alike, or one is empty")

    copy.sql("DELETE FROM keyless WHERE code IS NULL")
    made = copy.make("keyless", keys=("keyless=code,number",))
    copy.sign()
    copy.carry_out()

    assert steps(made, "key_columns", "key_proved") == [("keyless", "delete", 2, ["code", "number"], True)]
    assert copy.rows("SELECT code FROM keyless") == [("b",)]


def test_a_proved_key_is_proved_again_before_anything_goes(copy: Any) -> None:
    """A row with the same key came in between: nothing is removed."""
    copy.sql("DELETE FROM keyless WHERE code IS NULL")
    copy.make("keyless", keys=("keyless=code,number",))
    copy.sign()
    copy.sql(f"INSERT INTO keyless VALUES ('A', 1, 'y', 'a', '{NEW}')")
    before = copy.dump()

    with pytest.raises(RefusedError) as caught:
        copy.carry_out()

    assert caught.value.message == "crm:keyless: code, number no longer tells rows apart"
    assert copy.dump() == before


@pytest.mark.parametrize("key", ["keyless=", "keyless=code,,number", "keyless=nothing"])
def test_a_key_with_a_slip_in_it_is_wrong_usage(key: str, firm: Any) -> None:
    """No columns, or none of the table's."""
    with pytest.raises(UsageError):
        firm.make("keyless", to="refused", keys=(key,))


def test_rows_that_the_database_would_change_must_be_released(firm: Any) -> None:
    """A cascade keeps its parent back; a key that would be emptied is refused."""
    assert refused(firm, "owners") == (
        "crm:owners: the database itself would change 2 rows of loses_it that are not due",
        "--release loses_it lets it; --without owners leaves the table out",
    )


def test_released_rows_go_along_and_are_counted_all_the_way_down(copy: Any) -> None:
    """What refers to released rows must be released, too; what refers to the others keeps them."""
    assert refused(copy, "owners", releases=("loses_it", "goes_along")) == (
        "crm:below refers to rows of goes_along that would be released",
        "--release below too, or do without --release (--without below leaves it out)",
    )
    assert refused(copy, "owners", releases=("loses_it", "stands"))[0] == (
        "crm:stands cannot be released: the database itself refuses to remove what it refers to"
    )

    made = copy.make("owners", releases=("loses_it", "goes_along", "below"))
    copy.sign()
    copy.carry_out()

    assert steps(made, "blocked", "children") == [
        (
            "owners",
            "delete",
            3,
            1,
            [
                {"child": "below(along_id) cascade", "rows": 3},
                {"child": "goes_along(owner_id) cascade", "rows": 2},
                {"child": "loses_it(owner_id) null", "rows": 2},
            ],
        )
    ]
    assert copy.rows("SELECT id FROM owners") == [(3,), (5,)]
    assert copy.rows("SELECT count(*) FROM below UNION ALL SELECT count(*) FROM goes_along") == [(0,), (0,)]
    assert copy.rows("SELECT owner_id FROM loses_it") == [(None,), (None,)]


def test_without_release_a_cascade_keeps_what_it_refers_to(copy: Any) -> None:
    """Nothing that is not due goes along."""
    copy.sql("DELETE FROM loses_it")
    made = copy.make("owners")
    copy.sign()
    copy.carry_out()

    assert steps(made, "blocked") == [("owners", "delete", 2, 2)]
    assert copy.rows("SELECT id FROM owners") == [(1,), (3,), (5,)]
    assert copy.rows("SELECT count(*) FROM below") == [(3,)]


def test_a_released_table_that_a_hold_reaches_is_refused_when_planned_and_when_carried_out(copy: Any) -> None:
    """A hold on any of its rows is enough."""
    released = ("loses_it", "goes_along", "below")
    copy.make("owners", releases=released)
    copy.sign()
    held = copy.run(
        "holds", "add", "--basis", "litigation", "--evidence", "case 1", "--reason", "we are sued", "--approver", "A. Counsel",
        "--source", "crm", "--container", "below", "--starts", "2026-01-01",
    )  # fmt: skip
    before = copy.dump()

    with pytest.raises(RefusedError) as caught:
        copy.carry_out()

    assert (held.exit_code, caught.value.message) == (0, "crm:below was released, and since then hold H1 reaches it")
    assert copy.dump() == before
    assert refused(copy, "owners", releases=released)[0] == "crm:below cannot be released: hold H1 reaches it"


def test_a_table_that_refers_to_itself_goes_level_by_level_or_at_once_when_broken(copy: Any) -> None:
    """What nothing refers to but what goes, one level deep; with --break all but what something that stays refers to."""
    plain = copy.make("tree", to="plain")
    broken = copy.make("tree", breaks=("tree.above_id",))
    copy.sign()
    copy.carry_out()

    assert steps(plain, "blocked") == [("tree", "delete", 4, 2)]
    assert steps(broken, "blocked") == [("tree", "anonymize", 3, 0), ("tree", "delete", 5, 1)]
    assert copy.rows("SELECT id FROM tree") == [(4,), (5,)]


def test_level_by_level_is_carried_out_in_an_order_that_works(copy: Any) -> None:
    """In chunks of one row, too."""
    copy.make("tree", chunk_rows=1)
    copy.sign()
    outcome = copy.carry_out()

    assert [(counts.taken, counts.changed, counts.gone) for counts in outcome.steps.values()] == [(4, 0, 0)]
    assert copy.rows("SELECT id FROM tree ORDER BY id") == [(1,), (4,), (5,)]


@pytest.mark.parametrize(
    ("rule_", "message", "hint"),
    [
        (
            "not_null",
            "crm:strict: email is NOT NULL and cannot become null",
            'in a rule of your own write anonymize = { DATA_TYPE = "constant:TEXT" } (or year, or prefix:N)',
        ),
        (
            "unique",
            "crm:strict: phone is unique, checked or a foreign key, so it takes no constant and cannot be generalised",
            'in a rule of your own write anonymize = { DATA_TYPE = "null" }',
        ),
        (
            "checked",
            "crm:strict: dob is unique, checked or a foreign key, so it takes no constant and cannot be generalised",
            'in a rule of your own write anonymize = { DATA_TYPE = "null" }',
        ),
        (
            "too_long",
            "crm:strict: ssn (VARCHAR(3)) cannot hold the constant",
            'in a rule of your own write a constant that fits, or anonymize = { DATA_TYPE = "null" }',
        ),
    ],
)
def test_a_column_that_cannot_take_it_is_refused_with_what_could_be_written(
    rule_: str, message: str, hint: str, firm: Any
) -> None:
    """Constraints are respected, not tried."""
    assert refused(firm, rule_) == (message, hint)


def test_what_the_hint_says_works(copy: Any) -> None:
    """A constant where null is not possible."""
    copy.make("no_null")
    copy.sign()
    copy.carry_out()

    assert copy.rows("SELECT email FROM strict") == [("gone",), ("a",)]


def test_rows_of_two_rules_are_deleted_once_and_what_is_deleted_is_not_anonymized(copy: Any) -> None:
    """By the rules' order; the second takes what the first leaves, the third changes what nobody takes."""
    copy.sql(f"INSERT INTO two VALUES (5, 'a', '1950-05-05', '{NEW}', '{OLD}')")
    made = copy.make(None, without=tuple(name for name in NAMES if name != "two"))
    copy.sign()

    assert steps(made) == [("two", "anonymize", 0), ("two", "anonymize", 0), ("two", "delete", 2), ("two", "delete", 2)]
    assert [step["rule"]["id"] for step in made["steps"]] == ["two_clock", "two_births", "two_made", "two_used"]


def test_of_two_rules_for_one_column_the_one_that_takes_more_away_comes_first(copy: Any) -> None:
    """A row of both loses its date and is not asked about again."""
    made = copy.make(None, without=tuple(name for name in NAMES if name != "three"))
    copy.sign()
    outcome = copy.carry_out()

    assert [(step["rule"]["id"], step["rows"]) for step in made["steps"]] == [("three_b", 2), ("three_a", 1)]
    assert [(counts.taken, counts.changed) for counts in outcome.steps.values()] == [(2, 0), (1, 0)]
    assert copy.rows("SELECT dob FROM three ORDER BY id") == [(None,), ("1950-01-01",), (None,)]


def test_what_dates_rows_of_another_step_is_not_anonymized_before_it(copy: Any) -> None:
    """Where rows stay that the first would change."""
    copy.sql(
        "CREATE TABLE two_kept (id INTEGER PRIMARY KEY, two_id INTEGER REFERENCES two (id))",
        "INSERT INTO two_kept VALUES (1, 1)",
    )

    assert refused(copy, None, without=tuple(name for name in NAMES if name != "two")) == (  # type: ignore[arg-type]
        "crm:two: rule two_clock would anonymize what dates the rows that rule two_used removes from crm:two",
        "plan them one after the other: --rule two_used, and two_clock when that is done",
    )


@pytest.mark.parametrize(
    ("told", "message", "hint"),
    [
        (
            {"max_rows": 2},
            "crm:two: 3 rows are due, more than [deletion] max_rows allows (2)",
            "if that is as it should be: --max-rows 3",
        ),
        (
            {"max_percent": 74.9},
            "crm:two: 3 of 4 rows are due, more than [deletion] max_percent allows (74.9 %)",
            "if that is as it should be: --max-percent 75.1",
        ),
    ],
)
def test_more_of_a_table_than_the_limits_allow_is_refused(
    told: dict[str, Any], message: str, hint: str, firm: Any
) -> None:
    """Of both steps together."""
    others = tuple(name for name in NAMES if name != "two")
    assert refused(firm, None, without=others, **told) == (message, hint)  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["without", "releases", "triggers"])
def test_an_option_that_names_nothing_is_wrong_usage(option: str, firm: Any) -> None:
    """A name with a slip in it must not look heeded."""
    with pytest.raises(UsageError) as caught:
        firm.make("no_null", to="refused", **{option: ("strikt",)})

    assert caught.value.message.endswith("strikt: there is no such thing in this plan")
    assert not (firm.folder / "refused").exists()
