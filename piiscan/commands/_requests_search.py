"""Who asks, held against the sources: verify and locate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from piiscan.commands._justifying import login
from piiscan.commands._requests_shared import NUMBER, find, key_of
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app, write_file
from piiscan.errors import ExitCode, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from piiscan.inventory import ConsumerRequest, Inventory
    from piiscan.requests.located import Cells, Located, Named
    from piiscan.requests.private import Private

_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_MOST_ROWS: Final = 200_000


@click.command(
    epilog="""\b
Examples:
  piiscan requests verify 3
  piiscan requests verify 3 --format json | jq '[.level, .matched]'
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("--exit-zero", is_flag=True, help="Do not exit 3 when nobody is verified.")
@output_options()
@pass_app
def verify(app: App, number: int, exit_zero: bool, output: Output) -> None:
    """Match the data points of a request with what is held, and say whether they are enough.

    Two points, or three for specific pieces and for changes where sensitive data is held; besides, the set of [requests]
    verify_with, else of the firm's notice. They must match together, in one row or what refers to it; a name alone is nobody.
    Prints which types matched, never a value. Exit 3 when nobody is verified, 4 when something could not be asked.
    """
    from piiscan.commands import _requests_places as places
    from piiscan.model import Document, Section
    from piiscan.requests.asking import asked_of
    from piiscan.requests.verifying import check_verifiable, decide

    config, inventory = app.config(), app.inventory(create=True)
    request = find(inventory, number)
    check_verifiable(request)
    disputed = json.loads(request.facts).get("disputed", ())
    asked = asked_of(config, app.packs().data_types, request.data_types, _held(inventory), disputed)
    private, located = _search(app, inventory, request, without=disputed)
    found = decide(
        request, located.best(), asked.data_types, sensitive=_is_sensitive(inventory, located), doubt=located.doubt(),
        least=asked.least,
    )  # fmt: skip
    said = f"{found.level}: {found.why}"
    with inventory.requesting() as writer:
        writer.record(number, "verified", day_of(None, config), login(), said)
    unread = places.unread(app, located.skips, redact=output.redact_paths)
    body = {
        "request": number, "level": found.level, "needed": found.needed, "given": sorted(private.subject), "matched": list(found.matched),
        "why": found.why, "asked": asked.body(), **places.limits(located, unread, redact=output.redact_paths),
    }  # fmt: skip
    none = found.level == "none"
    reasons = (*(["unverified"] if none else []), *(["incomplete"] if unread else []))
    code = ExitCode.INCOMPLETE if unread else ExitCode.FOUND if none and not exit_zero else ExitCode.OK
    rows = tuple((name, "yes" if name in found.matched else "no") for name in sorted(private.subject))
    document = Document(
        "requests.verify",
        f"Request {number}: {'not verified' if none else 'verified'}",
        body,
        (Section("", ("data point", "matched"), rows),),
        (
            f"{said[:1].upper()}{said[1:]}.",
            asked.spoken,
            *(asked.lags if none else ()),
            *places.warnings(app, located, unread, redact=output.redact_paths),
        ),
        exit_code=code,
        reasons=reasons,
    )
    finish(app, document, output)


