"""What a commit does to the inventory: holdings come, stay and end only on proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, event, update

from piiscan.inventory import Inventory, schema
from piiscan.model import Ages, Clock, Skip, SkipCode, UnitResult

if TYPE_CHECKING:
    from sqlite3 import Cursor

    from conftest import Firm


def test_a_unit_committed_twice_counts_once(inventory: Inventory, firm: Firm) -> None:
    """The second commit of a run changes nothing, whatever it says."""
    with inventory.writer() as writer:
        writer.start(firm.settings)
        writer.commit(firm.unit("ssn"))
        writer.commit(firm.unit("ssn", "email"))
        done = writer.finish("complete")

    assert firm.held(inventory) == ["public.debtors.ssn ssn"]
    assert (done.totals.containers, done.totals.cells, done.totals.bytes) == (1, 300, 3000)


def test_a_holding_ends_when_a_full_read_misses_it(inventory: Inventory, firm: Firm) -> None:
    """Read whole without it: gone; the run before still shows it."""
    firm.run(inventory, firm.unit("ssn", "email"))

    firm.run(inventory, firm.unit("ssn"))

    assert firm.held(inventory) == ["public.debtors.ssn ssn"]
    assert firm.held(inventory, run=1) == ["public.debtors.email email", "public.debtors.ssn ssn"]
    assert [(each.holding.column, each.reason) for each in inventory.diff(1, 2).ended] == [("email", "absent")]


def test_a_partial_read_ends_nothing(inventory: Inventory, firm: Firm) -> None:
    """What a limit kept from being read may still be there."""
    firm.run(inventory, firm.unit("ssn", "email"))

    firm.run(inventory, firm.unit("ssn", coverage="partial"))

    assert firm.held(inventory) == ["public.debtors.email email", "public.debtors.ssn ssn"]
    assert firm.statuses(inventory) == {"public.debtors": "partial"}


def test_a_skipped_container_keeps_its_holdings_and_its_last_reading(inventory: Inventory, firm: Firm) -> None:
    """Not read is not clean: what was known stays, with the time it was last seen."""
    firm.run(inventory, firm.unit("ssn"))
    held, read = inventory.holdings(), inventory.containers()[0]

    firm.run(inventory, UnitResult(firm.container(), (), (firm.skip(),)))

    assert inventory.holdings() == held
    assert inventory.containers() == [replace(read, status="skipped", bound=None)]


def test_a_sample_ends_what_it_would_have_shown(inventory: Inventory, firm: Firm) -> None:
    """Ninety hits in a hundred rows do not hide from a sample of a hundred; one does."""
    often = firm.scanned(firm.container(), "ssn", coverage="sample", matched=90)
    rarely = firm.scanned(firm.container(), "email", coverage="sample", matched=1)
    both = replace(often, holdings=often.holdings + rarely.holdings)
    firm.run(inventory, UnitResult(firm.container(), (both,)))

    firm.run(inventory, firm.unit(coverage="sample"))

    assert firm.held(inventory) == ["public.debtors.email email"]


def test_a_sample_ends_what_a_dropped_column_held(inventory: Inventory, firm: Firm) -> None:
    """One hit only, but the column is gone from the table."""
    firm.run(inventory, firm.unit("email", coverage="sample", matched=1))
    smaller = replace(firm.container(), columns=firm.container().columns[:1])

    firm.run(inventory, UnitResult(smaller, (firm.scanned(smaller, coverage="sample"),)))

    assert firm.held(inventory) == []


def test_a_container_gone_from_a_complete_listing_ends(inventory: Inventory, firm: Firm) -> None:
    """A dropped table leaves the inventory, and the diff says why."""
    firm.run(inventory, firm.unit("ssn"), firm.unit("email", path="public.gone"))

    firm.run(inventory, firm.unit("ssn"))

    assert firm.statuses(inventory) == {"public.debtors": "scanned"}
    assert [(each.holding.container, each.reason) for each in inventory.diff(1, 2).ended] == [
        ("public.gone", "unlisted")
    ]


@pytest.mark.parametrize("told", [None, "source", "hides"])
def test_an_incomplete_listing_ends_nothing(inventory: Inventory, firm: Firm, told: str | None) -> None:
    """A listing that broke, a source out of reach, a folder without permission: what was not listed may be there."""
    firm.run(inventory, firm.unit("ssn"))
    skips = {
        None: [],
        "source": [firm.skip(SkipCode.UNREACHABLE, container=None)],
        "hides": [firm.skip(SkipCode.NO_PERMISSION, container="private", hides=True)],
    }

    done = firm.run(inventory, *skips[told], complete=told is not None)

    assert firm.held(inventory) == ["public.debtors.ssn ssn"]
    expected = {None: "partial", "source": "failed", "hides": "partial"}
    assert done.sources[0].status == expected[told]


def test_a_listed_container_that_is_skipped_has_not_gone(inventory: Inventory, firm: Firm) -> None:
    """A skip told by the listing names the container: it is listed."""
    firm.run(inventory, firm.unit("ssn"))

    done = firm.run(inventory, firm.skip(SkipCode.NO_PERMISSION))

    assert firm.held(inventory) == ["public.debtors.ssn ssn"]
    assert firm.statuses(inventory) == {"public.debtors": "skipped"}
    assert (done.totals.containers, done.totals.skipped) == (1, 1)


def test_a_source_that_was_not_scanned_stays_as_it_is(inventory: Inventory, firm: Firm) -> None:
    """Scanning one source says nothing about the others."""
    firm.run(inventory, firm.unit("ssn"), firm.unit("email", path="b.csv", source="share"))
    only_crm = replace(firm.settings, sources=(("crm", "sql"),))

    firm.run(inventory, settings=only_crm)

    assert firm.held(inventory) == ["b.csv.email email"]


def test_members_of_an_archive_come_and_go(inventory: Inventory, firm: Firm) -> None:
    """A member that a whole reading of its archive no longer shows has ended; the archive is a container too."""
    firm.run(inventory, firm.archive(["a.csv", "b.csv"]))

    firm.run(inventory, firm.archive(["b.csv", "c.csv"]))

    assert firm.statuses(inventory) == {"a.zip": "scanned", "a.zip/b.csv": "scanned", "a.zip/c.csv": "scanned"}
    found = inventory.diff(1, 2)
    assert ([record.member for record in found.new], [each.holding.member for each in found.ended]) == (
        [("c.csv",)],
        [("a.csv",)],
    )


def test_members_behind_something_unread_stay(inventory: Inventory, firm: Firm) -> None:
    """An inner archive that cannot be opened any more may still hold what it held; so may all of a broken one."""
    inner = replace(
        firm.archive([]),
        scanned=(firm.scanned(firm.container("a.zip", source="share", member=("in.zip", "a.csv")), "ssn"),),
    )
    firm.run(inventory, inner)
    encrypted = Skip("share", "a.zip", SkipCode.ENCRYPTED, "needs a password", ("in.zip",))
    firm.run(inventory, firm.archive(["b.csv"], skips=[encrypted]))
    assert firm.held(inventory) == ["a.zip/b.csv.ssn ssn", "a.zip/in.zip/a.csv.ssn ssn"]

    firm.run(inventory, firm.archive([], skips=[firm.skip(SkipCode.UNREADABLE, source="share", container="a.zip")]))

    assert firm.held(inventory) == ["a.zip/b.csv.ssn ssn", "a.zip/in.zip/a.csv.ssn ssn"]
    assert firm.statuses(inventory) == {
        "a.zip": "skipped", "a.zip/b.csv": "scanned", "a.zip/in.zip": "skipped", "a.zip/in.zip/a.csv": "scanned",
    }  # fmt: skip


def test_a_unit_with_an_unread_member_is_partial(inventory: Inventory, firm: Firm) -> None:
    """It counts once, as read in part; a tolerated code leaves the source complete, another does not."""
    picture = Skip("share", "a.zip", SkipCode.UNSUPPORTED, "no text", ("logo.png",))
    locked = Skip("share", "a.zip", SkipCode.ENCRYPTED, "needs a password", ("b.csv",))

    tolerated = firm.run(inventory, firm.archive(["a.csv"], skips=[picture]))
    missing = firm.run(inventory, firm.archive(["a.csv"], skips=[picture, locked]))

    assert [(run.sources[1].partial, run.sources[1].status) for run in (tolerated, missing)] == [
        (1, "complete"),
        (1, "partial"),
    ]
    assert [skip.code for skip in inventory.skips(2)] == ["encrypted", "unsupported"]


def test_an_unread_unit_is_not_taken_for_unchanged(inventory: Inventory, firm: Firm) -> None:
    """Only what was read as planned, under the same rules, need not be read again."""
    same = firm.container(fingerprint="inode 7")
    firm.run(inventory, firm.unit("ssn", fingerprint="inode 7"))
    other = replace(firm.settings, fingerprint="rules-2")

    def unchanged(container: object, settings: object = firm.settings) -> bool:
        with inventory.writer() as writer:
            writer.start(settings)
            return writer.is_unchanged(container)

    assert unchanged(same)
    assert not unchanged(replace(same, fingerprint="inode 8"))
    assert not unchanged(replace(same, fingerprint=None))
    assert not unchanged(same, other)
    assert not unchanged(same, replace(firm.settings, all=True))
    firm.run(inventory, firm.unit("ssn", fingerprint="inode 7", coverage="partial"))
    assert not unchanged(same)
    firm.run(inventory, UnitResult(same, (), (firm.skip(),)))
    assert not unchanged(same)


def test_an_unchanged_unit_is_seen_again_with_its_skips(inventory: Inventory, firm: Firm) -> None:
    """Its holdings are as they were, its unread member is told in every run."""
    picture = Skip("share", "a.zip", SkipCode.UNSUPPORTED, "no text", ("logo.png",))
    firm.run(inventory, firm.archive(["a.csv"], skips=[picture], fingerprint="f"))
    root = firm.container("a.zip", source="share", fingerprint="f")

    for _ in range(2):
        done = firm.run(inventory, root)

    assert firm.statuses(inventory) == {"a.zip": "unchanged", "a.zip/a.csv": "unchanged", "a.zip/logo.png": "skipped"}
    assert firm.held(inventory) == ["a.zip/a.csv.ssn ssn"]
    assert [inventory.skips(run) for run in (1, 2, 3)] == [[picture]] * 3
    assert (done.totals.unchanged, done.totals.cells, done.sources[1].status) == (1, 0, "complete")


def test_an_unchanged_unit_was_last_seen_now_and_read_before(inventory: Inventory, firm: Firm) -> None:
    """What is known to be unchanged is still held; the time of its reading stays that of the reading."""
    firm.run(inventory, firm.unit("ssn", fingerprint="f"))
    old = datetime(2020, 1, 1, tzinfo=UTC)
    with inventory.writer() as writer, writer._connection.begin():
        writer._connection.execute(update(schema.holding).values(first_seen=old, last_seen=old))
        writer._connection.execute(update(schema.state).values(read_at=old))

    firm.run(inventory, firm.container(fingerprint="f"))

    held, read = inventory.holdings()[0], inventory.containers()[0]
    assert (held.first_seen, held.last_seen > old, read.scanned_at) == (old, True, old)


def test_a_mended_skip_is_not_told_again(inventory: Inventory, firm: Firm) -> None:
    """Skips belong to the runs that told them, and to no other."""
    firm.run(inventory, firm.skip(SkipCode.NO_PERMISSION))
    firm.run(inventory, firm.unit("ssn", fingerprint="f"))
    firm.run(inventory, firm.container(fingerprint="f"))
    firm.run(inventory, firm.skip(SkipCode.NO_PERMISSION))

    assert [len(inventory.skips(run)) for run in (1, 2, 3, 4)] == [1, 0, 0, 1]


def test_a_skip_is_not_told_for_runs_of_other_sources(inventory: Inventory, firm: Firm) -> None:
    """A run that did not cover the source knows nothing of it."""
    only_share = replace(firm.settings, sources=(("share", "files"),))
    firm.run(inventory, firm.skip())
    firm.run(inventory, settings=only_share)
    firm.run(inventory, firm.skip())

    assert [len(inventory.skips(run)) for run in (1, 2, 3)] == [1, 0, 1]


def test_numbers_are_written_over_and_presence_is_not(inventory: Inventory, firm: Firm) -> None:
    """More hits are the same interval; another strength of confidence, or other evidence, is a new one."""
    for matched, confidence in ((90, 0.9), (80, 0.88), (80, 0.7), (0, 0.7)):
        firm.run(inventory, firm.unit("ssn", matched=matched, confidence=confidence))

    record = inventory.holdings()[0]
    spans = [(each.from_run, each.to_run, each.strength, each.evidence) for each in inventory.history(record.id)]
    assert spans == [(1, 2, "high", ("values",)), (3, 3, "medium", ("values",)), (4, None, "medium", ("name",))]
    assert [(each.before.confidence, each.after.confidence) for each in inventory.diff(1, 3).changed] == [(0.88, 0.7)]


def test_since_when_survives_a_change_but_not_an_end(inventory: Inventory, firm: Firm) -> None:
    """First seen is the beginning of the unbroken time; what comes back after it was gone begins anew."""
    held = firm.unit("ssn")
    firm.run(inventory, held)
    first = inventory.holdings()[0].first_seen
    firm.run(inventory, firm.unit("ssn", confidence=0.7))
    assert inventory.holdings()[0].first_seen == first

    firm.run(inventory, firm.unit())
    firm.run(inventory, held)

    assert [(each.from_run, each.to_run, each.ended) for each in inventory.history(inventory.holdings()[0].id)] == [
        (1, 1, None), (2, 2, "absent"), (4, None, None),
    ]  # fmt: skip


def test_ages_follow_the_last_reading(inventory: Inventory, firm: Firm) -> None:
    """Days and owners are replaced by a reading, kept where a partial one counted none, and date the holdings."""
    firm.run(inventory, firm.unit("ssn", days=[firm.day(2024, 3, "mercy"), firm.day(2020, 2, "?")]))
    firm.run(inventory, firm.unit("ssn", coverage="partial"))

    record = inventory.holdings()[0]
    assert (record.oldest_at, record.newest_at, record.owners) == (date(2020, 3, 2), date(2024, 3, 2), ("?", "mercy"))
    assert [(row.day, row.rows, row.owner) for row in inventory.ages()[0].ages.rows] == [
        (date(2020, 3, 2), 2, "?"), (date(2024, 3, 2), 3, "mercy"),
    ]  # fmt: skip
    firm.run(inventory, firm.unit("ssn"))
    assert inventory.ages() == []


def test_names_no_database_likes_are_kept_readable(inventory: Inventory, firm: Firm) -> None:
    """Undecodable bytes and NUL in names do not end a scan, and stay the same container in the next run."""
    for _ in range(2):
        member = replace(firm.container("caf\udce9.zip", source="share"), member=("a\0b.csv",))
        unit = UnitResult(replace(member, member=()), (firm.scanned(member, "ssn"),))
        firm.run(inventory, unit)

    assert firm.statuses(inventory) == {"caf\\udce9.zip": "scanned", "caf\\udce9.zip/a\\x00b.csv": "scanned"}
    assert [each.from_run for each in inventory.history(inventory.holdings()[0].id)] == [1]


def test_very_long_names_are_kept(inventory: Inventory, firm: Firm) -> None:
    """A path of 4,000 characters is longer than a PostgreSQL index row may be."""
    path = "/".join(f"{number:0200}" for number in range(20))

    firm.run(inventory, firm.unit("ssn", path=path, source="share"))

    assert [record.container for record in inventory.holdings()] == [path]


def test_what_bears_no_proof_is_not_clean(inventory: Inventory, firm: Firm) -> None:
    """The bound: 0 for a full read, 1 - 0.05 ** (1/n) for a sample of n rows, nothing for a partial read."""
    full, sample, partial = (firm.unit(path=name, coverage=name) for name in ("full", "sample", "partial"))

    firm.run(inventory, full, sample, partial, firm.skip(container="skipped"))

    bounds = {record.container: record.bound for record in inventory.containers()}
    assert bounds.pop("sample") == pytest.approx(0.02951, abs=1e-5)
    assert bounds == {"full": 0.0, "partial": None, "skipped": None}


def test_a_file_that_became_an_archive_holds_nothing_itself(inventory: Inventory, firm: Firm) -> None:
    """What it held as plain text ends when it is read whole as an archive, and stays while a part of that is unread."""
    firm.run(inventory, firm.unit("ssn", path="a.zip", source="share"))
    firm.run(
        inventory, firm.archive(["b.csv"], skips=[firm.skip(source="share", container="a.zip", member=("c.csv",))])
    )
    assert firm.held(inventory) == ["a.zip.ssn ssn", "a.zip/b.csv.ssn ssn"]

    firm.run(inventory, firm.archive(["b.csv"]))

    assert firm.held(inventory) == ["a.zip/b.csv.ssn ssn"]


def test_a_result_that_says_nothing_proves_nothing(inventory: Inventory, firm: Firm) -> None:
    """Neither read nor skipped: not clean, not ended, not unchanged, and the source is not complete."""
    firm.run(inventory, firm.unit("ssn", fingerprint="f"), firm.archive(["a.csv"]))

    nothing = [UnitResult(unit.container, ()) for unit in (firm.unit(fingerprint="f"), firm.archive([]))]
    done = firm.run(inventory, *nothing)

    assert firm.held(inventory) == ["public.debtors.ssn ssn", "a.zip/a.csv.ssn ssn"]
    assert firm.statuses(inventory) == {"public.debtors": "skipped", "a.zip": "skipped", "a.zip/a.csv": "scanned"}
    assert [source.status for source in done.sources] == ["partial", "partial"]


def test_a_skip_told_after_the_commit_keeps_the_reading(inventory: Inventory, firm: Firm) -> None:
    """A listing that names a container twice does not make it unread."""
    done = firm.run(inventory, firm.unit("ssn"), firm.skip(SkipCode.VANISHED))

    assert firm.statuses(inventory) == {"public.debtors": "scanned"}
    assert (done.totals.scanned, done.totals.skipped, [skip.code for skip in inventory.skips(1)]) == (
        1,
        0,
        ["vanished"],
    )


def test_a_collection_date_is_better_than_a_creation_date(inventory: Inventory, firm: Firm) -> None:
    """Of the clocks that date a container's rows, the holding shows that of collection, else that of creation."""
    container = firm.container()
    collected, created = (
        Ages(Clock(event, (event,)), (firm.day(year, 5),)) for event, year in (("collected", 2024), ("created", 2021))
    )
    both = replace(firm.scanned(container, "ssn"), ages=(collected, created))
    firm.run(inventory, UnitResult(container, (both,)))
    other = replace(
        firm.scanned(container, "ssn"), ages=(Ages(Clock("last_use", ("x",)), (firm.day(2019, 5),)), created)
    )

    first = inventory.holdings()[0].oldest_at
    firm.run(inventory, UnitResult(container, (other,)))

    assert (first, inventory.holdings()[0].oldest_at) == (date(2024, 3, 2), date(2021, 3, 2))


