"""Build an example firm, scan it, print its category report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app

if TYPE_CHECKING:
    from piiscan.model import Document


@click.command(
    epilog="""\b
Examples:
  piiscan demo                    in ./piiscan-demo
  piiscan demo --dir /tmp/firm
  piiscan -c piiscan-demo/piiscan.toml inventory list --category L
"""
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("piiscan-demo"),
    show_default=True,
    help="An empty folder, or an earlier demo's.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day the firm lives in (default: today, UTC).",
)
@output_options()
@pass_app
def command(app: App, folder: Path, as_of: datetime | None, output: Output) -> None:
    """Build an example firm, scan it, and print its 12-month category report.

    The firm is a fictitious debt collector with a SQLite database and a file share. The folder stays, to be explored. Run
    again, the command replaces what it built there, the inventory included, and leaves other files alone.
    """
    from piiscan import demo

    today = as_of.date() if as_of else datetime.now(UTC).date()
    firm = replace(app, config_path=demo.build(folder, today=today))
    app.console.note(f"built {folder} (a database, a share, piiscan.toml); scanning")
    document = _scan_and_report(firm, today, redact=output.redact_paths)
    next_steps = f"look around: cd {folder}; piiscan inventory list; piiscan report coverage; piiscan scan"
    click.get_current_context().call_on_close(lambda: app.console.note(next_steps))
    finish(firm, document, output)


def _scan_and_report(firm: App, today: date, *, redact: bool) -> Document:
    """The demo's category report, after a scan by the code of `piiscan scan`."""
    from piiscan import report, rulepack
    from piiscan.scan import ScanRequest, incomplete, prepare, run_scan

    config = firm.config()
    preparation = prepare(config, ScanRequest())
    inventory = firm.inventory(create=True)
    with firm.console.scan_progress() as progress:
        _, skips = run_scan(preparation, inventory, progress)
    notice = rulepack.notice(config.firm.notice) if config.firm.notice else None
    document = report.categories(inventory, config, firm.packs(), as_of=today, notice=notice, redact=redact)
    return (
        replace(document, exit_code=4, reasons=("incomplete",)) if incomplete(skips, config.scan.tolerate) else document
    )
