"""A judgment comes back from JSON exactly, and shows no value that its tests compare with."""

from __future__ import annotations

import base64
import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piiscan.deletion.identity import canonical, plan_id, plan_seal
from piiscan.deletion.judgments import cutoffs, judgment_body, judgment_of, paths
from piiscan.errors import RefusedError
from piiscan.model import Clock, Secret
from piiscan.model.judging import Change, Cover, Ended, Judgment, Keep, Term, Test

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
OTHER = Secret(base64.b64encode(bytes(32)).decode())

WORD = st.text("abcé_. ", min_size=1, max_size=8)
PATH = st.lists(WORD, min_size=1, max_size=3).map(tuple)
CLOCK = st.none() | st.builds(Clock, WORD, PATH, st.sampled_from(["configured", "inferred", "file"]))
ENDED = st.builds(Ended, CLOCK, st.dates())
TERM = st.recursive(
    st.builds(Term, st.lists(ENDED, max_size=2).map(tuple), st.sampled_from(["later", "earlier"]), st.booleans()),
    lambda inner: st.builds(
        Term, st.lists(inner | ENDED, max_size=3).map(tuple), st.sampled_from(["later", "earlier"])
    ),
    max_leaves=4,
)
VALUE = st.none() | st.text(max_size=5) | st.integers() | st.floats(allow_nan=False)
TEST = st.builds(Test, PATH, st.sampled_from(["=", "~", "<=", "null"]), VALUE)
COVER = st.builds(Cover, WORD, st.lists(st.lists(TEST, max_size=2).map(tuple), max_size=2).map(tuple))
CHANGE = st.builds(
    Change, WORD, st.sampled_from(["null", "constant", "year", "prefix"]), st.none() | WORD | st.integers()
)
JUDGMENT = st.builds(
    Judgment,
    WORD,
    TERM,
    holds=st.lists(COVER, max_size=2).map(tuple),
    covers=st.lists(COVER, max_size=2).map(tuple),
    keeps=st.lists(st.builds(Keep, WORD, TERM), max_size=2).map(tuple),
    changes=st.lists(CHANGE, max_size=2).map(tuple),
    rows=st.lists(st.lists(TEST, max_size=2).map(tuple), max_size=2).map(tuple),
    owners=st.none() | st.frozensets(st.none() | WORD, max_size=3),
)


@given(JUDGMENT)
def test_a_judgment_comes_back_exactly(judgment: Judgment) -> None:
    """Through JSON as a file has it."""
    body = json.loads(json.dumps(judgment_body(judgment, KEY)))

    assert judgment_of(body, KEY) == judgment


def test_values_are_sealed_and_an_hmac_stands_for_them() -> None:
    """Two plans of the same judgment have the same id; nobody reads the value."""
    judgment = Judgment("r", Term(fixed=True), holds=(Cover("H1", ((Test(("ssn",), "=", "219-09-9998"),),)),))
    one, other = judgment_body(judgment, KEY), judgment_body(judgment, KEY)

    assert one != other
    assert plan_id(one) == plan_id(other)
    assert "9998" not in json.dumps(one)
    changed = judgment_body(
        Judgment("r", Term(fixed=True), holds=(Cover("H1", ((Test(("ssn",), "=", "219-09-9999"),),)),)), KEY
    )
    assert plan_id(changed) != plan_id(one)


@pytest.mark.parametrize("other", ["key", "value", "hmac"])
def test_a_value_that_was_changed_does_not_open(other: str) -> None:
    """By another firm's key, by another sealed text, or by another HMAC."""
    first = judgment_body(Judgment("r", Term(fixed=True), rows=((Test(("a",), "=", 1),),)), KEY)
    second = judgment_body(Judgment("r", Term(fixed=True), rows=((Test(("a",), "=", 2),),)), KEY)
    changed = copy.deepcopy(first)
    if other != "key":
        field = "sealed" if other == "value" else "hmac"
        changed["rows"][0][0]["value"][field] = second["rows"][0][0]["value"][field]

    with pytest.raises(RefusedError) as caught:
        judgment_of(changed, OTHER if other == "key" else KEY)

    assert caught.value.message == "a value in the plan does not open"


def test_columns_that_decide_and_days_that_bound_are_found_at_any_depth() -> None:
    """In terms within terms, holds, extensions and the rows asked for."""
    deep = Term((Ended(Clock("sent", ("a", "t.b")), date(2020, 1, 2)), Ended(None, date(2021, 1, 1))))
    judgment = Judgment(
        "r",
        Term((deep, Ended(Clock("sent", ("c",)), date(2019, 1, 2)))),
        holds=(Cover("H1", ((Test(("d",), "=", 1),),)),),
        covers=(Cover("X1"),),
        keeps=(Keep("k", Term((Ended(Clock("kept", ("e",)), date(2018, 1, 1)),))),),
        rows=((Test(("f", "g"), "=", 1),),),
    )

    assert list(paths(judgment)) == [("a", "t.b"), ("c",), ("e",), ("d",), ("f", "g")]
    assert cutoffs(judgment) == {"sent": date(2020, 1, 2)}


def test_the_id_is_over_everything_but_what_decides_nothing() -> None:
    """Tool, time, outcome, the id itself, the seal, sealed texts; the order of keys does not matter."""
    document = {
        "plan_id": "x",
        "generated_at": "1",
        "as_of": "2026-01-01",
        "steps": [{"rows": 1, "value": {"sealed": "a", "hmac": "b"}}],
    }
    same = {
        "steps": [{"value": {"hmac": "b", "sealed": "z"}, "rows": 1}],
        "as_of": "2026-01-01",
        "seal": "s",
        "tool": {},
        "outcome": 4,
    }

    assert plan_id(document) == plan_id(same)
    assert plan_id(document) != plan_id({**document, "as_of": "2026-01-02"})
    assert plan_id(document) != plan_id({**document, "more": None})
    assert canonical({"b": [1, "é"], "a": 1.5}) == '{"a":1.5,"b":[1,"é"]}'.encode()


def test_the_seal_is_over_all_of_it_and_the_firms_alone() -> None:
    """What the id leaves out is under the seal."""
    document = {"plan_id": "x", "generated_at": "1"}

    assert plan_seal(document, KEY) == plan_seal({**document, "seal": "any"}, KEY)
    assert (
        len({plan_seal(document, KEY), plan_seal(document, OTHER), plan_seal({**document, "generated_at": "2"}, KEY)})
        == 3
    )
