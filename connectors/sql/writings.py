"""How a column writes its days, found from its own values by counting them where they lie."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.patterns import EITHER, PLAIN, Pattern, fixed
from piiscan.connectors.sql.scales import NUMBER_SENTINELS, SCALES, Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from piiscan.connectors.sql.paths import Way, Ways
    from piiscan.connectors.sql.server import Expression, Server

DAY_FIRST: Final = "."
"""The mark that puts the day first wherever it is used, unless a column's values say otherwise."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a column writes days."""

    patterns: tuple[Pattern, ...] = ()
    scale: Scale | None = None
    names: tuple[str, ...] = ()
    is_ambiguous: bool = False
    """Values of it can be read with the month first and with the day first, and the column does not decide: no days."""

    def iso(self, server: Server, text: Expression) -> Expression:
        """A text as ISO day, NULL where it is none in any of the column's spellings."""
        if not self.patterns:
            return sa.cast(sa.null(), sa.String(10))
        return sa.case(*((server.looks(text, each.shape), each.iso(server, text)) for each in self.patterns))


NATIVE: Final = Writing(names=("date",))


def survey(server: Server, column: Expression, kind: Any) -> tuple[Expression, Expression]:
    """A word of ours for the spelling of each text (NULL for none), and each number but sentinels."""
    style = server.style(kind)
    text, number = server.plain(column, kind), column
    if style == "each":
        text, number = server.by_type(column, text, None), server.by_type(column, None, column)
    word = sa.cast(sa.null(), sa.String(2)) if style == "number" else sa.case(*_words(server, text))
    if style == "text":
        return word, sa.cast(sa.null(), sa.Integer())
    return word, sa.case((number.not_in(NUMBER_SENTINELS), number))


def words() -> tuple[str, ...]:
    """Every word of `survey`."""
    plain = [str(number) for number in range(len(PLAIN))]
    return (
        *plain,
        *(f"{mark}{n}{order}" for mark, some in EITHER.items() for n in range(len(some)) for order in "?MD"),
    )


def _words(server: Server, text: Expression) -> Iterator[tuple[Expression, Expression]]:
    """By shape: its number, or its mark, its number and what comes first as far as the value tells."""
    for number, pattern in enumerate(PLAIN):
        yield server.looks(text, pattern.shape), fixed(str(number))
    for mark, some in EITHER.items():
        for number, (months_first, _) in enumerate(some):
            first, second = (months_first.part(server, text, letter) for letter in "MD")
            name = f"{mark}{number}"
            order = sa.case(
                (sa.and_(_is_day_only(first), _is_month(second)), fixed(name + "D")),
                (sa.and_(_is_day_only(second), _is_month(first)), fixed(name + "M")),
                else_=fixed(name + "?"),
            )
            yield server.looks(text, months_first.shape), order


def _is_day_only(part: Expression) -> Expression:
    return sa.and_(part >= fixed("13"), part <= fixed("31"))


def _is_month(part: Expression) -> Expression:
    return sa.and_(part >= fixed("01"), part <= fixed("12"))


def find_writing(counts: Mapping[str, int], low: Any, high: Any, as_of: date) -> Writing:
    """What the words of a column's texts and its least and greatest number say of it."""
    patterns = [pattern for number, pattern in enumerate(PLAIN) if counts.get(str(number))]
    is_ambiguous = False
    for mark, some in EITHER.items():
        seen = [number for number in range(len(some)) if any(counts.get(f"{mark}{number}{order}") for order in "?MD")]
        months, days = (any(counts.get(f"{mark}{number}{order}") for number in seen) for order in "MD")
        if not seen:
            continue
        if months == days and (months or mark != DAY_FIRST):
            is_ambiguous = True
        else:
            patterns += [some[number][0 if months else 1] for number in seen]
    scale = None if low is None else next((each for each in SCALES if each.spans(low, high, as_of)), None)
    names = dict.fromkeys(
        "".join(piece.ljust(2, piece) if piece in "MD" else piece for piece in each.pieces) for each in patterns
    )
    return Writing(tuple(patterns), scale, (*names, *([scale.name] if scale else [])), is_ambiguous)


def read_writings(
    connection: sa.Connection, server: Server, ways: Ways, some: Sequence[Way], as_of: date
) -> list[Writing]:
    """How columns of one table write days, in one statement; none where all are of types of dates."""
    open_ = [way for way in some if server.style(way.kind) != "native"]
    if not open_:
        return [NATIVE for _ in some]
    asked: list[Expression] = []
    for number, way in enumerate(open_):
        word, value = survey(server, way.column, way.kind)
        asked += [word.label(f"word_{number}"), value.label(f"number_{number}")]
    inner = server.fence(ways.select_alone(open_[0], *asked)).subquery("piiscan_written")
    words = [inner.c[f"word_{number}"] for number in range(len(open_))]
    spans = [of(inner.c[f"number_{number}"]) for number in range(len(open_)) for of in (sa.func.min, sa.func.max)]
    server.group(connection)
    rows = connection.execute(sa.select(*words, sa.func.count(), *spans).group_by(*words)).tuples().all()
    known = {id(way): _find(rows, len(open_), number, as_of) for number, way in enumerate(open_)}
    return [known.get(id(way), NATIVE) for way in some]


def _find(rows: Sequence[tuple[Any, ...]], width: int, number: int, as_of: date) -> Writing:
    """How one of several columns is written, of rows counted by the words of all."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({row[number]: row[width]} if row[number] else {})
    lows, highs = (
        [row[place] for row in rows if row[place] is not None]
        for place in (width + 1 + 2 * number, width + 2 + 2 * number)
    )
    return find_writing(counts, min(lows, default=None), max(highs, default=None), as_of)
