"""Deletion one can sign: plans, approvals, carrying them out, evidence, proof.

What opens sources and the store is imported from its own module: `planning`, `preflight`, `applying`, `verifying`.
"""

from __future__ import annotations

from piiscan.deletion.approval import Approval, new_private_key, public_text, read_approval, read_private_key, sign
from piiscan.deletion.chain import Chain, read_chain
from piiscan.deletion.evidence import Evidence
from piiscan.deletion.evidence import public_key as evidence_key
from piiscan.deletion.folder import APPROVAL, EVIDENCE, HEAD, PLAN, SQL, VERIFICATION, PlanFolder, json_text
from piiscan.deletion.halting import Halt
from piiscan.deletion.plan import Limits, Plan, Step, check_age
from piiscan.deletion.progress import Counts, Done
from piiscan.deletion.request import PlanRequest
from piiscan.deletion.told import Told

__all__ = [
    "APPROVAL", "EVIDENCE", "HEAD", "PLAN", "SQL", "VERIFICATION", "Approval", "Chain", "Counts", "Done", "Evidence", "Halt", "Limits", "Plan",
    "PlanFolder", "PlanRequest", "Step", "Told", "check_age", "evidence_key", "json_text", "new_private_key", "public_text", "read_approval", "read_chain",
    "read_private_key", "sign",
]  # fmt: skip
