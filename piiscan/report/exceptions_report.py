"""Why some data stays: every exception and hold, what ends soon, what lapsed, and the legal minima that answer a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.model import Document, Section
from piiscan.report.coverage_report import coverage_body
from piiscan.report.coverage_text import coverage_lead
from piiscan.report.exceptions_minima import Minimum, minima_of
from piiscan.report.exceptions_text import FLAT_TITLES, TITLES, basis_words, body, flat_row, row
from piiscan.report.places import Places
from piiscan.report.reading import read_coverage
from piiscan.report.wording import heading, number_of
from piiscan.retention.justified import problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import Inventory, Justification
    from piiscan.rulepack import RulePacks
    from piiscan.rulepack.retention import RetentionRules

HORIZONS: Final = (30, 90)
"""Days ahead in which what ends is named."""
_GROUPS: Final = (
    ("Exceptions to consumers' requests", "exception", "request"),
    ("Extensions of the schedule", "exception", "schedule"),
    ("Holds", "hold", "schedule"),
)


def exceptions(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    rules: RetentionRules,
    *,
    as_of: date,
    redact: bool = False,
    generated_at: datetime | None = None,
) -> Document:
    """The document of ``report exceptions``. It says how each stands on the day, by what is on record now."""
    reading, places = read_coverage(inventory, config, packs, as_of), Places(redact=redact)
    entries = inventory.justifications()
    told = [body(each, rules, as_of, places, problems(each, rules.grounds, rules.rules, as_of)) for each in entries]
    ending, lapsed = _ending(entries, as_of), _lapsed(entries, as_of)
    minima = minima_of(inventory.holdings(min_confidence=config.detection.min_confidence), config, packs, rules, as_of)
    return Document(
        kind="report.exceptions",
        title=heading(config.firm.name, "why some data stays"),
        body={
            "as_of": as_of,
            "coverage": coverage_body(reading, places),
            "entries": told,
            "ending": [
                {"id": each.id, "ends": each.ends, "days": days, "within": within} for each, days, within in ending
            ],
            "lapsed": [{"id": each.id, "ends": each.ends} for each in lapsed],
            "minima": [each.body() for each in minima],
        },
        lead=(*coverage_lead(reading, as_of), *_lead(entries, told, as_of)),
        sections=(
            *_groups(entries, rules, as_of, places),
            _ending_section(ending),
            _lapsed_section(lapsed),
            *_problem_sections(told),
            _minima_section(minima),
        ),
        flat=Section("Exceptions and holds", FLAT_TITLES, tuple(flat_row(each) for each in told)),
        generated_at=generated_at,
        reasons=("incomplete",) if reading.incomplete else (),
    )


def _lead(entries: Sequence[Justification], told: Sequence[dict[str, object]], as_of: date) -> Iterator[str]:
    counts = [
        (sum(each.covers(as_of) for each in entries if (each.kind, each.against) == group), what)
        for group, what in (
            (("exception", "request"), "exception"),
            (("exception", "schedule"), "extension"),
            (("hold", "schedule"), "hold"),
        )
    ]
    yield f"In force on {as_of}: {', '.join(number_of(count, what) for count, what in counts)}."
    doubtful = [str(each["id"]) for each in told if each["problems"]]
    if doubtful:
        yield f"Expired, lapsed or unjustified: {', '.join(doubtful)}. What is expired or lapsed covers nothing any more."


def _ending(entries: Sequence[Justification], as_of: date) -> list[tuple[Justification, int, int]]:
    """What is in force and ends within the horizons, with the days left and the horizon; the earliest end first."""
    ends = [(each, (each.ends - as_of).days) for each in entries if each.ends is not None and each.covers(as_of)]
    near = [
        (each, days, next(horizon for horizon in HORIZONS if days <= horizon))
        for each, days in ends
        if days <= HORIZONS[-1]
    ]
    return sorted(near, key=lambda item: item[1])


def _lapsed(entries: Sequence[Justification], as_of: date) -> list[Justification]:
    """What came to its end and was neither renewed nor ended; the earliest end first."""
    return sorted((each for each in entries if each.state(as_of) == "expired"), key=lambda each: str(each.ends))


def _groups(entries: Sequence[Justification], rules: RetentionRules, as_of: date, places: Places) -> Iterator[Section]:
    for title, kind, against in _GROUPS:
        rows = tuple(
            row(each, rules, as_of, places) for each in entries if (each.kind, each.against) == (kind, against)
        )
        yield Section(title, TITLES, rows) if rows else Section(title, (), (), "None.")


def _ending_section(ending: Sequence[tuple[Justification, int, int]]) -> Section:
    title = f"Ending in the next {HORIZONS[-1]} days"
    rows = tuple((each.id, basis_words(each), str(each.ends), days, f"{within} days") for each, days, within in ending)
    titles = ("id", "basis", "last day", "days left", "within")
    return Section(title, titles, rows) if rows else Section(title, (), (), "None.")


def _lapsed_section(lapsed: Sequence[Justification]) -> Section:
    rows = tuple((each.id, basis_words(each), str(each.ends), each.approver) for each in lapsed)
    note = "Renew them, or end them for good: a lapsed hold holds nothing."
    return (
        Section("Lapsed", ("id", "basis", "last day", "approved by"), rows, note)
        if rows
        else Section("Lapsed", (), (), "None.")
    )


def _problem_sections(told: Sequence[dict[str, Any]]) -> Iterator[Section]:
    rows = tuple((each["id"], tuple(each["problems"])) for each in told if each["problems"])
    if rows:
        yield Section("What speaks against them", ("id", "why"), rows)


def _minima_section(minima: Sequence[Minimum]) -> Section:
    title = "Legal minima in use as standing exceptions to a request"
    if not minima:
        return Section(title, (), (), "None of the loaded rules is about what is held, for a firm of these capacities.")
    titles = ("rule", "ground", "law", "period", "records", "held", "tables, files")
    rows = tuple(
        (each.rule, each.ground, each.citation, each.period, each.title, each.data_types, each.containers)
        for each in minima
    )
    note = "They keep a record while they run, by its own events: piiscan retention check counts the rows."
    return Section(title, titles, rows, note)
