"""Presidio recognizers made from rule packs: ours from expressions, Presidio's own with every outbound call closed."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import presidio_analyzer.predefined_recognizers as stock
import regex
from presidio_analyzer import EntityRecognizer, LocalRecognizer, Pattern, PatternRecognizer, RecognizerResult

from piiscan.detect.addresses import AddressRecognizer
from piiscan.detect.gates import Gate, gate_of
from piiscan.detect.phones import RegionalPhoneRecognizer
from piiscan.detect.validators import validator
from piiscan.errors import RuleError
from piiscan.rulepack import Predefined, Recognizer

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[int, int, float]
"""Start, end (exclusive, code points), score."""
_RESERVED: Final = frozenset(
    {"corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localhost", "test"}
)
"""Top-level names no public registry gives out, but addresses inside a firm end in (RFC 2606, RFC 6762, ICANN)."""


class RuleRecognizer(LocalRecognizer):
    """A `[[recognizer]]` table: a match is worth its pattern's score if the validator accepts it, else nothing.

    A group called ``value`` narrows the finding to itself, so that a label may be required but not reported. It is no
    PatternRecognizer, whose patterns compile their expressions when they are made: most are never run.
    """

    keeps_score = True
    global_regex_flags: Final = regex.DOTALL | regex.MULTILINE | regex.IGNORECASE

    def __init__(self, rule: Recognizer) -> None:
        self._accepts = validator(rule.validator, f"{rule.origin}: recognizer {rule.id}") if rule.validator else None
        self.patterns = rule.patterns
        super().__init__(supported_entities=[rule.entity], name=rule.id, context=list(rule.context))

    def load(self) -> None:
        """Nothing to load."""

    def validate_result(self, pattern_text: str) -> bool | None:
        """What the validator says; None without one."""
        return self._accepts(pattern_text) if self._accepts else None

    def invalidate_result(self, pattern_text: str) -> bool | None:  # noqa: ARG002 - Presidio's signature
        """None: the validator has said all there is to say."""
        return None

    def analyze(self, text: str, *_: object, **__: object) -> list[RecognizerResult]:
        """The findings, without the explanations that take most of Presidio's time."""
        entity = self.supported_entities[0]
        return [RecognizerResult(entity, start, end, score) for start, end, score in PatternRun(self).find(text)]


class OfflineEmailRecognizer(stock.EmailRecognizer):
    """Presidio's, with the public suffix list from the package instead of the network.

    What may stand before the sign ends where the parameter of an address or a path begins: ``to=ann@example.com``.
    """

    def __init__(self) -> None:
        super().__init__(patterns=[Pattern(p.name, _without_parameters(p.regex), p.score) for p in self.PATTERNS])

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the domain can exist: a public suffix, or a name reserved for private use. Git's user is nobody."""
        if pattern_text.startswith("git@"):
            return False
        if pattern_text.rpartition(".")[2].lower() in _RESERVED:
            return True
        return bool(self._extract(pattern_text).fqdn)

    @cached_property
    def _extract(self) -> Any:
        import tldextract  # noqa: PLC0415 - slow to import, needed only here

        return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)


def _without_parameters(expression: str) -> str:
    return expression.replace("%&'", "%'").replace("/=?^", "^")


@lru_cache(maxsize=4096)
def _compiled(expression: str, flags: int) -> regex.Pattern[str]:
    """The expression, compiled once in a process however many detectors it has: what regex remembers by itself is too little."""
    return regex.compile(expression, flags, cache_pattern=False)


