"""The sources themselves, asked for counts where the inventory does not know: opened once, closed together."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Self

from piiscan.clocks import owner_column
from piiscan.errors import SourceError, UsageError
from piiscan.model import Container, SkipCode
from piiscan.ports import Judge
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.model import Check
    from piiscan.model.judging import JudgedRows, Judgment
    from piiscan.ports import Connector


class Sources:
    """The configured sources, read-only. No value leaves them: counts and lines of a check only."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._open = ExitStack()
        self._connectors: dict[str, Connector] = {}
        self._containers: dict[str, Mapping[str, Container]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def judge(self, source: str, path: str, judgments: Sequence[Judgment], as_of: date) -> Sequence[JudgedRows]:
        """How the rows of a container stand, by owner. Raises SourceError when they cannot be counted where they lie."""
        connector = self._connector(source)
        if not isinstance(connector, Judge):
            raise SourceError(SkipCode.UNSUPPORTED, "its rows cannot be counted where they lie", container=path)
        if source not in self._containers:
            listed = (each for each in connector.containers() if isinstance(each, Container))
            self._containers[source] = {each.path: each for each in listed}
        container = self._containers[source].get(path)
        if container is None:
            raise SourceError(SkipCode.VANISHED, "it is in the inventory and no longer listed", container=path)
        return connector.judge(container, judgments, _owner_column(self._config, source, path), as_of)

    def checks(self, source: str) -> Sequence[Check]:
        """What the connector says of the connection. Raises SourceError when the source cannot be opened."""
        return self._connector(source).check()

    def _connector(self, source: str) -> Connector:
        if source not in self._config.sources:
            raise SourceError(SkipCode.UNREACHABLE, "the configuration has no such source any more")
        if source not in self._connectors:
            try:
                made = connector_for(self._config, self._config.source(source), read_plan(self._config))
            except UsageError as error:
                raise SourceError(SkipCode.UNREACHABLE, error.message) from None
            self._connectors[source] = self._open.enter_context(closing(made))
        return self._connectors[source]


def _owner_column(config: Config, source: str, path: str) -> str | None:
    return owner_column(config.source_without_secret(source), Container(source, path, "table"))
