"""What is held beyond its time, and why the rest may stay: the documents of ``retention check`` and ``report retention``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from piiscan.model import Document
from piiscan.report.ageing import ageing
from piiscan.report.attribution import attribution
from piiscan.report.coverage_report import coverage_body
from piiscan.report.coverage_text import coverage_lead
from piiscan.report.parties import anyones_sections, asked_party, party_section
from piiscan.report.places import Places
from piiscan.report.reading import read_coverage
from piiscan.report.retention_text import flat, lead, sections
from piiscan.report.scan_report import skip_body, skip_sections
from piiscan.report.wording import heading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.report.ageing import Ageing
    from piiscan.report.attribution import Attribution
    from piiscan.report.parties import Party
    from piiscan.retention import Assessment, Verdict
    from piiscan.rulepack import RulePacks


def retention(
    kind: Literal["retention.check", "report.retention"],
    assessment: Assessment,
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    owner: str | None = None,
    redact: bool = False,
    exit_zero: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """The verdicts on everything held. The check's exit code speaks of what is overdue, and of what could not be judged.

    ``owner`` restricts it to the rows of one client. Raises UsageError for an unknown client.
    """
    whom, places = asked_party(config, owner), Places(redact=redact)
    reading = read_coverage(inventory, config, packs, assessment.as_of)
    records, anyones = inventory.ages(), []
    if owner is not None:
        mine = attribution(config, owner, records)
        anyones = [item for item in (*assessment.verdicts, *assessment.use_limits) if mine.is_anyones(item)]
        reading, records = mine.narrowed(reading), list(mine.ages(records))
        assessment = _narrowed(assessment, mine)
    ages = ageing(records, assessment.as_of)
    reasons = _reasons(assessment, config.scan.tolerate)
    of_whom = f" held for {owner}" if owner else ""
    code = 4 if "incomplete" in reasons else 3 if "overdue" in reasons and not exit_zero else 0
    return Document(
        kind=kind,
        title=heading(config.firm.name, f"how long data{of_whom} is kept, as of {assessment.as_of}"),
        body={
            "as_of": assessment.as_of,
            "coverage": coverage_body(reading, places),
            "verdicts": [_body(verdict, places) for verdict in assessment.verdicts],
            "use_limits": [_body(verdict, places) for verdict in assessment.use_limits],
            "ageing": [_age_body(item, places) for item in ages],
            "skips": [skip_body(skip, places) for skip in assessment.skips],
            **(_held_for(whom, anyones, places) if kind == "report.retention" else {}),
        },
        lead=(*coverage_lead(reading, assessment.as_of), *lead(assessment)),
        sections=(
            *((party_section(whom),) if whom else ()),
            *anyones_sections(anyones, places),
            *sections(assessment, ages, places),
            *(skip_sections(assessment.skips, places) if assessment.skips else ()),
        ),
        flat=flat(assessment.verdicts, places),
        generated_at=generated_at,
        exit_code=code if kind == "retention.check" else 0,
        reasons=reasons,
    )


def _narrowed(assessment: Assessment, mine: Attribution) -> Assessment:
    """What is judged of one client's rows, and what could not be judged and may hold some."""
    return replace(
        assessment,
        verdicts=mine.verdicts(assessment.verdicts),
        use_limits=mine.verdicts(assessment.use_limits),
        skips=tuple(skip for skip in assessment.skips if mine.covers(skip)),
    )


def _held_for(whom: Party | None, anyones: Iterable[Verdict], places: Places) -> dict[str, object]:
    found = {places.spoken(item): places.of(item) for item in anyones}
    return {
        "owner": whom and whom.id,
        "held_for": whom and whom.body(),
        "attributed_to_no_client": list(found.values()),
    }


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
