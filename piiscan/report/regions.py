"""What lies outside the regions that the firm names, and what lies nobody says where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.report.summary import Summary, summarize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.config import Config
    from piiscan.report.slices import Slice


@dataclass(frozen=True, slots=True)
class Abroad:
    """One source's data in one region that is none of the firm's."""

    source: str
    region: str
    safeguards: tuple[str, ...]
    """What protects it there, as configured."""
    found: Summary
    """Nothing, where the source holds none in what was read."""


def abroad(config: Config, found: Sequence[Slice], *, whole: bool = True) -> list[Abroad]:
    """What the configuration places outside ``[firm] regions``, by source and region; ``whole``: also sources without a finding."""
    groups: dict[tuple[str, str], list[Slice]] = defaultdict(list)
    for item in found:
        if item.facts.region is not None:
            groups[item.holding.source, item.facts.region].append(item)
    for source, entry in config.sources.items():
        if whole and entry.region is not None and not any(item.holding.source == source for item in found):
            groups[source, entry.region] = []
    return [
        Abroad(source, region, _safeguards(config, source, group), summarize(group))
        for (source, region), group in sorted(groups.items())
        if not lies_within(region, config.firm.regions)
    ]


def unplaced(config: Config, found: Sequence[Slice], *, whole: bool = True) -> list[str]:
    """The sources of which, or of some data of which, the configuration does not say where it lies."""
    silent = {item.holding.source for item in found if item.facts.region is None}
    if whole:
        silent |= {name for name, entry in config.sources.items() if entry.region is None and not _has(found, name)}
    return sorted(silent)


def lies_within(region: str, regions: Iterable[str]) -> bool:
    """Whether a region is one of these, or a part of one: US-CA is a part of US."""
    name = region.casefold()
    return any(name == each.casefold() or name.startswith(f"{each.casefold()}-") for each in regions)


def _has(found: Sequence[Slice], source: str) -> bool:
    return any(item.holding.source == source for item in found)


def _safeguards(config: Config, source: str, group: Sequence[Slice]) -> tuple[str, ...]:
    said = {item.facts.safeguard for item in group} if group else {config.sources[source].safeguard}
    return tuple(sorted(filter(None, said)))
