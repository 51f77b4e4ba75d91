"""The rows a target takes, as a condition in SQL: overdue, no earlier step's, and nothing that stays refers to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from piiscan.connectors.sql.keys import KeyForm, make_table, read_form, read_types
from piiscan.connectors.sql.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.connectors.sql.server import Expression, Server
    from piiscan.connectors.sql.writings import Writing
    from piiscan.model.erasing import Dependent, OnDelete, Reference, Target


@dataclass(slots=True)
class Scope:
    """One connection, and what was learnt through it and others before: by container, how columns write days."""

    connection: sa.Connection
    server: Server
    writings: dict[str, dict[tuple[str, ...], Writing]] = field(default_factory=dict)

    @property
    def joins(self) -> bool:
        """Whether the database makes a join of a condition that a row refers."""
        return self.server.joins_exists

    def finds(self, reference: Reference) -> bool:
        """Whether it finds the rows that refer to one by an index."""
        schema, name, _ = reference.child.locator
        return not self.joins and self.server.is_indexed(self.connection, schema or None, name, reference.columns[0])

    def rows(self, target: Target) -> Rows:
        """The rows of a target's container."""
        known = self.writings.setdefault(target.container.path, {})
        return Rows(self.connection, self.server, target.container, target.as_of, target.owner_column, known)


class Taking:
    """The rows of one target, by conditions of SQL.

    A reference of a table to itself is followed for one step: a row is kept back by a row that refers to it, unless that one
    is taken too and nothing refers to it in turn. What is deeper goes with the next plan.
    """

    def __init__(self, scope: Scope, target: Target, rows: Rows | None = None) -> None:
        self.target = target
        self.rows = rows or scope.rows(target)
        self._scope = scope
        types = read_types(scope.connection, scope.server, target.container)
        self.form: KeyForm = read_form(scope.connection, scope.server, target.container, target.key, types)
        self.own = self.rows.own
        self.own_references = [
            each.reference
            for each in target.dependents
            if self._is_own(each) and holds(each) and target.action == "delete"
        ]
        """By which rows of the table can keep each other back."""

    def overdue(self) -> Expression:
        """Whether a row is overdue and no earlier step's; unknown where it stands in no way."""
        earlier = [self.rows.status(judgment) == "overdue" for judgment in self.target.before]
        is_due = self.rows.overdue(self.target.judgment)
        return sa.and_(is_due, *(sa.not_(sure(each)) for each in earlier))

    def kept(self) -> list[Expression]:
        """What keeps a row back: rows of other tables that stay, then rows of its own."""
        return [*self._kept_by_others(), *(self._kept_by_own(reference) for reference in self.own_references)]

    def taken(self) -> Expression:
        """Whether a row is taken; unknown where it stands in no way."""
        return sa.and_(self.overdue(), self.form.filled(self.own), *(sa.not_(each) for each in self.kept()))

    def taken_but_own(self) -> Expression:
        """The same, whatever rows of the same table refer to it."""
        others = self._kept_by_others()
        return sa.and_(self.overdue(), self.form.filled(self.own), *(sa.not_(each) for each in others))

    def leads(self, table: sa.FromClause | None = None) -> Expression:
        """Whether another row of the same table refers to a row, by a reference that would remove it or refuse."""
        above = self.own if table is None else table
        found: list[Expression] = [sa.false()]
        for reference in self.own_references:
            below = self._table(reference)
            found.append(
                sa.exists(sa.literal(1))
                .where(refers(below, above, reference), self.apart(below, above, reference))
                .correlate(above)
            )
        return sa.or_(*found)

    def apart(self, one: sa.FromClause, other: sa.FromClause, reference: Reference) -> Expression:
        """Whether two rows of the table are not one and the same; always, where that one could not be deleted either."""
        if effect(reference) == "refuse" and not self._scope.server.deletes_loops:
            return sa.true()
        return sa.or_(*(one.c[name] != other.c[name] for name in self.form.names))

    def _table(self, reference: Reference) -> sa.FromClause:
        """The table once more, as far as its key and a reference go."""
        names = dict.fromkeys((*self.form.names, *reference.columns, *reference.parent_columns))
        return make_table(self.target.container, names).alias()

    def _is_own(self, dependent: Dependent) -> bool:
        return dependent.reference.child.key == self.target.container.key

    def _kept_by_others(self) -> list[Expression]:
        others = [each for each in self.target.dependents if not self._is_own(each)]
        return [found for each in others for found in self._kept_by(each)]

    def _kept_by(self, dependent: Dependent) -> list[Expression]:
        """Whether a row of another table keeps a row back; nothing where none can."""
        reference, takers = dependent.reference, list(deleting(dependent))
        if effect(reference) not in {"refuse", "cascade"} or self.target.action != "delete":
            return []
        if dependent.released and not (takers and effect(reference) == "cascade"):
            return []
        if not takers:
            child = make_table(reference.child, reference.columns).alias()
            return [self._referred(child, reference, by_index=self._scope.finds(reference))]
        rows = self._scope.rows(takers[0])
        taking = [Taking(self._scope, each, rows) for each in takers]
        if dependent.released:  # the database takes the child's rows along, unless something keeps those
            stays: list[Expression] = [sa.or_(sa.false(), *taking[0].kept())]
        else:
            stays = [sa.not_(sure(each.taken())) for each in taking]
        return [self._stays(rows, reference, stays, own=False)]

    def _kept_by_own(self, reference: Reference) -> Expression:
        """Whether a row of the same table refers to a row and stays, or leads itself."""
        below = Taking(self._scope, replace(self.target, dependents=self._dependents_below()))
        others = [
            Taking(self._scope, taker, below.rows)
            for each in self.target.dependents
            if each.reference == reference
            for taker in deleting(each)
            if taker.judgment != self.target.judgment
        ]
        goes = sa.or_(sa.and_(below.taken_but_own(), sa.not_(below.leads())), *(each.taken() for each in others))
        return self._stays(below.rows, reference, [sa.not_(sure(goes))], own=True)

    def _dependents_below(self) -> tuple[Dependent, ...]:
        """The same dependents, such that a copy of this target does not look for takers in its own table."""
        return tuple(
            replace(each, target=None, also=()) if self._is_own(each) else each for each in self.target.dependents
        )

    def _stays(self, rows: Rows, reference: Reference, stays: Sequence[Expression], *, own: bool) -> Expression:
        """Whether one of ``rows`` refers to a row and stays; of its ``own`` table another row than itself.

        A table of its own in the query: every `Rows` gives its tables the same names.
        """
        names = dict.fromkeys((*reference.columns, *(self.form.names if own else ())))
        child = rows.select(*(rows.column(name).label(name) for name in names)).where(*stays).subquery()
        if not own:
            return self._referred(child, reference)
        found = (refers(child, self.own, reference), self.apart(child, self.own, reference))
        return sa.exists(sa.literal(1)).select_from(child).where(*found).correlate(self.own)

    def _referred(self, child: sa.FromClause, reference: Reference, *, by_index: bool = False) -> Expression:
        """Whether a row of another table refers to a row: as a join where the database makes one of it, else as a list made once.

        Foreign keys often have no index: looked for row by row a million parents would take days.
        """
        if by_index or self._scope.joins:
            found = refers(child, self.own, reference)
            return sa.exists(sa.literal(1)).select_from(child).where(found).correlate(self.own)
        above = [self.own.c[name] for name in reference.parent_columns]
        below = [child.c[name] for name in reference.columns]
        listed = sa.select(*below).select_from(child).where(*(column.is_not(None) for column in below)).cte()
        wanted = above[0] if len(above) == 1 else sa.tuple_(*above)
        return wanted.in_(sa.select(*listed.c))  # beside the query, not in it: SQLite reads no deep nesting


