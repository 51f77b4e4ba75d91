"""What identifies a person: sealed with the firm's key while a request is open, removed when it is closed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from piiscan.errors import UsageError
from piiscan.model import Skip, SkipCode
from piiscan.requests.identity import PURPOSE
from piiscan.sealing import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piiscan.inventory.requests import ConsumerRequest
    from piiscan.model import Secret
    from piiscan.requests.located import Place


KeyPart = str | int


@dataclass(frozen=True, slots=True, repr=False)
class Matched:
    """Rows of one container that a list of hashes, or a search, has found."""

    source: str
    container: str
    key: tuple[str, ...]
    """The columns that tell a row apart; empty: the container has no key, and rows are only counted."""
    keys: Sequence[Sequence[KeyPart]]
    tells: Sequence[Mapping[str, str | int]] = ()
    """Column -> value, of which every row holds one set as a whole: what says that it is the person's. Empty: nothing can be said."""
    count: int = 0
    """Rows found, with those that no key names."""


@dataclass(frozen=True, slots=True, repr=False)
class Private:
    """What never stands in the store, a log or an error in the plain."""

    subject: Mapping[str, str] = field(default_factory=dict)
    """Data type id -> the person's value of it."""
    agent: Mapping[str, str] = field(default_factory=dict)
    """The agent's ``name`` and ``contact``."""
    notes: str = ""
    rows: tuple[Matched, ...] = ()
    unread: tuple[Skip, ...] = ()
    """What could not be asked when the rows were located: an answer from them is not whole."""
    unjudged: int = 0
    """Near matches that no human has looked at."""
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of an imported list: list -> hash that was found -> how many persons it may be."""

    def __repr__(self) -> str:
        return f"Private({len(self.subject)} data points, {len(self.rows)} containers)"


def matched(place: Place) -> Matched:
    """What was located in one container, as it is kept. Keys that no text finds again are left out: those rows are only counted."""
    unusable = any(isinstance(part, bytes | float) for key in place.rows for part in key)
    keys = [] if unusable or not place.key else [list(map(key_part, key)) for key in place.rows]
    tells = [] if place.untold else [dict(each) for each in sorted(place.tells, key=str)]
    return Matched(place.source, place.container, () if unusable else place.key, keys, tells, len(place.rows))


def key_part(value: object) -> KeyPart:
    """A part of a key as it is kept: a number stays one, for a text of the same digits may be another row's."""
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def sealed(private: Private, key: Secret) -> str:
    """All of it, sealed; sealing twice gives different texts."""
    rows = [
        [
            each.source,
            each.container,
            each.key,
            [list(row) for row in each.keys],
            [dict(told) for told in each.tells],
            each.count,
        ]
        for each in private.rows
    ]
    plain = {
        "subject": dict(sorted(private.subject.items())),
        "agent": dict(private.agent),
        "notes": private.notes,
        "rows": rows,
        "unread": [[each.source, each.container, str(each.code), each.reason] for each in private.unread],
        "unjudged": private.unjudged,
        "answers": {name: dict(found) for name, found in private.answers.items()},
    }
    return seal(key, PURPOSE, json.dumps(plain, separators=(",", ":")).encode())


def opened(request: ConsumerRequest, key: Secret) -> Private:
    """What is sealed in a request. Raises UsageError where it was removed, SealError where another key sealed it."""
    if request.sealed is None:
        raise UsageError(
            f"who asked was removed from request {request.id} when it was closed", hint="open a new request"
        )
    plain: dict[str, Any] = json.loads(unseal(key, PURPOSE, request.sealed))
    rows = tuple(Matched(source, box, tuple(names), *more) for source, box, names, *more in plain["rows"])
    unread = tuple(Skip(source, box, SkipCode(code), why) for source, box, code, why in plain.get("unread", ()))
    return Private(
        plain["subject"], plain["agent"], plain["notes"], rows, unread, plain.get("unjudged", 0), plain["answers"]
    )
