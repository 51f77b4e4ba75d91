"""One unit of work: a container read, detected and classified, inside one worker process.

What comes back holds counts, names and verdicts; the values stay here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piiscan import plugins
from piiscan.clocks import FILE_NAME, DayCounter, clocks_of, collection_clocks, owner_column
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


@dataclass(frozen=True, slots=True)
class _Counters:
    """What counts the rows of one container by day."""

    collection: tuple[DayCounter, ...] = ()
    events: tuple[DayCounter, ...] = ()


class _Reading:
    """A container (and its members, one after the other) while its batches pass."""

    def __init__(self, job: Job, detector: Detector) -> None:
        self._job = job
        self._detector = detector
        self._owner = owner_column(job.source, job.container)
        self._parts: list[tuple[Scanned, _Counters]] = []
        self._skips: list[Skip] = []
        self._profile: ContainerProfile | None = None
        self._container = job.container
        self._counters = _Counters()
        self._bytes = 0

    def take(self, item: Batch | Skip) -> None:
        """Adds a batch to its container's profile, or keeps a skip."""
        if isinstance(item, Skip):
            self._skips.append(item)
            return
        if self._profile is None or item.container.key != self._container.key:
            self._close_part()
            self._profile = self._detector.profile(item.container)
            self._counters = self._count_by(item.container)
        self._container = item.container
        self._bytes += item.size_bytes
        self._profile.add(item)
        if item.container.kind == "file" and None not in item.columns:
            for counter in (*self._counters.collection, *self._counters.events):
                counter.add(item)

    def finish(self, connector: Connector) -> UnitResult:
        """The result of a container that was read to its end."""
        self._close_part()
        if not self._parts and any(skip.member == () for skip in self._skips):
            return UnitResult(self._job.container, (), tuple(self._skips))
        if all(part.container.member for part, _ in self._parts):
            whole = self._job.container
            declared = tuple(Holding(whole, *held, "full") for held in self._detector.profile(whole).classify())
            self._parts.insert(0, (Scanned(whole, "full", 0, 0, 0, declared), _Counters()))
        # Coverage speaks of the values; whether the rows could be dated as well is said by a skip of its own.
        covered = [(self._covered(part), counters) for part, counters in self._parts]
        parts = tuple(self._dated(connector, *part) for part in covered)
        return UnitResult(self._job.container, parts, tuple(self._skips))

    def abandon(self, skip: Skip) -> UnitResult:
        """The result of a container whose reading broke off: what was read so far counts as partial."""
        with suppress(Exception):
            self._close_part()
        self._skips.append(skip)
        parts = tuple(
            replace(part, coverage="partial", holdings=_recover(part.holdings, "partial")) for part, _ in self._parts
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
        noted = replace(container, notes=(*container.notes, *profile.notes))
        scanned = Scanned(noted, coverage, profile.rows, profile.cells, self._bytes, holdings, ignored=profile.ignored)
        self._parts.append((scanned, self._counters))
        self._profile, self._bytes = None, 0

    def _count_by(self, container: Container) -> _Counters:
        """The clocks that may date its collection, and of a file every other one configured: who else could count its rows?"""
        collection = collection_clocks(self._job.source, container)
        known = {clock.event for clock in collection}
        events = [
            clock
            for clock in clocks_of(self._job.source, container)
            if container.kind == "file" and clock.event not in known and clock.path != (FILE_NAME,)
        ]
        made = [
            tuple(DayCounter(clock, self._owner, self._job.plan.clients) for clock in clocks)
            for clocks in (collection, events)
        ]
        return _Counters(*made)

    def _dated(self, connector: Connector, part: Scanned, counters: _Counters) -> Scanned:
        """The part with its rows by day of collection, by the first clock that dates any, and by every other event of a file."""
        found = self._collected(connector, part, counters.collection)
        if not _all_rows(part):
            return replace(part, ages=found)
        named = sorted({holding.column for holding in part.holdings if holding.column is not None})
        return replace(part, ages=(*found, *(counter.ages(named) for counter in counters.events)))

    def _collected(self, connector: Connector, part: Scanned, counters: tuple[DayCounter, ...]) -> tuple[Ages, ...]:
        counted: list[Ages] = []
        for counter in counters:
            try:
                ages = self._count(connector, part, counter)
            except SourceError as error:
                self._skips.append(_undated(part.container, counter.clock, error))
                continue
            if ages is not None and any(row.day for row in ages.rows):
                return (ages,)
            counted += [ages] if ages is not None else []
        return tuple(counted[:1])

    def _count(self, connector: Connector, part: Scanned, counter: DayCounter) -> Ages | None:
        """Counted where the data lies, else while it was read to its end."""
        named = sorted({holding.column for holding in part.holdings if holding.column is not None})
        if part.container.kind == "file":
            return counter.ages(named) if _all_rows(part) else None
        try:
            return connector.ages(part.container, counter.clock, self._owner, named)
        except SourceError:
            # A column known by its name alone may be one that this account must not read.
            seen = sorted({h.column for h in part.holdings if h.column is not None and h.classification.cells_seen})
            if seen == named:
                raise
            return connector.ages(part.container, counter.clock, self._owner, seen)

    def _covered(self, part: Scanned) -> Scanned:
        """The part as partial where one of its own pieces, or a member of it, was not read."""
        depth = len(part.container.member)
        missed = any(skip.member[:depth] == part.container.member for skip in self._skips)
        return replace(part, coverage="partial", holdings=_recover(part.holdings, "partial")) if missed else part


def _all_rows(part: Scanned) -> bool:
    """Whether every row was read; of a partial file, too: a picture's fields are one row, whatever else is not read of it."""
    return part.coverage == "full" or (
        part.container.kind == "file" and part.container.rows_exact and part.rows_seen == part.container.rows
    )


def _complete(container: Container, rows_read: int, plan: ReadPlan) -> bool:
    return plan.mode == "full" or (container.rows_exact and container.rows is not None and rows_read >= container.rows)


def _recover(holdings: tuple[Holding, ...], coverage: Coverage) -> tuple[Holding, ...]:
    return tuple(replace(holding, coverage=coverage) for holding in holdings)


def _undated(container: Container, clock: Clock, error: SourceError) -> Skip:
    reason = f"its rows could not be dated by {clock.column}: {error.message}"
    return Skip(container.source, container.path, error.code, reason, container.member)


def _skip(job: Job, code: SkipCode, reason: str) -> Skip:
    return Skip(job.source.name, job.container.path, code, reason)
