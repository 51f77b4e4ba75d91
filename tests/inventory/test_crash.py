"""kill -9 at any statement, in the middle of any transaction: nothing is lost, nothing counts twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from piiscan.inventory import Inventory, RunRecord
from piiscan.model import Container, Skip, SkipCode, UnitResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Firm

SEED = 20261121
KILLS = 20


def earlier(firm: Firm) -> list[UnitResult | Skip | Container]:
    """A night before, so that the killed run ends, changes and confirms holdings too."""
    tables = [firm.unit("ssn", "email", path=f"public.t{number}", fingerprint=str(number)) for number in range(8)]
    return [*tables, firm.archive(["a.csv", "b.csv"]), firm.skip(container="public.closed")]


def tonight(firm: Firm) -> list[UnitResult | Skip | Container]:
    """Something of everything a scan may hand over."""
    tables = [
        firm.unit("ssn", "city", path=f"public.t{number}", days=[firm.day(2020 + number, 5)]) for number in range(4)
    ]
    same = [firm.container(f"public.t{number}", fingerprint=str(number)) for number in range(4, 6)]
    picture = Skip("share", "a.zip", SkipCode.UNSUPPORTED, "no text", ("logo.png",))
    partial = firm.unit("email", path="public.t6", coverage="partial")
    return [
        *tables,
        *same,
        partial,
        firm.archive(["b.csv", "c.csv"], skips=[picture]),
        firm.skip(container="public.closed"),
    ]


def fresh(firm: Firm) -> list[UnitResult | Skip | Container]:
    """A first night: nothing can be unchanged yet."""
    return [item for item in tonight(firm) if not isinstance(item, Container)]


def scan(url: str, firm: Firm, items: list[UnitResult | Skip | Container]) -> RunRecord:
    """What the driver does: open, list, commit what is not done, close, finish."""
    with Inventory.open(url, create=True).writer() as writer:
        writer.start(firm.settings)
        for item in items:
            container = item.container if isinstance(item, UnitResult) else item
            if isinstance(container, Skip) or not writer.is_done(container):
                firm.put(writer, item)
        for source, _ in firm.settings.sources:
            writer.close_source(source, complete_listing=True)
        return writer.finish("complete")


@contextmanager
def counted(kill_at: int | None = None) -> Iterator[list[int]]:
    """Counts the statements of this process; at ``kill_at`` it dies as by kill -9."""
    seen = [0]

    def tick(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", tick)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", tick)


def scan_and_die(url: str, firm: Firm, kill_at: int, items: list[UnitResult | Skip | Container]) -> bool:
    """Scans in a process of its own that dies at a statement; whether it did."""
    child = os.fork()
    if not child:
        with counted(kill_at):
            scan(url, firm, items)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def everything(inventory: Inventory, run: RunRecord) -> list[object]:
    """All the inventory says, apart from times."""
    holdings = [{**record.body(), "first_seen": None, "last_seen": None} for record in inventory.holdings()]
    containers = [{**record.body(), "scanned_at": None} for record in inventory.containers()]
    history = [inventory.history(record.id) for record in inventory.holdings()]
    return [
        holdings,
        containers,
        history,
        inventory.ages(),
        inventory.skips(run.run_id),
        run.sources,
        run.totals,
        inventory.diff(1, 2).ended and len(inventory.diff(1, 2).ended),
    ]


def test_killed_at_twenty_statements_and_resumed_nothing_is_different(tmp_path: Path, firm: Firm) -> None:
    """Each time the inventory equals that of an undisturbed run, and there is one run, not two."""
    before = tmp_path / "before.db"
    firm.run(Inventory.open(f"sqlite:///{before}", create=True), *earlier(firm))

    def prepared(name: str) -> str:
        return f"sqlite:///{shutil.copy(before, tmp_path / name)}"

    calm = prepared("calm")
    with counted() as seen:
        record = scan(calm, firm, tonight(firm))
    expected = everything(Inventory.open(calm), record)
    points = random.Random(SEED).sample(range(1, seen[0] + 1), KILLS)

    for point in points:
        url = prepared(f"killed-at-{point}")
        assert scan_and_die(url, firm, point, tonight(firm))
        record = scan(url, firm, tonight(firm))

        inventory = Inventory.open(url)
        assert [run.run_id for run in inventory.runs()] == [1, 2]
        assert everything(inventory, record) == expected, f"killed at statement {point}"


def test_killed_again_and_again_a_run_still_ends(tmp_path: Path, firm: Firm) -> None:
    """From the creation of the store on, every attempt lives a little longer than the one before, until one goes through."""
    calm, url = f"sqlite:///{tmp_path / 'calm.db'}", f"sqlite:///{tmp_path / 'killed.db'}"
    expected = scan(calm, firm, fresh(firm))
    kill_at, deaths = 2, 0

    while scan_and_die(url, firm, kill_at, fresh(firm)):
        kill_at, deaths = kill_at + 4, deaths + 1

    assert deaths >= 8
    assert [replace(run, started_at=None, finished_at=None) for run in Inventory.open(url).runs()] == [
        replace(expected, started_at=None, finished_at=None)
    ]
    assert firm.held(Inventory.open(url)) == firm.held(Inventory.open(calm))
