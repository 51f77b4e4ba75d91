"""Rows that the database itself would remove or change when others go, counted along foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from piiscan.connectors.sql.keys import make_table
from piiscan.connectors.sql.taking import Taking, deleting, effect, sure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.connectors.sql.structure import Structure
    from piiscan.connectors.sql.taking import Scope
    from piiscan.model.erasing import Dependent, Reference, Target


def count_children(scope: Scope, structure: Structure, taking: Taking) -> dict[str, int]:
    """``child.path(columns) cascade|null|default`` -> rows that go or change with what a target takes, where there are any.

    Rows that a step of their own deletes are not among them. What goes by cascade takes more with it: that is followed down,
    each table once; a table that refers to itself is followed for one step.
    """
    found: dict[str, int] = {}
    names = sorted({name for each in taking.target.dependents for name in each.reference.parent_columns})
    if taking.target.action != "delete" or not names:
        return found
    above = (
        taking.rows.select(*(taking.rows.column(name).label(name) for name in names)).where(taking.taken()).subquery()
    )
    for dependent in taking.target.dependents:
        reference = dependent.reference
        if effect(reference) in {"null", "default"} or (effect(reference) == "cascade" and dependent.released):
            below = _left(scope, taking.target, dependent, structure).subquery()
            chain = (taking.target.container.path, reference.child.path)
            _count(scope, structure, reference, _joined(below, above, reference), below, chain, found)
    return {name: rows for name, rows in found.items() if rows}


def count_hanging(scope: Scope, structure: Structure, target: Target, above: sa.FromClause) -> int:
    """How many rows go or change with the rows of ``above``, which has the columns that other tables refer to."""
    found: dict[str, int] = {}
    for dependent in target.dependents:
        if dependent.released or effect(dependent.reference) in {"null", "default"}:
            below = _whole(dependent.reference, structure)
            chain = (target.container.path, dependent.reference.child.path)
            joined = _joined(below, above, dependent.reference)
            _count(scope, structure, dependent.reference, joined, below, chain, found)
    return sum(found.values())


def _left(scope: Scope, target: Target, dependent: Dependent, structure: Structure) -> sa.Select[Any]:
    """The child's rows that no step of their own deletes."""
    reference = dependent.reference
    takers = list(deleting(dependent))
    names = _needed(reference, structure)
    if reference.child.key == target.container.key:
        takers.append(target)
    if not takers:
        table = make_table(reference.child, names)
        return sa.select(*(table.c[name].label(name) for name in names))
    rows = scope.rows(takers[0])
    columns = [rows.column(name).label(name) for name in names]
    stays = [
        sa.not_(sure(taking.taken_but_own() if taker is target else taking.taken()))
        for taker in takers
        for taking in [Taking(scope, taker, rows)]
    ]
    return rows.select(*columns).where(*stays)


def _whole(reference: Reference, structure: Structure) -> sa.FromClause:
    """All rows of the child."""
    return make_table(reference.child, _needed(reference, structure)).alias()


def _needed(reference: Reference, structure: Structure) -> list[str]:
    """The columns of a child by which it refers, and by which others refer to it."""
    further = [name for each in structure.references(reference.child) for name in each.parent_columns]
    return list(dict.fromkeys((*reference.columns, *further)))


def _joined(below: sa.FromClause, above: sa.FromClause, reference: Reference) -> sa.FromClause:
    pairs = zip(reference.parent_columns, reference.columns, strict=True)
    return below.join(above, sa.and_(*(above.c[parent] == below.c[column] for parent, column in pairs)))


def _count(
    scope: Scope,
    structure: Structure,
    reference: Reference,
    joined: sa.FromClause,
    below: sa.FromClause,
    chain: Sequence[str],
    found: dict[str, int],
) -> None:
    """Adds the rows of one reference, and what goes with them in turn."""
    name = f"{reference.child.path}({', '.join(reference.columns)}) {effect(reference)}"
    rows = int(scope.connection.scalar(sa.select(sa.func.count()).select_from(joined)) or 0)
    found[name] = found.get(name, 0) + rows
    if not rows or effect(reference) != "cascade":
        return
    for further in _further(structure, reference, chain):
        deeper = _whole(further, structure)
        pairs = zip(further.parent_columns, further.columns, strict=True)
        condition = sa.and_(*(below.c[parent] == deeper.c[column] for parent, column in pairs))
        _count(scope, structure, further, joined.join(deeper, condition), deeper, (*chain, further.child.path), found)


def _further(structure: Structure, reference: Reference, chain: Sequence[str]) -> Iterator[Reference]:
    for further in structure.references(reference.child):
        if effect(further) in {"cascade", "null", "default"} and further.child.path not in chain:
            yield further
