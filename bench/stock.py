"""Presidio as it comes, for the measurements here: its default English recognizers, no language model, no network."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from presidio_analyzer import AnalyzerEngine, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpArtifacts

LEAST: Final = 0.4
"""The lowest score that counts: Presidio's own for a telephone number, and for a weak pattern beside a word of its context."""


def analyzer() -> AnalyzerEngine:
    """Presidio's AnalyzerEngine with its default recognizers; names and places need a model, so it has none of these."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    logging.disable(logging.CRITICAL)  # it tells at length what it registers
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(
        cache_dir=None, suffix_list_urls=()
    )  # else it fetches one
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=_no_model(), supported_languages=["en"])


def find(engine: AnalyzerEngine, text: str) -> list[RecognizerResult]:
    """Presidio's findings in a text; of overlapping ones the surest, then the longest stays, as in its anonymizer and in ours."""
    kept: list[RecognizerResult] = []
    found = engine.analyze(text, language="en", score_threshold=LEAST)
    for result in sorted(found, key=lambda r: (-r.score, r.start - r.end, r.start, r.entity_type)):
        if all(result.end <= other.start or other.end <= result.start for other in kept):
            kept.append(result)
    return kept


def _no_model():
    """Presidio's pipeline without a language model."""
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

    class NoModel(NlpEngine):
        def load(self) -> None: ...
        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            return NlpArtifacts([], [], [], [], self, language)

        def process_batch(self, texts: Iterable[str], language: str, **_) -> Iterator[tuple[str, NlpArtifacts]]:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:
            return False

        def is_punct(self, word: str, language: str) -> bool:
            return False

        def get_supported_entities(self) -> list[str]:
            return []

        def get_supported_languages(self) -> list[str]:
            return ["en"]

    return NoModel()
