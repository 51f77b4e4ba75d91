"""What a plan's folder proves: its files with their hashes, who made, approved and carried it out, what became of each step."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion import Counts, Done, evidence_key
from piiscan.deletion.verifying import check_folder, read_verification
from piiscan.errors import PiiscanError, RefusedError
from piiscan.model import Document, Section
from piiscan.report.places import Places
from piiscan.report.wording import heading, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from piiscan.config import Config
    from piiscan.deletion import PlanFolder
    from piiscan.deletion.verifying import Proof
    from piiscan.model import Secret

_EVENTS: Final = frozenset({"start", "resume", "pause", "failed", "end"})
_BLOCK: Final = 1 << 20


def evidence(folder: PlanFolder, config: Config, secret: Secret, *, redact: bool = False) -> Document:
    """The document of ``report evidence``; reads the folder and no source. Raises RefusedError where it holds no plan."""
    proof = check_folder(folder, secret)
    if not proof.document:
        raise RefusedError(
            proof.findings[0].message, hint="it was changed since it was made, or holds no finished plan"
        )
    body = _body(folder, proof, secret, Places(redact=redact))
    return Document(
        "report.evidence",
        heading(config.firm.name, "evidence of a deletion"),
        body,
        (_steps_section(body), *_run_sections(body), *_finding_sections(body), _files_section(body)),
        tuple(_lead(body)),
        flat=_flat(body),
        reasons=proof.reasons,
    )


def _body(folder: PlanFolder, proof: Proof, secret: Secret, places: Places) -> dict[str, Any]:
    plan = proof.document
    records = proof.chain.records if proof.chain else ()
    counts = Done().take(records).steps
    findings = [{"code": each.code, "message": each.message} for each in proof.findings]
    return {
        "plan_id": plan["plan_id"],
        "as_of": plan["as_of"],
        "author": plan["author"],
        "made_at": plan["generated_at"],
        "approval": proof.approval.body() if proof.approval else None,
        "public_key": evidence_key(secret),
        "runs": [_run(record, redact=places.redact) for record in records if record["event"] in _EVENTS],
        "finished": proof.chain is not None and proof.chain.ended,
        "intact": not any(each.code in ("plan", "approval", "evidence", "unsigned") for each in proof.findings),
        "findings": findings,
        "steps": [_step(each, counts.get(each["order"], Counts()), places) for each in plan["steps"]],
        "verification": _verification(folder, secret, findings),
        "files": list(_files(folder.path)),
    }


def _run(record: Mapping[str, Any], *, redact: bool) -> dict[str, Any]:
    """One event; why a source failed may name columns."""
    return {
        "at": record["at"],
        "event": record["event"],
        "by": record.get("by"),
        "told": record.get("why") or record.get("code" if redact else "reason"),
    }


def _step(step: Mapping[str, Any], counts: Counts, places: Places) -> dict[str, Any]:
    return {
        "step": step["order"],
        "source": step["source"],
        "container": places.container(step["source"], step["container"]),
        "action": step["action"],
        "rule": step["rule"]["id"],
        "citation": step["rule"]["citation"],
        "planned": step["rows"],
        **counts.body(),
        "on_hold": step["on_hold"],
        "blocked": step["blocked"],
        "exempt": step["exempt"],
    }


def _verification(folder: PlanFolder, secret: Secret, findings: list[dict[str, str]]) -> dict[str, Any] | None:
    """What was last proved; one that was changed is a finding."""
    try:
        found = read_verification(folder, secret)
    except RefusedError as error:
        findings.append({"code": "verification", "message": error.message})
        return None
    if found is None:
        return None
    return {"at": found["generated_at"], "proved": found["proved"], "reasons": found["outcome"]["reasons"]}


def _files(path: Path) -> Iterator[dict[str, Any]]:
    """Every file of the folder, by name. Raises PiiscanError."""
    for file in sorted(path.iterdir()):
        try:
            digest = hashlib.sha256()
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise PiiscanError(f"{file}: {os.strerror(error.errno or 0)}") from None
        yield {"name": file.name, "size_bytes": file.stat().st_size, "sha256": digest.hexdigest()}


def _lead(body: Mapping[str, Any]) -> Iterator[str]:
    yield f"Plan {body['plan_id']}, as of {body['as_of']}, made by {body['author']} at {body['made_at']}."
    approval = body["approval"]
    yield f"Approved by {approval['approver']} at {approval['approved_at']}." if approval else "Not approved."
    removed = sum(step["removed"] for step in body["steps"])
    planned = sum(step["planned"] for step in body["steps"])
    state = "carried out to its end" if body["finished"] else "not carried out to its end"
    yield f"{state.capitalize()}: {removed:,} of {number_of(planned, 'row')} removed or changed."
    yield "The evidence is intact." if body["intact"] else "The evidence is not intact: see below."
    proved = body["verification"]
    if proved is None:
        yield "Not verified yet: piiscan delete verify looks for every key once more."
    else:
        yield f"Verified at {proved['at']}: {'proved' if proved['proved'] else 'not proved'}."


def _steps_section(body: Mapping[str, Any]) -> Section:
    titles = (
        "step",
        "place",
        "action",
        "rule",
        "planned",
        "removed",
        "drifted",
        "held",
        "on hold",
        "blocked",
        "exempt",
    )
    rows = tuple(
        (
            str(each["step"]), f"{each['source']}:{each['container']}", each["action"], each["rule"], each["planned"], each["removed"],
            each["changed"] + each["gone"], each["held"], each["on_hold"], each["blocked"], sum(item["rows"] for item in each["exempt"]),
        )
        for each in body["steps"]
    )  # fmt: skip
    note = "drifted: changed or gone since the plan, left alone. on hold, blocked, exempt: due by the rule and kept, when the plan was made."
    return Section("Steps", titles, rows, note) if rows else Section("Steps", (), (), "None: nothing was due.")


def _run_sections(body: Mapping[str, Any]) -> Iterator[Section]:
    if body["runs"]:
        rows = tuple((each["at"], each["event"], each["by"], each["told"]) for each in body["runs"])
        yield Section("Carried out", ("at", "what", "by", "told"), rows)


def _finding_sections(body: Mapping[str, Any]) -> Iterator[Section]:
    if body["findings"]:
        rows = tuple((each["code"], each["message"]) for each in body["findings"])
        yield Section("Speaks against it", ("what", "in words"), rows)


def _files_section(body: Mapping[str, Any]) -> Section:
    rows = tuple((each["name"], each["size_bytes"], each["sha256"]) for each in body["files"])
    note = f"Signatures of the evidence are by the firm's key {body['public_key']}."
    return Section("Files", ("name", "bytes", "sha256"), rows, note)


def _flat(body: Mapping[str, Any]) -> Section:
    """One row a step."""
    names = (
        "step",
        "source",
        "container",
        "action",
        "rule",
        "citation",
        "planned",
        "removed",
        "changed",
        "gone",
        "held",
        "on_hold",
        "blocked",
    )
    rows = tuple(
        (body["plan_id"], *(each[name] for name in names), sum(item["rows"] for item in each["exempt"]))
        for each in body["steps"]
    )
    return Section("Steps", ("plan_id", *names, "exempt"), rows)
