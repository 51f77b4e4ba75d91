"""The scan: every source listed, every container handed to a worker, every result committed by this process alone.

One transaction holds a unit's key and all it found, so a run killed at any point resumes without loss or repetition.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from piiscan import plugins
from piiscan.errors import PiiscanError, SourceError
from piiscan.model import Container, Skip, SkipCode, Source
from piiscan.scan.pool import LocalPool
from piiscan.scan.progress import Meter, Step
from piiscan.scan.unit import Job

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from piiscan.inventory import Inventory, RunRecord, RunWriter
    from piiscan.scan.preparation import Preparation

_LISTED_AHEAD: Final = 10_000
"""Containers listed before the first is read: their number, and so the time left, is known for all but the largest shares."""


@dataclass(slots=True)
class _Run:
    """A run under way: its store, its end, and which sources have been listed whole."""

    preparation: Preparation
    inventory: Inventory
    writer: RunWriter
    meter: Meter
    deadline: float | None
    incomplete: set[str] = field(default_factory=set)
    """Sources of which something may not have been listed."""
    found: int = 0
    cut: bool = False
    """True once something was left undone because the time was over."""

    def late(self) -> bool:
        """Whether the run's time is over: nothing new is begun."""
        return self.deadline is not None and time.monotonic() >= self.deadline


def run_scan(preparation: Preparation, inventory: Inventory, meter: Meter) -> tuple[RunRecord, list[Skip]]:
    """Reads the sources and brings the inventory up to date.

    Returns the finished run and everything it could not read. Raises LockedError when another run holds the store,
    StoreError when the store cannot be written; whatever was committed by then is kept, and the next scan resumes it.
    """
    limit = preparation.max_duration_s
    deadline = None if limit is None else time.monotonic() + limit
    with inventory.writer() as writer:
        record = writer.start(preparation.settings(inventory.packs.fingerprint))
        run = _Run(preparation, inventory, writer, meter, deadline)
        try:
            _read(run)
        except Exception:
            raise
        except BaseException:  # Ctrl-C or SIGTERM: what was committed is kept, and the next run goes on from it
            writer.finish("interrupted")
            raise
        for source in preparation.sources:
            writer.close_source(source.name, complete_listing=source.name not in run.incomplete)
        skips = inventory.skips(record.run_id)
        # Out of time is interrupted: the next run goes on where this one was, instead of never reaching the end.
        return writer.finish("interrupted" if run.cut else _status(run, skips)), skips


def _read(run: _Run) -> None:
    with LocalPool(run.preparation.workers, run.preparation.unit_timeout_s) as pool:
        for result in pool.run(_jobs(run)):
            run.writer.commit(result)
            run.meter.add(result.container.source, Step.of(result))


def _status(run: _Run, skips: list[Skip]) -> Literal["complete", "partial", "failed"]:
    if not incomplete(skips, run.preparation.tolerate):
        return "complete"
    unread = {skip.source for skip in skips if skip.container is None}
    return "partial" if run.found or not unread >= {source.name for source in run.preparation.sources} else "failed"


def incomplete(skips: Collection[Skip], tolerate: Collection[str]) -> list[Skip]:
    """The skips that make a run incomplete (exit 4): those whose code the configuration does not tolerate."""
    return [skip for skip in skips if skip.code not in tolerate]


def _jobs(run: _Run) -> Iterator[Job]:
    """The work that is left, source by source: what this run has committed or knows unchanged is not read again."""
    preparation, writer = run.preparation, run.writer
    for source in preparation.sources:
        for item in _ahead(run, source):
            if isinstance(item, Skip):
                _note(run, item)
            elif writer.is_done(item):
                run.meter.add(source.name, Step())
            elif writer.is_unchanged(item):
                writer.commit_unchanged(item)
                run.meter.add(source.name, Step())
            elif run.late():
                _note(run, _out_of_time(run, source))
                break
            else:
                yield Job(source, item, preparation.plan, preparation.detector)


def _note(run: _Run, skip: Skip) -> None:
    """Stores what the listing could not see, and that it is not whole."""
    run.writer.skip(skip)
    if skip.hides or skip.container is None:
        run.incomplete.add(skip.source)


def _ahead(run: _Run, source: Source) -> Iterator[Container | Skip]:
    """A source's listing, read a bounded way ahead of the work."""
    waiting: deque[Container | Skip] = deque()
    run.meter.start(source.name)
    empty = True
    for item in _listing(run, source):
        empty = False
        waiting.append(item)
        if isinstance(item, Container):
            run.found += 1
            run.meter.found(source.name)
        if len(waiting) >= _LISTED_AHEAD:
            yield waiting.popleft()
    if empty and (skip := _nothing(run, source)):
        waiting.append(skip)
    run.meter.listed(source.name)
    yield from waiting


def _nothing(run: _Run, source: Source) -> Skip | None:
    """What to say of a source that lists nothing: a share that is not mounted looks empty, and missing is not deleted.

    ``--all`` believes it.
    """
    known = len(run.inventory.containers(source=source.name))
    if run.preparation.request.all or not (known or source.include):
        return None
    before = f", where there were {known:,} containers" if known else ""
    reason = f"nothing is listed{before}: is it mounted, does include match? scan --all takes it for empty"
    return Skip(source.name, None, SkipCode.VANISHED, reason, hides=True)


def _listing(run: _Run, source: Source) -> Iterator[Container | Skip]:
    """A source's containers; ends with a Skip when the source fails or the run's time is over."""
    try:
        with closing(plugins.connector(source.connector)(source, run.preparation.plan)) as connector:
            for item in connector.containers():
                if run.late():
                    yield _out_of_time(run, source)
                    return
                yield item
    except SourceError as error:
        yield replace(error.skip(source.name), hides=True)
    except PiiscanError:
        raise
    except Exception as error:  # noqa: BLE001 - a source's fault must not end the others; its text may hold values
        reason = f"listing failed inside piiscan ({type(error).__name__}); please report it"
        yield Skip(source.name, None, SkipCode.ERROR, reason, hides=True)


def _out_of_time(run: _Run, source: Source) -> Skip:
    run.cut = True
    return Skip(source.name, None, SkipCode.LIMIT, "max_duration is over: the rest of it was not read", hides=True)
