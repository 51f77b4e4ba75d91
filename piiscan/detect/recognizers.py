"""Presidio recognizers made from rule packs: ours from expressions, Presidio's own with every outbound call closed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
import presidio_analyzer.predefined_recognizers as stock
import regex
from presidio_analyzer import EntityRecognizer, LocalRecognizer, Pattern, PatternRecognizer, RecognizerResult

from piiscan.detect.gates import Gate, gate_of, mark
from piiscan.detect.validators import validator
from piiscan.errors import RuleError
from piiscan.rulepack import Predefined, Recognizer

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[int, int, float]
"""Start, end (exclusive, code points), score."""
_DOTTED: Final = regex.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
"""Four dotted groups: an address of the Internet, though libphonenumber takes some for numbers abroad."""
_LONGEST_NUMBER: Final = 17
"""Digits of the longest number libphonenumber's matcher looks at in one piece."""
_RESERVED: Final = frozenset(
    {"corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localhost", "test"}
)
"""Top-level names no public registry gives out, but addresses inside a firm end in (RFC 2606, RFC 6762, ICANN)."""


class RuleRecognizer(PatternRecognizer):
    """A `[[recognizer]]` table: a match is worth its pattern's score if the validator accepts it, else nothing.

    A group called ``value`` narrows the finding to itself, so that a label may be required but not reported.
    """

    keeps_score = True

    def __init__(self, rule: Recognizer) -> None:
        self._accepts = validator(rule.validator, f"{rule.origin}: recognizer {rule.id}") if rule.validator else None
        patterns = [Pattern(name=p.name, regex=p.regex, score=p.score) for p in rule.patterns]
        super().__init__(supported_entity=rule.entity, name=rule.id, patterns=patterns, context=list(rule.context))

    def validate_result(self, pattern_text: str) -> bool | None:
        """What the validator says; None without one."""
        return self._accepts(pattern_text) if self._accepts else None

    def analyze(self, text: str, *_: object, **__: object) -> list[RecognizerResult]:
        """The findings, without the explanations that take most of Presidio's time."""
        entity = self.supported_entities[0]
        return [RecognizerResult(entity, start, end, score) for start, end, score in PatternRun(self).find(text)]


class OfflineEmailRecognizer(stock.EmailRecognizer):
    """Presidio's, with the public suffix list from the package instead of the network."""

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the domain can exist: a public suffix, or a name reserved for private use."""
        if pattern_text.rpartition(".")[2].lower() in _RESERVED:
            return True
        return bool(self._extract(pattern_text).fqdn)

    @cached_property
    def _extract(self) -> Any:
        import tldextract  # noqa: PLC0415 - slow to import, needed only here

        return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)


class RegionalPhoneRecognizer(LocalRecognizer):
    """Telephone numbers valid in the configured regions, or international.

    Written with separators or a plus they stand alone; a bare run of digits is weak: it may be any number.
    """

    WRITTEN: Final = 0.75
    BARE: Final = 0.4

    def __init__(self, regions: Sequence[str]) -> None:
        super().__init__(supported_entities=["PHONE_NUMBER"], name="PhoneRecognizer")
        self.regions = tuple(regions)
        self.gates = _phone_gates(self.regions)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: Any = None, nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002 - the signature is fixed
        """Numbers that libphonenumber finds valid, once for each span."""
        if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER and not self._is_valid(text):
            return []
        found: dict[tuple[int, int], float] = {}
        for region in self.regions:
            for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
                if _DOTTED.fullmatch(match.raw_string):
                    continue
                written = not match.raw_string.isdecimal()
                found[match.start, match.end] = self.WRITTEN if written else self.BARE
        return [RecognizerResult("PHONE_NUMBER", start, end, score) for (start, end), score in sorted(found.items())]

    def _is_valid(self, digits: str) -> bool:
        """Whether a bare run of digits is a valid number: asked first, since the matcher takes many times as long."""
        for region in self.regions:
            try:
                if phonenumbers.is_valid_number(phonenumbers.parse(digits, region)):
                    return True
            except phonenumbers.NumberParseException:
                continue
        return False


def _phone_gates(regions: Sequence[str]) -> tuple[Gate, ...]:
    """How many digits the shortest number has that libphonenumber could call valid: with a plus, and without."""
    shortest = {
        code: min((n for name in names for n in _lengths(code, name)), default=0)
        for code, names in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    }
    abroad = min(len(str(code)) + length for code, length in shortest.items())
    gates = [Gate(digits=abroad, marks=(mark("+\uff0b"),))]
    for region in regions:
        home = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if home is not None:
            dialled = gate_of(home.international_prefix or "").digits + abroad
            gates.append(Gate(digits=min(shortest[phonenumbers.country_code_for_region(region)], dialled)))
    return tuple(gates)


def _lengths(code: int, region: str) -> list[int]:
    """How many digits national numbers of a region may have."""
    home = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    lengths = home.general_desc.possible_length if home is not None and home.general_desc is not None else ()
    return [n for n in lengths if n > 0]


class PatternRun:
    """The patterns of a Presidio recognizer, each behind its gate: the same findings in a fraction of the time.

    Presidio's own loop builds an explanation for every match and keeps a clock for every pattern. A pattern that runs away
    is stopped by the time limit of the unit of work, which is reported, not by one that is not.
    """

    def __init__(self, recognizer: Any) -> None:
        flags = recognizer.global_regex_flags
        self._recognizer = recognizer
        self._keeps_score = getattr(recognizer, "keeps_score", False)
        self._patterns = [(regex.compile(p.regex, flags), p.score) for p in recognizer.patterns]
        self.gates = tuple(gate_of(pattern.regex) for pattern in recognizer.patterns)
        self.bare = any("value" not in pattern.groupindex for pattern, _ in self._patterns)
        """Whether it can find a value that stands alone, without a label."""

    def find(self, text: str, chosen: Sequence[int] | None = None) -> list[Span]:
        """Spans of the findings, by place; ``chosen`` are the patterns whose gates the text passed."""
        spans = []
        for index in range(len(self._patterns)) if chosen is None else chosen:
            pattern, score = self._patterns[index]
            group = "value" if "value" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                start, end = match.span(group)
                worth = self._worth(text[start:end], score) if start < end else 0.0
                if worth > 0.0:
                    spans.append((start, end, worth))
        return _outermost(spans) if len(spans) > 1 else spans

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


_OFFLINE: Final = {"EmailRecognizer": OfflineEmailRecognizer}


def build(rule: Recognizer | Predefined, phone_regions: Sequence[str]) -> Any:
    """The Presidio recognizer of a rule. Raises RuleError when Presidio has no such class."""
    if isinstance(rule, Recognizer):
        return RuleRecognizer(rule)
    if rule.recognizer == "PhoneRecognizer":
        return RegionalPhoneRecognizer(phone_regions)
    kind = _OFFLINE.get(rule.recognizer) or getattr(stock, rule.recognizer, None)
    if kind is None or not issubclass(kind, LocalRecognizer):
        raise RuleError(
            f"{rule.origin}: predefined {rule.id}: class: Presidio has no local recognizer {rule.recognizer!r}"
        )
    return kind()


def runner(recognizer: Any) -> PatternRun | WholeRun:
    """How a recognizer is run: by its patterns alone if it does nothing else."""
    plain = isinstance(recognizer, RuleRecognizer) or type(recognizer).analyze is PatternRecognizer.analyze
    return PatternRun(recognizer) if plain else WholeRun(recognizer)
