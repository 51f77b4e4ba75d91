"""What was not read, what was sampled, and what is clean: the document of ``report coverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Cell, Document, Section
from piiscan.report.places import Located, Places
from piiscan.report.reading import Reading, read_coverage
from piiscan.report.scan_report import PLACES_SHOWN, first_of, skip_body, skip_sections
from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import ContainerRecord, Inventory
    from piiscan.rulepack import RulePacks

SAMPLE_MEANING = (
    "A sample proves less than a full reading: where none of n sampled rows shows a kind of data, at most the share 1 - 0.05^(1/n), about 3/n, "
    "of the rows can hold it (95 % confidence)."
)


def coverage(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,  # noqa: ARG001 - every report is built from the same three
    *,
    as_of: date,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """What the latest run of each source read, sampled, left out and why; containers without a finding, and what that proves."""
    reading, places = read_coverage(inventory, config), Places(redact=redact)
    sampled = [record for record in reading.containers if record.coverage == "sample"]
    clean = [record for record in reading.containers if _clean(record)]
    body = {
        "as_of": as_of,
        "coverage": coverage_body(reading),
        "sources": [_source_body(reading, source) for source in reading.sources],
        "skips": [skip_body(skip, places) for skip in reading.skips],
        "sampled": [_record_body(record, places) for record in sampled],
        "clean": [_record_body(record, places) for record in clean],
    }
    return Document(
        kind="report.coverage",
        title=f"{config.firm.name}: what was read and what was not",
        body=body,
        lead=coverage_lead(reading),
        sections=(
            *coverage_sections(reading),
            *skip_sections(reading.skips, places),
            _samples(sampled, places),
            _clean_section(clean, places),
        ),
        flat=_flat(reading, places),
        generated_at=generated_at,
        reasons=("incomplete",) if reading.incomplete else (),
    )


def coverage_body(reading: Reading) -> dict[str, object]:
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
        "run": {"run_id": run.run_id, "status": run.status, "mode": run.mode, "finished_at": run.finished_at}
        if run
        else None,
    }


def coverage_lead(reading: Reading) -> tuple[str, ...]:
    """The same block in words: when, how much, and what is missing."""
    run, counts = reading.latest, reading.counts()
    if run is None:
        return ("Nothing has been scanned yet: this report proves nothing.",)
    finished = f"finished on {run.finished_at:%Y-%m-%d %H:%M} UTC" if run.finished_at else "not finished"
    read = (
        f"Read: {counts['scanned']:,} of {counts['containers']:,} tables and files in {number_of(len(reading.sources), 'source')} "
        f"({counts['sampled']:,} of them by sample), {counts['partial']:,} in part, {counts['skipped']:,} not at all. Latest run: {run.run_id}, {run.status}, {finished}."
    )
    gaps = (
        ("never read", reading.never_read),
        ("not read to the end in their latest run, what is shown of them may be older", reading.unreached),
        ("no longer in the configuration, shown as last read", reading.forgotten),
    )
    missing = tuple(f"Sources {what}: {', '.join(names)}." for what, names in gaps if names)
    unread = counts["partial"] + counts["skipped"]
    warning = (
        ("What was not read, or only in part, may hold more than this report shows.",) if unread or missing else ()
    )
    return (read, *missing, *warning)


def coverage_sections(reading: Reading) -> tuple[Section, ...]:
    """A table of sources and how much of each was read."""
    titles = ("source", "tables, files", "read", "by sample", "in part", "not read", "why not")
    rows = []
    for source in reading.sources:
        counts, codes = reading.counts(source), reading.codes(source)
        why = tuple(f"{count:,} {code}" for code, count in codes.items()) or (
            ("never read",) if source in reading.never_read else ()
        )
        rows.append(
            (
                source,
                counts["containers"],
                counts["scanned"],
                counts["sampled"],
                counts["partial"],
                counts["skipped"],
                why,
            )
        )
    note = f"{SAMPLE_MEANING} The largest such share here: {reading.bound:.2%}." if reading.bound is not None else ""
    return (Section("Coverage", titles, tuple(rows), note=note),)


def _source_body(reading: Reading, source: str) -> dict[str, object]:
    status = "never_read" if source in reading.never_read else "not_reached" if source in reading.unreached else "read"
    return {"name": source, "status": status, **reading.counts(source), "codes": reading.codes(source)}


def _clean(record: ContainerRecord) -> bool:
    """Whether it was read to its end (or sampled) and shows nothing."""
    return record.holdings == 0 and record.status in ("scanned", "unchanged")


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
        (places.spoken(record), record.rows_seen, record.rows_total, _percent(record.bound), record.holdings)
        for record in records[:PLACES_SHOWN]
    )
    titles = ("place", "rows read", "rows in all", "bound", "findings")
    return _list(f"Sampled ({len(records):,})", titles, rows, len(records))


def _clean_section(records: list[ContainerRecord], places: Places) -> Section:
    rows = tuple((places.spoken(record), record.rows_seen, _percent(record.bound)) for record in records[:PLACES_SHOWN])
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


def _percent(bound: float | None) -> str:
    return "unknown" if bound is None else f"{bound:.2%}"
