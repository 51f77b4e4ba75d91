"""What is asked of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from piiscan.deletion.plan import Limits
    from piiscan.deletion.told import Told


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The day, who makes it, what it may not exceed, and what it is told of obstacles."""

    as_of: date
    author: str
    limits: Limits
    chunk_rows: int
    told: Told
    sources: tuple[str, ...] = ()
    """Empty: all of the configuration."""
    rule: str | None = None
    request: int | None = None
    """The consumer's request that it answers."""
    minors: int | None = None
    """The age under which persons' rows go."""

    @property
    def against(self) -> Literal["schedule", "request"]:
        """What excuses and exceptions speak against."""
        return "schedule" if self.request is None and self.minors is None else "request"
