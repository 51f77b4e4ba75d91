"""Runs: taken up again, given up, counted, compared and forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from piiscan.errors import StoreError, UsageError
from piiscan.inventory import schema
from piiscan.model import Skip, SkipCode

if TYPE_CHECKING:
    from conftest import Firm

    from piiscan.inventory import Inventory, RunWriter


def test_an_unfinished_run_is_taken_up_again(inventory: Inventory, firm: Firm) -> None:
    """The next start under equal settings goes on: what was committed is done, totals count both halves."""
    with inventory.writer() as writer:
        assert not writer.start(firm.settings).resumed
        writer.commit(firm.unit("ssn"))

    with inventory.writer() as writer:
        again = writer.start(firm.settings)
        done = writer.is_done(firm.container()), writer.is_done(firm.container("public.other"))
        writer.commit(firm.unit("email", path="public.other"))
        for source in ("crm", "share"):
            writer.close_source(source, complete_listing=True)
        record = writer.finish("complete")

    assert (again.resumed, again.run_id, done) == (True, 1, (True, False))
    assert (record.totals.containers, record.totals.holdings, record.totals.cells) == (2, 2, 600)
    assert [run.status for run in inventory.runs()] == ["complete"]


def test_an_interrupted_run_is_taken_up_again(inventory: Inventory, firm: Firm) -> None:
    """Ctrl-C closes the books, and the next run opens them again."""
    firm.run(inventory, firm.unit("ssn"), status="interrupted", complete=False)

    with inventory.writer() as writer:
        again = writer.start(firm.settings)
        assert writer.is_done(firm.container())

    assert (again.run_id, again.status, again.finished_at) == (1, "running", None)


@pytest.mark.parametrize(
    "change", [{"fingerprint": "rules-2"}, {"mode": "sample"}, {"all": True}, {"sources": (("crm", "sql"),)}]
)
def test_under_other_settings_a_new_run_begins(inventory: Inventory, firm: Firm, change: dict[str, object]) -> None:
    """What was read under other rules must be read again; the run given up is called interrupted."""
    with inventory.writer() as writer:
        writer.start(firm.settings)
        writer.commit(firm.unit("ssn"))

    with inventory.writer() as writer:
        record = writer.start(replace(firm.settings, **change))
        assert not writer.is_done(firm.container())

    assert (record.run_id, record.resumed) == (2, False)
    assert [(run.status, run.totals.scanned) for run in inventory.runs()] == [("interrupted", 1), ("running", 0)]


def test_a_run_cut_off_long_ago_is_not_taken_up(inventory: Inventory, firm: Firm) -> None:
    """What was read more than a day ago is no part of tonight's run."""
    with inventory.writer() as writer:
        writer.start(firm.settings)
        writer.commit(firm.unit("ssn"))
        old = datetime.now(UTC) - timedelta(days=2)
        with writer._connection.begin():
            writer._connection.execute(update(schema.run).values(started_at=old))
            writer._connection.execute(update(schema.unit).values(done_at=old))

    with inventory.writer() as writer:
        assert writer.start(firm.settings).run_id == 2


def test_a_listing_told_again_replaces_what_it_told_before(inventory: Inventory, firm: Firm) -> None:
    """The server was down, the run was killed, the server is back: the run ends complete."""
    with inventory.writer() as writer:
        writer.start(firm.settings)
        writer.skip(firm.skip(SkipCode.UNREACHABLE, container=None))
        writer.skip(firm.skip(SkipCode.NO_PERMISSION))

    record = firm.run(inventory, firm.unit("ssn"))

    assert (record.run_id, record.sources[0].status, record.totals.skipped, inventory.skips(1)) == (
        1,
        "complete",
        0,
        [],
    )


def test_a_run_can_be_read_while_it_runs(inventory: Inventory, firm: Firm) -> None:
    """Readers see every committed unit, and a run that is not finished."""
    with inventory.writer() as writer:
        writer.start(firm.settings)
        writer.commit(firm.unit("ssn"))

        record = inventory.run(1)

        assert (record.status, record.finished_at, record.totals.scanned) == ("running", None, 1)
        assert firm.held(inventory) == ["public.debtors.ssn ssn"]


def test_the_sources_of_a_run_add_up(inventory: Inventory, firm: Firm) -> None:
    """Each unit counts once, under exactly one status, in its source."""
    firm.run(inventory, firm.unit("ssn", path="same", source="share", fingerprint="f"))

    record = firm.run(
        inventory,
        firm.unit("ssn", "email"),
        firm.unit(path="public.part", coverage="partial"),
        firm.skip(container="public.closed"),
        firm.container("same", source="share", fingerprint="f"),
        firm.archive(["a.csv", "b.csv"]),
        firm.skip(SkipCode.NO_PERMISSION, source="share", container="private", hides=True),
        status="partial",
    )

    assert [source.body() for source in record.sources] == [
        {
            "name": "crm",
            "connector": "sql",
            "status": "partial",
            "containers": 3,
            "scanned": 1,
            "partial": 1,
            "unchanged": 0,
            "skipped": 1,
        },
        {
            "name": "share",
            "connector": "files",
            "status": "partial",
            "containers": 3,
            "scanned": 1,
            "partial": 0,
            "unchanged": 1,
            "skipped": 1,
        },
    ]
    assert record.totals.body() == {
        "containers": 6, "scanned": 2, "partial": 1, "unchanged": 1, "skipped": 2, "holdings": 5, "cells": 1200, "bytes": 12000,
    }  # fmt: skip
    assert inventory.run(2) == record


