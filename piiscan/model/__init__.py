"""The types that flow: what every room hands to the next, and nothing more.

All are frozen. ``None`` means unknown, never 0. Only `Batch` and `Secret` hold anything private, and neither shows it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

ContainerKind = Literal["table", "view", "file"]
Mode = Literal["sample", "full"]
Evidence = Literal["values", "name", "metadata", "text", "declared"]
Coverage = Literal["full", "sample", "partial"]
Sensitivity = Literal["always", "conditional", "policy", "no"]
ClockBasis = Literal["configured", "inferred", "file"]

LETTERS: Final = "ABCDEFGHIJKL"
"""The twelve categories of Civ. Code 1798.140(v)(1), in the statute's order."""


class SkipCode(StrEnum):
    """Why something was not read: the closed list of the contract."""

    NO_PERMISSION = "no-permission"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    VANISHED = "vanished"
    LIMIT = "limit"
    ERROR = "error"


class Secret:
    """A password or key that no repr, log line or traceback shows; `reveal` gives it to the one call that needs it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: pass it straight on, keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __getstate__(self) -> str:
        return self._value

    def __setstate__(self, value: str) -> None:
        self._value = value


@dataclass(frozen=True, slots=True)
class Clock:
    """Which column dates a container's rows for an event (``collected``, ``last_collection_activity``...).

    ``path`` names a column, or leads to one along foreign keys: ``("account_id", "accounts.last_activity_at")``.
    """

    event: str
    path: tuple[str, ...]
    basis: ClockBasis = "configured"

    @property
    def column(self) -> str:
        """The path as configuration and reports write it."""
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class Source:
    """A database or a share, as configured. Everything a connector needs; no facts of law."""

    name: str
    connector: str
    url: str
    """Without a password: ``secret`` carries it."""
    secret: Secret | None = None
    include: tuple[str, ...] = ()
    """Globs over container paths; empty means everything."""
    exclude: tuple[str, ...] = ()
    clocks: Mapping[str, tuple[Clock, ...]] = field(default_factory=dict)
    """Configured clocks by container path."""
    owner_columns: Mapping[str, str] = field(default_factory=dict)
    """Container glob -> the column that names the client a row is held for."""
    max_file_bytes: int | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    """Further keys of the source's table, for the connector to understand or refuse."""


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """How a run reads: decided once, the same for every source."""

    mode: Mode = "sample"
    sample_rows: int = 10_000
    batch_rows: int = 1_000
    statement_timeout_s: float = 300.0
    lock_timeout_s: float = 5.0
    connect_timeout_s: float = 10.0
    clients: frozenset[str] = frozenset()
    """The client ids of the configuration: the only owner values that may leave a source."""
    write: bool = False
    """True for the one connector that applies an approved plan; every other one opens its source read-only."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as its container declares it. ``sql_type`` is the dialect's own spelling, None for files."""

    name: str
    sql_type: str | None = None
    primary_key: bool = False
    nullable: bool = True
    references: str | None = None
    """``table.column`` that a foreign key points to."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a container that together refer to a row of another, or of itself."""

    columns: tuple[str, ...]
    parent: str
    """The path of the container referred to."""
    parent_columns: tuple[str, ...]
    """In the order of ``columns``."""


