"""What the columns of a table are worth as days: counts and two days each, made where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.days import NO_DAY, ONE_DAY, Days, fenced, read_days
from piiscan.connectors.sql.paths import Ways
from piiscan.connectors.sql.scales import NUMBER_SENTINELS
from piiscan.connectors.sql.writings import Writing, read_writings
from piiscan.model.judging import DateProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.paths import Way
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container

FIRST_DAY: Final = date(1, 1, 1)
SENTINEL_DAYS: Final = (date(1900, 1, 1), NO_DAY)
FOREVER: Final = date(9999, 1, 1)
"""From here on no day is meant: 9999-12-31 is the usual one, some write another of that year."""
AT_ONCE: Final = 8
"""Columns of one statement: it groups rows by how all of them are written."""


def profile_dates(
    connection: sa.Connection, server: Server, container: Container, columns: Sequence[str], as_of: date
) -> list[DateProfile]:
    """The columns in the order asked. Raises SourceError for one that does not exist."""
    ways = Ways(connection, server, container)
    found = [ways.find((name,), "check") for name in columns]
    profiles: list[DateProfile] = []
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        writings = read_writings(connection, server, ways, some, as_of)
        read = [Reading.of(server, way, writing, as_of) for way, writing in zip(some, writings, strict=True)]
        row = connection.execute(_statement(server, ways, read)).tuples().one()
        profiles += [
            each.profile(columns[start + place], row[0], row[1 + place * 6 : 7 + place * 6])
            for place, each in enumerate(read)
        ]
    return profiles


@dataclass(frozen=True, slots=True)
class Reading:
    """One column and how it is read."""

    days: Days
    writing: Writing
    is_null: Expression
    is_sentinel: Expression

    @classmethod
    def of(cls, server: Server, way: Way, writing: Writing, as_of: date) -> Reading:
        """A column as it is written."""
        style = server.style(way.kind)
        found: list[Expression] = [sa.false()]
        if style in {"number", "each"}:
            number = way.column if style == "number" else server.by_type(way.column, None, way.column)
            found.append(number.in_(NUMBER_SENTINELS))
        if style in {"text", "each"}:
            text = server.plain(way.column, way.kind)
            zero = sa.case((text.like("0000-00-00%"), 1))
            found.append((server.by_type(way.column, zero, None) if style == "each" else zero) == 1)
        days = read_days(server, way.column, way.kind, writing, as_of)
        return cls(days, writing, way.column.is_(None), sa.or_(*found))

    def labels(self, number: int) -> list[Expression]:
        """What is worked out once a row."""
        flags = {"null": self.is_null, "sentinel": self.is_sentinel}
        return [
            *self.days.labels(number),
            *(sa.case((flag, 1), else_=0).label(f"{name}_{number}") for name, flag in flags.items()),
        ]

    def sums(self, rows: sa.Subquery, number: int) -> list[Expression]:
        """Nulls, sentinels, days to come, days, the first and the last."""
        days = self.days.again(rows, number)
        column, form, is_real = days.found, days.form, days.is_real
        sentinel = [rows.c[f"sentinel_{number}"] == 1, column >= form.start(FOREVER)]
        sentinel += [sa.and_(column >= form.start(day), column < form.start(day + ONE_DAY)) for day in SENTINEL_DAYS]
        if form.kind is not None:
            sentinel.append(column < form.start(FIRST_DAY))
        is_sentinel = sa.or_(*sentinel)
        ahead = column >= form.start(min(self.days.until_day, FOREVER - ONE_DAY) + ONE_DAY)
        coming = ahead if is_real is None else sa.and_(ahead, is_real)
        value = sa.case((is_sentinel, None), else_=days.value)
        return [
            sa.func.sum(rows.c[f"null_{number}"]),
            sa.func.sum(sa.case((is_sentinel, 1), else_=0)),
            sa.func.sum(sa.case((is_sentinel, 0), (coming, 1), else_=0)),
            sa.func.count(value),
            sa.func.min(value),
            sa.func.max(value),
        ]

    def profile(self, column: str, rows: int, sums: Sequence[Any]) -> DateProfile:
        """What was counted."""
        nulls, sentinels, future, dated = (int(number or 0) for number in sums[:4])
        words = "ambiguous" if self.writing.is_ambiguous and not self.writing.names else ", ".join(self.writing.names)
        return DateProfile(
            column=column,
            rows=rows,
            nulls=nulls,
            sentinels=sentinels,
            future=future,
            unreadable=rows - nulls - sentinels - future - dated,
            format=words,
            oldest=self.days.form.read(sums[4]),
            newest=self.days.form.read(sums[5]),
        )


def _statement(server: Server, ways: Ways, read: Sequence[Reading]) -> sa.Select[Any]:
    """One row: how many there are, and the sums of each column."""
    query = ways.select(*(label for number, each in enumerate(read) for label in each.labels(number)))
    rows = fenced(server, query, (each.days for each in read)).subquery("piiscan_profiled")
    sums: list[Expression] = [sa.func.count()]
    sums += [found for number, each in enumerate(read) for found in each.sums(rows, number)]
    return sa.select(*sums).select_from(rows)