def effect(reference: Reference) -> OnDelete:
    """What the database does to a row that refers when the other goes; a column that may not be null is not emptied."""
    return "refuse" if reference.on_delete == "null" and not reference.nullable else reference.on_delete


def holds(dependent: Dependent) -> bool:
    """Whether rows of the child can keep a row back."""
    return not dependent.released and effect(dependent.reference) in {"refuse", "cascade"}


def deleting(dependent: Dependent) -> Iterable[Target]:
    """The steps that delete rows of the child."""
    return (each for each in (dependent.target, *dependent.also) if each is not None and each.action == "delete")


def refers(child: sa.FromClause, parent: sa.FromClause, reference: Reference) -> Expression:
    """Whether a row of the child refers to a row of the parent: the parent's collation decides, as for its uniqueness."""
    pairs = zip(reference.parent_columns, reference.columns, strict=True)
    return sa.and_(*(parent.c[above] == child.c[below] for above, below in pairs))


def strict(target: Target) -> Target:
    """The same rows, kept back by every row that refers to them, whether a step was to take it or not."""
    dependents = tuple(replace(each, target=None, also=()) for each in target.dependents)
    return replace(target, dependents=dependents)


def sure(condition: Expression) -> Expression:
    """A condition that is false where it was unknown."""
    return sa.case((condition, 1), else_=0) == 1
