"""What `piiscan rules` says of retention: rules, duties, grounds, and the words they use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from piiscan.model import Section
from piiscan.rulepack import select
from piiscan.rulepack.retention import MAXIMA, RULE_KINDS, STATUSES, Duty, Ground, RetentionRule, RetentionRules, iso
from piiscan.rulepack.retention_examples import describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from piiscan.model import DataType

Entry = RetentionRule | Duty | Ground

KINDS: Final = ("detection", "retention", *RULE_KINDS, "duty", "exception", "event", "capacity")
"""What `rules list --kind` takes; ``retention`` is all kinds of rules with a clock."""
EFFECTS: Final = {
    "min_keep": "must be kept until then: no maximum that yields disposes of it, and a consumer's request to delete it is refused meanwhile",
    "max_keep": "must go then",
    "policy_max": "must go then, for the firm has said so",
    "use_limit": "may not be reported, sued on or used after that; says nothing on keeping",
    "suppression": "is kept until then, so that a person's right stays honoured",
    "hold": "suspends disposal until then; opened and released by piiscan holds",
    "defence_window": "may be kept until then, where the firm's written policy chooses to ([retention] defence_windows)",
}


def narrowed(
    law: RetentionRules, kinds: Collection[str], chosen: frozenset[str] | None, types: Mapping[str, DataType]
) -> RetentionRules:
    """The law of some kinds, and of that, with ``chosen``, the rules and duties that speak of these data types.

    Without kinds, of every kind.
    """
    wanted = set(kinds) or set(KINDS)
    if "retention" in wanted:
        wanted |= set(RULE_KINDS)

    def speaks(entry: RetentionRule | Duty) -> bool:
        return chosen is None or not chosen.isdisjoint(select(entry.data_types, types))

    def all_of(kind: str) -> bool:
        return kind in wanted and (chosen is None or bool(kinds))

    return replace(
        law,
        rules={key: rule for key, rule in law.rules.items() if rule.kind in wanted and speaks(rule)},
        duties={key: duty for key, duty in law.duties.items() if "duty" in wanted and speaks(duty)},
        grounds=law.grounds if all_of("exception") else {},
        events=law.events if all_of("event") else {},
        capacities=law.capacities if all_of("capacity") else {},
    )


def bodies(law: RetentionRules) -> dict[str, Any]:
    """The law in JSON's types, by kind of entry."""
    return {
        "retention": [rule_body(law, rule) for rule in law.rules.values()],
        "duties": [entry_body(duty) for duty in law.duties.values()],
        "exceptions": [entry_body(ground) for ground in law.grounds.values()],
        "events": [{"id": name, "text": text} for name, text in law.events.items()],
        "capacities": [{"id": name, "text": text} for name, text in law.capacities.items()],
    }


def sections(law: RetentionRules) -> list[Section]:
    """The law as tables, one for each kind of entry; none of what there is not."""
    rules = tuple(
        (r.id, r.title, r.kind, clock(r), r.citation, r.status, switch(r).partition(":")[0]) for r in law.rules.values()
    )
    duties = tuple((d.id, d.title, d.kind, d.period, d.citation, d.status, switch(d)) for d in law.duties.values())
    grounds = tuple(
        (g.id, g.title, g.citation, g.status, "repealed" if g.repealed else "") for g in law.grounds.values()
    )
    found = [
        Section("Rules of retention", ("rule", "title", "kind", "clock", "citation", "status", "counts"), rules),
        Section("Duties", ("duty", "title", "kind", "period", "citation", "status", "counts"), duties),
        Section("Exceptions and exemptions", ("ground", "title", "citation", "status", "note"), grounds),
        Section("Events", ("event", "means that"), tuple(law.events.items())),
        Section("Capacities", ("capacity", "a firm that"), tuple(law.capacities.items())),
    ]  # fmt: skip
    return [section for section in found if section.rows]


