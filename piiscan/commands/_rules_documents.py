"""Documents of `piiscan rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piiscan.commands import _rules_law as rules_law
from piiscan.errors import ExitCode, UsageError
from piiscan.model import Document, Section
from piiscan.rulepack import ColumnRule, Entity, Predefined, Recognizer, RulePacks
from piiscan.rulepack.spelling import near

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from piiscan.detect.examples import Outcome
    from piiscan.model import DataType
    from piiscan.rulepack.retention import RetentionRules
    from piiscan.rulepack.retention_examples import ExampleOutcome

Rule = Recognizer | Predefined | Entity | ColumnRule


def listing(packs: RulePacks, law: RetentionRules, chosen: Collection[str], others: Collection[str] = ()) -> Document:
    """``rules.list``: data types, the rules that find them, and the law; ``others`` are shipped packs not loaded."""
    types = [packs.data_types[name] for name in packs.data_types if name in chosen]
    rules = [(kind, rule) for kind, rule in _rules(packs) if rule.data_type in chosen]
    found_by: dict[str, int] = {}
    for _, rule in rules:
        found_by[rule.data_type] = found_by.get(rule.data_type, 0) + 1
    overrides = (*packs.overrides, *law.overrides)
    body = {
        "packs": list(packs.names),
        "fingerprint": packs.fingerprint,
        "overrides": list(overrides),
        "data_types": [_describe(t) | {"rules": found_by.get(t.id, 0)} for t in types],
        "rules": [{"id": r.id, "kind": kind, "data_type": r.data_type, "origin": r.origin} for kind, r in rules],
    }
    rows = tuple((t.id, t.label, t.group, " ".join(t.categories), t.sensitive, found_by.get(t.id, 0)) for t in types)
    columns = ("data type", "label", "group", "categories", "sensitive", "rules")
    counts = {
        "data types": len(types), "rules that find them": len(rules), "rules of retention": len(law.rules),
        "duties": len(law.duties), "exceptions and exemptions": len(law.grounds), "events": len(law.events), "capacities": len(law.capacities),
    }  # fmt: skip
    lead = [f"{', '.join(f'{n} {what}' for what, n in counts.items() if n) or 'nothing'} of {', '.join(packs.names)}"]
    if others:
        lead.append(f"shipped, and not named in [rules] packs: {', '.join(others)}")
    lead += overrides
    declared = tuple((t.id, t.declared) for t in types if t.declared)
    sections = [Section("Data types", columns, rows)] if rows else []
    if declared:
        sections.append(Section("To be declared: no machine can tell", ("data type", "why"), declared))
    sections += rules_law.sections(law)
    return Document("rules.list", "Rules", body | rules_law.bodies(law), tuple(sections), lead=tuple(lead))


def details(packs: RulePacks, law: RetentionRules, shipped: RetentionRules, identifier: str) -> Document:
    """``rules.show``: a data type with all its rules, one rule, a duty or a ground; of ``shipped`` packs where none loaded has it.

    Raises UsageError for an unknown id.
    """
    data_type, rules = _detection(packs, identifier)
    found, loaded = rules_law.entries(law, identifier), True
    if not found and data_type is None:
        found, loaded = rules_law.entries(shipped, identifier), False
    if data_type is None and not found:
        known = [
            *packs.data_types,
            *(r.id for _, r in _rules(packs)),
            *shipped.rules,
            *shipped.duties,
            *shipped.grounds,
        ]
        raise UsageError(
            f"no data type, rule, duty or exception {identifier!r}",
            hint=near(identifier, known) or "see piiscan rules list",
        )
    speaking = rules_law.narrowed(law, ("retention", "duty"), frozenset({identifier}), packs.data_types)
    body: dict[str, Any] = {"data_type": data_type and _describe(data_type), "rules": [_full(k, r) for k, r in rules]}
    sections: list[Section] = []
    if data_type is not None:
        sections += _type_sections(packs, data_type, rules)
    if data_type is not None and data_type.id == identifier:
        body |= {name: rules_law.bodies(speaking)[name] for name in ("retention", "duties")} | {"exceptions": []}
        sections += rules_law.sections(speaking)
    else:
        body |= rules_law.found_bodies(law if loaded else shipped, found, loaded=loaded)
    for entry in found:
        sections += rules_law.detail_sections(law if loaded else shipped, entry, loaded=loaded)
    return Document("rules.show", f"Rule {identifier}", body, tuple(sections))


def _detection(packs: RulePacks, identifier: str) -> tuple[DataType | None, list[tuple[str, Rule]]]:
    """The data type of an id with its rules, or the rules of that id with theirs."""
    rules = [(kind, rule) for kind, rule in _rules(packs) if identifier in (rule.data_type, rule.id)]
    if identifier in packs.data_types:
        return packs.data_types[identifier], rules
    rules = [(kind, rule) for kind, rule in rules if rule.id == identifier]
    return (packs.data_types[rules[0][1].data_type] if rules else None), rules


def _type_sections(packs: RulePacks, data_type: DataType, rules: Sequence[tuple[str, Rule]]) -> list[Section]:
    """A data type, then each of its rules."""
    labels = "; ".join(
        f"{letter} {packs.labels[letter]} ({packs.citations[letter]})" for letter in data_type.categories
    )
    facts = (
        ("label", data_type.label),
        ("group", data_type.group),
        ("categories", labels or "none"),
        ("sensitive", data_type.sensitive),
        ("reference", f"Civ. Code 1798.140 ({data_type.sensitive_ref})" if data_type.sensitive_ref.startswith("ae") else data_type.sensitive_ref),
        ("note", data_type.note),
        ("in answers", "say that it is held, never print it" if data_type.never_disclose else "may be disclosed"),
        ("regime hint", data_type.regime_hint),
        ("to be declared", data_type.declared),
    )  # fmt: skip
    sections = [Section(data_type.id, ("fact", "value"), tuple(fact for fact in facts if fact[1]))]
    return sections + [
        Section(f"{kind} {rule.id}", ("key", "value"), tuple(_lines(kind, rule))) for kind, rule in rules
    ]


def results(packs: RulePacks, outcomes: Sequence[Outcome], ages: Sequence[ExampleOutcome] = ()) -> Document:
    """``rules.test``: how many examples were run, of detection and of ``ages``, and those that failed; exit code 2 if any did."""
    words = {True: "match", False: "no match"}
    run = [(o.rule, o.kind, o.origin, o.example, words[o.expected], words[o.expected == o.passed]) for o in outcomes]
    run += [(o.rule, "retention", o.origin, o.example, o.expected, o.found) for o in ages]
    failed = [each for each in run if each[4] != each[5]]
    rules = len({(kind, rule) for rule, kind, *_ in run})
    keys = ("rule", "kind", "origin", "example", "expected", "found")
    body = {
        "packs": list(packs.names),
        "rules": rules,
        "examples": len(run),
        "failures": [dict(zip(keys, each, strict=True)) for each in failed],
    }
    titles = ("rule", "kind", "file", "example", "expected", "found")
    sections = (Section("Failures", titles, tuple(failed)),) if failed else ()
    lead = (f"{len(run)} examples of {rules} rules, {len(failed)} failed",)
    code = ExitCode.USAGE if failed else ExitCode.OK
    return Document(
        "rules.test", "Examples", body, sections, lead=lead, exit_code=code, reasons=("rules",) if failed else ()
    )


def _rules(packs: RulePacks) -> list[tuple[str, Rule]]:
    """Every rule with its kind: recognizers, Presidio's, columns; each by id."""
    tables: tuple[tuple[str, Mapping[str, Rule]], ...] = (
        ("recognizer", packs.recognizers), ("predefined", packs.predefined), ("entity", packs.entities), ("column", packs.columns),
    )  # fmt: skip
    return [(kind, table[name]) for kind, table in tables for name in sorted(table)]