def test_a_view_of_a_past_run_knows_no_later_time(inventory: Inventory, firm: Firm) -> None:
    """What was seen again tomorrow was last seen today, in today's view."""
    firm.run(inventory, firm.unit("ssn"))
    old = datetime(2020, 1, 1, tzinfo=UTC)
    with inventory.writer() as writer, writer._connection.begin():
        writer._connection.execute(update(schema.run).values(started_at=old, finished_at=old))

    firm.run(inventory, firm.unit("ssn"))

    assert (inventory.holdings(run=1)[0].last_seen, inventory.containers(run=1)[0].scanned_at) == (old, old)
    assert inventory.holdings()[0].last_seen > old


def test_a_skip_told_night_after_night_is_one_row(inventory: Inventory, firm: Firm) -> None:
    """A year of unreadable files must not fill the store."""
    for _ in range(5):
        firm.run(inventory, firm.skip(SkipCode.NO_PERMISSION))

    with inventory._reading() as connection:
        rows = connection.execute(select(schema.skip.c.from_run, schema.skip.c.to_run)).all()
    assert rows == [(1, 5)]


def test_pruning_keeps_what_stands_and_since_when(inventory: Inventory, firm: Firm) -> None:
    """Old runs and what ended before the oldest that stays are forgotten; nothing that is held is."""
    firm.run(inventory, firm.unit("ssn", "email"), firm.unit("ssn", path="public.gone"))
    firm.run(inventory, firm.unit("ssn"))
    firm.run(inventory, firm.unit("ssn"))
    before = inventory.holdings()

    with inventory.writer() as writer:
        gone = writer.prune([1, 2])

    assert gone == 3  # the email, the dropped table's ssn, the dropped table itself
    assert [run.run_id for run in inventory.runs()] == [3]
    assert inventory.holdings() == before
    assert inventory.history(before[0].id)[0].from_run == 1
    with pytest.raises(UsageError, match="there is no run 1"):
        inventory.run(1)


def test_pruning_keeps_the_last_run_of_every_source(inventory: Inventory, firm: Firm) -> None:
    """What could not be read in a source that is seldom scanned is not forgotten, and told again when it is unchanged."""
    picture = Skip("share", "a.zip", SkipCode.UNSUPPORTED, "no text", ("logo.png",))
    only_crm = replace(firm.settings, sources=(("crm", "sql"),))
    firm.run(inventory, firm.archive(["b.csv"], skips=[picture], fingerprint="f"))
    for _ in range(3):
        firm.run(inventory, firm.unit("ssn"), settings=only_crm)

    with inventory.writer() as writer:
        writer.prune([1, 2, 3, 4])
    firm.run(inventory, firm.container("a.zip", source="share", fingerprint="f"))

    assert [run.run_id for run in inventory.runs()] == [1, 4, 5]
    assert inventory.skips(5) == [picture]


def test_pruning_keeps_what_a_run_that_stays_can_show(inventory: Inventory, firm: Firm) -> None:
    """A view of the kept run is the same before and after."""
    only_share = replace(firm.settings, sources=(("share", "files"),))
    firm.run(inventory, firm.unit("ssn", "email"))
    firm.run(inventory, firm.unit("ssn", "city"))
    firm.run(inventory, firm.unit("ssn"))
    firm.run(inventory, firm.unit("ssn", path="b.csv", source="share"), settings=only_share)
    firm.run(inventory, settings=only_share)
    before = [firm.held(inventory, run) for run in (3, 5)]

    with inventory.writer() as writer:
        gone = writer.prune([1, 2, 4])

    assert gone == 4  # the email, the city, the file's ssn, the file
    assert [firm.held(inventory, run) for run in (3, 5)] == before


def test_run_ids_are_never_given_twice(inventory: Inventory, firm: Firm) -> None:
    """Not even those of pruned ones."""
    for _ in range(3):
        firm.run(inventory)
    with inventory.writer() as writer:
        writer.prune([1, 2])

    assert [firm.run(inventory).run_id, *(run.run_id for run in inventory.runs())] == [4, 3, 4]


def test_writing_needs_a_run(inventory: Inventory, firm: Firm) -> None:
    """A commit outside a run is an error, not a loss."""
    with inventory.writer() as writer, pytest.raises(StoreError, match="no run was started"):
        writer.commit(firm.unit("ssn"))


def test_a_fault_of_the_scan_is_not_called_one_of_the_store(inventory: Inventory, firm: Firm) -> None:
    """What the driver raises inside the block passes through, and the lock is let go."""

    def scan(writer: RunWriter) -> None:
        writer.start(firm.settings)
        raise FileNotFoundError("share")

    with pytest.raises(FileNotFoundError), inventory.writer() as writer:
        scan(writer)
    with inventory.writer() as writer:
        assert writer.start(firm.settings).resumed
