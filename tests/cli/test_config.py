"""``config validate`` finds what is wrong anywhere; ``config show`` hides what is secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from piiscan.config.problems import spell

ROOT = Path(__file__).parents[2]
CANARY = "c4nary-P@ss"


def test_a_good_configuration_is_said_to_be_one(invoke):
    """The example of the repository, which needs nothing."""
    result = invoke("-c", ROOT / "piiscan.toml", "config", "validate")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{ROOT / 'piiscan.toml'}: all is well" in result.stdout
    assert invoke("-c", ROOT / "piiscan.toml", "config", "validate", "--format", "json").json["problems"] == []


def test_every_kind_of_problem_is_listed(invoke, tmp_path):
    """Rules, notices, selectors, passwords, connectors and their options: each on its line."""
    (tmp_path / "piiscan.toml").write_text(
        """[firm]
notice = "no-such-notice"
[rules]
sensitive_when = ["no_such_type"]
[store]
url = "postgresql://u@h/db"
password_file = "gone"
[[disclosures]]
to = "x"
data_types = [
  "ssn",
  "group:no_such_group"]
kind = "sold"
first = 2026-01-01
[sources.a]
connector = "no-such-connector"
url = "x"
password = "${PIISCAN_NOPE}"
[[sources.a.facts]]
data_types = ["no_such_type_either"]
[sources.b]
connector = "files"
url = "file:b"
no_such_option = 1
"""
    )
    result = invoke("config", "validate", "--format", "json")
    assert result.exit_code == 2
    assert result.json["outcome"] == {"exit_code": 2, "reasons": ["invalid"]}
    assert result.json["file"] == "piiscan.toml"
    found = {problem["line"]: (problem["key"], problem["problem"]) for problem in result.json["problems"]}
    assert {line: key for line, (key, _) in found.items()} == {
        2: "firm.notice",
        4: "rules.sensitive_when[0]",
        7: "store.password_file",
        12: "disclosures[0].data_types[1]",
        16: "sources.a.connector",
        18: "sources.a.password",
        20: "sources.a.facts[0].data_types[0]",
        24: "sources.b.no_such_option",
    }
    assert found[18][1] == "the variable PIISCAN_NOPE is not set"
    assert "unknown option" in found[24][1]
    table = invoke("config", "validate")
    assert table.exit_code == 2
    assert "8 problems" in table.stdout


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("connector = 'telepathy'\nurl = 'x'", "4: sources.a.connector: unknown connector 'telepathy'"),
        ("connector = 'sql'\nurl = 'nonsense'", "5: sources.a.url: not a database url"),
        ("connector = 'sql'\nurl = 'sqlite:///x.db'\nnope = 1", "3: sources.a: unknown key 'nope'"),
    ],
)
def test_a_scan_names_the_line_of_a_source_it_cannot_begin(invoke, tmp_path, source, error):
    """As ``config validate`` does; the store is not made."""
    (tmp_path / "piiscan.toml").write_text(f"[firm]\n\n[sources.a]\n{source}\n")
    result = invoke("scan")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (2, f"error: piiscan.toml:{error}")
    (problem,) = invoke("config", "validate", "--format", "json").json["problems"]
    assert f"{problem['line']}: {problem['key']}: {problem['problem']}" == error
    assert [path.name for path in tmp_path.iterdir()] == ["piiscan.toml"]


def test_a_broken_rule_pack_is_a_problem(invoke, tmp_path):
    """The folder of one's own rules is checked with the configuration."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.toml").write_text("[[data_type]]\nid = 3\n")
    (tmp_path / "piiscan.toml").write_text("[rules]\nextra = ['rules']\n")
    result = invoke("config", "validate", "--format", "json")
    assert result.exit_code == 2
    assert [(problem["line"], problem["key"]) for problem in result.json["problems"]] == [(1, "rules")]
    assert "x.toml" in result.json["problems"][0]["problem"]


