"""Killed at any point and run again, an apply does exactly its plan, once, and its evidence proves it."""

from __future__ import annotations

import os
import random
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from piiscan.deletion import Done, PlanFolder, evidence, read_chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 50
SEED = 1719


@contextmanager
def ticking(kill_at: int | None = None) -> Iterator[list[int]]:
    """Counts statements, commits, and halves of every record of evidence; at ``kill_at`` the process dies as by kill -9."""
    seen = [0]

    def tick(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def halves(fd: int, line: bytes) -> None:
        tick()
        os.write(fd, line[: len(line) // 2])
        tick()
        os.write(fd, line[len(line) // 2 :])
        tick()

    real, evidence._write_all = evidence._write_all, halves  # type: ignore[attr-defined]
    event.listen(Engine, "after_cursor_execute", tick)
    event.listen(Engine, "commit", tick)
    try:
        yield seen
    finally:
        evidence._write_all = real  # type: ignore[attr-defined]
        event.remove(Engine, "after_cursor_execute", tick)
        event.remove(Engine, "commit", tick)


def dies(firm: Any, kill_at: int) -> bool:
    """Whether an apply in a process of its own died at that point."""
    child = os.fork()
    if not child:
        try:
            with ticking(kill_at):
                firm.carry_out()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture(scope="module")
def planned(scanned: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A firm with an approved plan of many chunks, some rows of which have changed since."""
    firm = scanned.copy(tmp_path_factory.mktemp("killed") / "firm")
    firm.make(chunk_rows=20)
    firm.sign()
    firm.sql("UPDATE letters SET sent_on = '2026-01-01' WHERE number = 1", "DELETE FROM payments WHERE id IN (1, 2, 3)")
    return firm


@pytest.mark.slow
def test_killed_at_fifty_points_and_resumed_nothing_is_different(planned: Any, tmp_path: Path) -> None:
    """The database, the totals of every step and the proof are those of an apply that nobody disturbed."""
    calm = planned.copy(tmp_path / "calm")
    with ticking() as seen:
        outcome = calm.carry_out()
    expected, dump = {order: each.body() for order, each in outcome.steps.items()}, calm.dump()
    points = random.Random(SEED).sample(range(1, seen[0] + 1), KILLS)

    for point in points:
        firm = planned.copy(tmp_path / f"killed-at-{point}")
        assert dies(firm, point)
        resumed = firm.carry_out()

        place = PlanFolder(firm.folder / "plan")
        chain = read_chain(place, place.document()["plan_id"], firm.loaded()[0].key())
        told = {order: each.body() for order, each in Done().take(chain.records).steps.items()}
        assert (firm.dump() == dump, resumed.finished) == (True, True), f"killed at {point}"
        assert told == expected, f"killed at {point}"
        assert firm.prove().findings == [], f"killed at {point}"


@pytest.mark.slow
def test_killed_again_and_again_an_apply_still_ends(planned: Any, tmp_path: Path) -> None:
    """Every attempt lives a little longer than the one before, until one goes through."""
    firm, calm = planned.copy(tmp_path / "killed"), planned.copy(tmp_path / "calm")
    calm.carry_out()
    kill_at, deaths = 40, 0

    while dies(firm, kill_at):
        kill_at, deaths = kill_at + 25, deaths + 1

    assert deaths >= 3
    assert firm.dump() == calm.dump()
    assert firm.prove().findings == []
