"""The recognizers at work: every text that is looked at passes `Engine.find`."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.detect.gates import traits
from piiscan.detect.leads import scanner_of
from piiscan.detect.recognizers import PatternRun, WholeRun, build, runner
from piiscan.model import Detection
from piiscan.rulepack import Entity, Predefined, Recognizer, RulePacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.detect.settings import Bar, DetectorSettings

Rule = Recognizer | Predefined | Entity
_BEFORE: Final = 60
_AFTER: Final = 20
"""Code points around a match in which a context word counts."""
_KNOWN: Final = 20_000
"""Combinations of traits remembered."""


@dataclass(frozen=True, slots=True)
class Station:
    """One recognizer, ready to run, with what its rule says."""

    rule: Recognizer | Predefined
    runner: PatternRun | WholeRun
    scale: float
    near: re.Pattern[str] | None


_Open = dict[int, tuple[int, ...]]
"""The stations (by index) whose gates a text passes, each with the gates that let it through."""


class Engine:
    """Presidio's recognizers of the rule packs, each behind its gates."""

    def __init__(self, packs: RulePacks, settings: DetectorSettings) -> None:
        rules: list[Recognizer | Predefined] = [*packs.predefined.values(), *packs.recognizers.values()]
        chosen = sorted((r for r in rules if r.applies(settings.regions)), key=lambda r: r.id)
        self._stations = tuple(_station(rule, settings) for rule in chosen)
        gates = [
            (s, i, gate) for s, station in enumerate(self._stations) for i, gate in enumerate(station.runner.gates)
        ]
        self._plain = [each for each in gates if not each[2].leads]
        self._led = [each for each in gates if each[2].leads]
        self._scanner = scanner_of(tuple(gate.leads for _, _, gate in self._led))
        self._longest = max((gate.length for _, _, gate in self._plain), default=0)
        self._most = max((gate.digits for _, _, gate in self._plain), default=0)
        self._open: dict[tuple[int, int, int], _Open] = {}
        self._minimum = settings.min_confidence
        self.rules: dict[str, Rule] = {rule.id: rule for rule in (*chosen, *packs.entities.values())}
        self._entities = packs.entities
        self.recognized = frozenset(s.rule.data_type for s in self._stations if s.runner.bare)
        """Data types that some recognizer finds as a whole value, without a label beside it."""

    def find(
        self, text: str, minimum: float, bar: Bar | None = None, named: Sequence[Detection] = ()
    ) -> list[Detection]:
        """What the text holds down to a score of ``minimum``, by place.

        Of overlapping findings that reach the ``bar`` (without one, the configured confidence) the surest stays, then the
        longest; weaker ones are all kept: they are alternatives for whoever has further evidence. ``named`` are the text's
        named entities: they take no place from what a form tells, but for an address, a date or a place they reach around.
        """
        found = [d for d in (*self.candidates(text), *named) if d.score >= minimum]
        if len(found) < 2:  # noqa: PLR2004 - one finding needs no sorting
            return found
        strong: list[Detection] = []
        weak: list[Detection] = []
        for detection in found:
            least = self._minimum if bar is None else bar.of(detection.data_type)
            (strong if detection.score >= least else weak).append(detection)
        return sorted((*self._joined(strong), *weak), key=lambda d: (d.start, d.end, d.data_type, d.recognizer))

    def _joined(self, strong: Sequence[Detection]) -> list[Detection]:
        """What remains of strong findings: those by form settle among themselves, then come the named entities."""
        kept = _settle([d for d in strong if d.recognizer not in self._entities])
        for entity in _settle([d for d in strong if d.recognizer in self._entities]):
            met = [d for d in kept if d.start < entity.end and entity.start < d.end]
            if all(self._gives_way(d, entity) for d in met):
                kept = [entity, *(d for d in kept if d not in met)]
        return kept

    def _gives_way(self, found: Detection, entity: Detection) -> bool:
        """Whether a finding by form yields to an entity in its place: a surer one of the same kind, or one it is part of.

        A city never takes an address's place, nor a name a number's.
        """
        if not self._entities[entity.recognizer].held:
            return False
        inside = entity.start <= found.start and found.end <= entity.end
        same = found.data_type == entity.data_type
        return inside and entity.score >= found.score and (same or not self.rules[found.recognizer].rare)

    def candidates(self, text: str) -> list[Detection]:
        """All that any recognizer finds, before one finding takes the place of another."""
        return [d for s, gates in self._admitting(text).items() for d in _run(self._stations[s], text, gates)]

    def station(self, rule: str) -> Station | None:
        """The recognizer of a rule; None for one that does not run here."""
        return next((station for station in self._stations if station.rule.id == rule), None)

    def run(self, rule: str, text: str) -> list[Detection]:
        """What one rule alone finds in a text at the configured confidence, without its gates."""
        return [d for s in self._stations if s.rule.id == rule for d in _run(s, text, None) if d.score >= self._minimum]

    def _admitting(self, text: str) -> _Open:
        """The stations that a text of these traits, with these labels in it, cannot be kept from."""
        seen = traits(text)
        key = (min(seen.length, self._longest), min(seen.digits, self._most), seen.marks)
        known = self._open.get(key)
        if known is None:
            known = _gathered((s, i) for s, i, gate in self._plain if gate.admits(seen))
            if len(self._open) < _KNOWN:
                self._open[key] = known
        labelled = [self._led[index] for index in self._scanner.find(text)]
        led = _gathered((s, i) for s, i, gate in labelled if gate.admits(seen))
        return known | {s: (*known.get(s, ()), *gates) for s, gates in led.items()} if led else known


def _gathered(passed: Iterable[tuple[int, int]]) -> _Open:
    """Gates by their station."""
    found: dict[int, tuple[int, ...]] = {}
    for station, gate in passed:
        found[station] = (*found.get(station, ()), gate)
    return found


def _station(rule: Recognizer | Predefined, settings: DetectorSettings) -> Station:
    words = "|".join(re.escape(word) for word in rule.context)
    near = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE) if words else None
    scale = rule.scale if isinstance(rule, Predefined) else 1.0
    return Station(rule, runner(build(rule, settings.phone_regions)), scale, near)


def _run(station: Station, text: str, gates: tuple[int, ...] | None) -> list[Detection]:
    """One recognizer's findings, raised where a context word stands near."""
    rule = station.rule
    found = []
    for start, end, worth in station.runner.find(text, gates):
        score = worth * station.scale
        if score < rule.context_score and context_word(station.near, text, start, end) is not None:
            score = rule.context_score
        found.append(Detection(rule.entity, rule.data_type, start, end, round(score, 3), rule.id))
    return found


def context_word(words: re.Pattern[str] | None, text: str, start: int, end: int) -> str | None:
    """The first of these words that stands near a place; None if none does."""
    if words is None:
        return None
    found = words.search(text[max(0, start - _BEFORE) : start]) or words.search(text[end : end + _AFTER])
    return found.group() if found else None


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
