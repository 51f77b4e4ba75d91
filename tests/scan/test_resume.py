"""A scan that dies at any point is resumed without loss or repetition."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20261121
KILLS = 4


def start(folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """A scan in a process group of its own."""
    command = [sys.executable, "-m", "piiscan", "scan", "--all"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def units(folder: Path) -> int:
    """How many units the store holds, whatever state it is in."""
    path = folder / "piiscan.db"
    if not path.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as store:
            count = store.execute("SELECT count(*) FROM unit").fetchone()[0]
        store.close()
    except sqlite3.OperationalError:
        return 0
    return int(count)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Returns when the condition holds or the process has ended."""
    limit = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < limit and not condition():
        time.sleep(0.005)


@pytest.mark.slow
def test_four_kills_change_nothing(
    firm: Path, invoke: Callable[..., Any], environment: dict[str, str], canonical: Callable[[Path], str]
) -> None:
    """Killed with SIGKILL at four points and resumed each time, the inventory equals that of an undisturbed run."""
    for number in range(200):
        (firm / "share" / f"more{number:03}.txt").write_text(
            f"call 212-555-{number:04} or write to p{number}@example.org\n" * 20
        )
    assert invoke("scan", cwd=firm).exit_code == 0
    expected = canonical(firm)
    for name in ("piiscan.db", "piiscan.db-wal", "piiscan.db-shm"):
        (firm / name).unlink(missing_ok=True)
    killed = 0
    # Ascending, so that one run is killed again and again; two to spare where a scan has gone past its point already.
    for point in sorted(random.Random(SEED).sample(range(1, 220), KILLS + 2)):
        process = start(firm, environment)
        wait_for(lambda point=point: units(firm) >= point, process)
        process.kill()
        process.communicate(timeout=60)
        killed += process.returncode == -signal.SIGKILL
    assert killed >= KILLS

    done = invoke("scan", "--all", "--format", "json", cwd=firm)

    assert done.exit_code == 0, done.stderr
    assert done.json["status"] == "complete"
    assert done.json["totals"]["containers"] == 252
    assert canonical(firm) == expected


def test_an_interrupt_keeps_what_was_finished(
    firm: Path, invoke: Callable[..., Any], environment: dict[str, str]
) -> None:
    """SIGINT ends with 130 and SIGTERM with 143; the next scan goes on where it was."""
    for signal_, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = start(firm, environment)
        goal = units(firm) + 3
        wait_for(lambda goal=goal: units(firm) >= goal, process)
        os.kill(process.pid, signal_)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, "Traceback" in errors) == (code, False), errors
    kept = units(firm)
    assert kept >= 6

    done = invoke("scan", "--all", "--format", "json", cwd=firm)

    assert done.exit_code == 0, done.stderr
    assert units(firm) == 52
    assert len(invoke("runs", "list", "--format", "json", cwd=firm).json["runs"]) == 1


def test_the_orphans_of_a_killed_scan_end(firm: Path, environment: dict[str, str]) -> None:
    """When the driver is killed, no worker stays behind."""
    process = start(firm, environment)
    wait_for(lambda: units(firm) >= 1, process)
    session = os.getsid(process.pid)
    process.kill()
    process.communicate(timeout=60)
    limit = time.monotonic() + 20
    while (left := in_session(session)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert left == []


def in_session(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found
