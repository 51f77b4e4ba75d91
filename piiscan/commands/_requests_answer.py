"""The answer to a request: a letter, the pieces or what was deleted, and what others must be told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from piiscan.commands._answer_kinds import Answering
from piiscan.commands._justifying import login
from piiscan.commands._requests_shared import NUMBER, find
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, finish, parse_output, pass_app
from piiscan.errors import PiiscanError, UsageError

_DIR: Final = click.Path(path_type=Path)


@click.command(
    epilog="""\b
Examples:
  piiscan requests answer 3 -o answers/3
  piiscan requests answer 4 -o answers/4 --plan plans/request-4
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("-o", "--output", "folder", type=_DIR, required=True, metavar="DIR", help="A new folder for the answer.")
@click.option(
    "--plan", type=_DIR, metavar="DIR", help="With a request to delete: the plan that was carried out for it."
)
@click.option(
    "--done", is_flag=True, help="With a request to correct, to stop, or to delete without a plan: that it was done."
)
@click.option(
    "--format", "stdout", metavar="FORMAT", help="How to print the summary: table, json... (see piiscan plugins)."
)
@pass_app
def answer(app: App, number: int, folder: Path, plan: Path | None, done: bool, stdout: str | None) -> None:
    """Write the answer to a request: the letter, the person's data or what became of it, instructions to recipients.

    To know: the pieces as CSV and JSON where the person was verified for them, with what must never be disclosed said to be held and
    withheld; else the categories. To delete: what was deleted by the plan, and for each part that stays its ground, law and
    end. The files hold the person's own data, mode 0600: send them, and remove them. A request that was refused gets its letter
    of refusal. Exit 4 when something could not be read, 6 when the person is not verified or something is left to do.
    """
    output = parse_output(stdout, ())
    config, inventory = app.config(), app.inventory(create=True)
    request, day = find(inventory, number), day_of(None, config)
    if request.kind == "drop":
        raise UsageError("an imported list is answered by its status file", hint="piiscan requests import drop --help")
    answering = Answering(app, request, day, _new_folder(folder))
    if request.state == "denied":
        answering.deny()
    elif request.state != "open":
        raise UsageError(f"request {number} is closed", hint=f"piiscan requests show {number} says how")
    else:
        answering.make(plan, done=done)
        with inventory.requesting() as writer:
            writer.record(number, "answered", day, login(), answering.said)
    finish(app, answering.summary(), output)


def _new_folder(path: Path) -> Path:
    """The folder, for nobody but its owner. Raises UsageError where something lies in it, PiiscanError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UsageError(f"-o {path}: there is something in it", hint="name a new folder")
    except OSError as error:
        raise PiiscanError(f"-o {path}: {error.strerror}", hint="name a folder that can be made") from None
    return path