def entries(law: RetentionRules, identifier: str) -> list[Entry]:
    """The rule, duty or ground of an id."""
    tables: tuple[Mapping[str, Entry], ...] = (law.rules, law.duties, law.grounds)
    return [table[identifier] for table in tables if identifier in table]


def found_bodies(law: RetentionRules, found: Collection[Entry], *, loaded: bool) -> dict[str, Any]:
    """Entries in JSON's types, by kind."""
    return {
        "retention": [rule_body(law, each, loaded=loaded) for each in found if isinstance(each, RetentionRule)],
        "duties": [entry_body(each, loaded=loaded) for each in found if isinstance(each, Duty)],
        "exceptions": [entry_body(each, loaded=loaded) for each in found if isinstance(each, Ground)],
    }


def rule_body(law: RetentionRules, rule: RetentionRule, *, loaded: bool = True) -> dict[str, Any]:
    """A rule in JSON's types."""
    copied = (
        "id", "title", "kind", "records", "fixed", "citation", "reason", "note", "status", "source", "advisory", "enabled", "pack", "origin",
    )  # fmt: skip
    lists = ("data_types", "only_with", "where", "capacities", "regimes", "roles")
    ends = [
        {
            "trigger": e.trigger,
            "event": law.events.get(e.trigger, ""),
            "period": iso(e.period) if e.period else "policy",
        }
        for e in rule.ends
    ]
    goes = rule.kind in MAXIMA
    return (
        {name: getattr(rule, name) for name in copied}
        | {name: list(getattr(rule, name)) for name in lists}
        | {
            "ends": ends,
            "combine": rule.combine if len(ends) > 1 else None,
            "clock": clock(rule),
            "effect": effect(rule),
            "action": rule.action if goes else None,
            "anonymize": dict(rule.anonymize),
            "exception": rule.exception or None,
            "yields": rule.yields if goes else None,
            "status_text": status_text(rule.status),
            "as_of": rule.as_of and str(rule.as_of),
            "in_force_from": rule.in_force_from and str(rule.in_force_from),
            "examples": [{"age": describe(rule, each), "status": each.status} for each in rule.examples],
            "loaded": loaded,
        }
    )


def entry_body(entry: Duty | Ground, *, loaded: bool = True) -> dict[str, Any]:
    """A duty or a ground in JSON's types."""
    plain = {name: getattr(entry, name) for name in type(entry).__slots__}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
    return plain | {"status_text": status_text(entry.status), "loaded": loaded}


def detail_sections(law: RetentionRules, entry: Entry, *, loaded: bool) -> Iterator[Section]:
    """An entry for human eyes: one row for each thing it says, then its examples."""
    facts = list(_rule_facts(law, entry) if isinstance(entry, RetentionRule) else _other_facts(entry))
    pack = entry.pack if loaded else f"{entry.pack}: not loaded, [rules] packs does not name it"
    facts += [
        ("status", status_text(entry.status)),
        ("read in", _read_in(entry)),
        ("pack", pack),
        ("file", entry.origin),
    ]
    yield Section(f"{entry.id}: {entry.title}", ("fact", "value"), tuple(fact for fact in facts if fact[1]))
    if isinstance(entry, RetentionRule) and entry.ends:
        ends = tuple(
            (e.trigger, iso(e.period) if e.period else "published", law.events.get(e.trigger)) for e in entry.ends
        )
        yield Section("Clock", ("event", "period", "the day on which"), ends)
    if isinstance(entry, RetentionRule) and entry.examples:
        rows = tuple((describe(entry, example), example.status) for example in entry.examples)
        yield Section("Examples", ("age", "its period is"), rows)


def _read_in(entry: Entry) -> str:
    as_of = entry.as_of if isinstance(entry, RetentionRule) else None
    return f"{entry.source} as of {as_of}" if entry.source and as_of else entry.source


