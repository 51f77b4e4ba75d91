"""Judgments as JSON and back, exactly: a plan is carried out without the rules it was made by.

The values that tests compare with are private: they are sealed, and an HMAC stands for them in the plan's id.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from piiscan.errors import RefusedError
from piiscan.model import Clock
from piiscan.model.judging import Change, Cover, Ended, Judgment, Keep, Term, Test
from piiscan.sealing import SealError, digest, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import Secret

_PURPOSE: Final = "deletion values"


def judgment_body(judgment: Judgment, secret: Secret) -> dict[str, Any]:
    """The judgment in JSON's types, but for its horizons, which only look ahead, and its keys, which lie in the step's key file."""
    return {
        "id": judgment.id,
        "due": _term_body(judgment.due),
        "holds": [_cover_body(cover, secret) for cover in judgment.holds],
        "covers": [_cover_body(cover, secret) for cover in judgment.covers],
        "keeps": [{"id": keep.id, "term": _term_body(keep.term)} for keep in judgment.keeps],
        "changes": [{"column": each.column, "to": each.to, "value": each.value} for each in judgment.changes],
        "rows": [[_test_body(test, secret) for test in tests] for tests in judgment.rows],
        "owners": None if judgment.owners is None else sorted(judgment.owners, key=lambda name: name or ""),
    }


def judgment_of(body: dict[str, Any], secret: Secret) -> Judgment:
    """The judgment again. Raises RefusedError for a value that does not open."""
    return Judgment(
        id=body["id"],
        due=_term(body["due"]),
        holds=tuple(_cover(each, secret) for each in body["holds"]),
        covers=tuple(_cover(each, secret) for each in body["covers"]),
        keeps=tuple(Keep(each["id"], _term(each["term"])) for each in body["keeps"]),
        changes=tuple(Change(each["column"], each["to"], each["value"]) for each in body["changes"]),
        rows=tuple(tuple(_test(test, secret) for test in tests) for tests in body["rows"]),
        owners=None if body["owners"] is None else frozenset(body["owners"]),
    )


def paths(judgment: Judgment) -> Iterator[tuple[str, ...]]:
    """Every column, or way to one, that decides how rows stand."""
    for term in (judgment.due, *(keep.term for keep in judgment.keeps)):
        yield from (part.clock.path for part in _ended_parts(term) if part.clock is not None)
    for cover in (*judgment.holds, *judgment.covers):
        yield from (test.path for tests in cover.rows for test in tests)
    yield from (test.path for tests in judgment.rows for test in tests)


def cutoffs(judgment: Judgment) -> dict[str, date]:
    """Event -> the latest day of it for which the time of what is due is over."""
    found: dict[str, date] = {}
    for part in _ended_parts(judgment.due):
        if part.clock is not None:
            found[part.clock.event] = max(part.last, found.get(part.clock.event, part.last))
    return found


def _ended_parts(term: Term) -> Iterator[Ended]:
    for part in term.parts:
        if isinstance(part, Term):
            yield from _ended_parts(part)
        else:
            yield part


def _term_body(term: Term) -> dict[str, Any]:
    parts = [_term_body(part) if isinstance(part, Term) else _ended_body(part) for part in term.parts]
    return {"combine": term.combine, "fixed": term.fixed, "parts": parts}


def _ended_body(part: Ended) -> dict[str, Any]:
    clock = part.clock
    named = None if clock is None else {"event": clock.event, "path": list(clock.path), "basis": clock.basis}
    return {"clock": named, "last": part.last.isoformat()}


def _term(body: dict[str, Any]) -> Term:
    parts = tuple(_term(part) if "parts" in part else _ended(part) for part in body["parts"])
    return Term(parts, body["combine"], body["fixed"])


def _ended(body: dict[str, Any]) -> Ended:
    named = body["clock"]
    clock = None if named is None else Clock(named["event"], tuple(named["path"]), named["basis"])
    return Ended(clock, date.fromisoformat(body["last"]))


def _cover_body(cover: Cover, secret: Secret) -> dict[str, Any]:
    return {"id": cover.id, "rows": [[_test_body(test, secret) for test in tests] for tests in cover.rows]}


def _cover(body: dict[str, Any], secret: Secret) -> Cover:
    return Cover(body["id"], tuple(tuple(_test(test, secret) for test in tests) for tests in body["rows"]))


def _test_body(test: Test, secret: Secret) -> dict[str, Any]:
    plain = json.dumps(test.value).encode()
    value = {"hmac": digest(secret, _PURPOSE, [plain]), "sealed": seal(secret, _PURPOSE, plain)}
    return {"path": list(test.path), "operator": test.operator, "value": value}


def _test(body: dict[str, Any], secret: Secret) -> Test:
    changed = RefusedError(
        "a value in the plan does not open", hint="it was changed, or sealed with another key: plan again"
    )
    try:
        plain = unseal(secret, _PURPOSE, body["value"]["sealed"])
    except SealError:
        raise changed from None
    if digest(secret, _PURPOSE, [plain]) != body["value"]["hmac"]:
        raise changed
    return Test(tuple(body["path"]), body["operator"], json.loads(plain))
