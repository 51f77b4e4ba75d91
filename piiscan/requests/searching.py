"""Finding the rows of a person in one source: by the columns that hold what is given, then along foreign keys."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from piiscan.errors import SourceError
from piiscan.model import Skip, SkipCode
from piiscan.model.judging import Among
from piiscan.model.seeking import Fetch, Search
from piiscan.requests.bonds import Bonds, Links, form
from piiscan.requests.identity import BROAD, UNIQUE
from piiscan.requests.located import Located, Place, Row
from piiscan.requests.persons import DECISIVE, Person
from piiscan.retention.spellings import is_day, is_name, is_number, rare_spellings, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from piiscan.inventory import HoldingRecord
    from piiscan.model import Container, ForeignKey
    from piiscan.model.seeking import Values
    from piiscan.ports import Seeker
    from piiscan.requests.persons import Judged
    from piiscan.requests.private import Matched

LISTED: Final = frozenset({"listed"})
"""What matched in a row that was found otherwise than by data points."""
_PORTION: Final = 500
_FEW: Final = 4
"""Rows that may refer to one for it to be some persons' own."""
_MOST_ABOVE: Final = 50
"""Rows of one table looked at, because the person's refer to them."""
_TOGETHER: Final = 100
"""Keys of several columns looked for in one statement."""


