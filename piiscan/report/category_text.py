"""The category report in words: for a lawyer, a regulator, a judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.annex_text import annexes, notes, sensitive_section
from piiscan.report.coverage_text import coverage_lead, coverage_sections
from piiscan.report.notice_text import notice_sections
from piiscan.report.place_text import anyones_section, clock_section, empty_section, place_section
from piiscan.report.wording import category_section, heading, labels, period, status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from piiscan.model import Cell
    from piiscan.report.disclosed import Disclosed
    from piiscan.report.findings import Category, Findings
    from piiscan.report.slices import Slice

_ANSWERS = {
    "yes": "Collected in the window",
    "likely": "Likely collected in the window (by estimate)",
    "undated": "Held, date of collection unknown",
    "no": "Held, but collected outside the window",
    "annex only": "Held only outside the CCPA or as a service provider (annexes)",
    "not found": "Not found in what was read",
    "not attributed": "Not attributed to this client in what was read",
}


def title(findings: Findings) -> str:
    """The report's heading."""
    whom = f" held for {findings.owner}" if findings.owner else ""
    return heading(findings.firm, f"categories of personal information{whom} (CCPA)")


def lead(findings: Findings) -> tuple[str, ...]:
    """What was looked at, over which days, what was read, and the answer in a few lines."""
    window = findings.window
    opening = (
        f"Categories of Civil Code section 1798.140(v)(1): what was collected from {window.first} to {window.last} "
        f"({window.months} months, both days included), and what is held."
    )
    answers = []
    for word, answer in _ANSWERS.items():
        letters = [row.letter for row in findings.categories if _status(findings, row) == word]
        answers += [f"{answer}: {', '.join(letters)}."] if letters else []
    return (opening, *coverage_lead(findings.reading, window.last), *answers)


def sections(findings: Findings) -> tuple[Section, ...]:
    """Every table of the report, what was read first."""
    own = findings.categories
    marks = [
        " ~ marks an estimate." if any(row.found.estimated for row in own) else "",
        " ≥ means at least: see the end." if any(row.found.at_least for row in own) else "",
    ]
    note = f"Records collected in the window, undated, and held in all.{''.join(marks)}"
    return (
        *coverage_sections(findings.reading, findings.places),
        category_section("Categories", own, note=note, absent=findings.absent),
        *anyones_section(findings),
        _origin_section(own),
        *_disclosure_sections(findings),
        *notice_sections(findings),
        *sensitive_section(findings),
        place_section(findings),
        *empty_section(findings),
        *clock_section(findings),
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
        *("status", "records_at_least", "window_from", "window_to", "coverage_complete", "sources_never_read"),
    )
    return Section("Categories", titles, tuple(_flat_row(findings, row) for row in findings.categories))


def _flat_row(findings: Findings, row: Category) -> tuple[Cell, ...]:
    found, count, reading = row.found, row.found.count, findings.reading
    spoken = (findings.places.spoken(item.holding, item.holding.column) for item in found.slices)
    window = (findings.window.first.isoformat(), findings.window.last.isoformat())
    return (
        *(row.letter, row.label, found.collected, found.held, found.undated),
        *(count.collected.number, count.held.number, count.undated.number, found.estimated),
        *(
            tuple(kind.id for kind in found.data_types),
            found.collected_from,
            found.purposes,
            row.disclosed_to,
            row.sold_or_shared,
        ),
        *("; ".join(found.retention) or None, tuple(dict.fromkeys(spoken)), found.last_collected, row.held_apart),
        *(_status(findings, row), found.at_least, *window, not reading.may_hold_more, reading.never_read),
    )


def _status(findings: Findings, row: Category) -> str:
    return status(row.found, apart=row.held_apart, absent=findings.absent)


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


def _disclosure_sections(findings: Findings) -> Iterator[Section]:
    """The two lists that the law wants apart (Civ. Code 1798.130(a)(5)(C)); none for one client."""
    given = findings.disclosures
    if findings.owner:
        note = "Not shown: the configuration records disclosures for the firm as a whole, not client by client."
        yield Section("Disclosed, sold or shared in the window", (), (), note=note)
        return
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
