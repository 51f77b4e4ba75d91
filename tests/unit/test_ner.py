"""Named entities in running text: the words the network reads, the shipped model, a spaCy model of the firm's choice."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piiscan import Detector, rulepack
from piiscan.detect import DetectorSettings
from piiscan.detect.ner import finder, is_prose
from piiscan.detect.ner.network import FILE, Network
from piiscan.detect.ner.pieces import LONGEST, Pieces, shape_of, size_of
from piiscan.detect.ner.tagger import Named, Tagger
from piiscan.errors import ConfigError
from piiscan.model import Batch, Column, Container

if TYPE_CHECKING:
    from pathlib import Path

LETTER = (
    "Dear Ms. Okafor,\n\nThank you for your call. Your file was sent to Daniel Whitcombe at Harlan & Pruitt LLP in"
    " Tucson, Arizona.\n\nSincerely,\nMarisol Etchegaray\nSenior Account Manager\n"
)
MODEL = resources.files("piiscan.detect.ner") / FILE


@cache
def network() -> Network:
    """The network that ships with the package."""
    return Network.shipped()


def tagger() -> Tagger:
    """A tagger with it."""
    return Tagger(network())


def named(text: str, label: str) -> list[str]:
    """What is found of one kind in a text, as written."""
    return [text[n.start : n.end] for n in tagger().tag([text])[0] if n.label == label]


def test_words_are_told_by_how_they_are_written_and_what_stands_before_them() -> None:
    """A line's start, a blank, nothing; small, Title, CAPITAL, one capital, mixed, digits, marks."""
    pieces = Pieces({"[UNK]": 0, "jane": 1, "o": 2, "##brien": 3, "'": 4, "brien": 5, "12": 6})

    words = list(pieces.words("Jane o'brien\n12"))

    assert [(w.start, w.end, w.pieces, w.gap) for w in words] == [
        (0, 4, (1,), 2), (5, 6, (2,), 1), (6, 7, (4,), 0), (7, 12, (5,), 0), (13, 15, (6,), 2),
    ]  # fmt: skip
    assert [shape_of(w) for w in ("jane", "Jane", "JANE", "J", "McCoy", "12", "&")] == [0, 1, 2, 3, 4, 5, 6]


def test_a_word_is_cut_into_the_longest_known_pieces() -> None:
    """Accents and capitals do not count; a word with a part nobody knows is unknown."""
    pieces = Pieces({"[UNK]": 0, "etche": 1, "##gar": 2, "##garay": 3, "##ay": 4})

    assert pieces.cut("Etchegaray") == (1, 3)
    assert pieces.cut("\u00c9tchegaray") == (1, 3)
    assert pieces.cut("Etchequoi") == (0,)


@settings(deadline=None)
@given(st.text(max_size=600))
def test_windows_hold_every_word_once_and_never_too_many_pieces(text: str) -> None:
    """Whatever the text: the windows in a row are its words, and each fits the network."""
    pieces = Pieces(network().vocabulary)
    windows = list(pieces.windows(text))

    assert [w for window in windows for w in window] == list(pieces.words(text))
    assert all(size_of(window) <= LONGEST for window in windows)
    assert all(text[w.start : w.end].strip() == text[w.start : w.end] != "" for window in windows for w in window)


def test_the_shipped_model_finds_who_and_where_in_a_letter() -> None:
    """Names without their titles, in the salutation, the body and the signature."""
    assert named(LETTER, "PERSON") == ["Okafor", "Daniel Whitcombe", "Marisol Etchegaray"]
    assert named(LETTER, "ORG") == ["Harlan & Pruitt LLP"]
    assert named(LETTER, "TITLE") == ["Senior Account Manager"]


def test_texts_together_are_tagged_as_each_alone() -> None:
    """Padding and neighbours change no finding."""
    texts = [LETTER, "spk w/ dtr john okeke re settlement", "", "The Borrower shall repay the Loan.", LETTER * 4]

    together = tagger().tag(texts)

    assert [[(n.label, n.start, n.end) for n in found] for found in together] == [
        [(n.label, n.start, n.end) for n in tagger().tag([text])[0]] for text in texts
    ]


@settings(deadline=None)
@given(scores=st.lists(st.lists(st.floats(-20, 0), min_size=13, max_size=13), min_size=1, max_size=12))
def test_no_name_begins_in_its_middle(scores: list[list[float]]) -> None:
    """Whatever the network says, an I- label follows its own kind only."""
    reading = tagger()
    labels = [reading._labels[i] for i in reading._path(np.array(scores, np.float32))]

    for before, label in zip(["O", *labels], labels, strict=False):
        assert not label.startswith("I-") or before[2:] == label[2:]


