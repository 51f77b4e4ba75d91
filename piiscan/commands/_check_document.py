"""What ``check`` found, as a document: lines of checks, and for each table the clocks to paste into piiscan.toml."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from piiscan.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.model import Check
    from piiscan.retention.candidates import Candidate

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
NOTE: Final = "They date nothing until they stand in piiscan.toml: paste what is right, under the same heading if it is there already."
WIDTH: Final = 78


@dataclass(frozen=True, slots=True)
class Proposal:
    """A clock for a table of a source that has none for the event."""

    source: str
    container: str
    candidate: Candidate

    @property
    def heading(self) -> str:
        """The table of piiscan.toml that it belongs to."""
        return f"[sources.{_key(self.source)}.clocks.{json.dumps(self.container, ensure_ascii=False)}]"

    @property
    def line(self) -> str:
        """The line to paste."""
        return f"{_key(self.candidate.event)} = {json.dumps(self.candidate.clock.column, ensure_ascii=False)}"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def document(rows: Sequence[tuple[str, Check]], proposals: Sequence[Proposal]) -> Document:
    """Exit code 4 when a check failed."""
    failed = any(check.status == "failed" for _, check in rows)
    checks = [
        {"source": source, "subject": check.subject, "status": check.status, "message": check.message}
        for source, check in rows
    ]
    section = Section(
        "Sources",
        ("source", "subject", "status", "message"),
        tuple((source, check.subject, check.status, check.message) for source, check in rows),
    )
    return Document(
        "check",
        "Check of the sources",
        {"checks": checks, "clocks": [_body(each) for each in proposals]},
        (section, *([_proposed(proposals)] if proposals else [])),
        exit_code=4 if failed else 0,
        reasons=("incomplete",) if failed else (),
    )


def _body(proposal: Proposal) -> dict[str, object]:
    found = proposal.candidate
    return {
        "source": proposal.source,
        "container": proposal.container,
        "event": found.event,
        "column": found.clock.column,
        "confidence": found.confidence,
        "why": found.why,
        "table": proposal.heading,
        "line": proposal.line,
    }


def _proposed(proposals: Sequence[Proposal]) -> Section:
    """The lines as they stand in a file, with the reasons as remarks: so they can be pasted at any width of a terminal."""
    lines = [NOTE]
    for heading, some in groupby(proposals, key=lambda each: each.heading):
        lines += ["", heading]
        for each in some:
            why = f"{each.candidate.confidence:.0%}: {each.candidate.why}"
            lines += [each.line, *textwrap.wrap(why, WIDTH, initial_indent="# ", subsequent_indent="#   ")]
    return Section("Clocks proposed", (), (), note="\n".join(lines))
