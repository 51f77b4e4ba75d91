"""The examples of the rule packs, run: what must match and what must not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.detect.detector import Detector
    from piiscan.detect.settings import DetectorSettings
    from piiscan.rulepack import ColumnRule, RulePacks


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example of one rule and whether the rule does what it says."""

    rule: str
    kind: str
    """``recognizer``, ``predefined``, ``entity`` or ``column``."""
    origin: str
    example: str
    expected: bool
    passed: bool


def everywhere(settings: DetectorSettings, packs: RulePacks) -> DetectorSettings:
    """The settings with every region a rule asks for, so that no example goes unrun."""
    rules = [*packs.recognizers.values(), *packs.predefined.values()]
    return replace(
        settings, regions=tuple(sorted({region for rule in rules for region in rule.regions} | set(settings.regions)))
    )


def run_examples(detector: Detector) -> Iterator[Outcome]:
    """Every example of every pack. The detector's settings must reach all regions (`everywhere`)."""
    named = detector.packs.entities
    for rule in sorted((r for r in detector.engine.rules.values() if r.id not in named), key=lambda r: r.id):
        kind = "recognizer" if rule.id in detector.packs.recognizers else "predefined"
        for example, expected in _pairs(rule.match, rule.no_match):
            fired = any(d.recognizer == rule.id for d in detector.engine.run(rule.id, example))
            yield Outcome(rule.id, kind, rule.origin, example, expected, fired == expected)
    yield from _of_entities(detector)
    for column in detector.packs.columns.values():
        for example, expected in _pairs(column.match, column.no_match):
            yield Outcome(
                column.id, "column", column.origin, example, expected, _names(detector, column, example) == expected
            )


def _of_entities(detector: Detector) -> Iterator[Outcome]:
    """The examples of named entities; none where nobody looks for them."""
    finder = detector.entities
    if finder is None:
        return
    for rule in detector.packs.entities.values():
        pairs = _pairs(rule.match, rule.no_match)
        found = finder.find([example for example, _ in pairs])
        for (example, expected), named in zip(pairs, found, strict=True):
            fired = any(d.recognizer == rule.id for d in named)
            yield Outcome(rule.id, "entity", rule.origin, example, expected, fired == expected)


def _pairs(match: tuple[str, ...], no_match: tuple[str, ...]) -> list[tuple[str, bool]]:
    return [(example, True) for example in match] + [(example, False) for example in no_match]


def _names(detector: Detector, rule: ColumnRule, example: str) -> bool:
    """Whether a rule fits ``table.column + neighbour, neighbour``."""
    place, _, neighbours = example.partition(" + ")
    table, _, column = place.rpartition(".")
    beside = [name.strip() for name in neighbours.split(",") if name.strip()]
    around = detector.names.surroundings(table, [column, *beside])
    return detector.names.suits(rule, around) and any(m.rule == rule for m in detector.names.named(column, table))
