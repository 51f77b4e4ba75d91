"""From a file to a configuration, or to every problem it has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from pydantic import ValidationError

from piiscan.config.locate import FILE, locate
from piiscan.config.positions import find_lines
from piiscan.config.problems import InvalidConfigError, Places, Problem, explain
from piiscan.config.settings import Config
from piiscan.config.variables import Expansion
from piiscan.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


def load(path: Path | str | None = None) -> Config:
    """The configuration at ``path`` or where `locate` finds one. Raises ConfigError: every problem with file, line and key."""
    found = locate(Path(path) if path is not None else None)
    if found is None:
        raise ConfigError(
            f"there is no {FILE} here, in the user's or in the system's configuration folder",
            hint="piiscan init writes one",
        )
    text = _read(found)
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise InvalidConfigError([Problem(str(found), error.lineno, "", f"is not valid TOML: {error.msg}")]) from None
    return _validate(found, data, Places(str(found), find_lines(text)))


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}", hint="name the file by -c FILE") from None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidConfigError([Problem(str(path), line, "", "is not UTF-8")]) from None


def _validate(path: Path, data: dict[str, Any], places: Places) -> Config:
    absolute = path.absolute()
    expansion = Expansion()
    expanded = {"store": {}, **expansion.of(data)}
    problems = [places.problem(place, text) for place, text in expansion.errors.items()]
    try:
        config = Config.model_validate(expanded, context={"folder": absolute.parent})
    except ValidationError as error:
        raise InvalidConfigError([*problems, *explain(error, Config, places)]) from None
    config = config.remember(absolute, places, expansion.raw)
    problems += _unknown_clients(config)
    if problems:
        raise InvalidConfigError(problems)
    return config


def _unknown_clients(config: Config) -> Iterator[Problem]:
    """Owners that no ``[clients]`` table introduces."""
    for name, source in config.sources.items():
        for glob, owner in source.owners.items():
            if owner.client is not None and owner.client not in config.clients:
                place = ("sources", name, "owners", glob, "client")
                yield config.places.problem(place, "there is no such client; introduce it as [clients.NAME]")
