"""What lies in a source or a path, whose it is and since when: the document of ``report exposure``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import LETTERS, Document
from piiscan.report.coverage_report import coverage_body
from piiscan.report.exposed import Exposed, days, expose, since
from piiscan.report.exposure_text import LAW, clear, flat, lead, sections, spot_name
from piiscan.report.parties import party_section
from piiscan.report.places import Places
from piiscan.report.scan_report import skip_body
from piiscan.report.summary import of_letter, summarize
from piiscan.report.wording import heading

if TYPE_CHECKING:
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.model import DataType
    from piiscan.report.parties import Party
    from piiscan.report.slices import Slice
    from piiscan.report.summary import Summary
    from piiscan.rulepack import RulePacks


def exposure(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    place: str,
    *,
    as_of: date,
    owner: str | None = None,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """What the inventory knows of ``SOURCE``, ``SOURCE:PATH-GLOB`` or ``PATH``: data, records, whose, since when, what is not known.

    ``owner`` restricts it to one client's rows. Raises UsageError for an unknown place or client.
    """
    exposed = expose(inventory, config, packs, place, as_of=as_of, owner=owner, redact=redact)
    places = Places(redact=redact)
    held_for = f" held for {owner}" if owner else ""
    unread = exposed.reading.incomplete or exposed.reading.skips or not exposed.reading.units
    return Document(
        kind="report.exposure",
        title=heading(config.firm.name, f"what lies in {spot_name(exposed, places)}{held_for}"),
        body=_body(exposed, places),
        lead=lead(exposed, places),
        sections=(*((party_section(exposed.whom),) if exposed.whom else ()), *sections(exposed, places)),
        flat=flat(exposed, places),
        generated_at=generated_at,
        reasons=("incomplete",) if unread else (),
    )


def _body(exposed: Exposed, places: Places) -> dict[str, object]:
    letters = ((letter, summarize(of_letter(exposed.found, letter))) for letter in LETTERS)
    parts = exposed.spot.parts.items()
    return {
        "place": spot_name(exposed, places),
        "parts": [{"source": name, "path": glob and places.globs(name, [glob])[0]} for name, glob in parts],
        "as_of": exposed.as_of,
        "owner": exposed.whom and exposed.whom.id,
        "held_for": exposed.whom and exposed.whom.body(),
        "coverage": coverage_body(exposed.reading, places),
        **_records(exposed.everything),
        "since": since(exposed.found) if exposed.found else None,
        "data_types": [_type_body(kind, found, exposed, places) for kind, found in exposed.types],
        "categories": [
            {"letter": letter, "label": exposed.labels[letter], **_records(found), "data_types": _ids(found)}
            for letter, found in letters
            if found.held
        ],
        "owners": [_party_body(whom, found) for whom, found in exposed.parties],
        "found_in": exposed.everything.found_in(places),
        "anyone_may_read": [places.of(item.holding) for item in exposed.anyone],
        "not_split_by_client": [places.of(item.holding) for item in exposed.unsplit],
        "attributed_to_no_client": [places.of(item.holding) for item in exposed.unattributed],
        "empty_columns": [_empty_body(item, places) for item in exposed.empty],
        "no_longer_there": [
            {
                **places.of(item),
                "column": places.column(item, item.column),
                "data_type": item.data_type,
                "first_seen": item.first_seen,
                "last_seen": item.last_seen,
                "reason": item.reason,
            }
            for item in exposed.past
        ],
        "skips": [skip_body(skip, places) for skip in exposed.reading.skips],
        "not_read_to_the_end": [
            places.of(record) for record in exposed.reading.containers if record.status in ("partial", "skipped")
        ],
        "law": LAW,
    }


def _records(found: Summary) -> dict[str, object]:
    held = found.count.held
    return {"records": held.number, "records_estimated": held.estimated, "records_at_least": held.at_least}


def _type_body(kind: DataType, found: Summary, exposed: Exposed, places: Places) -> dict[str, object]:
    oldest, newest = days(found.slices, exposed.as_of)
    return {
        "data_type": kind.id,
        "label": kind.label,
        "letters": kind.categories,
        "sensitive": kind.sensitive,
        **_records(found),
        "in_the_clear": clear(found.slices, exposed),
        "first_seen": since(found.slices),
        "last_seen": max(item.holding.last_seen for item in found.slices),
        "oldest_at": oldest,
        "newest_at": newest,
        "owners": sorted({item.client for item in found.slices if item.client}),
        "found_in": found.found_in(places),
    }


def _party_body(whom: Party, found: Summary) -> dict[str, object]:
    regimes = sorted({item.facts.regime for item in found.slices if item.facts.regime})
    return {**whom.body(), "regimes": regimes, **_records(found), "letters": found.letters, "data_types": _ids(found)}


def _empty_body(item: Slice, places: Places) -> dict[str, object]:
    column = places.column(item.holding, item.holding.column)
    return {**places.of(item.holding), "column": column, "data_type": item.data_type.id}


def _ids(found: Summary) -> list[str]:
    return [kind.id for kind in found.data_types]
