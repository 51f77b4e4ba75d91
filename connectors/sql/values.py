"""What differs between databases about values: texts, how they compare, and how days are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from piiscan.connectors.sql.server import Expression

SHAPE: Final = {"#": "[0-9]", "A": "[A-Za-z]", ".": "[.]"}


class Values:
    """Plain SQL; a database's own class overrides what it does otherwise."""

    # -- texts ----------------------------------------------------------------------------------------------------------

    def head(self, value: Expression, length: int) -> Expression:
        """The first characters or bytes of a value."""
        return sa.func.substr(value, 1, length)

    def text(self, value: Expression) -> Expression:
        """A value as the database itself writes it."""
        return sa.cast(value, sa.Text())

    def exact(self, text: Expression) -> Expression:
        """A text that equals another only if every character does, whatever the column's collation."""
        return text

    def folded(self, text: Expression) -> Expression:
        """A text that equals another but for the case of letters."""
        return self.exact(sa.func.lower(text))

    # -- types, and how their values write days -------------------------------------------------------------------------

    def base(self, kind: TypeEngine[Any]) -> TypeEngine[Any]:
        """What a type is made of."""
        return kind

    def style(self, kind: TypeEngine[Any]) -> Literal["native", "number", "text", "each"]:
        """How values of a type may write days; ``each``: every value has a type of its own."""
        base = self.base(kind)
        if isinstance(base, (sa.Date, sa.DateTime)):
            return "native"
        return "number" if isinstance(base, (sa.Integer, sa.Numeric, sa.Float)) else "text"

    def is_real(self, _column: Expression) -> Expression | None:
        """Whether a value of a type of dates is a day of the calendar; None where the type sees to it."""
        return None

    def plain(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """A column's values as texts that can be compared with a text of ours."""
        base = self.base(kind)
        return column if isinstance(base, sa.String) and not isinstance(base, sa.Enum) else self.text(column)

    def looks(self, text: Expression, shape: str) -> Expression:
        """Whether a text begins with a shape (``#`` a digit, ``A`` a letter), and ends there or goes on with a time.

        The marks come first: they tell most texts apart at a tenth of the cost.
        """
        marks = text.like(re.sub("[#A]", "_", shape) + "%")
        return sa.and_(marks, text.regexp_match(f"^{regular(shape)}([ T]|$)"))

    def part(self, text: Expression, start: int, length: int) -> Expression:
        """Some characters of a text, as text."""
        return sa.func.substr(text, start, length, type_=sa.String())

    def iso_day(self, value: Expression) -> Expression:
        """The day of a value of a type of dates, as ISO text."""
        return self.text(sa.cast(value, sa.Date()))

    def new_year(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """The first of January of the year of a value of a type of dates."""
        return sa.cast(sa.func.date_trunc("year", column), kind)

    def by_type(self, _column: Expression, _text: Expression | None, _number: Expression | None) -> Expression:
        """What a value is worth by its own type, where values have one each."""
        raise NotImplementedError

    def iso_of(self, days: Expression) -> Expression:
        """The ISO day of a number of days since 1970-01-01."""
        return self.text(sa.cast(sa.literal("1970-01-01"), sa.Date()) + sa.cast(days, sa.Integer()))


def regular(shape: str) -> str:
    """A shape as a regular expression that every database reads alike."""
    return re.sub("#+|A+|[.]", lambda run: SHAPE[run[0][0]] + (f"{{{len(run[0])}}}" if run[0] != "." else ""), shape)
