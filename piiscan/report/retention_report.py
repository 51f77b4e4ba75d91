"""What is held beyond its time, and why the rest may stay: the documents of ``retention check`` and ``report retention``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from piiscan.model import Document
from piiscan.report.ageing import ageing
from piiscan.report.coverage_report import coverage_body
from piiscan.report.coverage_text import coverage_lead
from piiscan.report.places import Places
from piiscan.report.reading import read_coverage
from piiscan.report.retention_text import flat, lead, sections
from piiscan.report.scan_report import skip_body, skip_sections
from piiscan.report.wording import heading

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.report.ageing import Ageing
    from piiscan.retention import Assessment, Verdict
    from piiscan.rulepack import RulePacks


def retention(
    kind: Literal["retention.check", "report.retention"],
    assessment: Assessment,
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    redact: bool = False,
    exit_zero: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """The verdicts on everything held. The check's exit code speaks of what is overdue, and of what could not be judged."""
    places = Places(redact=redact)
    reading = read_coverage(inventory, config, packs, assessment.as_of)
    ages = ageing(inventory.ages(), assessment.as_of)
    reasons = _reasons(assessment, config.scan.tolerate)
    code = 4 if "incomplete" in reasons else 3 if "overdue" in reasons and not exit_zero else 0
    return Document(
        kind=kind,
        title=heading(config.firm.name, f"how long data is kept, as of {assessment.as_of}"),
        body={
            "as_of": assessment.as_of,
            "coverage": coverage_body(reading, places),
            "verdicts": [_body(verdict, places) for verdict in assessment.verdicts],
            "use_limits": [_body(verdict, places) for verdict in assessment.use_limits],
            "ageing": [_age_body(item, places) for item in ages],
            "skips": [skip_body(skip, places) for skip in assessment.skips],
        },
        lead=(*coverage_lead(reading, assessment.as_of), *lead(assessment)),
        sections=(
            *sections(assessment, ages, places),
            *(skip_sections(assessment.skips, places) if assessment.skips else ()),
        ),
        flat=flat(assessment.verdicts, places),
        generated_at=generated_at,
        exit_code=code if kind == "retention.check" else 0,
        reasons=reasons,
    )


def _reasons(assessment: Assessment, tolerate: Collection[str]) -> tuple[str, ...]:
    """What speaks for an exit code; an advisory rule asks for nothing."""
    found = []
    if any(verdict.rows_overdue and not verdict.advisory for verdict in assessment.verdicts):
        found.append("overdue")
    if any(skip.code not in tolerate for skip in assessment.skips):
        found.append("incomplete")
    return tuple(found)


def _body(verdict: Verdict, places: Places) -> dict[str, object]:
    body = verdict.body() | places.of(verdict)
    if verdict.clock is not None:
        names = tuple(places.column(verdict, step) or "" for step in (verdict.clock.column or "").split(" > ") if step)
        body["clock"] = {
            "event": verdict.clock.event,
            "column": " > ".join(names) or None,
            "basis": verdict.clock.basis,
        }
    return body


def _age_body(item: Ageing, places: Places) -> dict[str, object]:
    return {**places.of(item), "event": item.event, "rows": dict(item.rows)}
