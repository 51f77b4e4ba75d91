"""The category report in words: for a lawyer, a regulator, a judge."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.annex_text import annexes, notes, sensitive_section
from piiscan.report.coverage_report import coverage_lead, coverage_sections
from piiscan.report.notice_text import notice_sections
from piiscan.report.scan_report import PLACES_SHOWN, first_of
from piiscan.report.wording import category_section, labels, period, status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.model import Cell
    from piiscan.report.disclosed import Disclosed
    from piiscan.report.findings import Category, Findings
    from piiscan.report.places import Places
    from piiscan.report.slices import Slice

_ANSWERS = {
    "yes": "Collected in the window",
    "undated": "Held, date of collection unknown",
    "no": "Held, but collected outside the window",
    "annex only": "Held only outside the CCPA or as a service provider (annexes)",
    "not found": "Not found in what was read",
}


def title(findings: Findings) -> str:
    """The report's heading."""
    whom = f" held for {findings.owner}" if findings.owner else ""
    return f"{findings.firm or 'This firm'}: categories of personal information{whom} (CCPA)"


def lead(findings: Findings) -> tuple[str, ...]:
    """What was looked at, over which days, what was read, and the answer in a few lines."""
    window = findings.window
    opening = (
        f"Categories of Civil Code section 1798.140(v)(1): what was collected from {window.first} to {window.last} "
        f"({window.months} months, both days included), and what is held."
    )
    answers = []
    for word, answer in _ANSWERS.items():
        letters = [row.letter for row in findings.categories if status(row.found, apart=row.held_apart) == word]
        answers += [f"{answer}: {', '.join(letters)}."] if letters else []
    return (opening, *coverage_lead(findings.reading), *answers)


def sections(findings: Findings) -> tuple[Section, ...]:
    """Every table of the report, what was read first."""
    own = findings.categories
    estimated = any(row.found.count.estimated or row.found.count.spread for row in own)
    note = f"Records collected in the window, undated, and held in all.{' ~ marks an estimate.' if estimated else ''}"
    return (
        *coverage_sections(findings.reading),
        category_section("Categories", own, note=note),
        _origin_section(own),
        *_disclosure_sections(findings.disclosures),
        *notice_sections(findings),
        *sensitive_section(findings),
        _place_section(findings.own, findings.places),
        *_clock_section(findings.dated, findings.places),
        *annexes(findings),
        Section("How to read this report", (), (), note="\n".join(notes(findings))),
    )


def flat(findings: Findings) -> Section:
    """The twelve rows with everything they say, for CSV."""
    titles = (
        *(
            "letter",
            "label",
            "collected",
            "held",
            "undated",
            "records_collected",
            "records_held",
            "records_undated",
            "records_estimated",
        ),
        *(
            "data_types",
            "collected_from",
            "purposes",
            "disclosed_to",
            "sold_or_shared",
            "retention",
            "found_in",
            "last_collected_at",
            "held_apart",
        ),
    )
    return Section("Categories", titles, tuple(_flat_row(row, findings.places) for row in findings.categories))


def _flat_row(row: Category, places: Places) -> tuple[Cell, ...]:
    found, count = row.found, row.found.count
    where = tuple(dict.fromkeys(places.spoken(item.holding, item.holding.column) for item in found.slices))
    return (
        *(row.letter, row.label, found.collected, found.held, found.undated),
        *(count.collected, count.held, count.undated, count.estimated or count.spread),
        *(
            tuple(kind.id for kind in found.data_types),
            found.collected_from,
            found.purposes,
            row.disclosed_to,
            row.sold_or_shared,
        ),
        *("; ".join(found.retention) or None, where, found.last_collected, row.held_apart),
    )


def _origin_section(rows: Iterable[Category]) -> Section:
    held = [row for row in rows if row.found.held]
    titles = ("", "data", "collected from", "purposes", "kept")
    made = tuple(
        (
            row.letter,
            labels(row.found.data_types),
            row.found.collected_from,
            row.found.purposes,
            tuple(map(period, row.found.retention)),
        )
        for row in held
    )
    silent = [row.letter for row in held if any(not _explained(item) for item in row.found.slices)]
    note = (
        f"The configuration does not say of all data where they come from, what for, or how long they are kept: {', '.join(silent)}."
        if silent
        else ""
    )
    return Section("What it is, from whom, what for, kept how long", titles, made, note=note)


def _explained(item: Slice) -> bool:
    return bool(item.facts.collected_from and item.facts.purposes and item.facts.retention)


def _disclosure_sections(items: Iterable[Disclosed]) -> Iterator[Section]:
    """The two lists that the law wants apart (Civ. Code 1798.130(a)(5)(C))."""
    given = list(items)
    business = tuple(
        (item.to, item.letters, item.first.isoformat(), _until(item)) for item in given if item.for_business_purpose
    )
    yield _list("Disclosed for a business purpose in the window", ("to", "categories", "from", "until"), business)
    sold = tuple(
        (item.to, item.kind, item.letters, item.first.isoformat(), _until(item))
        for item in given
        if not item.for_business_purpose
    )
    yield _list("Sold or shared in the window", ("to", "how", "categories", "from", "until"), sold)


def _list(heading: str, titles: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Section:
    return (
        Section(heading, titles, rows) if rows else Section(heading, (), (), note="None recorded in the configuration.")
    )


def _until(item: Disclosed) -> str:
    return item.last.isoformat() if item.last else "goes on"


def _place_section(found: Iterable[Slice], places: Places) -> Section:
    """Where it lies, container by container."""
    groups: dict[str, list[Slice]] = defaultdict(list)
    for item in found:
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


def _clock_section(found: Sequence[Slice], places: Places) -> Iterator[Section]:
    """Which column says when a container's rows were collected, and who says so."""
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
