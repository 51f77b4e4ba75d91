"""How a promise stands, and where that shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.rulepack import Promise
    from piiscan.rulepack.promises import CheckKind

Status = Literal["breach", "unknown", "not_checked", "kept", "not_applicable"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
"""The more somebody has to look at it, the earlier: a promise of several parts stands as its first in this order."""


@dataclass(frozen=True, slots=True)
class Where:
    """One place that speaks for an outcome; what is not said of it is None or empty."""

    source: str = ""
    """Empty: no source, but what the configuration says (``note``)."""
    container: str | None = None
    member: tuple[str, ...] = ()
    column: str | None = None
    data_types: tuple[str, ...] = ()
    since: date | None = None
    """The night it was first found (UTC)."""
    records: int | None = None
    owner: str | None = None
    note: str = ""
    """What about it, in words; names of places stand in the fields only."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one check."""

    status: Status
    message: str
    where: tuple[Where, ...] = ()
    """The places that decide."""
    doubtful: tuple[Where, ...] = ()
    """Beside those of a breach, places that a person must judge."""


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """How a promise stands, and what came of each of its checks."""

    promise: Promise
    parts: tuple[tuple[CheckKind, Outcome], ...]

    @property
    def status(self) -> Status:
        """That of the part that asks most for somebody's attention."""
        return min((part.status for _, part in self.parts), key=STATUSES.index)

    @property
    def message(self) -> str:
        """What the parts say, those that decide first."""
        ordered = sorted((part for _, part in self.parts), key=lambda part: STATUSES.index(part.status))
        return " ".join(part.message for part in ordered if part.message)

    @property
    def where(self) -> tuple[Where, ...]:
        """The places of the parts that decide."""
        return tuple(place for _, part in self.parts if part.status == self.status for place in part.where)

    @property
    def doubtful(self) -> tuple[Where, ...]:
        """Beside the places of a breach, those that a person must judge."""
        if self.status != "breach":
            return ()
        unsure = (part.where if part.status == "unknown" else part.doubtful for _, part in self.parts)
        return tuple(place for places in unsure for place in places)


def worst(
    breach: Sequence[Where], unknown: Sequence[Where]
) -> tuple[Status, tuple[Where, ...], tuple[Where, ...]] | None:
    """Breach with its places and the doubtful ones, else unknown with its own; None where there are neither."""
    if breach:
        return "breach", tuple(breach), tuple(unknown)
    return ("unknown", tuple(unknown), ()) if unknown else None


def several(number: int, what: str) -> str:
    """``1 place``, ``2 places``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
