"""What a justification reaches: sources, containers and data types in plain words, rows and persons sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from piiscan.model.judging import Test
from piiscan.sealing import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.model import Secret

PURPOSE: Final = "justification"
"""What scopes are sealed for: no other thing sealed with the firm's key opens in their place."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a justification applies; by default everywhere."""

    source: str = "*"
    """A glob over source names."""
    container: str = "*"
    """A glob over container paths."""
    data_types: tuple[str, ...] = ()
    """Selectors: an id, ``group:GROUP`` or ``category:LETTER``; empty = all."""
    sealed: str | None = None
    """A `SealedScope`, sealed with the firm's key; None = every row."""
    row_tests: int = 0
    """How many comparisons the sealed predicate makes: what a list may say of it."""
    subject_types: tuple[str, ...] = ()
    """The data types by which the sealed data subject is known, sorted; their values are sealed."""

    def names(self, source: str, container: str) -> bool:
        """Whether both globs fit."""
        return fnmatchcase(source, self.source) and fnmatchcase(container, self.container)


@dataclass(frozen=True, slots=True, repr=False)
class SealedScope:
    """Which rows, and whose: what never stands in the store, a log or an error in the plain."""

    rows: tuple[tuple[Test, ...], ...] = ()
    """Alternatives: a row for which every test of one of them is true; none given = every row (of the subject)."""
    subject: Mapping[str, str] = field(default_factory=dict)
    """Data type id -> the person's value of it."""

    def __repr__(self) -> str:
        return f"SealedScope({self.row_tests} row tests, {len(self.subject)} data points)"

    @property
    def row_tests(self) -> int:
        """How many comparisons the predicate makes."""
        return sum(map(len, self.rows))


def sealed(scope: Scope, private: SealedScope, key: Secret) -> Scope:
    """The scope with the rows and the person in it, sealed; sealing twice gives different texts."""
    plain = {
        "rows": [[[list(test.path), test.operator, test.value] for test in tests] for tests in private.rows],
        "subject": dict(sorted(private.subject.items())),
    }
    text = seal(key, PURPOSE, json.dumps(plain, separators=(",", ":")).encode())
    return Scope(
        scope.source, scope.container, scope.data_types, text, private.row_tests, tuple(sorted(private.subject))
    )


def opened(scope: Scope, key: Secret) -> SealedScope | None:
    """What is sealed in a scope; None = nothing, it reaches every row. Raises SealError."""
    if scope.sealed is None:
        return None
    plain: dict[str, Any] = json.loads(unseal(key, PURPOSE, scope.sealed))
    rows = tuple(
        tuple(Test(tuple(path), operator, value) for path, operator, value in tests) for tests in plain["rows"]
    )
    return SealedScope(rows, plain["subject"])
