"""What the steps of one database have to do with each other: whose rows refer to whose, and which rows are another step's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.deletion.plan import Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from piiscan.deletion.plan import Step
    from piiscan.deletion.releasing import Releasing
    from piiscan.model.erasing import Reference, Shape


def linked(
    steps: Sequence[Step], shapes: Mapping[str, Shape], broken: Collection[Reference], releasing: Releasing
) -> list[Step]:
    """The steps with what refers to their rows, and with the steps in the same table whose rows are not theirs.

    ``shapes`` are by container path, ``broken`` the foreign keys that are emptied first. Raises RefusedError for a table that
    cannot be released.
    """
    deleting: dict[str, list[int]] = defaultdict(list)
    emptying: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for step in steps:
        if step.breaks:
            emptying[step.container.path, tuple(each.column for each in step.judgment.changes)].append(step.order)
        elif step.action == "delete":
            deleting[step.container.path].append(step.order)
    made = []
    for step in steps:
        links = []
        for each in shapes[step.container.path].references if step.action == "delete" else ():
            place = (each.child.path, each.columns)
            takers = emptying.get(place, ()) if each in broken else deleting.get(each.child.path, ())
            links.append(Link(each, tuple(takers), releasing.is_released(each)))
        made.append(replace(step, before=tuple(_before(step, steps)), links=tuple(links)))
    return made


def _before(step: Step, steps: Sequence[Step]) -> Iterator[int]:
    """Orders of steps in the same table whose rows are not this one's.

    Of what is deleted those of earlier rules, also where a foreign key is only emptied for it; of what is anonymized those that
    an earlier step changes in all the same columns.
    """
    here = [each for each in steps if each.container.path == step.container.path and not each.breaks]
    deleting = [each for each in here if each.action == "delete"]
    if step.action == "delete" or step.breaks:
        own = next(each.order for each in deleting if each.judgment.id == step.judgment.id)
        yield from (each.order for each in deleting if each.order < own)
        return
    columns = {change.column for change in step.judgment.changes}
    for each in here:
        if each.order < step.order and columns <= {change.column for change in each.judgment.changes}:
            yield each.order
