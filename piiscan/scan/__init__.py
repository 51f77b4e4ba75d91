"""The scan: the driver, its workers, its units."""

from __future__ import annotations

from piiscan.scan.driver import incomplete, run_scan
from piiscan.scan.preparation import Preparation, ScanRequest, prepare
from piiscan.scan.progress import Meter, Silent, Step

__all__ = [
    "Meter",
    "Preparation",
    "ScanRequest",
    "Silent",
    "Step",
    "incomplete",
    "prepare",
    "run_scan",
]
