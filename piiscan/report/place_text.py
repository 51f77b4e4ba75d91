"""Where the category report's findings lie, and by which column they are dated."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.parties import anyones_sections
from piiscan.report.scan_report import PLACES_SHOWN, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.report.findings import Findings
    from piiscan.report.slices import Slice


def place_section(findings: Findings) -> Section:
    """Where it lies, container by container."""
    places = findings.places
    groups: dict[str, list[Slice]] = defaultdict(list)
    for item in findings.own:
        groups[places.spoken(item.holding)].append(item)
    rows = []
    for place, group in list(groups.items())[:PLACES_SHOWN]:
        letters = sorted({letter for item in group for letter in item.data_type.categories})
        columns = dict.fromkeys(
            places.column(item.holding, item.holding.column) or f"({item.data_type.label})" for item in group
        )
        rows.append((place, " ".join(letters), tuple(columns)))
    titles = ("place", "categories", "columns, or (data)")
    return Section("Found in", titles, tuple(rows), note=first_of(len(rows), len(groups)))


def empty_section(findings: Findings) -> Iterator[Section]:
    """Columns that are called what they do not hold."""
    shown = findings.empty[:PLACES_SHOWN]
    rows = tuple(
        (
            findings.places.spoken(item.holding, item.holding.column),
            item.data_type.label,
            item.container.seen,
            item.container.total,
        )
        for item in shown
    )
    more = any(item.container.seen < item.container.total for item in findings.empty)
    notes = (
        "No cell of these was filled in the rows read: they count as neither held nor collected.",
        "Rows not read may fill them." if more else "",
        first_of(len(rows), len(findings.empty)),
    )
    if rows:
        titles = ("place", "named like", "rows read", "rows in all")
        yield Section("Columns so named, empty in what was read", titles, rows, note="\n".join(filter(None, notes)))


def anyones_section(findings: Findings) -> Iterator[Section]:
    """What the configuration attributes to no client, in a report of one."""
    yield from anyones_sections([item.holding for item in findings.anyones], findings.places)


def clock_section(findings: Findings) -> Iterator[Section]:
    """Which column says when a container's rows were collected, and who says so."""
    found, places = findings.dated, findings.places
    rows = tuple(
        (
            places.spoken(item.holding),
            places.column(item.holding, item.clock.column),
            item.clock.event,
            item.clock.basis,
        )
        for item in found[:PLACES_SHOWN]
        if item.clock
    )
    inferred = any(item.clock and item.clock.basis == "inferred" for item in found)
    notes = [first_of(len(rows), len(found))]
    notes += (
        ["Inferred by the column's name: confirm it, or name another, in [sources.NAME.clocks]."] if inferred else []
    )
    if rows:
        note = "\n".join(filter(None, notes))
        yield Section("Dates of collection", ("place", "column", "event", "by"), rows, note=note)
