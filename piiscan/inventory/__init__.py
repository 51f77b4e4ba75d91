"""The inventory store: what is held where, run by run, in one SQLite file or one PostgreSQL schema."""

from __future__ import annotations

from piiscan.inventory.justifications import Against, Justification, JustificationWriter, Renewal, Scope, SealedScope
from piiscan.inventory.records import (
    AgesRecord,
    Changed,
    ContainerRecord,
    Ended,
    HoldingRecord,
    IgnoredCount,
    Interval,
    RunDiff,
    RunRecord,
    RunSettings,
    RunSource,
    RunTotals,
)
from piiscan.inventory.requests import ConsumerRequest, Identity, RequestEvent, RequestWriter, Suppression
from piiscan.inventory.scopes import opened, sealed
from piiscan.inventory.store import Inventory
from piiscan.inventory.writer import RunWriter

__all__ = [
    "Against",
    "AgesRecord",
    "Changed",
    "ConsumerRequest",
    "ContainerRecord",
    "Ended",
    "HoldingRecord",
    "Identity",
    "IgnoredCount",
    "Interval",
    "Inventory",
    "Justification",
    "JustificationWriter",
    "Renewal",
    "RequestEvent",
    "RequestWriter",
    "RunDiff",
    "RunRecord",
    "RunSettings",
    "RunSource",
    "RunTotals",
    "RunWriter",
    "Scope",
    "SealedScope",
    "Suppression",
    "opened",
    "sealed",
]
