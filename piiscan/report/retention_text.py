"""The verdicts of retention for human eyes: what is overdue first, then why the rest may stay, then what is coming."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.ageing import BANDS, UNDATED
from piiscan.report.scan_report import PLACES_SHOWN, first_of
from piiscan.report.wording import number_of
from piiscan.retention.verdicts import AFTER_MINIMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.model import Cell
    from piiscan.report.ageing import Ageing
    from piiscan.report.places import Places
    from piiscan.retention import Assessment, Verdict

_UNDATED_NOTE = "nothing dates"
_THEN = {"min_keep": "keep", "suppression": "keep", "use_limit": "stop using"}
COUNTS = ("within", "overdue", "exempt", "on_hold", "undated")


def lead(assessment: Assessment) -> tuple[str, ...]:
    """How much is overdue, what is coming, what nobody can tell."""
    binding = [verdict for verdict in assessment.verdicts if not verdict.advisory]
    overdue = [verdict for verdict in binding if verdict.rows_overdue]
    places = {(verdict.source, verdict.container) for verdict in overdue}
    said = [
        f"Overdue: {number_of(sum(verdict.rows_overdue for verdict in overdue), 'row')} in {number_of(len(places), 'place')}"
        " (a row that two rules ask to be removed counts twice; a file is one row)."
        if overdue
        else "Nothing is overdue by a rule in force."
    ]
    coming = {days: sum((verdict.rows_due_in or {}).get(days, 0) for verdict in binding) for days in ("30", "90")}
    said.append(
        f"Due in the next 30 days: {number_of(coming['30'], 'row')}; in the next 90: {number_of(coming['90'], 'row')}."
    )
    if undated := sum(verdict.rows_undated for verdict in binding):
        said.append(
            f"{number_of(undated, 'row')} cannot be dated: nothing says whether they are overdue, and no plan takes them."
        )
    return tuple(said)


def sections(assessment: Assessment, ages: Sequence[Ageing], places: Places) -> tuple[Section, ...]:
    """Every table of the report; one that would be empty says so or is left out."""
    binding = [verdict for verdict in assessment.verdicts if not verdict.advisory]
    made = [
        _overdue(binding, places),
        _by_rule(binding),
        _staying(binding, places),
        _coming(binding, places),
        _undated(binding, places),
        _noted(assessment.verdicts, places),
        _advisory(assessment.verdicts, places),
        _use(assessment.use_limits, places),
        _unruled(assessment.verdicts, places),
        _ages(ages, places),
        _law(assessment),
    ]
    return tuple(section for section in made if section is not None)


def flat(verdicts: Sequence[Verdict], places: Places) -> Section:
    """Every verdict, one a row, for a sheet."""
    titles = ("source", "container", "member", "owner", "rule", "kind", "event", "column", "basis", "rows_total",
              *(f"rows_{name}" for name in COUNTS), "oldest_at", "due_on", "status", "data_types")  # fmt: skip
    rows = tuple(
        (
            verdict.source,
            places.container(verdict.source, verdict.container),
            places.member(verdict),
            verdict.owner,
            verdict.rule,
            verdict.rule_kind,
            *_clock(verdict, places),
            verdict.rows_total,
            *(getattr(verdict, f"rows_{name}") for name in COUNTS),
            _iso(verdict.oldest_at),
            _iso(verdict.due_on),
            verdict.status,
            verdict.data_types,
        )
        for verdict in verdicts
    )
    return Section("Verdicts", titles, rows)


def _overdue(verdicts: Sequence[Verdict], places: Places) -> Section:
    overdue = [verdict for verdict in verdicts if verdict.rows_overdue]
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), verdict.rule, verdict.rows_overdue, verdict.rows_total, _iso(verdict.due_on))
        for verdict in overdue
    ]
    note = "Due since: the last permitted day of the oldest row."
    return _listed("Overdue", ("place", "rule", "rows", "of", "due since"), rows, note) or Section(
        "Overdue", (), (), "None."
    )


def _by_rule(verdicts: Sequence[Verdict]) -> Section | None:
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 7)
    for verdict in verdicts:
        if verdict.rule is not None:
            due = verdict.rows_due_in or {}
            numbers = (*(getattr(verdict, f"rows_{name}") for name in COUNTS), due.get("30", 0), due.get("90", 0))
            totals[verdict.rule] = [before + more for before, more in zip(totals[verdict.rule], numbers, strict=True)]
    by_rows = sorted(totals.items(), key=lambda item: (-item[1][1], item[0]))
    names = ("rule", "within", "overdue", "exempt", "on hold", "undated", "30 d", "90 d")
    rows: tuple[tuple[Cell, ...], ...] = tuple((rule, *numbers) for rule, numbers in by_rows)
    note = "30 d, 90 d: rows within that will be over so many days on."
    return Section("By rule", names, rows, note) if rows else None


def _law(assessment: Assessment) -> Section | None:
    """The rules spoken of, with the law behind them."""
    said = {
        verdict.rule: (verdict.title, verdict.citation, _THEN.get(verdict.rule_kind or "", verdict.action))
        for verdict in (*assessment.verdicts, *assessment.use_limits)
        if verdict.rule is not None
    }
    rows: list[tuple[Cell, ...]] = [(rule, *words) for rule, words in sorted(said.items())]
    return _listed(
        "The rules", ("rule", "title", "law", "then"), rows, "piiscan rules show RULE prints the law behind it."
    )


def _staying(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), excuse.id, excuse.rows, _iso(excuse.until) or "not known", excuse.citation)
        for verdict in verdicts
        for excuse in verdict.exceptions
        if excuse.against == "schedule"
    ]
    note = "Rows past a maximum that stay by a legal minimum, a written extension or a hold; until: the last of them."
    return _listed("Why the rest may stay", ("place", "by", "rows", "until", "ground"), rows, note)


def _coming(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), verdict.rule, due["30"], due["90"])
        for verdict in verdicts
        if (due := dict(verdict.rows_due_in or {})) and due.get("90")
    ]
    return _listed("Due soon", ("place", "rule", "in 30 days", "in 90 days"), rows)


def _undated(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), verdict.rule, verdict.rows_undated, verdict.rows_total, _why_undated(verdict, places))
        for verdict in verdicts
        if verdict.rows_undated
    ]
    note = "Neither overdue nor within: nothing says how old they are. No plan takes them."
    return _listed("Undated", ("place", "rule", "rows", "of", "why"), rows, note)


def _noted(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    """What else must be known of a place; the same sentence once."""
    said = dict.fromkeys(
        (_place(verdict, places), note)
        for verdict in verdicts
        for note in verdict.notes
        if not note.startswith(_UNDATED_NOTE)
        and not (verdict.rows_undated and "by hand" in note)
        and (verdict.rows_overdue or not note.startswith(AFTER_MINIMA))
    )
    return _listed("To be known", ("place", "note"), list(said))


def _why_undated(verdict: Verdict, places: Places) -> str:
    missing = [note for note in verdict.notes if note.startswith(_UNDATED_NOTE)]
    _, column, _ = _clock(verdict, places)
    missing += [note for note in verdict.notes if "by hand" in note]
    return "; ".join(missing) or f"{column} is empty, no date, or a day that cannot be"


def _advisory(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), verdict.rule, verdict.citation, verdict.rows_overdue, verdict.rows_total)
        for verdict in verdicts
        if verdict.advisory
    ]
    note = "Shown, never planned: how far these rules reach, or their period, is in doubt (piiscan rules show RULE)."
    return _listed("For counsel", ("place", "rule", "law", "past it", "of"), rows, note)


def _use(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (
            _place(verdict, places),
            verdict.rule,
            verdict.citation,
            verdict.rows_overdue,
            verdict.rows_undated,
            verdict.rows_total,
        )
        for verdict in verdicts
    ]
    note = "These bound what data may be used for (reporting, suing, asking again), not how long it is kept."
    return _listed("Limits of use", ("place", "rule", "law", "use ended", "undated", "of"), rows, note)


def _unruled(verdicts: Sequence[Verdict], places: Places) -> Section | None:
    rows: list[tuple[Cell, ...]] = [
        (_place(verdict, places), verdict.rows_total, ", ".join(verdict.data_types))
        for verdict in verdicts
        if verdict.status == "no_rule"
    ]
    note = "No rule in force reaches these: neither a minimum nor a maximum is known for them."
    return _listed("Without a rule", ("place", "rows", "data types"), rows, note)


def _ages(ages: Sequence[Ageing], places: Places) -> Section | None:
    names = [*(name for name, _ in BANDS), UNDATED]
    rows: list[tuple[Cell, ...]] = [
        (places.spoken(item), item.event, *(item.rows[name] for name in names)) for item in ages
    ]
    return _listed("Ageing", ("place", "since", *names), rows, "Rows by their age, as the scans counted them.")


def _listed(title: str, titles: tuple[str, ...], rows: list[tuple[Cell, ...]], note: str = "") -> Section | None:
    """A table of at most `PLACES_SHOWN` rows that says how many there are."""
    if not rows:
        return None
    shown = tuple(rows[:PLACES_SHOWN])
    more = first_of(len(shown), len(rows))
    return Section(title, titles, shown, "\n".join(filter(None, (note, more))))


def _place(verdict: Verdict, places: Places) -> str:
    spoken = places.spoken(verdict)
    return spoken if verdict.owner is None else f"{spoken} of {verdict.owner}"


def _clock(verdict: Verdict, places: Places) -> tuple[str | None, ...]:
    if verdict.clock is None:
        return (None, None, None)
    column = verdict.clock.column
    return (
        verdict.clock.event,
        column if column is None or not places.redact else places.column(verdict, column),
        verdict.clock.basis,
    )


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
