"""Minors and unused accounts: rows counted where they lie, no value leaving the source."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from piiscan.clocks import clocks_of
from piiscan.errors import SourceError
from piiscan.model import Clock, Container
from piiscan.model.judging import Ended, Judgment, Term, Test
from piiscan.notices.known import labels, places, saying
from piiscan.notices.outcome import Outcome, Where, several, worst
from piiscan.retention.underage import of_age

if TYPE_CHECKING:
    from piiscan.notices.known import Held, Known
    from piiscan.rulepack import Check

_BORN: Final = "born"
_PLANNING: Final = "piiscan delete plan --minors"
_MINORS: Final = frozenset({"minor_flag"})
_BIRTHS: Final = frozenset({"dob", "age"})
LAST_LOGIN: Final = "last_login"


def check_minors(check: Check, known: Known) -> Outcome:
    """Whether persons under the notice's age are found, counted by dates of birth and ages where these lie.

    A breach in what the configuration marks as data of the site's visitors; elsewhere unknown, with the count. The message names
    the command that plans their deletion.
    """
    age = check.age or 0
    breach: list[Where] = []
    unsure: list[Where] = []
    for item in {(each.record.id, _is_marked(each, check)): each for each in known.held}.values():
        if item.data_type.id in _MINORS:
            target = breach if _is_marked(item, check) and item.proved else unsure
            target += places([item], saying("says of itself that it is about minors"))
        elif item.data_type.id in _BIRTHS:
            number, trouble = _count_minors(item, known, age)
            place = places([item])[0]
            mine = _is_marked(item, check)
            note = f"under {age}" if mine else f"under {age}, but not marked {_spoken(check)}"
            (breach if mine else unsure).extend([_counted(place, number, note)] if number else [])
            unsure += [_counted(place, None, trouble)] if trouble else []
    found = worst(breach, unsure)
    if found is None:
        return known.absent(f"Nobody under {age} was found.")
    number = sum(place.records or 0 for place in found[1])
    told = f"{several(number, 'record')} of persons under {age}"
    if breach:
        more = f": {_PLANNING} plans their deletion" if number else ""
        return Outcome(found[0], f"{told}{more}.", *found[1:])
    judge = f" in data not marked {_spoken(check)}: {_PLANNING} --source SOURCE plans the deletion of a source's. "
    told = f"{told}{judge}" if number else ""
    return Outcome(found[0], f"{told}A person must judge {several(len(found[1]), 'place')}.", *found[1:])


def check_unused(check: Check, known: Known) -> Outcome:
    """Whether accounts unused for longer than the limit still have credentials, by owner.

    Never a breach: the limit is the profile's, no notice's, and whether an account is needed its owner knows.
    """
    items = known.of(check.data_types)
    if not items:
        return known.absent("No credentials were found.")
    found: list[Where] = []
    silent: list[Held] = []
    for (source, container), group in _tables(items).items():
        counts = _count_unused(source, container, check, known)
        if counts is None:
            silent += group
            continue
        place = places(group)[0]
        types = tuple(sorted({item.data_type.id for item in group}))
        found += [
            Where(source, container, (), None, types, place.since, number, owner, "unused accounts")
            for owner, number in sorted(counts.items(), key=lambda each: each[0] or "")
        ]
    quiet = places(silent, saying(f"nothing dates {LAST_LOGIN}: give it a clock"))
    if found:
        number = sum(place.records or 0 for place in found)
        message = (
            f"{several(number, 'account')} unused for {_years(check)}: remind their owners to delete the credentials."
        )
        return Outcome("unknown", message, (*found, *quiet))
    if quiet:
        return Outcome("unknown", "When credentials were last used is not known everywhere.", tuple(quiet))
    return known.absent(f"No account with credentials is unused for {_years(check)}: {labels(items)}.")


def _count_minors(item: Held, known: Known, age: int) -> tuple[int, str]:
    """How many rows are of persons under the age; and why others, or all, cannot be counted."""
    record = item.record
    if record.column is None or record.member or record.container_kind != "table":
        return 0, "ages in text or files are not counted"
    if item.data_type.id == "age":
        years = Test((record.column,), "<", age), Test((record.column,), ">=", 0)
        judgment = Judgment(_BORN, Term(fixed=True), rows=(years,))
    else:
        judgment = Judgment(_BORN, Term((Ended(Clock(_BORN, (record.column,)), of_age(age, known.as_of)),)))
    try:
        judged = known.sources.judge(record.source, record.container, [judgment], known.as_of)
    except SourceError as error:
        return 0, error.message
    counts: Counter[str | None] = Counter()
    for rows in judged:
        counts[rows.standings[0].status] += rows.rows
    young = counts["overdue" if item.data_type.id == "age" else "within"]
    unread = _unreadable(item, counts)
    return young, f"{several(unread, 'date')} of birth could not be read" if unread else ""


def _unreadable(item: Held, counts: Counter[str | None]) -> int:
    """Rows whose date of birth is there and names no day; of a sample, told only where no row's does."""
    undated, total = counts["undated"], counts.total()
    if item.record.coverage == "full":
        return max(0, undated - max(0, total - item.record.cells_seen))
    return undated if undated == total else 0


def _count_unused(source: str, path: str, check: Check, known: Known) -> Counter[str | None] | None:
    """Accounts by owner whose last use is longer ago than the limit; None where nothing dates it, or it cannot be counted."""
    entry = known.config.sources.get(source)
    clocks = clocks_of(known.config.source_without_secret(source), Container(source, path, "table")) if entry else []
    clock = next((each for each in clocks if each.event == LAST_LOGIN), None)
    if clock is None or check.after is None:
        return None
    judgment = Judgment(LAST_LOGIN, Term((Ended(clock, check.after.begun_by(known.as_of)),)))
    try:
        judged = known.sources.judge(source, path, [judgment], known.as_of)
    except SourceError:
        return None
    counts: Counter[str | None] = Counter()
    for rows in judged:
        if rows.standings[0].status == "overdue":
            counts[rows.owner] += rows.rows
    return counts


def _tables(items: tuple[Held, ...]) -> dict[tuple[str, str], list[Held]]:
    found: dict[tuple[str, str], list[Held]] = {}
    for item in items:
        found.setdefault((item.record.source, item.record.container), []).append(item)
    return found


def _counted(place: Where, number: int | None, note: str) -> Where:
    return replace(place, records=number, note=note)


def _is_marked(item: Held, check: Check) -> bool:
    return check.mark is None or check.mark in item.facts.marks


def _spoken(check: Check) -> str:
    return (check.mark or "").replace("_", " ")


def _years(check: Check) -> str:
    months = check.after.months if check.after else 0
    return several(months // 12, "year") if months and months % 12 == 0 else several(months, "month")
