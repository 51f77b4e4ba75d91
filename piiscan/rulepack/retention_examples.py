"""The examples of retention rules, run: how a record of that age stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from piiscan.rulepack.retention import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from piiscan.periods import Period
    from piiscan.rulepack.retention import Example, RetentionRule

_DAY: Final = timedelta(days=1)
_STARTS: Final = (date(2026, 6, 15), date(2027, 3, 1), date(2028, 2, 29), date(2030, 12, 31))
"""Days asked about, or the first ones after them that every age reaches: across a leap day, around the ends of months."""


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """One example of a rule, and whether the rule says what it expects."""

    rule: str
    origin: str
    example: str
    expected: str
    found: str
    """``within``, ``overdue``, or ``undated`` where the example leaves out an age that would decide."""

    @property
    def passed(self) -> bool:
        """Whether it does."""
        return self.found == self.expected


def run_examples(rules: Iterable[RetentionRule]) -> Iterator[ExampleOutcome]:
    """Every example of every rule: of those switched off, too."""
    for rule in rules:
        for example in rule.examples:
            found = {status(rule, example, day) for day in _days(example)}
            told = found.pop() if len(found) == 1 else "either, by the day"
            yield ExampleOutcome(rule.id, rule.origin, describe(rule, example), example.status, told)


def describe(rule: RetentionRule, example: Example) -> str:
    """``P3Y`` since every trigger, ``tax_due P5Y, tax_paid P4Y``, ``2024-02-29; policy P1Y; on 2025-03-01``: all but the status."""
    told = {name: _told(age, example.on) for name, age in example.ages.items()}
    everywhere = len(set(told.values())) == 1 and len(told) == max(len(rule.ends), 1)
    ages = next(iter(told.values())) if everywhere else ", ".join(f"{name} {text}" for name, text in told.items())
    parts = [ages, example.policy and f"policy {iso(example.policy)}", example.on and f"on {example.on}"]
    return "; ".join(part for part in parts if part)


def _told(age: Period, on: date | None) -> str:
    """An age, or the day of the event where the day asked about is known and the age is in days."""
    return iso(age) if on is None or age.months else str(on - timedelta(days=age.days))


def status(rule: RetentionRule, example: Example, on: date) -> str:
    """How a record stands on a day; unknown ends count as in SQL (`piiscan.model.Term`)."""
    if rule.fixed:
        return "overdue" if rule.fixed == "always" else "within"
    over = [_over(example, end.trigger, end.period or example.policy, on) for end in rule.ends]
    decides = rule.combine == "earlier"
    if decides in over:
        return "overdue" if decides else "within"
    return "undated" if None in over else "within" if decides else "overdue"


def _over(example: Example, trigger: str, period: Period | None, on: date) -> bool | None:
    """Whether one end lies before a day; None where its age or its period is unknown."""
    age = example.ages.get(trigger)
    return None if age is None or period is None else period.end(_event(age, on)) < on


def _event(age: Period, on: date) -> date:
    """The latest day that is so long ago, or longer."""
    return age.begun_by(on + _DAY)


def _days(example: Example) -> Iterator[date]:
    """The days to ask about: that of the example, else some on which every age is exact."""
    if example.on is not None:
        yield example.on
        return
    for start in _STARTS:
        days = (start + n * _DAY for n in range(120))
        yield next((day for day in days if _exact(example.ages, day)), start)


def _exact(ages: Mapping[str, Period], on: date) -> bool:
    """Whether a period of each age ends on that day: none of a year ends on 29 February."""
    return all(age.end(_event(age, on)) == on for age in ages.values())
