"""A target as SQL for reading: cutoffs as days, and no value that a test of a hold or a request compares with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.days import Days, Form
from piiscan.connectors.sql.rows import Rows
from piiscan.connectors.sql.taking import Scope, Taking
from piiscan.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Clock
    from piiscan.model.erasing import Target
    from piiscan.model.judging import Among, Cover, Judgment, Test

MARK: Final = "piiscan:sealed"
SEALED: Final = ":sealed"
ISO_LENGTH: Final = 10


LEGEND: Final = (
    "-- day_of(x) is the day that x writes; null for none, a sentinel, a day before 1901 or after tomorrow.\n"
)


@dataclass(frozen=True, slots=True)
class Day(Days):
    """A day by its name, whatever is none being null already."""

    @property
    def value(self) -> Expression:
        """``day_of`` a column."""
        return self.found


class Words(Rows):
    """Rows that name the day of a clock instead of working it out: that fills pages."""

    def days(self, clock: Clock) -> Days:
        """``day_of`` the clock's column."""
        way = self._ways.find(clock.path, f"the clock {clock.event!r}")
        return Day(self._ways.value(way, sa.func.day_of(way.column, type_=sa.Text()), "day"), Form())

    def among(self, among: Among) -> Expression:
        """The columns of the key, and no key."""
        return sa.and_(*(self.own.c[column].in_([sa.literal(MARK, sa.String())]) for column in among.columns))


class Telling(Scope):
    """A scope whose rows are told, not read, and everything that refers where it is looked for."""

    @property
    def joins(self) -> bool:
        """As a reader would."""
        return True

    def rows(self, target: Target) -> Rows:
        """The rows of a target's container."""
        return Words(self.connection, self.server, target.container, target.as_of, target.owner_column)


def word(connection: sa.Connection, server: Server, target: Target) -> str:
    """The query of a target's keys, as text; not for running.

    What comes of a test's value is found by asking twice, the second time with other values: whatever differs is sealed,
    and everything where the two do not compare.
    """
    scope, dialect = Telling(connection, server), connection.dialect
    query = _query(scope, target)
    binds, secrets = list(query.compile(dialect=dialect).bind_names), _secrets(target)
    try:
        others: list[Any] = list(_query(scope, _altered(target)).compile(dialect=dialect).bind_names)
    except SourceError:  # an altered value does not fit its column
        others = []
    values = [other.value for other in others] if len(others) == len(binds) else [object()] * len(binds)
    for bind, other in zip(binds, values, strict=True):
        if bind.value != other or (isinstance(bind.value, str) and bind.value in secrets):
            bind.value, bind.type = MARK, sa.String()
    text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return LEGEND + text.replace("%%", "%").replace(f"'{MARK}'", SEALED)


def _query(scope: Scope, target: Target) -> sa.Select[Any]:
    taking = Taking(scope, target)
    taken = taking.taken()  # first, for it registers the joins of the query
    return taking.rows.select(*taking.form.columns(taking.own)).where(taken)


def _secrets(target: Target) -> set[str]:
    """The values of all tests, as text, but for the days that rows lie after: those are cutoffs."""
    judgments = (target.judgment, *target.before)
    tests = [test for judgment in judgments for test in _tests(judgment)]
    below = [each for dependent in target.dependents for each in (dependent.target, *dependent.also) if each]
    return {str(test.value) for test in tests if test.value is not None and test.operator != "after"}.union(
        *map(_secrets, below)
    )


def _tests(judgment: Judgment) -> list[Test]:
    covers = (*judgment.holds, *judgment.covers)
    return [test for rows in (judgment.rows, *(cover.rows for cover in covers)) for tests in rows for test in tests]


def _altered(target: Target) -> Target:
    """The same target with other values in every test."""
    dependents = tuple(
        replace(
            each, target=each.target and _altered(each.target), also=tuple(_altered(further) for further in each.also)
        )
        for each in target.dependents
    )
    before = tuple(_altered_judgment(each) for each in target.before)
    return replace(target, judgment=_altered_judgment(target.judgment), before=before, dependents=dependents)


def _altered_judgment(judgment: Judgment) -> Judgment:
    return replace(
        judgment,
        holds=_altered_covers(judgment.holds),
        covers=_altered_covers(judgment.covers),
        rows=tuple(_altered_tests(tests) for tests in judgment.rows),
    )


def _altered_covers(covers: Sequence[Cover]) -> tuple[Cover, ...]:
    return tuple(replace(cover, rows=tuple(_altered_tests(tests) for tests in cover.rows)) for cover in covers)


def _altered_tests(tests: Sequence[Test]) -> tuple[Test, ...]:
    return tuple(test if test.operator == "after" else replace(test, value=_other(test.value)) for test in tests)


def _other(value: str | float | None) -> str | float | None:
    """Another value that looks alike: a day for a day, digits for digits, as long as it was."""
    if value is None or isinstance(value, int | float):
        return value if value is None else value - 1
    try:
        day = date.fromisoformat(value[:ISO_LENGTH])
        return (day + timedelta(days=1 if day.year < date.max.year else -1)).isoformat() + value[ISO_LENGTH:]
    except ValueError:
        last = value[-1:]
        return value[:-1] + (
            str((int(last) + 1) % 10) if last.isascii() and last.isdigit() else "b" if last == "a" else "a"
        )
