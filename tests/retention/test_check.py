"""What retention check says of a firm's rows, against the same questions put to the database in plain SQL."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 3, 1)
FAKE = "'9999-12-31', '1970-01-01', '1900-01-01'"


def run(firm: Path, *args: str, text: str = "") -> tuple[int, str, str]:
    """A command in the firm's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", *args],
        cwd=firm, input=text, capture_output=True, encoding="utf-8", check=False, env=os.environ | {"HOME": str(firm)},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def check(firm: Path, *args: str) -> dict[str, Any]:
    """The document of retention check."""
    _, out, err = run(firm, "retention", "check", "--as-of", AS_OF.isoformat(), "--format", "json", *args)
    assert err == ""
    document: dict[str, Any] = json.loads(out)
    return document


def rows_of(document: dict[str, Any], container: str, rule: str | None, owner: str | None = None) -> dict[str, int]:
    """The six counts of one verdict, without the word rows."""
    found = [
        verdict
        for verdict in (*document["verdicts"], *document["use_limits"])
        if (verdict["container"], verdict["rule"], verdict["owner"]) == (container, rule, owner)
    ]
    assert len(found) == 1
    return {
        key.removeprefix("rows_"): value
        for key, value in found[0].items()
        if key.startswith("rows_") and key != "rows_due_in"
    }


def ask(firm: Path, query: str) -> dict[str, int]:
    """Status -> rows, by plain SQL; ``{x}`` is a day that counts, else null."""
    base = sqlite3.connect(firm / "crm.db")
    counts = dict(base.execute(query).fetchall())
    base.close()
    total = sum(counts.values())
    names = ("total", "within", "overdue", "exempt", "on_hold", "undated")
    return {name: total if name == "total" else counts.get(name, 0) for name in names}


def real(column: str) -> str:
    """The column's day, null for a sentinel and for a day after tomorrow."""
    return f"(CASE WHEN {column} IN ({FAKE}) OR {column} > date('{AS_OF}', '+1 day') THEN NULL ELSE {column} END)"


@pytest.fixture(scope="module")
def document(firm: Path) -> dict[str, Any]:
    """The verdicts without any hold."""
    return check(firm)


def test_a_minimum_wins_over_a_maximum_that_yields(firm: Path, document: dict[str, Any]) -> None:
    """Past three years: exempt while five years since the last use run, undated where that day is unknown."""
    made, used = real("made_on"), real("used_on")
    expected = ask(
        firm,
        f"""SELECT CASE WHEN {made} IS NULL THEN 'undated' WHEN date({made}, '+3 years') >= '{AS_OF}' THEN 'within'
            WHEN date({used}, '+5 years') >= '{AS_OF}' THEN 'exempt' WHEN {used} IS NULL THEN 'undated' ELSE 'overdue' END,
            count(*) FROM people GROUP BY 1""",
    )

    assert rows_of(document, "people", "our_people") == expected
    assert min(expected[name] for name in ("within", "overdue", "exempt", "undated")) > 0


def test_a_promise_that_does_not_yield_is_overdue_whatever_must_be_kept(firm: Path, document: dict[str, Any]) -> None:
    """Only rows that have a date of birth are spoken of: where it is gone nothing is left to remove."""
    made = real("made_on")
    expected = ask(
        firm,
        f"""SELECT CASE WHEN {made} IS NULL THEN 'undated' WHEN date({made}, '+1 years') >= '{AS_OF}' THEN 'within'
            ELSE 'overdue' END, count(*) FROM people WHERE dob IS NOT NULL GROUP BY 1""",
    )

    assert rows_of(document, "people", "our_promise") == expected
    assert expected["total"] == 300


def test_a_path_dates_children_by_their_parent_and_a_chosen_defence_window_keeps_them(
    firm: Path, document: dict[str, Any]
) -> None:
    """Four years by the schedule, six by the firm's written choice."""
    made = real("made_on")
    expected = ask(
        firm,
        f"""SELECT CASE WHEN {made} IS NULL THEN 'undated' WHEN date({made}, '+4 years') >= '{AS_OF}' THEN 'within'
            WHEN date({made}, '+6 years') >= '{AS_OF}' THEN 'exempt' ELSE 'overdue' END, count(*)
            FROM visits JOIN people ON people.id = person_id GROUP BY 1""",
    )

    assert rows_of(document, "visits", "our_visits") == expected
    assert expected["exempt"] > 0


def test_the_later_of_two_ends_waits_for_both(firm: Path, document: dict[str, Any]) -> None:
    """One that runs keeps a row within, whatever the other; one unknown leaves it undated."""
    hired, left = real("hired"), real("left_on")
    expected = ask(
        firm,
        f"""SELECT CASE WHEN date({hired}, '+3 years') >= '{AS_OF}' OR date({left}, '+1 years') >= '{AS_OF}' THEN 'within'
            WHEN {hired} IS NULL OR {left} IS NULL THEN 'undated' ELSE 'overdue' END, count(*) FROM staff GROUP BY 1""",
    )

    assert rows_of(document, "staff", "our_staff") == expected
    assert expected["undated"] > 0


def test_regime_and_role_are_those_of_the_rows_owner(firm: Path, document: dict[str, Any]) -> None:
    """A bank's loans by one rule; nobody's by none, for the firm declares no regime for them; a client's it only serves neither."""
    made = real("created_on")
    bank = ask(
        firm,
        f"""SELECT CASE WHEN {made} IS NULL THEN 'undated' WHEN date({made}, '+2 years') >= '{AS_OF}' THEN 'within'
            ELSE 'overdue' END, count(*) FROM loans WHERE client = 'bank' GROUP BY 1""",
    )
    mercy = ask(firm, "SELECT 'within', count(*) FROM loans WHERE client = 'mercy'")
    others = ask(firm, "SELECT 'within', count(*) FROM loans WHERE client IS NULL OR client = 'elsewhere'")

    assert rows_of(document, "loans", "our_bank", "bank") == bank
    assert rows_of(document, "loans", None, "mercy") == mercy
    assert rows_of(document, "loans", None, "?") == others


