"""One unit of work: a container read, detected and classified, inside one worker process.

What comes back holds counts, names and verdicts; the values stay here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piiscan import plugins
from piiscan.clocks import DayCounter, collection_clock, owner_column
from piiscan.detect import ContainerProfile, Detector, DetectorSettings
from piiscan.errors import SourceError
from piiscan.model import (
    Ages,
    Batch,
    Clock,
    Container,
    Coverage,
    Holding,
    ReadPlan,
    Scanned,
    Skip,
    SkipCode,
    Source,
    UnitResult,
)

if TYPE_CHECKING:
    from piiscan.ports import Connector


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to read one container; pickled to it through a pipe, never through arguments."""

    source: Source
    container: Container
    plan: ReadPlan
    settings: DetectorSettings


class Worker:
    """One process's detector and open connector, kept between jobs: both are dear to make."""

    def __init__(self) -> None:
        self._detector: Detector | None = None
        self._settings: DetectorSettings | None = None
        self._connector: Connector | None = None
        self._opened: tuple[Source, ReadPlan] | None = None

    def run(self, job: Job) -> UnitResult:
        """Reads one container to its end. What fails is a Skip in the result; only a lost process ends otherwise."""
        reading: _Reading | None = None
        try:
            reading = _Reading(job, self._detector_for(job.settings))
            connector = self._connector_for(job)
            for item in connector.batches(job.container):
                reading.take(item)
            return reading.finish(connector)
        except SourceError as error:
            self._close()
            skip = error.skip(job.source.name, container=job.container.path)
        except MemoryError:
            self._close()
            skip = _skip(job, SkipCode.LIMIT, "ran out of memory while reading it")
        except Exception as error:  # noqa: BLE001 - one container must not end the run; its text may hold values
            self._close()
            skip = _skip(job, SkipCode.ERROR, f"failed inside piiscan ({type(error).__name__}); please report it")
        return reading.abandon(skip) if reading else UnitResult(job.container, (), (skip,))

    def _detector_for(self, settings: DetectorSettings) -> Detector:
        if self._detector is None or self._settings != settings:
            self._detector, self._settings = Detector(settings), settings
        return self._detector

    def _connector_for(self, job: Job) -> Connector:
        if self._connector is None or self._opened != (job.source, job.plan):
            self._close()
            self._connector = plugins.connector(job.source.connector)(job.source, job.plan)
            self._opened = (job.source, job.plan)
        return self._connector

    def _close(self) -> None:
        """A connector that failed may hold a broken connection: the next job opens a fresh one."""
        if self._connector is not None:
            with suppress(Exception):
                self._connector.close()
        self._connector = self._opened = None


class _Reading:
    """A container (and its members, one after the other) while its batches pass."""

    def __init__(self, job: Job, detector: Detector) -> None:
        self._job = job
        self._detector = detector
        self._owner = owner_column(job.source, job.container)
        self._parts: list[tuple[Scanned, Clock | None, DayCounter | None]] = []
        self._skips: list[Skip] = []
        self._profile: ContainerProfile | None = None
        self._container = job.container
        self._counter: DayCounter | None = None
        self._clock: Clock | None = None
        self._bytes = 0

    def take(self, item: Batch | Skip) -> None:
        """Adds a batch to its container's profile, or keeps a skip."""
        if isinstance(item, Skip):
            self._skips.append(item)
            return
        if self._profile is None or item.container.key != self._container.key:
            self._close_part()
            self._profile = self._detector.profile(item.container)
            self._clock = collection_clock(self._job.source, item.container)
            self._counter = (
                DayCounter(self._clock, self._owner, self._job.plan.clients)
                if self._clock and item.container.kind == "file"
                else None
            )
        self._container = item.container
        self._bytes += item.size_bytes
        self._profile.add(item)
        if self._counter is not None and None not in item.columns:
            self._counter.add(item)

    def finish(self, connector: Connector) -> UnitResult:
        """The result of a container that was read to its end."""
        self._close_part()
        if not self._parts and any(skip.member == () for skip in self._skips):
            return UnitResult(self._job.container, (), tuple(self._skips))
        if all(part.container.member for part, _, _ in self._parts):
            self._parts.insert(0, (Scanned(self._job.container, "full", 0, 0, 0), None, None))
        # Coverage speaks of the values; whether the rows could be dated as well is said by a skip of its own.
        covered = [(self._covered(part), clock, counter) for part, clock, counter in self._parts]
        parts = tuple(self._dated(connector, *part) for part in covered)
        return UnitResult(self._job.container, parts, tuple(self._skips))

    def abandon(self, skip: Skip) -> UnitResult:
        """The result of a container whose reading broke off: what was read so far counts as partial."""
        with suppress(Exception):
            self._close_part()
        self._skips.append(skip)
        parts = tuple(
            replace(part, coverage="partial", holdings=_recover(part.holdings, "partial")) for part, _, _ in self._parts
        )
        return UnitResult(self._job.container, parts, tuple(self._skips))

    def _close_part(self) -> None:
        if self._profile is None:
            return
        container, profile = self._container, self._profile
        coverage: Coverage = (
            "full" if container.kind == "file" or _complete(container, profile.rows, self._job.plan) else "sample"
        )
        holdings = tuple(Holding(container, column, found, coverage) for column, found in profile.classify())
        scanned = Scanned(container, coverage, profile.rows, profile.cells, self._bytes, holdings)
        self._parts.append((scanned, self._clock, self._counter))
        self._profile, self._bytes = None, 0

    def _dated(self, connector: Connector, part: Scanned, clock: Clock | None, counter: DayCounter | None) -> Scanned:
        """The part with its rows by day of collection: counted where the data lies, else while it was read."""
        if clock is None:
            return part
        try:
            ages: Ages | None = None if part.container.member else connector.ages(part.container, clock, self._owner)
        except SourceError as error:
            reason = f"its rows could not be dated by {clock.column}: {error.message}"
            self._skips.append(
                Skip(part.container.source, part.container.path, error.code, reason, part.container.member)
            )
            return part
        if ages is None and counter is not None and part.coverage == "full":
            ages = counter.ages()
        return replace(part, ages=(ages,)) if ages is not None else part

    def _covered(self, part: Scanned) -> Scanned:
        """The part as partial where one of its own pieces, or a member of it, was not read."""
        depth = len(part.container.member)
        missed = any(skip.member[:depth] == part.container.member for skip in self._skips)
        return replace(part, coverage="partial", holdings=_recover(part.holdings, "partial")) if missed else part


def _complete(container: Container, rows_read: int, plan: ReadPlan) -> bool:
    return plan.mode == "full" or (container.rows_exact and container.rows is not None and rows_read >= container.rows)


def _recover(holdings: tuple[Holding, ...], coverage: Coverage) -> tuple[Holding, ...]:
    return tuple(replace(holding, coverage=coverage) for holding in holdings)


def _skip(job: Job, code: SkipCode, reason: str) -> Skip:
    return Skip(job.source.name, job.container.path, code, reason)
