"""Deletion one can sign: plans, approvals, carrying them out, evidence, proof."""

from __future__ import annotations

from piiscan.deletion.applying import Outcome, apply, rehearse
from piiscan.deletion.approval import Approval, new_private_key, public_text, read_approval, read_private_key, sign
from piiscan.deletion.chain import Chain, read_chain
from piiscan.deletion.evidence import Evidence
from piiscan.deletion.evidence import public_key as evidence_key
from piiscan.deletion.folder import APPROVAL, EVIDENCE, HEAD, PLAN, SQL, VERIFICATION, PlanFolder, json_text
from piiscan.deletion.halting import Halt
from piiscan.deletion.plan import Limits, Plan, Step
from piiscan.deletion.planning import make_plan
from piiscan.deletion.preflight import Order, authorised, check_age, check_confirmed
from piiscan.deletion.progress import Counts, Done
from piiscan.deletion.request import PlanRequest
from piiscan.deletion.told import Told
from piiscan.deletion.verifying import (
    Finding,
    Proof,
    StepProof,
    check_folder,
    read_verification,
    record_verification,
    verify,
)

__all__ = [
    "APPROVAL", "EVIDENCE", "HEAD", "PLAN", "SQL", "VERIFICATION", "Approval", "Chain", "Counts", "Done", "Evidence", "Finding", "Halt", "Limits",
    "Order", "Outcome", "Plan", "PlanFolder", "PlanRequest", "Proof", "Step", "StepProof", "Told", "apply", "authorised", "check_age", "check_confirmed",
    "check_folder", "evidence_key", "json_text", "make_plan", "new_private_key", "public_text", "read_approval", "read_chain", "read_private_key", "read_verification",
    "record_verification", "rehearse", "sign", "verify",
]  # fmt: skip
