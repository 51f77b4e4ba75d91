"""What is the same for every portion of a target's keys: the statements, and whether the database is still as planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.changes import becomes
from piiscan.connectors.sql.erasing import select_remaining, select_whole
from piiscan.connectors.sql.keys import make_table, read_types
from piiscan.connectors.sql.matching import UNTYPED
from piiscan.connectors.sql.paths import Place, Way
from piiscan.connectors.sql.structure import VIEW, Structure
from piiscan.connectors.sql.taking import Taking, effect, strict
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Expression
    from piiscan.connectors.sql.taking import Scope
    from piiscan.model.erasing import Reference, Target
    from piiscan.model.judging import Change

PLAN_AGAIN = "plan again: the database has changed"


class Preparation:
    """The statements for one target, built once; they need no connection of their own.

    Raises SourceError where the database is not as the plan knows it: a reference that the plan does not speak of could
    remove rows that nobody has reviewed.
    """

    def __init__(self, scope: Scope, target: Target, source: str) -> None:
        self.target = target
        self.structure = Structure(scope.connection, scope.server, source)
        self._refuse(scope, target)
        self.bonds = self.structure.bonds(target.container)
        self.types = read_types(scope.connection, scope.server, target.container)
        self.table = make_table(target.container, self.types)
        self.taking = Taking(scope, strict(target))
        self.form = self.taking.form
        self.remaining = select_remaining(scope, target)
        self.unpredictable = self._is_unpredictable(target)
        """Whether what the database does by itself cannot be counted beforehand: triggers, references to itself."""
        own = self.taking.own
        leads = sa.case((self.taking.leads(), 1), else_=0).label("leads")
        taken = self.taking.taken_but_own()
        self.standing = self.taking.rows.select(*self.form.fetched(own), leads).where(taken)
        """The keys of the rows that answer the target, and whether rows of the same table refer to them."""
        self.lock = scope.server.lock(
            select_whole(target.container, self.table, self.form.fetched(self.table)), self.table
        )
        """The keys of rows, locked."""
        self.statement = self._statement(scope)

    def _statement(self, scope: Scope) -> sa.Delete | sa.Update:
        hint = self.target.container.locator[2]
        statement: sa.Delete | sa.Update = sa.delete(self.table)
        if self.target.action == "anonymize":
            assignments = {self.table.c[each.column]: self._value(scope, each) for each in self.target.changes}
            statement = sa.update(self.table).values(assignments)
        return statement.with_hint(hint) if hint else statement

    def _value(self, scope: Scope, change: Change) -> Expression:
        """What a column becomes; a constant is bound without a type, so that the column's own decides."""
        if change.column not in self.types:
            raise _stale(self.target, f"its column {change.column!r} is gone")
        place = Place(self.table.schema, self.table.name, self.table, self.types)
        way = Way(place, self.table.c[change.column], self.types[change.column])
        value = becomes(scope.server, way, change)
        return sa.bindparam(None, value.value, type_=UNTYPED) if isinstance(value, sa.BindParameter) else value

    def _refuse(self, scope: Scope, target: Target) -> None:
        """Raises SourceError where rows could be touched that the plan does not know of, or none can be removed."""
        schema, name, _ = target.container.locator
        why = VIEW if target.container.kind == "view" else self.structure.ties.refuses(schema, name)
        if why:
            raise SourceError(SkipCode.UNSUPPORTED, why, container=target.container.path)
        leading = self.structure.references(target.container)
        changed = {change.column for change in target.changes}
        if target.action == "anonymize":
            bound = sorted(changed.intersection(column for each in leading for column in each.parent_columns))
            if bound:
                raise _stale(target, f"other tables refer to its column {bound[0]!r}, which the plan would change")
            return
        known = {_identity(each.reference) for each in target.dependents}
        for reference in leading:
            if _identity(reference) not in known:
                child = f"{reference.child.path}({', '.join(reference.columns)})"
                raise _stale(target, f"{child} refers to it ({reference.on_delete}), of which the plan does not know")
            hidden = scope.server.withholds(scope.connection, reference.child.locator[0], reference.child.locator[1])
            if hidden:
                raise SourceError(
                    SkipCode.NO_PERMISSION, f"{reference.child.path}: {hidden}", container=target.container.path
                )

    def _is_unpredictable(self, target: Target) -> bool:
        event = "delete" if target.action == "delete" else "update"
        schema, name, _ = target.container.locator
        if any(each.event == event for each in self.structure.ties.triggers(schema, name)):
            return True
        return target.action == "delete" and self._spreads(
            self.structure.references(target.container), (target.container.path,)
        )

    def _spreads(self, references: tuple[Reference, ...], chain: tuple[str, ...]) -> bool:
        """Whether triggers or circles lie where the database goes on by itself."""
        for reference in references:
            child = reference.child
            if effect(reference) == "refuse":
                continue
            if child.path in chain or self.structure.ties.triggers(child.locator[0], child.locator[1]):
                return True
            if effect(reference) == "cascade" and self._spreads(self.structure.references(child), (*chain, child.path)):
                return True
        return False


def _identity(reference: Reference) -> tuple[Any, ...]:
    return reference.child.path, reference.columns, reference.parent_columns, reference.on_delete


def _stale(target: Target, message: str) -> SourceError:
    return SourceError(SkipCode.ERROR, message, container=target.container.path, hint=PLAN_AGAIN)
