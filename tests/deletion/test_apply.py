"""What was planned is removed, what has changed since is left: rows, holds, tables, rules, sources that fail."""

from __future__ import annotations

import json
import os
import signal
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.deletion import Done, PlanFolder, read_chain
from piiscan.errors import PiiscanError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS = "SELECT (SELECT count(*) FROM letters), (SELECT count(*) FROM payments), (SELECT count(*) FROM accounts)"
HOLD = (
    "--basis",
    "litigation",
    "--evidence",
    "case 1",
    "--reason",
    "we are sued",
    "--approver",
    "A. Counsel",
    "--starts",
    "2026-01-01",
)


def counts(outcome: Any) -> list[tuple[int, int, int]]:
    """Removed, changed and gone of every step."""
    return [(each.taken, each.changed, each.gone) for _, each in sorted(outcome.steps.items())]


def prepared(firm: Any, **told: Any) -> dict[str, Any]:
    """A plan over everything, approved."""
    made: dict[str, Any] = firm.make(**told)
    firm.sign()
    return made


def test_exactly_the_plan_is_done(firm: Any) -> None:
    """Rows that are due go in the order of their foreign keys; births become years; the rest is as it was."""
    stays = firm.rows("SELECT * FROM accounts WHERE last_activity_at > '2023-03-01'")

    made = prepared(firm)
    outcome = firm.carry_out()

    assert [(step["container"], step["action"], step["rows"], step["rows_total"]) for step in made["steps"]] == [
        ("letters", "delete", 27, 40),
        ("payments", "delete", 80, 120),
        ("people", "anonymize", 13, 20),
        ("accounts", "delete", 40, 60),
    ]
    assert (outcome.finished, counts(outcome)) == (True, [(27, 0, 0), (80, 0, 0), (13, 0, 0), (40, 0, 0)])
    assert firm.rows("SELECT * FROM accounts") == stays
    assert firm.rows(COUNTS) == [(13, 40, 20)]
    assert firm.rows("SELECT count(*) FROM people WHERE dob LIKE '%-01-01'") == [(13,)]
    assert firm.prove().findings == []


def test_the_same_data_gives_the_same_plan_byte_for_byte(firm: Any) -> None:
    """Id, SQL and HMACs; sealing differs, and another author, day or row is another plan."""
    first, second = firm.make(to="one"), firm.make(to="two")
    others = [
        firm.make(to="three", author="Cy"),
        firm.make("our_letters", to="four"),
        firm.make(to="five", max_rows=99_999),
    ]
    firm.sql("DELETE FROM letters WHERE number = 1")
    others.append(firm.make(to="six"))

    def read(name: str) -> list[bytes]:
        return [(firm.folder / of / name).read_bytes() for of in ("one", "two")]

    assert first["plan_id"] == second["plan_id"]
    assert len(set(read("plan.sql"))) == 1
    assert len(set(read("keys-001.sealed"))) == 2
    assert [step["keys_hmac"] for step in first["steps"]] == [step["keys_hmac"] for step in second["steps"]]
    assert len({first["plan_id"], *(other["plan_id"] for other in others)}) == 5


def test_rows_that_changed_came_or_went_since_the_plan_are_left(firm: Any) -> None:
    """The three kinds of drift: no longer due, not in the plan, no longer there; each is told and nothing else goes."""
    prepared(firm)
    firm.sql(
        "UPDATE letters SET sent_on = '2026-01-01' WHERE number IN (1, 3)",
        "DELETE FROM letters WHERE number = 4",
        "INSERT INTO letters VALUES (1, 900, 'new', '2020-01-01')",
    )

    outcome = firm.carry_out()
    proof = firm.prove()

    assert counts(outcome)[0] == (24, 2, 1)
    assert firm.rows("SELECT number FROM letters WHERE number IN (1, 3, 4, 900) ORDER BY 1") == [(1,), (3,), (900,)]
    assert proof.findings == []
    assert next((each.present, each.left, each.due_now) for each in proof.steps) == (0, 2, 1)


def test_a_row_that_something_new_refers_to_stays(firm: Any) -> None:
    """A payment came for an account that was to go: neither goes, and no database error is needed to tell."""
    prepared(firm)
    due = firm.rows("SELECT id FROM accounts WHERE last_activity_at < '2023-01-01' ORDER BY id LIMIT 1")[0][0]
    firm.sql(f"INSERT INTO payments VALUES (9000, {due}, 'new')")

    outcome = firm.carry_out()

    assert counts(outcome)[3] == (39, 1, 0)
    assert firm.rows(f"SELECT count(*) FROM payments WHERE account_id = {due}") == [(1,)]
    assert firm.rows(f"SELECT count(*) FROM accounts WHERE id = {due}") == [(1,)]


