"""What was given to whom in the window: the document of ``report disclosures`` (law.md 2.1 N8, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Document
from piiscan.report.coverage_report import coverage_body
from piiscan.report.disclosure_text import flat, gone, lead, sections
from piiscan.report.given import giving
from piiscan.report.parties import party_section
from piiscan.report.places import Places
from piiscan.report.window import look_back
from piiscan.report.wording import heading

if TYPE_CHECKING:
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.report.given import Given, Giving
    from piiscan.report.regions import Abroad
    from piiscan.rulepack import RulePacks


def disclosures(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    as_of: date,
    months: int = 12,
    owner: str | None = None,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """Category by recipient: sold or shared, and for a business purpose; what belongs into neither; what lies abroad.

    ``owner`` restricts it to the data of one client. Raises UsageError for an unknown client or a senseless window.
    """
    given = giving(inventory, config, packs, window=look_back(as_of, months), owner=owner)
    places = Places(redact=redact)
    of_whom = f" held for {owner}" if owner else ""
    return Document(
        kind="report.disclosures",
        title=heading(config.firm.name, f"disclosures of personal information{of_whom} (CCPA)"),
        body=_body(given, places),
        lead=lead(given),
        sections=(*((party_section(given.whom),) if given.whom else ()), *sections(given, places)),
        flat=flat(given),
        generated_at=generated_at,
        reasons=("incomplete",) if given.reading.incomplete else (),
    )


def _body(given: Giving, places: Places) -> dict[str, object]:
    return {
        "window": {"from": given.window.first, "to": given.window.last},
        "months": given.window.months,
        "owner": given.whom and given.whom.id,
        "held_for": given.whom and given.whom.body(),
        "coverage": coverage_body(given.reading, places),
        "sold_or_shared": [_row_body(row, given) for row in given.sold_or_shared],
        "business_purpose": [_row_body(row, given) for row in given.business_purpose],
        "none_recorded": {
            "sold_or_shared": not given.sold_or_shared,
            "business_purpose": not given.business_purpose,
        },
        "never_found": [
            {"to": item.to, "kind": item.kind, "first": item.first, "last": item.last, "named": names}
            for item, names in given.never_found
        ],
        "apart": [
            {
                **item.whom.body(),
                "regime": item.regime,
                "data_types": item.data_types,
                "letters": item.letters,
                "on_record": [{"to": to, "kind": kind} for to, kind in item.recipients],
            }
            for item in given.apart
        ],
        "firm_regions": given.regions,
        "outside_regions": [_abroad_body(item, places) for item in given.abroad],
        "region_not_said": given.unplaced,
    }


def _row_body(row: Given, given: Giving) -> dict[str, object]:
    return {
        "letter": row.letter or None,
        "label": row.label or None,
        "to": row.to,
        "kinds": row.kinds,
        "data_types": row.data_types,
        "no_longer_held": gone(row, given),
        "first": row.first,
        "last": row.last,
    }


def _abroad_body(item: Abroad, places: Places) -> dict[str, object]:
    held = item.found.count.held
    return {
        "source": item.source,
        "region": item.region,
        "safeguards": item.safeguards,
        "records": held.number,
        "records_estimated": held.estimated,
        "records_at_least": held.at_least,
        "data_types": [kind.id for kind in item.found.data_types],
        "letters": item.found.letters,
        "found_in": item.found.found_in(places),
    }
