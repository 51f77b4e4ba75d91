"""What the inventory says, as values: the same fields as the JSON of the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from piiscan.model import Ages, ContainerKind, Coverage, Evidence, Mode, Sensitivity

RunStatus = Literal["running", "complete", "partial", "failed", "interrupted"]
SourceStatus = Literal["complete", "partial", "failed"]
ContainerStatus = Literal["scanned", "partial", "unchanged", "skipped"]
Strength = Literal["high", "medium", "low"]
Ending = Literal["absent", "unlisted", "ignored"]

MISS: Final = 0.05
"""How often a sample may mislead: everything said of one holds with 95 %."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What makes two runs the same job: an unfinished run is taken up again only under equal settings."""

    mode: Mode
    sources: tuple[tuple[str, str], ...]
    """Name and connector kind of each source of the run, in the order of the configuration."""
    fingerprint: str
    """A hash over rules, detection and scan settings: what was read under another one is read again."""
    all: bool = False
    """Read unchanged containers again."""
    tolerate: tuple[str, ...] = ("unsupported",)
    """Skip codes that leave a source complete."""
    rules: str = ""
    """The fingerprint of the rule packs alone."""
    by_source: Mapping[str, str] = field(default_factory=dict)
    """The same hash for one source alone: a run of fewer sources need not read again what the others' settings decide."""

    def decides(self, source: str) -> str:
        """The hash under which a source's containers are read."""
        return self.by_source.get(source, self.fingerprint)


class _Body:
    """A record that can be shown as the JSON body of a document."""

    __slots__ = ()

    def body(self) -> dict[str, object]:
        """The fields by the names JSON gives them, records inside it too."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]  # every subclass is a dataclass


@dataclass(frozen=True, slots=True)
class HoldingRecord(_Body):
    """One line of the inventory: where a data type is held, how sure that is, and since when."""

    id: str
    """The same in every run and every store."""
    source: str
    container: str
    member: tuple[str, ...]
    container_kind: ContainerKind
    column: str | None
    """None for running text."""
    data_type: str
    label: str
    categories: tuple[str, ...]
    group: str
    sensitive: Sensitivity
    confidence: float
    evidence: tuple[Evidence, ...]
    recognizers: tuple[str, ...]
    cells_seen: int
    cells_matched: int
    rows_total: int | None
    coverage: Coverage
    first_seen: datetime
    last_seen: datetime
    """When its container was last read, or found unchanged, with it."""
    oldest_at: date | None
    newest_at: date | None
    owners: tuple[str, ...]
    """Client ids; ``"?"`` stands for owners the configuration does not know."""
    why: str


@dataclass(frozen=True, slots=True)
class IgnoredCount:
    """What one ``[[ignore]]`` entry left out of one container at its last reading."""

    entry: str
    """The entry's id."""
    holdings: int
    """Data types left out of a column, or of the text, as a whole."""
    findings: int
    """Cells, or pieces of text, with a finding that was left out."""


@dataclass(frozen=True, slots=True)
class ContainerRecord(_Body):
    """One container or member, clean or not, and what reading it proves."""

    source: str
    container: str
    member: tuple[str, ...]
    container_kind: ContainerKind
    status: ContainerStatus
    coverage: Coverage | None
    """Of the last reading; None when it was never read."""
    rows_total: int | None
    rows_seen: int
    bound: float | None
    """Share of rows that could hold an unseen hit, with 95 %: 0.0 after a full read, None where nothing is proved."""
    scanned_at: datetime | None
    """When it was last read; None = never."""
    holdings: int
    size_bytes: int | None
    columns: int
    fingerprint: str | None
    notes: tuple[str, ...]
    ignored: tuple[IgnoredCount, ...] = ()
    """By entry; without one that left nothing out."""


@dataclass(frozen=True, slots=True)
class AgesRecord:
    """How old a container's rows are, by one clock."""

    source: str
    container: str
    member: tuple[str, ...]
    ages: Ages


@dataclass(frozen=True, slots=True)
class RunSource(_Body):
    """How one source fared in a run. A unit (a table, a file with all its members) counts once."""

    name: str
    connector: str
    status: SourceStatus
    containers: int
    scanned: int
    partial: int
    unchanged: int
    skipped: int
    """Containers, and places whose containers could not be listed, that were not read at all."""


@dataclass(frozen=True, slots=True)
class RunTotals(_Body):
    """A run's sums over its sources."""

    containers: int = 0
    scanned: int = 0
    partial: int = 0
    unchanged: int = 0
    skipped: int = 0
    holdings: int = 0
    """Held in the run's sources when it ended."""
    cells: int = 0
    """Read in this run."""
    bytes: int = 0
    """Read in this run."""


@dataclass(frozen=True, slots=True)
class RunRecord(_Body):
    """One run: the head of the contract's scan document."""

    run_id: int
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    mode: Mode
    resumed: bool
    """True in the process that took an unfinished run up again."""
    sources: tuple[RunSource, ...]
    totals: RunTotals
    rules: str = ""
    """The fingerprint of the rule packs it looked with: nothing found proves nothing for rules that came later."""


@dataclass(frozen=True, slots=True)
class Interval(_Body):
    """One stretch of runs over which a holding stood with the same kind of evidence."""

    from_run: int
    to_run: int | None
    """None = it still stands."""
    ended: Ending | None
    """Why it ended; None where it stands, or another interval follows at once."""
    strength: Strength
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Ended(_Body):
    """A holding that is no longer there, and what proves it."""

    holding: HoldingRecord
    reason: Ending
    """``absent``: its container was read without it; ``unlisted``: its container is gone from a complete listing;
    ``ignored``: it may well be there, and the ignore list leaves it out."""


@dataclass(frozen=True, slots=True)
class Changed(_Body):
    """A holding whose evidence or strength of confidence differs between two runs."""

    before: HoldingRecord
    after: HoldingRecord


@dataclass(frozen=True, slots=True)
class RunDiff(_Body):
    """What came, went and changed between two runs."""

    new: tuple[HoldingRecord, ...]
    ended: tuple[Ended, ...]
    changed: tuple[Changed, ...]


def clean(text: str) -> str:
    r"""The name as any database can keep it: lone surrogates and NUL are written as ``\udc80`` and ``\x00``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def clean_all(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as any database can keep them."""
    return tuple(clean(name) for name in names)


def strength(confidence: float) -> Strength:
    """The class of a confidence (0-1): crossing its border is a change worth an interval, moving within it is not."""
    return "high" if confidence >= 0.85 else "medium" if confidence >= 0.6 else "low"  # noqa: PLR2004 - the borders themselves


def bound(coverage: Coverage | None, status: ContainerStatus, rows_seen: int) -> float | None:
    """The share of rows that could hold an unseen hit, with 95 %; None where reading proves nothing.

    None in n rows drawn from all: ``1 - 0.05 ** (1/n)``, about 3/n (Hanley and Lippman-Hand, JAMA 249:1743, 1983).
    """
    if coverage is None or coverage == "partial" or status in ("partial", "skipped"):
        return None
    if coverage == "full":
        return 0.0
    return 1.0 - MISS ** (1.0 / rows_seen) if rows_seen else 1.0
