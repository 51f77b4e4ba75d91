"""Removing rows: one transaction a portion of keys, in which rows are locked, judged once more, and then deleted or changed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from piiscan.connectors.sql.breaches import explain_change, is_repeatable
from piiscan.connectors.sql.portion import Portion
from piiscan.connectors.sql.preparation import Preparation
from piiscan.connectors.sql.taking import Scope
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from piiscan.connectors.sql.sessions import Sessions
    from piiscan.connectors.sql.writings import Writing as Days
    from piiscan.model.erasing import Chunk, Key, Target

ATTEMPTS: Final = 3
PAUSE_S: Final = 0.2
"""After a deadlock, so that the other transaction comes to its end first."""


@dataclass(slots=True)
class Told:
    """The witness, and the error it ended with: that is its own, not the database's."""

    witness: Callable[[Chunk], None]
    error: BaseException | None = None

    def __call__(self, chunk: Chunk) -> None:
        """Tells the witness, and keeps what it raises."""
        try:
            self.witness(chunk)
        except BaseException as error:
            self.error = error
            raise


@dataclass(slots=True)
class Writing:
    """What removes rows from one source. One portion of keys is one transaction: all of it or nothing."""

    sessions: Sessions
    source: str
    writings: dict[str, dict[tuple[str, ...], Days]] = field(default_factory=dict)
    _prepared: Preparation | None = None

    def erase(self, target: Target, keys: Sequence[Key], witness: Callable[[Chunk], None]) -> Chunk:
        """As `piiscan.ports.Eraser` says; a row that anything still refers to is left alone, as one that changed.

        After a deadlock it is tried twice more: the witness is told again, of what is taken then, and what it was told last
        holds. The witness's own errors pass as they are, and nothing is changed. When the connection is lost while
        committing, nobody knows which way it went: `remaining` tells.
        """
        if not self.sessions.server.plan.write:
            raise SourceError(
                SkipCode.NO_PERMISSION,
                "the source is open for reading only",
                container=target.container.path,
                hint="only an approved plan writes, through [sources.NAME.write]",
            )
        for attempt in range(1, ATTEMPTS + 1):
            told, committing = Told(witness), False
            try:
                with self.sessions.open() as connection:
                    chunk = self._carry_out(connection, target, keys, told)
                    committing = True
                    connection.commit()
                    return chunk
            except Exception as error:
                if error is told.error:
                    raise
                repeat = attempt < ATTEMPTS and is_repeatable(error, self.sessions.server)
                bonds = self._prepared.bonds if self._prepared else None
                failure = explain_change(error, self.sessions.server, target, bonds)
            if not repeat:
                break
            time.sleep(PAUSE_S * attempt)
        if committing and failure.code is SkipCode.UNREACHABLE:
            failure = _lost(target)
        raise failure

    def _carry_out(self, connection: sa.Connection, target: Target, keys: Sequence[Key], told: Told) -> Chunk:
        scope = Scope(connection, self.sessions.server, self.writings)
        if self._prepared is None or self._prepared.target != target:
            self._prepared = Preparation(scope, target, self.source)
        portion = Portion(scope, self._prepared, keys)
        chunk = portion.look()
        told(chunk)
        portion.change()
        return chunk


def _lost(target: Target) -> SourceError:
    return SourceError(
        SkipCode.UNREACHABLE,
        "the connection was lost while a portion was committed: it was done as a whole, or not at all",
        container=target.container.path,
        hint="go on with the plan: it looks first which rows are still there",
    )
