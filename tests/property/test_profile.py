"""What a container is said to hold depends on its values alone: on no order, no batch, no bound of memory, no hash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piiscan import Detector
from piiscan.detect import DetectorSettings
from piiscan.detect import profile as profile_room
from piiscan.detect import tally as tally_room
from piiscan.model import Batch, Classification, Column, Container

if TYPE_CHECKING:
    from pathlib import Path

Table = dict[str | None, list[object]]
BUILD = """
from datetime import date
from pathlib import Path
from piiscan import demo
path = demo.build(Path("firm"), today=date(2026, 6, 30))
path.write_text(path.read_text() + "[detection]\\nner_characters = 1\\n")
"""
POOL: list[object] = [
    None, "", "paid", "call 212-555-0187", "219-09-9998", "219099998", "4111111111111111", "card 4111 1111 1111 1111 exp 09/29", "ann@example.com",
    "Ann Lee", "Mercy Hospital", "2024-01-31", "12.50", 7, 7.0, "7", True, "true", 219_099_998, 1_234_567_893, b"\xff\xd8\xff", {"ssn": "219-09-9998"},
    "203.0.113.9", "94110", "Reno, NV 89501", "021000021", "E11.9",
]  # fmt: skip
NAMES = ("name", "note", "ssn", "contact", "n", "zip", None)


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped rules; names in running text are `tests/unit/test_ner.py`'s, and take long."""
    return Detector(DetectorSettings(ner="off"))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Columns of as many rows, of few values and of many, running text among them."""
    rows = draw(st.integers(1, 40))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    values = st.one_of(
        st.sampled_from(POOL),
        st.integers(10**8, 10**8 + 60).map(str),
        st.integers(10, 60).map(lambda n: f"u{n}@example.com"),
    )
    text = st.sampled_from([value for value in POOL if isinstance(value, str)])
    return {name: draw(st.lists(text if name is None else values, min_size=rows, max_size=rows)) for name in names}


def judged(detector: Detector, table: Table, order: list[int], size: int) -> list[tuple[str | None, Classification]]:
    """The classifications of a table whose rows come in this order, so many at a time."""
    columns = tuple(Column(name) for name in NAMES if name is not None and name in table)
    container = Container("s", "debtors", "table", columns=columns)
    profile = detector.profile(container)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        profile.add(Batch(container, {name: [cells[i] for i in part] for name, cells in table.items()}, len(part)))
    return profile.classify()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.randoms(use_true_random=False), st.integers(1, 50), st.integers(1, 5), st.integers(1, 3))
def test_order_batches_and_full_memories_change_nothing(
    detector: Detector, table: Table, chance: object, size: int, remembered: int, telling: int
) -> None:
    """The same rows shuffled, in batches of any size, with next to nothing remembered."""
    rows = list(range(len(next(iter(table.values())))))
    shuffled = rows.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally_room, "_TELLING", telling)
        plain = judged(detector, table, rows, len(rows))
        for bound in ("_REMEMBERED", "_REMEMBERED_IN_ALL", "_FEWEST"):
            patch.setattr(profile_room, bound, remembered)

        assert judged(detector, table, rows, size) == plain
        assert judged(detector, table, shuffled, size) == plain
        assert judged(detector, table, shuffled[::-1], 1) == plain


@pytest.mark.slow
def test_the_demos_inventory_is_the_same_under_any_hash_seed(tmp_path: Path) -> None:
    """No order of a set reaches an inventory: two seeds, one after the other.

    Names are looked for in the first text of each file and column; of all texts they would take most of the time.
    """
    inventories = set()
    for seed in range(2):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIISCAN_")}
        for words in (
            ["-c", BUILD],
            ["-m", "piiscan", "-q", "-c", "firm/piiscan.toml", "scan", "--all", "--workers", "1"],
            ["-m", "piiscan", "-c", "firm/piiscan.toml", "inventory", "list", "--format", "json"],
        ):
            done = subprocess.run(
                [sys.executable, *words],
                cwd=tmp_path,
                env=kept | {"PYTHONHASHSEED": str(seed)},
                capture_output=True,
                encoding="utf-8",
                check=True,
            )
        holdings = json.loads(done.stdout)["holdings"]
        times = {"first_seen", "last_seen"}
        inventories.add(json.dumps([{k: v for k, v in each.items() if k not in times} for each in holdings]))

    assert len(inventories) == 1
    assert len(json.loads(inventories.pop())) > 150
