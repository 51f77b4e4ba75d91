"""Documents of `piiscan rules try` and `rules hash`: what was read from standard input, without the values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piiscan.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.detect.explain import Reason, Voice
    from piiscan.model import Cell, Classification
    from piiscan.rulepack import RulePacks


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
