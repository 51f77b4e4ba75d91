"""The commands from the first plan to the last proof: what they print, refuse and leave behind; no value of the source in it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CANARY = b"zq-canary-7319"
COUNTS = "SELECT (SELECT count(*) FROM letters), (SELECT count(*) FROM payments), (SELECT count(*) FROM accounts)"


def modes(folder: Path) -> set[int]:
    """The permissions of every file in a folder."""
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_from_the_plan_to_the_proof(firm: Any) -> None:
    """Each step prints its document, leaves its file, and says what comes next; nobody else may read the folder."""
    made = firm.plan()
    plan = made.json
    shown = firm.run("delete", "show", "plan", "--format", "json").json
    signed = firm.run("delete", "approve", "plan", "--key", "bo.pem", "--format", "json").json
    checked = firm.run("delete", "apply", "plan", "--format", "json").json
    untouched = firm.rows(COUNTS)
    applied = firm.apply().json
    again = firm.apply()
    proved = firm.verify().json
    told = firm.run("report", "evidence", "plan", "--format", "json").json

    assert plan == json.loads((firm.folder / "plan" / "plan.json").read_text())
    assert (shown["state"], shown["approval"]) == ("not_approved", None)
    assert (signed["approver"], signed["plan_id"]) == ("Bo", plan["plan_id"])
    assert (checked["executed"], [step["removed"] for step in checked["steps"]]) == (False, [0, 0, 0, 0])
    assert untouched == [(40, 120, 60)]
    assert (applied["executed"], applied["finished"]) == (True, True)
    assert [step["removed"] for step in applied["steps"]] == [27, 80, 13, 40]
    assert (again.json["executed"], again.json["steps"]) == (False, applied["steps"])
    assert again.stderr == "this plan was carried out already: nothing was changed\n"
    assert (proved["proved"], proved["findings"], [step["present"] for step in proved["steps"]]) == (
        True,
        [],
        [0, 0, 0, 0],
    )
    assert (told["intact"], told["finished"], told["verification"]["proved"]) == (True, True, True)
    assert [file["name"] for file in told["files"]] == [
        "approval.json", "evidence.jsonl", "evidence.sig.json", "keys-001.sealed", "keys-002.sealed", "keys-003.sealed",
        "keys-004.sealed", "plan.json", "plan.sql", "verification.json",
    ]  # fmt: skip
    assert [(run["event"], run["told"]) for run in told["runs"]] == [("start", None), ("end", None)]
    assert (stat.S_IMODE((firm.folder / "plan").stat().st_mode), modes(firm.folder / "plan")) == (0o700, {0o600})


def test_nothing_a_source_holds_is_in_the_folder_or_on_any_stream(firm: Any) -> None:
    """With names as keys, a hold on a name, drift, and everything said aloud."""
    (firm.folder / "rows.toml").write_text(
        f'rows = [{{ column = "name", operator = "=", value = "{CANARY.decode()} 3" }}]\n'
    )
    held = firm.run(
        "holds", "add", "--basis", "litigation", "--evidence", "case 1", "--reason", "we are sued", "--approver", "A. Counsel",
        "--starts", "2026-01-01", "--source", "crm", "--container", "people", "--rows", "rows.toml",
    )  # fmt: skip
    assert held.exit_code == 0, held.stderr
    said = [
        firm.run("--debug", "-vv", "delete", "plan", "--as-of", "2026-03-01", "--author", "Ann", "-o", "plan"),
        firm.approve(),
    ]
    firm.sql("UPDATE people SET made_on = '2026-01-01' WHERE name LIKE '% 7'")
    said += [firm.apply("--debug", "-vv"), firm.verify("--debug"), firm.run("report", "evidence", "plan")]

    assert [each.exit_code for each in said] == [0, 0, 0, 0, 0]
    assert [each for each in said if CANARY.decode() in each.stdout + each.stderr] == []
    assert [path.name for path in (firm.folder / "plan").iterdir() if CANARY in path.read_bytes()] == []
    assert firm.rows("SELECT dob FROM people WHERE name LIKE '% 3'") == [("1953-07-04",)]


def test_what_is_left_out_of_the_line_is_asked_for(firm: Any) -> None:
    """--execute without the id; the id of another plan; both before anything is touched."""
    firm.ready()
    other = firm.run("delete", "apply", "plan", "--execute", "--confirm", "0" * 64)

    assert firm.run("delete", "apply", "plan", "--execute").refusal == (
        2,
        "--execute needs --confirm PLAN_ID",
        "piiscan delete show DIR prints the id",
    )
    assert other.refusal == (
        6,
        "--confirm names another plan than this folder holds",
        "piiscan delete show DIR prints its id",
    )
    assert firm.rows(COUNTS) == [(40, 120, 60)]


def test_refusals_are_one_line_with_a_hint_and_their_code(firm: Any) -> None:
    """Not approved; approved by the author; no account that may write; a folder without a plan; a plan in the future."""
    firm.plan()
    unapproved = firm.apply()
    firm.run("delete", "keygen", "--out", "ann.pem", "--as", "ann")
    line = firm.run("delete", "keygen", "--out", "ann2.pem", "--as", "ann", "--format", "json").json["line"]
    path = firm.folder / "piiscan.toml"
    text = path.read_text()
    path.write_text(text.replace("approvers = {", f"approvers = {{ {line},"))
    own = firm.run("delete", "approve", "plan", "--key", "ann2.pem")
    stranger = firm.run("delete", "approve", "plan", "--key", "ann.pem")
    firm.approve()
    path.write_text(text.replace('[sources.crm.write]\nurl = "sqlite:///crm.db"\n', ""))
    accountless = firm.apply()
    none = firm.run("delete", "show", "rules")
    ahead = firm.run("delete", "plan", "--as-of", "2099-01-01", "-o", "ahead")

    assert [each.refusal[:2] for each in (unapproved, own, stranger, accountless, none, ahead)] == [
        (6, "the plan is not approved"),
        (6, "Ann made the plan and may not approve it"),
        (6, "this key is not listed under [security] approvers"),
        (2, "source crm has no account that may write"),
        (6, "rules holds no finished plan"),
        (2, "--as-of 2099-01-01 is in the future"),
    ]
    assert firm.rows(COUNTS) == [(40, 120, 60)]
    assert not (firm.folder / "ahead").exists()


def test_drift_is_a_reason_and_no_failure(firm: Any) -> None:
    """The apply is done; what was left is told in words and numbers."""
    firm.ready()
    firm.sql("DELETE FROM letters WHERE number IN (1, 3)")

    done = firm.apply("-o", "table=done.txt")

    assert done.exit_code == 0
    assert done.json["outcome"] == {"exit_code": 0, "reasons": ["drifted"]}
    assert "2 rows left alone: changed since the plan, gone, or held." in (firm.folder / "done.txt").read_text()


def test_a_proof_that_fails_exits_3_unless_told_otherwise(firm: Any) -> None:
    """With its reason, in words and for programs; the report tells it, too."""
    firm.ready()
    unfinished = firm.verify()
    row = firm.rows("SELECT * FROM letters WHERE number = 1")[0]
    firm.apply()
    firm.sql(f"INSERT INTO letters VALUES {row}")
    present, ignored = firm.verify(), firm.verify("--exit-zero")
    report = firm.run("report", "evidence", "plan", "--format", "json").json

    assert (unfinished.exit_code, unfinished.json["outcome"]["reasons"]) == (3, ["unfinished"])
    assert (present.exit_code, present.json["outcome"]["reasons"], present.json["proved"]) == (3, ["present"], False)
    assert (ignored.exit_code, ignored.json["outcome"]["reasons"]) == (0, ["present"])
    assert report["verification"] == {"at": ignored.json["generated_at"], "proved": False, "reasons": ["present"]}


def test_a_proof_that_cannot_look_exits_4(firm: Any) -> None:
    """The table is gone, or the source: nothing is proved."""
    firm.ready()
    firm.apply()
    firm.sql("DROP TABLE letters")

    done = firm.verify()

    assert (done.exit_code, done.json["outcome"]["reasons"], done.json["proved"]) == (4, ["incomplete"], False)
    assert [(skip["container"], skip["code"]) for skip in done.json["skips"]] == [("letters", "vanished")]


def test_a_verification_that_was_changed_proves_nothing(firm: Any) -> None:
    """It is sealed with the firm's key."""
    firm.ready()
    firm.verify()
    path = firm.folder / "plan" / "verification.json"
    path.write_text(path.read_text().replace('"proved": false', '"proved": true'))

    report = firm.run("report", "evidence", "plan", "--format", "json").json

    assert report["verification"] is None
    assert [finding["code"] for finding in report["findings"]] == ["unfinished", "verification"]


