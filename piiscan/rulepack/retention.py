"""What the law and the firm say about keeping: rules of retention, duties, and the grounds that answer a request.

Shipped packs lie in `piiscan.rules`; folders of the firm's own add rules, replace one by its id, or say where one reaches and
whether it counts. The format is explained in docs/retention-rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from piiscan.periods import Period

RuleKind = Literal["min_keep", "max_keep", "policy_max", "use_limit", "suppression", "hold", "defence_window"]
RULE_KINDS: Final[tuple[RuleKind, ...]] = get_args(RuleKind)
STATUSES: Final = {
    "C": "confirmed on a page that carries the official text",
    "S": "confirmed on a secondary page or an older text only",
    "G": "general knowledge, not confirmed: off until counsel has checked it",
}
MAXIMA: Final = frozenset({"max_keep", "policy_max"})
"""Kinds at whose end data goes."""
KEEPING: Final = frozenset({"min_keep", "suppression", "hold", "defence_window"})
"""Kinds that keep data: they may go on without end, and name the ground that says so to a consumer."""


@dataclass(frozen=True, slots=True)
class End:
    """One of a rule's ends: so long after an event."""

    trigger: str
    """An event of the vocabulary (`RetentionRules.events`), or a firm's own."""
    period: Period | None
    """None: ``policy``, the period the firm publishes (``retention`` of ``[sources.*]`` and ``[[facts]]``)."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule says of a record whose events lie so far back; overdue: its period is over, whatever the kind."""

    ages: Mapping[str, Period]
    """By trigger; a rule without ends (`RetentionRule.fixed`) has one age under that word. What is missing is undated."""
    status: Literal["within", "overdue"]
    policy: Period | None = None
    """The firm's published period, for a rule that leaves it to the firm."""
    on: date | None = None
    """The day asked about, where it matters (leap years); None: any day."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A rule with a clock: what it is about, whom it binds, when its time is over, and what then."""

    id: str
    title: str
    records: str
    """The records it is about, in the words of the law base."""
    data_types: tuple[str, ...]
    """Selectors (`piiscan.rulepack.select`); empty: no scan finds what it is about, a person names it."""
    only_with: tuple[str, ...]
    """Selectors: the container must hold one of these for the rule to reach it; empty: no condition."""
    where: tuple[str, ...]
    """``source:container`` globs; empty: everywhere."""
    capacities: tuple[str, ...]
    """It binds a firm that acts in one of these; ``notice:PROFILE``: whose ``[firm] notice`` is that profile. Empty: everyone."""
    regimes: tuple[str, ...]
    """It is about data under one of these regimes; empty: any."""
    roles: tuple[str, ...]
    """``business``, ``service_provider``: held in one of these; empty: either."""
    kind: RuleKind
    ends: tuple[End, ...]
    combine: Literal["later", "earlier"]
    fixed: Literal["", "always", "never"]
    """``always``: over from the first day (trigger ``always``); ``never``: over never (period ``indefinite``). No ends then."""
    action: Literal["delete", "anonymize"]
    anonymize: Mapping[str, str]
    """Data type -> ``null``, ``constant:TEXT``, ``year`` or ``prefix:N``, for each type the rule selects; empty to delete."""
    exception: str
    """The ground on which a consumer's request to delete is refused meanwhile; always there for a minimum."""
    yields: bool
    """Of a maximum: whether a legal minimum wins over it by its own words (law.md section 5, resolution order 4)."""
    citation: str
    reason: str
    note: str
    status: str
    """C, S, G (see `STATUSES`), two of them for parts, or empty: the firm's own."""
    source: str
    as_of: date | None
    """The day the source was read as of."""
    advisory: bool
    """Shown, never planned."""
    in_force_from: date | None
    enabled: bool
    examples: tuple[Example, ...]
    pack: str
    origin: str
    """The file it comes from."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What the law asks that is no clock on records: listed and shown, not evaluated."""

    id: str
    title: str
    kind: str
    """review, method, process, consent_gate, defer, duty, proposed..."""
    data_types: tuple[str, ...]
    trigger: str
    period: str
    applies_to: str
    citation: str
    effect: str
    status: str
    source: str
    enabled: bool
    pack: str
    origin: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What answers a consumer's request: an exception of Civ. Code 1798.105(d), or an exemption of 1798.145."""

    id: str
    """``E1`` to ``E8``, ``X.law``..."""
    title: str
    text: str
    evidence: str
    """What must be asked for before it is used."""
    scope: str
    still_applies: str
    """What holds although it applies."""
    citation: str
    status: str
    repealed: bool
    reason: str
    """Of a repealed one: why it is refused."""
    source: str = ""
    pack: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Everything the loaded packs say about keeping; mappings by id, in the order of ids."""

    rules: Mapping[str, RetentionRule]
    """All of them: switched off or not yet in force, too."""
    duties: Mapping[str, Duty]
    grounds: Mapping[str, Ground]
    overrides: tuple[str, ...]
    """What the firm's own folders changed, one line each."""
    fingerprint: str
    """sha256 over rules, duties and grounds, but not where they lie: equal fingerprints judge alike."""
    events: Mapping[str, str] = field(default_factory=dict)
    """Event a clock may carry -> what it means; those of the firm's own rules, too."""
    capacities: Mapping[str, str] = field(default_factory=dict)
    """Capacity a firm may act in -> what it means."""

    def active(self, as_of: date) -> list[RetentionRule]:
        """The rules that are switched on and in force on a day."""
        rules = (rule for rule in self.rules.values() if rule.enabled)
        return [rule for rule in rules if rule.in_force_from is None or rule.in_force_from <= as_of]


def load_retention(packs: Sequence[str] = ("ccpa",), extra: Sequence[Path] = ()) -> RetentionRules:
    """The rules and duties of the named shipped packs, then of the extra folders; the grounds and the vocabulary of all.

    Raises RuleError naming file, table, key and problem.
    """
    from piiscan.rulepack.retention_assembly import assemble  # noqa: PLC0415 - slow to import, needed only here

    return assemble(tuple(packs), tuple(extra))


def pack_names() -> tuple[str, ...]:
    """The shipped packs that hold rules of retention or duties."""
    from piiscan.rulepack import files  # noqa: PLC0415 - slow to import, needed only here

    return tuple(sorted({str(raw.get("pack")) for _, raw in files.shipped("retention")}))


def iso(period: Period) -> str:
    """A period in ISO 8601: ``P3Y``, ``P25M``, ``P7Y180D``, ``P0D``."""
    years, months = divmod(period.months, 12)
    units = f"{period.months}M" if months else f"{years}Y" if years else ""
    days = f"{period.days}D" if period.days or not units else ""
    return f"P{units}{days}"