def test_a_listing_that_knows_no_row_count_keeps_the_last(inventory: Inventory, firm: Firm) -> None:
    """A skipped table is as large as it was."""
    firm.run(inventory, firm.unit("ssn"))

    firm.run(inventory, UnitResult(replace(firm.container(), rows=None), (), (firm.skip(),)))

    assert inventory.containers()[0].rows_total == 100


def test_an_empty_archive_read_whole_holds_nothing(inventory: Inventory, firm: Firm) -> None:
    """Read, and nothing in it: its members have gone."""
    firm.run(inventory, firm.archive(["a.csv"]))
    root = firm.container("a.zip", source="share")

    firm.run(inventory, UnitResult(root, (firm.scanned(root),)))

    assert firm.statuses(inventory) == {"a.zip": "scanned"}


def test_no_commit_walks_through_a_table(sqlite_url: str, firm: Firm) -> None:
    """Every statement of a commit finds its rows by an index on them: the hundred-thousandth file costs what the first did."""
    inventory = Inventory.open(sqlite_url, create=True)
    firm.run(
        inventory,
        firm.unit("ssn", "email", fingerprint="f"),
        firm.archive(["a.csv"]),
        firm.skip(container="public.closed"),
    )
    plans: dict[str, list[str]] = {}

    def explain(
        connection: Connection, cursor: Cursor, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE"):
            rows = connection.connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters
            )
            plans[statement] = [row[3] for row in rows]

    with inventory.writer() as writer:
        writer.start(firm.settings)
        event.listen(writer._connection, "before_cursor_execute", explain)
        for step in (
            firm.unit("ssn", "city", path="public.new"),
            firm.archive(["b.csv"]),
            firm.skip(container="public.closed"),
        ):
            firm.put(writer, step)
        firm.put(writer, firm.container(fingerprint="f"))
        assert writer.is_done(firm.container())

    assert len(plans) >= 10
    walks = {
        statement: plan
        for statement, plan in plans.items()
        if any(step.startswith("SCAN") or step.endswith("(run_id=?)") for step in plan)
    }
    assert walks == {}
