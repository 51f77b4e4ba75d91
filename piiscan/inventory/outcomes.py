"""What a unit's result proves, part by part: decided here without a database.

A unit is what a listing yields: a table, a view, or a file with all its members. Its parts are the container itself and
every member the result speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.inventory.records import MISS, ContainerStatus, IgnoredCount, clean_all
from piiscan.model import Container, Coverage, Scanned, UnitResult

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Member = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one run learnt about a container or a member."""

    status: ContainerStatus
    container: Container | None
    """None for a member that is known by its skip only."""
    coverage: Coverage | None
    scanned: Scanned | None = None
    fingerprint: str | None = None
    """Set where equal content need not be read again."""


def parts(result: UnitResult, tolerate: Collection[str]) -> dict[Member, Part]:
    """Every part of the unit with its status; the unit itself is always there and is partial when anything in it is."""
    skipped = {clean_all(skip.member) for skip in result.skips}
    found = {member: Part("skipped", None, None) for member in skipped}
    for scanned in result.scanned:
        member = clean_all(scanned.container.member)
        status: ContainerStatus = "partial" if scanned.coverage == "partial" or member in skipped else "scanned"
        found[member] = Part(status, scanned.container, scanned.coverage, scanned)
    return found | {(): _root(result, found, tolerate)}


def _root(result: UnitResult, found: Mapping[Member, Part], tolerate: Collection[str]) -> Part:
    if not result.scanned:
        return Part("skipped", result.container, None)
    own = found.get(())
    coverages = {part.coverage for part in found.values()}
    missing = bool(result.skips) or "partial" in coverages
    coverage: Coverage = "partial" if missing else "sample" if "sample" in coverages else "full"
    if own is not None and own.coverage is not None:
        coverage = own.coverage
    container = own.container if own is not None and own.container is not None else result.container
    return Part(
        status="partial" if missing else "scanned",
        container=container,
        coverage=coverage,
        scanned=own.scanned
        if own is not None and own.scanned is not None
        else _shell(result.container, missing=missing),
        fingerprint=result.container.fingerprint if is_whole(result, tolerate) else None,
    )


def _shell(container: Container, *, missing: bool) -> Scanned:
    """A unit that is nothing but its members: read, and empty itself, so that what it held as a plain file ends."""
    return Scanned(container, "partial" if missing else "full", rows_seen=0, cells=0, bytes=0)


def is_whole(result: UnitResult, tolerate: Collection[str]) -> bool:
    """Whether everything in the unit was read as planned, but for skips the firm tolerates."""
    said = bool(result.scanned or result.skips)
    tolerated = all(skip.code in tolerate for skip in result.skips)
    return said and tolerated and all(scanned.coverage != "partial" for scanned in result.scanned)


def is_gone(member: Member, result: UnitResult) -> bool:
    """Whether a member the result does not speak of has vanished: nothing that could hold it was left unread."""
    if not result.scanned:
        return False
    unread = [clean_all(skip.member) for skip in result.skips]
    unread += [clean_all(scanned.container.member) for scanned in result.scanned if scanned.coverage == "partial"]
    return not any(member[: len(place)] == place for place in unread)


def ignored(scanned: Scanned | None) -> tuple[IgnoredCount, ...]:
    """What the ignore list left out of a container, by entry."""
    left_out = scanned.ignored if scanned is not None else ()
    return tuple(
        IgnoredCount(
            entry,
            sum(each.whole for each in left_out if each.entry == entry),
            sum(each.findings for each in left_out if each.entry == entry),
        )
        for entry in sorted({each.entry for each in left_out})
    )


def is_ended(column: str | None, matched: int, rows_before: int, scanned: Scanned) -> bool:
    """Whether a holding that a reading did not find again is no longer there.

    A full read proves it. A sample proves it when the column is gone, when no value had been evidence, or when
    so many values had that a sample of this size would have shown one with 95 %: the expected number, share before times
    rows now, is 3 or more (1 - 0.05 ** (1/n) is about 3/n). A partial read proves nothing.
    """
    if scanned.coverage != "sample":
        return scanned.coverage == "full"
    names = {known.name for known in scanned.container.columns}
    if matched == 0 or (column is not None and names and column not in names):
        return True
    share = min(1.0, matched / max(rows_before, 1))
    return bool((1.0 - share) ** scanned.rows_seen <= MISS)
