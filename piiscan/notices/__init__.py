"""What a published notice promises, held against what is held: promise by promise, kept, broken or unknown, with the places."""

from __future__ import annotations

from piiscan.notices.checking import NoticeCheck, check_notice
from piiscan.notices.outcome import Outcome, PromiseOutcome, Status, Where

__all__ = ["NoticeCheck", "Outcome", "PromiseOutcome", "Status", "Where", "check_notice"]
