"""What was not read, what was sampled, and what is clean: the document of ``report coverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Cell, Document, Section
from piiscan.report.attribution import attribution
from piiscan.report.coverage_text import coverage_lead, coverage_sections
from piiscan.report.ignored import ignored_lines, ignored_sections
from piiscan.report.parties import anyones_sections, asked_party, party_section
from piiscan.report.places import Located, Places
from piiscan.report.reading import Reading, read_coverage
from piiscan.report.scan_report import PLACES_SHOWN, first_of, skip_body, skip_sections
from piiscan.report.wording import heading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import ContainerRecord, Inventory
    from piiscan.rulepack import RulePacks


def coverage(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    as_of: date,
    owner: str | None = None,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """What the latest run of each source read, sampled, left out and why; containers without a finding, and what that proves.

    ``owner`` restricts it to what may hold one client's rows. Raises UsageError for an unknown client.
    """
    whom, places = asked_party(config, owner), Places(redact=redact)
    whole = read_coverage(inventory, config, packs, as_of)
    mine = attribution(config, owner, inventory.ages()) if owner else None
    reading = mine.narrowed(whole) if mine else whole
    anyones = [record for record in whole.containers if record.holdings and mine and mine.is_anyones(record)]
    sampled = [record for record in reading.containers if record.coverage == "sample"]
    clean = list(_clean(reading))
    counts = [count for record in reading.containers for count in record.ignored]
    ignored = ignored_lines(config, counts, today=as_of, redact=redact)
    body = {
        "as_of": as_of,
        "coverage": coverage_body(reading, places),
        "sources": [_source_body(reading, source) for source in reading.sources],
        "skips": [skip_body(skip, places) for skip in reading.skips],
        "sampled": [_record_body(record, places) for record in sampled],
        "clean": [_record_body(record, places) for record in clean],
        "ignored": [line.body() for line in ignored],
        "owner": owner,
        "held_for": whom and whom.body(),
        "attributed_to_no_client": [places.of(record) for record in anyones],
    }
    return Document(
        kind="report.coverage",
        title=heading(config.firm.name, f"what was read and what was not{f' of {owner}' if owner else ''}"),
        body=body,
        lead=coverage_lead(reading, as_of),
        sections=(
            *((party_section(whom),) if whom else ()),
            *coverage_sections(reading, places),
            *anyones_sections(anyones, places),
            *skip_sections(reading.skips, places),
            _samples(sampled, places),
            _clean_section(clean, places),
            *ignored_sections(ignored),
        ),
        flat=_flat(reading, places),
        generated_at=generated_at,
        reasons=("incomplete",) if reading.incomplete else (),
    )


def coverage_body(reading: Reading, places: Places) -> dict[str, object]:
    """The block every report opens with, as JSON."""
    run = reading.latest
    return {
        "sources": len(reading.sources),
        **reading.counts(),
        "codes": reading.codes(),
        "bound": reading.bound,
        "sources_never_read": reading.never_read,
        "sources_not_reached": reading.unreached,
        "sources_not_configured": reading.forgotten,
        "sources_not_up_to_date": reading.stale,
        "sources_read_with_other_rules": reading.older_rules,
        "last_read": reading.last_read,
        "left_out": [
            {
                "source": item.source,
                "include": places.globs(item.source, item.include),
                "exclude": places.globs(item.source, item.exclude),
            }
            for item in reading.left_out
        ],
        "complete": not reading.may_hold_more,
        "run": {"run_id": run.run_id, "status": run.status, "mode": run.mode, "finished_at": run.finished_at}
        if run
        else None,
    }


def _source_body(reading: Reading, source: str) -> dict[str, object]:
    status = "never_read" if source in reading.never_read else "not_reached" if source in reading.unreached else "read"
    counts = {**reading.counts(source), "codes": reading.codes(source)}
    return {"name": source, "status": status, "last_read": reading.last_read[source], **counts}


def _clean(reading: Reading) -> Iterator[ContainerRecord]:
    """Everything that was read to its end (or sampled) and shows nothing, nor does any of its members.

    What shows nothing only because the ignore list leaves it out is not among it.
    """
    unclean: set[tuple[str, str, tuple[str, ...]]] = set()
    for record in reading.containers:
        if record.holdings or record.ignored or record.status in ("partial", "skipped"):
            ways = (record.member[:depth] for depth in range(len(record.member) + 1))
            unclean.update((record.source, record.container, way) for way in ways)
    for record in reading.containers:
        if (record.source, record.container, record.member) not in unclean:
            yield record


def _record_body(record: ContainerRecord, places: Places) -> dict[str, object]:
    return {
        **places.of(record),
        "container_kind": record.container_kind,
        "rows_total": record.rows_total,
        "rows_seen": record.rows_seen,
        "bound": record.bound,
        "holdings": record.holdings,
    }


def _samples(records: list[ContainerRecord], places: Places) -> Section:
    rows = tuple(
        (places.spoken(record), record.rows_seen, record.rows_total, _percent(record), record.holdings)
        for record in records[:PLACES_SHOWN]
    )
    titles = ("place", "rows read", "rows in all", "bound", "findings")
    return _list(f"Sampled ({len(records):,})", titles, rows, len(records))


def _clean_section(records: list[ContainerRecord], places: Places) -> Section:
    rows = tuple((places.spoken(record), record.rows_seen, _percent(record)) for record in records[:PLACES_SHOWN])
    return _list(f"Read without a finding ({len(records):,})", ("place", "rows read", "bound"), rows, len(records))


def _list(heading: str, titles: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], total: int) -> Section:
    return Section(heading, titles, rows, first_of(len(rows), total)) if rows else Section(heading, (), (), "None.")


def _flat(reading: Reading, places: Places) -> Section:
    """Every container and every place not read, one a row."""
    titles = (
        "source",
        "container",
        "member",
        "status",
        "code",
        "reason",
        "rows_seen",
        "rows_total",
        "bound",
        "holdings",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *_where(record, places),
            record.status,
            None,
            None,
            record.rows_seen,
            record.rows_total,
            record.bound,
            record.holdings,
        )
        for record in reading.containers
    ]
    rows += [
        (
            *_where(skip, places),
            "not read",
            str(skip.code),
            places.reason(skip.code, skip.reason),
            None,
            None,
            None,
            None,
        )
        for skip in reading.skips
    ]
    return Section("Coverage", titles, tuple(rows))


def _where(item: Located, places: Places) -> tuple[str, str | None, tuple[str, ...]]:
    return item.source, places.container(item.source, item.container), places.member(item)


def _percent(record: ContainerRecord) -> str | None:
    """What a sample leaves open; nothing to say of a full reading."""
    if record.coverage == "full":
        return None
    return "unknown" if record.bound is None else f"{record.bound:.2%}"