def test_a_report_of_evidence_hides_names_when_asked(firm: Any) -> None:
    """Tables by ids; the plan's id stays."""
    plan = firm.ready()

    report = firm.run("report", "evidence", "plan", "--redact-paths", "--format", "json").json

    assert report["plan_id"] == plan["plan_id"]
    assert {step["container"][:2] for step in report["steps"]} == {"c-"}


@pytest.mark.parametrize("format_", ["table", "md", "csv"])
def test_every_format_prints_the_plan_and_the_evidence(format_: str, firm: Any) -> None:
    """For eyes, pages and spreadsheets."""
    plan = firm.run("delete", "plan", "--as-of", "2026-03-01", "-o", "plan", "--format", format_)
    report = firm.run("report", "evidence", "plan", "--format", format_)

    assert (plan.exit_code, report.exit_code) == (0, 0)
    assert "accounts" in plan.stdout
    assert "accounts" in report.stdout


def test_what_cannot_be_judged_makes_the_plan_incomplete(firm: Any) -> None:
    """It is made, says so, and exits 4."""
    firm.sql("ALTER TABLE letters RENAME COLUMN sent_on TO mailed_on")

    made = firm.plan()

    assert (made.exit_code, made.json["outcome"]["reasons"]) == (4, ["incomplete"])
    assert [skip["container"] for skip in made.json["skips"]] == ["letters"]
    assert [step["container"] for step in made.json["steps"]] == ["payments", "people", "accounts"]