@pytest.mark.parametrize(
    "command",
    [["config", "validate"], ["config", "show"], ["check"], ["scan"], ["inventory", "list"], ["report", "categories"]],
)
def test_every_command_tells_what_is_wrong_with_the_configuration(invoke, tmp_path, command):
    """A line for each problem, exit code 2."""
    (tmp_path / "piiscan.toml").write_text("[scan]\nmode = 'all'\n[firm]\nx = 1\n")
    result = invoke(*command)
    assert result.exit_code == 2
    if command != ["config", "validate"]:
        assert (result.stdout, result.stderr.splitlines()) == (
            "",
            [
                "error: piiscan.toml:2: scan.mode: must be 'sample' or 'full'",
                "piiscan.toml:4: firm.x: unknown key; known are name, notice, role, capacities, regions, timezone",
            ],
        )


def test_without_a_configuration_the_way_to_one_is_told(invoke):
    """Nothing here, nothing in the user's folder, nothing in the system's."""
    result = invoke("config", "validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: there is no piiscan.toml here, in the user's or in the system's configuration folder\nhint: piiscan init writes one\n"
    )


def test_the_configuration_is_shown_as_understood(invoke, tmp_path):
    """Defaults are filled in and addresses absolute."""
    (tmp_path / "piiscan.toml").write_text(
        "[scan]\nmax_duration = 'PT90M'\n[sources.s]\nconnector = 'files'\nurl = 'file:s'\nmax_file_size = '1kB'\n"
    )
    shown = invoke("config", "show", "--format", "json").json
    assert shown["file"] == str(tmp_path / "piiscan.toml")
    assert (shown["config"]["scan"]["max_duration"], shown["config"]["scan"]["mode"]) == ("PT1H30M", "sample")
    source = shown["config"]["sources"]["s"]
    assert (source["url"], source["max_file_size"]) == (f"file://{tmp_path}/s", 1000)


ACCEPTED = {
    "in the file": f"password = '{CANARY}'",
    "by a variable": "password = '${PIISCAN_CANARY}'",
    "by a file": "password_file = 'crm.password'",
    "by a command": "password_command = ['cat', 'crm.password']",
    "by a command with a variable": "password_command = ['printf', '%s', '${PIISCAN_CANARY}']",
    "in a variable of an option": "password_file = 'crm.password'\nsslcert = '${PIISCAN_CANARY}'",
}


@pytest.mark.parametrize("line", ACCEPTED.values(), ids=ACCEPTED)
def test_no_output_shows_a_password(invoke, tmp_path, line):
    """Neither the table nor the JSON, neither an error nor its traceback."""
    (tmp_path / "crm.password").write_text(CANARY)
    (tmp_path / "crm.password").chmod(0o600)
    text = f"[sources.crm]\nconnector = 'sql'\nurl = 'sqlite:///gone.db'\n{line}\n"
    (tmp_path / "piiscan.toml").write_text(text)
    commands = [
        ["config", "show"],
        ["config", "show", "--format", "json"],
        ["config", "validate", "--debug", "-vv"],
        ["check", "--debug", "-vv"],
    ]
    results = [invoke(*command, env={"PIISCAN_CANARY": CANARY}) for command in commands]
    (tmp_path / "piiscan.toml").write_text(f"{text}\n[scan]\nmode = 'all'\n")
    results += [invoke(*command, env={"PIISCAN_CANARY": CANARY}) for command in commands]
    assert [result.exit_code for result in results[:2]] == [0, 0]
    assert not [result for result in results if "c4nary" in result.stdout + result.stderr]
    assert json.loads(results[1].stdout)["config"]["sources"]["crm"]["connector"] == "sql"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (
            ("sources", "crm", "clocks", "public.accounts", "collected"),
            'sources.crm.clocks."public.accounts".collected',
        ),
        (("scan", "tolerate", 0), "scan.tolerate[0]"),
        (('a"b', "\x1b", ""), '"a\\"b"."\\u001b".""'),
    ],
)
def test_a_key_is_spelt_as_toml_writes_it(place, text):
    """It can be searched for in the file, and moves no cursor."""
    assert spell(place) == text