def _rule_facts(law: RetentionRules, rule: RetentionRule) -> Iterator[tuple[str, str]]:
    yield "citation", rule.citation
    yield "reason", rule.reason
    yield "records", rule.records
    yield "kind", f"{rule.kind}: {effect(rule)}"
    yield "clock", clock(rule)
    yield "data types", ", ".join(rule.data_types) or "none that a scan finds: a person names the data"
    yield "only beside", ", ".join(rule.only_with)
    yield "only where", ", ".join(rule.where)
    yield "applies to", _bound(law, rule)
    yield from _ground_facts(law, rule)
    yield "note", rule.note
    yield "counts", switch(rule)


def _ground_facts(law: RetentionRules, rule: RetentionRule) -> Iterator[tuple[str, str]]:
    ground = law.grounds.get(rule.exception)
    if ground:
        yield "ground", f"{ground.id} {ground.title} ({ground.citation})"
    if rule.anonymize:
        yield "anonymize", ", ".join(f"{name} = {way}" for name, way in rule.anonymize.items())
    if rule.kind in MAXIMA:
        yield "yields", "yes: a legal minimum wins over it" if rule.yields else "no: no legal minimum wins over it"


def _other_facts(entry: Duty | Ground) -> Iterator[tuple[str, str]]:
    yield "citation", entry.citation
    if isinstance(entry, Ground):
        yield "text", entry.text
        yield "refused", entry.reason if entry.repealed else ""
        yield "evidence to ask for", entry.evidence
        yield "scope", entry.scope
        yield "but", entry.still_applies
        return
    yield "kind", f"{entry.kind}: listed and shown, not evaluated"
    yield "what it asks", entry.effect
    yield "begins with", entry.trigger
    yield "period", entry.period
    yield "data types", ", ".join(entry.data_types)
    yield "applies to", entry.applies_to
    yield "counts", switch(entry)


def _bound(law: RetentionRules, rule: RetentionRule) -> str:
    """Whom a rule binds, and about what."""
    firms = [f"{name} ({law.capacities[name]})" if name in law.capacities else name for name in rule.capacities]
    parts = [
        f"a firm that acts as {' or '.join(firms)}" if firms else "every firm that loads the pack",
        f"for data under {' or '.join(rule.regimes)}" if rule.regimes else "",
        f"held as {' or '.join(rule.roles)}" if rule.roles else "",
    ]
    return ", ".join(part for part in parts if part)


def clock(rule: RetentionRule) -> str:
    """When a rule's time is over: ``P3Y after call_date``, ``later of P3Y after employment_start, P1Y after employment_end``."""
    if rule.fixed:
        return "over from the first day" if rule.fixed == "always" else "without end"
    ends = [f"{iso(end.period) if end.period else 'published period'} after {end.trigger}" for end in rule.ends]
    return ends[0] if len(ends) == 1 else f"{rule.combine} of {', '.join(ends)}"


def effect(rule: RetentionRule) -> str:
    """What a rule does, in a sentence."""
    if rule.kind not in MAXIMA:
        return EFFECTS[rule.kind]
    how = "the record is deleted" if rule.action == "delete" else "its columns are anonymized, the record stays"
    return f"{EFFECTS[rule.kind]}: {how}"


def switch(entry: RetentionRule | Duty) -> str:
    """Whether it counts: ``yes``, ``off``, ``advisory: shown, never planned``, ``from 2027-05-13``."""
    if not entry.enabled:
        return "off"
    if isinstance(entry, Duty):
        return "yes"
    begins = f"from {entry.in_force_from}" if entry.in_force_from else ""
    advisory = "advisory: shown, never planned" if entry.advisory else ""
    return "; ".join(part for part in (begins, advisory) if part) or "yes"


def status_text(status: str) -> str:
    """A status letter in words; of two, the second is for parts."""
    words = [STATUSES[letter] for letter in status.split(" / ")] if status else ["the firm's own"]
    return f"{status or '-'}: {'; in parts '.join(words)}"
