"""The worker processes: a unit that hangs, dies or loses its pool costs that unit, and is said."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest
from pebble.pool.base_pool import PoolStatus

from piiscan.errors import PiiscanError
from piiscan.model import Container, ReadPlan, Source
from piiscan.scan import pool
from piiscan.scan.unit import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def job(path: str) -> Job:
    """A job for a container of that name."""
    return Job(Source("s", "sql", "sqlite://"), Container("s", path, "table"), ReadPlan(), None)  # type: ignore[arg-type]  # no worker looks


WORK = '''
import os, signal, time
from piiscan.model import UnitResult

def work(job):
    """Does what the container is called."""
    if job.container.path == "hang":
        time.sleep(600)
    if job.container.path == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if job.container.path == "unsendable":
        return lambda: None
    return UnitResult(job.container, ())
'''


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pool.LocalPool:
    """Two workers with a time limit of two seconds a unit."""
    (tmp_path / "piiscan_pool_work.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(pool, "_run", importlib.import_module("piiscan_pool_work").work)
    return pool.LocalPool(2, 2.0)


def test_a_hang_and_a_crash_cost_one_unit_each(workers: pool.LocalPool) -> None:
    """All other results come; the lost units are skips that say why, without a value."""
    names = ["a", "hang", "b", "crash", "c", "unsendable", *(f"t{n}" for n in range(20))]
    with workers:
        results = {result.container.path: result.skips for result in workers.run(map(job, names))}

    assert sorted(results) == sorted(names)
    assert {path: skips[0].code for path, skips in results.items() if skips} == {
        "hang": "timeout",
        "crash": "error",
        "unsendable": "error",
    }
    assert "within 2 s" in results["hang"][0].reason


def test_a_pool_that_can_start_no_worker_is_one_error(workers: pool.LocalPool) -> None:
    """It ends the run with what to do, and does not hang."""

    def jobs() -> Iterator[Job]:
        yield job("first")
        workers._pool._context.status = PoolStatus.ERROR
        yield job("second")

    with pytest.raises(PiiscanError, match="ended from outside"), workers:
        list(workers.run(jobs()))
