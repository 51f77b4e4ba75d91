"""The documents of carrying a plan out, and of proving that it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion import Counts, Done, Evidence, read_chain
from piiscan.errors import ExitCode
from piiscan.model import Cell, Document, Section
from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from piiscan.deletion import PlanFolder, Step
    from piiscan.deletion.applying import Outcome
    from piiscan.deletion.preflight import Order
    from piiscan.deletion.verifying import Proof
    from piiscan.model import Secret, Skip, SkipCode

_PROOF_NOTE: Final = "present: removed, and there again. left: left alone, and still there. due_now: due by the same step, and not in the plan."


def finished_document(folder: PlanFolder, secret: Secret) -> Document | None:
    """The document of ``delete apply`` for a plan that was carried out to its end; None for any other.

    The last record is signed where a power cut came between the two.
    """
    found = folder.document()
    chain = read_chain(folder, found["plan_id"], secret)
    if chain is None or not chain.ended:
        return None
    folder.check_seal(found, secret)
    _sign_late(folder, found["plan_id"], secret)
    counts = Done().take(chain.records).steps
    rows = [_outcome_row(step, counts[step["order"]]) for step in found["steps"]]
    lead = f"Plan {found['plan_id']} was carried out on {chain.records[-1]['at']}: nothing was changed now."
    return _apply_document(found["plan_id"], rows, lead, executed=False, finished=True, why=None)


def _sign_late(folder: PlanFolder, plan_id: str, secret: Secret) -> None:
    with Evidence(folder, plan_id, secret) as evidence:
        if not evidence.signed:
            evidence.sign()


def apply_document(order: Order, outcome: Outcome, *, executed: bool) -> Document:
    """The document of ``delete apply``."""
    counts = outcome.steps
    rows = [_outcome_row(_named(step), counts.get(step.order, Counts())) for step in order.plan.steps]
    planned = sum(row["planned"] for row in rows)
    if not executed:
        lead = f"Plan {order.plan_id} could be carried out: {number_of(planned, 'row')}. Nothing was changed; --execute --confirm {order.plan_id} does it."
    else:
        removed = sum(row["removed"] for row in rows)
        end = "" if outcome.finished else f" Stopped: {outcome.why}; the same command goes on from here."
        lead = f"Plan {order.plan_id}: {removed:,} of {number_of(planned, 'row')} removed or changed.{end}"
    stopped = [{"step": step, "by": list(ids)} for step, ids in sorted(outcome.stopped_by.items())]
    return _apply_document(
        order.plan_id, rows, lead, executed=executed, finished=outcome.finished, why=outcome.why, stopped=stopped
    )


def _apply_document(
    plan_id: str,
    rows: Sequence[dict[str, Any]],
    lead: str,
    *,
    executed: bool,
    finished: bool,
    why: str | None,
    stopped: Sequence[dict[str, Any]] = (),
) -> Document:
    drifted = sum(row["changed"] + row["gone"] + row["held"] for row in rows)
    unfinished = executed and not finished
    reasons = (*(("unfinished",) if unfinished else ()), *(("drifted",) if drifted else ()))
    told = [lead]
    if drifted:
        told.append(
            f"{number_of(drifted, 'row')} left alone: changed since the plan, gone, or held. They are not in it any more."
        )
    told += [
        f"Step {each['step']}: {', '.join(each['by'])} came after the plan; the rows it reaches stay."
        for each in stopped
    ]
    titles = ("step", "place", "action", "planned", "removed", "changed", "gone", "held")
    section = (
        Section("Steps", titles, tuple(_cells(row, *titles[3:]) for row in rows))
        if rows
        else Section("", (), (), "The plan has no steps.")
    )
    body = {
        "plan_id": plan_id,
        "executed": executed,
        "finished": finished,
        "why": why,
        "steps": list(rows),
        "stopped_by": list(stopped),
    }
    return Document(
        "delete.apply",
        "Deletion",
        body,
        (section,),
        tuple(told),
        flat=_flat(rows),
        exit_code=int(ExitCode.INCOMPLETE) if unfinished else 0,
        reasons=reasons,
    )


def _named(step: Step) -> dict[str, Any]:
    """What of a step an outcome repeats."""
    return {
        "order": step.order,
        "source": step.source,
        "container": step.container.path,
        "action": step.action,
        "rows": step.rows,
    }


def _outcome_row(step: Mapping[str, Any], counts: Counts) -> dict[str, Any]:
    return {
        "step": step["order"],
        "source": step["source"],
        "container": step["container"],
        "action": step["action"],
        "planned": step["rows"],
        **counts.body(),
    }


def verify_document(proof: Proof, tolerate: Collection[SkipCode], *, exit_zero: bool) -> Document:
    """The document of ``delete verify``."""
    intolerable = [skip for skip in proof.skips if skip.code not in tolerate]
    code = ExitCode.INCOMPLETE if intolerable else ExitCode.FOUND if proof.findings and not exit_zero else ExitCode.OK
    rows = [
        {
            **_outcome_row(_named(each.step), each.counts),
            "checked": each.checked,
            "present": each.present,
            "left": each.left,
            "due_now": each.due_now,
        }
        for each in proof.steps
    ]
    body = {
        "plan_id": proof.plan_id,
        "proved": not proof.findings and not proof.skips,
        "findings": [{"code": each.code, "message": each.message} for each in proof.findings],
        "approval": proof.approval.body() if proof.approval else None,
        "records": len(proof.chain.records) if proof.chain else 0,
        "steps": rows,
        "skips": [_skip_body(skip) for skip in proof.skips],
    }
    return Document(
        "delete.verify",
        "Proof of deletion",
        body,
        tuple(_verify_sections(proof, rows)),
        (_verify_lead(proof),),
        flat=_flat(rows),
        exit_code=int(code),
        reasons=tuple(reason for reason in proof.reasons if reason != "incomplete" or intolerable),
    )


def _verify_sections(proof: Proof, rows: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    if proof.findings:
        told = tuple((each.code, each.message) for each in proof.findings)
        yield Section("Speaks against it", ("what", "in words"), told)
    if rows:
        titles = ("step", "place", "action", "planned", "removed", "present", "left", "due_now")
        yield Section("Rows", titles, tuple(_cells(row, *titles[3:]) for row in rows), note=_PROOF_NOTE)
    if proof.skips:
        skipped = tuple((each.source, each.container, str(each.code), each.reason) for each in proof.skips)
        yield Section("Not read", ("source", "container", "code", "reason"), skipped)


def _skip_body(skip: Skip) -> dict[str, Any]:
    return {
        "source": skip.source,
        "container": skip.container,
        "member": list(skip.member),
        "code": str(skip.code),
        "reason": skip.reason,
    }


def _verify_lead(proof: Proof) -> str:
    removed = sum(each.counts.taken for each in proof.steps)
    if proof.findings or proof.skips:
        return (
            f"Not proved: {number_of(len(proof.findings), 'finding')}, {number_of(len(proof.skips), 'place')} not read."
        )
    later = sum(each.due_now or 0 for each in proof.steps)
    more = f" {number_of(later, 'row')} became due since: plan again." if later else ""
    return f"Proved: of {number_of(removed, 'row')} that were removed or changed none is there as it was; the evidence holds.{more}"


def _cells(row: Mapping[str, Any], *names: str) -> tuple[Cell, ...]:
    return (str(row["step"]), f"{row['source']}:{row['container']}", row["action"], *(row[name] for name in names))


def _flat(rows: Sequence[Mapping[str, Any]]) -> Section:
    titles = tuple(rows[0]) if rows else ("step",)
    return Section("Steps", titles, tuple(tuple(row[title] for title in titles) for row in rows))
