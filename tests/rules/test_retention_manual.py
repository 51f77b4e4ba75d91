"""docs/retention-rules.md says what the packs do: its examples load, its lists are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from piiscan.rulepack.retention import RULE_KINDS, load_retention, pack_names
from piiscan.rulepack.retention_examples import run_examples
from piiscan.rulepack.retention_schema import RuleTable

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "retention-rules.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```toml retention\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SHIPPED = load_retention(pack_names())


def rows(heading: str) -> dict[str, str]:
    """The table below a heading: first cell, without its quotes, to the second."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.MULTILINE))


@pytest.mark.parametrize("text", EXAMPLES, ids=[text.splitlines()[-1] for text in EXAMPLES])
def test_an_example_of_the_manual_loads_and_keeps_its_own_examples(text: str, tmp_path: Path) -> None:
    """Whoever copies it has a rule that works."""
    (tmp_path / "ours.toml").write_text(text)

    loaded = load_retention(pack_names(), [tmp_path])

    changed = [
        *loaded.overrides,
        *(set(loaded.rules) - set(SHIPPED.rules)),
        *(set(loaded.duties) - set(SHIPPED.duties)),
    ]
    assert len(changed) == len(re.findall(r"^\[\[(rule|duty)\]\]$", text, re.MULTILINE))
    assert [each for each in run_examples(loaded.rules.values()) if not each.passed] == []


def test_every_pack_kind_event_and_capacity_is_in_the_manual_in_the_words_of_the_packs() -> None:
    """Lists that are looked things up in are whole."""
    assert set(rows("Packs")) == set(pack_names())
    assert set(rows("Kinds")) == set(RULE_KINDS)
    assert rows("Events") == SHIPPED.events
    assert rows("Capacities") == SHIPPED.capacities


def test_every_key_of_a_rule_is_explained() -> None:
    """A key nobody explains is a key nobody uses."""
    told = set(re.findall(r"`([a-z_]+)(?: = [^`]*)?`", PAGE.partition("\n## Write one\n")[2].partition("\n## ")[0]))
    assert sorted(set(RuleTable.model_fields) - told) == []
