"""Which column dates each event of a container's rows: as configured; inferred only where the firm has said so."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piiscan.model import Clock, Container, Source


def clocks_of(source: Source, container: Container) -> list[Clock]:
    """The configured clocks of a container, one for each event; of several patterns that fit the first that has the event."""
    found: dict[str, Clock] = {}
    for pattern, clocks in source.clocks.items():
        if pattern == container.path or fnmatchcase(container.path, pattern):
            for clock in clocks:
                found.setdefault(clock.event, clock)
    return list(found.values())
