"""What was read, of some places alone: of a spot, of a client."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from piiscan.report.places import Located
    from piiscan.report.reading import Reading


def narrowed(reading: Reading, sources: Collection[str], covers: Callable[[Located], bool]) -> Reading:
    """The reading of these sources, and in them of the containers, units and skips that ``covers`` is true of."""
    return replace(
        reading,
        sources=tuple(name for name in reading.sources if name in sources),
        containers=tuple(item for item in reading.containers if item.source in sources and covers(item)),
        units=tuple(item for item in reading.units if item.source in sources and covers(item)),
        skips=tuple(item for item in reading.skips if item.source in sources and covers(item)),
        runs=tuple(run for run in reading.runs if any(each.name in sources for each in run.sources)),
        never_read=tuple(name for name in reading.never_read if name in sources),
        forgotten=tuple(name for name in reading.forgotten if name in sources),
        unfinished={name: run for name, run in reading.unfinished.items() if name in sources},
        last_read={name: moment for name, moment in reading.last_read.items() if name in sources},
        stale=tuple(name for name in reading.stale if name in sources),
        older_rules=tuple(name for name in reading.older_rules if name in sources),
        left_out=tuple(item for item in reading.left_out if item.source in sources),
    )
