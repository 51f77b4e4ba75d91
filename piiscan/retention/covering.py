"""The holds and the written extensions that reach one container, as tests of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.model.judging import Cover
from piiscan.retention.holder import select_all
from piiscan.retention.justified import reach

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from piiscan.inventory import HoldingRecord, Justification, SealedScope
    from piiscan.model import Container, DataType
    from piiscan.model.judging import Test
    from piiscan.retention.holder import Holder


@dataclass(frozen=True, slots=True)
class Covering:
    """What is in force in one container on the day judged for: each justification with its row tests."""

    reaching: tuple[tuple[Justification, tuple[tuple[Test, ...], ...]], ...]
    types: Mapping[str, DataType]
    said: tuple[str, ...] = ()
    """What of a hold or an extension cannot be told here, one sentence each."""

    def holds(self, affected: Collection[str]) -> tuple[Cover, ...]:
        """The holds on any of the data types affected, by id."""
        return self._covers(affected, lambda each: each.kind == "hold" and each.against == "schedule")

    def extensions(self, affected: Collection[str], rule: str) -> tuple[Cover, ...]:
        """The written extensions of the schedule, of this rule or of any, on any of the data types affected."""
        named = (None, rule)
        return self._covers(
            affected, lambda each: each.kind == "exception" and each.against == "schedule" and each.rule in named
        )

    def refusals(self, affected: Collection[str]) -> tuple[Cover, ...]:
        """The exceptions on which a consumer's request is refused, on any of the data types affected."""
        return self._covers(affected, lambda each: each.kind == "exception" and each.against == "request")

    def _covers(self, affected: Collection[str], counts: Callable[[Justification], bool]) -> tuple[Cover, ...]:
        return tuple(
            Cover(each.id, tests) for each, tests in self.reaching if counts(each) and self._touches(each, affected)
        )

    def _touches(self, each: Justification, affected: Collection[str]) -> bool:
        named = each.scope.data_types
        return not named or not select_all(named, self.types).isdisjoint(affected)


def covering_of(
    justifications: Sequence[tuple[Justification, SealedScope | None]],
    holder: Holder,
    holdings: Sequence[HoldingRecord],
    siblings: Sequence[Container],
) -> Covering:
    """What reaches a container, of what is in force; ``holdings`` and ``siblings`` are those of its source.

    A hold that names the container, and whose rows cannot be told apart there, holds all of them: what may have to stay stays.
    An extension of that kind excuses none. Both are said.
    """
    reaching: list[tuple[Justification, tuple[tuple[Test, ...], ...]]] = []
    said = []
    for each, private in justifications:
        found = reach(each, private, holder.container, holdings, siblings)
        tests = found.tests
        if found.said:
            named = each.kind == "hold" and each.scope.container != "*"
            tests = ((),) if named else tests
            said.append(f"{each.id}: {found.said}{'; all of it is held' if named else ''}")
        if tests is not None:
            reaching.append((each, tests))
    return Covering(tuple(reaching), holder.types, tuple(said))
