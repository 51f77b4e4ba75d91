"""The document of ``notice check``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from piiscan.errors import ExitCode
from piiscan.model import Document, Section
from piiscan.notices.outcome import STATUSES
from piiscan.report import Places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from piiscan.model import Cell
    from piiscan.notices import NoticeCheck, PromiseOutcome, Where
    from piiscan.rulepack import Lag

WORDS: Final = {
    "breach": "broken",
    "unknown": "unknown",
    "not_checked": "not checked",
    "kept": "kept",
    "not_applicable": "not applicable",
}
_FLAT: Final = ("id", "promise", "status", "message", "source", "container", "member", "column", "data_types", "since",
                "records", "owner", "note")  # fmt: skip


def checked(
    result: NoticeCheck,
    unread: Sequence[str],
    *,
    fail_on: Collection[str],
    exit_zero: bool,
    incomplete: bool,
    redact: bool,
) -> Document:
    """Every promise and how it stands, its places, and where the notice lags the law; exit 3 and 4 as the contract says."""
    places = Places(redact=redact)
    found = [name for name in fail_on if _is_found(name, result)]
    code = ExitCode.INCOMPLETE if incomplete else ExitCode.FOUND if found and not exit_zero else ExitCode.OK
    reasons = [name for name in ("breach", "undisclosed") if _is_found(name, result)]
    return Document(
        "notice.check",
        f"Promises of {result.notice.title}",
        {
            "notice": result.notice.id,
            "title": result.notice.title,
            "as_of": result.as_of,
            "checks": [_check_body(each, places) for each in result.promises],
            "lags": [lag_body(each) for each in result.lags],
            "not_read": list(unread),
        },
        tuple(_sections(result, places)),
        tuple(_lead(result, unread)),
        Section("Promises", _FLAT, tuple(_flat(result, places))),
        exit_code=int(code),
        reasons=(*(["incomplete"] if incomplete else []), *dict.fromkeys((*reasons, *found))),
    )


def lag_body(lag: Lag) -> dict[str, Any]:
    """One lag as JSON."""
    return {"id": lag.id, "message": lag.text, "citation": lag.citation, "promises": list(lag.promises)}


def lag_section(lags: Sequence[Lag]) -> Section:
    """The lags as a table."""
    rows = tuple((each.id, each.text, each.citation, each.promises) for each in lags)
    if not rows:
        return Section("Where the notice lags the law", (), (), note="Nowhere, as far as the profile knows.")
    return Section("Where the notice lags the law", ("id", "the notice", "law", "promises"), rows)


def _is_found(name: str, result: NoticeCheck) -> bool:
    if name == "undisclosed":
        return result.undisclosed
    return bool(result.lags) if name == "lag" else bool(result.breaches)


def _lead(result: NoticeCheck, unread: Sequence[str]) -> Iterator[str]:
    counts = Counter(each.status for each in result.promises)
    told = ", ".join(f"{counts[status]} {WORDS[status]}" for status in STATUSES if counts[status])
    yield f"{len(result.promises)} promises as of {result.as_of}: {told}."
    if unread:
        yield f"Not all was read: {'; '.join(unread)}."


def _sections(result: NoticeCheck, places: Places) -> Iterator[Section]:
    rows = tuple((each.promise.id, WORDS[each.status], each.message) for each in result.promises)
    yield Section("Promises", ("id", "stands", "what was found"), rows)
    for each in result.promises:
        if each.status in ("breach", "unknown") and each.where:
            title = f'{each.promise.id} {WORDS[each.status]}: "{each.promise.text}"'
            yield _places(title, shown(each, each.where, places), places)
        if each.doubtful:
            yield _places(f"{each.promise.id}: to be judged by a person", shown(each, each.doubtful, places), places)
    yield lag_section(result.lags)


def _places(title: str, found: Sequence[Where], places: Places) -> Section:
    return Section(title, ("place", "data", "since", "note"), tuple(_line(each, places) for each in found))


def _line(where: Where, places: Places) -> tuple[Cell, ...]:
    spoken = "the configuration"
    if where.source:
        spoken = places.spoken(where, where.column) if where.container else where.source
    facts = [
        f"{where.records:,} records" if where.records is not None else "",
        f"of {where.owner}" if where.owner else "",
        where.note,
    ]
    return (spoken, where.data_types, where.since.isoformat() if where.since else None, "; ".join(filter(None, facts)))


def shown(outcome: PromiseOutcome, found: Sequence[Where], places: Places) -> list[Where]:
    """The places of a promise as they may be shown; redacted, without notes of a connector, which name paths and servers."""
    bare = places.redact and any(kind == "encrypted" for kind, _ in outcome.parts)
    return [replace(each, note="") if bare else each for each in found]


def _check_body(each: PromiseOutcome, places: Places) -> dict[str, Any]:
    return {
        "id": each.promise.id,
        "promise": each.promise.text,
        "status": each.status,
        "message": each.message,
        "where": [_where_body(item, places) for item in shown(each, each.where, places)],
        "doubtful": [_where_body(item, places) for item in shown(each, each.doubtful, places)],
        "parts": [{"kind": kind, "status": part.status, "message": part.message} for kind, part in each.parts],
    }


def _where_body(where: Where, places: Places) -> dict[str, Any]:
    return {
        **places.of(where),
        "source": where.source or None,
        "column": places.column(where, where.column),
        "data_types": list(where.data_types),
        "since": where.since,
        "records": where.records,
        "owner": where.owner,
        "note": where.note,
    }


def _flat(result: NoticeCheck, places: Places) -> Iterator[tuple[Cell, ...]]:
    """A line for each place, or for a promise without any."""
    for each in result.promises:
        head = (each.promise.id, each.promise.text, each.status, each.message)
        bodies = [_where_body(item, places) for item in shown(each, each.where, places)]
        for body in bodies or [dict.fromkeys(_FLAT)]:
            yield (*head, *(_cell(body[name]) for name in _FLAT[4:]))


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return tuple(value)
    return value.isoformat() if hasattr(value, "isoformat") else value  # type: ignore[no-any-return]
