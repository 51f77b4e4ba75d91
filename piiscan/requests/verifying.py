"""Whether who asks is who they say: how many data points must match, and what follows where too few do (law.md 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from piiscan.errors import UsageError
from piiscan.requests.deadlines import STOPPING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from piiscan.inventory.requests import ConsumerRequest

Level = Literal["specific", "categories", "verified", "none"]
REASONABLE: Final = 2
"""Data points for a reasonable degree of certainty (11 CCR 7062(b))."""
HIGH: Final = 3
"""Data points for a reasonably high degree (7062(c))."""
_PIECES: Final = frozenset({"know_specific", "access", "portability"})
_WHOLE: Final = {"ssn_last4": "ssn"}
"""Part of a number -> the number: who matches the whole matches the part."""
_CHANGES: Final = frozenset({"delete", "correct", "erase", "rectify"})


@dataclass(frozen=True, slots=True)
class Verified:
    """What a request may get."""

    level: Level
    """``specific``: pieces; ``categories``: those alone; ``verified``: what was asked; ``none``: nobody was verified."""
    needed: int
    matched: tuple[str, ...]
    """The data types that matched together, sorted."""
    why: str


def check_verifiable(request: ConsumerRequest) -> None:
    """Raises UsageError for a request whose sender must not be verified, and for an imported list."""
    if request.kind in STOPPING:
        raise UsageError(
            f"a request {request.kind} is not verified", hint="11 CCR 7060(b): do it, and close the request"
        )
    if request.kind == "drop":
        raise UsageError("an imported list has nobody to verify", hint="its hashes were matched at the import")


def decide(
    request: ConsumerRequest,
    matched: Collection[str],
    wanted: Sequence[str],
    *,
    sensitive: bool,
    doubt: str,
    least: int = 0,
) -> Verified:
    """The outcome. ``wanted`` are types that the firm or its notice asks for, all of them; ``sensitive``: what is held of the person is.

    ``least`` is the notice's number of points. Neither lowers the law's: it is always asked for besides. ``doubt`` says why
    nothing is proved, whatever matched.
    """
    found = tuple(sorted(matched))
    pieces = request.kind in _PIECES
    needed = max(HIGH if pieces or (request.kind in _CHANGES and sensitive) else REASONABLE, least)
    if doubt:
        return Verified("none", needed, (), doubt)
    missing = [name for name in wanted if name not in found and _WHOLE.get(name) not in found]
    points = _points(found)
    if points >= needed and not missing:
        if pieces and request.regime == "ccpa" and not request.declared:
            return Verified(
                "categories", needed, found, "no declaration under penalty of perjury: categories only (11 CCR 7062(c), 7024(a))"
            )  # fmt: skip
        return Verified("specific" if pieces else "verified", needed, found, f"{points} data points match")
    if request.kind == "know_specific" and points >= max(REASONABLE, least) and not missing:
        return Verified(
            "categories", needed, found, f"{points} of {needed} data points: categories only (11 CCR 7024(a))"
        )
    less = f"not matched: {', '.join(missing)}" if missing else f"{points} of {needed} data points match"
    return Verified("none", needed, found, less)


def _points(found: Collection[str]) -> int:
    """How many data points these are: a part of a number is none beside the whole."""
    return sum(_WHOLE.get(name) not in found for name in found)
