"""The detector's part of a configuration: rules, thresholds, and what is to be ignored as of a day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from piiscan import rulepack
from piiscan.detect.settings import Bar, DeclaredEntry, DetectorSettings, IgnoreEntry
from piiscan.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from piiscan.config import Config, Problem
    from piiscan.config.problems import Place
    from piiscan.config.schema import Ignore
    from piiscan.model import Secret
    from piiscan.rulepack import RulePacks


def settings_of(config: Config, today: date | None = None) -> DetectorSettings:
    """What a configuration tells the detector. ``today`` decides which ``[[ignore]]`` tables have expired: now, if None.

    Raises ConfigError with file, line and key for an unknown data type or source, or digests that this firm's key did not
    make; RuleError when the rule packs cannot be loaded.
    """
    from piiscan.config import InvalidConfigError  # noqa: PLC0415 - loaded already, by whoever has a configuration

    standing = [(place, entry) for place, entry in ignore_entries(config) if entry.until >= (today or firm_day(config))]
    key = config.key() if any(entry.values_hashed for _, entry in standing) else None
    if problems := [
        *_unknown_types(config),
        *_unknown_sources(config),
        *_foreign_digests(config, standing, key),
        *_missing_model(config),
    ]:
        raise InvalidConfigError(problems)
    detection = config.detection
    return DetectorSettings(
        packs=tuple(config.rules.packs),
        extra=tuple(Path(folder) for folder in config.rules.extra),
        min_confidence=detection.min_confidence,
        phone_regions=tuple(detection.phone_regions),
        regions=tuple(config.firm.regions),
        ner=detection.ner,
        ner_characters=detection.ner_characters,
        sensitive_when=tuple(config.rules.sensitive_when),
        thresholds=dict(detection.thresholds),
        by_source=dict(_bars(config)),
        ignore=tuple(entry for _, entry in standing),
        declared=tuple(_declared(config, today or firm_day(config))),
        key=key,
    )


def firm_day(config: Config) -> date:
    """What day it is where the firm's deadlines are counted."""
    return datetime.now(UTC).astimezone(ZoneInfo(config.firm.timezone)).date()


def ignore_entries(config: Config) -> Iterator[tuple[Place, IgnoreEntry]]:
    """Every ``[[ignore]]`` table with its place in the file, in effect or not."""
    for index, table in enumerate(config.ignore):
        yield ("ignore", index), _entry(table, None)
    for name, source in config.sources.items():
        for index, table in enumerate(source.ignore):
            yield ("sources", name, "ignore", index), _entry(table, name)


def expired(config: Config, today: date | None = None) -> list[tuple[IgnoreEntry, Problem]]:
    """The ``[[ignore]]`` tables that leave nothing out any more, and what to say of each."""
    day = today or firm_day(config)
    return [
        (entry, config.places.problem((*place, "until"), f"{entry.id} ended on {entry.until}: it leaves nothing out"))
        for place, entry in ignore_entries(config)
        if entry.until < day
    ]


def _entry(table: Ignore, source: str | None) -> IgnoreEntry:
    from piiscan.detect.allow import entry_id  # noqa: PLC0415 - for those few who ignore something

    targets = table.targets()
    name = table.id or entry_id(source, targets | {"data_types": table.data_types})
    return IgnoreEntry(name, table.reason, table.until, source, **targets, data_types=table.data_types)


def _declared(config: Config, today: date) -> Iterator[DeclaredEntry]:
    """The declarations that have not ended."""
    for name, source in config.sources.items():
        for table in source.declared:
            if table.until is None or table.until >= today:
                yield DeclaredEntry(name, table.data_types, table.reason, table.tables, table.columns)


def _bars(config: Config) -> Iterator[tuple[str, Bar]]:
    """The bars of the sources that set their own."""
    general = config.detection
    for name, source in config.sources.items():
        own = source.detection
        if own.min_confidence is not None or own.thresholds:
            least = general.min_confidence if own.min_confidence is None else own.min_confidence
            yield name, Bar(least, {**general.thresholds, **own.thresholds})


def _unknown_types(config: Config) -> Iterator[Problem]:
    """Thresholds and ``[[ignore]]`` tables for data types that no rule pack has."""
    named = dict(_type_names(config))
    packs = _packs(config) if named else None
    for place, selector in named.items():
        assert packs is not None
        try:
            rulepack.select([selector], packs.data_types)
        except RuleError as error:
            yield config.places.problem(place, error.message)


def _packs(config: Config) -> RulePacks:
    return rulepack.load(config.rules.packs, config.rules.extra)


def _type_names(config: Config) -> Iterator[tuple[Place, str]]:
    tables: dict[Place, Mapping[str, float]] = {("detection", "thresholds"): config.detection.thresholds}
    for name, source in config.sources.items():
        tables["sources", name, "detection", "thresholds"] = source.detection.thresholds
    yield from (((*place, name), name) for place, table in tables.items() for name in table)
    for place, entry in ignore_entries(config):
        yield from (((*place, "data_types", i), selector) for i, selector in enumerate(entry.data_types))
    for name, source in config.sources.items():
        for index, said in enumerate(source.declared):
            place = ("sources", name, "declared", index, "data_types")
            yield from (((*place, i), selector) for i, selector in enumerate(said.data_types))


def _unknown_sources(config: Config) -> Iterator[Problem]:
    """Globs that begin with a source there is none of: they would leave nothing out, silently."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - as above

    for place, entry in ignore_entries(config):
        for key, globs in (("columns", entry.columns), ("paths", entry.paths)):
            for index, glob in enumerate(globs):
                source, colon, _ = glob.partition(":")
                reached = (name for name in config.sources if entry.source in (None, name))
                if colon and not any(fnmatchcase(name, source) for name in reached):
                    yield config.places.problem(
                        (*place, key, index), f"there is no source {source!r} that it could reach"
                    )


def _missing_model(config: Config) -> Iterator[Problem]:
    """A spaCy model that is not installed."""
    from piiscan.detect.ner.entities import INSTALL, missing_model  # noqa: PLC0415 - as above

    if missing := missing_model(config.detection.ner):
        yield config.places.problem(("detection", "ner"), f"{missing}: {INSTALL}")


def _foreign_digests(
    config: Config, standing: list[tuple[Place, IgnoreEntry]], key: Secret | None
) -> Iterator[Problem]:
    """Digests that cannot be compared with anything, for want of the key they were made with."""
    from piiscan.detect.allow import Hasher  # noqa: PLC0415 - as above

    for place, entry in standing:
        if entry.values_hashed and key is None:
            yield config.places.problem(
                (*place, "values_hashed"), "needs the firm's key: name it as [security] key_file"
            )
            continue
        mine = Hasher(key).key_id if key is not None else ""
        for index, digest in enumerate(entry.values_hashed):
            if digest.split(":")[1] != mine:
                yield config.places.problem(
                    (*place, "values_hashed", index), "was made with another key than the firm's"
                )
