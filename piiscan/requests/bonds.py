"""What refers to a person's rows by foreign keys, and how far it was followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import ForeignKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.model import Container

Link = tuple[str, tuple[str, ...]]
"""A container, and the columns of it that others refer to."""
Links = dict[Link, dict[tuple[object, ...], frozenset[str]]]
"""What others refer to -> its values in a row -> the data points that matched in that row. Private."""


class Bonds:
    """The foreign keys between the tables of one source, and the values along which they were followed."""

    def __init__(self, tables: Mapping[str, Container]) -> None:
        self.keys = tuple(_bonds(tables))
        """Each key with its child's path."""
        self._followed: Links = {}
        self._above: dict[tuple[str, ForeignKey], set[tuple[object, ...]]] = {}

    def own(self, path: str) -> tuple[str, ...]:
        """The columns by which a table's rows refer to others."""
        return tuple(sorted({name for child, key in self.keys if child == path for name in key.columns}))

    def note(self, path: str, row: Mapping[str, object]) -> None:
        """Remembers what a row that is the person's refers to."""
        for child, key in self.keys:
            value = tuple(row.get(name) for name in key.columns)
            if child == path and key.parent != path and None not in value:
                self._above.setdefault((child, key), set()).add(value)

    def above(self) -> Iterator[tuple[str, ForeignKey, list[tuple[object, ...]]]]:
        """What the person's rows refer to, by foreign key."""
        for (child, key), values in sorted(self._above.items(), key=str):
            yield child, key, sorted(values, key=str)

    def referred(self, path: str) -> list[tuple[str, ...]]:
        """The columns of a table to which others refer, by what they refer to together."""
        return sorted({key.parent_columns for _, key in self.keys if key.parent == path})

    def columns_of(self, path: str) -> tuple[str, ...]:
        """The same, one by one."""
        return tuple(sorted({name for columns in self.referred(path) for name in columns}))

    def remember(self, links: Links, table: Container, row: Mapping[str, object], matched: frozenset[str]) -> None:
        """Adds to ``links`` what others refer to in a row, unless it was followed with as many points already."""
        for columns in self.referred(table.path):
            link, value = (table.path, columns), tuple(row.get(name) for name in columns)
            if None in value:
                continue
            known = self._followed.setdefault(link, {})
            if value not in known or not known[value] >= matched:
                known[value] = known.get(value, frozenset()) | matched
                links.setdefault(link, {})[value] = known[value]


def _bonds(tables: Mapping[str, Container]) -> Iterator[tuple[str, ForeignKey]]:
    """Names as a key declares them may differ in case from the table's own: they are put into the table's."""
    folded = {path.casefold(): path for path in tables}
    for path, table in sorted(tables.items()):
        for key in table.foreign_keys:
            parent = key.parent if key.parent in tables else folded.get(key.parent.casefold(), "")
            if parent:
                names = {each.name.casefold(): each.name for each in tables[parent].columns}
                others = tuple(names.get(each.casefold(), each) for each in key.parent_columns)
                yield path, ForeignKey(key.columns, parent, others)


def form(value: object) -> int | str | bytes:
    """A value as a statement can be given it."""
    return value if isinstance(value, int | bytes) else str(value)
