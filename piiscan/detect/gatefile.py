"""Writes `gates.json`, the gates of all shipped expressions: `python -m piiscan.detect.gatefile`. A test compares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piiscan import rulepack
from piiscan.detect.gates import GATES, key_of, read_gate
from piiscan.detect.recognizers import build
from piiscan.detect.settings import DetectorSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.rulepack import Predefined, Recognizer


def rows() -> list[list[Any]]:
    """Key, length, digits, marks and leads of the gate of every expression of every shipped rule, by key."""
    packs = rulepack.load()
    rules: Iterable[Recognizer | Predefined] = (*packs.recognizers.values(), *packs.predefined.values())
    made = (build(rule, DetectorSettings().phone_regions) for rule in rules)
    expressions = {pattern.regex for recognizer in made for pattern in getattr(recognizer, "patterns", ())}
    gates = {key_of(expression): read_gate(expression) for expression in expressions}
    return [[key, g.length, g.digits, list(g.marks), sorted(g.leads)] for key, g in sorted(gates.items())]


def text() -> str:
    """The file's content: one expression a line."""
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows()) + "\n]\n"


if __name__ == "__main__":
    (Path(__file__).parent / GATES).write_text(text(), "utf-8")
