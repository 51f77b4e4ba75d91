"""``piiscan rules`` and ``config validate`` on rules of retention, duties and exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    Invoke = Callable[..., Any]

CONFIG = """[firm]
name = "X"
capacities = ["debt_collector"]
[rules]
packs = ["ccpa", "us-collections"]
extra = ["./ours"]
"""
OURS = """
[[rule]]
id = "our_recordings"
data_types = ["call_recording"]
kind = "max_keep"
trigger = "call_date"
period = "P5Y"
citation = "our schedule of 2026"
example = [{ age = "P5Y1D", status = "within" }, { age = "P6Y", status = "overdue" }]
[[rule]]
id = "regz"
enabled = false
reason = "we grant no consumer credit"
"""


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with a configuration and rules of the firm's own."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "schedule.toml").write_text(OURS)
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    return tmp_path


def test_list_shows_the_rules_of_the_loaded_packs_and_names_the_others(invoke: Invoke, firm: Path) -> None:
    """With what the firm changed."""
    shown = invoke("rules", "list", "--format", "json").json
    text = invoke("rules", "list", "--kind", "retention").stdout

    assert {each["pack"] for each in shown["retention"]} == {"ccpa", "us-collections", "extra"}
    assert {"ccpa_backup_defer", "call_consent"} <= {each["id"] for each in shown["duties"]}
    assert {"E1", "E9", "X.claim"} <= {each["id"] for each in shown["exceptions"]}
    assert {"call_date", "purpose_ended"} <= {each["id"] for each in shown["events"]}
    assert {"debt_collector", "employer"} <= {each["id"] for each in shown["capacities"]}
    assert shown["overrides"] == [
        f"{firm}/ours/schedule.toml: rule regz switches off the one of retention/us_collections_credit.toml"
    ]
    assert "shipped, and not named in [rules] packs: india, pci, us-employer" in text
    assert "rule regz switches off" in text


def test_list_shows_one_kind_and_what_speaks_of_some_data(invoke: Invoke, firm: Path) -> None:
    """Both narrow."""
    minima = invoke("rules", "list", "--kind", "min_keep", "call_recording", "--format", "json").json
    duties = invoke("rules", "list", "--kind", "duty", "--format", "json").json
    recordings = invoke("rules", "list", "call_recording", "--format", "json").json

    assert [each["id"] for each in minima["retention"]] == ["regf_recording", "tsr"]
    assert (minima["data_types"], minima["rules"], minima["duties"], minima["exceptions"]) == ([], [], [], [])
    assert (duties["retention"], duties["data_types"]) == ([], [])
    assert "drop_cycle" in {each["id"] for each in duties["duties"]}
    assert "our_recordings" in {each["id"] for each in recordings["retention"]}
    assert (recordings["exceptions"], recordings["events"]) == ([], [])


def test_show_prints_the_law_behind_a_rule(invoke: Invoke, firm: Path) -> None:
    """Citation, status in words, clock, whom it binds, what it does, why it is advisory."""
    shown = invoke("rules", "show", "glba_dispose", "--format", "json").json
    text = " ".join(invoke("rules", "show", "glba_dispose").stdout.split())

    [rule] = shown["retention"]
    assert (shown["data_type"], shown["rules"], shown["duties"], shown["exceptions"]) == (None, [], [], [])
    assert rule["ends"] == [
        {"trigger": "last_use", "event": "the data was last used to serve that customer", "period": "P2Y"}
    ]
    assert (rule["yields"], rule["advisory"], rule["loaded"], rule["action"]) == (True, True, True, "delete")
    assert rule["examples"] == [{"age": "P2Y", "status": "within"}, {"age": "P2Y1D", "status": "overdue"}]
    for said in (
        "16 CFR 314.4(c)(6)(i)",
        "must go then: the record is deleted",
        "P2Y after last_use",
        "every firm that loads the pack, for data under glba",
        "yes: a legal minimum wins over it",
        "Advisory: that non-bank financial institutions under the FTC include collection agencies is general",
        "advisory: shown, never planned",
        "S: confirmed on a secondary page or an older text only",
    ):
        assert said in text


def test_show_finds_what_no_loaded_pack_has_and_says_so(invoke: Invoke) -> None:
    """The law may be read before it is loaded."""
    shown = invoke("rules", "show", "i9", "--format", "json").json
    text = " ".join(invoke("rules", "show", "i9").stdout.split())

    assert [(each["id"], each["loaded"], each["enabled"]) for each in shown["retention"]] == [("i9", False, False)]
    assert "later of P3Y after employment_start, P1Y after employment_end" in text
    assert "G: general knowledge, not confirmed: off until counsel has checked it" in text
    assert "us-employer: not loaded, [rules] packs does not name it" in text


def test_show_prints_a_duty_and_an_exception(invoke: Invoke) -> None:
    """What it asks; what evidence; why a repealed one is refused."""
    duty = invoke("rules", "show", "call_consent", "--format", "json").json["duties"]
    ground = invoke("rules", "show", "E9", "--format", "json").json["exceptions"]
    text = " ".join(invoke("rules", "show", "E8").stdout.split())

    assert [(each["kind"], each["loaded"]) for each in duty] == [("consent_gate", False)]
    assert [(each["repealed"], each["citation"]) for each in ground] == [(True, "Civ. 1798.105(d)(9) before 2023")]
    assert "evidence to ask for the rule that orders to keep the data" in text


def test_show_of_a_data_type_lists_the_rules_that_speak_of_it(invoke: Invoke, firm: Path) -> None:
    """What is found, and how long it may and must be kept, on one page."""
    shown = invoke("rules", "show", "voicemail", "--format", "json").json

    assert shown["data_type"]["id"] == "voicemail"
    assert [each["id"] for each in shown["retention"]] == [
        "ccpa_storage_limit",
        "glba_dispose",
        "hipaa_ba_return",
        "regf_recording",
    ]
    assert [each["id"] for each in shown["duties"]] == ["ccpa_backup_defer", "disposal_method_ca"]


def test_an_id_that_is_almost_one_is_corrected(invoke: Invoke) -> None:
    """Exit 2 and the id that was meant."""
    result = invoke("rules", "show", "regf_acount")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean regf_account?" in result.stderr


@pytest.mark.slow
def test_a_failing_example_of_a_rule_of_retention_is_named(invoke: Invoke, firm: Path) -> None:
    """Exit 2; what was expected and what the rule finds."""
    result = invoke("rules", "test", "--format", "json")

    assert (result.exit_code, result.json["outcome"]["reasons"]) == (2, ["rules"])
    assert result.json["failures"] == [
        {
            "rule": "our_recordings",
            "kind": "retention",
            "origin": f"{firm}/ours/schedule.toml",
            "example": "P5Y1D",
            "expected": "within",
            "found": "overdue",
        }
    ]


def test_a_mistake_in_a_folder_of_the_firms_is_a_problem_of_the_configuration(invoke: Invoke, firm: Path) -> None:
    """Exit 2, with the file, the rule, the key and what was meant; every command that needs the rules says the same."""
    (firm / "ours" / "schedule.toml").write_text(OURS.replace("call_date", "call_datee"))

    validated = invoke("config", "validate", "--format", "json")
    listed = invoke("rules", "list")

    assert (validated.exit_code, listed.exit_code) == (2, 2)
    assert validated.json["problems"] == [
        {
            "file": "piiscan.toml",
            "line": 4,
            "key": "rules",
            "problem": f"{firm}/ours/schedule.toml: rule our_recordings: trigger: unknown event 'call_datee'; "
            "did you mean call_date? One of your own is declared: [[event]] with id and text",
        }
    ]
    assert "unknown event 'call_datee'" in listed.stderr


def test_words_that_no_rule_knows_are_warned_of(invoke: Invoke, firm: Path) -> None:
    """A capacity or an event misspelt would apply nowhere; a defence window that is none is an error."""
    config = CONFIG.replace('"debt_collector"', '"debt_colector", "employer"') + (
        '[sources.crm]\nconnector = "sql"\nurl = "sqlite:///crm.db"\n'
        '[sources.crm.clocks."accounts"]\nlast_colection_activity = "last_at"\ncall_date = "called_at"\n'
    )
    (firm / "piiscan.toml").write_text(config)
    warned = invoke("config", "validate")
    (firm / "piiscan.toml").write_text(f'{config}[retention]\ndefence_windows = ["regf_account"]\n')
    refused = invoke("config", "validate", "--format", "json")

    assert warned.exit_code == 0
    assert "no rule knows the capacity 'debt_colector'; did you mean debt_collector?" in warned.stderr
    assert "no rule knows the event 'last_colection_activity'; did you mean last_collection_activity?" in warned.stderr
    assert "the rules for the capacity employer are in us-employer, which [rules] packs does not name" in warned.stdout
    assert refused.exit_code == 2
    assert [each["key"] for each in refused.json["problems"]] == ["retention.defence_windows[0]"]
