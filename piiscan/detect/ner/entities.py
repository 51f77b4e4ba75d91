"""Named entities as detections: `[detection] ner` decides who finds them, the rule packs what they mean."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import regex

from piiscan.errors import ConfigError
from piiscan.model import Detection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.detect.ner.tagger import Named
    from piiscan.rulepack import Entity, RulePacks

BUILTIN: Final = "builtin"
OFF: Final = "off"
SPACY: Final = "spacy:"
INSTALL: Final = 'install it beside piiscan, name its folder, or set ner = "builtin"; models are never downloaded'
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_FEWEST: Final = 2
_LONGEST: Final = 400
"""Code points beyond which nothing is a name."""


class Source(Protocol):
    """Whoever tags texts: our network, or spaCy."""

    def tag(self, texts: Sequence[str]) -> list[list[Named]]:
        """The named things of each text, by place."""
        ...


class EntityFinder:
    """Finds what the packs' ``[[entity]]`` tables speak of. The model is loaded when the first text needs it."""

    def __init__(self, packs: RulePacks, ner: str) -> None:
        self._ner = ner
        self._rules: dict[str, list[tuple[Entity, regex.Pattern[str]]]] = {}
        for rule in packs.entities.values():
            for label in rule.labels:
                self._rules.setdefault(label, []).append((rule, regex.compile(rule.shape or ".+", regex.DOTALL)))
        self._source: Source | None = None

    def find(self, texts: Sequence[str]) -> list[list[Detection]]:
        """The named entities of each text that are believed, by place. Texts that are no prose have none."""
        found: list[list[Detection]] = [[] for _ in texts]
        prose = [index for index, text in enumerate(texts) if is_prose(text)]
        if prose:
            tagged = self._tagger().tag([texts[index] for index in prose])
            for index, named in zip(prose, tagged, strict=True):
                short = [n for n in named if n.end - n.start <= _LONGEST]
                judged = ((n, self._believed(n, texts[index][n.start : n.end])) for n in short)
                found[index] = [_detection(n, rule) for n, rule in judged if rule is not None]
        return found

    def _believed(self, named: Named, written: str) -> Entity | None:
        """What the first table that the name fits makes of it."""
        fitting = (rule for rule, shape in self._rules.get(named.label, ()) if shape.fullmatch(written))
        rule = next(fitting, None)
        return rule if rule is not None and round(named.probability, 2) >= rule.least else None

    def _tagger(self) -> Source:
        if self._source is None:
            self._source = _spacy(self._ner) if self._ner.startswith(SPACY) else _builtin()
        return self._source


def is_prose(text: str, words: int = _FEWEST) -> bool:
    """Whether a text could name somebody in passing: it has so many words. A code, a number, a word alone does not."""
    return len(tuple(islice(_WORD.finditer(text), words))) == words


def finder(packs: RulePacks, ner: str) -> EntityFinder | None:
    """Who finds named entities as ``[detection] ner`` says; None if it says ``off``.

    Raises ConfigError when the model it names is not installed.
    """
    if missing := missing_model(ner):
        raise ConfigError(f"[detection] ner: {missing}", hint=INSTALL)
    return None if ner == OFF else EntityFinder(packs, ner)


def missing_model(ner: str) -> str:
    """What is wrong with the model that ``[detection] ner`` names; empty if nothing is. It is looked for, not loaded."""
    model = ner.removeprefix(SPACY)
    if not ner.startswith(SPACY) or (Path(model) / "meta.json").is_file():
        return ""
    installed = model.isidentifier() and importlib.util.find_spec(model) is not None
    return "" if installed else f"there is no spaCy model {model!r}"


def _detection(named: Named, rule: Entity) -> Detection:
    # Two places: the last bits depend on which texts were read together, and the same data must give the same inventory.
    return Detection(rule.entity, rule.data_type, named.start, named.end, round(named.probability, 2), rule.id)


@cache
def _builtin() -> Source:
    """Our network, read once in a process."""
    from piiscan.detect.ner.network import Network  # noqa: PLC0415 - loads numpy and the model
    from piiscan.detect.ner.tagger import Tagger  # noqa: PLC0415 - as above

    return Tagger(Network.shipped())


def _spacy(ner: str) -> Source:
    from piiscan.detect.ner.spacymodel import SpacyTagger  # noqa: PLC0415 - loads spaCy

    return SpacyTagger(ner.removeprefix(SPACY))
