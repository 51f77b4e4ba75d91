"""The cells of rows that are known by their keys, with whose they are and when they were collected; it only reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from piiscan.connectors.sql.keys import read_form, read_types
from piiscan.connectors.sql.layout import read_layout
from piiscan.connectors.sql.rows import Rows
from piiscan.connectors.sql.seeking import exact_cell
from piiscan.errors import SourceError
from piiscan.model import SkipCode
from piiscan.model.judging import Among
from piiscan.model.seeking import Fetched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.connectors.sql.keys import KeyForm
    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.model import Container
    from piiscan.model.erasing import Key
    from piiscan.model.seeking import Fetch


def fetch_rows(
    connection: sa.Connection, server: Server, container: Container, wanted: Fetch
) -> Iterator[Sequence[Fetched]]:
    """The rows in the order of their keys, a portion of the keys at a time. Raises SourceError for a column that is gone."""
    types = read_types(connection, server, container)
    form = read_form(connection, server, container, wanted.among.columns, types)
    for keys in form.portions(wanted.among.keys):
        part = replace(wanted, among=Among(wanted.among.columns, tuple(keys)))
        days = _days(connection, server, container, form, part)
        yield [
            replace(days[key], cells=cells)
            for key, cells in _cells(connection, server, container, form, part)
            if key in days
        ]


def _cells(
    connection: sa.Connection, server: Server, container: Container, form: KeyForm, wanted: Fetch
) -> Iterator[tuple[Key, tuple[object, ...]]]:
    layout = read_layout(connection, server, container)
    cells = {cell.name: cell.expression for cell in layout.cells}
    if missing := [name for name in wanted.columns if name not in cells]:
        raise SourceError(
            SkipCode.VANISHED, f"its column {missing[0]!r} is gone", container=container.path, hint="scan again"
        )
    key: list[Expression] = [sa.column(name) for name in form.names]
    parts = [
        server.key_part(column, kind).label(f"k{n}")
        for n, (column, kind) in enumerate(zip(key, form.kinds, strict=True))
    ]
    types = read_types(connection, server, container) if wanted.exact else {}
    cells |= {name: exact_cell(server, name, types[name]) for name in wanted.exact if name in types}
    columns = [cells[name].label(f"c{number}") for number, name in enumerate(wanted.columns)]
    query = layout.select(*parts, *columns).where(form.match(key, wanted.among.keys)).order_by(*key)
    for row in connection.execute(query):
        yield tuple(row[: len(key)]), tuple(row[len(key) :])


def _days(
    connection: sa.Connection, server: Server, container: Container, form: KeyForm, wanted: Fetch
) -> dict[Key, Fetched]:
    """Owner and day of each row; of several clocks the first that dates it."""
    rows = Rows(connection, server, container, wanted.as_of, wanted.owner_column)
    clocks = [rows.days(clock) for clock in wanted.clocks]
    found = [days.value.label(f"d{number}") for number, days in enumerate(clocks)]
    owner = rows.owner().label("owner")
    query = rows.select(*form.fetched(rows.own), owner, *found).where(
        form.match(form.columns(rows.own), wanted.among.keys)
    )
    known: dict[Key, Fetched] = {}
    width = len(form.names)
    for row in connection.execute(query):
        days = (days.form.read(value) for days, value in zip(clocks, row[width + 1 :], strict=True))
        known[tuple(row[:width])] = Fetched((), row[width], next((day for day in days if day), None))
    return known
