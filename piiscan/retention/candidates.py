"""Which columns may date the events of retention rules, how likely, and why: proposals, for a person to confirm.

A name proposes; the type and the values, which the source has counted, confirm or refuse. A clock that is not configured
dates nothing unless the firm says ``infer_clocks``, and what it dates is marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from piiscan.clocks import DATE_TYPES, TEXT_TYPES
from piiscan.eventnames import TIME_WORDS, Meaning, meanings, singular_words, words_of
from piiscan.eventphrases import EVENTS
from piiscan.model import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from piiscan.model import Column, Container
    from piiscan.model.judging import DateProfile

NOT_YET: Final = frozenset(
    {
        "account_closed",
        "employment_end",
        "consent_withdrawn",
        "final_response",
        "purpose_ended",
        "delinquency",
        "default",
    }
)
"""Events that may lie ahead of a row, or never come: it is no fault when many rows have no day."""
OF_PARENT: Final = frozenset(EVENTS) - {"collected", "created", "record_made"}
"""Events that a parent's row may have for its children: when it was made is its own."""
OF_WORK: Final = frozenset({"employment_start", "employment_end", "wage_paid", "tax_due"})
"""Events of a worker that count for records about the worker, not for all that the worker did."""
WORK: Final = frozenset(
    ["employee", "employment", "staff", "payroll", "paystub", "wage", "salary", "timesheet", "leave", "personnel"]
)
LEAST: Final = 0.35
"""A confidence below it is not worth a line."""
UNSEEN: Final = 0.75
"""What is left of a name's likelihood where no value was looked at."""
MOST_READ: Final = 0.5
"""Of the values that are there, so many must be days."""
MAY_DATE: Final = re.compile(f"{DATE_TYPES.pattern}|{TEXT_TYPES.pattern}|int|num|dec|double|float|real", re.IGNORECASE)
ONE_DAY_ROWS: Final = 20
OLD: Final = 1950
"""Records reach back so far rarely, births do."""
STEP: Final = 0.9
"""What one step to a parent leaves."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may date an event. ``confidence`` is 0-1."""

    event: str
    clock: Clock
    confidence: float
    why: str
    """One sentence; counts and days, no other value."""


def dateable(container: Container) -> tuple[str, ...]:
    """The columns whose values are worth a look: those whose names tell an event, and whose types may hold a day."""
    return tuple(
        column.name for column in container.columns if _may_date(column) and meanings(column.name, _name(container))
    )


def candidates(
    container: Container, containers: Mapping[str, Container], profiles: Mapping[tuple[str, str], DateProfile]
) -> list[Candidate]:
    """What may date the events of a container's rows, by event in the contract's order, the likeliest first.

    ``containers`` by path are those of the source: where a container's own columns tell nothing of an event, one step along a
    foreign key is taken. A column without a profile counts by its name alone.
    """
    found = list(_own(container, profiles))
    wanted = OF_PARENT - {each.event for each in found}
    is_work = bool(WORK & singular_words(_name(container)))
    for column in container.columns:
        parent = _parent(container, column, containers)
        if parent is not None:
            given = wanted if is_work or column.primary_key else wanted - OF_WORK
            found += [_stepped(column, parent, each) for each in _own(parent, profiles) if each.event in given]
    order = list(EVENTS)
    kept = [each for each in found if each.confidence >= LEAST]
    return sorted(kept, key=lambda each: (order.index(each.event), -each.confidence, each.clock.path))


def likeliest(found: Iterable[Candidate]) -> dict[str, Candidate]:
    """Of each event the likeliest, and of equals the first."""
    best: dict[str, Candidate] = {}
    for each in found:
        if each.event not in best or each.confidence > best[each.event].confidence:
            best[each.event] = each
    return best


