"""Marked texts as what the network is given: windows of words with the label each should get, varied at random."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from corpora import PERSON, UNSURE, Marked
from text_names import draw_culture, draw_given, draw_surname, fold_accents

from piiscan.detect.ner.pieces import INSIDE, Pieces, Word, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

    from torch import Tensor

KINDS = ("PERSON", "ORG", "PLACE", "TITLE", "ADDRESS", "CONDITION")
GENERATED_ONLY = frozenset({"TITLE", "ADDRESS", "CONDITION"})
"""Labels that the corpora do not have: what is unmarked there may be one of these."""
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))
NUMBER = {label: number for number, label in enumerate(LABELS)}
SKIPPED = -1
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}")
_SORTED = 40
"""Batches whose windows are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Window:
    """Words and the number of the label each should get; ``partial`` if not every kind is marked in its text."""

    words: tuple[Word, ...]
    labels: tuple[int, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors (rows, pieces); ``labels`` is `SKIPPED` but for the first piece of each word; ``partial`` is (rows,)."""

    pieces: Tensor
    shapes: Tensor
    gaps: Tensor
    there: Tensor
    labels: Tensor
    partial: Tensor


class Variety:
    """Random changes that leave the marks true: other persons' names, all small, all capital letters."""

    def __init__(self, random: Random, *, renamed: float) -> None:
        self._random = random
        self._renamed = renamed

    def of(self, marked: Marked) -> Marked:
        """A text, changed or not."""
        if self._random.random() < self._renamed:
            marked = self._rename(marked)
        chance = self._random.random()
        changed = marked.text.lower() if chance < 0.06 else marked.text.upper() if chance < 0.10 else marked.text
        return Marked(changed, marked.marks) if len(changed) == len(marked.text) else marked

    def _rename(self, marked: Marked) -> Marked:
        """The same text about other people: each word of a plain name stands for the same new one throughout."""
        new: dict[str, str] = {}
        text = ""
        marks = []
        last = 0
        for start, end, label in marked.marks:
            name = marked.text[start:end]
            if label == PERSON and _PLAIN_NAME.fullmatch(name):
                name = " ".join(self._another(new, word, i, len(name.split())) for i, word in enumerate(name.split()))
            text += marked.text[last:start]
            marks.append((len(text), len(text) + len(name), label))
            text += name
            last = end
        return Marked(text + marked.text[last:], tuple(marks))

    def _another(self, new: dict[str, str], word: str, index: int, words: int) -> str:
        if word not in new:
            given = index == 0 and (words > 1 or self._random.random() < 0.5)
            culture = draw_culture(self._random)
            drawn = draw_given(self._random, culture, female=True) if given else draw_surname(self._random, culture)
            new[word] = fold_accents(drawn) if self._random.random() < 0.5 else drawn
        return new[word]


def windows(pieces: Pieces, marked: Marked, *, partial: bool) -> Iterator[Window]:
    """The windows of a text."""
    for words in pieces.windows(marked.text):
        labels = []
        for word in words:
            mark = next((m for m in marked.marks if m[0] <= word.start < m[1]), None)
            first = mark is not None and (word.start == mark[0] or not labels)
            labels.append(_number(mark[2] if mark else "", first=first))
        yield Window(tuple(words), tuple(labels), partial)


def _number(label: str, *, first: bool) -> int:
    if not label:
        return NUMBER["O"]
    return SKIPPED if label == UNSURE else NUMBER[f"{'B' if first else 'I'}-{label}"]


def batches(windows: list[Window], size: int, random: Random) -> Iterator[Batch]:
    """All windows in random order, those of like length together."""
    random.shuffle(windows)
    for start in range(0, len(windows), size * _SORTED):
        alike = sorted(windows[start : start + size * _SORTED], key=lambda w: size_of(w.words))
        groups = [alike[i : i + size] for i in range(0, len(alike), size)]
        random.shuffle(groups)
        yield from map(collate, groups)


def collate(windows: Sequence[Window]) -> Batch:
    """Windows as tensors, padded to the longest."""
    shape = (len(windows), max(size_of(w.words) for w in windows))
    pieces, labels = torch.zeros(shape, dtype=torch.long), torch.full(shape, SKIPPED)
    shapes, gaps = torch.full(shape, 6), torch.full(shape, INSIDE)
    there = torch.zeros(shape, dtype=torch.bool)
    for row, window in enumerate(windows):
        at = 0
        for word, label in zip(window.words, window.labels, strict=True):
            end = at + len(word.pieces)
            pieces[row, at:end] = torch.tensor(word.pieces)
            shapes[row, at:end] = word.shape
            there[row, at:end] = True
            gaps[row, at], labels[row, at] = word.gap, label
            at = end
    return Batch(pieces, shapes, gaps, there, labels, torch.tensor([w.partial for w in windows]))


def varied(texts: Iterable[tuple[Marked, bool]], pieces: Pieces, variety: Variety) -> list[Window]:
    """The windows of all texts, each text varied anew."""
    return [w for marked, partial in texts for w in windows(pieces, variety.of(marked), partial=partial)]
