"""The documents of the requests commands: dates, counts and states; never who asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from piiscan.model import Document, Section
from piiscan.report.wording import number_of
from piiscan.requests.standing import flags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.inventory import ConsumerRequest
    from piiscan.model import Cell
    from piiscan.requests.standing import Clock, Standing

_TITLES: Final = ("request", "kind", "received", "state", "next", "due", "days left")
_FLAT: Final = (
    "id", "kind", "regime", "received", "channel", "state", "next", "due", "days_left", "overdue", "response", "ground", "closed_on",
)  # fmt: skip
_LOG: Final = ("on", "what", "by", "said")


def listing(shown: Sequence[ConsumerRequest], hidden: int, clock: Clock, day: date, *, overdue: bool) -> Document:
    """The document of ``requests list``; ``hidden`` were left out."""
    standings = [clock.standing(each, day) for each in shown]
    late = sum(each.overdue for each in standings)
    entries = [entry(request, standing) for request, standing in zip(shown, standings, strict=True)]
    lead = f"{number_of(len(shown), 'request')} as of {day}, {late:,} overdue."
    more = "--all shows them." if not overdue else "without --overdue they are shown."
    return Document(
        "requests.list",
        "Consumers' requests",
        {"as_of": day, "entries": entries},
        (Section("", _TITLES, tuple(_row(r, s) for r, s in zip(shown, standings, strict=True))),),
        (lead, *([f"{hidden:,} more: {more}"] if hidden else [])),
        flat=Section("", _FLAT, tuple(tuple(each[name] for name in _FLAT) for each in entries)),
    )


def changed(
    request: ConsumerRequest,
    clock: Clock,
    day: date,
    said: str,
    *,
    kind: str = "requests.change",
    exit_code: int = 0,
    reasons: tuple[str, ...] = (),
    lead: tuple[str, ...] = (),
) -> Document:
    """The document of one request as it is now."""
    standing = clock.standing(request, day)
    told = entry(request, standing)
    log = tuple((str(each.on), each.what, each.by, each.said) for each in request.log)
    facts = (*_facts(request, standing), *flags(request))
    return Document(
        kind,
        said,
        {"as_of": day, "entry": told},
        (Section("", _TITLES, (_row(request, standing),)), Section("Log", _LOG, log)),
        (*lead, *facts),
        flat=Section("", _FLAT, (tuple(told[name] for name in _FLAT),)),
        exit_code=exit_code,
        reasons=reasons,
    )


def entry(request: ConsumerRequest, standing: Standing) -> dict[str, Any]:
    """One request as JSON has it."""
    found = standing.deadlines
    names = (
        "id", "kind", "regime", "received", "channel", "data_types", "agent", "authority", "notarized", "minor", "declared", "fee",
        "state", "closed_on", "response", "ground", "citation", "client", "extended_on", "author",
    )  # fmt: skip
    return {name: getattr(request, name) for name in names} | {
        "sealed": request.sealed is not None,
        "facts": json.loads(request.facts),
        "deadlines": {"confirm": found.confirm, "answer": found.answer, "extended": found.extended},
        "next": standing.next,
        "due": standing.due,
        "days_left": standing.days_left,
        "overdue": standing.overdue,
        "late": list(standing.late),
        "flags": list(flags(request)),
        "log": [
            {"at": each.at, "on": each.on, "what": each.what, "by": each.by, "said": each.said} for each in request.log
        ],
    }


def _row(request: ConsumerRequest, standing: Standing) -> tuple[Cell, ...]:
    state = f"{request.state} ({request.response or request.ground})" if request.state != "open" else "open"
    return (
        str(request.id),
        request.kind,
        str(request.received),
        "overdue" if standing.overdue else state,
        standing.next,
        None if standing.due is None else str(standing.due),
        standing.days_left,
    )


def _facts(request: ConsumerRequest, standing: Standing) -> list[str]:
    """What a person reads first."""
    found = standing.deadlines
    days = {"confirm receipt": found.confirm, "answer": found.answer, "answer, if extended": found.extended}
    said = "; ".join(f"{what} by {day}" for what, day in days.items() if day is not None)
    kept = "sealed" if request.sealed else "removed"
    known = f"Known by {', '.join(request.data_types)} ({kept})." if request.data_types else f"Rows: {kept}."
    late = [f"Late: {', '.join(standing.late)}."] if standing.late else []
    return [f"{said[:1].upper()}{said[1:]}.", known, *late]