def test_the_model_is_small_and_holds_nobodys_name() -> None:
    """At most 15 MB; numbers and single pieces of words, no array of objects, no blank, no address in it."""
    content = MODEL.read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        kinds = {str(arrays[name].dtype) for name in arrays.files}
        pieces = bytes(arrays["vocabulary"]).decode().split("\n")
        texts = [name for name in arrays.files if arrays[name].dtype == np.uint8]

    assert len(content) < 15_000_000
    assert kinds == {"int8", "uint8", "float32"}
    assert texts == ["about", "vocabulary"]
    assert [
        p for p in pieces if len(p.split()) != 1 or ("@" in p and len(p.removeprefix("##")) > 1) or len(p) > 24
    ] == []
    assert {"whitcombe", "etchegaray", "okafor"}.isdisjoint(pieces)


def test_finding_names_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model comes with the package."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection was opened"))

    found = Detector().detect([LETTER])[0]

    assert [LETTER[d.start : d.end] for d in found if d.entity == "PERSON"] == [
        "Okafor", "Daniel Whitcombe", "Marisol Etchegaray",
    ]  # fmt: skip


def test_switched_off_no_name_is_looked_for() -> None:
    """``ner = "off"`` loads no model."""
    found = Detector(DetectorSettings(ner="off")).detect([LETTER])[0]

    assert [d for d in found if d.recognizer.startswith("ner_")] == []


@pytest.mark.parametrize(
    ("text", "expected"), [("call Ann", True), ("Ann", False), ("4711 12-3", False), ("A-1 B", False)]
)
def test_prose_has_two_words(text: str, expected: bool) -> None:
    """A code, a number or a word alone names nobody in passing."""
    assert is_prose(text) is expected


def test_a_spacy_model_of_the_firms_own_is_used(tmp_path: Path) -> None:
    """Presidio's engine runs it; its labels mean what the packs' tables say."""
    import spacy

    model = spacy.blank("en")
    model.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Zzyzx Road"}])
    model.to_disk(tmp_path / "model")

    found = Detector(DetectorSettings(ner=f"spacy:{tmp_path / 'model'}")).detect(["we met Zzyzx Road today", LETTER])

    assert [(d.entity, d.data_type, d.start, d.end) for d in found[0]] == [("PERSON", "person_name", 7, 17)]
    assert [d for d in found[1] if d.entity == "PERSON"] == []


def test_a_model_that_is_not_there_is_an_error_and_never_fetched() -> None:
    """Presidio would download it."""
    with pytest.raises(ConfigError) as caught:
        finder(rulepack.load(), "spacy:en_core_web_none")

    assert caught.value.message == "[detection] ner: there is no spaCy model 'en_core_web_none'"
    assert "never downloaded" in caught.value.hint


def test_a_city_or_a_company_in_a_note_is_no_holding() -> None:
    """They are found and said, but no category of personal information is held because of them."""
    text = "The shipment from Harlan & Pruitt LLP left Tucson, Arizona on time."
    detector = Detector()
    container = Container(source="s", path="notes.txt", kind="file")
    profile = detector.profile(container)
    profile.add(Batch(container=container, columns={None: [text] * 3}, rows=3))

    assert {d.entity for d in detector.detect([text])[0]} == {"ORGANIZATION", "LOCATION"}
    assert profile.classify() == []


def test_what_the_allowance_leaves_unread_is_said() -> None:
    """Names are looked for in so much of a column's text; beyond it the container carries a note."""
    detector = Detector(replace(DetectorSettings(), ner_characters=len(LETTER)))
    container = Container(source="s", path="t", kind="table", columns=(Column("body"),))
    short, long = detector.profile(container), detector.profile(container)
    short.add(Batch(container=container, columns={"body": [LETTER]}, rows=1))
    long.add(Batch(container=container, columns={"body": [LETTER, LETTER + "x", LETTER + "y"]}, rows=3))

    assert short.notes == ()
    assert long.notes == ("names were not looked for in all of its text",)


def test_the_model_loads_without_pytorch_or_spacy() -> None:
    """It needs numpy alone: a worker must start quickly."""
    code = "import sys; from piiscan.detect.ner.network import Network; Network.shipped(); print(sorted({'torch', 'spacy'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_probability_is_a_share() -> None:
    """Between 0 and 1, whatever is found."""
    found: list[Named] = tagger().tag([LETTER])[0]

    assert found
    assert all(0.0 < n.probability <= 1.0 for n in found)
