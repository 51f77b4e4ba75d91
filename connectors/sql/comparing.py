"""Comparisons of a column with a value of ours, each in the column's own type, so that no row can fail."""

from __future__ import annotations

import operator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.connectors.sql.paths import Way
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model.judging import Test

ORDER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ISO_LENGTH: Final = len("YYYY-MM-DD")
TRUE: Final = frozenset({"true", "1", "t", "yes"})
FALSE: Final = frozenset({"false", "0", "f", "no"})


def compare(server: Server, way: Way, test: Test) -> Expression:
    """The test as a condition: unknown where the column is null, but for ``null`` and ``not null``.

    Raises SourceError for a value that cannot be one of the column's type: such a test would cover nothing, and nobody
    would see it.
    """
    if test.operator == "null":
        return way.column.is_(None)
    if test.operator == "not null":
        return way.column.is_not(None)
    if test.operator == "~":
        text = server.plain(way.column, way.kind)
        return server.folded(text) == server.folded(sa.literal(str(test.value), sa.String()))
    if server.style(way.kind) == "each":
        return _compare_each(server, way, test)
    base = server.base(way.kind)
    if isinstance(base, sa.DateTime):
        return _compare_moment(way.column, base, test)
    return _compare(*_operands(server, way, base, test))


def cutoff(test: Test) -> date:
    """The day of an ``after``. Raises SourceError for what is no ISO day."""
    try:
        return date.fromisoformat(str(test.value))
    except ValueError:
        raise _unfit(test, "days are compared with something else: write the day as YYYY-MM-DD") from None


def _operands(server: Server, way: Way, base: Any, test: Test) -> tuple[Expression, str, Any]:
    """The column, the sign and the value, as the column's type has it."""
    column, sign = way.column, test.operator
    if isinstance(base, sa.Boolean):
        return column, sign, sa.literal(_truth(test), sa.Boolean())
    if isinstance(base, sa.Date):
        return column, sign, sa.literal(_moment(test).date(), sa.Date())
    if server.style(base) == "number":
        return column, sign, _number(test, base)
    if not isinstance(test.value, str) and sign not in {"=", "!="}:
        raise _unfit(test, "a text is compared with a number: write the number in quotes to compare letter by letter")
    return server.exact(server.plain(column, way.kind)), sign, str(test.value)


def _compare(value: Expression, sign: str, other: Any) -> Expression:
    found: Expression = ORDER[sign](value, other)
    return found


def _compare_moment(column: Expression, kind: sa.DateTime, test: Test) -> Expression:
    """A value without a time means the whole day."""
    moment = _moment(test)
    zone = UTC if kind.timezone else None
    start, end = (sa.literal(when.replace(tzinfo=zone), kind) for when in (moment, moment + timedelta(days=1)))
    if len(str(test.value)) > ISO_LENGTH:
        return _compare(column, test.operator, start)
    of_day = sa.and_(column >= start, column < end)
    conditions = {"=": of_day, "!=": sa.not_(of_day), "<": column < start, "<=": column < end, ">": column >= end}
    return conditions.get(test.operator, column >= start)


def _compare_each(server: Server, way: Way, test: Test) -> Expression:
    """Where every value has a type of its own: a number is compared with numbers, a text with texts."""
    value, column = _numeric(test.value, way.kind), way.column
    if isinstance(value, str):
        text: Expression = sa.cast(column, sa.Text())
        if isinstance(way.kind, (sa.Date, sa.DateTime)) and len(value) == ISO_LENGTH:
            text = server.part(text, 1, ISO_LENGTH)
        return _compare(server.exact(text), test.operator, value)
    number = sa.case((_compare(column, test.operator, sa.literal(value)), 1), else_=0)
    text = sa.case((_compare(server.exact(column), test.operator, str(test.value)), 1), else_=0)
    return server.by_type(column, text if test.operator in {"=", "!="} else None, number) == 1


def _numeric(value: str | float | None, kind: Any) -> str | float | None:
    """A text as the number it is, where the column is declared to hold numbers."""
    if isinstance(value, str) and isinstance(kind, (sa.Integer, sa.Numeric, sa.Float)):
        with suppress(ValueError):
            return int(value) if value.strip().lstrip("-").isdigit() else float(value)
    return value


def _number(test: Test, kind: Any) -> Expression:
    """A number, or a text that is one."""
    value = _numeric(test.value, kind)
    if isinstance(value, str):
        if value.lower() not in {"true", "false"}:
            raise _unfit(test, "a column of numbers is compared with a text")
        value = value.lower() == "true"
    return sa.literal(value, sa.Float() if isinstance(value, float) else sa.BigInteger())


def _moment(test: Test) -> datetime:
    try:
        return datetime.fromisoformat(str(test.value)).replace(tzinfo=None)
    except ValueError:
        raise _unfit(test, "a column of dates is compared with something else: write the day as YYYY-MM-DD") from None


def _truth(test: Test) -> bool:
    word = str(test.value).lower()
    if word in TRUE | FALSE:
        return word in TRUE
    raise _unfit(test, "a column of true and false is compared with something else")


def _unfit(test: Test, why: str) -> SourceError:
    return SourceError(
        SkipCode.ERROR, f"the test of {' > '.join(test.path)!r} cannot be made: {why}", hint="correct it"
    )
