"""What a request to delete asks of a container's rows: those of the person, and what may keep each of them.

Law.md section 5, 7: what a legal minimum still keeps is refused with its ground and its end, the rest goes. Data held for
another business, data that a law takes out of the CCPA, and data that was not collected from the consumer is no part of the
request (Civ. Code 1798.105(a), (c)(3), 1798.145). A firm that promises to hold nothing of minors asks it of itself: then
only what is held for another business is no part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from piiscan.model.judging import Among, Cover, Judgment, Keep, Term
from piiscan.retention.questions import MINIMA, Question
from piiscan.rulepack.retention import RetentionRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piiscan.config.facts import Facts
    from piiscan.model.judging import Test
    from piiscan.retention.covering import Covering
    from piiscan.retention.holder import Holder
    from piiscan.retention.terms import Terms

Regime = Literal["ccpa", "gdpr", "dpdp"]
Place = tuple[str, str]
"""Source and container."""
ERASURE: Final = "request"
"""The id of the rule that stands for a request among those of retention."""
_LAW: Final[dict[Regime, str]] = {
    "ccpa": "Civ. 1798.105(c)(1)",
    "gdpr": "GDPR Art. 17(1)",
    "dpdp": "DPDP Act 2023 s. 12(3)",
}
_OBLIGATION: Final[dict[Regime, str]] = {"ccpa": "E8", "gdpr": "art17.3.b", "dpdp": "s8.7"}
"""The ground on which what a minimum keeps is refused."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Why some rows are no part of a request."""

    id: str
    citation: str
    reason: str


_PROVIDER: Final = Limit(
    "service_provider", "Civ. 1798.105(c)(3)", "held for another business, which decides: the person is sent there"
)
_PROVIDERS: Final[dict[Regime, Limit]] = {
    "ccpa": _PROVIDER,
    "gdpr": replace(_PROVIDER, citation="GDPR Art. 28(3)"),
    "dpdp": replace(_PROVIDER, citation="DPDP Act 2023 s. 8(1)"),
}
"""A processor acts for the controller, or a fiduciary, who answers."""
_OTHERS: Final = Limit(
    "not_from_consumer",
    "Civ. 1798.105(a)",
    "not collected from the consumer, of which alone the right to delete speaks",
)
_EXEMPT: Final = {
    "glba": Limit("X.glba", "Civ. 1798.145(e)", "subject to the Gramm-Leach-Bliley Act"),
    "hipaa": Limit("X.med", "Civ. 1798.145(c)(1)", "medical information held under HIPAA or the CMIA"),
    "fcra": Limit("X.fcra", "Civ. 1798.145(d)", "regulated by and used as the FCRA authorises"),
    "dppa": Limit("X.dppa", "Civ. 1798.145(f)", "under the Driver's Privacy Protection Act"),
}
_THEMSELVES: Final = re.compile(
    r"consumer|customer|debtor|patient|user|visitor|applicant|employee|tenant|member|portal|web ?site|directly",
    re.IGNORECASE,
)
"""What ``collected_from`` says of data that the person gave."""
LIMITS: Final = {each.id: each for each in (_PROVIDER, _OTHERS, *_EXEMPT.values())}


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """Whose rows a request is about, as they were located; the rows are private."""

    request: int | None
    """None: the firm's own promise asks, and nobody's request."""
    regime: Regime | None
    """Whose grounds keep rows; None: the rules of retention do, under their own names."""
    rule: RetentionRule
    """What asks, as a rule of retention: `request_rule`, or `piiscan.retention.underage.minors_rule`."""
    rows: Mapping[Place, Among]
    """The keys of the rows; of a container without a key there are none: its rows cannot be named."""
    told: Mapping[Place, tuple[tuple[Test, ...], ...]] = field(default_factory=dict)
    """What of a row says that it is the person's: a row that says so no more is not taken."""
    directed_by: str | None = None
    """The client who passed the request on: what is held for it is part of it."""
    said: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    """What an approver must know of the rows of a container, a sentence each."""

    def __repr__(self) -> str:
        return f"Subject({self.id}, {len(self.rows)} containers)"

    @property
    def id(self) -> str:
        """What asks, as judgments name it."""
        return self.rule.id if self.request is None else f"{self.rule.id}-{self.request}"


