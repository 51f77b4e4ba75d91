"""The rows of a step as a source is asked for them: as planned, and as they may be touched when the plan is carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.model.erasing import Dependent, Target
from piiscan.model.judging import Judgment, Term

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.deletion.plan import Link, Step
    from piiscan.model import Container
    from piiscan.model.judging import Cover


class Targets:
    """The targets of a plan's steps; the steps of a child are known before those of its parents."""

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._steps: dict[int, Step] = {}
        self._planned: dict[int, Target] = {}

    def add(self, step: Step) -> None:
        """Makes a step known."""
        self._steps[step.order] = step

    def planned(self, order: int) -> Target:
        """What the step takes: rows of children count as gone where a step takes them."""
        if order not in self._planned:
            step = self._steps[order]
            dependents = tuple(self._dependent(link, step) for link in step.links)
            self._planned[order] = self._target(step, dependents)
        return self._planned[order]

    def strict(self, order: int, holds: Sequence[Cover] = (), covers: Sequence[Cover] = ()) -> Target:
        """What may be touched when the step's turn has come.

        Its children's rows are gone by then, so whatever still refers to a row keeps it; so do holds and extensions that came
        since the plan was made.
        """
        step = self._steps[order]
        judgment = replace(
            step.judgment,
            holds=(*step.judgment.holds, *(each for each in holds if each not in step.judgment.holds)),
            covers=(*step.judgment.covers, *(each for each in covers if each not in step.judgment.covers)),
            among=None,  # its keys are given, portion by portion
        )
        dependents = tuple(Dependent(link.reference, None, link.released) for link in step.links)
        return replace(self._target(step, dependents), judgment=judgment)

    def _target(self, step: Step, dependents: tuple[Dependent, ...]) -> Target:
        return Target(
            container=step.container,
            judgment=step.judgment,
            action=step.action,
            as_of=self._as_of,
            key=step.key,
            owner_column=step.owner_column,
            before=tuple(self._steps[order].judgment for order in step.before),
            changes=step.judgment.changes,
            dependents=dependents,
        )

    def _dependent(self, link: Link, taken: Step) -> Dependent:
        own = link.reference.child.key == taken.container.key
        taking = [
            self._own_taker(order) if own else self._taker(order) for order in link.takers if order != taken.order
        ]
        return Dependent(link.reference, taking[0] if taking else None, link.released, tuple(taking[1:]))

    def _taker(self, order: int) -> Target:
        """The step as one that takes rows of a child."""
        return self._emptied(order) if self._steps[order].breaks else self.planned(order)

    def _own_taker(self, order: int) -> Target:
        """The same for a table that refers to itself: how far its rows wait for each other is not asked again."""
        step = self._steps[order]
        if step.breaks:
            return self._emptied(order)
        own = step.container.key
        dependents = (
            Dependent(link.reference, None, link.released)
            if link.reference.child.key == own
            else self._dependent(link, step)
            for link in step.links
        )
        return self._target(step, tuple(dependents))

    def _emptied(self, order: int) -> Target:
        """The rows whose foreign key a step empties, as good as taken.

        Another id tells it from the step that deletes the same rows: those of its own table need not wait for each other.
        """
        step = self._steps[order]
        judgment = replace(step.judgment, id=f"{step.judgment.id}#emptied", changes=())
        return replace(self._target(step, ()), action="delete", judgment=judgment, changes=())


def everything(container: Container, key: tuple[str, ...], as_of: date) -> Target:
    """Every row of a table, by these columns."""
    return Target(container, Judgment("all", Term(fixed=True)), "delete", as_of, key)