def _own(container: Container, profiles: Mapping[tuple[str, str], DateProfile]) -> Iterator[Candidate]:
    for column in container.columns:
        if not _may_date(column):
            continue
        profile = profiles.get((container.path, column.name))
        for meaning in meanings(column.name, _name(container)):
            judged = _judge(column, meaning, profile)
            if judged is not None and judged[0] >= LEAST:
                clock = Clock(meaning.event, (column.name,), "inferred")
                yield Candidate(meaning.event, clock, round(judged[0], 2), judged[1])


def _judge(column: Column, meaning: Meaning, profile: DateProfile | None) -> tuple[float, str] | None:
    """How likely a column dates an event, and why; None where its values speak against it."""
    said = f"its name says {meaning.said!r}"
    if profile is None or not profile.rows:
        why = "its values were not looked at" if profile is None else "the table is empty"
        sure = _is_typed(column) or bool(words_of(column.name) & TIME_WORDS)
        return (meaning.likelihood * UNSEEN, f"{said}; {why}") if sure else None
    filled = profile.rows - profile.nulls - profile.sentinels
    if not profile.dated or profile.dated + profile.future < filled * MOST_READ or not _is_believed(column, profile):
        return None
    confidence, doubts = meaning.likelihood, []
    share = profile.dated / profile.rows
    if meaning.event not in NOT_YET:
        confidence *= 0.6 + 0.4 * share
        if profile.future > profile.rows * 0.02:
            confidence *= 0.6
            doubts.append(f"{_percent(profile.future, profile.rows)} of the rows lie ahead")
    if profile.oldest == profile.newest and profile.rows >= ONE_DAY_ROWS:
        confidence *= 0.5
        doubts.append("all on one day, as after a bulk load")
    if profile.oldest and profile.oldest.year < OLD:
        confidence *= 0.4
        doubts.append("so old that they may be dates of birth")
    days = f"{_percent(profile.dated, profile.rows)} of the rows have a day, {profile.oldest} to {profile.newest}"
    spelt = "" if profile.format == "date" else f", written {profile.format}"
    return confidence, "; ".join([said, days + spelt, *doubts])


def _is_believed(column: Column, profile: DateProfile) -> bool:
    """Whether numbers are dates: any small number could be one of Excel's days, unless the name says that it is a time."""
    return "Excel" not in profile.format or bool(words_of(column.name) & TIME_WORDS)


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:.0f} %" if share in {0, 100} or 1 <= share <= 99 else "< 1 %" if share < 1 else "> 99 %"  # noqa: PLR2004


def _may_date(column: Column) -> bool:
    """Whether its type can hold a day; a column of true and false, or of bytes, cannot."""
    return column.sql_type is None or MAY_DATE.search(column.sql_type) is not None


def _is_typed(column: Column) -> bool:
    return column.sql_type is not None and DATE_TYPES.search(column.sql_type) is not None


def _name(container: Container) -> str:
    return container.path.rpartition(".")[2] if container.kind != "file" else container.path


def _parent(container: Container, column: Column, containers: Mapping[str, Container]) -> Container | None:
    """The table that a column refers to, where a clock's path can lead there: by one column, to another table."""
    if column.references is None:
        return None
    table = column.references.rpartition(".")[0]
    same = [each for each in container.columns if (each.references or "").rpartition(".")[0] == table]
    schema = container.path.rpartition(".")[0]
    found = containers.get(f"{schema}.{table}" if schema else table) or containers.get(table)
    return found if found is not None and found.path != container.path and _single(same) else None


def _single(columns: list[Column]) -> bool:
    """Whether no two of them are parts of one reference: else they refer to different columns of the same table."""
    return len({column.references for column in columns}) == 1


def _stepped(column: Column, parent: Container, found: Candidate) -> Candidate:
    table = (column.references or "").rpartition(".")[0]
    path = (column.name, f"{table}.{found.clock.path[0]}")
    why = f"by {column.name!r} to {parent.path}: {found.why}"
    return replace(found, clock=replace(found.clock, path=path), confidence=round(found.confidence * STEP, 2), why=why)
