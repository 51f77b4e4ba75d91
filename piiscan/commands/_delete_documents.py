"""The documents of the delete commands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion import (
    read_approval,
)
from piiscan.model import Cell, Document, Section
from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from piiscan.deletion import PlanFolder

_HEAD: Final = ("schema_version", "tool", "generated_at", "outcome", "document")
_NONE: Final = "Nothing is due."
SHOWN: Final = 50
"""Lines of what is kept that a table shows; JSON has all of them."""


def plan_document(found: Mapping[str, Any], folder: Path) -> Document:
    """The document of ``delete plan``: the same as its ``plan.json``."""
    outcome = found["outcome"]
    steps = found["steps"]
    follow = f"It lies in {folder}. Read plan.sql there; then somebody else approves it: piiscan delete approve {folder} --key FILE"
    return Document(
        "delete.plan",
        "Deletion plan",
        {key: value for key, value in found.items() if key not in _HEAD},
        tuple(_plan_sections(found)),
        (*_plan_lead(found), follow if steps else _NONE),
        flat=_flat_steps(steps),
        generated_at=datetime.fromisoformat(found["generated_at"]),
        exit_code=outcome["exit_code"],
        reasons=tuple(outcome["reasons"]),
    )


def show_document(folder: PlanFolder) -> Document:
    """The document of ``delete show``. Raises RefusedError where the plan or its approval was changed."""
    found = folder.document()
    approval = read_approval(folder, found)
    state = "carried out or begun" if folder.has_evidence() else "approved" if approval else "not approved"
    body = {key: value for key, value in found.items() if key not in _HEAD}
    told = approval.body() if approval else None
    who = f"Approved by {approval.approver} on {approval.approved_at}." if approval else "Not approved yet."
    return Document(
        "delete.show",
        "Deletion plan",
        {**body, "state": state.replace(" ", "_"), "approval": told, "made_at": found["generated_at"]},
        tuple(_plan_sections(found)),
        (*_plan_lead(found), f"{who} State: {state}."),
        flat=_flat_steps(found["steps"]),
    )


def keygen_document(name: str, public: str, path: Path) -> Document:
    """The document of ``delete keygen``."""
    line = f'{_quoted(name)} = "{public}"'
    return Document(
        "delete.keygen",
        "Approver's key",
        {"name": name, "public_key": public, "line": line, "file": str(path)},
        (Section("", ("under [security] approvers",), ((line,),)),),
        (
            f"The private key lies in {path}: give it to nobody. The line below goes into piiscan.toml, and is no secret.",
        ),
    )


def approve_document(body: Mapping[str, Any], path: Path) -> Document:
    """The document of ``delete approve``."""
    lead = f"{body['approver']} approved plan {body['plan_id']}; the signature lies in {path}."
    section = Section("", ("plan", "approver", "at"), ((body["plan_id"], body["approver"], body["approved_at"]),))
    return Document("delete.approve", "Approval", dict(body), (section,), (lead,))


def _plan_lead(found: Mapping[str, Any]) -> Iterator[str]:
    totals = found["totals"]
    yield f"Plan {found['plan_id']}, as of {found['as_of']}, by {found['author']}."
    if found["minors"] is not None:
        yield f"It is about persons under {found['minors']}, and what refers to their rows: not about the schedule."
    if found["steps"]:
        yield (
            f"{number_of(totals['deleted'], 'row')} to delete, {totals['anonymized']:,} to anonymize, in {number_of(totals['containers'], 'place')}; "
            f"kept: {totals['exempt']:,} exempt, {totals['on_hold']:,} on hold, {totals['undated']:,} undated, {totals['blocked']:,} because others refer to them."
        )
    if found["skips"]:
        yield f"{number_of(len(found['skips']), 'place')} could not be judged: the plan says nothing of them."


def _plan_sections(found: Mapping[str, Any]) -> Iterator[Section]:
    if found["steps"]:
        yield _steps_section(found["steps"])
    kept = [each for each in found["kept"] if each["rows_exempt"] or each["rows_on_hold"] or each["rows_undated"]]
    if kept:
        titles = ("place", "rule", "overdue", "exempt", "by", "on hold", "undated")
        more = f"First {SHOWN} of {len(kept):,}; JSON has all." if len(kept) > SHOWN else ""
        yield Section("What stays, and why", titles, tuple(_kept_row(each) for each in kept[:SHOWN]), more)
    if found["holds"]:
        holds = tuple(
            (each["id"], each["basis"], each["evidence"], _place(each), each["until"] or "until released")
            for each in found["holds"]
        )
        yield Section("Holds", ("id", "basis", "evidence", "scope", "until"), holds)
    for title, texts in (("Notes", found["notes"]), ("Told", _told(found["told"]))):
        if texts:
            yield Section(title, (), (), "\n".join(texts))
    if found["left_out"]:
        left = tuple((_place(each), each["rule"], each["rows"]) for each in found["left_out"])
        yield Section("Left out as told", ("place", "rule", "rows due"), left)
    if found["skips"]:
        skipped = tuple((each["source"], each["container"], each["code"], each["reason"]) for each in found["skips"])
        more = f"First {SHOWN} of {len(skipped):,}; JSON has all." if len(skipped) > SHOWN else ""
        yield Section("Not judged", ("source", "container", "code", "reason"), skipped[:SHOWN], more)


def _steps_section(steps: Sequence[Mapping[str, Any]]) -> Section:
    titles = ("step", "place", "action", "rule", "rows", "of", "blocked", "on hold", "exempt")
    rows = tuple(
        (
            str(each["order"]), _place(each), _action(each), each["rule"]["id"], each["rows"], each["rows_total"], each["blocked"],
            each["on_hold"], sum(item["rows"] for item in each["exempt"]),
        )
        for each in steps
    )  # fmt: skip
    return Section("Steps", titles, rows)


def _place(each: Mapping[str, Any]) -> str:
    return f"{each['source']}:{each['container']}"


def _kept_row(line: Mapping[str, Any]) -> tuple[Cell, ...]:
    place = f"{line['source']}:{line['container']}" + (f" ({line['owner']})" if line["owner"] else "")
    by = tuple(
        f"{each['exception']} {each['rows']:,}" + (f" until {each['until']}" if each["until"] else "")
        for each in line["exempt"]
        if each["rows"]
    )
    return (
        place,
        line["rule"],
        line["rows_overdue"],
        line["rows_exempt"],
        by,
        line["rows_on_hold"],
        line["rows_undated"],
    )


def _told(told: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"--{name} {value}" for name, values in sorted(told.items()) for value in values]


def _action(step: Mapping[str, Any]) -> str:
    return "empty foreign key" if step["breaks"] else str(step["action"])


def _flat_steps(steps: Sequence[Mapping[str, Any]]) -> Section:
    titles = (
        "order",
        "source",
        "container",
        "action",
        "rule",
        "rows",
        "rows_total",
        "blocked",
        "on_hold",
        "exempt",
        "predicate",
    )
    rows = tuple(
        (
            each["order"], each["source"], each["container"], each["action"], each["rule"]["id"], each["rows"], each["rows_total"],
            each["blocked"], each["on_hold"], sum(item["rows"] for item in each["exempt"]), each["predicate"],
        )
        for each in steps
    )  # fmt: skip
    return Section("Steps", titles, rows)


def _quoted(name: str) -> str:
    """The name as a key of TOML."""
    return (
        name
        if name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