def request_rule(number: int, regime: Regime) -> RetentionRule:
    """A request as a rule of retention."""
    title, who = f"Request {number} to delete", "rows of the person who asked"
    return asking_rule(ERASURE, title, who, _LAW[regime], "the person asked")


def asking_rule(id_: str, title: str, records: str, citation: str, reason: str) -> RetentionRule:
    """What asks for rows to go, as a rule of retention: over from the first day, and yielding to whatever must be kept."""
    return RetentionRule(
        id=id_, title=title, records=records, data_types=("all",), only_with=(),
        where=(), capacities=(), regimes=(), roles=(), kind="max_keep", ends=(), combine="later", fixed="always", action="delete",
        anonymize={}, exception="", yields=True, citation=citation, reason=reason, note="", status="", source="",
        as_of=None, advisory=False, in_force_from=None, enabled=True, examples=(), pack="", origin="",
    )  # fmt: skip


def obligation(rule: RetentionRule, regime: Regime) -> str:
    """The ground on which what a minimum keeps is refused: its own under the CCPA, the regime's otherwise."""
    return rule.exception or _OBLIGATION["ccpa"] if regime == "ccpa" else _OBLIGATION[regime]


def erasure_questions(
    holder: Holder,
    rules: Sequence[RetentionRule],
    windows: Sequence[RetentionRule],
    terms: Terms,
    covering: Covering,
    subject: Subject,
) -> list[Question]:
    """One question for owners whose rows are asked the same; ``windows`` are the defence windows that the firm has chosen."""
    place = (holder.container.source, holder.container.path)
    known = {rule.id: rule for rule in (*rules, *windows)}
    asked: dict[tuple[Limit | None, tuple[str, ...]], list[str | None]] = {}
    for owner in holder.owners:
        limit = _limit(holder, owner, subject)
        ids = () if limit else tuple(each.id for each in _keeping(holder, rules, windows, owner))
        asked.setdefault((limit, ids), []).append(owner)
    types, said = tuple(holder.columns), (*subject.said.get(place, ()), *covering.said)
    found = []
    for number, ((limit, ids), owners) in enumerate(asked.items()):
        keeping = tuple(known[id_] for id_ in ids)
        covers = (Cover(limit.id),) if limit else covering.refusals(types)
        judgment = Judgment(
            f"{subject.id}.{number}",
            Term(fixed=True),
            holds=covering.holds(types),
            covers=covers,
            keeps=tuple(Keep(each.id, terms.of(each)) for each in keeping),
            rows=subject.told.get(place, ()),
            owners=frozenset(owners) if holder.owner_column else None,
            among=subject.rows[place],
        )
        found.append(Question(subject.rule, "request", types, keeping, judgment, terms.missing(keeping), said))
    return found


def limit_of(facts: Sequence[Facts], regime: Regime | None, directed_by: str | None) -> Limit | None:
    """Why rows are no part of any request, by the facts of all their data types; what is said of some alone bounds nothing."""
    if not facts:
        return None
    directed = directed_by is not None and all(each.client == directed_by for each in facts)
    if all(each.role == "service_provider" for each in facts) and not directed:
        return _PROVIDERS[regime or "ccpa"]
    regimes = {each.regime for each in facts}
    return _EXEMPT.get(regimes.pop() or "") if regime == "ccpa" and not directed and len(regimes) == 1 else None


def limit_named(name: str, regime: Regime | None) -> Limit:
    """Why rows are no part of a request, by its id."""
    return _PROVIDERS[regime or "ccpa"] if name == _PROVIDER.id else LIMITS[name]


def _keeping(
    holder: Holder, rules: Sequence[RetentionRule], windows: Sequence[RetentionRule], owner: str | None
) -> list[RetentionRule]:
    """The minima that reach an owner's rows: a row goes or stays as a whole."""
    minima = [rule for rule in rules if rule.kind in MINIMA]
    return [rule for rule in (*minima, *windows) if holder.reached_by(rule, owner)]


def _limit(holder: Holder, owner: str | None, subject: Subject) -> Limit | None:
    """Why an owner's rows are no part of the request."""
    facts = [holder.facts[owner, name] for name in holder.columns]
    limit = limit_of(facts, subject.regime, subject.directed_by)
    if limit is not None or not facts or subject.regime != "ccpa" or subject.directed_by is not None:
        return limit
    sources = [each.collected_from for each in facts]
    if all(sources) and not any(_THEMSELVES.search(source) for each in sources for source in each):
        return _OTHERS
    return None
