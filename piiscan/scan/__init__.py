"""The scan: the driver, its workers, its units."""

from __future__ import annotations

from piiscan.scan.driver import incomplete, run_scan
from piiscan.scan.preparation import Preparation, ScanRequest, connector_for, prepare, read_plan
from piiscan.scan.progress import Meter, Silent, Step

__all__ = [
    "Meter",
    "Preparation",
    "ScanRequest",
    "Silent",
    "Step",
    "connector_for",
    "incomplete",
    "prepare",
    "read_plan",
    "run_scan",
]
