"""Documents of `piiscan rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piiscan.errors import ExitCode, UsageError
from piiscan.model import Document, Section
from piiscan.rulepack import ColumnRule, Predefined, Recognizer, RulePacks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from piiscan.detect.examples import Outcome
    from piiscan.model import Classification, DataType, Detection

Rule = Recognizer | Predefined | ColumnRule


def listing(packs: RulePacks, chosen: Collection[str]) -> Document:
    """``rules.list``: data types and the rules that find them."""
    types = [packs.data_types[name] for name in packs.data_types if name in chosen]
    rules = [(kind, rule) for kind, rule in _rules(packs) if rule.data_type in chosen]
    found_by: dict[str, int] = {}
    for _, rule in rules:
        found_by[rule.data_type] = found_by.get(rule.data_type, 0) + 1
    body = {
        "packs": list(packs.names),
        "fingerprint": packs.fingerprint,
        "overrides": list(packs.overrides),
        "data_types": [_describe(t) | {"rules": found_by.get(t.id, 0)} for t in types],
        "rules": [{"id": r.id, "kind": kind, "data_type": r.data_type, "origin": r.origin} for kind, r in rules],
    }
    rows = tuple((t.id, t.label, t.group, " ".join(t.categories), t.sensitive, found_by.get(t.id, 0)) for t in types)
    columns = ("data type", "label", "group", "categories", "sensitive", "rules")
    note = "; ".join(packs.overrides)
    lead = (f"{len(types)} data types, {len(rules)} rules of {', '.join(packs.names)}",)
    return Document("rules.list", "Rules", body, (Section("Data types", columns, rows, note),), lead=lead)


def details(packs: RulePacks, identifier: str) -> Document:
    """``rules.show``: a data type with all its rules, or one rule. Raises UsageError for an unknown id."""
    rules = [(kind, rule) for kind, rule in _rules(packs) if identifier in (rule.data_type, rule.id)]
    if identifier not in packs.data_types:
        rules = [(kind, rule) for kind, rule in rules if rule.id == identifier]
        if not rules:
            raise UsageError(f"no data type or rule {identifier!r}", hint="see piiscan rules list")
    data_type = packs.data_types.get(identifier) or packs.data_types[rules[0][1].data_type]
    described = _describe(data_type)
    body = {"data_type": described, "rules": [_full(kind, rule) for kind, rule in rules]}
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
    )  # fmt: skip
    sections = [Section(data_type.id, ("fact", "value"), tuple(fact for fact in facts if fact[1]))]
    sections += [Section(f"{kind} {rule.id}", ("key", "value"), tuple(_lines(kind, rule))) for kind, rule in rules]
    return Document("rules.show", f"Rule {identifier}", body, tuple(sections))


def results(packs: RulePacks, outcomes: Sequence[Outcome]) -> Document:
    """``rules.test``: how many examples were run, and those that failed; exit code 2 if any did."""
    failed = [o for o in outcomes if not o.passed]
    rules = len({(o.kind, o.rule) for o in outcomes})
    body = {
        "packs": list(packs.names),
        "rules": rules,
        "examples": len(outcomes),
        "failures": [
            {
                "rule": o.rule,
                "kind": o.kind,
                "origin": o.origin,
                "example": o.example,
                "expected": "match" if o.expected else "no match",
            }
            for o in failed
        ],
    }
    rows = tuple((o.rule, o.kind, o.origin, o.example, "match" if o.expected else "no match") for o in failed)
    sections = (Section("Failures", ("rule", "kind", "file", "example", "expected"), rows),) if rows else ()
    lead = (f"{len(outcomes)} examples of {rules} rules, {len(failed)} failed",)
    code = ExitCode.USAGE if failed else ExitCode.OK
    return Document(
        "rules.test", "Examples", body, sections, lead=lead, exit_code=code, reasons=("rules",) if failed else ()
    )


def text_trial(packs: RulePacks, lines: int, findings: Sequence[tuple[int, Detection, str]]) -> Document:
    """``rules.try`` over text: each finding by line, place and shape, without the value."""
    origins = {rule.id: rule.origin for _, rule in _rules(packs) if not isinstance(rule, ColumnRule)}
    entries = [
        {
            "line": line, "start": d.start, "end": d.end, "shape": shape, "entity": d.entity, "data_type": d.data_type,
            "categories": list(packs.data_types[d.data_type].categories), "score": d.score, "recognizer": d.recognizer,
            "why": f"recognizer {d.recognizer} of {origins[d.recognizer]}",
        }
        for line, d, shape in findings
    ]  # fmt: skip
    rows = tuple((line, f"{d.start}-{d.end}", shape, d.data_type, d.score, d.recognizer) for line, d, shape in findings)
    section = Section("Findings", ("line", "place", "shape", "data type", "score", "recognizer"), rows)
    body = {"mode": "text", "lines": lines, "findings": entries}
    return Document("rules.try", "What fires", body, (section,), lead=(f"{len(rows)} findings in {lines} lines",))


def column_trial(packs: RulePacks, column: str, table: str, cells: int, found: Sequence[Classification]) -> Document:
    """``rules.try --column``: what the column is taken for, and why."""
    entries = [
        {
            "data_type": c.data_type, "label": packs.data_types[c.data_type].label, "categories": list(packs.data_types[c.data_type].categories),
            "confidence": c.confidence, "evidence": list(c.evidence), "recognizers": list(c.recognizers), "cells_seen": c.cells_seen,
            "cells_matched": c.cells_matched, "why": c.why,
        }
        for c in found
    ]  # fmt: skip
    rows = tuple(
        (c.data_type, c.confidence, ", ".join(c.evidence), f"{c.cells_matched}/{c.cells_seen}", c.why) for c in found
    )
    section = Section("Classifications", ("data type", "confidence", "evidence", "cells", "why"), rows)
    body = {"mode": "column", "column": column, "table": table, "lines": cells, "classifications": entries}
    return Document(
        "rules.try", f"Column {column}", body, (section,), lead=(f"{len(rows)} classifications of {cells} values",)
    )


def _rules(packs: RulePacks) -> list[tuple[str, Rule]]:
    """Every rule with its kind: recognizers, Presidio's, columns; each by id."""
    tables: tuple[tuple[str, Mapping[str, Rule]], ...] = (
        ("recognizer", packs.recognizers), ("predefined", packs.predefined), ("column", packs.columns),
    )  # fmt: skip
    return [(kind, table[name]) for kind, table in tables for name in sorted(table)]


def _describe(data_type: DataType) -> dict[str, Any]:
    return {
        "id": data_type.id, "label": data_type.label, "group": data_type.group, "categories": list(data_type.categories),
        "sensitive": data_type.sensitive, "sensitive_ref": data_type.sensitive_ref, "note": data_type.note,
        "never_disclose": data_type.never_disclose, "regime_hint": data_type.regime_hint,
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
