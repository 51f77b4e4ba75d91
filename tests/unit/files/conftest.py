"""A folder to fill, and what the connector makes of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.connectors.files import FilesConnector
from piiscan.model import Batch, Container, ReadPlan, Skip, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Reading:
    """Everything that came of one file, members included."""

    batches: list[Batch] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)

    @property
    def columns(self) -> dict[str | None, list[object]]:
        """The values of all batches, column by column."""
        joined: dict[str | None, list[object]] = {}
        for batch in self.batches:
            for name, values in batch.columns.items():
                joined.setdefault(name, []).extend(values)
        return joined

    @property
    def text(self) -> str:
        """The running text, pieces joined by line ends."""
        return "\n".join(str(piece) for piece in self.columns.get(None, []))

    @property
    def rows(self) -> int:
        """Rows of all batches."""
        return sum(batch.rows for batch in self.batches)

    @property
    def troubles(self) -> list[tuple[tuple[str, ...], str]]:
        """Member and code of every skip."""
        return [(skip.member, str(skip.code)) for skip in self.skips]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the last batch's container notes."""
        return tuple(note for note in self.batches[-1].container.notes if note != "world-readable")

    @property
    def members(self) -> dict[tuple[str, ...], dict[str | None, list[object]]]:
        """The columns of each member."""
        found: dict[tuple[str, ...], Reading] = {}
        for batch in self.batches:
            found.setdefault(batch.container.member, Reading()).batches.append(batch)
        return {member: reading.columns for member, reading in found.items()}


@dataclass
class Share:
    """A folder that is a source."""

    root: Path
    opened: list[FilesConnector] = field(default_factory=list)

    def write(self, name: str | bytes, content: str | bytes) -> None:
        """Puts a file there, folders too."""
        path = self.root / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def connector(self, *, plan: ReadPlan | None = None, **source: Any) -> FilesConnector:
        """A connector on the folder."""
        made = FilesConnector(Source("s", "files", f"file://{self.root}", **source), plan or ReadPlan(mode="full"))
        self.opened.append(made)
        return made

    def listed(self, **source: Any) -> list[Container | Skip]:
        """The listing."""
        return list(self.connector(**source).containers())

    def paths(self, **source: Any) -> list[str]:
        """The paths of the containers listed."""
        return [found.path for found in self.listed(**source) if isinstance(found, Container)]

    def read(self, name: str, content: str | bytes | None = None, **source: Any) -> Reading:
        """One file, written first if content is given, read to its end."""
        if content is not None:
            self.write(name, content)
        connector = self.connector(**source)
        (container,) = [
            found for found in connector.containers() if isinstance(found, Container) and found.path == name
        ]
        reading = Reading()
        for found in connector.batches(container):
            (reading.batches if isinstance(found, Batch) else reading.skips).append(found)  # type: ignore[arg-type]
        return reading


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    """An empty folder as a source; its connectors are closed at the end."""
    made = Share(tmp_path / "share")
    made.root.mkdir()
    yield made
    for connector in made.opened:
        connector.close()
