"""Openly licensed corpora with names marked in them, read from a folder. None of their text is part of this repository.

MODEL_CARD.md says where each comes from, under which licence, and how the folder is laid out. Tokens are joined to
natural text again, since what is scanned later is not split into words either.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PERSON, ORG, PLACE = "PERSON", "ORG", "PLACE"
UNSURE = "UNSURE"
"""Marks what training is to skip: @handles are names to some corpora and none to others."""
LABELS = {
    "PER": PERSON, "person": PERSON, "politician": PERSON, "scientist": PERSON, "researcher": PERSON, "writer": PERSON,
    "musicalartist": PERSON, "ORG": ORG, "organisation": ORG, "politicalparty": ORG, "university": ORG, "band": ORG,
    "corporation": ORG, "group": ORG, "LOC": PLACE, "location": PLACE, "country": PLACE, "GPE": PLACE, "FAC": PLACE,
}  # fmt: skip
_TOUCHES_LEFT = frozenset(
    [
        ".",
        ",",
        ";",
        ":",
        "!",
        "?",
        ")",
        "]",
        "}",
        "%",
        "'",
        "’",
        "”",
        "'s",
        "n't",
        "'re",
        "'ll",
        "'ve",
        "'m",
        "'d",
        "’s",
        "n’t",
        "...",
    ]
)
_TOUCHES_RIGHT = frozenset(["(", "[", "{", "$", "#", "@", "“", "‘", "£", "€"])
_STOPS = re.compile(r"[.,!?;:]+")
_HANDLE = re.compile(r"@ ?\w+")
_SENTENCES_OF_A_NOVEL = 4

Mark = tuple[int, int, str]
"""Start, end (exclusive, code points), label."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and what is marked in it, by place, without overlaps."""

    text: str
    marks: tuple[Mark, ...]


def read(folder: Path) -> Iterator[Marked]:
    """All corpora of the folder, in a fixed order. Raises OSError when one is missing."""
    yield from conll(folder / "wikigold.conll.txt")
    for part in ("dev_revised.json", "test_revised.json"):
        yield from documents(folder / "redocred" / part)
    for domain in ("ai", "literature", "music", "politics", "science"):
        for part in ("train", "dev", "test"):
            yield from conll(folder / "crossner" / domain / f"{part}.txt")
    for path in sorted((folder / "litbank").glob("*.ann")):
        yield from novel(path)
    yield from map(without_handles, conll(folder / "wnut17train.conll"))
    for part in "befgh":
        yield from map(without_handles, conll(folder / "btc" / f"{part}.conll"))


def conll(path: Path) -> Iterator[Marked]:
    """One text for each sentence of a file of ``token TAG`` lines, sentences apart by an empty line."""
    tokens: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text("utf-8", "replace").split("\n"), ""]:
        fields = line.split("\t") if "\t" in line else line.split(" ")
        if line.strip() and len(fields) > 1 and fields[0].strip():
            tokens.append(fields[0].strip())
            tags.append(fields[-1].strip())
        elif tokens and not line.strip():
            yield _from_tags(tokens, tags)
            tokens, tags = [], []


def documents(path: Path) -> Iterator[Marked]:
    """One text for each document of a DocRED file (Yao et al. 2019)."""
    for document in json.loads(path.read_text("utf-8")):
        sentences = [[token.strip() or "-" for token in sentence] for sentence in document["sents"]]
        mentions = [m for entity in document["vertexSet"] for m in entity if m["type"] in LABELS]
        places = [(m["sent_id"], *m["pos"], LABELS[m["type"]]) for m in mentions]
        yield _from_places(sentences, places)


def novel(annotations: Path) -> Iterator[Marked]:
    """A few sentences a text of a LitBank novel (Bamman et al. 2020): proper names only."""
    sentences = [line.split() for line in annotations.with_suffix(".txt").read_text("utf-8").splitlines()]
    rows = (line.split("\t") for line in annotations.read_text("utf-8").splitlines())
    named = [r for r in rows if r[0] == "MENTION" and r[8] == "PROP" and r[7] in LABELS and r[2] == r[4]]
    places = [(int(r[2]), int(r[3]), int(r[5]) + 1, LABELS[r[7]]) for r in named]
    for start in range(0, len(sentences), _SENTENCES_OF_A_NOVEL):
        part = sentences[start : start + _SENTENCES_OF_A_NOVEL]
        yield _from_places(part, [(s - start, a, b, label) for s, a, b, label in places if 0 <= s - start < len(part)])


def without_handles(marked: Marked) -> Marked:
    """The text with its @handles marked as `UNSURE`."""
    handles = [(m.start(), m.end(), UNSURE) for m in _HANDLE.finditer(marked.text)]
    return Marked(marked.text, _apart([*handles, *marked.marks], keep=len(handles)))


def joined(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens as text with the blanks one would write, and the place of each."""
    text = ""
    places = []
    quoting = touching = False
    for token in tokens:
        written = '"' if token in {"``", "''"} else token
        left = touching or written in _TOUCHES_LEFT or _STOPS.fullmatch(written) or (written == '"' and quoting)
        text += "" if left or not text else " "
        places.append((len(text), len(text) + len(written)))
        text += written
        touching = written in _TOUCHES_RIGHT or (written == '"' and not quoting)
        quoting ^= written == '"'
    return text, places


def _from_tags(tokens: Sequence[str], tags: Sequence[str]) -> Marked:
    text, places = joined(tokens)
    marks: list[Mark] = []
    before = ""
    for (start, end), tag in zip(places, tags, strict=True):
        label = LABELS.get(tag.partition("-")[2], "")
        if label and label == before and not tag.startswith("B-"):
            marks[-1] = (marks[-1][0], end, label)
        elif label:
            marks.append((start, end, label))
        before = label
    return Marked(text, tuple(marks))


def _from_places(sentences: Sequence[Sequence[str]], places: Sequence[tuple[int, int, int, str]]) -> Marked:
    """``places``: sentence, first token, last token (exclusive), label."""
    tokens = [token for sentence in sentences for token in sentence]
    firsts = [sum(map(len, sentences[:i])) for i in range(len(sentences))]
    text, spans = joined(tokens)
    marks = [(spans[firsts[s] + a][0], spans[firsts[s] + b - 1][1], label) for s, a, b, label in places]
    return Marked(text, _apart(sorted(set(marks), key=lambda m: m[0] - m[1])))


def _apart(marks: Sequence[Mark], keep: int = 0) -> tuple[Mark, ...]:
    """The marks that overlap none before them in the list, by place; the first ``keep`` in any case."""
    kept: list[Mark] = list(marks[:keep])
    for mark in marks[keep:]:
        if all(mark[1] <= other[0] or other[1] <= mark[0] for other in kept):
            kept.append(mark)
    return tuple(sorted(kept))
