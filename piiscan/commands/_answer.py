"""One answer to a request as it is made: who was verified, what could not be read, the files that were written."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TextIO

from piiscan.commands import _requests_letters as letters
from piiscan.commands._requests_shared import key_of
from piiscan.commands.shared import write_file
from piiscan.errors import ExitCode, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from piiscan.commands.shared import App
    from piiscan.inventory import ConsumerRequest
    from piiscan.model import Document, Skip
    from piiscan.requests.answering import Kept, Told
    from piiscan.requests.private import Private

_FORMATS: Final = ("md", "html")
UNFINISHED: Final = "unfinished"
"""The response of an answer for which something could not be read."""


class Answer:
    """One answer as it is made: what it found, the files it wrote. Methods raise UsageError, RefusedError."""

    def __init__(self, app: App, request: ConsumerRequest, day: date, folder: Path) -> None:
        self.app, self.request, self.day, self.folder = app, request, day, folder
        self.config, self.own = app.config(), app.config().requests.letters
        self.facts = json.loads(request.facts)
        self.files: list[dict[str, str]] = []
        self.told: list[Told] = []
        self.kept: list[Kept] = []
        self.skips: list[Skip] = []
        self.body: dict[str, Any] = {
            "response": "",
            "level": None,
            "deleted": 0,
            "records": 0,
            "older": 0,
            "withheld": [],
            "outside": [],
        }
        self.unjudged = 0
        self.said = ""

    def summary(self) -> Document:
        """What is printed, with what to do next."""
        skips = [
            {"source": skip.source, "container": skip.container, "code": str(skip.code), "reason": skip.reason}
            for skip in self.unread
        ]
        response, number = self.body["response"], self.request.id
        follow = self._follow(response)
        body = {
            "request": number, **self.body, "folder": str(self.folder), "files": self.files, "kept": [asdict(each) for each in self.kept],
            "recipients": [asdict(each) for each in self.told], "skips": skips,
        }  # fmt: skip
        lead = [
            f"{self.said or response}.",
            f"The files in {self.folder} hold the person's own data: send them, and remove them.",
        ]
        lead += [
            f"Not read: {each['source']}:{each['container'] or ''}: {each['reason']}. The answer is not whole."
            for each in skips
        ]
        if self.unjudged:
            lead.append(
                f"{self.unjudged:,} near matches were not looked at: piiscan requests locate {number} --review FILE."
            )
        if skips:
            lead.append(f"Then: see to what was not read, piiscan requests locate {number}, and answer anew.")
        elif self.request.state == "open":
            lead.append(f"Then: {follow}")
        code = ExitCode.INCOMPLETE if skips else ExitCode.OK
        return letters.summary(body, lead, self.kept, exit_code=code, reasons=("incomplete",) if skips else ())

    def _follow(self, response: str) -> str:
        """The command that closes the request as it was answered."""
        from piiscan.requests.refusals import SERVICE_PROVIDER, refusals

        number, grounds = self.request.id, self.app.retention().grounds
        known = {each.id for each in refusals(self.request.kind, self.request.regime, grounds)}
        kept = next((each for each in self.kept if each.ground in known), None)
        ground = kept.ground if kept else "GROUND"
        if response == "partly":
            return f"piiscan requests close {number} --response partly --ground {ground}"
        if response != "denied":
            return f"piiscan requests close {number} --response {response}"
        client = f" --client {kept.client or 'CLIENT'}" if kept and ground == SERVICE_PROVIDER else ""
        return f"piiscan requests deny {number} --ground {ground}{client} --reason WHY"

    def verified(self, levels: tuple[str, ...]) -> str:
        """What the person was last verified for. Raises RefusedError where that is not enough."""
        said = [each.said.partition(":")[0] for each in self.request.log if each.what == "verified"]
        if not said or said[-1] not in levels:
            number = self.request.id
            raise RefusedError(
                f"who sent request {number} is not verified", hint=f"piiscan requests verify {number}; or deny it"
            )
        return said[-1]

    def opened(self) -> Private:
        """What is sealed in the request. Raises RefusedError where the rows were not located though the answer is about them."""
        from piiscan.requests.private import opened

        number, needs = self.request.id, letters.template_of(self.request) in ("know", "delete")
        if needs and self.request.on("located") is None:
            raise RefusedError("the person's rows were not located yet", hint=f"piiscan requests locate {number}")
        private = opened(self.request, key_of(self.app))
        self.unjudged = private.unjudged
        return private

    @property
    def unread(self) -> list[Skip]:
        """What could not be read and is not tolerated, each once."""
        tolerated = self.config.scan.tolerate
        return [skip for skip in dict.fromkeys(self.skips) if skip.code not in tolerated]

    def since(self) -> date | None:
        """From when on it is asked about: as the person says, else twelve months before receipt under the CCPA."""
        if since := self.facts.get("since"):
            return date.fromisoformat(since)
        if self.request.regime != "ccpa":
            return None
        from piiscan.periods import Period

        return Period(months=12).begun_by(self.request.received) + timedelta(days=1)

    def context(self) -> dict[str, object]:
        return letters.base(self.config, self.request, self.day) | {"unread": bool(self.unread)}

    def names(self) -> list[str]:
        return sorted({each.to for each in self.told})

    def tell(self, types: list[Any], subject: Mapping[str, str]) -> None:
        """Writes an instruction to everybody who was given such data."""
        from piiscan.requests.answering import recipients

        template = letters.template_of(self.request)
        self.told = recipients(self.config, types, template)
        for count, whom in enumerate(self.told, 1):
            name = re.sub(r"[^a-z0-9]+", "-", whom.to.casefold()).strip("-")[:40]
            document = letters.instruction(self.app, self.request, template, whom, subject, self.own, self.day)
            self.write(f"instruction-{count}-{name}", document)

    def letter(self, title: str, context: dict[str, object], sections: tuple[Any, ...]) -> None:
        template = letters.template_of(self.request)
        self.write("letter", letters.letter(title, template, context, sections, self.own, self.day))

    def write(self, name: str, document: Document, formats: tuple[str, ...] = _FORMATS) -> None:
        for each in formats:
            path = self.folder / f"{name}.{each}"
            write_file(path, partial(_render, each, document))
            self.files.append({"file": path.name, "what": document.title})


def _render(format_: str, document: Document, out: TextIO) -> None:
    from piiscan import plugins

    plugins.renderer(format_)().render(document, out, width=100, color=False)
