"""Which tables refer to which by foreign keys, as far as the listing of a source tells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.model import Container

Value = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Foreign:
    """Columns of a table that together say which row of a parent is meant: one of them alone may say so of many rows."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]

    def telling(self, wanted: Mapping[Value, object]) -> int:
        """The place of the column that tells the rows looked for apart best."""
        return max(range(len(self.columns)), key=lambda place: len({each[place] for each in wanted}))


def foreign_keys(tables: Mapping[str, Container]) -> dict[str, tuple[Foreign, ...]]:
    """By table its foreign keys to tables that are listed.

    A listing says of each column where it leads, not which belong together: columns that lead to different columns of one
    parent do, unless one leads to that parent's whole primary key, which says enough.
    """
    return {path: tuple(_foreign(table, tables)) for path, table in tables.items()}


def _foreign(table: Container, tables: Mapping[str, Container]) -> Iterator[Foreign]:
    leading: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for column in table.columns:
        parent, name = _parent(table, column.references, tables)
        if parent:
            leading[parent][name].append(column.name)
    for parent, by_name in leading.items():
        keys = [each.name for each in tables[parent].columns if each.primary_key]
        names = keys if len(keys) == 1 and keys[0] in by_name else sorted(by_name)
        for columns in product(*(by_name[name] for name in names)):
            yield Foreign(columns, parent, tuple(names))


def _parent(table: Container, references: str | None, tables: Mapping[str, Container]) -> tuple[str, str]:
    """The container and column a foreign key leads to; empty texts where it leads nowhere that is listed."""
    place, _, column = (references or "").rpartition(".")
    schema = table.path.rpartition(".")[0]
    path = next((each for each in (f"{schema}.{place}", place) if each in tables), "")
    return (path, column) if path else ("", "")
