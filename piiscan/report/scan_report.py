"""How a run went: the document of ``scan`` and ``runs show``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING

from piiscan.model import Cell, Document, Section, Skip
from piiscan.report.ignored import ignored_sections
from piiscan.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from piiscan.inventory import RunRecord
    from piiscan.report.ignored import IgnoredLine

PLACES_SHOWN = 20
"""How many places of one skip code a table shows; JSON has all."""


def scan_document(
    run: RunRecord,
    skips: Sequence[Skip],
    *,
    ignored: Sequence[IgnoredLine] = (),
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """One run: its sources, its totals, everything it did not read, and what it left out by the ignore list."""
    places = Places(redact=redact)
    body = {
        "run_id": run.run_id,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "mode": run.mode,
        "sources": [source.body() for source in run.sources],
        "totals": run.totals.body(),
        "skips": [skip_body(skip, places) for skip in skips],
        "ignored": [line.body() for line in ignored],
    }
    return Document(
        kind="scan",
        title=f"Run {run.run_id}: {run.status}",
        body=body,
        lead=(_lead(run),),
        sections=(_sources(run), *skip_sections(skips, places), *ignored_sections(ignored)),
        flat=skip_table(skips, places),
        generated_at=generated_at,
    )


def skip_body(skip: Skip, places: Places) -> dict[str, object]:
    """A skip as the contract writes it."""
    return {**places.of(skip), "code": str(skip.code), "reason": places.reason(skip.code, skip.reason)}


def skip_table(skips: Iterable[Skip], places: Places) -> Section:
    """Every skip, one a row, for CSV."""
    rows = tuple(
        (
            skip.source,
            places.container(skip.source, skip.container),
            places.member(skip),
            str(skip.code),
            places.reason(skip.code, skip.reason),
        )
        for skip in skips
    )
    return Section("Not read", ("source", "container", "member", "code", "reason"), rows)


def skip_sections(skips: Iterable[Skip], places: Places) -> Iterator[Section]:
    """Skips for human eyes: a table for each code, its first places and how many there are in all."""
    groups: dict[str, list[Skip]] = defaultdict(list)
    for skip in skips:
        groups[str(skip.code)].append(skip)
    for code, group in sorted(groups.items()):
        rows = tuple((places.spoken(skip), places.reason(skip.code, skip.reason)) for skip in group[:PLACES_SHOWN])
        yield Section(
            f"Not read: {code} ({len(group):,})", ("place", "why"), rows, note=first_of(len(rows), len(group))
        )


def first_of(shown: int, total: int) -> str:
    """What must be said below a list that was cut; nothing below a whole one."""
    return f"first {shown:,} of {total:,}; --format json has all" if shown < total else ""


def _lead(run: RunRecord) -> str:
    end = f"{run.finished_at:%Y-%m-%d %H:%M} UTC" if run.finished_at else "not finished"
    how = "a sample of each large table" if run.mode == "sample" else "every row"
    return f"{run.started_at:%Y-%m-%d %H:%M} UTC to {end}, reading {how}."


def _sources(run: RunRecord) -> Section:
    titles = ("source", "status", "containers", "read", "in part", "unchanged", "not read")
    totals = run.totals
    rows: list[tuple[Cell, ...]] = [
        (s.name, s.status, s.containers, s.scanned, s.partial, s.unchanged, s.skipped) for s in run.sources
    ]
    rows.append(
        ("all", run.status, totals.containers, totals.scanned, totals.partial, totals.unchanged, totals.skipped)
    )
    read = ", ".join(
        f"{getattr(totals, field.name):,} {field.name}"
        for field in fields(totals)
        if field.name in ("holdings", "cells", "bytes")
    )
    return Section("Sources", titles, tuple(rows), note=f"{read}.")