class PatternRun:
    """The patterns of a Presidio recognizer, each behind its gate: the same findings in a fraction of the time.

    Presidio's own loop builds an explanation for every match and keeps a clock for every pattern. A pattern that runs away
    is stopped by the time limit of the unit of work, which is reported, not by one that is not.
    """

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer
        self._keeps_score = getattr(recognizer, "keeps_score", False)
        self._compiled: dict[int, regex.Pattern[str]] = {}
        self.gates = tuple(gate_of(pattern.regex) for pattern in recognizer.patterns)
        self.bare = any("(?P<value>" not in pattern.regex for pattern in recognizer.patterns)
        """Whether it can find a value that stands alone, without a label."""

    def find(self, text: str, chosen: Sequence[int] | None = None) -> list[Span]:
        """Spans of the findings, by place; ``chosen`` are the patterns whose gates the text passed."""
        spans = []
        for index in range(len(self.gates)) if chosen is None else chosen:
            pattern, score = self._pattern(index), self._recognizer.patterns[index].score
            group = "value" if "value" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                start, end = match.span(group)
                worth = self._worth(text[start:end], score) if start < end else 0.0
                if worth > 0.0:
                    spans.append((start, end, worth))
        return _outermost(spans) if len(spans) > 1 else spans

    def _pattern(self, index: int) -> regex.Pattern[str]:
        """An expression, compiled when the first text passes its gate: compiling all of them takes seconds."""
        pattern = self._compiled.get(index)
        if pattern is None:
            recognizer = self._recognizer
            pattern = _compiled(recognizer.patterns[index].regex, int(recognizer.global_regex_flags))
            self._compiled[index] = pattern
        return pattern

    def _worth(self, found: str, score: float) -> float:
        """A match's score once Presidio's checks have spoken: certain, worthless, or the pattern's own."""
        valid = self._recognizer.validate_result(found)
        if self._recognizer.invalidate_result(found) or valid is False:
            return 0.0
        return score if valid is None or self._keeps_score else EntityRecognizer.MAX_SCORE


class WholeRun:
    """A Presidio recognizer that is more than patterns, run as it is."""

    bare: Final = True

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer
        patterns = getattr(recognizer, "patterns", ())
        self.gates = tuple(gate_of(p.regex) for p in patterns) or getattr(recognizer, "gates", (Gate(),))

    def find(self, text: str, chosen: Sequence[int] | None = None) -> list[Span]:  # noqa: ARG002 - the signature is fixed
        """Spans of the findings, by place."""
        results = self._recognizer.analyze(text, self._recognizer.supported_entities, None)
        return sorted((r.start, r.end, r.score) for r in results)


def _outermost(spans: list[Span]) -> list[Span]:
    """The spans that no other one contains with at least their score, by place: Presidio's removal of duplicates."""
    kept: list[Span] = []
    open_: list[Span] = []
    for start, end, score in sorted(set(spans), key=lambda s: (s[0], -s[1], -s[2])):
        open_ = [span for span in open_ if span[1] >= start]
        if not any(end <= other_end and score <= other_score for _, other_end, other_score in open_):
            kept.append((start, end, score))
            open_.append((start, end, score))
    return kept


_OURS: Final = {"AddressRecognizer": AddressRecognizer, "EmailRecognizer": OfflineEmailRecognizer}
"""Classes that take the place of Presidio's of the same name, or that Presidio lacks."""


def build(rule: Recognizer | Predefined, phone_regions: Sequence[str]) -> Any:
    """The Presidio recognizer of a rule. Raises RuleError when Presidio has no such class."""
    if isinstance(rule, Recognizer):
        return RuleRecognizer(rule)
    if rule.recognizer == "PhoneRecognizer":
        return RegionalPhoneRecognizer(phone_regions)
    kind = _OURS.get(rule.recognizer) or getattr(stock, rule.recognizer, None)
    if kind is None or not issubclass(kind, LocalRecognizer):
        raise RuleError(
            f"{rule.origin}: predefined {rule.id}: class: Presidio has no local recognizer {rule.recognizer!r}"
        )
    return kind()


def entities_of(name: str) -> tuple[str, ...]:
    """The entities of Presidio's recognizer class of this name; none unless it works by patterns of its own alone."""
    kind = getattr(stock, name, None)
    if not isinstance(kind, type) or not issubclass(kind, LocalRecognizer):
        return ()
    known: Any = kind  # every shipped class has defaults for all it takes
    return tuple(known().supported_entities)


def runner(recognizer: Any) -> PatternRun | WholeRun:
    """How a recognizer is run: by its patterns alone if it does nothing else."""
    plain = isinstance(recognizer, RuleRecognizer) or type(recognizer).analyze is PatternRecognizer.analyze
    return PatternRun(recognizer) if plain else WholeRun(recognizer)
