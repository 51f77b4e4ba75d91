"""How the tables of a plan are built, and what of that stands in the way of removing rows."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from piiscan.deletion.identity import canonical
from piiscan.deletion.plan import ShapeNote
from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from piiscan.model import Column, Container
    from piiscan.model.erasing import Reference, Shape
    from piiscan.model.judging import Change
    from piiscan.ports import Eraser

_EVENTS: Final = re.compile(r"\(([^()]*)\)$")
_LENGTH: Final = re.compile(r"char(?:acter)?(?: varying)?\((\d+)\)", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"int|numeric|decimal|real|double|float|serial|money|bool", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def shapes_of(eraser: Eraser, containers: Sequence[Container]) -> dict[str, Shape]:
    """The shapes by container path. Raises SourceError."""
    return {shape.container.path: shape for shape in eraser.shapes(containers)}


def note_of(shape: Shape) -> ShapeNote:
    """What a plan keeps of a shape: another fingerprint is another schema, foreign keys from outside included."""
    references = sorted(
        [each.child.path, list(each.columns), list(each.parent_columns), each.on_delete, each.nullable]
        for each in shape.references
    )
    columns = [[each.name, each.sql_type, each.primary_key, each.nullable, each.references] for each in shape.columns]
    built = [columns, list(shape.key), references, sorted(shape.triggers), sorted(shape.constrained), shape.fingerprint]
    return ShapeNote(shape.container, hashlib.sha256(canonical(built)).hexdigest())


def firing(shape: Shape, event: str) -> tuple[str, ...]:
    """The triggers that fire when a row is deleted (``delete``) or changed (``update``), sorted.

    One that does not say when it fires is taken to fire always.
    """
    found = []
    for trigger in shape.triggers:
        told = _EVENTS.search(trigger)
        if told is None or event in told[1].lower():
            found.append(trigger)
    return tuple(sorted(found))


def check_changes(place: str, shape: Shape, key: Collection[str], changes: Iterable[Change]) -> None:
    """Nothing, when the columns can take what anonymizing makes of them. Raises RefusedError with what could be written instead."""
    columns = {column.name: column for column in shape.columns}
    referred = {column for reference in shape.references for column in reference.parent_columns}
    for change in changes:
        column = columns.get(change.column)
        if column is None:
            raise RefusedError(
                f"{place}: there is no column {change.column} to anonymize", hint="scan the source again"
            )
        problem = _problem(column, change, shape, key, referred)
        if problem:
            raise RefusedError(f"{place}: {change.column} {problem[0]}", hint=problem[1])


def _problem(
    column: Column, change: Change, shape: Shape, key: Collection[str], referred: Collection[str]
) -> tuple[str, str] | None:
    """Why the column cannot take the change, and what a rule of the firm's own could say; None when it can."""
    own = "in a rule of your own write "
    if column.name in key or column.primary_key or column.name in referred:
        what = "is part of the key" if column.name not in referred else "is what other tables refer to"
        return f"{what} and cannot be anonymized", f'{own}action = "delete", or leave the table out with --without'
    bound = column.name in shape.constrained
    null, other = (
        'anonymize = { DATA_TYPE = "null" }',
        'anonymize = { DATA_TYPE = "constant:TEXT" } (or year, or prefix:N)',
    )
    if change.to == "null":
        hint = f'{own}action = "delete"' if bound else f"{own}{other}"
        return None if column.nullable else ("is NOT NULL and cannot become null", hint)
    if bound:
        hint = f"{own}{null}" if column.nullable else f'{own}action = "delete"'
        return "is unique, checked or a foreign key, so it takes no constant and cannot be generalised", hint
    if change.to == "constant" and not _fits(column, str(change.value)):
        return (
            f"({column.sql_type}) cannot hold the constant",
            f"{own}a constant that fits{f', or {null}' if column.nullable else ''}",
        )
    return None


def _fits(column: Column, constant: str) -> bool:
    kind = column.sql_type or ""
    length = _LENGTH.search(kind)
    if length is not None:
        return len(constant) <= int(length[1])
    return _NUMBERS.search(kind) is None or _NUMBER.fullmatch(constant) is not None


def breakable(references: Iterable[Reference], ring: Collection[str]) -> list[Reference]:
    """The foreign keys inside a ring of containers that may be emptied, in alphabetical order."""
    inside = (each for each in references if each.child.path in ring and each.parent in ring and each.nullable)
    return sorted(inside, key=lambda each: (each.child.path, each.columns))
