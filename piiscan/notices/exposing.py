"""Who may read what is held, whose it is, and how it travels."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from piiscan.errors import SourceError
from piiscan.notices.known import labels, places
from piiscan.notices.outcome import Outcome, Where, several, worst

if TYPE_CHECKING:
    from piiscan.notices.known import Held, Known
    from piiscan.rulepack import Check

WORLD_READABLE = "world-readable"
"""What a connector notes of a file that anyone on its machine may read."""


def check_world_readable(check: Check, known: Known) -> Outcome:
    """Whether files with personal information may be read by anyone, by their permission bits."""
    shared = {(each.source, each.container) for each in known.containers if WORLD_READABLE in each.notes}
    files = [item for item in known.personal(check.data_types) if item.record.container_kind == "file"]
    found = [item for item in files if (item.record.source, item.record.container) in shared]
    if found:
        where = tuple(places(found))
        message = f"Anyone may read {several(len({(each.source, each.container) for each in where}), 'file')}: {labels(found)}."
        return Outcome("breach", message, where)
    if not any(each.container_kind == "file" for each in known.containers):
        return Outcome("unknown", "No file share is scanned; who may read a database is for its administrator to say.")
    return known.absent("No file with personal information may be read by anyone.")


def check_encrypted(check: Check, known: Known) -> Outcome:  # noqa: ARG001 - every check is asked alike
    """Whether the connections to the sources are encrypted, by what each connector says of its own."""
    breach, unsure = [], []
    for source in known.config.sources:
        try:
            lines = known.sources.checks(source)
        except SourceError as error:
            unsure.append(Where(source, note=error.message))
            continue
        breach += [
            Where(source, note=line.message) for line in lines if line.subject == "encrypted" and line.status != "ok"
        ]
        unsure += [
            Where(source, note=line.message)
            for line in lines
            if line.status == "failed" or (line.subject == "file system" and line.status == "warning")
        ]
    found = worst(breach, unsure)
    if found is None:
        return Outcome("kept", "Every connection is encrypted or stays on this machine.")
    return Outcome(found[0], "Not encrypted." if breach else "Not known to be encrypted.", *found[1:])


def check_owners(check: Check, known: Known) -> Outcome:  # noqa: ARG001 - as above
    """Whether all that is held is attributed to an owner; what is not is unknown, for a person to attribute."""
    loose = [item for item in known.personal() if item.client in (None, "?")]
    if not loose:
        return known.absent("All that was found is attributed to its owner.")
    where = tuple(places(loose, lambda item: _whose(item, known)))
    return Outcome("unknown", f"Whose it is, nobody says in {several(len(where), 'place')}.", where)


def check_contacts(check: Check, known: Known) -> Outcome:  # noqa: ARG001 - as above
    """Whether data held as a service provider names the business on whose behalf, with its contact."""
    held = [item for item in known.personal() if item.facts.role == "service_provider"]
    if not held:
        return Outcome("not_applicable", "Nothing is held as a service provider, by what the configuration says.")
    silent = [item for item in held if item.client in known.config.clients and not _contact(item, known)]
    loose = [item for item in held if item.client not in known.config.clients]
    found = worst(
        places(silent, lambda item: f"client {item.client} has no contact", apart=True),
        places(loose, lambda item: _whose(item, known)),
    )
    if found is None:
        return known.absent("All that is held as a service provider names its business and that one's contact.")
    lacking = "a contact" if silent else "an owner"
    return Outcome(
        found[0], f"Held as a service provider without {lacking} in {several(len(found[1]), 'place')}.", *found[1:]
    )


def check_places(check: Check, known: Known) -> Outcome:
    """Whether every source is of a kind that the notice names."""
    others = [
        Where(name, note=f"a source of kind {entry.connector}")
        for name, entry in known.config.sources.items()
        if entry.connector not in check.named
    ]
    if others:
        return Outcome("breach", f"{several(len(others), 'source')} of another kind.", tuple(others))
    count = several(len(known.config.sources), "source")
    return known.absent(f"Databases and file systems are in one inventory: {count}.")


def _contact(item: Held, known: Known) -> str | None:
    return known.config.clients[item.client or ""].contact


def _whose(item: Held, known: Known) -> str:
    if item.client == "?":
        return "rows whose owner is no client of the configuration"
    entry = known.config.sources.get(item.record.source)
    named = entry and any(
        owner.column and fnmatchcase(item.record.container, glob) for glob, owner in entry.owners.items()
    )
    return "its rows name their owner, but no clock counts them" if named else "no owner is configured"
