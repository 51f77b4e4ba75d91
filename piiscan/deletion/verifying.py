"""Proving that a plan was carried out: the evidence holds, and none of what it names is there any more."""

from __future__ import annotations

import hmac
import json
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from piiscan.deletion.approval import Approval, read_approval
from piiscan.deletion.chain import Chain, check_signature, positions, read_chain
from piiscan.deletion.connecting import eraser_of, reading
from piiscan.deletion.counting import Done as Told
from piiscan.deletion.evidence import public_key
from piiscan.deletion.folder import VERIFICATION, as_json, json_text
from piiscan.deletion.identity import canonical
from piiscan.deletion.keys import portions, read_keys
from piiscan.deletion.preflight import sources_of
from piiscan.deletion.progress import Counts, Done
from piiscan.deletion.targets import Targets
from piiscan.errors import RefusedError, SourceError
from piiscan.sealing import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.config import Config
    from piiscan.deletion.folder import PlanFolder
    from piiscan.deletion.plan import Plan, Step
    from piiscan.model import Document, Secret, Skip
    from piiscan.ports import Eraser
    from piiscan.progress import Meter

T = TypeVar("T")
_RECORDED: Final = "deletion verification"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against the proof."""

    code: str
    """``plan``, ``approval``, ``evidence``, ``unsigned``, ``unfinished``, ``present``."""
    message: str


@dataclass(slots=True)
class StepProof:
    """What of one step is there."""

    step: Step
    counts: Counts
    checked: int = 0
    """Keys that were looked for."""
    present: int = 0
    """Rows that were removed by the evidence and are there."""
    left: int = 0
    """Rows that were left alone and are there: changed since the plan, or held."""
    due_now: int | None = None
    """Rows that answer the step and are not in its plan: they came after it. None = unknown."""


@dataclass(slots=True)
class Proof:
    """All that was looked at."""

    plan_id: str | None = None
    approval: Approval | None = None
    chain: Chain | None = None
    findings: list[Finding] = field(default_factory=list)
    steps: list[StepProof] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    """What could not be read."""
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes, each once, for the outcome of a document."""
        found = dict.fromkeys(finding.code for finding in self.findings)
        return (*(("incomplete",) if self.skips else ()), *found)


def verify(config: Config, folder: PlanFolder, secret: Secret, meter: Meter) -> Proof:
    """What proves, and what speaks against, that the plan was carried out; reads the sources and changes nothing."""
    proof = check_folder(folder, secret)
    try:
        plan = folder.plan(proof.document, secret) if proof.document else None
    except RefusedError as error:
        proof.findings.append(Finding("plan", error.message))
        plan = None
    if plan is not None:
        done = Done().take(proof.chain.records if proof.chain else ())
        for source in sources_of(plan):
            _look(config, folder, secret, plan, done, proof, source, meter)
    return proof


def record_verification(folder: PlanFolder, document: Document, secret: Secret) -> None:
    """Writes down in the folder what was looked at and found, under the firm's key. Raises PiiscanError."""
    dated = replace(document, generated_at=document.generated_at or datetime.now(UTC))
    body = json.loads(as_json(dated))
    folder.write(VERIFICATION, json_text({**body, "seal": digest(secret, _RECORDED, [canonical(body)])}))


def read_verification(folder: PlanFolder, secret: Secret) -> dict[str, Any] | None:
    """What `record_verification` wrote; None where nothing was verified yet. Raises RefusedError where it was changed."""
    found = folder.read(VERIFICATION)
    if found is None:
        return None
    seal = found.pop("seal", "")
    if not hmac.compare_digest(digest(secret, _RECORDED, [canonical(found)]), str(seal)):
        raise RefusedError(f"{folder.path / VERIFICATION} was changed", hint="verify again: piiscan delete verify DIR")
    return found


def check_folder(folder: PlanFolder, secret: Secret) -> Proof:
    """The part of the proof that the folder alone gives: plan, approval, chain, signature."""
    proof = Proof()

    def tried(code: str, look: Callable[[], T]) -> T | None:
        try:
            return look()
        except RefusedError as error:
            proof.findings.append(Finding(code, error.message))
            return None

    found = tried("plan", folder.document)
    if found is None:
        return proof
    proof.document, proof.plan_id = found, found["plan_id"]
    tried("plan", lambda: folder.check_seal(found, secret))
    proof.approval = tried("approval", lambda: read_approval(folder, found))
    chain = proof.chain = tried("evidence", lambda: read_chain(folder, found["plan_id"], secret))
    if chain is None or not chain.records:
        if not any(finding.code == "evidence" for finding in proof.findings):
            proof.findings.append(Finding("unfinished", "the plan was not carried out"))
        return proof
    signed = tried("evidence", lambda: check_signature(folder, chain, found["plan_id"], public_key(secret)))
    if not chain.ended:
        proof.findings.append(Finding("unfinished", "the plan was begun and not carried out to its end"))
    elif signed is False:
        proof.findings.append(Finding("unsigned", "the evidence has no signature over its last record"))
    _check_approval(proof, chain)
    return proof


def _check_approval(proof: Proof, chain: Chain) -> None:
    """What was carried out was carried out under this approval."""
    told = [record["approval"] for record in chain.records if record["event"] in ("start", "resume")]
    if proof.approval is None:
        if not any(finding.code == "approval" for finding in proof.findings):
            proof.findings.append(Finding("approval", "the approval is missing"))
    elif told and told[-1] != proof.approval.body():
        proof.findings.append(Finding("approval", "the approval is another one than the plan was carried out under"))


def _look(
    config: Config,
    folder: PlanFolder,
    secret: Secret,
    plan: Plan,
    done: Done,
    proof: Proof,
    source: str,
    meter: Meter,
) -> None:
    """Looks for the keys of every step of a source. What cannot be read is a skip of the proof."""
    targets = Targets(plan.as_of)
    for step in plan.steps:
        targets.add(step)
    with closing(reading(config, source)) as connector:
        eraser = eraser_of(connector, source)
        meter.start(source)
        for step in (each for each in plan.steps if each.source == source):
            meter.found(source)
            found = StepProof(step, done.steps[step.order])
            proof.steps.append(found)
            try:
                _look_for(folder, secret, plan, done, found, eraser, targets)
            except SourceError as error:
                proof.skips.append(error.skip(source, container=step.container.path))
            if found.present:
                message = f"step {step.order}: {found.present:,} rows that were removed from {step.place} are there"
                proof.findings.append(Finding("present", message))
            meter.add(source, Told(1, found.checked))
        meter.listed(source)


def _look_for(
    folder: PlanFolder, secret: Secret, plan: Plan, done: Done, found: StepProof, eraser: Eraser, targets: Targets
) -> None:
    step = found.step
    target = targets.planned(step.order)
    keys = read_keys(secret, step.order, folder.path / step.keys_file)
    for chunk, portion in enumerate(portions(keys, plan.chunk_rows), 1):
        there = set(eraser.remaining(target, portion))
        record = done.chunks.get((step.order, chunk))
        taken = set(positions(record["taken"])) if record else set()
        taken |= done.parts.get((step.order, chunk), set())
        found.checked += len(portion)
        found.present += len(there & taken)
        found.left += len(there - taken)
    if step.container.kind != "file" and not step.breaks:
        found.due_now = eraser.reach(target).rows
