"""The detector: the one door through which every text passes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from piiscan import rulepack
from piiscan.detect.settings import Bar, DetectorSettings
from piiscan.model import Batch, Classification, Column, Container, Detection

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from piiscan.config import Config
    from piiscan.detect.names import NameRules
    from piiscan.detect.profile import ContainerProfile
    from piiscan.rulepack import RulePacks


class Detector:
    """Finds personal information in texts and says what columns hold.

    Building one loads Presidio (a second or two); it opens no connection and loads no model. It is not thread-safe.
    """

    def __init__(self, settings: DetectorSettings | None = None) -> None:
        from piiscan.detect.allow import AllowList  # noqa: PLC0415 - slow to import, needed only here
        from piiscan.detect.declared import Declarations  # noqa: PLC0415 - as above
        from piiscan.detect.engine import Engine  # noqa: PLC0415 - slow to import, needed only here
        from piiscan.detect.ner import finder  # noqa: PLC0415 - as above

        self.settings = settings or DetectorSettings()
        self.packs, self.names = _rules(self.settings)
        self.engine = Engine(self.packs, self.settings)
        self.entities = finder(self.packs, self.settings.ner)
        self.allow = AllowList(self.settings.ignore, self.packs.data_types, self.settings.key)
        self.declared = Declarations(self.settings.declared, self.packs.data_types)
        for bar in (self.settings.bar(), *self.settings.by_source.values()):
            rulepack.select(bar.by_type, self.packs.data_types)

    @classmethod
    def from_config(cls, source: str | Path | Config) -> Detector:
        """A detector as a piiscan.toml (its path or the loaded configuration) describes it. Raises ConfigError, RuleError."""
        from piiscan import config as room  # noqa: PLC0415 - slow to import, needed only here
        from piiscan.detect.configured import settings_of  # noqa: PLC0415 - as above

        loaded = room.load(Path(source)) if isinstance(source, str | Path) else source
        return cls(settings_of(loaded))

    def detect(self, texts: Sequence[str], *, minimum: float | None = None, source: str = "") -> list[list[Detection]]:
        """What each text holds, in order: one list for each text, sorted by place; what is to be ignored is left out.

        Offsets are code points, end exclusive; scores run from 0 to 1. ``minimum`` is the lowest score returned, what the
        configuration says for each data type by default. ``source`` is the one whose settings apply.
        """
        bar = self.settings.bar(source)
        allowed = self.allow.anywhere(source)
        kept = (allowed.split(text, found)[0] for text, found in zip(texts, self.candidates(texts, bar), strict=True))
        return [
            [d for d in found if d.score >= (bar.of(d.data_type) if minimum is None else minimum)] for found in kept
        ]

    def candidates(self, texts: Sequence[str], bar: Bar, prose: Collection[str] | None = None) -> list[list[Detection]]:
        """What recognizers find in each text, weak findings too; of those that reach the bar none overlap.

        ``prose`` are the texts in which named entities are looked for: all, if None.
        """
        read = [text for text in texts if prose is None or text in prose] if self.entities else []
        named = dict(zip(read, self.entities.find(read), strict=True)) if self.entities and read else {}
        return [self.engine.find(text, 0.0, bar, named.get(text, ())) for text in texts]

    def classify(
        self,
        name: str,
        values: Sequence[object],
        *,
        table: str = "",
        sql_type: str | None = None,
        source: str = "",
    ) -> list[Classification]:
        """What a column holds, best first, each with the why in words that contain no value.

        ``values`` may be of any type a database driver returns; None is null. With no values the name alone decides.
        ``source`` is the one whose settings apply.
        """
        profile = self.column_profile(name, values, table=table, sql_type=sql_type, source=source)
        found = [classification for _, classification in profile.classify()]
        return sorted(found, key=lambda c: (-c.confidence, c.data_type))

    def column_profile(
        self, name: str, values: Sequence[object], *, table: str, sql_type: str | None, source: str
    ) -> ContainerProfile:
        """The profile of a table of one column with these values."""
        column = Column(name=name, sql_type=sql_type)
        container = Container(source=source, path=table, kind="table", columns=(column,))
        profile = self.profile(container)
        profile.add(Batch(container=container, columns={name: values}, rows=len(values)))
        return profile

    def profile(self, container: Container) -> ContainerProfile:
        """An empty profile that takes the batches of one container and then says what its columns hold."""
        from piiscan.detect.profile import ContainerProfile  # noqa: PLC0415 - slow to import, needed only here

        return ContainerProfile(self, container)


def _rules(settings: DetectorSettings) -> tuple[RulePacks, NameRules]:
    """The rules of the packs. Those of the firm's own folders are read anew each time: they may have changed."""
    if settings.extra:
        return _read(settings.packs, settings.extra, settings.sensitive_when)
    return _shipped(settings.packs, settings.sensitive_when)


@lru_cache(maxsize=4)
def _shipped(packs: tuple[str, ...], sensitive_when: tuple[str, ...]) -> tuple[RulePacks, NameRules]:
    """What comes with the package, read once in a process: workers are forked from one that has."""
    return _read(packs, (), sensitive_when)


def _read(
    packs: tuple[str, ...], extra: tuple[Path, ...], sensitive_when: tuple[str, ...]
) -> tuple[RulePacks, NameRules]:
    from piiscan.detect.names import NameRules  # noqa: PLC0415 - slow to import, needed only here

    loaded = rulepack.load(packs, extra, sensitive_when)
    return loaded, NameRules(loaded)
