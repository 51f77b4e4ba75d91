"""What the core and a source say to each other about removing rows: structure, which rows, what became of them.

Keys are values of a source: they stay in memory, or in sealed files, and no repr shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from piiscan.model import Column, Container
    from piiscan.model.judging import Change, Judgment


Key = tuple[object, ...]
OnDelete = Literal["refuse", "cascade", "null", "default"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key that leads to a container, wherever the table that has it lies (it may not be scanned at all)."""

    child: Container
    columns: tuple[str, ...]
    parent: str
    """The container path of the table it leads to."""
    parent_columns: tuple[str, ...]
    on_delete: OnDelete = "refuse"
    nullable: bool = False
    """Whether all its columns may be null."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is built, as far as removing rows must know."""

    container: Container
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The primary key, else a unique key of columns that are never null; empty where there is none."""
    references: tuple[Reference, ...]
    """The foreign keys that lead to it, its own included."""
    triggers: tuple[str, ...] = ()
    """Names of what fires when a row of it is deleted or changed, with the event: ``audit (delete)``."""
    constrained: frozenset[str] = frozenset()
    """Columns that a unique index, a check or a foreign key binds: not free to take a constant."""
    fingerprint: str = ""
    """sha256 over columns, types, keys, foreign keys and triggers: another one is another schema."""
    refusal: str = ""
    """Why no row of it can be removed at all (a view, a table without transactions); empty where one can."""
    notes: tuple[str, ...] = ()
    """What a plan must say: what the account cannot see of the structure, what deleting leaves behind."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """What a foreign key that leads to a target's rows means for them.

    A row is kept back while a row of the child refers to it that neither ``target`` (None: nothing) nor one of ``also``
    takes as well. With ``released`` the child's rows keep nothing back: the admin has said so.
    """

    reference: Reference
    target: Target | None = None
    released: bool = False
    also: tuple[Target, ...] = ()
    """Further steps that take rows of the child: another rule's, or the same rule's for other owners."""


@dataclass(frozen=True, slots=True)
class Target:
    """The rows of one container that a step of a plan takes: overdue by ``judgment``, by none of ``before``.

    ``before`` are the judgments of earlier steps in the same container that delete: what they take is theirs.
    """

    container: Container
    judgment: Judgment
    action: Literal["delete", "anonymize"]
    as_of: date
    key: tuple[str, ...]
    owner_column: str | None = None
    before: tuple[Judgment, ...] = ()
    changes: tuple[Change, ...] = ()
    dependents: tuple[Dependent, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How many rows a target takes, and what hangs on them."""

    rows: int
    """Rows it takes."""
    blocked: int
    """Rows that are overdue but kept back: something that is not taken refers to them."""
    total: int
    """All rows of the container."""
    children: dict[str, int] = field(default_factory=dict, hash=False)
    """``child.path(columns) cascade|null|default`` -> rows of it that the database itself would remove or change."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is about to be done, or was done, with one portion of a plan's keys: positions in it, no keys."""

    size: int
    taken: tuple[int, ...]
    """Positions of the rows that still answer the target: they are deleted or changed."""
    changed: tuple[int, ...] = ()
    """Positions of rows that are there but do not answer it any more: left alone."""
    gone: tuple[int, ...] = ()
    """Positions of keys that have no row any more."""
    linked: tuple[int, ...] = ()
    """Of ``taken``, positions of files that have other names too (hard links): under those the content stays."""
