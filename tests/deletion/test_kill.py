"""Killed at any point and run again, an apply does exactly its plan, once, and its evidence proves it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.deletion import Done, PlanFolder, read_chain

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 12
SEED = 1719


@pytest.fixture(scope="module")
def planned(scanned: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A firm with an approved plan of many chunks, some rows of which have changed since."""
    firm = scanned.copy(tmp_path_factory.mktemp("killed") / "firm")
    firm.make(chunk_rows=20)
    firm.sign()
    firm.sql("UPDATE letters SET sent_on = '2026-01-01' WHERE number = 1", "DELETE FROM payments WHERE id IN (1, 2, 3)")
    return firm


@pytest.mark.slow
def test_killed_at_many_points_and_resumed_nothing_is_different(planned: Any, tmp_path: Path) -> None:
    """The database, the totals of every step and the proof are those of an apply that nobody disturbed."""
    calm = planned.copy(tmp_path / "calm")
    with calm.ticking() as seen:
        outcome = calm.carry_out()
    expected, dump = {order: each.body() for order, each in outcome.steps.items()}, calm.dump()
    points = random.Random(SEED).sample(range(1, seen[0] + 1), KILLS)

    for point in points:
        firm = planned.copy(tmp_path / f"killed-at-{point}")
        assert firm.dies(point)
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

    while firm.dies(kill_at):
        kill_at, deaths = kill_at + 25, deaths + 1

    assert deaths >= 3
    assert firm.dump() == calm.dump()
    assert firm.prove().findings == []
