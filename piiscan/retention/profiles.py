"""What the date columns of a source are worth, asked of a connector that can count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.clocks import clocks_of
from piiscan.errors import SourceError
from piiscan.ports import DateProfiler
from piiscan.retention.candidates import dateable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from piiscan.model import Container, Skip, Source
    from piiscan.model.judging import DateProfile

Profiles = dict[tuple[str, str], "DateProfile"]
"""By container path and column."""


def read_profiles(
    connector: object, source: Source, containers: Iterable[Container], as_of: date
) -> tuple[Profiles, list[Skip]]:
    """The columns of tables that may date something, or do so by configuration; what could not be counted is a skip.

    Empty for a connector that cannot count.
    """
    profiles: Profiles = {}
    skips: list[Skip] = []
    if not isinstance(connector, DateProfiler):
        return profiles, skips
    for container in containers:
        if container.kind != "table":
            continue
        known = {column.name for column in container.columns}
        configured = (clock.path[0] for clock in clocks_of(source, container) if len(clock.path) == 1)
        columns = [*dict.fromkeys([*dateable(container), *(name for name in configured if name in known)])]
        try:
            found = connector.profile_dates(container, columns, as_of) if columns else ()
        except SourceError as error:
            skips.append(error.skip(source.name, container=container.path))
            continue
        profiles |= {(container.path, each.column): each for each in found}
    return profiles, skips
