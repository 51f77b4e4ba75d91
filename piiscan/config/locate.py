"""Where the configuration lies, and what relative addresses in it mean."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from piiscan.errors import ConfigError

FILE: Final = "piiscan.toml"
VARIABLE: Final = "PIISCAN_CONFIG"
_SQLITE: Final = re.compile(r"(sqlite(?:\+\w+)?:///)(?!/|:memory:|file:)(.+)", re.DOTALL)
_FILE: Final = re.compile(r"file:(?!/)(.+)", re.DOTALL)


def locate(path: Path | None = None) -> Path | None:
    """The configuration file: ``path``, else ``$PIISCAN_CONFIG``, ``./piiscan.toml``, the user's folder, the system's.

    None when there is none in any of them. Raises ConfigError when one that was named is not there.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        if not named.exists():
            origin = "" if path else f" (${VARIABLE})"
            raise ConfigError(f"{named}: there is no such file{origin}", hint="piiscan init writes one")
        return named
    from platformdirs import PlatformDirs  # noqa: PLC0415  # only when nothing nearer was named

    folders = (Path(), *PlatformDirs("piiscan", appauthor=False, multipath=True).iter_config_paths())
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def anchor(url: str, folder: Path) -> str:
    """The url with a relative ``sqlite:///x.db`` or ``file:share`` counted from ``folder``, written ``file:///...`` unescaped."""
    if match := _SQLITE.fullmatch(url):
        database, mark, query = match[2].partition("?")
        return f"{match[1]}{folder / database}{mark}{query}"
    if match := _FILE.fullmatch(url):
        return f"file://{folder / match[1]}"
    return url