class Searching:
    """One source that can be asked where its rows are."""

    def __init__(
        self,
        seeker: Seeker,
        containers: Sequence[Container],
        holdings: Sequence[HoldingRecord],
        subject: Mapping[str, str],
        located: Located,
        *,
        explain: bool = False,
    ) -> None:
        self._seeker, self._subject, self._located, self._explain = seeker, subject, located, explain
        self._person = Person(subject)
        self._tables = {each.path: each for each in containers if not each.member}
        self._columns: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for held in holdings:
            if held.column is not None and "text" not in held.evidence and not held.member:
                known = self._columns[held.container].get(held.data_type, ())
                self._columns[held.container][held.data_type] = (*known, held.column)
        self._places: dict[str, Place] = {}
        self._bonds = Bonds(self._tables)

    def run(self) -> None:
        """Adds what was found to ``located``; what a source refuses becomes a Skip."""
        values: Links = {}
        for _, table in sorted(self._tables.items()):
            if searched := self._searched(table):
                for any_of, as_written in self._split(table, searched):
                    self._guard(table, partial(self._direct, table, any_of, values, as_written=as_written))
        while values:
            values = self._follow(values)
        values = self._look_above()
        while values:
            values = self._follow(values)
        self._located.places += [each for each in self._places.values() if each.rows or each.near]

    def follow(self, rows: Sequence[Matched], closed: Collection[str] = ()) -> None:
        """Adds to ``located`` the rows that refer to rows which were found otherwise, such as by a list of hashes.

        None of tables that are ``closed``.
        """
        values: Links = {}
        for each in rows:
            table = self._tables.get(each.container)
            if table is not None and each.keys and self._bonds.referred(table.path):
                self._guard(table, partial(self._begin, table, each, values))
        while values:
            values = self._follow(values, closed)
        self._located.places += [each for each in self._places.values() if each.rows]

    def _begin(self, table: Container, found: Matched, values: Links) -> None:
        """Keeps what of these rows others refer to."""
        names = self._bonds.columns_of(table.path)
        among = Among(found.key, tuple(map(tuple, found.keys)))
        for portion in self._seeker.fetch(table, Fetch(names, among, (), None, date.max)):
            for row in portion:
                self._bonds.remember(values, table, dict(zip(names, row.cells, strict=True)), LISTED)

    def _searched(self, table: Container) -> dict[str, Values]:
        """Column -> spellings, for the columns by which rows can be looked for."""
        types = {each.name: each.sql_type for each in table.columns}
        found: dict[str, Values] = {}
        for name, value in self._subject.items():
            if is_name(name) or name in BROAD:
                continue
            for column in self._columns[table.path].get(name, ()):
                if column in types and (forms := spellings(name, value, types[column])):
                    texts = not (is_number(types[column]) or is_day(types[column]))
                    more = rare_spellings(name, value) if texts else ()
                    found[column] = tuple(dict.fromkeys((*found.get(column, ()), *forms, *more)))
        return found

    def _split(self, table: Container, searched: Mapping[str, Values]) -> Iterator[tuple[dict[str, Values], bool]]:
        """The columns with an index in one search, each way of case as a value; the others in one that reads all rows."""
        try:
            indexed = self._seeker.indexed(table)
        except SourceError as error:
            self._located.skips.append(error.skip(table.source, container=table.path))
            return
        quick = {name: _cases(values) for name, values in searched.items() if name in indexed}
        slow = {name: values for name, values in searched.items() if name not in indexed}
        self._located.unindexed += [(table.source, table.path, name) for name in sorted(slow)]
        yield from ((part, as_written) for part, as_written in ((quick, True), (slow, False)) if part)

    def _guard(self, table: Container, work: Callable[[], None]) -> None:
        try:
            work()
        except SourceError as error:
            self._located.skips.append(error.skip(table.source, container=table.path))

    def _direct(
        self,
        table: Container,
        any_of: Mapping[str, Values],
        values: Links,
        *,
        as_written: bool,
    ) -> None:
        """Judges the rows that the values lead to."""
        place = self._place(table)
        for row in self._rows(
            table, Search(self._wanted(table), any_of, as_written=as_written, exact=self._exact(table))
        ):
            cells = self._cells(table, row)
            judged = self._person.judge(cells)
            key = tuple(row.get(name) for name in place.key) or (len(place.rows) + len(place.near),)
            if self._located.add(place, key, judged, cells):
                place.tell(row, (*self._telling(table), *any_of))
                self._bonds.note(table.path, row)
                self._bonds.remember(values, table, row, judged.matched)

    def _follow(self, values: Links, closed: Collection[str] = ()) -> Links:
        """The rows that refer to rows found before, and what of them others may refer to; nothing is followed twice."""
        further: Links = {}
        for child, key in self._bonds.keys:
            wanted = {} if child in closed else values.get((key.parent, key.parent_columns), {})
            if wanted:
                self._guard(self._tables[child], partial(self._refer, self._tables[child], key, wanted, further))
        return further

    def _refer(
        self,
        table: Container,
        key: ForeignKey,
        wanted: Mapping[tuple[object, ...], frozenset[str]],
        further: Links,
    ) -> None:
        if self._seeker.indexed(table).isdisjoint(key.columns):
            self._located.unindexed.append((table.source, table.path, key.columns[0]))
        for search in self._searches(table, key.columns, [*wanted]):
            for row in self._rows(table, search):
                found = wanted.get(tuple(row[name] for name in key.columns), frozenset())
                self._take(table, key, row, found, further)

    def _searches(self, table: Container, columns: tuple[str, ...], keys: Sequence[Row]) -> Iterator[Search]:
        """Statements that find all rows in which these columns hold one of the keys, as a whole."""
        cells, exact = self._wanted(table, *columns), self._exact(table, *columns)
        size = _PORTION if len(columns) == 1 else _TOGETHER
        for start in range(0, len(keys), size):
            forms = tuple(tuple(map(form, key)) for key in keys[start : start + size])
            if len(columns) == 1:
                yield Search(cells, {columns[0]: tuple(value for (value,) in forms)}, exact=exact)
            else:
                yield Search(cells, {}, together=Among(columns, forms), exact=exact)

    def _take(
        self, table: Container, link: ForeignKey, row: Mapping[str, object], found: frozenset[str], further: Links
    ) -> None:
        """Keeps a row that refers to one of the person's; one that is about somebody else is near."""
        place, cells = self._place(table), self._cells(table, row)
        judged = self._person.judge(cells)
        key = tuple(row.get(name) for name in place.key) or (len(place.rows) + len(place.near),)
        known = key in place.rows or self._located.accepts(place, key, cells)
        if not known and self._is_another(table, link, judged, cells):
            place.near += [(key, judged, cells)] if all(key != each[0] for each in place.near) else []
            return
        matched = found | judged.matched
        place.near = [each for each in place.near if each[0] != key]
        if key not in place.rows:
            place.followed += 1
        elif place.rows[key] >= matched:
            return
        place.rows[key] = matched | place.rows.get(key, frozenset())
        place.tell(row, (*self._telling(table), *link.columns))
        self._bonds.note(table.path, row)
        self._bonds.remember(further, table, row, matched)

    def _look_above(self) -> Links:
        """Rows to which the person's refer and few others do, such as an account with two holders: near; and what follows of those accepted."""
        accepted: Links = {}
        for child, key, values in list(self._bonds.above()):
            table = self._tables[key.parent]
            if self._columns.get(key.parent) or any(
                self._columns.get(other) for other, each in self._bonds.keys if each.parent == key.parent
            ):
                self._guard(table, partial(self._above, self._tables[child], key, values, accepted))
        return accepted

    def _above(self, child: Container, key: ForeignKey, values: Sequence[Row], accepted: Links) -> None:
        table = self._tables[key.parent]
        place, left = self._place(table), _MOST_ABOVE
        for search in self._searches(table, key.parent_columns, values):
            for row in self._rows(table, search):
                name, cells = tuple(row.get(each) for each in place.key), self._cells(table, row)
                judged = self._person.judge(cells)
                if not name or name in place.rows or any(name == each[0] for each in place.near):
                    continue
                if self._differs(judged) or not left:
                    continue
                left -= 1
                if self._is_shared(child, key, tuple(row[each] for each in key.parent_columns)):
                    continue
                if self._located.accepts(place, name, cells):
                    place.rows[name] = judged.matched
                    place.tell(row, (*self._telling(table), *key.parent_columns))
                    self._bonds.remember(accepted, table, row, judged.matched)
                else:
                    place.near.append((name, judged, cells))
        if not left:
            reason = f"the person's rows refer to {_MOST_ABOVE:,} rows and more of it: not all of them were looked at"
            self._located.skips.append(Skip(table.source, table.path, SkipCode.LIMIT, reason))

    def _is_shared(self, child: Container, key: ForeignKey, value: Row) -> bool:
        """Whether so many rows refer to one that it is nobody's: a creditor, a branch, a clerk."""
        (search,) = self._searches(child, key.columns, [value])
        few = replace(search, columns=key.columns, most=_FEW + 1)
        return sum(len(portion) for portion in self._seeker.seek(child, few)) > _FEW

    def _is_another(
        self, table: Container, link: ForeignKey, judged: Judged, cells: Mapping[str, Sequence[str]]
    ) -> bool:
        """Whether a row that refers to the person is about somebody else: a spouse who signed along, a friend she brought.

        By what was given; by what the person's own rows say; and in the person's own table, by bearing anything of one person.
        """
        personal = any(values and (is_name(name) or name in UNIQUE | DECISIVE) for name, values in cells.items())
        own_table = personal and link.parent == table.path and judged.verdict != "same"
        return self._differs(judged) or own_table

    def _differs(self, judged: Judged) -> bool:
        """Whether a row says something decisive that was not given, or that no row of the person's says."""
        told = self._located.apart
        apart = (all(values.isdisjoint(own) for own in told[name]) for name, values in judged.apart if told.get(name))
        return bool(judged.against) or any(apart)

    def _telling(self, table: Container) -> Iterator[str]:
        """The columns that say whose a row is, beside those by which it was found."""
        for name, columns in self._columns[table.path].items():
            if is_name(name) or name in UNIQUE | DECISIVE:
                yield from columns

    def _cells(self, table: Container, row: Mapping[str, object]) -> dict[str, list[str]]:
        """The values of a row by the data type of their columns."""
        return {
            name: [str(row[column]) for column in columns if row.get(column) is not None]
            for name, columns in self._columns[table.path].items()
        }

    def _rows(self, table: Container, search: Search) -> Iterator[dict[str, object]]:
        if self._explain:
            said = self._seeker.search_statement(table, search)
            self._located.statements.append((table.source, table.path, said))
        number = 0
        for portion in self._seeker.seek(table, search):
            number += len(portion)
            yield from (dict(zip(search.columns, row, strict=True)) for row in portion)
        if number >= search.most:
            reason = f"{number:,} rows share one of the values: not all of them were looked at"
            self._located.skips.append(Skip(table.source, table.path, SkipCode.LIMIT, reason))

    def _wanted(self, table: Container, *more: str) -> tuple[str, ...]:
        """The cells to fetch: the key, what others refer to, what holds a type, and ``more``."""
        known = {each.name for each in table.columns}
        held = (column for columns in self._columns[table.path].values() for column in columns)
        names = (*self._exact(table, *more), *held)
        return tuple(dict.fromkeys(name for name in names if name in known))

    def _exact(self, table: Container, *more: str) -> frozenset[str]:
        """The columns by whose values rows are found again."""
        bonds = (*self._bonds.columns_of(table.path), *self._bonds.own(table.path))
        return frozenset((*self._place(table).key, *bonds, *more))

    def _place(self, table: Container) -> Place:
        if table.path not in self._places:
            key = tuple(each.name for each in table.columns if each.primary_key)
            self._places[table.path] = Place(table.source, table.path, key)
        return self._places[table.path]


def _cases(values: Values) -> Values:
    """Each text as it is, in small and in capital letters, and with capitals at the beginnings of words."""
    found: list[str | int | bytes] = []
    for value in values:
        found += [value] if not isinstance(value, str) else [value, value.lower(), value.upper(), value.title()]
    return tuple(dict.fromkeys(found))
