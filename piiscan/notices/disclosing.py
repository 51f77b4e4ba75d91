"""What is collected against what the notice says is collected: its headings, decided by data types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.notices.known import labels, places
from piiscan.notices.outcome import Outcome, several, worst

if TYPE_CHECKING:
    from datetime import date

    from piiscan.notices.known import Held, Known
    from piiscan.rulepack import Check, Heading

_BEYOND_LETTERS: Final = frozenset("L")
"""Sensitive data are a category by what else they are: a notice that names the other names them."""


def check_disclosed(check: Check, known: Known) -> Outcome:
    """Whether all that is held of the firm's own falls under a heading; what does not, where, and since which night.

    A breach: collected in the last twelve months, or nobody knows when. Unknown: collected before, or held under another law or
    for a client, whose notice must name it.
    """
    undisclosed = _undisclosed(check, known)
    first, _ = known.window
    breach = [item for item in undisclosed if item.own and not _is_before(item, first)]
    doubt = [item for item in undisclosed if item not in breach]
    found = worst(places(breach), places(doubt, lambda item: _why_not(item, first)))
    missing = _not_found(check, known)
    if found is None:
        return known.absent(f"All that was found falls under a heading.{missing}")
    told = breach or doubt
    since = min(item.record.first_seen for item in told).date()
    kinds = len({item.data_type.id for item in told})
    what = "a category" if check.by == "category" else several(kinds, "kind") + " of data"
    verb = "are" if check.by != "category" and kinds > 1 else "is"
    say = "collected" if breach else "held, though perhaps not for this notice,"
    message = f"{what} {verb} {say} that no heading names, since {since} at the earliest: {labels(told)}."
    return Outcome(found[0], message[0].upper() + message[1:] + missing, *found[1:])


def check_found(check: Check, known: Known) -> Outcome:
    """Whether what the notice says is made is found, and how old it is."""
    items = known.of(check.data_types)
    if not items:
        return Outcome("unknown", "Nothing of the kind was found in what was read.")
    found = places(items, _ages)
    return Outcome("kept", f"Found in {several(len(found), 'place')}: {labels(items)}.", tuple(found))


def covered_by(heading: Heading, known: Known) -> frozenset[str]:
    """The data types that a heading says are collected: none for one that stands for everything."""
    if heading.catch_all:
        return frozenset()
    return known.types(heading.data_types) - known.types(heading.denied)


def _undisclosed(check: Check, known: Known) -> list[Held]:
    covered = frozenset[str]().union(*(covered_by(heading, known) for heading in known.notice.headings))
    scope = known.types(check.data_types) if check.data_types else frozenset(known.packs.data_types)
    scope -= known.types(check.other_than) | known.denied
    letters = {letter for heading in known.notice.headings for letter in heading.letters} | _BEYOND_LETTERS
    return [
        item
        for item in known.personal()
        if item.data_type.id in scope - covered
        and (check.by == "data_type" or not letters.issuperset(item.data_type.categories))
    ]


def _is_before(item: Held, first: date) -> bool:
    """Whether every dated row was collected before the window."""
    return item.record.newest_at is not None and item.record.newest_at < first


def _why_not(item: Held, first: date) -> str:
    if item.own:
        return "collected more than twelve months ago"
    if item.facts.role == "service_provider":
        return "held as a service provider: it belongs into the client's notice"
    return f"under {(item.facts.regime or '').upper()}: outside the CCPA" if not _is_before(item, first) else "old"


def _not_found(check: Check, known: Known) -> str:
    """A sentence on the headings under which nothing was found; empty if there is none."""
    held = {item.data_type.id for item in known.held}
    numbers = [
        number
        for number, heading in enumerate(known.notice.headings, 1)
        if (not check.headings or number in check.headings)
        and not heading.claims
        and held.isdisjoint(known.types(heading.data_types))
    ]
    if not numbers or check.by == "category":
        return ""
    return f" Nothing was found under heading {', '.join(map(str, numbers))}."


def _ages(item: Held) -> str:
    oldest, newest = item.record.oldest_at, item.record.newest_at
    return f"dated {oldest} to {newest}" if oldest else "no date known"
