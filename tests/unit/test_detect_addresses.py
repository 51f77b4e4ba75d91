"""Postal addresses: what the grammar takes for one, where it ends, and what it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piiscan.detect.addresses import AddressRecognizer
from piiscan.detect.addresses_tokens import tokens
from piiscan.detect.gates import traits

RECOGNIZER = AddressRecognizer()
PIECES = [
    "12", "W1A 1AA", "Elm", "Street", "St.", "rue", "de", "la", "Paix", "Hauptstraße", "Apt", "#", "4B", ",", "\n", "CA", "94110", "Reno", "NV", "P.O.", "Box",
    "APO", "AE", "09204", "Flat", "No", "3rd", "Cross", "-", "560001", "One", "Plaza", "Germany", "lives at", "½", "U.S.", "Unit", ">", "RR", "1016 GV", "D-10115",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), min_size=1, max_size=14).map(" ".join)


def found(text: str) -> list[str]:
    """The addresses of a text."""
    return [text[result.start : result.end] for result in RECOGNIZER.analyze(text)]


@settings(max_examples=800, deadline=None)
@given(TEXTS)
def test_addresses_are_disjoint_in_order_and_pass_the_gate(text: str) -> None:
    """Whatever the text, however it ends."""
    results = RECOGNIZER.analyze(text)

    places = [place for result in results for place in (result.start, result.end)]
    assert places == sorted(places)
    assert all(0 <= result.start < result.end <= len(text) for result in results)
    assert not results or any(gate.admits(traits(text)) for gate in RECOGNIZER.gates)


@pytest.mark.parametrize(
    "address",
    [
        "42 W. Elm Street, Apt 3, Reno, NV 89501", "221 North 3rd St.\nSuite 100\nSpringfield, Illinois 62704-1234\nUSA", "42 elm st apt 3",
        "One Market Street, San Francisco, CA 94105", "P.O. Box 1234, Troy MT 59935", "RR 2 Box 15\nTroy, MT 59935", "PSC 1234, Box 5678\nAPO AE 09204",
        "USS Example\nFPO AP 96660", "4410 County Road 12, Troy, MT 59935", "88 US Highway 41 N", "12 ½ Oak Court", "201 Broadway, 4th Floor, Cambridge, MA 02139",
        "Flat 4, 12 High Street, London SW1A 2AA", "10 Mill Lane\nBath\nBA1 1AA\nUnited Kingdom", "14/2 Collins Street, Melbourne VIC 3000",
        "Flat No 12, 3rd Cross, MG Road, Bengaluru 560001", "H.No. 7, Gandhi Nagar, Jaipur-302001", "23/286\nShanti Nagar, Pune 411 001",
        "Hauptstraße 12\n10115 Berlin", "Bahnhofstrasse 9, 8303 Bassersdorf", "12, rue de la Paix\n75002 Paris\nFrance", "Via Roma 3, 00184 Roma",
        "Calle Mayor, 4, 28013 Madrid", "Skolegade 12, 8000 Aarhus", "Prinsengracht 263\n1016 GV Amsterdam", "ul. Prosta 20/4, 00-850 Warszawa",
        "Rua Augusta, 92, 01304-000 São Paulo", "Storgatan 4\n111 22 Stockholm", "Kossuth utca 12.\nH-1055 Budapest", "6750 Koskikatu 25 Apt. 864",
    ],
)  # fmt: skip
def test_an_address_is_one_span_to_its_last_line(address: str) -> None:
    """Between other words, in the forms of several countries."""
    assert found(f"sent to {address}\n\nDear Sir,") == [address]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives at 42 Elm Street. His brother left.", ["42 Elm Street"]),
        ("42 Elm Street, said Ann Lee, Esq.", ["42 Elm Street"]),
        ("> Ann Lee\n> 42 Elm Street\n> Reno, NV 89501\n> USA", ["42 Elm Street\n> Reno, NV 89501\n> USA"]),
        ("from 42 Elm St to 9 Oak Ct", ["42 Elm St", "9 Oak Ct"]),
        ("12 Oak Ct, Reno, NV 89501\n415-555-2671", ["12 Oak Ct, Reno, NV 89501"]),
        ("9 Park Road, Leeds LS1 1UR | T 0113 496 0000", ["9 Park Road, Leeds LS1 1UR"]),
    ],
)
def test_an_address_ends_where_other_things_begin(text: str, expected: list[str]) -> None:
    """Sentences, names, a second address, a telephone number."""
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("42 Elm Street", [0.65]),
        ("42 Elm Street, Apt 3", [0.85]),
        ("42 Elm Street, Reno, NV 89501", [0.85]),
        ("67 Koskikatu", [0.65]),
        ("my address is 67 Mellemvang", [0.6]),
        ("67 Mellemvang, Apt. 3", [0.6]),
        ("67 Mellemvang", []),
        ("67 Mellemvang\nDenmark", [0.85]),
        ("67, Saxena", []),
        ("67, Saxena, Nashik 891185", [0.85]),
    ],
)
def test_what_is_not_sure_needs_something_beside_it(text: str, scores: list[float]) -> None:
    """A unit, a postal code, a country on its own line, or words that say so."""
    assert [result.score for result in RECOGNIZER.analyze(text)] == scores


@pytest.mark.parametrize(
    "text",
    [
        "5 star hotel", "in 3 days", "page 4 Court of Appeal", "221 people on Main Street", "Section 12 Road Traffic Act", "1st Street Bank", "Route 66",
        "Springfield, IL 62704", "Highway 61 Revisited", "a 2 way street", "10 March 2024", "Flight UA 1234", "The 2014 Ford Drive Line", "Apollo 11 landed",
        "$42 Elm Street", "3.5 Mile Road", "Mozilla/5.0 (Windows NT 10.0; Win64)", "154 Australians 27 Malaysia 23 Indonesia", "the 2014 Winter Games in Sochi, Russia",
        "1961 Westercon, 1968 Worldcon, and more", "Terminal 7, Gate 12, Flight UA 6279", "NASCAR 2002, 2003 and others", "192.168.1.1 Main", "#12 in the charts", "Al Gore 713",
    ],
)  # fmt: skip
def test_numbers_among_other_words_are_no_addresses(text: str) -> None:
    """Counts, dates, amounts, titles, scores."""
    assert found(text) == []


def test_tokens_are_numbers_words_mixtures_marks_and_line_ends() -> None:
    """A hyphen joins like with like; the end of the text is padded."""
    pieces = [(token.kind, token.low) for token in tokens("12B St.\nJaipur-302001 1/2 3rd SW1A") if token.kind != "e"]

    assert pieces == [
        ("n", "12b"), ("w", "st"), ("l", "\n"), ("w", "jaipur"), ("p", "-"), ("n", "302001"), ("n", "1/2"), ("n", "3rd"), ("w", "sw1a"),
    ]  # fmt: skip