@dataclass(frozen=True, slots=True)
class Container:
    """A table, a view, a file, or a member of a file: the unit that is read, reported and resumed."""

    source: str
    path: str
    """``schema.table`` (bare table where there is no schema) or a relative POSIX path; printable UTF-8."""
    kind: ContainerKind
    member: tuple[str, ...] = ()
    """The way into an archive, sheet or mail; empty for the container itself."""
    locator: tuple[str, ...] = ()
    """The raw names by which the connector finds it again (surrogates kept), e.g. ``(schema, table)``."""
    rows: int | None = None
    rows_exact: bool = False
    size_bytes: int | None = None
    changed_at: datetime | None = None
    fingerprint: str | None = None
    """Equal fingerprints promise equal content; None where nothing cheap can promise that."""
    columns: tuple[Column, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    notes: tuple[str, ...] = ()
    """Facts of its metadata a report may show (``world-readable``, ``audio``...)."""

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What identifies it over runs."""
        return (self.source, self.path, self.member)


@dataclass(frozen=True, slots=True)
class Batch:
    """Values of one container, column by column; the key None holds running text.

    The only type that holds personal data: it stays inside one worker, and its repr shows sizes only.
    All columns have ``rows`` values, but running text, where each value is a piece of the text, in order.
    """

    container: Container
    columns: Mapping[str | None, Sequence[object]]
    rows: int
    size_bytes: int = 0
    metadata_types: tuple[str, ...] = ()
    """Data types the container is by its nature, whatever it says: an audio file is a ``call_recording``."""

    def __repr__(self) -> str:
        return f"Batch({self.container.path!r}, {len(self.columns)} columns, {self.rows} rows)"


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that was not read, and why: a failure is a value that reaches the report."""

    source: str
    container: str | None
    """None when the whole source could not be read."""
    code: SkipCode
    reason: str
    """One line: what and what to do; never a value of the source."""
    member: tuple[str, ...] = ()
    hides: bool = False
    """True when containers may lie behind it that the listing could not see (a folder, a schema)."""


@dataclass(frozen=True, slots=True)
class AgeRow:
    """So many rows of one owner dated to one day; ``day`` None = undated (null, sentinel, future, unparsable)."""

    day: date | None
    rows: int
    owner: str | None = None
    """A client id of the configuration, ``"?"`` for any other value, None where no owner column is set."""
    filled: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Of these rows, those in which a column is not null: for the columns that hold something."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How many rows of a container each day dates, by one clock; the rows add up to the container's."""

    clock: Clock
    rows: tuple[AgeRow, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``piiscan check``: what was looked at and how it stands."""

    subject: str
    status: Literal["ok", "warning", "failed"]
    message: str


@dataclass(frozen=True, slots=True)
class Detection:
    """One finding in one text. ``start`` and ``end`` are code points, end exclusive; ``score`` is 0-1."""

    entity: str
    data_type: str
    start: int
    end: int
    score: float
    recognizer: str


@dataclass(frozen=True, slots=True)
class Classification:
    """What a column (or a text) holds, how sure, and why in words. ``confidence`` is 0-1."""

    data_type: str
    confidence: float
    evidence: tuple[Evidence, ...]
    recognizers: tuple[str, ...]
    cells_seen: int
    """Non-null cells looked at."""
    cells_matched: int
    why: str
    """One sentence without any value."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of the inventory: this container's column holds this data type."""

    container: Container
    column: str | None
    classification: Classification
    coverage: Coverage

    @property
    def id(self) -> str:
        """Stable over runs: a hash of where and what, not of when."""
        return holding_id(self.container, self.column, self.classification.data_type)


def holding_id(container: Container, column: str | None, data_type: str) -> str:
    """16 hex digits naming a container, a column and a data type."""
    parts = [container.source, container.path, *container.member, column if column is not None else "\0text", data_type]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Ignored:
    """What an ``[[ignore]]`` entry kept out of the inventory: counted, so that ignoring is never silent."""

    entry: str
    """Its id."""
    column: str | None
    """None for running text, and for the container as a whole."""
    data_type: str
    findings: int
    """Cells, or pieces of text, with a finding it left out."""
    whole: bool
    """True where it left the data type out of the column, whatever the values are."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What reading one container (or one member of it) proved; holds no value of the source."""

    container: Container
    coverage: Coverage
    rows_seen: int
    cells: int
    bytes: int
    holdings: tuple[Holding, ...] = ()
    ages: tuple[Ages, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitResult:
    """Everything one unit of work found: committed to the store in one transaction, or not at all."""

    container: Container
    scanned: tuple[Scanned, ...]
    skips: tuple[Skip, ...] = ()


Cell = str | int | float | bool | None | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a document: a heading, column titles, rows, and what must be said below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a command prints, before a format is chosen: the contract's JSON body and the same for human eyes."""

    kind: str
    """Names its JSON Schema: ``scan``, ``inventory.list``, ``report.categories``..."""
    title: str
    body: Mapping[str, object]
    sections: tuple[Section, ...]
    lead: tuple[str, ...] = ()
    """Sentences before the first section (coverage, window)."""
    flat: Section | None = None
    """The one table CSV carries; None = the first section."""
    generated_at: datetime | None = None
    exit_code: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataType:
    """One kind of personal information and what the CCPA calls it (law.md 1.6; Civ. 1798.140(v), (ae))."""

    id: str
    label: str
    group: str
    categories: tuple[str, ...]
    """Letters A-L; several apply at once. Includes L when sensitive always or by policy."""
    sensitive: Sensitivity
    sensitive_ref: str = ""
    note: str = ""
    never_disclose: bool = False
    """11 CCR 7024(d): say that it is held, never print it in an answer to a request to know."""
    regime_hint: str = ""
    declared: str = ""
    """Why no machine can recognize it, by value, text or name: a person declares where it is held."""
