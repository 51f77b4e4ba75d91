"""What was read, in part, by sample, or not at all: the block every report opens with."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import ContainerRecord, Inventory, RunRecord
    from piiscan.inventory.records import SourceStatus
    from piiscan.model import Skip
    from piiscan.rulepack import RulePacks

Status = Literal["scanned", "partial", "skipped"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Globs of the configuration that keep containers of a source from being read."""

    source: str
    include: tuple[str, ...]
    """Where there are any, nothing else is read."""
    exclude: tuple[str, ...]


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
    unfinished: Mapping[str, RunRecord]
    """Sources that their latest run had not read to the end when it was broken off, or has not yet; and that run."""
    last_read: Mapping[str, datetime | None]
    """When the last run that read each source to its end was finished; None = unknown."""
    stale: tuple[str, ...]
    """Sources of the configuration whose last reading ended before the report's last day."""
    older_rules: tuple[str, ...]
    """Sources that were last read with other rules than today's: what only these know was not looked for."""
    left_out: tuple[LeftOut, ...]

    @property
    def latest(self) -> RunRecord | None:
        """The last run of all."""
        return self.runs[-1] if self.runs else None

    @property
    def unreached(self) -> tuple[str, ...]:
        """Sources whose latest run could not read them, or not to their end."""
        return tuple(sorted({skip.source for skip in self.skips if skip.container is None} | set(self.unfinished)))

    @property
    def incomplete(self) -> bool:
        """Whether a run ended before everything was read, or a source was never read, too early, or with other rules."""
        gaps = self.never_read or self.unreached or self.stale or self.older_rules
        return bool(gaps) or any(run.status != "complete" for run in self.runs)

    @property
    def may_hold_more(self) -> bool:
        """Whether anything of the sources was not read in full: for whatever reason, be it wanted."""
        counts = self.counts()
        return self.incomplete or bool(
            not self.runs or self.left_out or counts["sampled"] or counts["partial"] or counts["skipped"]
        )

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


def read_coverage(inventory: Inventory, config: Config, packs: RulePacks, last_day: date) -> Reading:
    """What the inventory's latest runs have read of the configured sources, and of those it still remembers.

    ``last_day`` is the report's: a source must have been read on it or later.
    """
    history = _runs_by_source(inventory)
    latest = {name: runs[-1] for name, runs in history.items()}
    skips = [skip for source, run in latest.items() for skip in inventory.skips(run.run_id) if skip.source == source]
    containers = tuple(inventory.containers())
    read = {record.source for record in containers}
    known = set(config.sources)
    names = sorted(known | read)
    last_read = {name: _last_read(history.get(name, []), name) for name in names}
    zone = ZoneInfo(config.firm.timezone)
    return Reading(
        sources=tuple(names),
        containers=containers,
        units=tuple(_units(containers, skips)),
        skips=tuple(sorted(skips, key=_order)),
        runs=tuple({run.run_id: run for run in sorted(latest.values(), key=lambda run: run.run_id)}.values()),
        never_read=tuple(
            sorted(name for name in known - read if name not in latest or _status_in(latest[name], name) != "complete")
        ),
        forgotten=tuple(sorted(read - known)),
        unfinished={name: run for name, run in latest.items() if _is_unfinished(run, name)},
        last_read=last_read,
        stale=tuple(
            name
            for name, moment in last_read.items()
            if name in known and moment is not None and moment.astimezone(zone).date() < last_day
        ),
        older_rules=tuple(name for name, run in latest.items() if run.rules not in ("", packs.fingerprint)),
        left_out=tuple(
            LeftOut(name, entry.include, entry.exclude)
            for name, entry in sorted(config.sources.items())
            if entry.include or entry.exclude
        ),
    )


def _runs_by_source(inventory: Inventory) -> dict[str, list[RunRecord]]:
    """The runs over each source, oldest first, by its name."""
    made: dict[str, list[RunRecord]] = defaultdict(list)
    for run in sorted(inventory.runs(), key=lambda run: run.run_id):
        for source in run.sources:
            made[source.name].append(run)
    return dict(sorted(made.items()))


def _status_in(run: RunRecord, name: str) -> SourceStatus:
    return next(source.status for source in run.sources if source.name == name)


def _is_unfinished(run: RunRecord, name: str) -> bool:
    """Whether the run was broken off, or goes on, with the source not read to its end."""
    return run.status in ("running", "interrupted") and _status_in(run, name) != "complete"


def _last_read(runs: Sequence[RunRecord], name: str) -> datetime | None:
    return max(
        (
            run.finished_at
            for run in runs
            if run.finished_at is not None and _status_in(run, name) != "failed" and not _is_unfinished(run, name)
        ),
        default=None,
    )


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