@pytest.mark.parametrize(
    ("command", "more", "left"),
    [
        ("holds", (), 27),
        ("exceptions", ("--rule", "our_letters", "--against", "schedule", "--ends", "2027-01-01"), 27),
    ],
)
def test_a_hold_or_an_extension_that_came_after_the_plan_stops_its_rows(
    command: str, more: tuple[str, ...], left: int, firm: Any
) -> None:
    """They are left and told; the other steps are done."""
    prepared(firm)
    told = HOLD if command == "holds" else ("--basis", "extension", *HOLD[2:])
    added = firm.run(command, "add", *told, *more, "--source", "crm", "--container", "letters")
    assert added.exit_code == 0, added.stderr

    outcome = firm.carry_out()

    assert counts(outcome) == [(0, left, 0), (80, 0, 0), (13, 0, 0), (40, 0, 0)]
    assert [list(ids) for ids in outcome.stopped_by.values()] == [["H1" if command == "holds" else "X1"]]
    assert firm.rows(COUNTS) == [(40, 40, 20)]


def test_a_hold_on_some_rows_that_came_after_the_plan_stops_those(firm: Any) -> None:
    """By its sealed predicate."""
    prepared(firm)
    (firm.folder / "rows.toml").write_text('rows = [{ column = "number", operator = "=", value = 1 }]\n')
    added = firm.run("holds", "add", *HOLD, "--source", "crm", "--container", "letters", "--rows", "rows.toml")
    assert added.exit_code == 0, added.stderr

    outcome = firm.carry_out()

    assert counts(outcome)[0] == (26, 1, 0)
    assert firm.rows("SELECT count(*) FROM letters WHERE number = 1") == [(1,)]


def test_a_hold_that_is_placed_while_it_runs_stops_the_rows_that_are_left(firm: Any, monkeypatch: Any) -> None:
    """The store is asked before every chunk; what went before is gone."""
    from piiscan.connectors.sql.connector import SqlConnector

    made = prepared(firm)
    real, calls = SqlConnector.erase, []

    def holding(self: Any, target: Any, keys: Any, witness: Callable[..., None]) -> Any:
        calls.append(1)
        if len(calls) == 2:
            firm.run("holds", "add", *HOLD, "--source", "crm", "--container", "letters")
        return real(self, target, keys, witness)

    monkeypatch.setattr(SqlConnector, "erase", holding)
    outcome = firm.carry_out()
    chain = read_chain(PlanFolder(firm.folder / "plan"), made["plan_id"], firm.loaded()[0].key())

    assert counts(outcome) == [(14, 13, 0), (80, 0, 0), (13, 0, 0), (40, 0, 0)]
    assert [record["narrowed"] for record in chain.records if record["event"] == "narrowed"] == [
        [{"step": 1, "by": ["H1"]}]
    ]
    assert firm.prove().findings == []


def test_a_hold_the_plan_knows_is_in_it_and_stops_its_rows(firm: Any) -> None:
    """Counted, listed, and not planned."""
    assert firm.run("holds", "add", *HOLD, "--source", "crm", "--container", "letters").exit_code == 0
    made = prepared(firm)
    outcome = firm.carry_out()

    assert [step["container"] for step in made["steps"]] == ["payments", "people", "accounts"]
    assert [(hold["id"], hold["container"]) for hold in made["holds"]] == [("H1", "letters")]
    assert (made["totals"]["on_hold"], made["in_force"]) == (40, ["H1"])
    assert (outcome.finished, dict(outcome.stopped_by)) == (True, {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "CREATE TABLE more (id INTEGER PRIMARY KEY, a INTEGER REFERENCES accounts (id) ON DELETE CASCADE)",
            "crm:accounts",
        ),
        ("CREATE TRIGGER t AFTER DELETE ON letters BEGIN SELECT 1; END", "crm:letters"),
        ("ALTER TABLE payments ADD COLUMN more TEXT", "crm:payments"),
        (
            "DROP TABLE people; CREATE TABLE people (name TEXT PRIMARY KEY NOT NULL, dob TEXT UNIQUE, made_on TEXT)",
            "crm:people",
        ),
    ],
)
def test_a_table_built_otherwise_since_the_plan_refuses_it(change: str, message: str, firm: Any) -> None:
    """A new foreign key from outside, a trigger, a column, a constraint: nothing is removed."""
    prepared(firm)
    firm.sql(change)
    before = firm.dump()

    with pytest.raises(RefusedError) as caught:
        firm.carry_out()

    assert caught.value.message == f"{message} is built otherwise than when the plan was made"
    assert firm.dump() == before


