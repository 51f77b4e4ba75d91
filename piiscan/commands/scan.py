"""Read the sources and bring the inventory up to date: the nightly job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from piiscan.commands.report import day_of
from piiscan.commands.shared import App, Duration, Output, finish, output_options, pass_app, write_file
from piiscan.errors import ExitCode, PiiscanError, UsageError

if TYPE_CHECKING:
    from datetime import timedelta

    from piiscan.config import Config
    from piiscan.inventory import Inventory, RunRecord
    from piiscan.model import Document, Skip
    from piiscan.retention import Assessment
    from piiscan.rulepack import Notice

FAIL_ON = ("new", "undisclosed", "overdue", "sensitive", "any")


@click.command(
    epilog="""\b
Examples:
  piiscan scan                          every source, as configured
  piiscan scan crm share --mode full    two sources, every row
  piiscan -q scan --fail-on new         for cron: says nothing when all is well
  piiscan scan --format json -o csv=skips.csv
"""
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--mode", type=click.Choice(["sample", "full"]), help="Read a sample of each large table, or every row.")
@click.option("--all", "everything", is_flag=True, help="Read unchanged containers again too.")
@click.option("--workers", type=click.IntRange(min=0), help="Worker processes; 0 = one per core.")
@click.option(
    "--max-duration",
    type=Duration(),
    metavar="PERIOD",
    help="Begin nothing new after this long (ISO 8601: PT6H).",
)
@click.option("--fail-on", type=click.Choice(FAIL_ON), multiple=True, help="Exit 3 on such holdings; may be repeated.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 where --fail-on would exit 3.")
@click.option(
    "--metrics-file", type=click.Path(path_type=Path), metavar="FILE", help="Write Prometheus metrics to FILE."
)
@click.option(
    "--ping-url-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Call the address in FILE when done; /CODE behind it unless the exit code is 0.",
)
@output_options(default=None)
@pass_app
def command(
    app: App,
    sources: tuple[str, ...],
    mode: str | None,
    everything: bool,
    workers: int | None,
    max_duration: timedelta | None,
    fail_on: tuple[str, ...],
    exit_zero: bool,
    metrics_file: Path | None,
    ping_url_file: Path | None,
    output: Output,
) -> None:
    """Read the sources and bring the inventory up to date.

    Nothing is written to a source. What cannot be read is listed with its reason and makes the exit code 4, unless its code
    stands in [scan] tolerate. A run that was interrupted is resumed. Without --format nothing is printed on standard output.
    """
    from piiscan.commands._monitoring import metrics, read_ping_url
    from piiscan.detect import expired
    from piiscan.report import ignored_lines, scan_document
    from piiscan.retention import assess
    from piiscan.scan import ScanRequest, incomplete, prepare, run_scan

    config = app.config()
    request = ScanRequest(sources, mode, everything, workers, max_duration)  # type: ignore[arg-type]  # click checked the choice
    preparation = prepare(config, request)
    ping_url = read_ping_url(ping_url_file) if ping_url_file else None
    notice = _notice(config, fail_on)
    rules = app.retention() if "overdue" in fail_on else None
    inventory = app.inventory(create=True)
    with app.console.scan_progress() as meter:
        run, skips = run_scan(preparation, inventory, meter)
    run = (
        replace(run, status="partial") if run.status == "interrupted" else run
    )  # out of time: the next scan resumes it
    intolerable = incomplete(skips, config.scan.tolerate)
    assessment = assess(config, inventory, rules, as_of=day_of(None, config), sources=sources) if rules else None
    found = [name for name in fail_on if _found(name, inventory, run, config, notice, assessment)]
    unjudged = incomplete(assessment.skips, config.scan.tolerate) if assessment else []
    intolerable += [skip for skip in unjudged if skip not in intolerable]
    over = expired(config)
    reasons = (*(("incomplete",) if intolerable else ()), *found, *(("ignore_expired",) if over else ()))
    failed = found and not exit_zero
    code = ExitCode.INCOMPLETE if intolerable else ExitCode.FOUND if failed else ExitCode.OK
    covered = {source.name for source in run.sources}
    counts = [count for source, count in inventory.ignored() if source in covered]
    ignored = ignored_lines(config, counts, redact=output.redact_paths)
    document = scan_document(run, skips, ignored=ignored, redact=output.redact_paths)
    document = replace(document, exit_code=int(code), reasons=reasons)
    _summarize(app, document, run, intolerable)
    for _, problem in over:
        app.console.warn(str(problem))
    if metrics_file is not None:
        text = metrics(run, inventory.holdings(), document.exit_code)
        write_file(metrics_file, lambda out: out.write(text))
    if ping_url is not None:
        _ping(app, ping_url, document.exit_code)
    finish(app, document, output)


def _ping(app: App, url: str, exit_code: int) -> None:
    from piiscan.commands._monitoring import ping

    try:
        ping(url, exit_code)
    except PiiscanError as error:
        app.console.warn(error.message)  # the scan is done, whoever hears of it


def _notice(config: Config, fail_on: tuple[str, ...]) -> Notice | None:
    """The firm's notice where it is asked for, read before the scan: a wrong name must not be told after it."""
    from piiscan import rulepack

    if "undisclosed" not in fail_on:
        return None
    if config.firm.notice is None:
        raise UsageError("--fail-on undisclosed needs a notice", hint="name it in piiscan.toml: [firm] notice")
    return rulepack.notice(config.firm.notice)


def _found(
    name: str,
    inventory: Inventory,
    run: RunRecord,
    config: Config,
    notice: Notice | None,
    assessment: Assessment | None,
) -> bool:
    """Whether the inventory holds what a ``--fail-on`` names; on a first run everything is new."""
    if name == "overdue":
        return assessment is not None and bool(assessment.due)
    if name == "undisclosed":
        from piiscan.report import categories

        today = run.started_at.date()
        body = categories(inventory, config, inventory.packs, as_of=today, notice=notice).body
        return any(item["held"] for item in body["not_covered"])  # type: ignore[attr-defined]  # its schema says so
    holdings = inventory.holdings()
    if name == "new":
        return any(holding.first_seen == run.started_at for holding in holdings)
    if name == "sensitive":
        return any(holding.sensitive == "always" for holding in holdings)
    return bool(holdings)


def _summarize(app: App, document: Document, run: RunRecord, intolerable: list[Skip]) -> None:
    """One line on standard error, and one for each of the first things that could not be read."""
    totals = run.totals
    app.console.note(
        f"run {run.run_id} {run.status}: {totals.containers:,} containers, {totals.scanned:,} read, {totals.partial:,} in part, "
        f"{totals.unchanged:,} unchanged, {totals.skipped:,} skipped; {totals.holdings:,} holdings"
    )
    shown = 5
    for skip in intolerable[:shown]:
        place = " > ".join((f"{skip.source}:{skip.container or '*'}", *skip.member))
        app.console.warn(f"not read: {place}: {skip.code}: {skip.reason}")
    if len(intolerable) > shown:
        app.console.warn(f"first {shown} of {len(intolerable)}; see piiscan report coverage")
    if document.exit_code == ExitCode.FOUND:
        app.console.note(f"--fail-on: {', '.join(reason for reason in document.reasons if reason != 'incomplete')}")
