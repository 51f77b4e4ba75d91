"""In which order containers are emptied: what refers before what is referred to."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Edge:
    """A foreign key from one container to another of the plan."""

    child: str
    parent: str
    hard: bool
    """Rows of both are deleted, so the child's must go first; else it is better so, since clocks follow foreign keys."""


def arrange(containers: Iterable[str], edges: Iterable[Edge]) -> list[str] | Cycle:
    """The containers, children first, equals in alphabetical order; or a cycle that hard edges make."""
    nodes, known = sorted(containers), list(edges)
    for chosen in (known, [edge for edge in known if edge.hard]):
        found = _sorted(nodes, chosen)
        if not isinstance(found, Cycle):
            return found
    return found


@dataclass(frozen=True, slots=True)
class Cycle:
    """Containers that refer to each other in a ring, the alphabetically first of them first."""

    containers: tuple[str, ...]

    def __str__(self) -> str:
        return " -> ".join((*self.containers, self.containers[0]))


def _sorted(nodes: Iterable[str], edges: Iterable[Edge]) -> list[str] | Cycle:
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(nodes, ()))
    for edge in sorted({(edge.child, edge.parent) for edge in edges}):
        sorter.add(edge[1], edge[0])
    try:
        sorter.prepare()
    except CycleError as error:
        ring = error.args[1][:-1]
        first = ring.index(min(ring))
        return Cycle(tuple(ring[first:] + ring[:first]))
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found += ready
        sorter.done(*ready)
    return found
