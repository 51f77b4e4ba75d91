"""``plan.sql``: what a plan does, for people to read; nothing ever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.console import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.deletion.plan import Step
    from piiscan.deletion.request import PlanRequest

_HEAD = """\
-- What this plan would do, for reading. This file is never executed, by nobody and nothing:
-- piiscan delete apply removes the rows whose keys lie sealed beside it, and of those only the ones for which this is still true.
"""


def sql_text(steps: Sequence[Step], request: PlanRequest) -> str:
    """The same text for the same plan, byte for byte."""
    lines = [_HEAD, f"-- as of {request.as_of}, made by {printable(request.author)}\n"]
    if not steps:
        lines.append("\n-- Nothing is due.\n")
    for step in steps:
        what = "empty a foreign key" if step.breaks else step.action
        lines.append(
            f"\n-- step {step.order}: {what}, {printable(step.place)}, {step.rows} rows by key ({printable(', '.join(step.key))})\n"
            f"-- rule {printable(step.rule.id)}: {printable(step.rule.title)} ({printable(step.rule.citation)})\n"
        )
        lines.append("".join(f"-- {printable(line)}\n" for line in _about(step)))
        told = step.predicate.rstrip("; \n")
        lines.append(f"-- {printable(told)}\n" if step.container.kind == "file" else f"{told};\n")
    return "".join(lines)


def _about(step: Step) -> list[str]:
    found = [f"kept: {rows} rows exempt by {id_}" for id_, rows in step.exempt]
    if step.on_hold:
        found.append(f"kept: {step.on_hold} rows on hold")
    if step.blocked:
        found.append(f"kept: {step.blocked} rows that rows which stay refer to")
    return found
