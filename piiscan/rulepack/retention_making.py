"""One table of a retention rule made into a rule: references looked up, periods parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piiscan.errors import RuleError
from piiscan.periods import Period
from piiscan.rulepack import select
from piiscan.rulepack.retention import MAXIMA, End, Example, RetentionRule
from piiscan.rulepack.spelling import near

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from piiscan.model import DataType
    from piiscan.rulepack.retention import Ground
    from piiscan.rulepack.retention_schema import ExampleTable, RuleTable

_COPIED = (
    "id", "data_types", "only_with", "where", "capacities", "regimes", "roles", "kind", "exception", "citation", "reason", "note",
    "status", "source", "as_of", "advisory", "in_force_from", "enabled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may refer to."""

    types: dict[str, DataType]
    grounds: dict[str, Ground]
    events: dict[str, str]
    capacities: dict[str, str]

    def check_types(self, selectors: Iterable[str], place: str) -> frozenset[str]:
        """The data types that selectors name. Raises RuleError for one that names none."""
        chosen: set[str] = set()
        for selector in selectors:
            try:
                chosen |= select([selector], self.types)
            except RuleError as error:
                raise RuleError(f"{place}: {error.message}", hint=near(selector, self.types) or error.hint) from None
        return frozenset(chosen)

    def check_word(self, word: str, kind: str, place: str, *, firms: bool) -> None:
        """Nothing, if the word is known, or is the firm's own and like no known one. Raises RuleError."""
        words = self.events if kind == "event" else self.capacities
        if word in words:
            return
        hint = near(word, words)
        if hint:
            hint += f" One of your own is declared: [[{kind}]] with id and text"
        if hint or not firms:
            raise RuleError(f"{place}: unknown {kind} {word!r}", hint=hint)
        words[word] = f"a firm's own {kind}"


def make_rule(table: RuleTable, known: Known, place: str, *, pack: str, origin: str, firms: bool) -> RetentionRule:
    """The rule of a table; ``firms``: one of the firm's own. Raises RuleError."""
    for key, problem in table.faults():
        raise RuleError(f"{place}: {key}: {problem}")
    known.check_types(table.only_with, f"{place}: only_with")
    chosen = known.check_types(table.data_types, f"{place}: data_types")
    for capacity in table.capacities:
        if not capacity.startswith("notice:"):
            known.check_word(capacity, "capacity", f"{place}: capacities", firms=firms)
    _check_ground(table, known, place)
    ends = _ends(table, known, place, firms=firms)
    fixed: Any = "" if ends else "always" if table.trigger == "always" else "never"
    return RetentionRule(
        **{name: getattr(table, name) for name in _COPIED},
        title=table.title or table.records or table.id,
        records=table.records,
        ends=ends,
        combine=table.combine or "later",
        fixed=fixed,
        action=table.action or "delete",
        anonymize=_changes(table, chosen, place),
        yields=_yields(table, place, firms=firms),
        examples=tuple(_example(each, ends, fixed, f"{place}: example {n}") for n, each in enumerate(table.example, 1)),
        pack=pack,
        origin=origin,
    )


def _check_ground(table: RuleTable, known: Known, place: str) -> None:
    """Nothing, if the rule's ground is one that answers a request today. Raises RuleError."""
    if not table.exception:
        return
    ground = known.grounds.get(table.exception)
    if ground is None:
        valid = ", ".join(key for key, each in known.grounds.items() if not each.repealed)
        raise RuleError(f"{place}: exception: {table.exception!r} is no ground", hint=f"grounds are {valid}")
    if ground.repealed:
        raise RuleError(f"{place}: exception: {table.exception} is repealed: {ground.reason}")


def _ends(table: RuleTable, known: Known, place: str, *, firms: bool) -> tuple[End, ...]:
    if table.trigger == "always" or table.period == "indefinite":
        return ()
    written = [(end.trigger, end.period) for end in table.ends] or [(table.trigger, table.period)]
    for trigger, _ in written:
        known.check_word(trigger, "event", f"{place}: trigger", firms=firms)
    if len({trigger for trigger, _ in written}) < len(written):
        raise RuleError(f"{place}: ends: two ends have the same trigger")
    return tuple(
        End(trigger, None if period == "policy" else _period(period, f"{place}: period")) for trigger, period in written
    )


def _period(text: str, place: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise RuleError(f"{place}: {error}") from None


def _yields(table: RuleTable, place: str, *, firms: bool) -> bool:
    if table.yields is None and table.kind in MAXIMA and not firms:
        raise RuleError(f"{place}: yields: must be said: does a legal minimum win over it by its own words?")
    return bool(table.yields if table.yields is not None else table.kind in MAXIMA)


def _changes(table: RuleTable, chosen: frozenset[str], place: str) -> dict[str, str]:
    """What becomes of each data type; null where nothing else is said."""
    if table.action != "anonymize":
        return {}
    others = sorted(set(table.anonymize) - chosen)
    if others:
        raise RuleError(f"{place}: anonymize: {others[0]} is none of its data types")
    return {name: table.anonymize.get(name, "null") for name in sorted(chosen)}


def _example(table: ExampleTable, ends: tuple[End, ...], fixed: str, place: str) -> Example:
    triggers = [end.trigger for end in ends] or [fixed]
    if table.event is not None and table.on is not None:
        days = table.event if isinstance(table.event, dict) else dict.fromkeys(triggers, table.event)
        ages = {trigger: Period(days=_between(day, table.on, place)) for trigger, day in days.items()}
    else:
        texts = table.ages or dict.fromkeys(triggers, table.age or "")
        ages = {trigger: _period(text, place) for trigger, text in texts.items()}
    unknown = sorted(set(ages) - set(triggers))
    if unknown:
        raise RuleError(f"{place}: {unknown[0]} is no trigger of the rule")
    policy = _period(table.policy, f"{place}: policy") if table.policy is not None else None
    if (policy is None) == any(end.period is None for end in ends):
        raise RuleError(f"{place}: policy: is the published period in an example of a rule that leaves it to the firm")
    return Example(ages, table.status, policy, table.on)


def _between(day: date, on: date, place: str) -> int:
    if on < day:
        raise RuleError(f"{place}: on: lies before the event")
    return (on - day).days