@click.command(
    epilog="""\b
Examples:
  piiscan requests locate 3
  piiscan requests locate 3 --review near.json
  piiscan requests locate 3 --accept near.json
  piiscan requests locate 3 --explain
"""
)
@click.argument("number", metavar="N", type=NUMBER)
@click.option("--review", type=_FILE, metavar="FILE", help="Write rows a human must judge, with their values, to FILE.")
@click.option(
    "--accept", type=_FILE, metavar="FILE", help='A review in which "same" is true for rows that are the person\'s.'
)
@click.option("--explain", is_flag=True, help="Show the statements; every value stands as :sealed.")
@output_options()
@pass_app
def locate(app: App, number: int, review: Path | None, accept: Path | None, explain: bool, output: Output) -> None:
    """Find the person's rows: by the columns that hold what was given, then along foreign keys.

    Prints counts by place; the keys of the rows are sealed in the request. Rows that share something with the person and differ in
    something decisive, or share too little, are near matches: they are not the person's until a human says so. --review writes
    them, values included, to a file of mode 0600: whoever has read it sets "same": true for those that are the person's, hands it
    in with --accept, and removes it. Running text is searched for e-mail addresses and numbers: what mentions them is near, too.
    """
    from piiscan.commands import _requests_places as places
    from piiscan.model import Document, Section
    from piiscan.report.places import Places

    if explain and output.redact_paths:
        raise UsageError(
            "--explain shows statements, and these name tables and columns", hint="leave out --redact-paths"
        )
    config, inventory, key = app.config(), app.inventory(create=True), key_of(app)
    request = find(inventory, number)
    if request.kind == "drop":
        raise UsageError("the rows of an imported list were located at the import", hint="nothing is left to do")
    accepted = _accepted(accept, number) if accept else {}
    private, located = _search(app, inventory, request, explain=explain, texts=True, accepted=accepted)
    if sum(len(each.rows) for each in located.places) > _MOST_ROWS:
        raise RefusedError(f"more than {_MOST_ROWS:,} rows", hint="is that one person?")
    from piiscan.requests.private import matched, sealed

    rows = tuple(matched(each) for each in located.places if each.rows)
    total, near = (sum(len(getattr(each, name)) for each in located.places) for name in ("rows", "near"))
    said = f"{total:,} rows in {len(rows):,} places, {near:,} near matches"
    said += f"; not whole: {len(located.skips):,} times something could not be asked" if located.skips else ""
    lost = len(accepted) - len(located.used)
    lacking = tuple(each for each in located.skips if each.code not in config.scan.tolerate)
    with inventory.requesting() as writer:
        text = sealed(replace(private, rows=rows, unread=lacking, unjudged=0 if accept and not lost else near), key)
        writer.record(number, "located", day_of(None, config), login(), said, sealed=text)
    if review is not None:
        write_file(review, lambda out: _write_review(located, number, out))
    unread = places.unread(app, located.skips, redact=output.redact_paths)
    names = ("source", "container", "rows", "followed", "near", "keyed")
    name_of = Places(redact=output.redact_paths).container
    counts = [
        (
            each.source,
            name_of(each.source, each.container),
            len(each.rows),
            each.followed,
            len(each.near),
            bool(each.key),
        )
        for each in located.places
    ]
    boxes = [dict(zip(names, each, strict=True)) for each in counts]
    statements = [dict(zip(("source", "container", "statement"), each, strict=True)) for each in located.statements]
    sections = [
        Section(
            "Places", ("place", "rows", "of these by a key", "near matches"),
            tuple((f"{source}:{box}", number, followed, close) for source, box, number, followed, close, _ in counts),
        )
    ]  # fmt: skip
    if explain:
        told = tuple((f"{source}:{box}", " ".join(text.split())) for source, box, text in located.statements)
        sections.append(Section("Statements", ("place", "statement"), told))
    body = {
        "request": number,
        "places": boxes,
        "statements": statements,
        **places.limits(located, unread, redact=output.redact_paths),
    }
    reasons = ("incomplete",) if unread else ()
    lead = [f"{said}.", *places.warnings(app, located, unread, redact=output.redact_paths)]
    if lost:
        lead.append(
            f"{lost:,} rows of the review are gone or say something else by now: they are left out. Look again."
        )
    if located.several:
        lead.append("Several persons answer to these data points: ask for one more before anything is disclosed.")
    if near and review is None:
        lead.append("A human must judge the near matches: --review FILE.")
    code = ExitCode.INCOMPLETE if unread else ExitCode.OK
    document = Document(
        "requests.locate", f"Request {number}: where the person is", body, tuple(sections), tuple(lead), exit_code=code, reasons=reasons
    )  # fmt: skip
    finish(app, document, output)


def _search(
    app: App, inventory: Inventory, request: ConsumerRequest, *, without: Collection[str] = (), **how: Any
) -> tuple[Private, Located]:
    from piiscan.requests.locating import locate as search
    from piiscan.requests.private import opened

    private = opened(request, key_of(app))
    subject = {name: value for name, value in private.subject.items() if name not in without}
    return private, search(app.config(), inventory, subject, **how)


def _held(inventory: Inventory) -> set[str]:
    """Data types that some column holds: by others nobody can match."""
    found = {each.data_type for each in inventory.holdings() if each.column is not None and "text" not in each.evidence}
    return found | ({"ssn_last4"} if "ssn" in found else set())


def _is_sensitive(inventory: Inventory, located: Located) -> bool:
    """Whether a container with rows of the person holds what is always sensitive."""
    places = {(each.source, each.container) for each in located.places if each.rows}
    return any(each.sensitive == "always" and (each.source, each.container) in places for each in inventory.holdings())


def _accepted(path: Path, number: int) -> dict[Named, Cells]:
    """The rows that a human has found to be the person's. Raises UsageError for a file that is no review; it repeats nothing of it."""
    try:
        rows = [each for each in json.loads(path.read_text("utf-8")) if each["same"] is True]
        if any(each["request"] != number for each in rows):
            raise UsageError(f"--accept {path}: a review of another request", hint=f"piiscan requests locate {number} --review FILE")  # fmt: skip
        return {
            (str(each["source"]), str(each["container"]), tuple(map(str, each["key"].values()))): {
                str(name): [str(value) for value in values] for name, values in each["cells"].items()
            }
            for each in rows
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"--accept {path}: no review", hint="hand in the file that --review wrote") from None


def _write_review(located: Located, number: int, out: TextIO) -> None:
    from piiscan.requests.located import plain

    rows = [
        {
            "same": False, "request": number, "source": place.source, "container": place.container,
            "key": dict(zip(place.key, map(str, key), strict=False)) or {"row": str(key[0])}, "matched": sorted(judged.matched),
            "against": sorted(judged.against), "cells": plain(cells),
        }
        for place in located.places
        for key, judged, cells in place.near
    ]  # fmt: skip
    json.dump(rows, out, indent=2, ensure_ascii=False)
    out.write("\n")
