"""What the core asks a source about the age of its rows, and what it hears back: counts and days, no values.

A rule of retention becomes a `Term`: whether a row's time is over, unknown for a row that nothing dates. Cutoffs are absolute
days, so the source does no calendar arithmetic. A `Judgment` puts a maximum and what may hold a row back in the order of
law.md section 5, and the source counts its rows by how they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from piiscan.model import Clock, Container

RowStatus = Literal["within", "overdue", "exempt", "on_hold", "undated"]
"""How a row stands; by a judgment that does not speak of it (nothing left to change) it stands in no way: None."""
Comparison = Literal["=", "~", "!=", "<", "<=", ">", ">=", "null", "not null"]
"""``~`` is equal but for the case of letters; the last two take no value."""
Operator = Literal["=", "~", "!=", "<", "<=", ">", ">=", "null", "not null", "after", "no day"]
"""Further ``after`` and ``no day``: the column is read as days, as a clock's is, however it writes them. A row whose day is
later than the value, an ISO day; a row without a day, whatever it holds instead. Along a foreign key the latest day counts."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Over for a row whose day of the event is ``last`` or earlier; unknown for a row without a day."""

    clock: Clock | None
    """None: nothing dates the event in this container, so it is unknown for every row."""
    last: date


@dataclass(frozen=True, slots=True)
class Term:
    """Whether a rule's time is over for a row: ``later`` = when all parts are, ``earlier`` = when one of them is.

    Unknown parts count as in SQL (Kleene): later of over and unknown is unknown, of running and unknown running. Without parts
    ``fixed`` speaks for every row: True = over (``always``), False = it never is (indefinite).
    """

    parts: tuple[Ended | Term, ...] = ()
    combine: Literal["later", "earlier"] = "later"
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a row's column with a value; the value is private and shown by no repr.

    The day of ``after`` is a cutoff, no value of a data subject: a plan for reading shows it.
    """

    path: tuple[str, ...]
    """A column, or the way along foreign keys to one, as in `piiscan.model.Clock`."""
    operator: Operator
    value: str | int | float | None = None

    __test__ = False  # pytest: not a class of tests

    def __repr__(self) -> str:
        return f"Test({' > '.join(self.path)!r}, {self.operator!r}, ...)"


@dataclass(frozen=True, slots=True)
class Keep:
    """A minimum: holds a row back until its term is over, and while that is unknown."""

    id: str
    term: Term


@dataclass(frozen=True, slots=True)
class Cover:
    """A hold, or an extension in writing: holds back the rows for which every test of one of ``rows`` is true.

    An empty alternative is true of every row.
    """

    id: str
    rows: tuple[tuple[Test, ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class Among:
    """Rows by their keys, such as those of one person; the keys are private and shown by no repr.

    A part of a key may be given as text whatever its column is: the database takes it for what it is compared with.
    """

    columns: tuple[str, ...]
    keys: tuple[tuple[object, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What anonymizing does to one column of a row."""

    column: str
    to: Literal["null", "constant", "year", "prefix"]
    """``year``: a date becomes the first of January of its year; ``prefix``: the first ``value`` characters stay."""
    value: str | int | None = None
    """The constant (the firm's own, never a value of a source), or the length of the prefix."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """One maximum, and what may hold a row back from it.

    The first line that fits says how a row stands:

    1. every change of ``changes`` is made already (column null, or as it would become): None, it is not spoken of;
    2. a hold covers it: on_hold;
    3. ``due`` is unknown: undated; 4. ``due`` is not over: within;
    5. a cover, or a keep whose term is running: exempt; 6. a keep whose term is unknown: undated;
    7. overdue.
    """

    id: str
    due: Term
    holds: tuple[Cover, ...] = ()
    covers: tuple[Cover, ...] = ()
    keeps: tuple[Keep, ...] = ()
    changes: tuple[Change, ...] = ()
    """For a rule that anonymizes; empty where the row goes as a whole."""
    rows: tuple[tuple[Test, ...], ...] = ()
    """Only rows for which every test of one of these is true are spoken of (a request's data subject); empty: all."""
    among: Among | None = None
    """Only these rows are spoken of; None: all."""
    owners: frozenset[str | None] | None = None
    """Only rows of these owners are spoken of (``"?"``: any other value of the owner column); None: all."""
    horizons: tuple[Term, ...] = ()
    """``due`` as of later days: how many of the rows within become due by then."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the rows of one group stand by one judgment."""

    status: RowStatus | None
    by: str | None = None
    """The id of the hold, cover or keep that decided, the first in order; None where none did."""
    oldest: date | None = None
    """The earliest day of any clock of ``due`` in the group."""
    newest: date | None = None
    """The latest day of any clock of the keep that decided: it says until when; else of ``due``."""
    coming: tuple[int, ...] = ()
    """By horizon: rows within that will be over by it."""


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """So many rows of one owner that stand alike by every judgment asked about."""

    owner: str | None
    rows: int
    standings: tuple[Standing, ...]
    """One for each judgment, in the order asked."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Rows of a container by whose they are and when: what is looked for in two containers at once."""

    container: Container
    link: str
    """The container's column that says whose a row is: a foreign key, or the key of an account."""
    clock: Clock


@dataclass(frozen=True, slots=True)
class DateProfile:
    """What a column's values are worth as days: counts, and two days; no other value."""

    column: str
    rows: int
    nulls: int
    sentinels: int
    """Values that stand for "no day": 1900-01-01, 1970-01-01, 9999-12-31, 0000-00-00, and the like as numbers."""
    future: int
    """Days yet to come: later than tomorrow."""
    unreadable: int
    """Neither: no day of the calendar, none in a spelling that is known, or older than any record."""
    format: str
    """``date``, spellings as in ``DD.MM.YYYY, YYYYMMDD``, ``epoch seconds``..., ``ambiguous`` (nothing of the column tells
    whether the month or the day comes first), or empty: no day at all."""
    oldest: date | None = None
    newest: date | None = None

    @property
    def dated(self) -> int:
        """Rows with a day."""
        return self.rows - self.nulls - self.sentinels - self.future - self.unreadable
