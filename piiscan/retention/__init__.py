"""How long what is held may be kept: rules, clocks, holds and exceptions weighed into verdicts."""

from __future__ import annotations

from piiscan.retention.assessment import assess
from piiscan.retention.court import Assessment, Due
from piiscan.retention.verdicts import ClockUse, Excuse, Verdict

__all__ = ["Assessment", "ClockUse", "Due", "Excuse", "Verdict", "assess"]
