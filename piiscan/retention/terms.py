"""A rule's time in one container: its periods as absolute days, its events as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piiscan.model.judging import Ended, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, timedelta

    from piiscan.model import Clock
    from piiscan.periods import Period
    from piiscan.rulepack.retention import RetentionRule


@dataclass(frozen=True, slots=True)
class Terms:
    """The clocks of one container on one day."""

    clocks: Mapping[str, Clock]
    """By event."""
    as_of: date

    def of(self, rule: RetentionRule, published: Period | None = None) -> Term:
        """Whether the rule's time is over; ``published`` is the period that the firm's policy sets where the rule sets none.

        An event that nothing dates here, and a policy that says no period, leave it unknown.
        """
        if rule.fixed:
            return Term(fixed=rule.fixed == "always")
        return Term(tuple(self._ended(end.trigger, end.period or published) for end in rule.ends), rule.combine)

    def missing(self, rules: Iterable[RetentionRule]) -> tuple[str, ...]:
        """The events of some rules that nothing dates here, sorted."""
        return tuple(sorted({end.trigger for rule in rules for end in rule.ends} - self.clocks.keys()))

    def ahead(self, time: timedelta) -> Terms:
        """The same, so much later."""
        return replace(self, as_of=self.as_of + time)

    def _ended(self, event: str, period: Period | None) -> Ended:
        if period is None:
            return Ended(None, self.as_of)
        return Ended(self.clocks.get(event), period.begun_by(self.as_of))
