"""What was read, in part, by sample, or not at all: the block every report opens with."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.config import Config
    from piiscan.inventory import ContainerRecord, Inventory, RunRecord
    from piiscan.model import Skip

Status = Literal["scanned", "partial", "skipped"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A table, a view, or a file with all its members, and how its last reading went."""

    source: str
    container: str
    status: Status
    sampled: bool

    @property
    def member(self) -> tuple[str, ...]:
        """Always empty: a unit is no member."""
        return ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the inventory says about what was and was not read."""

    sources: tuple[str, ...]
    """Of the configuration and of the inventory, in alphabetical order."""
    containers: tuple[ContainerRecord, ...]
    units: tuple[Unit, ...]
    skips: tuple[Skip, ...]
    """Of each source's latest run."""
    runs: tuple[RunRecord, ...]
    """The latest run of each source, without repetition, in order."""
    never_read: tuple[str, ...]
    """Sources of the configuration that no run has read anything of."""
    forgotten: tuple[str, ...]
    """Sources of the inventory that the configuration no longer has."""

    @property
    def latest(self) -> RunRecord | None:
        """The last run of all."""
        return self.runs[-1] if self.runs else None

    @property
    def unreached(self) -> tuple[str, ...]:
        """Sources whose latest run could not read them, or not to their end."""
        return tuple(sorted({skip.source for skip in self.skips if skip.container is None}))

    @property
    def incomplete(self) -> bool:
        """Whether a run ended before everything was read, or a source was never read."""
        return bool(self.never_read or self.unreached) or any(run.status != "complete" for run in self.runs)

    @property
    def bound(self) -> float | None:
        """The largest share of a sampled table's rows that could hold an unseen hit, with 95 %; None without samples."""
        return max(
            (record.bound for record in self.containers if record.coverage == "sample" and record.bound is not None),
            default=None,
        )

    def counts(self, source: str | None = None) -> dict[str, int]:
        """How many units were read how, of one source or of all; ``sampled`` is a part of ``scanned``."""
        units = [unit for unit in self.units if source in (None, unit.source)]
        statuses = Counter(unit.status for unit in units)
        return {
            "containers": len(units),
            "scanned": statuses["scanned"],
            "partial": statuses["partial"],
            "skipped": statuses["skipped"],
            "sampled": sum(unit.sampled for unit in units),
        }

    def codes(self, source: str | None = None) -> dict[str, int]:
        """How often each skip code occurs, in one source or in all, in alphabetical order."""
        return dict(sorted(Counter(str(skip.code) for skip in self.skips if source in (None, skip.source)).items()))


def read_coverage(inventory: Inventory, config: Config) -> Reading:
    """What the inventory's latest runs have read of the configured sources, and of those it still remembers."""
    latest = _latest_runs(inventory)
    skips = [skip for source, run in latest.items() for skip in inventory.skips(run.run_id) if skip.source == source]
    containers = tuple(inventory.containers())
    read = {record.source for record in containers}
    known = set(config.sources)
    runs = {run.run_id: run for run in latest.values()}
    return Reading(
        sources=tuple(sorted(known | read)),
        containers=containers,
        units=tuple(_units(containers, skips)),
        skips=tuple(sorted(skips, key=_order)),
        runs=tuple(runs[number] for number in sorted(runs)),
        never_read=tuple(sorted(known - read - _finished(latest))),
        forgotten=tuple(sorted(read - known)),
    )


def _latest_runs(inventory: Inventory) -> dict[str, RunRecord]:
    """The latest run that read each source."""
    runs = sorted(inventory.runs(), key=lambda run: run.run_id)
    return dict(sorted({source.name: run for run in runs for source in run.sources}.items()))


def _finished(latest: dict[str, RunRecord]) -> set[str]:
    """Sources whose latest run read all there was, be it nothing."""
    return {
        name
        for name, run in latest.items()
        for source in run.sources
        if source.name == name and source.status == "complete"
    }


def _units(containers: Iterable[ContainerRecord], skips: Iterable[Skip]) -> Iterable[Unit]:
    parts: dict[tuple[str, str], list[ContainerRecord]] = defaultdict(list)
    for record in containers:
        parts[record.source, record.container].append(record)
    for skip in skips:
        if skip.container is not None:
            parts.setdefault((skip.source, skip.container), [])
    for (source, container), records in sorted(parts.items()):
        status = _status(records)
        yield Unit(
            source, container, status, status == "scanned" and any(record.coverage == "sample" for record in records)
        )


def _status(records: list[ContainerRecord]) -> Status:
    """A unit that has no record was skipped when it was listed; one missing piece makes the whole partial."""
    if not records or all(record.status == "skipped" for record in records):
        return "skipped"
    return "partial" if any(record.status in ("partial", "skipped") for record in records) else "scanned"


def _order(skip: Skip) -> tuple[str, str, tuple[str, ...], str, str]:
    return (skip.source, skip.container or "", skip.member, skip.code, skip.reason)
