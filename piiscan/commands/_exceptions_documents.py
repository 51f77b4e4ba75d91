"""The documents that list and check exceptions and holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.commands._justifying import reach_warnings
from piiscan.errors import ExitCode
from piiscan.inventory import opened
from piiscan.model import Document, Section
from piiscan.report import Places
from piiscan.report.exceptions_text import (
    FLAT_TITLES,
    TITLES,
    basis_words,
    body,
    flat_row,
    row,
    scope_words,
    state_of,
    until_words,
)
from piiscan.report.wording import number_of
from piiscan.retention.justified import problems
from piiscan.sealing import SealError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.inventory import Inventory, Justification
    from piiscan.inventory.justifications import Kind
    from piiscan.model import Cell, Secret
    from piiscan.rulepack.retention import RetentionRules

_TITLES: Final = ("id", "basis", "until", "scope", "state", "against it", "doubtful")


def listing(
    kind: Kind, shown: Sequence[Justification], hidden: int, rules: RetentionRules, as_of: date, *, redact: bool
) -> Document:
    """The document of ``exceptions list`` and ``holds list``; ``hidden`` were ended and are not asked for."""
    places = Places(redact=redact)
    told = [body(each, rules, as_of, places, problems(each, rules.grounds, rules.rules, as_of)) for each in shown]
    lead = f"{number_of(len(shown), kind)} as of {as_of}, {sum(each.covers(as_of) for each in shown):,} in force."
    more = [f"{hidden:,} more were {'released' if kind == 'hold' else 'removed'}: --all shows them."] if hidden else []
    return Document(
        f"{kind}s.list",
        f"{kind.capitalize()}s",
        {"as_of": as_of, "entries": told},
        (Section("", TITLES, tuple(row(each, rules, as_of, places) for each in shown)),),
        (lead, *more),
        flat=Section("", FLAT_TITLES, tuple(flat_row(each) for each in told)),
    )


def checked(
    inventory: Inventory, rules: RetentionRules, key: Secret | None, as_of: date, *, exit_zero: bool, redact: bool
) -> Document:
    """The document of ``exceptions check``: everything that was not ended, with what speaks against it and what is doubtful."""
    places = Places(redact=redact)
    standing = [each for each in inventory.justifications() if each.state(as_of) != "ended"]
    against = {each.id: problems(each, rules.grounds, rules.rules, as_of) for each in standing}
    doubtful = dict(zip((each.id for each in standing), reach_warnings(inventory, standing), strict=True))
    unread = {each.id: text for each in standing if (text := _unreadable(each, key))}
    entries: list[dict[str, Any]] = [
        body(each, rules, as_of, places, against[each.id])
        | {"warnings": [*filter(None, [unread.get(each.id)]), *doubtful[each.id]]}
        for each in standing
    ]
    reasons = _reasons(standing, against, as_of)
    found = sum(bool(said) for said in against.values())
    lead = f"{len(standing):,} exceptions and holds as of {as_of}: {found:,} expired, lapsed or unjustified."
    return Document(
        "exceptions.check",
        "Check of the exceptions and holds",
        {"as_of": as_of, "entries": entries},
        (
            Section(
                "", _TITLES, tuple(_line(each, entry, places) for each, entry in zip(standing, entries, strict=True))
            ),
        ),
        (lead,),
        flat=Section(
            "", (*FLAT_TITLES, "warnings"), tuple((*flat_row(each), tuple(each["warnings"])) for each in entries)
        ),
        exit_code=ExitCode.INCOMPLETE if unread else ExitCode.FOUND if reasons and not exit_zero else ExitCode.OK,
        reasons=(*reasons, *(["incomplete"] if unread else [])),
    )


def _unreadable(justification: Justification, key: Secret | None) -> str:
    """Why its rows cannot be known; empty where they can."""
    if justification.scope.sealed is None:
        return ""
    if key is None:
        return "its rows are sealed, and the configuration names no key"
    try:
        opened(justification.scope, key)
    except SealError:
        return "its rows are sealed, and do not open with the firm's key"
    return ""


def _reasons(standing: Sequence[Justification], against: Mapping[str, Sequence[str]], as_of: date) -> tuple[str, ...]:
    """``expired``, ``lapsed``, ``unjustified``: what any of them is."""
    states = {state_of(each, as_of) for each in standing}
    more = any(len(against[each.id]) > (each.state(as_of) == "expired") for each in standing)
    return (*(word for word in ("expired", "lapsed") if word in states), *(["unjustified"] if more else []))


def _line(justification: Justification, entry: Mapping[str, Any], places: Places) -> tuple[Cell, ...]:
    """One of them under `_TITLES`."""
    return (
        justification.id,
        basis_words(justification),
        until_words(justification),
        scope_words(justification.scope, places),
        entry["state"].replace("_", " "),
        tuple(entry["problems"]),
        tuple(entry["warnings"]),
    )
