"""Who is under age on a day, and the promise to hold nothing of them as a rule of retention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from piiscan.periods import Period
from piiscan.retention.erasure import asking_rule

if TYPE_CHECKING:
    from datetime import date

    from piiscan.rulepack.retention import RetentionRule

NO_MINORS: Final = "no_minors"
"""The id of the rule that stands for the promise among those of retention."""


@dataclass(frozen=True, slots=True)
class Minors:
    """Who is asked for: persons under ``age`` years on a day, and by what promise."""

    age: int
    as_of: date
    citation: str
    mark: str | None = None
    """The promise speaks of data with this mark alone (`piiscan.rulepack.promises.Mark`); None: of all."""
    sources: tuple[str, ...] = ()
    """Only in these, and there of all data, whatever its mark; empty: in all sources."""

    @property
    def born_after(self) -> date:
        """The birthday of the youngest who are of age."""
        return of_age(self.age, self.as_of)


def of_age(age: int, as_of: date) -> date:
    """The last birthday of those who have the age on a day: on the birthday itself one is of age."""
    return Period(months=12 * age).begun_by(as_of + timedelta(days=1))


def minors_rule(asked: Minors) -> RetentionRule:
    """The promise as a rule of retention."""
    title = f"Persons under {asked.age} on {asked.as_of}: born after {asked.born_after}"
    return asking_rule(NO_MINORS, title, "rows of minors, and what refers to them", asked.citation, "under age")
