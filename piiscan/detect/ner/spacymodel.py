"""A spaCy model of the firm's choice, run through Presidio's own NLP engine (``[detection] ner = "spacy:<model>"``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.detect.ner.tagger import Named

if TYPE_CHECKING:
    from collections.abc import Sequence

_LANGUAGE: Final = "en"
_LONGEST: Final = 100_000
"""Code points spaCy is given at once: it refuses a million, and its memory grows with them."""


class SpacyTagger:
    """Tags texts with an installed model. It is never downloaded."""

    def __init__(self, model: str) -> None:
        self._engine = _engine(model)

    def tag(self, texts: Sequence[str]) -> list[list[Named]]:
        """The named things of each text, by place, with the labels and scores of Presidio's configuration."""
        pieces = [(index, start) for index, text in enumerate(texts) for start in range(0, len(text), _LONGEST)]
        found: list[list[Named]] = [[] for _ in texts]
        cut = [texts[index][start : start + _LONGEST] for index, start in pieces]
        read = self._engine.process_batch(cut, _LANGUAGE)
        for (index, offset), (_, artifacts) in zip(pieces, read, strict=True):
            for span, score in zip(artifacts.entities, artifacts.scores, strict=True):
                named = Named(span.label_, offset + span.start_char, offset + span.end_char, float(score))
                found[index].append(named)
        return found


def _engine(model: str) -> Any:
    """Presidio's spaCy engine with one model; the caller has made sure it is installed, so nothing is downloaded."""
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415 - slow to import, needed only here

    engine = SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": model}])
    engine.load()
    return engine
