"""A source as the configuration names it, given the connector that reaches it and the limits it is read within."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan import plugins
from piiscan.model import ReadPlan

if TYPE_CHECKING:
    from piiscan.config import Config
    from piiscan.model import Mode, Source
    from piiscan.ports import Connector


def connector_for(config: Config, source: Source, plan: ReadPlan) -> Connector:
    """The source's connector, which has opened nothing yet. Raises ConfigError, with file and line, when there can be none."""
    place = ("sources", source.name)
    kind = config.checked((*place, "connector"), lambda: plugins.connector(source.connector))
    return config.checked(place, lambda: kind(source, plan))


def read_plan(config: Config, mode: Mode | None = None) -> ReadPlan:
    """How the configuration says to read; ``mode`` of the command line wins."""
    scan = config.scan
    return ReadPlan(
        mode=mode or scan.mode,
        sample_rows=scan.sample_rows,
        batch_rows=scan.batch_rows,
        statement_timeout_s=scan.statement_timeout.total_seconds(),
        lock_timeout_s=scan.lock_timeout.total_seconds(),
        connect_timeout_s=scan.connect_timeout.total_seconds(),
        clients=frozenset(config.clients),
    )
