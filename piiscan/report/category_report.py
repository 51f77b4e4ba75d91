"""What is collected and held, by category of the CCPA: the document of ``report categories`` (law.md 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import DataType, Document
from piiscan.report.category_text import flat, lead, sections, title
from piiscan.report.conditions import beside
from piiscan.report.coverage_report import coverage_body
from piiscan.report.findings import Category, Findings, Headed, Held, gather
from piiscan.report.parties import asked_party, party_section
from piiscan.report.places import Places
from piiscan.report.slices import EXEMPT_REGIMES, Slice
from piiscan.report.summary import Summary, by_type
from piiscan.report.window import look_back

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.rulepack import Notice, RulePacks


def categories(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    as_of: date,
    months: int = 12,
    notice: Notice | None = None,
    owner: str | None = None,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """The twelve categories: collected in the window, held, undated; with sources, purposes, recipients, and what is apart.

    ``owner`` restricts it to what is held for one client; ``notice`` adds that notice's own headings; ``redact`` replaces
    names of places by ids. Raises UsageError for an unknown client or a senseless window.
    """
    window = look_back(as_of, months)
    whom = asked_party(config, owner)
    findings = gather(inventory, config, packs, window=window, places=Places(redact=redact), notice=notice, owner=owner)
    return Document(
        kind="report.categories",
        title=title(findings),
        body={**_body(findings, packs), "held_for": whom and whom.body()},
        sections=(*((party_section(whom),) if whom else ()), *sections(findings)),
        lead=lead(findings),
        flat=flat(findings),
        generated_at=generated_at,
        reasons=("incomplete",) if findings.reading.incomplete else (),
    )


def _body(findings: Findings, packs: RulePacks) -> dict[str, object]:
    places = findings.places
    return {
        "window": {"from": findings.window.first, "to": findings.window.last},
        "months": findings.window.months,
        "owner": findings.owner,
        "coverage": coverage_body(findings.reading, places),
        "categories": [_category_body(row, places) for row in findings.categories],
        "data_types": [_type_body(kind, found, places) for kind, found in by_type(findings.own)],
        "disclosures": [item.body() for item in findings.disclosures],
        "notice": {"id": findings.notice.id, "title": findings.notice.title} if findings.notice else None,
        "headings": [_heading_body(item) for item in findings.headings],
        "not_covered": [_heading_body(item) for item in findings.not_covered],
        "outside_ccpa": [_outside_body(*item, places) for item in findings.outside],
        "service_provider": [_client_body(client, places) for client in findings.clients],
        "without_category": [_type_body(kind, found, places) for kind, found in findings.uncategorized],
        "conditional": [_condition_body(kind, findings) for kind in findings.undecided],
        "records_of_unknown_clients": findings.unattributed,
        "deidentified_sources": [{"source": source, "data_types": types} for source, types in findings.deidentified],
        "dated_by": [_clock_body(item, places) for item in findings.dated],
        "not_split_by_client": [places.of(item.holding) for item in findings.unsplit],
        "empty_columns": [_empty_body(item, places) for item in findings.empty],
        "attributed_to_no_client": [places.of(item.holding) for item in findings.anyones],
        "rules": packs.fingerprint,
        "unknown_to_the_rules": findings.unruled,
    }


def _category_body(row: Category, places: Places) -> dict[str, object]:
    return {
        "letter": row.letter,
        "label": row.label,
        **row.found.body(),
        "data_types": _ids(row.found.data_types),
        "collected_from": row.found.collected_from,
        "purposes": row.found.purposes,
        "disclosed_to": row.disclosed_to,
        "sold_or_shared": row.sold_or_shared,
        "retention": "; ".join(row.found.retention) or None,
        "found_in": row.found.found_in(places),
        "last_collected_at": row.found.last_collected,
        "held_apart": row.held_apart,
    }


def _type_body(kind: DataType, found: Summary, places: Places) -> dict[str, object]:
    return {
        "data_type": kind.id,
        "label": kind.label,
        "letters": kind.categories,
        "sensitive": kind.sensitive,
        **found.body(),
        "collected_from": found.collected_from,
        "purposes": found.purposes,
        "retention": "; ".join(found.retention) or None,
        "found_in": found.found_in(places),
        "last_collected_at": found.last_collected,
        "regime_hint": kind.regime_hint or None,
    }


def _heading_body(item: Headed) -> dict[str, object]:
    return {
        "text": item.text,
        "data_types": _ids(item.everything.data_types),
        "letters": item.everything.letters,
        **item.found.body(),
        "held_apart": item.apart.held,
        "claims": item.heading.claims if item.heading else None,
        "denied": [kind.id for kind in item.everything.data_types if kind.id in item.denies],
        "catch_all": item.heading is not None and item.heading.catch_all,
    }


def _client_body(client: Held, places: Places) -> dict[str, object]:
    rows = [_category_body(row, places) for row in client.categories]
    return {
        "client": client.id,
        "name": client.name,
        "contact": client.contact,
        "regimes": client.regimes,
        "categories": rows,
    }


def _outside_body(regime: str, client: str | None, found: Summary, places: Places) -> dict[str, object]:
    return {
        "regime": regime,
        "why": EXEMPT_REGIMES[regime],
        "client": client,
        "data_types": _ids(found.data_types),
        "letters": found.letters,
        "records_held": found.count.held.number,
        "records_estimated": found.count.held.estimated,
        "records_at_least": found.count.held.at_least,
        "found_in": found.found_in(places),
    }


def _clock_body(item: Slice, places: Places) -> dict[str, object]:
    clock = item.clock
    assert clock is not None, "findings.dated are those with a clock"
    return {
        **places.of(item.holding),
        "event": clock.event,
        "column": places.column(item.holding, clock.column),
        "basis": clock.basis,
    }


def _condition_body(kind: DataType, findings: Findings) -> dict[str, object]:
    found = [_column_body(item, findings.places) for item in beside(kind, findings.own)]
    return {"data_type": kind.id, "ref": kind.sensitive_ref, "condition": kind.note, "beside": found}


def _column_body(item: Slice, places: Places) -> dict[str, object]:
    column = places.column(item.holding, item.holding.column)
    return {**places.of(item.holding), "column": column, "data_type": item.data_type.id}


def _empty_body(item: Slice, places: Places) -> dict[str, object]:
    rows = {"rows_seen": item.container.seen, "rows_total": item.container.total}
    return {**_column_body(item, places), **rows}


def _ids(kinds: Collection[DataType]) -> list[str]:
    return [kind.id for kind in kinds]
