"""Telephone numbers: judged as libphonenumber judges them, and by how they are written."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piiscan.detect.gates import traits
from piiscan.detect.phones import RegionalPhoneRecognizer

AMERICAN = RegionalPhoneRecognizer(["US"])
INDIAN = RegionalPhoneRecognizer(["IN"])
WRITTEN = st.from_regex(r"[+(]{0,2}[0-9]{1,5}\)?(?:[ ./-]\(?[0-9]{2,5}\)?){0,4}(?: ?x ?[0-9]{1,4})?", fullmatch=True)
TEXTS = st.lists(
    st.one_of(WRITTEN, st.sampled_from(["call", "Tel:", "account", "fax", "on 2024-01-31"]), st.text(max_size=8)),
    min_size=1,
    max_size=4,
).map(" ".join)


def valid(digits: str, region: str) -> bool:
    """What libphonenumber says of digits dialled in a region."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False


@settings(max_examples=1500, deadline=None)
@given(st.from_regex(r"1?[2-9][0-9]{9}|1?[2-9][0-9]{6,13}", fullmatch=True))
def test_bare_digits_in_america_are_found_exactly_if_libphonenumber_calls_them_valid(digits: str) -> None:
    """The expression made of all American plans stands for parsing each number."""
    found = [(start, end) for start, end, _ in AMERICAN.find(digits)]

    assert found == ([(0, len(digits))] if valid(digits, "US") and len(digits) <= 17 else [])


@settings(max_examples=400, deadline=None)
@given(st.from_regex(r"(?:91|0)?[1-9][0-9]{6,11}", fullmatch=True))
def test_a_number_that_is_valid_at_home_is_found_in_any_region(digits: str) -> None:
    """Elsewhere than in America libphonenumber parses."""
    if valid(digits, "IN"):
        assert [(start, end) for start, end, _ in INDIAN.find(digits)] == [(0, len(digits))]


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_a_text_with_a_number_passes_the_gate(text: str) -> None:
    """The gate is a necessary condition, and the findings are disjoint, in order and within the text."""
    found = AMERICAN.find(text)

    if found:
        assert any(gate.admits(traits(text)) for gate in AMERICAN.gates)
    places = [place for start, end, _ in found for place in (start, end)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 212-555-0187 or 415.555.2671", ["212-555-0187", "415.555.2671"]),
        ("on 2024-01-31 212-555-0187", ["212-555-0187"]),
        ("(call 212-555-0187)", ["212-555-0187"]),
        ("Ann Lee ((030) 901-8200)", ["(030) 901-8200"]),
        ("CA 94110 415-555-2671", ["415-555-2671"]),
        ("+1 212 555 0187 +1 212 555 0188", ["+1 212 555 0187", "+1 212 555 0188"]),
        ("212-555-0187 x12, 415-555-2671 ext. 9", ["212-555-0187 x12", "415-555-2671 ext. 9"]),
        ("T 030 901820 | F 030 901821", ["030 901820", "030 901821"]),
        ("060 1234 and 415 555 2671.", ["415 555 2671"]),
    ],
)
def test_a_number_is_cut_out_of_what_surrounds_it(text: str, expected: list[str]) -> None:
    """Dates, postal codes, brackets and other numbers beside it are no part of it."""
    assert [text[start:end] for start, end, score in AMERICAN.find(text) if score >= 0.5] == expected


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("212-555-0187", 0.75),
        ("+44 20 7946 0958", 0.75),
        ("+1-055-526-6786", 0.6),
        ("020 7946 0958", 0.6),
        ("(37) 788-063", 0.6),
        ("(849)342-0555x26678", 0.75),
        ("phone 785 8949", 0.7),
        ("call me on 450 0840", 0.7),
        ("28-64-66-98 office", 0.7),
        ("28-64-66-98", 0.4),
        ("2125550187", 0.4),
        ("02079460958", 0.4),
    ],
)
def test_a_number_is_worth_what_its_form_and_its_label_say(text: str, score: float) -> None:
    """Valid and written, by form, named, or only possible."""
    assert [worth for _, _, worth in AMERICAN.find(text)] == [score]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31", "2024-01-31 10:15:00", "31.12.2024", "219-09-9998", "12-3456789", "4111 1111 1111 1111", "192.168.100.200",
        "978-0-306-40615-7", "94110-1234", "0002-8215-01", "$2125550187", "3.1415926535", "account 785 8949", "called on 20240131",
        "invoice no. 415 555 267", "AB-2125550187", "2125550187abc", "000-000-0000", "10:15 12:30", "12,345,678.90", "06-AUG-2021 00.40.22.384175122",
    ],
)  # fmt: skip
def test_other_numbers_are_no_telephone_numbers(text: str) -> None:
    """Dates, amounts, cards, codes, accounts: not even weakly."""
    assert AMERICAN.find(text) == []