def test_two_applies_of_one_plan_do_not_meet(firm: Any) -> None:
    """The second is told to wait: exit 5."""
    plan = firm.ready()
    from piiscan.deletion import Evidence, PlanFolder

    with Evidence(PlanFolder(firm.folder / "plan"), plan["plan_id"], firm.loaded()[0].key()):
        assert firm.apply().refusal[0] == 5


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_its_code_and_what_was_finished_is_kept(number: int, code: int, firm: Any) -> None:
    """In the middle of a long apply; the same command then does the rest."""
    plan = firm.make(chunk_rows=1)
    firm.sign()
    evidence = firm.folder / "plan" / "evidence.jsonl"
    running = subprocess.Popen(
        [sys.executable, "-m", "piiscan", "delete", "apply", "plan", "--execute", "--confirm", plan["plan_id"]],
        cwd=firm.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"HOME": str(firm.folder)}, encoding="utf-8",
    )  # fmt: skip
    while running.poll() is None and (not evidence.exists() or evidence.read_bytes().count(b'"done"') < 5):
        time.sleep(0.01)
    running.send_signal(number)
    out, err = running.communicate()
    records = [json.loads(line) for line in evidence.read_text().splitlines()]

    assert (running.returncode, out) == (code, "")
    assert err.splitlines()[1] == "hint: what was finished so far is kept; run it again to go on"
    assert (records[-1]["event"], records[-2]["event"]) == ("pause", "done")
    assert firm.apply().json["finished"]
    assert firm.rows(COUNTS) == [(13, 40, 20)]
    assert firm.verify().exit_code == 0
