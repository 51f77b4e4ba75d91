"""What a published notice promises, promise by promise, as values: checks with what they are held against, and services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.periods import Period

CheckKind = Literal[
    "disclosed", "found", "sources_named", "purposes_named", "recipients_named", "legal_basis", "not_sold", "region", "retention",
    "never_stored", "deidentified", "cookies_identify", "no_minors", "readable_passwords", "unused_credentials", "world_readable",
    "encrypted", "owners", "client_contacts", "held_in", "exceptions_named", "barred", "service",
]  # fmt: skip
CHECK_KINDS: Final[tuple[CheckKind, ...]] = get_args(CheckKind)
Mark = Literal["site_visitors", "billing"]
"""What a source says of itself that a promise may speak of: data of those who visit the site, or who pay for the service."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a promise is held against. Which keys a kind takes says `piiscan.rulepack.notice_schema.KEYS`."""

    kind: CheckKind
    data_types: tuple[str, ...] = ()
    """Selectors of what it speaks of."""
    other_than: tuple[str, ...] = ()
    """Selectors of what it does not speak of."""
    doubtful: tuple[str, ...] = ()
    """Selectors of what a person must judge."""
    beside: tuple[str, ...] = ()
    """Selectors of what must not stand in the same row."""
    columns: tuple[str, ...] = ()
    """Globs over columns in which a person must judge."""
    mark: Mark | None = None
    """It is held against sources with this mark; elsewhere a person must judge."""
    headings: tuple[int, ...] = ()
    """The headings it speaks of, the first being 1; empty: all."""
    by: Literal["data_type", "category"] = "data_type"
    named: tuple[str, ...] = ()
    """What the notice names: sources, purposes, recipients, legal bases, regions, kinds of connectors, exceptions."""
    same: Mapping[str, tuple[str, ...]] | None = None
    """One of ``named`` -> other words for it."""
    open: bool = False
    """The notice's list is not closed: "any other exception", "or where our partners are" (the firm's regions)."""
    safeguards: bool = False
    """A region outside is kept to where the source names what safeguards it."""
    age: int | None = None
    """Years."""
    after: Period | None = None
    """Since the last use."""
    command: str = ""
    """What serves it, as it is typed after ``piiscan``, with options; what stands in capitals is for the user to fill in."""
    does: str = ""
    """What that does for the promise, in words that go on after a colon."""
    why: str = ""
    """Why the law does not let the notice's rule stand."""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a notice: its id, the notice's own words, briefly, and what it is held against."""

    id: str
    text: str
    checks: tuple[Check, ...]
    terms: Mapping[str, object]
    """What the notice fixes and only a service needs: data points, an agent's proof, days, limits."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Where the notice itself does not say what the law asks of it (law.md 3.5)."""

    id: str
    text: str
    citation: str
    promises: tuple[str, ...] = ()
