"""The worker processes: a pool in which a hang, a crash or a memory hog costs one unit and nothing else.

Workers are forked from a server process that has loaded Presidio once, so that a worker starts in milliseconds and shares
its memory. A worker whose parent is gone ends itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Final, Self

from pebble import ProcessExpired, ProcessPool

from piiscan.errors import PiiscanError
from piiscan.model import Skip, SkipCode, UnitResult
from piiscan.scan.unit import Job, Worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.context import BaseContext
    from types import TracebackType

_WINDOW_PER_WORKER = 4
"""Units in flight for each worker: enough to keep it busy, few enough to keep memory flat over millions of files."""

_WORKER = Worker()


class LocalPool:
    """Runs jobs in worker processes and yields their results as they come."""

    def __init__(self, workers: int, unit_timeout_s: float) -> None:
        self._workers = workers or len(
            os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
        )
        self._timeout = unit_timeout_s
        self._pool = ProcessPool(max_workers=self._workers, context=_context(), initializer=_start)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def run(self, jobs: Iterable[Job]) -> Iterator[UnitResult]:
        """One result for each job, in the order of completion; a lost or late worker's unit is a Skip.

        Raises PiiscanError when no worker can be started any more.
        """
        window = self._workers * _WINDOW_PER_WORKER
        pending: dict[Future[UnitResult], Job] = {}
        for job in jobs:
            pending[self._schedule(job)] = job
            while len(pending) >= window:
                yield from self._completed(pending)
        while pending:
            yield from self._completed(pending)

    def _schedule(self, job: Job) -> Future[UnitResult]:
        try:
            return self._pool.schedule(_run, args=(job,), timeout=self._timeout)
        except RuntimeError:  # what pebble raises of a pool that cannot start workers any more
            message = "the worker processes were ended from outside (out of memory?)"
            raise PiiscanError(message, hint="what was finished is kept: run it again, with fewer --workers") from None

    def _completed(self, pending: dict[Future[UnitResult], Job]) -> Iterator[UnitResult]:
        # A time limit on the wait lets signals reach the main thread on every platform.
        done, _ = wait(pending, timeout=1.0, return_when=FIRST_COMPLETED)
        for future in done:
            job = pending.pop(future)
            yield self._result(future, job)

    def _result(self, future: Future[UnitResult], job: Job) -> UnitResult:
        try:
            return future.result()
        except TimeoutError:
            code, reason = (
                SkipCode.TIMEOUT,
                f"not read within {self._timeout:g} s ([scan] unit_timeout); raise it, or exclude this",
            )
        except ProcessExpired as lost:
            code, reason = SkipCode.ERROR, f"the worker reading it died (exit code {lost.exitcode}); please report it"
        except Exception as error:  # noqa: BLE001 - whatever a worker could not send back
            code, reason = SkipCode.ERROR, f"the worker could not answer ({type(error).__name__}); please report it"
        return UnitResult(job.container, (), (Skip(job.source.name, job.container.path, code, reason),))


_PRELOADED: Final = ("piiscan.scan.unit", "piiscan.detect.engine", "piiscan.detect.profile", "piiscan.detect.warm")


def _context() -> BaseContext:
    """Fork from a clean server where the platform can: forking the driver itself, which has threads, may deadlock."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    for library in ("OPENBLAS", "MKL", "OMP"):  # one core a worker: their threads would stand in each other's way
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    context.set_forkserver_preload(list(_PRELOADED))
    with _muted():
        forkserver.ensure_running()
    return context


@contextmanager
def _muted() -> Iterator[None]:
    """Whatever is started now can print nothing, and neither Ctrl-C nor a hang-up reaches it.

    A worker that is stopped while it starts would print a traceback, and a library in it might print a value: it has no
    standard output to do so. A blocked signal stays blocked in a child.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    kept = [(stream, os.dup(stream)) for stream in (1, 2)]
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream, _ in kept:
            os.dup2(nothing, stream)
        yield
    finally:
        for stream, copy in kept:
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nothing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start() -> None:
    """Prepares a worker: Ctrl-C belongs to the driver, and an orphan ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it is not blocked already
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.set_int_max_str_digits(0)  # a number of a million digits in a file is bad input, not an attack on us
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    sys.stderr.flush()
    os._exit(1)


def _run(job: Job) -> UnitResult:
    return _WORKER.run(job)