def test_rules_that_changed_since_the_plan_refuse_it(firm: Any) -> None:
    """What was due may be due no longer."""
    prepared(firm)
    path = firm.folder / "rules" / "our.toml"
    path.write_text(path.read_text().replace("P2Y", "P20Y"))

    with pytest.raises(RefusedError) as caught:
        firm.carry_out()

    assert caught.value.message == "the rules of retention have changed since the plan was made"
    assert firm.rows(COUNTS) == [(40, 120, 60)]


def test_a_table_that_became_smaller_is_taken_no_more_of_than_the_limit(firm: Any) -> None:
    """The share is that of the day it is carried out."""
    prepared(firm, max_percent=70.0)
    firm.sql("DELETE FROM letters WHERE sent_on > '2024-06-01'")

    with pytest.raises(RefusedError) as caught:
        firm.carry_out()

    assert caught.value.message == "crm:letters: 27 of 27 rows are more than the plan's limit of 70 %"
    assert firm.rows(COUNTS) == [(27, 120, 60)]


@pytest.mark.parametrize(
    ("old", "new", "kind", "message"),
    [
        ('[sources.crm.write]\nurl = "sqlite:///crm.db"\n', "", UsageError, "source crm has no account that may write"),
        ("Bo = ", "Cy = ", RefusedError, "Bo is not listed with this key under [security] approvers"),
    ],
)
def test_the_configuration_of_the_day_decides(
    old: str, new: str, kind: type[PiiscanError], message: str, firm: Any
) -> None:
    """An account that may write, who may approve."""
    prepared(firm)
    path = firm.folder / "piiscan.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(kind) as caught:
        firm.carry_out()

    assert caught.value.message == message
    assert caught.value.exit_code == (2 if kind is UsageError else 6)
    assert firm.rows(COUNTS) == [(40, 120, 60)]


def test_a_plan_is_valid_to_the_end_of_its_last_day(firm: Any) -> None:
    """So many days after its own, in the firm's time zone."""
    path = firm.folder / "piiscan.toml"
    path.write_text(path.read_text().replace("P3650D", "P30D"))
    prepared(firm)

    with pytest.raises(RefusedError) as caught:
        firm.carry_out(today=date(2026, 4, 1))

    assert caught.value.message == "the plan is of 2026-03-01 and was valid until 2026-03-31 ([deletion] valid_for)"
    assert firm.carry_out(today=date(2026, 3, 31)).finished


def test_a_source_that_fails_keeps_what_is_finished_and_the_same_call_goes_on(firm: Any, monkeypatch: Any) -> None:
    """The chunk is rolled back and told; nothing is lost or done twice."""
    from piiscan.connectors.sql.connector import SqlConnector
    from piiscan.errors import SourceError
    from piiscan.model import SkipCode

    prepared(firm)
    real, calls = SqlConnector.erase, []

    def failing(self: Any, target: Any, keys: Any, witness: Callable[..., None]) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise SourceError(SkipCode.TIMEOUT, "somebody else holds its rows", hint="go on at a quieter hour")
        return real(self, target, keys, witness)

    monkeypatch.setattr(SqlConnector, "erase", failing)
    with pytest.raises(PiiscanError) as caught:
        firm.carry_out()
    first = firm.rows(COUNTS)
    outcome = firm.carry_out()

    assert (caught.value.message, caught.value.exit_code) == ("crm:letters: somebody else holds its rows", 1)
    assert (
        caught.value.hint == "go on at a quieter hour; what was finished is kept: run the same command again to go on"
    )
    assert first == [(26, 120, 60)]
    assert (outcome.finished, counts(outcome)) == (True, [(27, 0, 0), (80, 0, 0), (13, 0, 0), (40, 0, 0)])
    assert firm.prove().findings == []


def test_when_time_is_up_it_stops_between_chunks_and_goes_on_later(firm: Any) -> None:
    """Nothing begun, nothing removed; the evidence says why, and the exit code is 4."""
    from piiscan.commands._delete_outcomes import apply_document

    prepared(firm)

    outcome = firm.carry_out(max_duration_s=0.0)

    document = apply_document(firm.order(), outcome, executed=True)
    assert (outcome.finished, outcome.why, counts(outcome)) == (False, "out of time", [])
    assert (document.exit_code, document.reasons) == (4, ("unfinished",))
    assert [finding.code for finding in firm.prove().findings] == ["unfinished"]
    assert firm.carry_out().finished
    assert firm.prove().findings == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_after_the_running_chunk_and_then_takes_its_course(
    number: int, firm: Any, monkeypatch: Any
) -> None:
    """What was finished is told in signed evidence; the handlers are as they were."""
    from piiscan.connectors.sql.connector import SqlConnector

    prepared(firm)
    real, before = SqlConnector.erase, signal.getsignal(number)
    seen: list[int] = []

    def signalling(self: Any, target: Any, keys: Any, witness: Callable[..., None]) -> Any:
        os.kill(os.getpid(), number)
        return real(self, target, keys, witness)

    monkeypatch.setattr(SqlConnector, "erase", signalling)
    signal.signal(number, lambda got, _: seen.append(got))
    try:
        outcome = firm.carry_out()
    finally:
        signal.signal(number, before)

    assert (seen, outcome.finished, counts(outcome)) == ([number], False, [(7, 0, 0)])
    assert firm.rows(COUNTS) == [(33, 120, 60)]
    monkeypatch.undo()
    assert firm.carry_out().finished
    assert firm.prove().findings == []


