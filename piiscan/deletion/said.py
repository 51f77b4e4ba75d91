"""What a plan tells its readers besides what it does: what is kept and why, holds, notes, totals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from piiscan.deletion.plan import Step
    from piiscan.inventory import Justification
    from piiscan.model import Skip
    from piiscan.retention import Excuse, Verdict

_COUNTS = ("rows_overdue", "rows_exempt", "rows_on_hold", "rows_undated", "rows_within")


def kept_body(verdicts: Iterable[Verdict], files: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """How the rows stand by every rule that could ask for their removal, and why the rest stays.

    ``files`` are the places (source, path) that are files: those of a source are told together.
    """
    found: dict[tuple[str, str, str, str], list[Verdict]] = defaultdict(list)
    for each in verdicts:
        if each.rule is not None:
            container = "*" if (each.source, each.container) in files else each.container
            found[each.source, container, each.owner or "", each.rule].append(each)
    return [_kept_line(*place, same) for place, same in sorted(found.items())]


def _kept_line(source: str, container: str, owner: str, rule: str, same: Sequence[Verdict]) -> dict[str, Any]:
    counts = {name: sum(getattr(each, name) for each in same) for name in _COUNTS}
    excuses: dict[str, list[Excuse]] = defaultdict(list)
    for excuse in (excuse for each in same for excuse in each.exceptions if excuse.rows is not None):
        excuses[excuse.name].append(excuse)
    return {
        "source": source,
        "container": container,
        "owner": owner or None,
        "rule": rule,
        "advisory": any(each.advisory for each in same),
        **counts,
        "exempt": [_exempt_line(name, found) for name, found in sorted(excuses.items())],
        "notes": sorted({note for each in same for note in each.notes}),
    }


def _exempt_line(name: str, excuses: Sequence[Excuse]) -> dict[str, Any]:
    """How many rows an excuse keeps, and until when the last of them; null = not known, or until it is ended."""
    days = [excuse.until for excuse in excuses if excuse.until]
    until = max(days).isoformat() if len(days) == len(excuses) else None
    return {"exception": name, "rows": sum(excuse.rows or 0 for excuse in excuses), "until": until}


def hold_body(hold: Justification) -> dict[str, Any]:
    """A hold in force, as a plan lists it."""
    return {
        "id": hold.id,
        "basis": hold.basis,
        "evidence": hold.evidence,
        "source": hold.scope.source,
        "container": hold.scope.container,
        "until": hold.ends.isoformat() if hold.ends else None,
    }


def skip_body(skip: Skip) -> dict[str, Any]:
    """Something that could not be judged or planned."""
    return {
        "source": skip.source,
        "container": skip.container,
        "member": list(skip.member),
        "code": str(skip.code),
        "reason": skip.reason,
    }


def notes(steps: Iterable[Step]) -> list[str]:
    """What the approver should know, a sentence each, step by step."""
    return [note for step in steps for note in _step_notes(step)]


def kept_notes(steps: Iterable[Step], kept: Iterable[dict[str, Any]]) -> list[str]:
    """What the verdicts say of rows that a step takes or a minimum keeps, each sentence once with the places it is true of."""
    planned = {(step.source, step.container.path, step.rule.id) for step in steps}
    places: dict[str, list[str]] = defaultdict(list)
    for line in kept:
        if line["rows_exempt"] or (line["source"], line["container"], line["rule"]) in planned:
            for note in line["notes"]:
                place = f"{line['source']}:{line['container']} by {line['rule']}"
                if place not in places[note]:
                    places[note].append(place)
    return [f"{', '.join(found)}: {note}" for note, found in places.items()]


def _step_notes(step: Step) -> Iterator[str]:
    begin = f"step {step.order}, {step.place}:"
    if step.blocked:
        children = sorted({link.reference.child.path for link in step.links if not link.released})
        yield f"{begin} {step.blocked:,} rows are due and stay, because rows that stay refer to them (in {', '.join(children)})"
    if step.breaks:
        columns = ", ".join(change.column for change in step.judgment.changes)
        yield f"{begin} {columns} becomes null in due rows, also in those that then stay for another reason"
    for child, rows in sorted(step.children.items()):
        yield f"{begin} the database itself removes or changes {rows:,} rows of {child}, which was released"
    if step.triggers and step.rows:
        yield f"{begin} fires {', '.join(step.triggers)}, which was allowed; what it does is not counted here"
    if step.key_proved:
        yield f"{begin} no constraint keeps {', '.join(step.key)} unique; the data did when the plan was made"


def totals(steps: Sequence[Step], kept: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Counts over the whole plan; rows that two steps change count twice."""
    real = [step for step in steps if not step.breaks]
    return {
        "steps": len(steps),
        "containers": len({step.place for step in steps}),
        "rows": sum(step.rows for step in real),
        "deleted": sum(step.rows for step in real if step.action == "delete"),
        "anonymized": sum(step.rows for step in real if step.action == "anonymize"),
        "unlinked": sum(step.rows for step in steps if step.breaks),
        "blocked": sum(step.blocked for step in real),
        "exempt": sum(line["rows_exempt"] for line in kept),
        "on_hold": sum(line["rows_on_hold"] for line in kept),
        "undated": sum(line["rows_undated"] for line in kept),
    }
