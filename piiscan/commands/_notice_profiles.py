"""The documents of ``notice list``, ``notice show`` and ``notice import``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.commands._notice_documents import lag_body, lag_section
from piiscan.model import Document, Section
from piiscan.notices.lagging import lags_of
from piiscan.rulepack import select

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.model import Cell
    from piiscan.notices.importing import Passage, Proposal
    from piiscan.rulepack import Check, Notice, Promise, RulePacks

_SAID: Final = {
    "disclosed": "what is held falls under its headings",
    "found": "what it speaks of is found",
    "sources_named": "where data come from",
    "purposes_named": "what data are for",
    "recipients_named": "who receives what",
    "legal_basis": "legal bases",
    "not_sold": "no sale, no sharing",
    "region": "where data lie",
    "retention": "the rules of retention",
    "never_stored": "it is not stored",
    "deidentified": "nothing personal in what is deidentified",
    "cookies_identify": "cookies beside persons",
    "no_minors": "nobody under age",
    "readable_passwords": "readable passwords",
    "unused_credentials": "accounts long unused",
    "world_readable": "files that anyone may read",
    "encrypted": "encrypted connections",
    "owners": "each datum has its owner",
    "client_contacts": "each client has a contact",
    "held_in": "kinds of sources",
    "exceptions_named": "exceptions on record",
    "barred": "nothing: the law bars it",
    "service": "served by a command",
}
"""What a kind of check holds a promise against, in a few words."""


def listed(profiles: Sequence[Notice], named: str | None) -> Document:
    """The profiles; ``named`` is the configuration's."""
    entries = [
        {
            "id": each.id,
            "title": each.title,
            "last_updated": each.last_updated,
            "headings": len(each.headings),
            "promises": len(each.promises),
            "lags": len(each.lags),
            "configured": each.id == named,
        }
        for each in profiles
    ]
    titles = ("id", "title", "last updated", "headings", "promises", "yours")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.id,
            each.title,
            each.last_updated.isoformat() if each.last_updated else None,
            len(each.headings),
            len(each.promises),
            each.id == named,
        )
        for each in profiles
    )
    return Document("notice.list", "Notice profiles", {"profiles": entries}, (Section("", titles, rows),))


def shown(notice: Notice, packs: RulePacks, as_of: date) -> Document:
    """A profile's headings, promises and lags."""
    lags = lags_of(notice, as_of)
    headings = [(each, sorted(select(each.data_types, packs.data_types))) for each in notice.headings]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (number, each.text, each.letters, "everything" if each.catch_all else len(types))
        for number, (each, types) in enumerate(headings, 1)
    )
    return Document(
        "notice.show",
        notice.title,
        {
            "id": notice.id,
            "title": notice.title,
            "last_updated": notice.last_updated,
            "headings": [
                {
                    "text": each.text,
                    "letters": each.letters,
                    "data_types": types,
                    "collected_from": each.collected_from,
                    "claims": each.claims,
                    "denied": each.denied,
                }
                for each, types in headings
            ],
            "promises": [_promise_body(each) for each in notice.promises],
            "lags": [lag_body(each) for each in lags],
        },
        (
            Section("Headings", ("", "in its own words", "categories", "data types"), rows),
            Section("Promises", ("id", "in its own words", "held against"), tuple(map(_promise_row, notice.promises))),
            lag_section(lags),
        ),
        (f"Last updated {notice.last_updated or 'on no stated day'}.",),
    )


def imported(proposal: Proposal, text: str) -> Document:
    """What was recognised in a notice's text, what was not, and the profile it makes."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.text, each.taken_for, each.kind or each.data_types) for each in proposal.recognised
    )
    return Document(
        "notice.import",
        f"A profile proposed for {proposal.title}",
        {
            "id": proposal.id,
            "recognised": [_passage_body(each) for each in proposal.recognised],
            "not_recognised": [each.text for each in proposal.unrecognised],
            "lags": [
                {"id": each["id"], "message": each["text"], "citation": each["citation"], "promises": []}
                for each in proposal.lags
            ],
            "profile": text,
        },
        (
            Section("Recognised", ("words", "as", "what"), rows),
            Section(
                "Not recognised: read it, and add what it promises",
                ("words",),
                tuple((each.text,) for each in proposal.unrecognised),
            ),
            Section("The profile", (), (), note=text),
        ),
        (
            f"{len(proposal.headings)} headings, {len(proposal.promises)} promises, {len(proposal.unrecognised)} passages not recognised.",
            "A proposal: read it beside the notice.",
        ),
    )


def _promise_body(promise: Promise) -> dict[str, Any]:
    return {
        "id": promise.id,
        "text": promise.text,
        "checks": [{"kind": each.kind, "command": each.command or None} for each in promise.checks],
        "terms": dict(promise.terms),
    }


def _promise_row(promise: Promise) -> tuple[Cell, ...]:
    return (promise.id, promise.text, tuple(map(_spoken, promise.checks)))


def _spoken(check: Check) -> str:
    return f"piiscan {check.command}" if check.command else _SAID[check.kind]


def _passage_body(passage: Passage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "as": passage.taken_for,
        "kind": passage.kind or None,
        "data_types": passage.data_types,
    }