def test_a_chunk_that_somebody_else_touched_after_a_kill_is_not_guessed_at(firm: Any) -> None:
    """Some of its rows are there, others not: neither done nor undone."""
    made = prepared(firm)
    outcome = firm.carry_out(max_duration_s=0.0)
    key = firm.loaded()[0].key()
    from piiscan.deletion import Evidence

    with Evidence(PlanFolder(firm.folder / "plan"), made["plan_id"], key) as evidence:
        evidence.add("intent", step=1, chunk=1, size=7, taken=[[0, 6]], changed=[], gone=[], linked=[], held=[])
    firm.sql("DELETE FROM letters WHERE number = 1")

    with pytest.raises(RefusedError) as caught:
        firm.carry_out()

    assert not outcome.finished
    assert caught.value.message == "crm:letters: of 7 rows that were to go in one transaction 6 are there"
    assert firm.rows(COUNTS) == [(39, 120, 60)]


def test_what_is_removed_and_comes_back_is_found(firm: Any) -> None:
    """A restored backup: verify tells where and how many."""
    prepared(firm)
    row = firm.rows("SELECT * FROM letters WHERE number = 1")[0]
    firm.carry_out()
    firm.sql(f"INSERT INTO letters VALUES {row}")

    findings = firm.prove().findings

    assert [(each.code, each.message) for each in findings] == [
        ("present", "step 1: 1 rows that were removed from crm:letters are there")
    ]


def test_evidence_names_positions_and_no_key(firm: Any) -> None:
    """Enough to say which row of the sealed list, and nothing of the row."""
    made = prepared(firm, chunk_rows=50)
    firm.sql("UPDATE letters SET sent_on = '2026-01-01' WHERE number IN (1, 3)")
    firm.carry_out()
    chain = read_chain(PlanFolder(firm.folder / "plan"), made["plan_id"], firm.loaded()[0].key())

    intents = [record for record in chain.records if record["event"] == "intent"]
    assert {key: intents[0][key] for key in ("step", "chunk", "size", "taken", "changed", "gone", "held")} == {
        "step": 1,
        "chunk": 1,
        "size": 27,
        "taken": [[2, 26]],
        "changed": [[0, 1]],
        "gone": [],
        "held": [],
    }
    assert chain.records[0]["event"] == "start"
    assert chain.records[-1]["steps"][0] == {
        "step": 1, "planned": 27, "removed": 25, "changed": 2, "gone": 0, "held": 0, "linked": 0,
    }  # fmt: skip
    assert sum(each.taken for each in Done().take(chain.records).steps.values()) == 158


def test_nothing_due_is_a_plan_without_steps(firm: Any) -> None:
    """It is said, and can be approved and carried out like any other."""
    firm.sql("UPDATE letters SET sent_on = '2026-01-01'")
    made = prepared(firm, rule="our_letters")

    assert (made["steps"], made["totals"]["rows"], made["outcome"]) == ([], 0, {"exit_code": 0, "reasons": []})
    assert "-- Nothing is due." in (firm.folder / "plan" / "plan.sql").read_text()
    assert firm.carry_out().finished
    assert firm.prove().findings == []


def test_a_folder_that_holds_something_is_never_written_over(firm: Any) -> None:
    """Not even an empty plan's; and a failed plan leaves nothing."""
    firm.make(to="plan")
    before = json.dumps(sorted(path.name for path in (firm.folder / "plan").iterdir()))

    with pytest.raises(UsageError) as caught:
        firm.make(to="plan")

    assert caught.value.message == f"{firm.folder / 'plan'} is not empty"
    (firm.folder / "empty").mkdir()
    with pytest.raises(RefusedError):
        firm.make(to="empty", max_rows=1)
    assert list((firm.folder / "empty").iterdir()) == []
    assert json.dumps(sorted(path.name for path in (firm.folder / "plan").iterdir())) == before
