"""The recognizers at work: every text that is looked at passes `Engine.find`."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.detect.gates import traits
from piiscan.detect.recognizers import PatternRun, WholeRun, build, runner
from piiscan.model import Detection
from piiscan.rulepack import Predefined, Recognizer, RulePacks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.detect.settings import DetectorSettings

_BEFORE: Final = 60
_AFTER: Final = 20
"""Code points around a match in which a context word counts."""
_KNOWN: Final = 20_000
"""Combinations of traits remembered."""


@dataclass(frozen=True, slots=True)
class _Station:
    """One recognizer, ready to run, with what its rule says."""

    rule: Recognizer | Predefined
    runner: PatternRun | WholeRun
    scale: float
    near: re.Pattern[str] | None


_Open = tuple[tuple[_Station, tuple[int, ...]], ...]
"""The stations whose gates a text passes, each with the gates that let it through."""


class Engine:
    """Presidio's recognizers of the rule packs, each behind its gates."""

    def __init__(self, packs: RulePacks, settings: DetectorSettings) -> None:
        rules: list[Recognizer | Predefined] = [*packs.predefined.values(), *packs.recognizers.values()]
        chosen = sorted((r for r in rules if r.applies(settings.regions)), key=lambda r: r.id)
        self._stations = tuple(_station(rule, settings) for rule in chosen)
        self._longest = max((g.length for s in self._stations for g in s.runner.gates), default=0)
        self._most = max((g.digits for s in self._stations for g in s.runner.gates), default=0)
        self._open: dict[tuple[int, int, int], _Open] = {}
        self._minimum = settings.min_confidence
        self.rules = {rule.id: rule for rule in chosen}
        self.recognized = frozenset(s.rule.data_type for s in self._stations if s.runner.bare)
        """Data types that some recognizer finds as a whole value, without a label beside it."""

    def find(self, text: str, minimum: float) -> list[Detection]:
        """What the text holds down to a score of ``minimum``, by place.

        Of overlapping findings that reach the configured confidence the surest stays, then the longest; weaker ones are
        all kept: they are alternatives for whoever has further evidence.
        """
        found = [
            d for station, gates in self._admitting(text) for d in _run(station, text, gates) if d.score >= minimum
        ]
        if len(found) < 2:  # noqa: PLR2004 - one finding needs no sorting
            return found
        strong = [d for d in found if d.score >= self._minimum]
        weak = [d for d in found if d.score < self._minimum]
        return sorted((*_settle(strong), *weak), key=lambda d: (d.start, d.end, d.data_type, d.recognizer))

    def run(self, rule: str, text: str) -> list[Detection]:
        """What one rule alone finds in a text at the configured confidence, without its gates."""
        return [d for s in self._stations if s.rule.id == rule for d in _run(s, text, None) if d.score >= self._minimum]

    def _admitting(self, text: str) -> _Open:
        """The stations that a text of these traits cannot be kept from."""
        seen = traits(text)
        key = (min(seen.length, self._longest), min(seen.digits, self._most), seen.marks)
        known = self._open.get(key)
        if known is None:
            passed = (
                (s, tuple(i for i, gate in enumerate(s.runner.gates) if gate.admits(seen))) for s in self._stations
            )
            known = tuple((station, gates) for station, gates in passed if gates)
            if len(self._open) < _KNOWN:
                self._open[key] = known
        return known


def _station(rule: Recognizer | Predefined, settings: DetectorSettings) -> _Station:
    words = "|".join(re.escape(word) for word in rule.context)
    near = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE) if words else None
    scale = rule.scale if isinstance(rule, Predefined) else 1.0
    return _Station(rule, runner(build(rule, settings.phone_regions)), scale, near)


def _run(station: _Station, text: str, gates: tuple[int, ...] | None) -> list[Detection]:
    """One recognizer's findings, raised where a context word stands near."""
    rule = station.rule
    found = []
    for start, end, worth in station.runner.find(text, gates):
        score = worth * station.scale
        if score < rule.context_score and station.near is not None and _is_near(station.near, text, start, end):
            score = rule.context_score
        found.append(Detection(rule.entity, rule.data_type, start, end, round(score, 3), rule.id))
    return found


def _is_near(words: re.Pattern[str], text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _BEFORE) : start]
    return bool(words.search(before) or words.search(text[end : end + _AFTER]))


def _settle(found: Sequence[Detection]) -> list[Detection]:
    """The findings that remain when the surer, then the longer one takes the place."""
    kept: list[Detection] = []
    taken: list[tuple[int, int]] = []  # disjoint, by place
    for candidate in sorted(found, key=lambda d: (-d.score, d.start - d.end, d.start, d.data_type, d.recognizer)):
        at = bisect_left(taken, (candidate.end, 0))
        if at == 0 or taken[at - 1][1] <= candidate.start:
            taken.insert(at, (candidate.start, candidate.end))
            kept.append(candidate)
    return kept
