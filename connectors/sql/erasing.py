"""What a plan asks a database before anything is removed: how many rows, which, in what words; it only reads."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.hanging import count_children
from piiscan.connectors.sql.keys import KeyForm, make_table, read_form, read_types
from piiscan.connectors.sql.structure import Structure, read_shapes
from piiscan.connectors.sql.taking import Scope, Taking
from piiscan.connectors.sql.wording import word
from piiscan.model.erasing import Reach

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from piiscan.connectors.sql.sessions import Sessions
    from piiscan.connectors.sql.writings import Writing
    from piiscan.model import Container
    from piiscan.model.erasing import Key, Shape, Target


class Erasing:
    """The rows of targets in one source, read in one snapshot a call. Raises SourceError; no exception carries a value."""

    def __init__(self, sessions: Sessions, source: str, batch_rows: int) -> None:
        self._sessions = sessions
        self._source = source
        self._batch_rows = batch_rows
        self._writings: dict[str, dict[tuple[str, ...], Writing]] = {}

    def shapes(self, containers: Sequence[Container]) -> Sequence[Shape]:
        """As `piiscan.ports.Eraser` says."""
        try:
            with self._sessions.open() as connection:
                return read_shapes(connection, self._sessions.server, self._source, containers)
        except Exception as error:  # noqa: BLE001  # drivers raise what they like, here and below
            failure = explain(error, self._sessions.server)
        raise failure

    def reach(self, target: Target) -> Reach:
        """As `piiscan.ports.Eraser` says. Of ``blocked`` are also rows whose key has an empty part."""
        try:
            with self._sessions.open() as connection:
                scope = self._scope(connection)
                taking = Taking(scope, target)
                due, rows = self._due(connection, taking)
                if due and taking.target.dependents:
                    taken = taking.taken()
                    rows = _count(connection, taking.rows.select(sa.literal(1)).where(taken))
                total = _count(connection, scope.rows(target).select(sa.literal(1)))
                structure = Structure(connection, self._sessions.server, self._source)
                children = count_children(scope, structure, taking) if rows else {}
                return Reach(rows, due - rows, total, children)
        except Exception as error:  # noqa: BLE001
            failure = explain(error, self._sessions.server, target.container.path)
        raise failure

    def _due(self, connection: sa.Connection, taking: Taking) -> tuple[int, int]:
        """Rows that are overdue, and those of them that have a whole key."""
        overdue = taking.overdue()
        found = taking.rows.select(sa.case((taking.form.filled(taking.own), 1), else_=0).label("named")).where(overdue)
        named = found.subquery()
        due, rows = connection.execute(sa.select(sa.func.count(), sa.func.sum(named.c.named))).one()
        return int(due), int(rows or 0)

    def keys(self, target: Target) -> Iterator[Sequence[Key]]:
        """As `piiscan.ports.Eraser` says; rows to which others of the same table refer come after all others."""
        try:
            with self._sessions.open() as connection:
                taking = Taking(self._scope(connection), target)
                order = [sa.case((taking.leads(), 1), else_=0)] if taking.own_references else []
                taken = taking.taken()  # first, for it registers the joins of the query
                query = taking.rows.select(*taking.form.fetched(taking.own)).where(taken)
                query = query.order_by(*order, *taking.form.columns(taking.own))
                self._sessions.server.stream(connection)
                with closing(self._stream(connection, query)) as portions:
                    for rows in portions:
                        yield [taking.form.check(tuple(row)) for row in rows]
        except Exception as error:  # noqa: BLE001
            failure = explain(error, self._sessions.server, target.container.path)
        else:
            return
        raise failure

    def _stream(self, connection: sa.Connection, query: sa.Select[Any]) -> Generator[Sequence[sa.Row[Any]]]:
        options = {"stream_results": True, "max_row_buffer": self._batch_rows}
        result = connection.execute(query, execution_options=options)
        try:
            while rows := result.fetchmany(self._batch_rows):
                yield rows
        except BaseException:
            self._sessions.server.abandon(connection, result)
            raise
        finally:
            result.close()

    def statement(self, target: Target) -> str:
        """As `piiscan.ports.Eraser` says; a value that a test compares with stands as ``:sealed``."""
        try:
            with self._sessions.open() as connection:
                return word(connection, self._sessions.server, target)
        except Exception as error:  # noqa: BLE001
            failure = explain(error, self._sessions.server, target.container.path)
        raise failure

    def remaining(self, target: Target, keys: Sequence[Key]) -> Sequence[int]:
        """As `piiscan.ports.Eraser` says."""
        try:
            with self._sessions.open() as connection:
                return find_remaining(self._scope(connection), target, keys)
        except Exception as error:  # noqa: BLE001
            failure = explain(error, self._sessions.server, target.container.path)
        raise failure

    def _scope(self, connection: sa.Connection) -> Scope:
        return Scope(connection, self._sessions.server, self._writings)


def find_remaining(scope: Scope, target: Target, keys: Sequence[Key]) -> list[int]:
    """Positions of the keys whose row is there, and (anonymize) not changed as planned."""
    form, table, query = select_remaining(scope, target)
    found = {
        tuple(row)
        for portion in form.portions(keys)
        for row in scope.connection.execute(query.where(form.among(table, portion)))
    }
    return [number for number, key in enumerate(keys) if tuple(key) in found]


def select_remaining(scope: Scope, target: Target) -> tuple[KeyForm, sa.FromClause, sa.Select[Any]]:
    """The form of a target's key, its table, and a query of the keys of rows on which something is left to do."""
    types = read_types(scope.connection, scope.server, target.container)
    form = read_form(scope.connection, scope.server, target.container, target.key, types)
    if target.action == "delete":
        table = make_table(target.container, types)
        return form, table, select_whole(target.container, table, form.fetched(table))
    rows = scope.rows(target)
    is_open = sa.case((rows.made(target.changes), 1), else_=0) == 0
    return form, rows.own, rows.select(*form.fetched(rows.own)).where(is_open)


def select_whole(container: Container, table: sa.FromClause, what: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """A query of a table, with the hint that its name needs."""
    query, hint = sa.select(*what).select_from(table), container.locator[2]
    return query.with_hint(table, hint) if hint else query


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0)
