"""Consumers' requests as the store keeps them: the log the law asks for, what is sealed, and the hashes that stay.

Of a person the store holds sealed text while a request is open, and keyed hashes afterwards; nothing in the plain.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from piiscan.errors import UsageError
from piiscan.inventory import schema
from piiscan.inventory.engine import Address, plain_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Regime = Literal["ccpa", "gdpr", "dpdp"]
RequestKind = Literal[
    "know_categories", "know_specific", "delete", "correct", "opt_out", "limit", "drop",
    "access", "rectify", "erase", "restrict", "object", "withdraw", "portability",
]  # fmt: skip
RequestState = Literal["open", "closed", "denied"]
EventKind = Literal["opened", "confirmed", "verified", "located", "extended", "answered", "denied", "closed"]
REQUEST_KINDS: Final[tuple[RequestKind, ...]] = get_args(RequestKind)
SUPPRESSING: Final = frozenset({"delete", "opt_out", "limit", "erase", "object"})
"""Kinds whose hashes stay when the log is pruned: what was refused or removed must not come back unseen."""
HEEDED: Final = frozenset({"complied", "partly", "nothing_held"})
"""Responses after which such a person must not come back unseen; who was denied or withdrew is like anybody."""


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """One line of a request's log."""

    at: datetime
    on: date
    """The day in the firm's time zone."""
    what: EventKind
    by: str
    """The login name of whoever entered it."""
    said: str
    """A reason, a response, counts: never a value of a person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One hashed data point."""

    data_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person who asked to be deleted or left alone, and was answered so: known by hashes alone."""

    request: int
    kind: RequestKind
    response: str
    """Empty: an older piiscan has forgotten it."""
    answered_on: date | None
    """None: as above."""
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class ConsumerRequest:
    """One request, and all that was done about it."""

    id: int
    kind: RequestKind
    regime: Regime
    received: date
    channel: str
    data_types: tuple[str, ...]
    """What was given of the person, sorted; the values are sealed."""
    agent: bool
    authority: str
    """What the agent showed; empty: the person asks."""
    notarized: bool
    """Whether a notarized paper came with it: it may be taken, and never asked for (11 CCR 7060(e))."""
    minor: bool
    declared: bool
    """Whether the person signed, under penalty of perjury, to be the one (11 CCR 7062(c))."""
    fee: str
    """An amount that was asked, with its reason; empty: none, as is the rule (Civ. 1798.130(a)(2))."""
    facts: str
    """JSON of counts (of lists, matches, rows): metadata."""
    sealed: str | None
    """What identifies the person, sealed; None: removed at closing."""
    state: RequestState = "open"
    closed_on: date | None = None
    response: str = ""
    ground: str = ""
    citation: str = ""
    client: str = ""
    """On whose behalf the data is held, where the person was sent on."""
    extended_on: date | None = None
    author: str = ""
    log: tuple[RequestEvent, ...] = ()

    def on(self, what: EventKind) -> date | None:
        """The day of the first event of a kind; None: there was none."""
        return next((each.on for each in self.log if each.what == what), None)


class RequestWriter:
    """Opens requests and writes down what is done about them. Raises StoreError when the store fails."""

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection = connection
        self._address = address

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with plain_errors(self._address), self._connection.begin():
            yield self._connection

    def add(self, draft: ConsumerRequest, identities: Iterable[Identity], day: date, said: str = "") -> ConsumerRequest:
        """The draft as it was stored, under the next number; its own id and log are not looked at."""
        table = schema.request
        with self._transaction() as connection:
            number = _next(connection)
            values = {name: getattr(draft, name) for name in _COLUMNS}
            connection.execute(insert(table), values | {"id": number})
            rows = [
                {"request": number, "kind": draft.kind, "data_type": i.data_type, "digest": i.digest}
                for i in identities
            ]
            if rows:
                connection.execute(insert(schema.request_identity), rows)
            _log(connection, number, "opened", day, draft.author, said)
            return _one(connection, number)

    def record(self, number: int, what: EventKind, day: date, by: str, said: str, **changes: Any) -> ConsumerRequest:
        """The request after an event; ``changes`` are columns. Raises UsageError for an unknown number, and one that is over."""
        table = schema.request
        with self._transaction() as connection:
            if _one(connection, number).state != "open":
                raise UsageError(f"request {number} is answered", hint=f"piiscan requests show {number} says how")
            if changes:
                connection.execute(update(table).where(table.c.id == number), changes)
            _log(connection, number, what, day, by, said)
            return _one(connection, number)

    def prune(self, numbers: Sequence[int]) -> None:
        """Forgets requests; the hashes of those that suppress stay with the answer, for they tell nothing to whoever lacks the key."""
        known, events, hashes = schema.request, schema.request_event, schema.request_identity
        with self._transaction() as connection:
            connection.execute(delete(events).where(events.c.request.in_(numbers)))
            heeded = select(known.c.id).where(known.c.id.in_(numbers), _suppresses())
            connection.execute(delete(hashes).where(hashes.c.request.in_(numbers), hashes.c.request.not_in(heeded)))
            answers = {
                "response": select(known.c.response).where(known.c.id == hashes.c.request).scalar_subquery(),
                "answered_on": select(known.c.closed_on).where(known.c.id == hashes.c.request).scalar_subquery(),
            }
            connection.execute(update(hashes).where(hashes.c.request.in_(numbers)).values(answers))
            connection.execute(delete(known).where(known.c.id.in_(numbers)))


def request_rows(connection: Connection, *, number: int | None = None) -> list[ConsumerRequest]:
    """What the store holds, in the order of the numbers."""
    table, events = schema.request, schema.request_event
    query = select(table).order_by(table.c.id)
    told = select(events).order_by(events.c.id)
    if number is not None:
        query, told = query.where(table.c.id == number), told.where(events.c.request == number)
    log: dict[int, list[RequestEvent]] = {}
    for row in connection.execute(told):
        log.setdefault(row.request, []).append(RequestEvent(row.at, row.on, row.what, row.by, row.said))
    return [_record(row, log.get(row.id, [])) for row in connection.execute(query)]


def identity_rows(connection: Connection) -> dict[int, tuple[Identity, ...]]:
    """The hashes of every request, by its number, in the order of the data types."""
    table = schema.request_identity
    found: dict[int, tuple[Identity, ...]] = {}
    for row in connection.execute(select(table).order_by(table.c.request, table.c.data_type, table.c.digest)):
        found[row.request] = (*found.get(row.request, ()), Identity(row.data_type, row.digest))
    return found


def suppression_rows(connection: Connection) -> list[Suppression]:
    """Whom to look for, in the order of the numbers; of requests that the log has forgotten, too."""
    known, hashes = schema.request, schema.request_identity
    query = (
        select(hashes, known.c.response.label("logged"), known.c.closed_on)
        .join(known, known.c.id == hashes.c.request, isouter=True)
        .where(_suppresses() | known.c.id.is_(None))
        .order_by(hashes.c.request, hashes.c.data_type, hashes.c.digest)
    )
    return [
        Suppression(
            number, rows[0].kind, rows[0].logged or rows[0].response or "", rows[0].closed_on or rows[0].answered_on,
            tuple(Identity(row.data_type, row.digest) for row in rows),
        )
        for number, rows in ((key, list(each)) for key, each in groupby(connection.execute(query), lambda row: row.request))
    ]  # fmt: skip


def _suppresses() -> ColumnElement[bool]:
    """Whether a request of the log is one whose person must not come back unseen; one that is open has no response yet."""
    table = schema.request
    return and_(table.c.kind.in_(sorted(SUPPRESSING)), table.c.response.in_(sorted(HEEDED)))


_COLUMNS: Final = (
    "kind", "regime", "received", "channel", "data_types", "agent", "authority", "notarized", "minor", "declared", "fee", "facts", "sealed",
    "state", "closed_on", "response", "ground", "citation", "client", "extended_on", "author",
)  # fmt: skip


def _one(connection: Connection, number: int) -> ConsumerRequest:
    """One of them. Raises UsageError for an unknown number."""
    found = request_rows(connection, number=number)
    if not found:
        raise UsageError(f"there is no request {number}", hint="piiscan requests list --all shows the numbers")
    return found[0]


def _next(connection: Connection) -> int:
    """A number that no request has, and none whose hashes outlived it."""
    used = (schema.request.c.id, schema.request_identity.c.request)
    return max(connection.scalar(select(func.max(column))) or 0 for column in used) + 1


def _log(connection: Connection, number: int, what: EventKind, day: date, by: str, said: str) -> None:
    values = {"request": number, "at": datetime.now(UTC), "on": day, "what": what, "by": by, "said": said}
    connection.execute(insert(schema.request_event), values)


def _record(row: Row[Any], log: list[RequestEvent]) -> ConsumerRequest:
    return ConsumerRequest(id=row.id, log=tuple(log), **{name: getattr(row, name) for name in _COLUMNS})
