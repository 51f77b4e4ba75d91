"""Clocks: which column says when a row was collected, and which day a value names.

A configured clock wins. Otherwise a column may be proposed by its name and type, and is then marked ``inferred``: names of
events that bring data in come first, then of a record's making, then of something that happened. Dates of birth, of expiry,
of the last change and file times never count as a collection (law.md 2.2).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from piiscan.eventnames import HAPPENED, MADE, NO_COLLECTION, RECEIVED, TIME_WORDS, words_of
from piiscan.model import AgeRow, Ages, Batch, Clock, Column, Container, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CANDIDATES: Final = 3
"""Inferred clocks tried: each costs a pass over the table where the one before dates nothing."""
FILE_NAME: Final = "@name"
"""What a clock of a files source says in place of a column: the day is in the file's name."""
COLLECTION_EVENTS: Final = ("collected", "created")
"""Events that date a collection, the better first."""

DATE_TYPES: Final = re.compile(r"date|time(?!zone)|year(?!ly)", re.IGNORECASE)
TEXT_TYPES: Final = re.compile(r"char|text|string|clob", re.IGNORECASE)
_DAY = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")
_COMPACT_DAY = re.compile(r"\s*(\d{4})(\d{2})(\d{2})\s*$")
_EARLIEST_YEAR: Final = 1901
"""No record a firm holds is older; what names an earlier day is a sentinel."""
_SENTINELS: Final = frozenset({date(1900, 1, 1), date(1970, 1, 1), date(9999, 12, 31)})


def collection_clocks(source: Source, container: Container) -> tuple[Clock, ...]:
    """The clocks that may date the collection of a container's rows: the configured one, else the likeliest by name.

    Of several, the first that dates any row counts: a column of a fitting name may be empty.
    """
    for pattern, clocks in source.clocks.items():
        if pattern == container.path or fnmatchcase(container.path, pattern):
            for event in COLLECTION_EVENTS:
                for clock in clocks:
                    if clock.event == event:
                        return (clock,)
    return infer_clocks(container.columns)[:_CANDIDATES]


def clocks_of(source: Source, container: Container) -> list[Clock]:
    """The configured clocks of a container, one for each event; of several patterns that fit the first that has the event."""
    found: dict[str, Clock] = {}
    for pattern, clocks in source.clocks.items():
        if pattern == container.path or fnmatchcase(container.path, pattern):
            for clock in clocks:
                found.setdefault(clock.event, clock)
    return list(found.values())


def infer_clocks(columns: Sequence[Column]) -> tuple[Clock, ...]:
    """Columns that may date a collection, by name and type, the likeliest first; ties go to the earlier column."""
    ranked = sorted((rank, index) for index, column in enumerate(columns) if (rank := _rank(column)) is not None)
    return tuple(
        Clock("created" if rank else "collected", (columns[index].name,), "inferred") for rank, index in ranked
    )


def _rank(column: Column) -> int | None:
    """0 received, 1 made, 2 happened; None when the column dates nothing of the kind."""
    words = words_of(column.name)
    typed = column.sql_type is not None and DATE_TYPES.search(column.sql_type) is not None
    textual = column.sql_type is None or TEXT_TYPES.search(column.sql_type) is not None
    if not words or NO_COLLECTION & words or not (typed or (textual and TIME_WORDS & words)):
        return None
    for rank, names in enumerate((RECEIVED, MADE, HAPPENED)):
        if names & words:
            return rank
    return None


def owner_column(source: Source, container: Container) -> str | None:
    """The column that names the client a row is held for, as configured."""
    for pattern, column in source.owner_columns.items():
        if pattern == container.path or fnmatchcase(container.path, pattern):
            return column
    return None


def parse_day(value: object, *, today: date | None = None) -> date | None:
    """The day a value names, None when it names none: null, not a date, a sentinel, or in the future.

    Text counts in ISO 8601 (``2025-03-14``, with or without a time) and as ``20250314``; other spellings are ambiguous
    between countries and stay undated.
    """
    day: date | None = None
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, str) and (match := _DAY.match(value) or _COMPACT_DAY.match(value)):
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    if day is None or day in _SENTINELS or day.year < _EARLIEST_YEAR:
        return None
    # A day ahead is still today somewhere west of UTC.
    return day if day <= (today or datetime.now(UTC).date()) + timedelta(days=1) else None


class DayCounter:
    """Counts rows by day and owner, and the filled columns of each, while batches pass by.

    For sources that cannot count where the data lies.
    """

    def __init__(self, clock: Clock, owner: str | None, clients: frozenset[str]) -> None:
        self.clock = clock
        self._owner = owner
        self._clients = clients
        self._rows: dict[tuple[date | None, str | None], Counter[str | None]] = {}
        self._today = datetime.now(UTC).date()

    def add(self, batch: Batch) -> None:
        """Counts a batch's rows; rows of a batch without the clock's column are undated."""
        days = [parse_day(value, today=self._today) for value in _cells(batch.columns, self.clock.path[-1], batch.rows)]
        owners = [self._client(value) for value in _cells(batch.columns, self._owner, batch.rows)]
        keys = list(zip(days, owners, strict=True))
        for key, rows in Counter(keys).items():
            self._rows.setdefault(key, Counter())[None] += rows
        for name, values in batch.columns.items():
            for key, value in zip(keys, values, strict=True):
                if value is not None:
                    self._rows[key][name] += 1

    def _client(self, value: object) -> str | None:
        if self._owner is None:
            return None
        return value if isinstance(value, str) and value in self._clients else "?"

    def ages(self, columns: Sequence[str]) -> Ages:
        """The counts, days in order, undated last."""
        ordered = sorted(self._rows.items(), key=lambda item: (item[0][0] or date.max, item[0][1] or ""))
        rows = (
            AgeRow(day, counts[None], client, {name: counts[name] for name in columns})
            for (day, client), counts in ordered
        )
        return Ages(self.clock, tuple(rows))


def _cells(columns: Mapping[str | None, Sequence[object]], name: str | None, rows: int) -> Sequence[object]:
    return columns[name] if name is not None and name in columns else [None] * rows
