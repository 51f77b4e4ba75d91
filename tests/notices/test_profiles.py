"""The promises of the shipped profiles, and what a profile may not say."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import click
import pytest

from piiscan import cli, rulepack
from piiscan.commands.notice import is_command
from piiscan.errors import RuleError
from piiscan.notices.checking import CHECKS
from piiscan.notices.lagging import lags_of
from piiscan.rulepack.notice_schema import KEYS
from piiscan.rulepack.promises import CHECK_KINDS

if TYPE_CHECKING:
    from pathlib import Path

PACKS = rulepack.load()
ROWS = {"action-professionals": ("AP", 8), "amsi": ("AM", 9), "constant-processing": ("CP", 12), "collectpro": ("CO", 8), "actionstep": ("AC", 9)}  # fmt: skip
SERVED = {"AP5", "AP7", "AP8", "AM7", "CP5", "CP6", "CP7", "CP8", "CP9", "CP11", "CP12", "CO5", "AC7"}
HEADING = '[[heading]]\ntext = "cards"\ndata_types = ["card_pan"]\n'


@pytest.mark.parametrize("name", ROWS)
def test_a_profile_has_every_promise_of_its_notice(name: str) -> None:
    """Numbered without a gap; of data types that exist."""
    notice = rulepack.notice(name)
    prefix, count = ROWS[name]

    numbered = [each.id for each in notice.promises if each.id[2:].isdigit()]
    assert numbered == [f"{prefix}{number}" for number in range(1, count + 1)]
    for check in (check for each in notice.promises for check in each.checks):
        rulepack.select([*check.data_types, *check.other_than, *check.doubtful, *check.beside], PACKS.data_types)
    points = {point for each in notice.promises for point in each.terms.get("data_points", ())}
    assert points <= set(PACKS.data_types)


def test_what_a_command_serves_is_said_to_be_a_service() -> None:
    """And what the command does for it."""
    services = {
        each.id: [check for check in each.checks if check.kind == "service"]
        for name in ROWS
        for each in rulepack.notice(name).promises
        if any(check.kind == "service" for check in each.checks)
    }

    assert set(services) == SERVED
    assert [id_ for id_, checks in services.items() if not all(check.does for check in checks)] == []


def test_every_command_that_a_profile_or_a_proposal_names_is_one_of_this_version() -> None:
    """With its options. No option is taken for one that is not there."""
    root = click.Context(cli.cli, info_name="piiscan")
    phrases = tomllib.loads(files("piiscan.rules.notices").joinpath("_phrases.toml").read_text("utf-8"))
    named = {check.command for name in ROWS for each in rulepack.notice(name).promises for check in each.checks}
    named |= {each["command"] for each in phrases["promise"] if "command" in each}

    assert [words for words in sorted(named) if not is_command(root, words)] == []
    assert not is_command(root, "requests list --overdo")
    assert not is_command(root, "requests listen N")


def test_every_kind_of_check_has_its_keys_and_its_function() -> None:
    """None is forgotten in either place."""
    assert set(KEYS) == set(CHECKS) == set(CHECK_KINDS)


def test_a_notice_lags_a_year_after_its_last_update_and_at_once_without_a_date() -> None:
    """The anniversary itself is in time."""
    notice = rulepack.notice("action-professionals")

    texts = [
        [lag.text for lag in lags_of(notice, day) if lag.id == "P2"] for day in (date(2023, 1, 7), date(2023, 1, 8))
    ]
    undated = [lag.text for lag in lags_of(rulepack.notice("collectpro"), date(2023, 1, 1)) if lag.id == "P2"]

    assert texts == [[], ["was last updated on 2022-01-07, more than twelve months ago"]]
    assert undated == ["states no day on which it was last updated"]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ('[[promise]]\nid = "A"\ntext = "x"\n', "promise A: check: Field required"),
        (
            '[[promise]]\nid = "A"\ntext = "x"\n[[promise.check]]\nkind = "magic"\n',
            "promise A: check 1: kind: Input should be",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\n[[promise.check]]\nkind = "never_stored"\n',
            "promise A: check 1: a check of kind never_stored needs data_types",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\n[[promise.check]]\nkind = "not_sold"\nage = 3\n',
            "promise A: check 1: a check of kind not_sold has no age",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\n[[promise.check]]\nkind = "disclosed"\nheadings = [2]\n',
            "promise A: check 1: headings: there is no heading 2",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\n[[promise.check]]\nkind = "unused_credentials"\nafter = "a year"\n',
            "promise A: check 1: must be an ISO 8601 period",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\nterms = { data_points = ["dob"], if_any = ["ssn"] }\n[[promise.check]]\nkind = "encrypted"\n',
            "promise A: terms: if_any: ssn is none of data_points",
        ),
        (
            '[[promise]]\nid = "A"\ntext = "x"\nterms = { least_data_points = "two" }\n[[promise.check]]\nkind = "encrypted"\n',
            "promise A: terms: least_data_points: Input should be a valid integer",
        ),
        ('[[lag]]\nid = "L"\ntext = "x"\ncitation = "y"\npromises = ["Z"]\n', "lag L: promises: there is no promise Z"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(tmp_path: Path, tables: str, message: str) -> None:
    """The message names file, table and key."""
    path = tmp_path / "ours.toml"
    path.write_text(HEADING + tables)

    with pytest.raises(RuleError, match=message):
        rulepack.notice(str(path))


def test_a_day_of_the_last_update_must_be_a_day(tmp_path: Path) -> None:
    """Not words."""
    path = tmp_path / "ours.toml"
    path.write_text(f'last_updated = "last year"\n{HEADING}')

    with pytest.raises(RuleError, match="last_updated: must be a day"):
        rulepack.notice(str(path))
