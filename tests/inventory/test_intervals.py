"""Whatever scans find, the store's history is that of a plain set kept by hand (hypothesis)."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from piiscan.inventory import Inventory, schema
from piiscan.model import Skip, SkipCode, UnitResult

if TYPE_CHECKING:
    from conftest import Firm

TABLES = ("t1", "t2")
MEMBERS = ("a.csv", "b.csv")
NAMES = ("city", "email", "ssn")

found = st.frozensets(st.sampled_from(NAMES))
table = st.one_of(
    st.none(),
    st.just("skip"),
    st.tuples(st.sampled_from(["full", "partial"]), found, st.sampled_from([0.9, 0.7, 0.55])),
)
"""Not listed, skipped, or read: how much, what was found, how sure."""
member = st.sampled_from([None, "skip", "read"])
archive = st.one_of(st.none(), st.just("skip"), st.tuples(member, member).filter(any))
night = st.fixed_dictionaries(
    {"t1": table, "t2": table, "zip": archive, "complete": st.booleans(), "killed": st.booleans()}
)


class ByHand:
    """The same history as sets of lines: what each night must leave behind."""

    def __init__(self) -> None:
        self.held: dict[str, set[str]] = {}

    def night(self, what: dict) -> list[str]:
        for name in TABLES:
            self._table(name, what[name], complete=what["complete"])
        self._archive(what["zip"], complete=what["complete"])
        return sorted(line for lines in self.held.values() for line in lines)

    def _table(self, name: str, outcome: object, *, complete: bool) -> None:
        if outcome is None:
            if complete:
                self.held.pop(name, None)
        elif isinstance(outcome, tuple):
            coverage, columns, _ = outcome
            lines = {f"{name}.{column}" for column in columns}
            self.held[name] = lines if coverage == "full" else self.held.get(name, set()) | lines

    def _archive(self, outcome: object, *, complete: bool) -> None:
        for index, member_name in enumerate(MEMBERS):
            place = f"a.zip/{member_name}"
            if outcome is None:
                if complete:
                    self.held.pop(place, None)
            elif isinstance(outcome, tuple) and outcome[index] == "read":
                self.held[place] = {f"{place}.ssn"}
            elif isinstance(outcome, tuple) and outcome[index] is None and "read" in outcome:
                self.held.pop(place, None)


def units(firm: Firm, what: dict) -> list[UnitResult | Skip]:
    """The night as the driver hands it over."""
    given_: list[UnitResult | Skip] = []
    for name in TABLES:
        if what[name] == "skip":
            given_.append(UnitResult(firm.container(name), (), (firm.skip(container=name),)))
        elif what[name] is not None:
            coverage, columns, confidence = what[name]
            given_.append(firm.unit(*sorted(columns), path=name, coverage=coverage, confidence=confidence))
    if what["zip"] == "skip":
        given_.append(firm.skip(SkipCode.NO_PERMISSION, source="share", container="a.zip"))
    elif what["zip"] is not None:
        told = dict(zip(MEMBERS, what["zip"], strict=True))
        skips = [
            Skip("share", "a.zip", SkipCode.ENCRYPTED, "needs a password", (name,))
            for name in MEMBERS
            if told[name] == "skip"
        ]
        given_.append(firm.archive([name for name in MEMBERS if told[name] == "read"], skips=skips))
    return given_


def lines(inventory: Inventory, run: int | None = None) -> list[str]:
    """What is held, as `ByHand` writes it."""
    return sorted(
        f"{'/'.join((record.container, *record.member))}.{record.column}" for record in inventory.holdings(run=run)
    )


def check_intervals(inventory: Inventory, runs: int) -> None:
    """For each holding and each container: intervals in order, none over another, only the last open."""
    with inventory._reading() as connection:
        for table_, key in ((schema.holding, schema.holding.c.id), (schema.state, schema.state.c.container_id)):
            spans: dict[object, list[tuple[int, int | None]]] = {}
            for row in connection.execute(
                select(key, table_.c.from_run, table_.c.to_run).order_by(key, table_.c.from_run)
            ):
                spans.setdefault(row[0], []).append((row[1], row[2]))
            for mine in spans.values():
                assert all(to is None or start <= to < runs for start, to in mine), mine
                assert all(before[1] is not None and before[1] < after[0] for before, after in pairwise(mine)), mine


@settings(max_examples=80, deadline=None, derandomize=True)
@given(nights=st.lists(night, min_size=1, max_size=5))
def test_history_is_what_a_careful_clerk_would_have_written(nights: list[dict], firm: Firm, empty_store: Path) -> None:
    """Now and for every past run, whether or not runs were cut off and taken up again."""
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(empty_store, folder)
        inventory = Inventory.open(f"sqlite:///{path}")
        clerk, expected = ByHand(), []
        for what in nights:
            steps = units(firm, what)
            if what["killed"]:
                with inventory.writer() as writer:
                    writer.start(firm.settings)
                    for step in steps[: len(steps) // 2 + 1]:
                        firm.put(writer, step)
            firm.run(inventory, *steps, complete=what["complete"])
            expected.append(clerk.night(what))

        assert [lines(inventory, run) for run in range(1, len(nights) + 1)] == expected
        assert lines(inventory) == expected[-1]
        check_intervals(inventory, len(nights) + 1)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(what=night, order=st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(what: dict, order: object, firm: Firm, empty_store: Path) -> None:
    """Workers finish as they please: the inventory is the same to the byte, apart from times."""
    with tempfile.TemporaryDirectory() as folder:
        said = []
        for name in ("straight", "shuffled"):
            path = shutil.copy(empty_store, Path(folder) / name)
            inventory = Inventory.open(f"sqlite:///{path}")
            steps = units(firm, what)
            if name == "shuffled":
                order.shuffle(steps)
            firm.run(inventory, *steps)
            holdings = [replace(record, first_seen=None, last_seen=None) for record in inventory.holdings()]
            containers = [replace(record, scanned_at=None) for record in inventory.containers()]
            said.append(repr((holdings, containers, inventory.skips(1), inventory.run(1).totals)))

        assert said[0] == said[1]
