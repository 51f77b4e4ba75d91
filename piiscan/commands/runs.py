"""The history of scans: list, show, compare and prune runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError
from piiscan.model import Cell, Document, Section

if TYPE_CHECKING:
    from datetime import datetime

    from piiscan.inventory import HoldingRecord, Inventory, RunDiff, RunRecord
    from piiscan.report import Places

RUN = click.IntRange(1)


@click.group()
def command() -> None:
    """The history of scans: list, show, compare and prune runs."""


@command.command(
    "list",
    short_help="List the runs.",
    epilog="""\b
Examples:
  piiscan runs list
  piiscan runs list --format json | jq '.runs[-1].totals'
""",
)
@output_options(redact=False)
@pass_app
def list_(app: App, output: Output) -> None:
    """List the runs the store remembers, oldest first."""
    runs = app.inventory().runs()
    titles = ("run", "started (UTC)", "took", "mode", "status", "read", "unchanged", "not read", "holdings")
    body = {
        "runs": [{key: value for key, value in run.body().items() if key not in ("resumed", "rules")} for run in runs]
    }
    rows = tuple(_run_row(run) for run in runs)
    finish(
        app,
        Document(
            "runs.list", "Runs", body, (Section("", titles, rows, note='"not read" counts what was read in part too.'),)
        ),
        output,
    )


def _run_row(run: RunRecord) -> tuple[Cell, ...]:
    totals = run.totals
    took = "-" if run.finished_at is None else str(run.finished_at - run.started_at)
    missed = totals.skipped + totals.partial
    return (
        str(run.run_id), f"{run.started_at:%Y-%m-%d %H:%M}", took, run.mode, run.status, totals.scanned, totals.unchanged, missed, totals.holdings,
    )  # fmt: skip


@command.command(
    short_help="Show one run.",
    epilog="""\b
Examples:
  piiscan runs show
  piiscan runs show 12 --format json | jq '.skips[]'
""",
)
@click.argument("run", type=RUN, required=False)
@output_options()
@pass_app
def show(app: App, run: int | None, output: Output) -> None:
    """Show one run, the last where none is named: its sources, its totals and everything it could not read."""
    from piiscan.report import ignored_lines, scan_document

    inventory = app.inventory()
    record = inventory.run(run) if run is not None else _all_runs(inventory)[-1]
    covered = {source.name for source in record.sources}
    counts = [count for source, count in inventory.ignored(run=record.run_id) if source in covered]
    ignored = ignored_lines(app.config(), counts, redact=output.redact_paths)
    document = scan_document(record, inventory.skips(record.run_id), ignored=ignored, redact=output.redact_paths)
    finish(app, replace(document, kind="runs.show"), output)


@command.command(
    short_help="Compare two runs.",
    epilog="""\b
Examples:
  piiscan runs diff
  piiscan runs diff 3 12 --format json | jq -r '.new[].container'
