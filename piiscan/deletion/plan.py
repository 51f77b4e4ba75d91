"""A deletion plan as it is made, read and carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta

    from piiscan.model import Container
    from piiscan.model.erasing import Reference
    from piiscan.model.judging import Judgment

Action = Literal["delete", "anonymize"]


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key that leads to a step's rows, and the steps that take rows of the table it comes from."""

    reference: Reference
    takers: tuple[int, ...] = ()
    """Orders of steps; a row that refers and that none of them takes keeps what it refers to."""
    released: bool = False
    """Its rows keep nothing back: the admin has said so, and the database removes or changes them itself."""


@dataclass(frozen=True, slots=True)
class RuleNote:
    """Which rule a step carries out."""

    id: str
    title: str
    kind: str
    citation: str
    yields: bool = True
    """Whether a written extension may hold rows back from it."""


@dataclass(frozen=True, slots=True)
class Step:
    """The rows of one container that one rule asks to be removed."""

    order: int
    """From 1; steps are carried out in this order."""
    container: Container
    action: Action
    rule: RuleNote
    judgment: Judgment
    key: tuple[str, ...]
    owner_column: str | None = None
    before: tuple[int, ...] = ()
    """Orders of the steps in the same container whose rows are theirs, not this one's."""
    links: tuple[Link, ...] = ()
    breaks: bool = False
    """It only empties foreign keys of rows that a later step deletes, so that a cycle can be put in order."""
    key_proved: bool = False
    """No constraint makes the key unique: the data did, when the plan was made."""
    triggers: tuple[str, ...] = ()
    """What fires in the database and was allowed."""
    predicate: str = ""
    """The rows in the source's own language, for reading."""
    rows: int = 0
    blocked: int = 0
    """Rows that are due and stay because something that is not due refers to them."""
    total: int = 0
    """Rows of the container; for files, files of the source."""
    children: Mapping[str, int] = field(default_factory=dict, hash=False)
    exempt: tuple[tuple[str, int], ...] = ()
    on_hold: int = 0
    keys_file: str = ""
    keys_hmac: str = ""

    @property
    def source(self) -> str:
        """The source's name in the configuration."""
        return self.container.source

    @property
    def place(self) -> str:
        """``source:container``, as messages name it."""
        return f"{self.source}:{self.container.path}"


@dataclass(frozen=True, slots=True)
class ShapeNote:
    """How a table was built when the plan was made."""

    container: Container
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan may not exceed in one container."""

    max_rows: int
    max_percent: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done and nothing else: all that `piiscan.deletion.identity` puts under the plan's id."""

    as_of: date
    author: str
    limits: Limits
    chunk_rows: int
    rules: str
    """The fingerprint of the rules of retention it was made by."""
    shapes: tuple[ShapeNote, ...]
    steps: tuple[Step, ...]
    sql_sha256: str = ""
    released: tuple[tuple[str, str], ...] = ()
    """Source and path of every table whose rows the database may remove or change by itself."""
    in_force: tuple[str, ...] = ()
    """Ids of the holds and extensions that it was judged with; what is in force later and not among them is new."""
    request: int | None = None
    """The consumer's request that it answers; None: it carries out the schedule, or is about minors."""
    minors: int | None = None
    """The age under which persons' rows go."""
    said: Mapping[str, object] = field(default_factory=dict, hash=False)
    """What the plan tells its readers: what is kept and why, holds, notes, what could not be judged. In JSON's types."""

    @property
    def against(self) -> Literal["schedule", "request"]:
        """What excuses and exceptions of it speak against."""
        return "schedule" if self.request is None and self.minors is None else "request"

    def step(self, order: int) -> Step:
        """The step of that order."""
        return self.steps[order - 1]


def check_age(as_of: date, valid_for: timedelta, today: date) -> None:
    """Raises RefusedError when a plan is too old to be approved or carried out."""
    last = as_of + valid_for
    if today > last:
        raise RefusedError(
            f"the plan is of {as_of} and was valid until {last} ([deletion] valid_for)", hint="plan again: data changes"
        )
