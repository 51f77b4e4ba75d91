"""Documents of `piiscan rules`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piiscan.errors import ExitCode, UsageError
from piiscan.model import Document, Section
from piiscan.rulepack import ColumnRule, Entity, Predefined, Recognizer, RulePacks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from piiscan.detect.examples import Outcome
    from piiscan.detect.explain import Reason, Voice
    from piiscan.model import Cell, Classification, DataType

Rule = Recognizer | Predefined | Entity | ColumnRule


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
    declared = tuple((t.id, t.declared) for t in types if t.declared)
    sections = [Section("Data types", columns, rows, note)]
    if declared:
        sections.append(Section("To be declared: no machine can tell", ("data type", "why"), declared))
    return Document("rules.list", "Rules", body, tuple(sections), lead=lead)


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
        ("to be declared", data_type.declared),
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


@dataclass(frozen=True, slots=True)
class Trial:
    """A finding in the text that was tried: where it stands, its shape, and why it is reported or not."""

    reason: Reason
    line: int
    start: int
    end: int
    """In code points from the beginning of the line, exclusive."""
    shape: str


def text_trial(packs: RulePacks, lines: int, trials: Sequence[Trial]) -> Document:
    """``rules.try`` over text: each finding by line, place and shape, without the value."""
    found = [each for each in trials if each.reason.status in {"reported", "weak"}]
    others = [each for each in trials if each.reason.status in {"lost", "ignored"}]
    body = {
        "mode": "text",
        "lines": lines,
        "findings": [_trial_body(packs, each) for each in found],
        "passed_over": [_trial_body(packs, each) for each in others],
    }
    titles = ("line", "place", "shape", "data type", "score", "rule", "why")
    sections = [Section("Findings", titles, tuple(map(_trial_row, found)))]
    if others:
        sections.append(Section("Passed over", titles, tuple(map(_trial_row, others))))
    return Document("rules.try", "What fires", body, tuple(sections), lead=(f"{len(found)} findings in {lines} lines",))


def _trial_body(packs: RulePacks, trial: Trial) -> dict[str, Any]:
    reason, found = trial.reason, trial.reason.detection
    return {
        "line": trial.line, "start": trial.start, "end": trial.end, "shape": trial.shape, "entity": found.entity,
        "data_type": found.data_type, "categories": list(packs.data_types[found.data_type].categories), "score": found.score,
        "recognizer": found.recognizer, "why": reason.why, "status": reason.status, "base_score": reason.base,
        "patterns": list(reason.patterns), "context": reason.context, "validator": reason.validator,
        "threshold": reason.threshold, "lost_to": reason.lost_to, "ignored_by": reason.ignored_by,
    }  # fmt: skip


def _trial_row(trial: Trial) -> tuple[Cell, ...]:
    found = trial.reason.detection
    place = f"{trial.start}-{trial.end}"
    return (trial.line, place, trial.shape, found.data_type, found.score, found.recognizer, trial.reason.why)


def column_trial(
    packs: RulePacks, column: str, table: str, cells: int, found: Sequence[Classification], voices: Sequence[Voice]
) -> Document:
    """``rules.try --column``: what the column is taken for, and every rule that speaks for or against it."""
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
    sections = [Section("Classifications", ("data type", "confidence", "evidence", "cells", "why"), rows)]
    if voices:
        spoken = tuple((v.rule, v.data_type, v.speaks, _share(v), v.why) for v in voices)
        sections.append(Section("Rules", ("rule", "data type", "speaks", "share (95 %)", "why"), spoken))
    body = {
        "mode": "column", "column": column, "table": table, "lines": cells, "classifications": entries,
        "rules": [_voice_body(each) for each in voices],
    }  # fmt: skip
    lead = (f"{len(rows)} classifications of {cells} values",)
    return Document("rules.try", f"Column {column}", body, tuple(sections), lead=lead)


def _share(voice: Voice) -> str | None:
    interval = voice.interval
    return None if interval is None else f"{interval[0]:.0%}-{interval[1]:.0%}"


def _voice_body(voice: Voice) -> dict[str, Any]:
    interval = voice.interval
    return {
        "rule": voice.rule, "data_type": voice.data_type, "speaks": voice.speaks, "cells_matched": voice.cells,
        "cells_seen": voice.seen, "low": interval and round(interval[0], 4), "high": interval and round(interval[1], 4),
        "why": voice.why,
    }  # fmt: skip


def digests(key_id: str, values: Sequence[str]) -> Document:
    """``rules.hash``: digests of values, as ``values_hashed`` takes them."""
    body = {"key_id": key_id, "values_hashed": list(values)}
    rows = tuple((f'"{value}",',) for value in values)
    note = f"Made with the key {key_id}: under another key they match nothing."
    return Document("rules.hash", "Digests", body, (Section("values_hashed", ("for [[ignore]]",), rows, note),))


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
