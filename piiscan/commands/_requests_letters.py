"""The documents of an answer: the letter, the pieces, the instructions, and the summary that is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.model import Document, Section
from piiscan.requests.answering import Kept, Told, categories
from piiscan.requests.letters import ASKED, DENIED, INSTRUCTING, INSTRUCTION, TEMPLATES, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from piiscan.commands.shared import App
    from piiscan.config import Config
    from piiscan.inventory import ConsumerRequest
    from piiscan.model import DataType
    from piiscan.requests.pieces import Pieces
    from piiscan.retention.erasure import Regime

LETTER: Final = "requests.letter"
PIECES: Final = "requests.pieces"
_PIECES: Final = ("record", "collected on", "categories", "what", "value", "withheld because")
_FLAT: Final = ("record", "collected_on", "categories", "what", "value", "withheld")


def base(config: Config, request: ConsumerRequest, day: date) -> dict[str, object]:
    """What every template may ask for."""
    return {
        "firm": config.firm.name or "We",
        "request": request.id,
        "kind": request.kind,
        "regime": request.regime,
        "asked": ASKED[request.kind],
        "received": day_text(request.received),
        "today": day_text(day),
    }


def letter(
    title: str, template: str, context: Mapping[str, object], sections: Sequence[Section], own: Path | None, day: date
) -> Document:
    """A letter: what the template says, then the tables. Raises UsageError for a template that is broken."""
    lead = paragraphs(template, context, own)
    tables = [
        {
            "title": each.title,
            "columns": list(each.columns),
            "rows": [list(row) for row in each.rows],
            "note": each.note,
        }
        for each in sections
    ]
    body = {"dated": day, "request": context["request"], "paragraphs": list(lead), "tables": tables}
    return Document(LETTER, title, body, tuple(sections), (day_text(day), *lead))


def denial(config: Config, request: ConsumerRequest, ground: str, own: Path | None, day: date) -> Document:
    """The letter of a request that was refused; ``ground`` is the ground's title."""
    client = config.clients.get(request.client)
    reason = next((each.said for each in request.log if each.what == "denied"), "")
    context = base(config, request, day) | {
        "ground": ground,
        "ground_id": request.ground,
        "citation": request.citation,
        "reason": reason.rstrip("."),
        "client": client.name if client else "",
        "contact": (client.contact or "") if client else "",
    }
    return letter("Your request", DENIED, context, (), own, day)


def know_sections(
    app: App, pieces: Pieces, window: tuple[date, date], regime: Regime, *, with_pieces: bool
) -> tuple[Section, ...]:
    """What the letter's tables say of what is held, withheld, outside, and not searched."""
    types, labels = app.packs().data_types, app.packs().labels
    rows = tuple(
        (f"{letter} {labels[letter]}", *more) for letter, *more in categories(pieces, app.config(), types, window)
    )
    titles = ("category", "what we hold", "from whom", "for what", "disclosed to", "sold or shared to")
    sections = [Section("Categories", titles, rows)] if rows else []
    if with_pieces and pieces.withheld:
        lines = tuple((_labels(names, types), reason) for reason, names in pieces.withheld.items())
        sections.append(Section("Held, and withheld", ("what", "why"), lines))
    return (*sections, *outside_sections(app.config(), pieces, regime))


def outside_sections(config: Config, pieces: Pieces, regime: Regime) -> tuple[Section, ...]:
    """What is held of the person and no part of the request, and whom to ask instead."""
    from piiscan.retention.erasure import limit_named

    lines = []
    for (id_, client), rows in sorted(pieces.outside.items()):
        known = config.clients.get(client)
        ask = f"; ask {known.name}{', ' + known.contact if known.contact else ''}" if known else ""
        limit = limit_named(id_, regime)
        lines.append((rows, f"{limit.reason} ({limit.citation}){ask}"))
    return (Section("Held, and no part of this request", ("records", "why"), tuple(lines)),) if lines else ()


def kept_section(app: App, kept: Sequence[Kept]) -> tuple[Section, ...]:
    """What stays of what was to be deleted, part by part."""
    types, clients = app.packs().data_types, app.config().clients
    lines = []
    for each in kept:
        known = clients.get(each.client)
        ask = f"; ask {known.name}{', ' + known.contact if known.contact else ''}" if known else ""
        lines.append(
            (
                _labels(each.data_types, types),
                each.ground,
                f"{each.reason}{ask}",
                each.citation,
                day_text(each.until) if each.until else "not known yet",
            )
        )
    titles = ("what", "ground", "why", "law", "kept until")
    return (Section("What stays, and why", titles, tuple(lines)),) if lines else ()


def pieces_document(app: App, request: ConsumerRequest, pieces: Pieces, since: date | None) -> Document:
    """The specific pieces, for a machine and for the person: the only document that carries values, into files that were named."""
    rows = [
        (number, None if day is None else day.isoformat(), " ".join(letters), what, value, withheld)
        for number, day, letters, what, value, withheld in pieces.lines(app.packs().data_types)
    ]
    body = {
        "request": request.id,
        "received": request.received,
        "since": since,
        "pieces": [
            dict(zip(_FLAT, (n, day, letters.split(), what, value, why or None), strict=True))
            for n, day, letters, what, value, why in rows
        ],
    }
    shown = tuple((str(n), day or "", letters, what, value or "", why) for n, day, letters, what, value, why in rows)
    return Document(PIECES, "What we hold about you", body, (Section("", _PIECES, shown),))


def instruction(
    app: App,
    request: ConsumerRequest,
    template: str,
    whom: Told,
    subject: Mapping[str, str],
    own: Path | None,
    day: date,
) -> Document:
    """What a recipient is told; who the person is, as far as the request said and the law lets it be said."""
    types = app.packs().data_types
    context = base(app.config(), request, day) | {
        "recipient": whom.to,
        "purpose": whom.kind,
        "action": template,
        "law": INSTRUCTING[request.regime][template],
    }
    known = tuple(
        (types[name].label, value) for name, value in sorted(subject.items()) if not types[name].never_disclose
    )
    sections = (
        Section("The person", ("what", "value"), known),
        Section("The data", ("what",), tuple((types[name].label,) for name in whom.data_types)),
    )
    return letter("A consumer's request", INSTRUCTION, context, sections, own, day)


def summary(
    body: Mapping[str, Any], lead: Sequence[str], kept: Sequence[Kept], *, exit_code: int, reasons: tuple[str, ...]
) -> Document:
    """What is printed: counts, grounds, files; no value."""
    sections = [Section("Files", ("file", "what"), tuple((each["file"], each["what"]) for each in body["files"]))]
    if kept:
        lines = tuple((each.ground, each.rule, each.rows, str(each.until or "")) for each in kept)
        sections.append(Section("What stays", ("ground", "rule", "rows", "until"), lines))
    if body["recipients"]:
        whom = tuple((each["to"], each["kind"]) for each in body["recipients"])
        sections.append(Section("Must be told", ("recipient", "kind"), whom))
    title = f"Request {body['request']}: the answer"
    return Document("requests.answer", title, body, tuple(sections), tuple(lead), exit_code=exit_code, reasons=reasons)


def template_of(request: ConsumerRequest) -> str:
    """The name of the letter that answers such a request."""
    return TEMPLATES[request.kind]


def _labels(names: Sequence[str], types: Mapping[str, DataType]) -> str:
    return (
        ", ".join(sorted(types[name].label for name in names if name in types)) or "notes and records that refer to you"
    )


def day_text(day: date) -> str:
    """A day as a letter writes it."""
    return f"{day.day} {day:%B %Y}"
