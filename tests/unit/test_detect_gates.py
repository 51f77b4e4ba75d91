"""The gates: what they turn away, no recognizer would have found."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import PatternRecognizer

from piiscan import rulepack
from piiscan.detect import DetectorSettings, gatefile
from piiscan.detect.engine import Engine
from piiscan.detect.examples import everywhere
from piiscan.detect.gates import GATES, Gate, gate_of, traits
from piiscan.detect.recognizers import PatternRun, RuleRecognizer, build, runner
from piiscan.detect.settings import Bar

if TYPE_CHECKING:
    from piiscan.model import Detection

PACKS = rulepack.load()
SETTINGS = everywhere(DetectorSettings(phone_regions=("US", "IN", "DE"), min_confidence=0.0), PACKS)
ENGINE = Engine(PACKS, SETTINGS)
BUILT = [(made, runner(made)) for made in (build(rule, ("US",)) for rule in PACKS.predefined.values())]
STOCK = [(made, run) for made, run in BUILT if isinstance(run, PatternRun) and not isinstance(made, RuleRecognizer)]
"""Presidio's classes that are patterns alone; compiled once, as all expressions here: that takes longer than to run them."""
EXAMPLES = sorted({e for r in ENGINE.rules.values() for e in (*r.match, *r.no_match)})
PIECES = st.one_of(
    st.sampled_from(EXAMPLES),
    st.text(alphabet="0123456789-+(). @/:_ABCabc\u017f\u212a\u0130\u0131\uff11\u0663é\n\t", max_size=24),
    st.from_regex(r"[+0-9(][0-9 ()-]{3,16}", fullmatch=True),
    st.text(max_size=12),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=4).map(" ".join)


def ungated(text: str) -> list[Detection]:
    """Everything every recognizer says when all are asked."""
    found = [d for name in ENGINE.rules for d in ENGINE.run(name, text)]
    return sorted(found, key=lambda d: (d.start, d.end, d.data_type, d.recognizer))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_gated_and_ungated_results_are_the_same(text: str) -> None:
    """For every text, in every region, with and without the gates."""
    gated = ENGINE.find(text, 0.0, Bar(2.0))  # nothing counts as strong, so nothing is settled away

    assert gated == ungated(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_our_loop_finds_what_presidios_own_finds(text: str) -> None:
    """For each predefined recognizer that is patterns alone."""
    for recognizer, run in STOCK:
        theirs = PatternRecognizer.analyze(recognizer, text, recognizer.supported_entities)

        assert run.find(text) == sorted((r.start, r.end, r.score) for r in theirs)


EXPRESSIONS = [
    r"\b\d{3}-\d{2}-\d{4}\b", r"(?:a|b1|c22)@x", r"[0-9]{2,4}(?:/[0-9]{2})?", r"x(?=\d)\d", r"(?P<v>\w+)\.(?P=v)", r"[-_.]{2}\d?",
    r"\+?\d(?:[ -]?\d){6}", r"[^@\s]+@[^@\s]+", r"(?i)ssn\W?\d+", r"a{0}b", "[\\d\u0660-\u0669]+", r"\p{Nd}{2}", r"[[:digit:]]{3}", r"(?:ab){e<=1}",
    r"ss[nx]", r"(?:x|b)[A-F]", r"k\d", r"[a-z]{3}", r"(?-i:N)a",
]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(EXPRESSIONS), st.text(alphabet="abk012\u0663\u017f\u212a-_./@+ xSsNn\n", max_size=20))
def test_a_text_that_matches_passes_the_expressions_gate(expression: str, text: str) -> None:
    """A gate is a necessary condition, whatever the syntax."""
    if regex.search(expression, text, regex.IGNORECASE | regex.MULTILINE | regex.DOTALL):
        assert gate_of(expression).admits(traits(text))


def test_a_gate_is_read_off_the_expression() -> None:
    """Length, digits and separators of a social security number."""
    gate = gate_of(r"\b\d{3}-\d{2}-\d{4}\b")

    assert (gate.length, gate.digits) == (11, 9)
    assert gate.admits(traits("219-09-9998"))
    assert not gate.admits(traits("219 09 9998"))
    assert not gate.admits(traits("219-09-999"))


def test_an_expression_with_a_label_is_not_run_on_numbers_and_uuids() -> None:
    """No letter there, or only those of hexadecimal figures; beyond ASCII any character may fold to any letter."""
    passport, face = gate_of(r"\bpassport\W?\d+"), gate_of(r"face-\d")

    assert passport.admits(traits("Passport 512345678"))
    assert passport.admits(traits("pa\u017f\u017fport 512345678"))
    assert not passport.admits(traits("(212) 555-0187"))
    assert not passport.admits(traits("fec0ffee-cafe-4bad-8bad-512345678000"))
    assert face.admits(traits("fec0ffee-cafe-4bad-8bad-512345678000"))
    assert not face.admits(traits("2024-01-31 10:15:00"))


def test_syntax_of_the_regex_module_alone_asks_nothing() -> None:
    """What the standard library would misread is not read."""
    assert gate_of(r"[[:digit:]]{3}-") == Gate()
    assert gate_of(r"(?:\d{9}){e<=1}") == Gate()
    assert gate_of(r"\p{Lu}-\d") == Gate()


def test_the_remembered_gates_are_those_of_the_shipped_expressions() -> None:
    """`python -m piiscan.detect.gatefile` writes them anew after a change of rules."""
    written = (resources.files("piiscan.detect") / GATES).read_text("utf-8")

    assert written == gatefile.text()