""",
)
@click.argument("before", metavar="[A]", type=RUN, required=False)
@click.argument("after", metavar="[B]", type=RUN, required=False)
@output_options()
@pass_app
def diff(app: App, before: int | None, after: int | None, output: Output) -> None:
    """Compare what was held in run A with what was held in a later run B.

    Without B: the last run; without both: the last two. A holding ends only where its container was read without it, or is
    gone from a complete listing; what could not be read has not ended.
    """
    from piiscan.report import Places

    inventory = app.inventory()
    runs = [run.run_id for run in _all_runs(inventory)]
    last = inventory.run(after).run_id if after is not None else runs[-1]
    earlier = [run for run in runs if run < last]
    if before is None and not earlier:
        raise UsageError("there is only one run: nothing to compare it with", hint="scan again, then compare")
    first = inventory.run(before).run_id if before is not None else earlier[-1]
    if first >= last:
        raise UsageError(f"run {first} is not before run {last}", hint="name the earlier run first")
    finish(app, _diff_document(first, last, inventory.diff(first, last), Places(redact=output.redact_paths)), output)


def _diff_document(first: int, last: int, found: RunDiff, places: Places) -> Document:
    from piiscan.commands._inventory_documents import holding_body, holding_table

    body = {
        "from_run": first,
        "to_run": last,
        "new": [holding_body(record, places) for record in found.new],
        "ended": [{"holding": holding_body(each.holding, places), "reason": each.reason} for each in found.ended],
        "changed": [
            {"before": holding_body(each.before, places), "after": holding_body(each.after, places)}
            for each in found.changed
        ],
    }
    reasons = {"absent": "read without it", "unlisted": "container gone", "ignored": "on the ignore list"}
    ended = tuple((*_named(each.holding, places), reasons[each.reason]) for each in found.ended)
    changed = tuple((*_named(each.after, places), _sure(each.before), _sure(each.after)) for each in found.changed)
    sections = [replace(holding_table(found.new, places), title="New")] if found.new else []
    sections += [Section("Ended", ("id", "place", "data type", "why"), ended)] if ended else []
    sections += [Section("Changed", ("id", "place", "data type", "was", "is"), changed)] if changed else []
    lead = f"Run {first} to run {last}: {len(found.new):,} new, {len(found.ended):,} ended, {len(found.changed):,} changed."
    return Document("runs.diff", "What changed", body, tuple(sections), (lead,), flat=_diff_flat(found, places))


def _diff_flat(found: RunDiff, places: Places) -> Section:
    rows = [("new", record) for record in found.new]
    rows += [("ended", each.holding) for each in found.ended] + [("changed", each.after) for each in found.changed]
    titles = ("change", "id", "source", "container", "member", "column", "data_type", "confidence")
    return Section(
        "Changes",
        titles,
        tuple(
            (
                change,
                record.id,
                record.source,
                places.container(record.source, record.container),
                places.member(record),
                places.column(record, record.column),
                record.data_type,
                record.confidence,
            )
            for change, record in rows
        ),
    )


def _named(record: HoldingRecord, places: Places) -> tuple[str, str, str]:
    return (record.id[:8], places.spoken(record, record.column), record.data_type)


def _sure(record: HoldingRecord) -> str:
    return f"{record.confidence:.2f} from {', '.join(record.evidence)}"


@command.command(
    short_help="Forget old runs.",
    epilog="""\b
Examples:
  piiscan runs prune --keep 400
  piiscan runs prune --before 2025-01-01 --dry-run
""",
)
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Keep the newest N runs.")
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Forget runs that started before DATE (UTC)."
)
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten, and forget nothing.")
@output_options(redact=False)
@pass_app
def prune(app: App, keep: int | None, before: datetime | None, dry_run: bool, output: Output) -> None:
    """Forget old runs, and what had ended before the oldest run that stays.

    What is held now stays, and so does since when; the newest run, and the last run of each source, are always kept. Either
    --keep or --before says how far.
    """
    if (keep is None) == (before is None):
        raise UsageError(
            "say how far: --keep N or --before DATE", hint="piiscan runs prune --keep 400 keeps a year of nights"
        )
    inventory = app.inventory()
    runs = _all_runs(inventory)
    old = (
        runs[:-keep] if keep is not None else [run for run in runs if before and run.started_at.date() < before.date()]
    )
    pruned = inventory.forgettable(run.run_id for run in old)
    intervals = None
    if pruned and not dry_run:
        with inventory.writer() as writer:
            intervals = writer.prune(pruned)
    kept = [run.run_id for run in runs if run.run_id not in pruned]
    body = {"pruned": pruned, "kept": kept, "intervals": intervals, "dry_run": dry_run}
    verb = "would be forgotten" if dry_run else "forgotten"
    lead = f"{len(pruned):,} of {len(runs):,} runs {verb}; {len(kept):,} stay."
    rows = tuple(
        (str(run.run_id), f"{run.started_at:%Y-%m-%d %H:%M}", run.status) for run in runs if run.run_id in pruned
    )
    sections = (Section("", ("run", "started (UTC)", "status"), rows),) if rows else ()
    finish(app, Document("runs.prune", "Forgotten runs", body, sections, (lead,)), output)


def _all_runs(inventory: Inventory) -> list[RunRecord]:
    """Every run, at least one. Raises UsageError where there is none."""
    runs = inventory.runs()
    if not runs:
        raise UsageError("there is no run yet", hint="run piiscan scan first")
    return runs
