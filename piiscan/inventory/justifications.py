"""Exceptions and holds: why something may stay, who said so, and until when. Kept for good, also when they are over."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from piiscan.errors import UsageError
from piiscan.inventory import schema
from piiscan.inventory.engine import Address, plain_errors
from piiscan.inventory.scopes import PURPOSE, Scope, SealedScope, opened, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PURPOSE", "Against", "Justification", "JustificationWriter", "Kind", "Renewal", "Scope", "SealedScope", "State", "justification_rows", "opened", "sealed",
]  # fmt: skip

Kind = Literal["exception", "hold"]
Against = Literal["request", "schedule"]
State = Literal["not_yet", "active", "expired", "ended"]
_LETTERS: Final = {"exception": "X", "hold": "H"}


@dataclass(frozen=True, slots=True)
class Renewal:
    """One prolongation, and who answers for it."""

    at: datetime
    before: date | None
    """The end until then; None = it had none."""
    ends: date | None
    """The new end; None = until released."""
    by: str
    """The login name of whoever entered it."""
    approver: str
    why: str


@dataclass(frozen=True, slots=True)
class Justification:
    """One exception or hold. It covers the days from ``starts`` to ``ends``, both included, until it is ended."""

    id: str
    """``X1``, ``X2``... for exceptions, ``H1``... for holds; never used twice."""
    kind: Kind
    against: Against
    """What it speaks against, a consumer's request or the schedule; a hold stops the schedule and answers a request too."""
    basis: str
    """A ground of the catalogue (``E8``, ``X.claim``); ``extension``; of a hold ``litigation``, ``law_enforcement``, ``agency``, ``other``."""
    rule: str | None
    """The retention rule it stands on, or the hold rule."""
    evidence: str
    """A reference: a case, a contract, a rule."""
    reason: str
    approver: str
    use_lock: str
    """The only use that stays permitted; empty = none but keeping."""
    starts: date
    ends: date | None
    """The last day, after all renewals; None = until released."""
    scope: Scope
    created_at: datetime
    ended_at: datetime | None = None
    ended_why: str = ""
    renewals: tuple[Renewal, ...] = ()
    author: str = ""
    """The login name of whoever entered it."""
    ended_on: date | None = None
    """The day of ``ended_at`` in the firm's time zone: from it on it covers nothing."""
    ended_by: str = ""

    def covers(self, as_of: date) -> bool:
        """Whether it is in force on a day: started, neither ended nor expired; the end date itself is covered."""
        return self.state(as_of) == "active"

    def state(self, as_of: date) -> State:
        """How it stands on a day."""
        ended = self.ended_on or (self.ended_at and self.ended_at.date())
        if ended is not None and ended <= as_of:
            return "ended"
        if as_of < self.starts:
            return "not_yet"
        return "expired" if self.ends is not None and self.ends < as_of else "active"


class JustificationWriter:
    """Adds, renews and ends justifications; nothing is ever taken out. Raises StoreError when the store fails."""

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection = connection
        self._address = address

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with plain_errors(self._address), self._connection.begin():
            yield self._connection

    def add(self, draft: Justification) -> Justification:
        """The draft as it was stored, under the next free id of its kind; its own id, times and renewals are not looked at."""
        table = schema.justification
        with self._transaction() as connection:
            last = connection.scalar(select(func.max(table.c.number)).where(table.c.kind == draft.kind)) or 0
            number, now = last + 1, datetime.now(UTC).replace(microsecond=0)
            made = replace(draft, id=f"{_LETTERS[draft.kind]}{number}", created_at=now, renewals=(), ended_at=None)
            connection.execute(insert(table), _values(made) | {"number": number})
        return made

    def renew(self, identity: str, *, ends: date | None, by: str, approver: str, why: str) -> Justification:
        """The justification with its new end. Raises UsageError for an unknown id, and one that was ended."""
        with self._transaction() as connection:
            _standing(connection, identity)
            values = {"justification": identity, "at": datetime.now(UTC), "ends": ends}
            connection.execute(insert(schema.renewal), values | {"by": by, "approver": approver, "why": why})
            return _one(connection, identity)

    def end(self, identity: str, *, on: date, by: str, why: str) -> Justification:
        """The justification, ended from a day on. Raises UsageError for an unknown id, and one that was ended before."""
        table = schema.justification
        with self._transaction() as connection:
            _standing(connection, identity)
            values = {"ended_at": datetime.now(UTC), "ended_on": on, "ended_by": by, "ended_why": why}
            connection.execute(update(table).where(table.c.id == identity), values)
            return _one(connection, identity)


def justification_rows(
    connection: Connection, *, kind: Kind | None = None, identity: str | None = None
) -> list[Justification]:
    """What the store holds, in the order it was entered, exceptions first."""
    table = schema.justification
    query = select(table).order_by(table.c.kind, table.c.number)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if identity is not None:
        query = query.where(table.c.id == identity)
    renewed: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(schema.renewal).order_by(schema.renewal.c.id)):
        renewed.setdefault(row.justification, []).append(row)
    return [_record(row, renewed.get(row.id, [])) for row in connection.execute(query)]


def _one(connection: Connection, identity: str) -> Justification:
    """One of them. Raises UsageError for an unknown id."""
    found = justification_rows(connection, identity=identity)
    if not found:
        raise UsageError(
            f"there is no exception or hold {identity!r}",
            hint="piiscan exceptions list and piiscan holds list show the ids",
        )
    return found[0]


def _standing(connection: Connection, identity: str) -> None:
    """Raises UsageError unless it is there and was not ended."""
    if _one(connection, identity).ended_at is not None:
        raise UsageError(f"{identity} was ended", hint="what was ended stays so: add a new one")


def _values(made: Justification) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "against",
        "basis",
        "rule",
        "evidence",
        "reason",
        "approver",
        "use_lock",
        "starts",
        "ends",
        "created_at",
        "author",
    )
    scope = ("source", "container", "data_types", "sealed", "row_tests", "subject_types")
    return {name: getattr(made, name) for name in names} | {name: getattr(made.scope, name) for name in scope}


def _record(row: Row[Any], renewals: list[Row[Any]]) -> Justification:
    ends, history = row.ends, []
    for each in renewals:
        history.append(Renewal(each.at, ends, each.ends, each.by, each.approver, each.why))
        ends = each.ends
    return Justification(
        id=row.id,
        kind=row.kind,
        against=row.against,
        basis=row.basis,
        rule=row.rule,
        evidence=row.evidence,
        reason=row.reason,
        approver=row.approver,
        use_lock=row.use_lock,
        starts=row.starts,
        ends=ends,
        scope=Scope(row.source, row.container, row.data_types, row.sealed, row.row_tests, row.subject_types),
        created_at=row.created_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why or "",
        renewals=tuple(history),
        author=row.author,
        ended_on=row.ended_on,
        ended_by=row.ended_by or "",
    )
