"""The labels looked for all at once: an expression whose label is not in a text cannot match it."""

from __future__ import annotations

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from piiscan import rulepack
from piiscan.detect import DetectorSettings
from piiscan.detect.engine import Engine
from piiscan.detect.examples import everywhere
from piiscan.detect.gates import gate_of
from piiscan.detect.leads import LeadScanner

PACKS = rulepack.load()
FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.DOTALL
EXPRESSIONS = [
    r"\b(?:dob|d\.?o\.?b\.?|date[\s_]?of[\s_]?birth|born)\W{0,3}\d+", r"(?<![\w-])age(?:\s\(years\))?\s?:\s?\d", r"\b(?:is|i'm|i\s(?:am|was))\s(?:not\s)?(?:a\s)?blind",
    r"(?<!\w)b\.\s?\d", r"(?<![^\n])sex: [mf]", r"\bs{2,3}n", r"\b(?:k|kg)\s?\d", r"\bpas[sz]?port", r"(?:to|from):", r"\b(?P<v>[aeiou]k)\b", r"\br[eé]sum[eé]\b",
    r"\b\d{2}\sdob", r"x\b(?:is|am)", r"\b(?:dob)?\d", r"\b(?-i:DOB)", r"(?=dob)dob", r"\b\W?dob", r"^subject\s?:", r"\b(?:[0-9]|1[0-9])\sdob\b", r"\bdob\sis\b|\bage\b",
]  # fmt: skip
WORDS = st.sampled_from(
    ["dob", "DOB", "D.O.B.", "date of birth", "date_of birth", "born", "Age", "age (years)", "is", "I'm", "i am", "not", "a", "blind", "b.", "sex: F",
     "SSN", "sssn", "kg", "\u212ag", "\u017f\u017fn", "pass", "port", "passport", "from:", "\u0131s", "ak", "r\u00e9sum\u00e9", "R\u00c9SUME", "resume", "x", "subject:"]
)  # fmt: skip
GAPS = st.sampled_from(
    ["", " ", "  ", "\t", "\n", "\u00a0", "_", "-", ": ", "4", "\u00b2", "\u0301", "(", "é", "\u3000"]
)
TEXTS = st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=6).map(lambda pairs: "".join(a + b for a, b in pairs))


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(EXPRESSIONS), TEXTS)
def test_a_text_that_matches_has_one_of_the_expressions_leads(expression: str, text: str) -> None:
    """Whatever the spelling, the script and the white space."""
    leads = gate_of(expression).leads
    if leads and regex.search(expression, text, FLAGS):
        assert LeadScanner([frozenset({"zz"}), leads]).find(text) >= {1}


def test_the_leads_of_an_expression() -> None:
    """Its label, blanks for all that is no letter or digit; nothing where a match need not begin a word."""
    assert gate_of(r"\b(?:dob|born(?: on)?)\W").leads == {"dob", "born"}
    assert gate_of(r"\bdate[\s_]?of[\s_-]birth\b").leads == {"dateof birth", "date of birt"}
    assert gate_of(r"(?:dob|born)\W").leads == frozenset()
    assert gate_of(r"\b\w+ dob").leads == {"dob"}


def test_the_most_telling_words_are_looked_for() -> None:
    """Of a phrase that begins as half of all sentences do, the words that follow."""
    assert gate_of(r"\b(?:is|am)\s\w+\s(?P<value>deaf|blind)\b").leads == {"deaf", "blind"}


def test_a_lead_is_found_at_the_start_of_a_word_only() -> None:
    """One pass finds the leads of every set; a low line belongs to a word, as it does to expressions."""
    scanner = LeadScanner([frozenset({"dob"}), frozenset({"do"}), frozenset({"date of"}), frozenset({"ob"})])

    assert scanner.find("DOB: 1/2/80") == {0, 1}
    assert scanner.find("Date\u00a0of issue, do") == {1, 2}
    assert scanner.find("adobe x_dob") == frozenset()
    assert scanner.find("a\u017f") == {0, 1, 2, 3}


def test_every_example_is_found_behind_its_gates_as_well() -> None:
    """All examples of all rules, alone and in the middle of other words."""
    engine = Engine(PACKS, everywhere(DetectorSettings(), PACKS))
    missed = [
        (rule.id, example)
        for rule in engine.rules.values()
        for example in rule.match
        for text in (example, f"re: {example}\n(more)")
        if engine.run(rule.id, text) and rule.id not in {d.recognizer for d in engine.candidates(text)}
    ]

    assert missed == []
