"""`piiscan holds` as a user meets it; every JSON document is validated by `invoke`."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from piiscan import cli
from piiscan.commands.shared import App
from piiscan.errors import PiiscanError
from piiscan.inventory import Inventory, Justification, Scope

if TYPE_CHECKING:
    from pathlib import Path

Invoke = Callable[..., Any]
CONFIG = """
[firm]
name = "Example Receivables"

[rules]
packs = ["ccpa", "us-employer"]

[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
"""
TODAY = datetime.now(UTC).date()
WORDS = ("--evidence", "case 26-1187", "--reason", "we are sued", "--approver", "A. Counsel")
ADD = ("holds", "add", *WORDS, "--basis")


def day(days: int) -> str:
    """So many days from today."""
    return str(TODAY + timedelta(days=days))


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, message and hint of a command line that fails; run in this process, for there are many of them."""
    try:
        cli.cli.main([*arguments], prog_name="piiscan", obj=App(), standalone_mode=False)
    except PiiscanError as error:
        return int(error.exit_code), error.message, error.hint
    except click.ClickException as error:
        return error.exit_code, error.format_message(), "see --help"
    return 0, "", ""


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with a configuration; nothing scanned, no key."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    return tmp_path


def put(firm: Path, starts: date, ends: date | None, basis: str = "law_enforcement") -> Inventory:
    """A store with one hold of those days."""
    inventory = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}", create=True)
    draft = Justification(
        "", "hold", "schedule", basis, None, "direction 4/26", "fraud unit", "A. Counsel", "", starts, ends, Scope("crm"),
        datetime.now(UTC), author="j.doe",
    )  # fmt: skip
    with inventory.justifying() as writer:
        writer.add(draft)
    return inventory


@pytest.mark.parametrize(
    ("arguments", "rule", "law", "ends"),
    [
        (("litigation",), "litigation_hold", ["Civ. 1798.145(a)(1)(E)"], None),
        (("litigation", "--ends", day(9)), "litigation_hold", ["Civ. 1798.145(a)(1)(E)"], day(9)),
        (("law_enforcement",), "le_hold", ["Civ. 1798.145(a)(1)(B)"], day(90)),
        (("law_enforcement", "--ends", day(30)), "le_hold", ["Civ. 1798.145(a)(1)(B)"], day(30)),
        (("law_enforcement", "--starts", day(-80)), "le_hold", ["Civ. 1798.145(a)(1)(B)"], day(10)),
        (("agency",), None, ["Civ. 1798.145(a)(1)(B)"], None),
        (("agency", "--rule", "ca_feha_hold"), "ca_feha_hold", ["Cal. Gov. 12946(b)"], None),
        (("other",), None, [], None),
    ],
)
def test_a_hold_lasts_until_it_is_released_and_a_police_direction_90_days(
    firm: Path, invoke: Invoke, arguments: Any, rule: str | None, law: list[str], ends: str | None
) -> None:
    entry = invoke(*ADD, *arguments, "--format", "json").json["entry"]

    assert (entry["id"], entry["kind"], entry["against"], entry["state"]) == ("H1", "hold", "schedule", "active")
    assert (entry["rule"], entry["law"], entry["ends"]) == (rule, law, ends)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((*ADD, "law_enforcement", "--ends", day(91)), 2, "a police direction holds 90 days"),
        ((*ADD, "law_enforcement", "--starts", "2020-01-01"), 2, "lapsed: it was not renewed after 2020-03-31"),
        ((*ADD, "litigation", "--rule", "ca_lab_226"), 2, "rule ca_lab_226 is no hold: it is min_keep"),
        ((*ADD, "agency", "--rule", "nix"), 2, "rule 'nix' is unknown"),
        ((*ADD, "curiosity"), 2, "Invalid value for '--basis'"),
        ((*ADD, "litigation", "--approver", getpass.getuser()), 6, "enters this and cannot approve it too"),
        (
            ("holds", "add", "--basis", "litigation", "--reason", "r", "--approver", "A"),
            2,
            "Missing option '--evidence'",
        ),
        (("holds", "release", "H1", "--reason", "r"), 2, "there is no hold 'H1'"),
        (("holds", "renew", "X1", "--reason", "r", "--approver", "A"), 2, "there is no hold 'X1'"),
    ],
)
def test_what_is_no_hold_is_refused(
    firm: Path, monkeypatch: pytest.MonkeyPatch, arguments: Any, code: int, said: str
) -> None:
    monkeypatch.chdir(firm)

    found, message, hint = call(*arguments)

    assert (found, bool(hint)) == (code, True)
    assert said in message


def test_a_hold_that_was_not_renewed_is_listed_as_lapsed_and_holds_nothing(firm: Path, invoke: Invoke) -> None:
    inventory = put(firm, date(2026, 1, 1), date(2026, 4, 1))

    states = [
        invoke("holds", "list", "--as-of", as_of, "--format", "json").json["entries"][0]["state"]
        for as_of in ("2025-12-31", "2026-01-01", "2026-04-01", "2026-04-02")
    ]
    check = invoke("exceptions", "check", "--format", "json")

    assert states == ["not_yet", "active", "active", "lapsed"]
    assert "lapsed" in invoke("holds", "list").stdout
    assert not inventory.justifications()[0].covers(date(2026, 4, 2))
    assert (check.exit_code, check.json["outcome"]["reasons"]) == (3, ["lapsed"])


@pytest.mark.parametrize(("ends", "more", "last"), [(-60, (), 90), (10, (), 100), (10, ("--ends", day(20)), 20)])
def test_a_police_direction_is_renewed_for_90_days_from_its_end_or_today(
    firm: Path, invoke: Invoke, ends: int, more: Any, last: int
) -> None:
    put(firm, TODAY - timedelta(days=80), TODAY + timedelta(days=ends))

    result = invoke(
        "holds", "renew", "h1", "--reason", "renewed", "--approver", "A. Counsel", *more, "--format", "json"
    )

    entry = result.json["entry"]
    assert (entry["ends"], entry["state"]) == (day(last), "active")
    assert [(each["before"], each["ends"]) for each in entry["renewals"]] == [(day(ends), day(last))]


def test_a_hold_without_an_end_needs_no_renewal(firm: Path, invoke: Invoke) -> None:
    put(firm, TODAY, None, "litigation")

    result = invoke("holds", "renew", "H1", "--reason", "r", "--approver", "A. Counsel")

    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        2,
        "error: H1 has no end: it holds until it is released",
    )


def test_a_released_hold_stays_on_record(firm: Path, invoke: Invoke) -> None:
    inventory = put(firm, TODAY, None, "litigation")

    released = invoke("holds", "release", "H1", "--reason", "settled", "--format", "json").json["entry"]
    listed, everything = (
        invoke("holds", "list", *more, "--format", "json").json["entries"] for more in ((), ("--all",))
    )

    assert (released["state"], released["ended_by"], released["ended_why"]) == ("ended", getpass.getuser(), "settled")
    assert (listed, everything) == ([], [released])
    assert not inventory.justifications()[0].covers(TODAY)
    assert "1 more were released: --all shows them." in invoke("holds", "list").stdout


def test_a_hold_can_be_entered_before_anything_was_scanned(firm: Path, invoke: Invoke) -> None:
    result = invoke(*ADD, "litigation")

    assert result.exit_code == 0
    assert result.stderr == "warning: H1: its scope reaches nothing that a scan has found\n"
