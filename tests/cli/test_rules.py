"""``piiscan rules``: list, show, test, try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    Invoke = Callable[..., Any]

EXTRA = """
[[recognizer]]
id = "badge"
entity = "BADGE"
data_type = "agency_file_no"
match = ["badge B-1234", "B-12"]
[[recognizer.pattern]]
name = "badge"
regex = '''\\bB-\\d{4}\\b'''
score = 0.9
"""


def test_list_shows_every_data_type_and_what_a_selector_picks(invoke: Invoke) -> None:
    """All 203, or a letter's."""
    everything = invoke("rules", "list", "--format", "json").json
    places = invoke("rules", "list", "group:education", "--format", "json").json

    assert len(everything["data_types"]) == 203
    assert {t["id"] for t in places["data_types"]} == {"student_id", "gpa", "transcript", "school"}
    assert all(t["rules"] > 0 for t in places["data_types"])


def test_an_unknown_selector_is_wrong_usage(invoke: Invoke) -> None:
    """Exit 2, one line."""
    result = invoke("rules", "list", "group:nothing")

    assert result.exit_code == 2
    assert "unknown data type 'group:nothing'" in result.stderr


def test_show_says_what_the_law_says_and_what_is_looked_for(invoke: Invoke) -> None:
    """Letters, sensitivity and its place, expressions, examples."""
    shown = invoke("rules", "show", "ssn", "--format", "json").json
    text = invoke("rules", "show", "ssn").stdout

    assert shown["data_type"]["sensitive_ref"] == "ae.1A"
    assert {rule["id"] for rule in shown["rules"]} == {"ssn", "ssn_written"}
    assert "Civ. Code 1798.140 (ae.1A)" in text


def test_show_of_an_unknown_id_is_wrong_usage(invoke: Invoke) -> None:
    """Exit 2 and where to look."""
    result = invoke("rules", "show", "nothing")

    assert (result.exit_code, "see piiscan rules list" in result.stderr) == (2, True)


def test_the_shipped_examples_pass(invoke: Invoke) -> None:
    """Nothing to repair on a fresh machine."""
    result = invoke("rules", "test", "--format", "json")

    assert (result.exit_code, result.json["failures"]) == (0, [])
    assert result.json["examples"] > 1_000


def test_a_failing_example_of_an_extra_folder_is_named(invoke: Invoke, tmp_path: Path) -> None:
    """Exit 2; the rule, the file and the example."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "badge.toml").write_text(EXTRA)
    (tmp_path / "piiscan.toml").write_text('[firm]\nname = "X"\n[rules]\npacks = ["ccpa"]\nextra = ["./ours"]\n')

    result = invoke("rules", "test", "--format", "json")

    assert result.exit_code == 2
    assert result.json["outcome"] == {"exit_code": 2, "reasons": ["rules"]}
    assert [(f["rule"], f["example"], f["expected"]) for f in result.json["failures"]] == [("badge", "B-12", "match")]


def test_try_says_what_fires_and_where_but_never_what(invoke: Invoke) -> None:
    """A place and a shape stand for the value."""
    result = invoke("rules", "try", "--format", "json", input="hello\nssn 219-09-9998, ann@example.com\n")

    [ssn, email] = result.json["findings"]
    assert (ssn["line"], ssn["start"], ssn["end"], ssn["shape"], ssn["data_type"]) == (2, 4, 15, "NNN-NN-NNNN", "ssn")
    assert (email["shape"], email["categories"]) == ("AAA@AAAAAAA.AAA", ["A"])
    assert "219" not in result.stdout
    assert "ann@" not in result.stdout


def test_try_judges_a_column(invoke: Invoke) -> None:
    """With the why."""
    arguments = (
        "rules",
        "try",
        "--column",
        "ssn_no",
        "--table",
        "debtors",
        "--sql-type",
        "CHAR(11)",
        "--format",
        "json",
    )

    [found] = invoke(*arguments, input="219-09-9998\n219-09-9999\n").json["classifications"]

    assert (found["data_type"], found["evidence"], found["cells_matched"]) == ("ssn", ["values", "name"], 2)
    assert "219" not in found["why"]


def test_try_takes_any_bytes(invoke: Invoke) -> None:
    """Nothing at all is fine too."""
    assert invoke("rules", "try", "--format", "json", input="").json["findings"] == []
    assert invoke("rules", "try", "--weak", input="\x00\x01 219099998").exit_code == 0
