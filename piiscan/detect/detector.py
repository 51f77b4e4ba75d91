"""The detector: the one door through which every text passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from piiscan import rulepack
from piiscan.detect.settings import DetectorSettings
from piiscan.model import Batch, Classification, Column, Container, Detection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.config import Config
    from piiscan.detect.profile import ContainerProfile


class Detector:
    """Finds personal information in texts and says what columns hold.

    Building one loads Presidio (a second or two); it opens no connection and loads no model. It is not thread-safe.
    """

    def __init__(self, settings: DetectorSettings | None = None) -> None:
        from piiscan.detect.engine import Engine  # noqa: PLC0415 - slow to import, needed only here
        from piiscan.detect.names import NameRules  # noqa: PLC0415 - slow to import, needed only here

        self.settings = settings or DetectorSettings()
        self.packs = rulepack.load(self.settings.packs, self.settings.extra, self.settings.sensitive_when)
        self.engine = Engine(self.packs, self.settings)
        self.names = NameRules(self.packs)

    @classmethod
    def from_config(cls, source: str | Path | Config) -> Detector:
        """A detector as a piiscan.toml (its path or the loaded configuration) describes it. Raises ConfigError, RuleError."""
        from piiscan import config as room  # noqa: PLC0415 - slow to import, needed only here

        loaded = room.load(Path(source)) if isinstance(source, str | Path) else source
        return cls(settings_of(loaded))

    def detect(self, texts: Sequence[str], *, minimum: float | None = None) -> list[list[Detection]]:
        """What each text holds, in order: one list for each text, sorted by place.

        Offsets are code points, end exclusive; scores run from 0 to 1. ``minimum`` is the lowest score returned, the
        configured ``min_confidence`` by default.
        """
        floor = self.settings.min_confidence if minimum is None else minimum
        return [self.engine.find(text, floor) for text in texts]

    def classify(
        self, name: str, values: Sequence[object], *, table: str = "", sql_type: str | None = None
    ) -> list[Classification]:
        """What a column holds, best first, each with the why in words that contain no value.

        ``values`` may be of any type a database driver returns; None is null. With no values the name alone decides.
        """
        column = Column(name=name, sql_type=sql_type)
        container = Container(source="", path=table, kind="table", columns=(column,))
        profile = self.profile(container)
        profile.add(Batch(container=container, columns={name: values}, rows=len(values)))
        found = [classification for _, classification in profile.classify()]
        return sorted(found, key=lambda c: (-c.confidence, c.data_type))

    def profile(self, container: Container) -> ContainerProfile:
        """An empty profile that takes the batches of one container and then says what its columns hold."""
        from piiscan.detect.profile import ContainerProfile  # noqa: PLC0415 - slow to import, needed only here

        return ContainerProfile(self, container)


def settings_of(config: Config) -> DetectorSettings:
    """The detector's part of a configuration."""
    return DetectorSettings(
        packs=tuple(config.rules.packs),
        extra=tuple(Path(folder) for folder in config.rules.extra),
        min_confidence=config.detection.min_confidence,
        phone_regions=tuple(config.detection.phone_regions),
        regions=tuple(config.firm.regions),
        ner=config.detection.ner,
        sensitive_when=tuple(config.rules.sensitive_when),
    )
