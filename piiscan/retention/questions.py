"""What is asked of a container's rows: each maximum that reaches them, with what may hold rows back from it.

The resolution order is law.md section 5, literally: holds, then minima, then maxima; a minimum wins only over a maximum that
yields; after the minima, with no maximum, what is left is to be disposed of (Civ. Code 1798.100(a)(3)).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from piiscan.model.judging import Change, Ended, Judgment, Keep, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.model.judging import Cover
    from piiscan.periods import Period
    from piiscan.retention.covering import Covering
    from piiscan.retention.holder import Holder
    from piiscan.retention.terms import Terms
    from piiscan.rulepack.retention import RetentionRule

MAXIMA: Final = frozenset({"max_keep", "policy_max"})
MINIMA: Final = frozenset({"min_keep", "suppression"})
STORAGE_LIMIT: Final = "ccpa_storage_limit"
"""The rule under which data goes whose minima are over and for which no maximum is set (law.md section 5, 5)."""
HORIZONS: Final = (30, 90)
"""Days ahead for which reports say what will be due."""

Purpose = Literal["maximum", "after_minimum", "minimum", "by_hand", "use_limit", "request"]
"""``minimum``: something must be kept for a time, and nothing asks for its removal after it (a client's data: the client decides).
``by_hand``: a maximum on what running text holds now and then: no query tells in which rows. ``request``: a consumer asks to delete."""


@dataclass(frozen=True, slots=True)
class Question:
    """One judgment put to rows, and what it is about."""

    rule: RetentionRule
    purpose: Purpose
    data_types: tuple[str, ...]
    """Of the container, those the rule speaks of; sorted."""
    minima: tuple[RetentionRule, ...]
    """What must be kept by law meanwhile, whether the maximum yields to it or not."""
    judgment: Judgment
    missing: tuple[str, ...] = ()
    """Events of all these rules that nothing dates here."""
    said: tuple[str, ...] = ()
    """What of holds and extensions cannot be told here."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """What reaches the rows of one owner: alike for owners whose rows stand alike."""

    rule: RetentionRule
    purpose: Purpose
    types: frozenset[str]
    minima: tuple[RetentionRule, ...]
    published: Period | None

    @property
    def key(self) -> object:
        """Equal for owners whose rows are asked the same."""
        minima = tuple(rule.id for rule in self.minima)
        return (self.rule.id, self.purpose, self.types, minima, self.published)


def questions(
    holder: Holder, rules: Sequence[RetentionRule], windows: Sequence[RetentionRule], terms: Terms, covering: Covering
) -> list[Question]:
    """Every question to a container's rows, in the order of the rules; ``windows`` are the defence windows chosen.

    ``rules`` are those in force on the day judged for.
    """
    reaches: dict[object, _Reach] = {}
    owners: defaultdict[object, list[str | None]] = defaultdict(list)
    for owner in holder.owners:
        for reach in _reaches(holder, rules, windows, owner):
            reaches[reach.key] = reach
            owners[reach.key].append(owner)
    return [
        _question(
            holder,
            reach,
            f"{reach.rule.id}.{number}",
            frozenset(owners[key]) if holder.owner_column else None,
            terms,
            covering,
        )
        for number, (key, reach) in enumerate(reaches.items())
    ]


def _reaches(
    holder: Holder, rules: Sequence[RetentionRule], windows: Sequence[RetentionRule], owner: str | None
) -> Iterable[_Reach]:
    """What reaches an owner's rows: the maxima, what comes after the minima where no maximum takes whole rows, the limits of use."""
    reached = {rule.id: types for rule in rules if (types := holder.reached_by(rule, owner))}
    keeping = [rule for rule in rules if rule.kind in MINIMA and rule.id in reached]
    keeping += [rule for rule in windows if holder.reached_by(rule, owner)]
    whole = False
    for rule in rules:
        if rule.kind not in MAXIMA or rule.id not in reached:
            continue
        types = holder.tells(rule, reached[rule.id])
        if not types:
            yield _Reach(rule, "by_hand", reached[rule.id], (), None)
            continue
        published = holder.published(owner, types)
        if published is None and not rule.fixed and any(end.period is None for end in rule.ends):
            continue
        minima = tuple(keeping) if rule.action == "delete" else tuple(_touching(holder, keeping, owner, types))
        whole = whole or (rule.action == "delete" and not rule.advisory)
        yield _Reach(rule, "maximum", types, minima, published)
    last = next((rule for rule in rules if rule.id == STORAGE_LIMIT and rule.id in reached), None)
    if keeping and not whole:
        if last is not None:
            yield _Reach(last, "after_minimum", reached[last.id], tuple(keeping), None)
        else:
            yield _Reach(keeping[0], "minimum", holder.reached_by(keeping[0], owner), tuple(keeping), None)
    for rule in rules:
        if rule.kind == "use_limit" and rule.id in reached:
            yield _Reach(rule, "use_limit", reached[rule.id], (), None)


def _touching(
    holder: Holder, keeping: Sequence[RetentionRule], owner: str | None, types: frozenset[str]
) -> Iterable[RetentionRule]:
    """The minima that need the very data a rule would anonymize."""
    return (rule for rule in keeping if not types.isdisjoint(holder.reached_by(rule, owner)))


def _question(
    holder: Holder, reach: _Reach, id_: str, owners: frozenset[str | None] | None, terms: Terms, covering: Covering
) -> Question:
    rule, types = reach.rule, tuple(sorted(reach.types))
    changes = _changes(holder, rule, types) if reach.purpose == "maximum" else ()
    affected = holder.columns.keys() if rule.action == "delete" else frozenset(types)
    bounds_keeping = reach.purpose != "use_limit"
    holds = covering.holds(affected) if bounds_keeping else ()
    covers: tuple[Cover, ...] = ()
    keeps: tuple[Keep, ...] = ()
    if bounds_keeping and rule.yields:
        covers = covering.extensions(affected, rule.id)
        keeps = tuple(Keep(each.id, terms.of(each)) for each in reach.minima)
    due, horizons = _due(reach, terms), tuple(_due(reach, terms.ahead(timedelta(days=days))) for days in HORIZONS)
    judgment = Judgment(
        id_, due, holds=holds, covers=covers, keeps=keeps, changes=changes, owners=owners, horizons=horizons
    )
    if reach.purpose == "after_minimum":
        judgment = replace(judgment, keeps=())
    rules = reach.minima if reach.purpose == "after_minimum" else (rule, *reach.minima)
    missing = () if reach.purpose == "by_hand" else terms.missing(rules)
    return Question(rule, reach.purpose, types, reach.minima, judgment, missing, covering.said)


def _due(reach: _Reach, terms: Terms) -> Term:
    if reach.purpose == "minimum":
        return Term(fixed=False)
    if reach.purpose == "by_hand":
        return Term((Ended(None, terms.as_of),))
    if reach.purpose == "after_minimum":
        return Term(tuple(terms.of(rule) for rule in reach.minima), "later")
    return terms.of(reach.rule, reach.published)


def _changes(holder: Holder, rule: RetentionRule, types: Sequence[str]) -> tuple[Change, ...]:
    """What anonymizing does to the columns that hold the rule's data types; a column that holds several becomes null."""
    if rule.action != "anonymize":
        return ()
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for name in types:
        for column in holder.columns[name]:
            ways[column].add(rule.anonymize.get(name, "null"))
    return tuple(_change(column, found.pop() if len(found) == 1 else "null") for column, found in sorted(ways.items()))


def _change(column: str, way: str) -> Change:
    kind, _, value = way.partition(":")
    match kind:
        case "constant":
            return Change(column, "constant", value)
        case "prefix":
            return Change(column, "prefix", int(value))
        case "year":
            return Change(column, "year")
    return Change(column, "null")
