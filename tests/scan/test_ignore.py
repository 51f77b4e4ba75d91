"""The ignore list in a scan: what it leaves out is counted, listed, and comes back when an entry ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Invoke = Callable[..., Any]
ENTRIES = """
[[ignore]]
id = "invented"
columns = ["crm:t0*.ssn"]
reason = "invented numbers"
until = UNTIL

[[sources.share.ignore]]
id = "ours"
patterns = ["person1@example.org"]
reason = "our own address"
until = 2999-12-31
"""


def configure(folder: Path, until: str) -> None:
    """The firm's configuration with the entries, of which the first ends on that day."""
    path = folder / "piiscan.toml"
    text = path.read_text().partition("\n[[ignore]]")[0]
    path.write_text(text + ENTRIES.replace("UNTIL", until))


def held(invoke: Invoke, folder: Path) -> dict[tuple[str, str], int]:
    """How many holdings there are by source and data type."""
    counts: dict[tuple[str, str], int] = {}
    for each in invoke("inventory", "list", "--format", "json", cwd=folder).json["holdings"]:
        key = (each["source"], each["data_type"])
        counts[key] = counts.get(key, 0) + 1
    return counts


def test_what_is_ignored_goes_is_counted_and_comes_back(firm: Path, invoke: Invoke) -> None:
    """Ten of twelve columns and one of twenty files: out of the inventory, in every document, back after the last day."""
    assert invoke("scan", cwd=firm).exit_code == 0
    assert held(invoke, firm) == {("crm", "email"): 12, ("crm", "ssn"): 12, ("share", "email"): 20}

    configure(firm, "2999-12-31")
    first = invoke("scan", "--format", "json", cwd=firm).json
    again = invoke("scan", "--format", "json", cwd=firm).json
    coverage = invoke("report", "coverage", "--format", "json", cwd=firm).json
    differences = invoke("runs", "diff", "1", "2", "--format", "json", cwd=firm).json

    assert held(invoke, firm) == {("crm", "email"): 12, ("crm", "ssn"): 2, ("share", "email"): 19}
    assert first["outcome"] == {"exit_code": 0, "reasons": []}
    assert first["totals"]["unchanged"] == 0
    assert again["totals"]["scanned"] == 0
    for document in (first, again, coverage, invoke("runs", "show", "--format", "json", cwd=firm).json):
        assert document["ignored"] == [
            {
                "id": "invented", "source": None, "reason": "invented numbers", "until": "2999-12-31", "in_effect": True,
                "containers": 10, "holdings": 10, "findings": 600,
            },
            {
                "id": "ours", "source": "share", "reason": "our own address", "until": "2999-12-31", "in_effect": True,
                "containers": 1, "holdings": 0, "findings": 1,
            },
        ]  # fmt: skip
    assert "note01.txt" not in [each["container"] for each in coverage["clean"]]
    assert "note00.txt" in [each["container"] for each in coverage["clean"]]
    assert {each["reason"] for each in differences["ended"]} == {"ignored"}
    assert len(differences["ended"]) == 11

    configure(firm, "2026-01-01")
    over = invoke("scan", "--format", "json", cwd=firm)

    assert over.json["outcome"] == {"exit_code": 0, "reasons": ["ignore_expired"]}
    assert "invented ended on 2026-01-01: it leaves nothing out" in over.stderr
    assert over.json["ignored"][0]["in_effect"] is False
    assert held(invoke, firm) == {("crm", "email"): 12, ("crm", "ssn"): 12, ("share", "email"): 19}


def test_an_entry_that_has_ended_is_told_of_by_check_and_validate(firm: Path, invoke: Invoke) -> None:
    """With its line; neither fails for it."""
    configure(firm, "2026-01-01")
    validated = invoke("config", "validate", "--format", "json", cwd=firm)
    checked = invoke("check", "share", "--format", "json", cwd=firm)

    assert (validated.exit_code, validated.json["problems"]) == (0, [])
    [warning] = validated.json["warnings"]
    assert (warning["key"], warning["problem"]) == (
        "ignore[0].until",
        "invented ended on 2026-01-01: it leaves nothing out",
    )
    assert "invented ended on 2026-01-01" in validated.stderr
    [told] = [each for each in checked.json["checks"] if each["subject"] == "ignore"]
    assert (checked.exit_code, told["source"], told["status"]) == (0, "*", "warning")


def test_a_mistake_in_an_entry_ends_every_command_before_it_begins(firm: Path, invoke: Invoke) -> None:
    """Exit 2 with file and line, and no run is begun."""
    configure(firm, "2999-12-31")
    path = firm / "piiscan.toml"
    path.write_text(path.read_text().replace("crm:t0*", "cmr:t0*"))

    for words in (("scan",), ("config", "validate"), ("rules", "try")):
        result = invoke(*words, cwd=firm)
        said = result.stdout + result.stderr
        assert (result.exit_code, "there is no source 'cmr' that it could reach" in said) == (2, True)
    assert not (firm / "piiscan.db").exists()
