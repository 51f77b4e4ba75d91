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
    assert {rule["id"] for rule in shown["rules"]} == {"ssn", "ssn.short", "ssn_written"}
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


def test_try_says_why(invoke: Invoke) -> None:
    """What an expression gave, the word that raised it, the check that passed, and what had to give way."""
    result = invoke("rules", "try", "--weak", "--format", "json", input="hello\nher ssn, she said, is 219099998").json
    [ssn] = [f for f in result["findings"] if f["status"] == "reported"]
    weak = [f for f in result["findings"] if f["status"] == "weak"]

    assert (ssn["line"], ssn["start"], ssn["data_type"], ssn["threshold"]) == (2, 22, "ssn", 0.5)
    assert ssn["base_score"] < 0.5 < ssn["score"]
    assert ssn["context"] == "ssn"
    assert f"the word 'ssn' near it raises it to {ssn['score']:g}" in ssn["why"]
    assert weak
    assert all(f["score"] < f["threshold"] and "below the threshold" in f["why"] for f in weak)


def test_try_says_what_the_ignore_list_leaves_out_and_where_thresholds_lie(invoke: Invoke, tmp_path: Path) -> None:
    """By the name of the entry; a source's own thresholds count where it is named."""
    (tmp_path / "piiscan.toml").write_text(TUNED)
    text = "ann@example.com or 212-555-0187"

    general = invoke("rules", "try", "--format", "json", input=text).json
    crm = invoke("rules", "try", "--source", "crm", "--format", "json", input=text).json
    unknown = invoke("rules", "try", "--source", "hr", input=text)

    assert [f["data_type"] for f in general["findings"]] == ["phone"]
    assert [f["ignored_by"] for f in general["passed_over"] if f["status"] == "ignored"] == ["tests"]
    assert crm["findings"] == []
    assert (unknown.exit_code, "unknown source 'hr'" in unknown.stderr) == (2, True)


TUNED = """
[[ignore]]
id = "tests"
patterns = ['.*@example\\.com']
reason = "our tests"
until = 2999-12-31
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.detection]
thresholds = { phone = 0.99 }
[[sources.crm.ignore]]
id = "column"
columns = ["debtors.ssn_no"]
reason = "made up"
until = 2999-12-31
"""


def test_try_lists_every_rule_that_speaks_about_a_column(invoke: Invoke, tmp_path: Path) -> None:
    """For and against, with the share of all cells that their findings stand for."""
    (tmp_path / "piiscan.toml").write_text(TUNED)
    arguments = ("rules", "try", "--column", "ssn_no", "--table", "debtors", "--format", "json")

    plain = invoke(*arguments, input="219-09-9998\n219-09-9999\n").json
    ignored = invoke(*arguments, "--source", "crm", input="219-09-9998\n219-09-9999\n").json

    by_name = next(rule for rule in plain["rules"] if rule["rule"] == "column:ssn")
    assert (by_name["speaks"], by_name["cells_matched"], by_name["cells_seen"]) == ("for", 2, 2)
    assert (by_name["low"], by_name["high"]) == (0.3424, 1.0)
    assert any(rule["rule"].startswith("ssn") and rule["speaks"] == "for" for rule in plain["rules"])
    assert ignored["classifications"] == []
    assert [(rule["rule"], rule["data_type"]) for rule in ignored["rules"] if rule["speaks"] == "ignored"] == [
        ("column", "ssn")
    ]


def test_hash_prints_what_the_configuration_takes(invoke: Invoke, tmp_path: Path) -> None:
    """A value piped in is ignored once its digest stands in the file; neither shows it."""
    assert invoke("init", tmp_path).exit_code == 0
    hashed = invoke("rules", "hash", "--format", "json", input="(212) 555 0187\n\n212-555-0187\n")
    [digest] = hashed.json["values_hashed"]
    with (tmp_path / "piiscan.toml").open("a") as file:
        file.write(f'[[ignore]]\nvalues_hashed = ["{digest}"]\nreason = "our own number"\nuntil = 2999-12-31\n')

    tried = invoke("rules", "try", "--format", "json", input="call 212-555-0187 or 212-555-0199").json

    assert "555" not in hashed.stdout
    assert [(f["start"], f["data_type"]) for f in tried["findings"]] == [(21, "phone")]
    assert invoke("config", "validate").exit_code == 0


def test_hash_needs_a_key(invoke: Invoke, tmp_path: Path) -> None:
    """A digest without one could be undone: exit 2 and what to do."""
    (tmp_path / "piiscan.toml").write_text('[firm]\nname = "X"\n')
    result = invoke("rules", "hash", input="219-09-9998\n")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "the configuration names none" in result.stderr
    assert "piiscan init writes a key file" in result.stderr


YAML = """
supported_languages: [en]
recognizers:
- name: Staff badge
  supported_entity: STAFF_BADGE
  patterns:
  - {name: digits, regex: 'HPR-[0-9]{5}', score: 0.8}
"""


def test_import_writes_a_rule_file_that_works(invoke: Invoke, tmp_path: Path) -> None:
    """What Presidio would have found is found; without a data type for it nothing is written."""
    (tmp_path / "ours.yaml").write_text(YAML)
    (tmp_path / "rules").mkdir()
    (tmp_path / "piiscan.toml").write_text('[rules]\nextra = ["rules"]\n')
    target = tmp_path / "rules" / "imported.toml"

    refused = invoke("rules", "import", "ours.yaml", "-o", target)
    written = invoke("rules", "import", "ours.yaml", "--data-type", "STAFF_BADGE=agency_file_no", "-o", target)
    printed = invoke("rules", "import", "ours.yaml", "--data-type", "STAFF_BADGE=agency_file_no")
    [found] = invoke("rules", "try", "--format", "json", input="badge hpr-04417").json["findings"]

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "ours.yaml:5: Staff badge: which data type is STAFF_BADGE?" in refused.stderr
    assert (written.exit_code, written.stdout) == (0, "")
    assert printed.stdout.count("[[recognizer]]") == target.read_text().count("[[recognizer]]") >= 1
    assert (found["recognizer"], found["data_type"], found["start"]) == ("staff_badge", "agency_file_no", 6)


def test_import_names_a_file_that_is_not_there(invoke: Invoke) -> None:
    """Exit 2, one line."""
    result = invoke("rules", "import", "nowhere.yaml")

    assert (result.exit_code, "nowhere.yaml: No such file or directory" in result.stderr) == (2, True)
