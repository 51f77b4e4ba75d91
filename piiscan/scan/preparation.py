"""What a scan is to do, checked before a store or a source is opened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from piiscan import __version__
from piiscan.detect import DetectorSettings, settings_of
from piiscan.errors import UsageError
from piiscan.inventory import RunSettings
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from datetime import timedelta

    from piiscan.config import Config
    from piiscan.model import Mode, ReadPlan, Source


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What the command line asks for; None leaves it to the configuration."""

    sources: tuple[str, ...] = ()
    mode: Mode | None = None
    all: bool = False
    workers: int | None = None
    max_duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """A scan with everything settled that can be settled without looking at data."""

    request: ScanRequest
    sources: tuple[Source, ...]
    plan: ReadPlan
    detector: DetectorSettings
    tolerate: tuple[str, ...]
    workers: int
    """0 = one per core."""
    unit_timeout_s: float
    max_duration_s: float | None

    def settings(self, rules: str) -> RunSettings:
        """What makes two runs the same job; ``rules`` is the fingerprint of the rule packs."""
        names = tuple((source.name, source.connector) for source in self.sources)
        by_source = {source.name: self._fingerprint(rules, source) for source in self.sources}
        listed = [[source.name, source.include, source.exclude] for source in self.sources]
        whole = _hash([by_source, listed])
        return RunSettings(self.plan.mode, names, whole, self.request.all, self.tolerate, rules, by_source)

    def _fingerprint(self, rules: str, source: Source) -> str:
        """One hash over all that decides what a scan of unchanged data says: rules, detection, sampling, clocks, versions."""
        plan = [self.plan.mode, self.plan.sample_rows, sorted(self.plan.clients)]
        versions = [__version__, version("presidio-analyzer"), rules]
        return _hash([versions, asdict(self.detector.of_source(source.name)), plan, _deciding(source)])


def _hash(decides: list[object]) -> str:
    return hashlib.sha256(json.dumps(decides, sort_keys=True, default=str).encode()).hexdigest()


def _deciding(source: Source) -> list[object]:
    """What of a source's settings shows in its results; include and exclude decide what is listed, not what is found."""
    keys = [source.name, source.connector, source.url, source.max_file_bytes]
    return [*keys, repr(source.clocks), repr(source.owner_columns), repr(source.options)]


def prepare(config: Config, request: ScanRequest) -> Preparation:
    """The scan that a configuration and a command line ask for.

    Raises UsageError for an unknown source or connector, a missing credential, or an option no connector knows.
    """
    if not config.sources:
        raise UsageError(f"{config.path.name} names no source", hint="add a [sources.NAME] table; see piiscan init")
    plan = read_plan(config, request.mode)
    sources = tuple(config.source(name) for name in _chosen(config, request.sources))
    for source in sources:
        connector_for(config, source, plan).close()
    limit = request.max_duration or config.scan.max_duration
    return Preparation(
        request=request,
        sources=sources,
        plan=plan,
        detector=settings_of(config),
        tolerate=tuple(config.scan.tolerate),
        workers=config.scan.workers if request.workers is None else request.workers,
        unit_timeout_s=config.scan.unit_timeout.total_seconds(),
        max_duration_s=limit.total_seconds() if limit else None,
    )


def _chosen(config: Config, names: tuple[str, ...]) -> list[str]:
    """Every source of the configuration, or those named, in its order; `Config.source` refuses what it does not know."""
    if not names:
        return list(config.sources)
    return [
        *(name for name in config.sources if name in names),
        *(name for name in names if name not in config.sources),
    ]