def test_a_limit_of_use_asks_for_no_removal(firm: Path, document: dict[str, Any]) -> None:
    """It is listed apart: overdue there means that the use has ended."""
    made = real("made_on")
    expected = ask(
        firm,
        f"""SELECT CASE WHEN {made} IS NULL THEN 'undated' WHEN date({made}, '+2 years') >= '{AS_OF}' THEN 'within'
            ELSE 'overdue' END, count(*) FROM people GROUP BY 1""",
    )

    assert rows_of(document, "people", "our_use") == expected
    assert all(verdict["rule"] != "our_use" for verdict in document["verdicts"])


def test_the_exit_code_says_overdue_and_can_be_told_not_to(firm: Path) -> None:
    """Three, unless told otherwise; one rule alone may be asked about."""
    day = ("--as-of", AS_OF.isoformat())

    assert run(firm, "retention", "check", *day, "-o", "json=check.json")[0] == 3
    assert json.loads((firm / "check.json").read_text())["outcome"] == {"exit_code": 3, "reasons": ["overdue"]}
    assert run(firm, "retention", "check", *day, "--exit-zero", "-o", "json=check.json")[0] == 0
    assert run(firm, "retention", "check", *day, "--rule", "our_use", "-o", "json=check.json")[0] == 0
    assert run(firm, "retention", "check", *day, "--rule", "none_such") == (
        2, "", "error: unknown rule 'none_such'\nhint: piiscan rules list --kind retention shows them\n",
    )  # fmt: skip


def test_what_cannot_be_judged_is_never_clean(firm: Path) -> None:
    """A clock whose column is gone: the table is not judged, exit 4 wins over 3, and both reasons stand."""
    good = (firm / "piiscan.toml").read_text()
    (firm / "piiscan.toml").write_text(good.replace('created = "made_on"\nlast_use', 'created = "gone"\nlast_use'))

    code, out, _ = run(firm, "retention", "check", "--as-of", AS_OF.isoformat(), "--format", "json")
    (firm / "piiscan.toml").write_text(good)

    told = json.loads(out)
    assert (code, told["outcome"]) == (4, {"exit_code": 4, "reasons": ["overdue", "incomplete"]})
    assert [(skip["container"], skip["code"]) for skip in told["skips"]] == [("people", "error")]
    assert not [verdict for verdict in told["verdicts"] if verdict["container"] == "people"]


def test_holds_and_extensions_keep_rows_and_are_told_apart(firm: Path) -> None:
    """A hold comes before everything; an extension keeps what is past a maximum that yields, and no promise that does not."""
    said = ("--reason", "claim 4711", "--evidence", "case 12", "--approver", "counsel")
    hold = ("--basis", "litigation", "--container", "people", "--rows", "-")
    rows = 'rows = [{ column = "id", operator = "<=", value = 50 }]\n'
    extension = (
        "--against",
        "schedule",
        "--basis",
        "extension",
        "--rule",
        "our_people",
        "--container",
        "people",
        "--ends",
        "2026-12-31",
    )
    before = check(firm)

    added = [
        run(firm, "holds", "add", *said, *hold, "--starts", "2026-01-01", text=rows),
        run(firm, "exceptions", "add", *said, *extension, "--starts", "2026-01-01", "--use-lock", "none"),
    ]
    after = check(firm)

    assert [code for code, *_ in added] == [0, 0], added
    held, was = rows_of(after, "people", "our_people"), rows_of(before, "people", "our_people")
    assert (held["on_hold"], held["overdue"]) == (50, 0)
    assert held["total"] == was["total"] == sum(held[name] for name in ("within", "exempt", "on_hold", "undated"))
    promise = rows_of(after, "people", "our_promise")
    assert (promise["on_hold"], promise["overdue"] > 0) == (38, True)
    excuses = {each["id"]: each for v in after["verdicts"] if v["rule"] == "our_people" for each in v["exceptions"]}
    assert excuses["H1"]["rows"] == 50
    assert (excuses["X1"]["against"], excuses["X1"]["until"]) == ("schedule", "2026-12-31")
    assert excuses["E8"]["against"] == "request"


def test_a_guessed_clock_dates_rows_only_where_the_firm_says_so_and_is_marked(firm: Path) -> None:
    """Without a clock undated; with infer_clocks as if it were written down, but for the mark."""
    good = (firm / "piiscan.toml").read_text()
    bare = good.replace('[sources.crm.clocks.loans]\ncreated = "created_on"\n', "")
    guessing = bare.replace("[retention]\n", "[retention]\ninfer_clocks = true\n")
    said = {}
    for name, text in (("written", good), ("bare", bare), ("guessed", guessing)):
        (firm / "piiscan.toml").write_text(text)
        said[name] = check(firm)
    (firm / "piiscan.toml").write_text(good)

    written, none, guessed = (rows_of(document, "loans", "our_bank", "bank") for document in said.values())
    assert (none["undated"], none["overdue"]) == (none["total"], 0)
    assert guessed == written
    clocks = {name: next(v for v in document["verdicts"] if v["rule"] == "our_bank") for name, document in said.items()}
    assert clocks["bare"]["notes"] == ["nothing dates created: give it a clock"]
    assert clocks["guessed"]["clock"] == {"event": "created", "column": "created_on", "basis": "inferred"}
    assert clocks["guessed"]["notes"] == ["rests on a clock that was inferred, not confirmed"]
