"""The shipped rule packs: every example of every rule, and what the packs promise as a whole."""

from __future__ import annotations

from collections import defaultdict

import pytest

from piiscan import rulepack
from piiscan.detect import Detector, DetectorSettings
from piiscan.detect.examples import Outcome, everywhere, run_examples

PACKS = rulepack.load()
FINDERS = {**PACKS.recognizers, **PACKS.predefined, **PACKS.entities}
RULES = [("finder", name) for name in FINDERS] + [("column", name) for name in PACKS.columns]
TABLE_TYPES = {"ip_address.type"}  # known by the column's declared type, not by a name


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], list[Outcome]]:
    """The outcome of every example, by rule."""
    detector = Detector(everywhere(DetectorSettings(), PACKS))
    found = defaultdict(list)
    for outcome in run_examples(detector):
        found["column" if outcome.kind == "column" else "finder", outcome.rule].append(outcome)
    return found


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[f"{kind}:{name}" for kind, name in RULES])
def test_a_rule_does_what_its_examples_say(
    outcomes: dict[tuple[str, str], list[Outcome]], kind: str, rule: str
) -> None:
    """What must match matches, what must not does not; and there is an example at all."""
    run = outcomes[kind, rule]

    assert [(o.example, o.expected) for o in run if not o.passed] == []
    assert run or rule in TABLE_TYPES


def test_every_data_type_is_looked_for_or_declared() -> None:
    """Only what no column is named for goes without a rule, and only a person can say where those are held."""
    ruled = {rule.data_type for rule in [*FINDERS.values(), *PACKS.columns.values()]}
    declared = {name for name, data_type in PACKS.data_types.items() if data_type.declared}

    assert set(PACKS.data_types) - ruled == {"customer_content", "deidentified", "usage_aggregate"}
    assert declared == {"customer_content", "deidentified", "keystroke_gait", "neural_data", "usage_aggregate"}


def test_every_data_type_has_ten_examples_of_each_kind() -> None:
    """Over all its rules at least ten different texts or columns that match and ten that do not, unless it is declared."""
    match: dict[str, set[str]] = defaultdict(set)
    no_match: dict[str, set[str]] = defaultdict(set)
    for rule in [*FINDERS.values(), *PACKS.columns.values()]:
        match[rule.data_type].update(rule.match)
        no_match[rule.data_type].update(rule.no_match)
    found = {name: (len(match[name]), len(no_match[name])) for name, t in PACKS.data_types.items() if not t.declared}

    assert {name: counts for name, counts in found.items() if min(counts) < 10} == {}


def test_there_are_203_data_types_and_each_letter_has_some() -> None:
    """The counts of the law base: 203 rows; 46 always, 33 conditional, 12 policy, 112 not sensitive."""
    types = PACKS.data_types.values()
    counts = {kind: sum(t.sensitive == kind for t in types) for kind in ("always", "conditional", "policy", "no")}

    assert len(types) == 203
    assert counts == {"always": 46, "conditional": 33, "policy": 12, "no": 112}
    assert {letter for t in types for letter in t.categories} == set("ABCDEFGHIJKL")


def test_the_labels_are_the_statutes_own() -> None:
    """Civ. Code 1798.130(c): a notice uses the statute's specific terms."""
    assert PACKS.labels == {
        "A": "Identifiers",
        "B": "Personal information described in Civil Code 1798.80(e) (customer records)",
        "C": "Characteristics of protected classifications under California or federal law",
        "D": "Commercial information",
        "E": "Biometric information",
        "F": "Internet or other electronic network activity information",
        "G": "Geolocation data",
        "H": "Audio, electronic, visual, thermal, olfactory, or similar information",
        "I": "Professional or employment-related information",
        "J": "Education information",
        "K": "Inferences drawn to create a profile",
        "L": "Sensitive personal information",
    }


def test_sensitive_types_fall_into_l() -> None:
    """Always and by policy; a conditional one only once the firm confirms it."""
    confirmed = rulepack.load(sensitive_when=("lat_long",)).data_types

    assert PACKS.data_types["ssn"].categories == ("A", "B", "L")
    assert PACKS.data_types["ssn_last4"].categories == ("A", "B", "L")
    assert PACKS.data_types["lat_long"].categories == ("G",)
    assert confirmed["lat_long"].categories == ("G", "L")
    assert PACKS.data_types["deidentified"].categories == ()
