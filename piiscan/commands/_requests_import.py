"""Lists of requests that come from elsewhere."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from piiscan.commands._justifying import login
from piiscan.commands._requests_shared import key_of
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app, write_file
from piiscan.errors import ExitCode, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from piiscan.inventory import ConsumerRequest, Inventory
    from piiscan.model import Document, Secret, Skip
    from piiscan.requests.drop import Found
    from piiscan.requests.dropfile import DropZip, Loaded

CODES: Final = {"exempted": 2, "deleted": 3, "opted_out": 4}
NOT_FOUND: Final = 5
_FILE: Final = click.Path(path_type=Path)


@click.group("import")
def import_() -> None:
    """Read lists of requests that come from elsewhere."""


@import_.command(
    epilog="""\b
Examples:
  piiscan requests import drop download.zip
  piiscan requests import drop download.zip --status answer.csv --matched deleted
"""
)
@click.argument("file", metavar="ZIP", type=_FILE)
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day of the download (today).")
@click.option("--status", type=_FILE, metavar="FILE", help="Write the answer, Id,Status, to FILE.")
@click.option("--matched", type=click.Choice(list(CODES)), help="With --status: what became of those that were found.")
@output_options()
@pass_app
def drop(
    app: App, file: Path, received: datetime | None, status: Path | None, matched: str | None, output: Output
) -> None:
    """Match the hash lists of the Delete Act's platform with all that is held; reads only.

    The first import registers one request and seals the rows that were found. The same ZIP again seals what is found by then, and with
    --status writes the answer; what is called deleted must be gone. Exit 4 when something could not be read: then nobody is "not found", and no answer is
    written. Exit 6 when what is called deleted is still held.
    """
    from piiscan.commands import _requests_places as places
    from piiscan.requests.drop import Matching
    from piiscan.requests.dropfile import DropZip

    key, inventory = key_of(app), app.inventory(create=True)
    archive = DropZip(file)
    loaded = archive.load()
    request = next((each for each in inventory.requests() if _sha256(each) == loaded.sha256), None)
    if request is not None and request.sealed is None:
        raise UsageError(f"these lists were request {request.id}, which is answered", hint="import a new download")
    found = Matching(app.config(), inventory, loaded.lists).run()
    if request is None:
        request = _register(app, inventory, loaded, found, key, _received(received, day_of(None, app.config())))
    else:
        request = _renewed(app, inventory, request, found, key)
    unread = places.unread(app, found.skips, redact=output.redact_paths)
    written = _answer(archive, request, found, key, status, matched) if status and not unread else None
    finish(app, _document(app, request, loaded, found, written, unread, redact=output.redact_paths), output)


def _received(given: datetime | None, today: date) -> date:
    day = given.date() if given else today
    if day > today:
        raise UsageError(f"--received {day} is to come", hint=f"today is {today}")
    return day


def _sha256(request: ConsumerRequest) -> str | None:
    found: str | None = json.loads(request.facts).get("sha256") if request.kind == "drop" else None
    return found


def _register(
    app: App, inventory: Inventory, loaded: Loaded, found: Found, key: Secret, received: date
) -> ConsumerRequest:
    from piiscan.inventory import ConsumerRequest
    from piiscan.requests.private import Private, sealed

    private = Private(rows=found.matched(), answers=found.answers(), unread=_lacking(app, found))
    draft = ConsumerRequest(
        id=0, kind="drop", regime="ccpa", received=received, channel="drop", data_types=(), agent=False, authority="", notarized=False,
        minor=False, declared=False, fee="", facts=json.dumps({"sha256": loaded.sha256, "lists": _lists(loaded, found)}),
        sealed=sealed(private, key), author=login(),
    )  # fmt: skip
    with inventory.requesting() as writer:
        return writer.add(draft, (), day_of(None, app.config()), f"{sum(loaded.rows.values()):,} work items")


def _renewed(app: App, inventory: Inventory, request: ConsumerRequest, found: Found, key: Secret) -> ConsumerRequest:
    """The request with what is found by now: what the import before could not read, or what came since, is answered as well.

    What was found once stays an answer, and rows of places that could not be read this time stay to be deleted.
    """
    from piiscan.requests.private import opened, sealed

    before = opened(request, key)
    read = {(each.source, each.container) for each in found.places}
    rows = (*(each for each in before.rows if (each.source, each.container) not in read), *found.matched())
    answers = {name: dict(each) for name, each in found.answers().items()}
    for name, each in before.answers.items():
        known = answers.setdefault(name, {})
        known |= {digest: max(persons, known.get(digest, 0)) for digest, persons in each.items()}
    private = replace(before, rows=rows, answers=answers, unread=_lacking(app, found))
    said = f"{sum(len(each.keys) for each in rows):,} rows in {len(rows):,} places"
    with inventory.requesting() as writer:
        return writer.record(
            request.id, "located", day_of(None, app.config()), login(), said, sealed=sealed(private, key)
        )


def _lacking(app: App, found: Found) -> tuple[Skip, ...]:
    return tuple(each for each in found.skips if each.code not in app.config().scan.tolerate)


def _lists(loaded: Loaded, found: Found) -> dict[str, dict[str, int]]:
    """Counts by list."""
    counts = found.counts()
    return {
        name: {
            "rows": loaded.rows.get(name, 0),
            "malformed": loaded.malformed.get(name, 0),
            "matched": counts[name]["matched"],
            "shared": counts[name]["shared"],
        }
        for name in loaded.lists
    }


def _answer(
    archive: DropZip, request: ConsumerRequest, found: Found, key: Secret, path: Path, matched: str | None
) -> dict[str, int]:
    """How many work items got which code. Raises UsageError without a word on those found, RefusedError for an untrue one."""
    from piiscan.requests.private import opened

    known: Mapping[str, Mapping[str, int]] = opened(request, key).answers
    single = sum(persons == 1 for each in known.values() for persons in each.values())
    if single and matched is None:
        raise UsageError(f"what became of the {single:,} that were found?", hint=f"--matched {' or '.join(CODES)}")
    left = sum(
        name in known and known[name].get(digest) == 1 for name, each in found.answers().items() for digest in each
    )
    if matched == "deleted" and left:
        raise RefusedError(f"{left:,} of those called deleted are still held", hint="delete their rows first")
    counts = dict.fromkeys((*CODES.values(), NOT_FOUND), 0)

    def write(out: TextIO) -> None:
        out.write("Id,Status\n")
        for name, item, digest in archive.answers():
            persons = known.get(name, {}).get(base64.b64encode(digest).decode(), 0)
            code = NOT_FOUND if not persons else CODES[matched or "opted_out"] if persons == 1 else CODES["opted_out"]
            counts[code] += 1
            out.write(f"{item},{code}\n")

    write_file(path, write)
    return {str(code): number for code, number in counts.items()}


def _document(
    app: App,
    request: ConsumerRequest,
    loaded: Loaded,
    found: Found,
    written: dict[str, int] | None,
    unread: list[dict[str, Any]],
    *,
    redact: bool,
) -> Document:
    from piiscan.model import Document, Section
    from piiscan.report.places import Places
    from piiscan.requests.standing import Clock

    standing = Clock(app.config().requests).standing(request, day_of(None, app.config()))
    lists, name_of = _lists(loaded, found), Places(redact=redact).container
    places = [
        {"source": each.source, "container": name_of(each.source, each.container), "rows": each.rows, "matched": each.matched, "keyed": bool(each.key)}
        for each in found.places
    ]  # fmt: skip
    malformed = sum(loaded.malformed.values())
    reasons = ("incomplete",) if unread or malformed else ()
    lead = [f"Request {request.id}: {sum(loaded.rows.values()):,} work items, answer by {standing.deadlines.answer}."]
    if found.texts:
        lead.append(f"{found.texts:,} places hold such values in running text: not matched.")
    if malformed:
        lead.append(f"{malformed:,} work items are malformed and get no answer.")
    if written is not None:
        lead.append(f"Answered: {', '.join(f'{number:,} as {code}' for code, number in written.items() if number)}.")
    if request.sealed is not None and any(each.matched for each in found.places):
        lead.append(f"What deletes them: piiscan delete plan --request {request.id} -o DIR.")
    lead += [f"Not read: {each['source']} {each['container'] or ''}: {each['reason']}" for each in unread]
    sections = (
        Section(
            "Lists", ("list", "rows", "matched", "of several persons"),
            tuple((name, each["rows"], each["matched"], each["shared"]) for name, each in lists.items()),
        ),
        Section(
            "Places", ("place", "rows read", "rows matched"),
            tuple((f"{each.source}:{name_of(each.source, each.container)}", each.rows, each.matched) for each in found.places),
        ),
    )  # fmt: skip
    body = {
        "request": request.id, "due": standing.deadlines.answer, "lists": lists, "removed": loaded.removed, "places": places,
        "texts": found.texts, "answered": written, "skips": unread,
    }  # fmt: skip
    code = ExitCode.INCOMPLETE if reasons else ExitCode.OK
    return Document("requests.import", "Lists of the Delete Act's platform", body, sections, tuple(lead), exit_code=code, reasons=reasons)  # fmt: skip
