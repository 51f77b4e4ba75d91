"""The legal minima that are in force on what is held: standing answers to a consumer's request to delete."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from piiscan.config.facts import facts_for
from piiscan.retention.holder import UNKNOWN_OWNER, select_all
from piiscan.rulepack.retention import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord
    from piiscan.rulepack import RulePacks
    from piiscan.rulepack.retention import RetentionRule, RetentionRules


@dataclass(frozen=True, slots=True)
class Minimum:
    """One rule, and what is held that it speaks of."""

    rule: str
    title: str
    ground: str
    """The ground on which a request is refused meanwhile."""
    citation: str
    period: str
    data_types: tuple[str, ...]
    """Held, sorted."""
    containers: int

    def body(self) -> dict[str, object]:
        """The fields as JSON."""
        return asdict(self)


def minima_of(
    holdings: Sequence[HoldingRecord], config: Config, packs: RulePacks, rules: RetentionRules, as_of: date
) -> list[Minimum]:
    """The minima in force on a day that bind the firm in its capacities and speak of something held, by rule id."""
    capacities = {*config.firm.capacities, f"notice:{config.firm.notice}"}
    found = []
    for rule in rules.active(as_of):
        if rule.kind != "min_keep" or (rule.capacities and capacities.isdisjoint(rule.capacities)):
            continue
        reached = list(_reached(rule, holdings, config, packs))
        if reached:
            types = tuple(sorted({each.data_type for each in reached}))
            places = len({(each.source, each.container) for each in reached})
            found.append(Minimum(rule.id, rule.title, rule.exception, rule.citation, _period(rule), types, places))
    return sorted(found, key=lambda each: each.rule)


def _reached(
    rule: RetentionRule, holdings: Sequence[HoldingRecord], config: Config, packs: RulePacks
) -> Iterable[HoldingRecord]:
    """The holdings a rule speaks of, by data type, place, what else lies there, and the role and regime of the placement."""
    wanted, companions = (select_all(given, packs.data_types) for given in (rule.data_types, rule.only_with))
    with_companion = {(each.source, each.container) for each in holdings if each.data_type in companions}
    for each in holdings:
        known = packs.data_types.get(each.data_type)
        if known is None or each.data_type not in wanted:
            continue
        if rule.only_with and (each.source, each.container) not in with_companion:
            continue
        if rule.where and not any(fnmatchcase(f"{each.source}:{each.container}", glob) for glob in rule.where):
            continue
        owners = [None if owner == UNKNOWN_OWNER else owner for owner in each.owners] or [None]
        facts = [facts_for(config, each.source, each.container, known, owner) for owner in owners]
        if any(
            (not rule.roles or fact.role in rule.roles) and (not rule.regimes or fact.regime in rule.regimes)
            for fact in facts
        ):
            yield each


def _period(rule: RetentionRule) -> str:
    """Its period in ISO 8601 with the event, the parts joined as they combine."""
    if rule.fixed:
        return "always" if rule.fixed == "never" else "none"
    parts = [f"{'policy' if end.period is None else iso(end.period)} from {end.trigger}" for end in rule.ends]
    return parts[0] if len(parts) == 1 else f"{rule.combine} of {', '.join(parts)}"