def _describe(data_type: DataType) -> dict[str, Any]:
    return {
        "id": data_type.id, "label": data_type.label, "group": data_type.group, "categories": list(data_type.categories),
        "sensitive": data_type.sensitive, "sensitive_ref": data_type.sensitive_ref, "note": data_type.note,
        "never_disclose": data_type.never_disclose, "regime_hint": data_type.regime_hint, "declared": data_type.declared,
    }  # fmt: skip


def _full(kind: str, rule: Rule) -> dict[str, Any]:
    examples = {"match": list(rule.match), "no_match": list(rule.no_match)}
    head: dict[str, Any] = {"id": rule.id, "kind": kind, "data_type": rule.data_type, "origin": rule.origin} | examples
    if isinstance(rule, ColumnRule):
        return head | {
            "names": list(rule.names), "not_names": list(rule.not_names), "exact": rule.exact, "tables": list(rule.tables),
            "not_tables": list(rule.not_tables), "kinds": list(rule.kinds), "shape": rule.shape, "low": rule.low, "high": rule.high,
            "confirmed_by": list(rule.confirmed_by), "needs_values": rule.needs_values, "confidence": rule.confidence,
        }  # fmt: skip
    head |= {
        "entity": rule.entity,
        "regions": list(rule.regions),
        "context": list(rule.context),
        "context_score": rule.context_score,
    }
    if isinstance(rule, Recognizer):
        return head | {
            "patterns": [{"name": p.name, "regex": p.regex, "score": p.score} for p in rule.patterns], "validator": rule.validator,
        }  # fmt: skip
    if isinstance(rule, Entity):
        return head | {"labels": list(rule.labels), "least": rule.least, "shape": rule.shape, "held": rule.held}
    return head | {"class": rule.recognizer, "scale": rule.scale}


def _lines(kind: str, rule: Rule) -> list[tuple[str, str]]:
    """A rule for human eyes: one row for each thing it says."""
    rows: list[tuple[str, str]] = []
    for key, value in _full(kind, rule).items():
        if key in {"id", "kind", "data_type"} or value in ("", [], None, False):
            continue
        if key == "patterns":
            rows += [(f"pattern {p['name']}", f"{p['score']}  {p['regex']}") for p in value]
        else:
            rows.append((key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return rows
