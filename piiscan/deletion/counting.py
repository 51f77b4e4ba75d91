"""How many rows the steps of a database take, and whether that is within the limits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piiscan.deletion.judgments import paths
from piiscan.deletion.targets import Targets
from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from piiscan.deletion.plan import Limits, Step
    from piiscan.model.erasing import Reach
    from piiscan.ports import Eraser


@dataclass(frozen=True, slots=True)
class Done:
    """So much was done, as progress is told."""

    containers: int
    rows: int
    bytes: int = 0


def counted(steps: Sequence[Step], eraser: Eraser, as_of: date) -> list[Step]:
    """The steps with their rows, counted where the data lies. Raises SourceError; RefusedError for steps in each other's way.

    What is anonymized leaves out the rows that are deleted in the same table, unless some of those stay because rows that are
    not due refer to them: then what stays is anonymized, and so is what goes.
    """
    found = {step.order: step for step in steps}
    blocked: dict[str, int] = defaultdict(int)
    for step in steps:
        if step.action == "delete":
            found[step.order] = _reached(step, found, eraser, as_of)
            blocked[step.container.path] += found[step.order].blocked
    for step in steps:
        if step.action == "anonymize":
            path = step.container.path
            deleting = [each.order for each in steps if each.action == "delete" and each.container.path == path]
            before = step.before if step.breaks or blocked[path] else (*step.before, *deleting)
            found[step.order] = _reached(replace(step, before=before), found, eraser, as_of)
    _check_clocks([found[step.order] for step in steps])
    return [found[step.order] for step in steps]


def _reached(step: Step, known: dict[int, Step], eraser: Eraser, as_of: date) -> Step:
    targets = Targets(as_of)
    for other in (*known.values(), step):
        targets.add(other)
    reach = eraser.reach(targets.planned(step.order))
    check_children(step, reach)
    return replace(step, rows=reach.rows, blocked=reach.blocked, total=reach.total, children=dict(reach.children))


def check_children(step: Step, reach: Reach) -> None:
    """Raises RefusedError where the database would change or remove rows that are not due, and nobody released them."""
    released = {link.reference.child.path for link in step.links if link.released}
    for link in step.links:
        child = link.reference.child.path
        named = f"{child}({', '.join(link.reference.columns)})"
        touched = sum(rows for name, rows in reach.children.items() if name.rpartition(" ")[0] == named)
        if touched and child not in released:
            raise RefusedError(
                f"{step.place}: the database itself would change {touched:,} rows of {child} that are not due",
                hint=f"--release {child} lets it; --without {step.container.path} leaves the table out",
            )


def check_limits(steps: Iterable[Step], limits: Limits) -> None:
    """Raises RefusedError when steps take more of one container than a plan may."""
    places: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if not step.breaks:
            places[step.place].append(step)
    for place, same in places.items():
        deleted = sum(step.rows for step in same if step.action == "delete")
        rows = max([deleted, *(step.rows for step in same)])
        total = max(step.total for step in same)
        share = 100 * rows / total if total else 0.0
        if rows > limits.max_rows:
            raise RefusedError(
                f"{place}: {rows:,} rows are due, more than [deletion] max_rows allows ({limits.max_rows:,})",
                hint=f"if that is as it should be: --max-rows {rows}",
            )
        if share > limits.max_percent:
            raise RefusedError(
                f"{place}: {rows:,} of {total:,} rows are due, more than [deletion] max_percent allows ({limits.max_percent:g} %)",
                hint=f"if that is as it should be: --max-percent {_up(share):g}",
            )


def _up(share: float) -> float:
    """The percentage, rounded up so that it suffices."""
    return min(100.0, int(share * 10 + 1) / 10)


def _check_clocks(steps: Sequence[Step]) -> None:
    """Raises RefusedError where a step would change what dates the rows of a later one."""
    for step in steps:
        changed = {change.column for change in step.judgment.changes if change.to != "year"}
        for later in steps:
            if changed and later.order > step.order and _disturbs(step, changed, later):
                raise RefusedError(
                    f"{step.place}: rule {step.rule.id} would anonymize what dates the rows that rule {later.rule.id} removes from {later.place}",
                    hint=f"plan them one after the other: --rule {later.rule.id}, and {step.rule.id} when that is done",
                )


def _disturbs(step: Step, changed: set[str], later: Step) -> bool:
    here = step.container.path == later.container.path
    apart = later.order in step.before or step.order in later.before
    if step.breaks or (here and apart):
        return False
    names = {f"{step.container.path}.{column}" for column in changed}
    bare = {name.rpartition(".")[0].rpartition(".")[2] + "." + name.rpartition(".")[2] for name in names}
    return any(
        (here and way[0] in changed) or (len(way) > 1 and way[-1] in names | bare) for way in paths(later.judgment)
    )
