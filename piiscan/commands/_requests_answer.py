"""The answer to a request: a letter, the pieces or what was deleted, and what others must be told."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from piiscan.commands import _requests_letters as letters
from piiscan.commands._justifying import login
from piiscan.commands._requests_shared import NUMBER, find, key_of
from piiscan.commands.report import day_of
from piiscan.commands.shared import App, finish, parse_output, pass_app, write_file
from piiscan.errors import ExitCode, PiiscanError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piiscan.inventory import ConsumerRequest
    from piiscan.model import Document, Skip
    from piiscan.requests.answering import Kept, Told
    from piiscan.requests.pieces import Pieces
    from piiscan.requests.private import Private

_DIR: Final = click.Path(path_type=Path)
_FORMATS: Final = ("md", "html")
UNFINISHED: Final = "unfinished"
_DO: Final[dict[str, str]] = {"correct": "corrected", "stop": "stopped"}


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
    answering = _Answering(app, request, day, _new_folder(folder))
    if request.state == "denied":
        answering.deny()
    elif request.state != "open":
        raise UsageError(f"request {number} is closed", hint=f"piiscan requests show {number} says how")
    else:
        answering.make(plan, done=done)
        with inventory.requesting() as writer:
            writer.record(number, "answered", day, login(), answering.said)
    finish(app, answering.summary(), output)


class _Answering:
    """One answer as it is made. Methods raise UsageError, RefusedError, SourceError; each writes its files."""

    def __init__(self, app: App, request: ConsumerRequest, day: date, folder: Path) -> None:
        self._app, self._request, self._day, self._folder = app, request, day, folder
        self._config, self._own = app.config(), app.config().requests.letters
        self._facts = json.loads(request.facts)
        self._files: list[dict[str, str]] = []
        self._told: list[Told] = []
        self._kept: list[Kept] = []
        self._skips: list[Skip] = []
        self._body: dict[str, Any] = {
            "response": "",
            "level": None,
            "deleted": 0,
            "records": 0,
            "older": 0,
            "withheld": [],
            "outside": [],
        }
        self._unjudged = 0
        self.said = ""

    def make(self, plan: Path | None, *, done: bool) -> None:
        """The answer that the kind of the request asks for."""
        match letters.template_of(self._request):
            case "know":
                self.know()
            case "delete":
                self.delete(plan, done=done)
            case _:
                self.confirm(done=done)

    # ---------------------------------------------------------------- the kinds of requests

    def deny(self) -> None:
        """The letter of a refusal."""
        from piiscan.requests.refusals import refusal

        ground = refusal(self._request, self._request.ground, self._app.retention().grounds)
        self._write("letter", letters.denial(self._config, self._request, ground.title, self._own, self._day))
        self._body["response"] = "denied"

    def know(self) -> None:
        """Categories, and the pieces for who was verified for them."""
        from piiscan.requests.collecting import Asked, collect
        from piiscan.requests.intake import LOOK_BACK
        from piiscan.requests.persons import Person

        level, private = self._verified(("specific", "categories", "verified")), self._opened()
        since = self._since()
        asked = Asked(self._request.regime, since, self._facts.get("directed_by"), self._day)
        pieces = collect(self._config, self._app.inventory(), asked, Person(private.subject), private.rows)
        self._skips, gives = [*pieces.skips, *private.unread], level == "specific"
        if gone := next((skip for skip in pieces.skips if skip.code == "vanished"), None):
            hint = f"piiscan requests locate {self._request.id}"
            raise RefusedError(f"{gone.source}:{gone.container}: {gone.reason}", hint=hint)
        if gives:
            document = letters.pieces_document(self._app, self._request, pieces, since)
            self._write("pieces", document, ("json", "csv"))
        window = (since or date.min, self._day)
        context = self._context() | {
            "level": level, "since": letters.day_text(since) if since else "", "older": pieces.older, "records": len(pieces.records), "pieces": gives,
            "may_ask": since is not None and since > LOOK_BACK,
        }  # fmt: skip
        sections = letters.know_sections(self._app, pieces, window, self._request.regime, with_pieces=gives)
        self._letter("What we hold about you", context, sections)
        self._tell_of(pieces, level)

    def _tell_of(self, pieces: Pieces, level: str) -> None:
        held = bool(pieces.records or pieces.older or pieces.outside)
        response = "nothing_held" if not held else "categories_only" if level == "categories" else "complied"
        response = UNFINISHED if self._unread else response
        self._body |= {
            "response": response,
            "level": level,
            "records": len(pieces.records),
            "older": pieces.older,
            "withheld": [{"reason": reason, "data_types": names} for reason, names in pieces.withheld.items()],
            "outside": [
                {"ground": ground, "client": client or None, "rows": rows} for (ground, client), rows in sorted(pieces.outside.items())
            ],
        }  # fmt: skip
        self.said = f"{response}: {len(pieces.records):,} records, {pieces.older:,} older, {pieces.outside.total():,} no part of it"

    def delete(self, plan: Path | None, *, done: bool) -> None:
        """What the plan has deleted, and why the rest stays."""
        from piiscan import retention
        from piiscan.commands._delete_request import subject_of
        from piiscan.requests.answering import kept_of, outcome_of

        self._verified(("verified",))
        private, key = self._opened(), key_of(self._app)
        subject, self._skips = subject_of(self._app, self._request.id, key, self._day)
        rules, inventory = self._app.retention(), self._app.inventory()
        found = retention.assess(self._config, inventory, rules, as_of=self._day, subject=subject)
        deleted, tied, places = self._carried_out(plan)
        left = sum(verdict.rows_overdue for verdict in found.verdicts)
        if left > tied:
            n = self._request.id
            hint = f"piiscan delete plan --request {n} -o DIR, approve and apply it, then answer with --plan DIR"
            raise RefusedError(f"{left - tied:,} rows are still to be deleted", hint=hint)
        if plan is None and not done:
            self._check_gone(found.skips, private)
        self._skips += [skip for skip in found.skips if skip.code != "vanished"]  # what was deleted is gone
        justifications = {each.id: each for each in inventory.justifications()}
        self._kept = kept_of(self._config, self._request.regime, found, left, justifications, rules.grounds)
        by_hand = done and plan is None
        outcome = UNFINISHED if self._unread else outcome_of(deleted or int(by_hand), self._kept)
        if deleted or by_hand:
            self._tell(
                _types_of(self._app, places) if deleted else [*self._app.packs().data_types.values()], private.subject
            )
        context = self._context() | {
            "outcome": outcome, "recipients": self._names(), "deleted": bool(deleted or by_hand), "kept": bool(self._kept)
        }  # fmt: skip
        self._letter("Your request to delete", context, letters.kept_section(self._app, self._kept))
        self._body |= {"response": outcome, "deleted": deleted}
        self.said = f"{outcome}: {deleted:,} rows deleted, {sum(each.rows for each in self._kept):,} kept"

    def _check_gone(self, skips: Sequence[Skip], private: Private) -> None:
        """Raises RefusedError where rows were located that are gone, and nobody says what became of them."""
        before = any(each.what == "located" and not each.said.startswith("0 rows") for each in self._request.log)
        if any(skip.code == "vanished" for skip in skips) or (before and not private.rows):
            raise RefusedError(
                "rows that were located are gone, or are not the person's any more",
                hint=f"name the plan that deleted them: --plan DIR; or --done, if they were deleted by hand; or piiscan requests locate {self._request.id}",
            )

    def _carried_out(self, plan: Path | None) -> tuple[int, int, set[tuple[str, str]]]:
        """By the evidence of a plan: rows deleted, rows that stay with others, and the places with rows that went."""
        if plan is None:
            return 0, 0, set()
        from piiscan.deletion import Done, PlanFolder
        from piiscan.deletion.verifying import check_folder

        proof = check_folder(PlanFolder(plan), key_of(self._app))
        if proof.document.get("request") != self._request.id:
            raise UsageError(
                f"--plan {plan} is not for request {self._request.id}",
                hint="piiscan delete show DIR says what it is for",
            )
        steps = proof.document["steps"]
        if proof.findings and sum(each["rows"] for each in steps):
            hint = f"piiscan delete apply {plan} --execute --confirm PLAN_ID"
            raise RefusedError(f"--plan {plan}: {proof.findings[0].message}", hint=hint)
        done = Done().take(proof.chain.records if proof.chain else ()).steps
        went = {
            (each["source"], each["container"]) for each in steps if each["order"] in done and done[each["order"]].taken
        }
        return sum(each.taken for each in done.values()), sum(each["blocked"] for each in steps), went

    def confirm(self, *, done: bool) -> None:
        """That what was asked is done: a correction, an end of sale; piiscan cannot see that."""
        template = letters.template_of(self._request)
        if not done:
            raise RefusedError(
                f"nothing here can see whether it was {_DO[template]}",
                hint="do it, then say so with --done; or deny it",
            )
        if template == "correct":
            self._verified(("verified",))
        private = self._opened()
        disputed = self._facts.get("disputed", [])
        types = self._app.packs().data_types
        wanted = disputed if template == "correct" else types
        self._tell([types[name] for name in wanted], private.subject)
        context = self._context() | {
            "outcome": "complied", "recipients": self._names(), "disputed": sorted(types[name].label for name in disputed)
        }  # fmt: skip
        self._letter("Your request", context, ())
        self._body["response"], self.said = "complied", "complied"

    # ---------------------------------------------------------------- what they share

    def summary(self) -> Document:
        """What is printed, with what to do next."""
        skips = [
            {"source": skip.source, "container": skip.container, "code": str(skip.code), "reason": skip.reason}
            for skip in self._unread
        ]
        response, number = self._body["response"], self._request.id
        follow = self._follow(response)
        body = {
            "request": number, **self._body, "folder": str(self._folder), "files": self._files, "kept": [asdict(each) for each in self._kept],
            "recipients": [asdict(each) for each in self._told], "skips": skips,
        }  # fmt: skip
        lead = [
            f"{self.said or response}.",
            f"The files in {self._folder} hold the person's own data: send them, and remove them.",
        ]
        lead += [
            f"Not read: {each['source']}:{each['container'] or ''}: {each['reason']}. The answer is not whole."
            for each in skips
        ]
        if self._unjudged:
            lead.append(
                f"{self._unjudged:,} near matches were not looked at: piiscan requests locate {number} --review FILE."
            )
        if skips:
            lead.append(f"Then: see to what was not read, piiscan requests locate {number}, and answer anew.")
        elif self._request.state == "open":
            lead.append(f"Then: {follow}")
        code = ExitCode.INCOMPLETE if skips else ExitCode.OK
        return letters.summary(body, lead, self._kept, exit_code=code, reasons=("incomplete",) if skips else ())

    def _follow(self, response: str) -> str:
        """The command that closes the request as it was answered."""
        from piiscan.requests.refusals import SERVICE_PROVIDER, refusals

        number, grounds = self._request.id, self._app.retention().grounds
        known = {each.id for each in refusals(self._request.kind, self._request.regime, grounds)}
        kept = next((each for each in self._kept if each.ground in known), None)
        ground = kept.ground if kept else "GROUND"
        if response == "partly":
            return f"piiscan requests close {number} --response partly --ground {ground}"
        if response != "denied":
            return f"piiscan requests close {number} --response {response}"
        client = f" --client {kept.client or 'CLIENT'}" if kept and ground == SERVICE_PROVIDER else ""
        return f"piiscan requests deny {number} --ground {ground}{client} --reason WHY"

    def _verified(self, levels: tuple[str, ...]) -> str:
        """What the person was last verified for. Raises RefusedError where that is not enough."""
        said = [each.said.partition(":")[0] for each in self._request.log if each.what == "verified"]
        if not said or said[-1] not in levels:
            number = self._request.id
            raise RefusedError(
                f"who sent request {number} is not verified", hint=f"piiscan requests verify {number}; or deny it"
            )
        return said[-1]

    def _opened(self) -> Private:
        """What is sealed in the request. Raises RefusedError where the rows were not located though the answer is about them."""
        from piiscan.requests.private import opened

        number, needs = self._request.id, letters.template_of(self._request) in ("know", "delete")
        if needs and self._request.on("located") is None:
            raise RefusedError("the person's rows were not located yet", hint=f"piiscan requests locate {number}")
        private = opened(self._request, key_of(self._app))
        self._unjudged = private.unjudged
        return private

    @property
    def _unread(self) -> list[Skip]:
        """What could not be read and is not tolerated, each once."""
        tolerated = self._config.scan.tolerate
        return [skip for skip in dict.fromkeys(self._skips) if skip.code not in tolerated]

    def _since(self) -> date | None:
        """From when on it is asked about: as the person says, else twelve months before receipt under the CCPA."""
        if since := self._facts.get("since"):
            return date.fromisoformat(since)
        if self._request.regime != "ccpa":
            return None
        from piiscan.periods import Period

        return Period(months=12).begun_by(self._request.received) + timedelta(days=1)

    def _context(self) -> dict[str, object]:
        return letters.base(self._config, self._request, self._day) | {"unread": bool(self._unread)}

    def _names(self) -> list[str]:
        return sorted({each.to for each in self._told})

    def _tell(self, types: list[Any], subject: Mapping[str, str]) -> None:
        """Writes an instruction to everybody who was given such data."""
        from piiscan.requests.answering import recipients

        template = letters.template_of(self._request)
        self._told = recipients(self._config, types, template)
        for count, whom in enumerate(self._told, 1):
            name = re.sub(r"[^a-z0-9]+", "-", whom.to.casefold()).strip("-")[:40]
            document = letters.instruction(self._app, self._request, template, whom, subject, self._own, self._day)
            self._write(f"instruction-{count}-{name}", document)

    def _letter(self, title: str, context: dict[str, object], sections: tuple[Any, ...]) -> None:
        template = letters.template_of(self._request)
        self._write("letter", letters.letter(title, template, context, sections, self._own, self._day))

    def _write(self, name: str, document: Document, formats: tuple[str, ...] = _FORMATS) -> None:
        for each in formats:
            path = self._folder / f"{name}.{each}"
            write_file(path, partial(_render, each, document))
            self._files.append({"file": path.name, "what": document.title})


def _render(format_: str, document: Document, out: TextIO) -> None:
    from piiscan import plugins

    plugins.renderer(format_)().render(document, out, width=100, color=False)


def _types_of(app: App, places: set[tuple[str, str]]) -> list[Any]:
    """The data types that these places hold."""
    types = app.packs().data_types
    found = {each.data_type for each in app.inventory().holdings() if (each.source, each.container) in places}
    return [types[name] for name in sorted(found) if name in types]


def _new_folder(path: Path) -> Path:
    """The folder, for nobody but its owner. Raises UsageError where something lies in it, PiiscanError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UsageError(f"-o {path}: there is something in it", hint="name a new folder")
    except OSError as error:
        raise PiiscanError(f"-o {path}: {error.strerror}", hint="name a folder that can be made") from None
    return path
