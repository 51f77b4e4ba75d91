"""Recall and precision of the shipped tagger on labelled texts: `python training/evaluate.py FILE.jsonl...`.

A line is ``{"text": ..., "spans": [{"start", "end", "type"}, ...]}``; a name counts as found if a finding of its kind and it have half
of their joint length in common, and a finding as right likewise.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from piiscan.detect.ner.network import Network
from piiscan.detect.ner.tagger import Named, Tagger

KINDS = {
    "PER": "PERSON", "PERSON": "PERSON", "person": "PERSON", "ORG": "ORG", "ORGANIZATION": "ORG", "corporation": "ORG", "group": "ORG",
    "LOC": "PLACE", "LOCATION": "PLACE", "location": "PLACE", "GPE": "PLACE",
}  # fmt: skip


def main() -> None:
    """Prints a line for each file and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--least", type=float, default=0.5, help="probability from which a finding counts")
    options = parser.parse_args()
    tagger = Tagger(Network.shipped())
    for file in options.files:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        found = tagger.tag([row["text"] for row in rows])
        for kind in ("PERSON", "ORG", "PLACE"):
            true = [[(s["start"], s["end"]) for s in row["spans"] if KINDS.get(s["type"]) == kind] for row in rows]
            said = [_of(kind, named, options.least) for named in found]
            recall, precision = _share(true, said), _share(said, true)
            print(f"{file.stem:24} {kind:7} recall {recall:.3f} precision {precision:.3f} of {sum(map(len, true))}")


def _of(kind: str, named: list[Named], least: float) -> list[tuple[int, int]]:
    return [(n.start, n.end) for n in named if n.label == kind and n.probability >= least]


def _share(these: list[list[tuple[int, int]]], those: list[list[tuple[int, int]]]) -> float:
    """The share of ``these`` that one of ``those`` in the same text matches."""
    matched = [any(_alike(a, b) for b in other) for one, other in zip(these, those, strict=True) for a in one]
    return sum(matched) / len(matched) if matched else float("nan")


def _alike(a: tuple[int, int], b: tuple[int, int]) -> bool:
    common = min(a[1], b[1]) - max(a[0], b[0])
    return common > 0 and 2 * common >= max(a[1], b[1]) - min(a[0], b[0])


if __name__ == "__main__":
    main()
