"""The tagger: which stretches of a text name a person, a place, an organisation, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from piiscan.detect.ner.pieces import Pieces, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.detect.ner.network import Array, Network
    from piiscan.detect.ner.pieces import Word

_BATCH: Final = 512
"""Pieces, padding included, that pass the network together: more would not fit the processor's caches."""
_NEVER: Final = -1e4


@dataclass(frozen=True, slots=True)
class Named:
    """A named thing: its label, where it stands (code points, end exclusive), and its probability (0-1)."""

    label: str
    start: int
    end: int
    probability: float


class Tagger:
    """A network and the rules its labels obey: B- begins a name, I- goes on with one of the same kind."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pieces = Pieces(network.vocabulary)
        self._labels = network.labels
        self._first, self._next = _grammar(network.labels)

    def tag(self, texts: Sequence[str]) -> list[list[Named]]:
        """The named things of each text, by place. They do not overlap."""
        found: list[list[Named]] = [[] for _ in texts]
        cut = ((index, window) for index, text in enumerate(texts) for window in self._pieces.windows(text))
        for batch in _batches(sorted(cut, key=lambda entry: size_of(entry[1]))):
            scored = self._network.scores([window for _, window in batch])
            for (index, window), scores in zip(batch, scored, strict=True):
                found[index] += self._named(window, scores)
        return [sorted(named, key=lambda n: n.start) for named in found]

    def _named(self, window: Sequence[Word], scores: Array) -> Iterator[Named]:
        """The names along the likeliest path through a window (Viterbi 1967)."""
        path = self._path(scores)
        at = 0
        while at < len(path):
            kind, _, label = self._labels[path[at]].partition("-")
            end = at + 1
            if kind == "B":
                while end < len(path) and self._labels[path[end]] == f"I-{label}":
                    end += 1
                yield Named(label, window[at].start, window[end - 1].end, self._sure(label, scores[at:end]))
            at = end

    def _path(self, scores: Array) -> list[int]:
        best = scores[0] + self._first
        came: list[Any] = []
        for row in scores[1:]:
            ways = best[:, None] + self._next
            came.append(ways.argmax(axis=0))
            best = ways.max(axis=0) + row
        path = [int(best.argmax())]
        for step in reversed(came):
            path.append(int(step[path[-1]]))
        return path[::-1]

    def _sure(self, label: str, scores: Array) -> float:
        """The mean over a name's words of the probability that they belong to a name of this kind."""
        own = [i for i, name in enumerate(self._labels) if name.endswith(f"-{label}")]
        return float(np.exp(scores[:, own]).sum(axis=1).mean())


def _grammar(labels: Sequence[str]) -> tuple[Any, Any]:
    """What may come first, and what may follow what, as numbers to add to the scores."""
    inside = {i: name[2:] for i, name in enumerate(labels) if name.startswith("I-")}
    first = np.array([_NEVER if i in inside else 0.0 for i in range(len(labels))], np.float32)
    follow = [
        [_NEVER if i in inside and before[2:] != inside[i] else 0.0 for i in range(len(labels))] for before in labels
    ]
    return first, np.array(follow, np.float32)


def _batches(entries: Iterable[tuple[int, list[Word]]]) -> Iterator[list[tuple[int, list[Word]]]]:
    """Windows of like length together, no more pieces than `_BATCH` with the padding."""
    batch: list[tuple[int, list[Word]]] = []
    for entry in entries:
        if batch and (len(batch) + 1) * size_of(entry[1]) > _BATCH:
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch
