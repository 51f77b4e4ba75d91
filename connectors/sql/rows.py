"""The rows of a table, joined as far as what is asked of them leads, and how each stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.changes import made
from piiscan.connectors.sql.comparing import compare, cutoff
from piiscan.connectors.sql.days import Days, read_days
from piiscan.connectors.sql.order import find_deciding, find_status
from piiscan.connectors.sql.paths import Ways
from piiscan.connectors.sql.writings import Writing, read_writings
from piiscan.model import Clock
from piiscan.model.judging import Term

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.connectors.sql.paths import Way
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container
    from piiscan.model.judging import Among, Change, Ended, Judgment, Test

_ALTERNATIVES: Final = 200
_TEXTS: Final = (sa.String, sa.Text, sa.VARCHAR, sa.TEXT)


class Rows:
    """The rows of a table, joined as far as what is asked of them leads; one query of them is made by `select`.

    Each method registers the joins it needs and raises SourceError for a column or table that does not exist.
    ``writings`` may be shared by several instances of one source: how columns write days is then asked once.
    """

    def __init__(
        self,
        connection: sa.Connection,
        server: Server,
        container: Container,
        as_of: date,
        owner_column: str | None = None,
        writings: dict[tuple[str, ...], Writing] | None = None,
    ) -> None:
        self._connection = connection
        self.server = server
        self._container = container
        self._as_of = as_of
        self._owner_column = owner_column
        self._writings: dict[tuple[str, ...], Writing] = {} if writings is None else writings
        self._ways = Ways(connection, server, container)

    @property
    def own(self) -> sa.FromClause:
        """The table itself, aliased, for its key columns."""
        return self._ways.own

    def select(self, *what: Expression) -> sa.Select[Any]:
        """A query of the rows over all joins registered so far."""
        return self._ways.select(*what)

    def column(self, name: str) -> Expression:
        """A column of the table itself."""
        return self._ways.find((name,), "what is asked").column

    def status(self, judgment: Judgment) -> Expression:
        """How a row stands, as in `piiscan.model.judging.RowStatus`; NULL where the judgment does not speak of it."""
        return find_status(self, judgment)

    def overdue(self, judgment: Judgment) -> Expression:
        """Whether a row is overdue; unknown where it stands in no way. An index on the dates, or the key, serves it."""
        bounds = [self._bound(judgment.due), None if judgment.among is None else self.among(judgment.among)]
        return sa.and_(*(each for each in bounds if each is not None), self.status(judgment) == "overdue")

    def _bound(self, term: Term) -> Expression | None:
        """What is true of every row whose time is over, in comparisons of columns alone; None where that says nothing."""
        parts = [self._bound(part) if isinstance(part, Term) else self._before(part) for part in term.parts]
        known = [part for part in parts if part is not None]
        if not known or (term.combine == "earlier" and len(known) < len(parts)):
            return None
        return sa.and_(*known) if term.combine == "later" else sa.or_(*known)

    def _before(self, part: Ended) -> Expression | None:
        return None if part.clock is None else self.days(part.clock).before(part.last)

    def deciding(self, judgment: Judgment) -> Expression:
        """The id of the hold, cover or keep that decided; NULL where none did."""
        return find_deciding(self, judgment)

    # -- what `order` asks of a row --

    def ended(self, part: Ended) -> Expression:
        """Whether a row's day of an event is the last of its time or earlier; unknown without a day."""
        if part.clock is None:
            return sa.cast(sa.null(), sa.Integer()) == 1
        return self.days(part.clock).until(part.last)

    def fits(self, alternatives: Sequence[Sequence[Test]]) -> Expression:
        """Whether every test of one of the alternatives is true."""
        listed, others = self._listed(alternatives)
        parts = listed + [sa.and_(sa.true(), *(self._test(test) for test in tests)) for tests in others]
        if len(parts) > _ALTERNATIVES:  # a chain of OR is a deep tree to SQLite, which takes 1,000 levels
            chunks = (sa.or_(*parts[start : start + _ALTERNATIVES]) for start in range(0, len(parts), _ALTERNATIVES))
            parts = [sa.case((chunk, 1), else_=0) == 1 for chunk in chunks]
        return sa.or_(sa.false(), *parts)

    def _listed(self, alternatives: Sequence[Sequence[Test]]) -> tuple[list[Expression], list[Sequence[Test]]]:
        """Alternatives that ask for one value of a column, as a list of values a column; and the others."""
        values: dict[str, list[str | float | None]] = defaultdict(list)
        for tests in alternatives:
            if len(tests) == 1 and tests[0].operator == "=" and len(tests[0].path) == 1:
                values[tests[0].path[0]].append(tests[0].value)
        parts: list[Expression] = []
        listed: set[str] = set()
        for name, several in ((name, several) for name, several in values.items() if len(several) > 1):
            way = self._ways.find((name,), "a test of an exception or request")
            kind = self.server.base(way.kind)
            if isinstance(kind, sa.Integer) and all(type(each) is int for each in several):
                parts.append(way.column.in_([sa.literal(each, sa.BigInteger()) for each in several]))
            elif type(kind) in _TEXTS and all(isinstance(each, str) for each in several):
                parts.append(self.server.exact(way.column).in_([sa.literal(each, sa.String()) for each in several]))
            else:
                continue
            listed.add(name)
        return parts, [
            tests
            for tests in alternatives
            if len(tests) != 1 or tests[0].operator != "=" or tests[0].path[0] not in listed or len(tests[0].path) > 1
        ]

    def among(self, among: Among) -> Expression:
        """Whether a row's key is one of these."""
        schema, name, _ = self._container.locator
        match = self.server.set_matcher(self._connection, schema or None, name, among.columns)
        return match([self.own.c[column] for column in among.columns], among.keys)

    def made(self, changes: Sequence[Change]) -> Expression:
        """Whether every change is made already."""
        return sa.and_(
            *(made(self.server, self._ways.find((change.column,), "what is asked"), change) for change in changes)
        )

    def owner(self) -> Expression:
        """The client's id as a constant of ours, ``?`` for any other value, NULL without an owner column."""
        return self.name_owner(self.owner_number())

    def owner_number(self) -> Expression:
        """The place of the client's id among the known ones in order, -1 for any other value, NULL without an owner column."""
        if self._owner_column is None:
            return sa.cast(sa.null(), sa.Integer())
        way = self._ways.find(tuple(step.strip() for step in self._owner_column.split(" > ")), "[sources.*.owners]")
        text = self.server.exact(sa.cast(self._ways.value(way, way.column, "owner"), sa.String(255)))
        cases = [(text == client, sa.literal(number)) for number, client in enumerate(sorted(self.server.plan.clients))]
        return sa.case(*cases, else_=-1) if cases else sa.cast(sa.literal(-1), sa.Integer())

    def name_owner(self, number: Expression) -> Expression:
        """What `owner` says, of what `owner_number` said."""
        cases = [(number == place, sa.literal(client)) for place, client in enumerate(sorted(self.server.plan.clients))]
        return sa.case(*cases, (number.is_not(None), sa.literal("?")))

    def days(self, clock: Clock) -> Days:
        """The days of a clock."""
        way = self._ways.find(clock.path, f"the clock {clock.event!r}")
        days = read_days(self.server, way.column, way.kind, self._writing(clock.path, way), self._as_of)
        return days if way.link is None else Days(self._ways.value(way, days.value, "day"), days.form)

    def _writing(self, path: tuple[str, ...], way: Way) -> Writing:
        if path not in self._writings:
            (self._writings[path],) = read_writings(self._connection, self.server, self._ways, [way], self._as_of)
        return self._writings[path]

    def _test(self, test: Test) -> Expression:
        if test.operator in {"after", "no day"}:
            days = self.days(Clock("day of a test", test.path))
            return days.value.is_(None) if test.operator == "no day" else days.after(cutoff(test))
        way = self._ways.find(test.path, "a test of an exception or request")
        is_true = compare(self.server, way, test)
        if way.link is None:
            return is_true
        # Of several rows of a parent one is enough; without any the column is null.
        found = self._ways.value(way, sa.case((is_true, 1), else_=0), test)
        return sa.func.coalesce(found, int(test.operator == "null")) == 1
