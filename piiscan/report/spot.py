"""The part of the sources that somebody points at: a source, some of its containers, a path on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.config import Config
    from piiscan.report.places import Located
    from piiscan.report.reading import Reading

_LOCAL: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?:localhost(?=/))?/*(/.*)", re.DOTALL)
"""An address of something on this machine: ``file:///srv/share``, ``sqlite:////srv/firm.db``."""
_GLOB: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Spot:
    """What is asked about: by source, all of it (None) or what a glob, a name or a folder of its containers covers."""

    asked: str
    parts: Mapping[str, str | None]

    def covers(self, item: Located) -> bool:
        """Whether it lies in the spot; a place that could not be read covers what it hides, and a whole source everything."""
        if item.source not in self.parts:
            return False
        wanted = self.parts[item.source]
        if wanted is None or item.container is None:
            return True
        path = "/".join((item.container, *item.member))
        return _fits(item.container, wanted) or _fits(path, wanted) or wanted.startswith(f"{path}/")


def find_spot(asked: str, config: Config, reading: Reading, *, redact: bool = False) -> Spot:
    """The spot that ``SOURCE``, ``SOURCE:PATH-GLOB`` or ``PATH`` names.

    A path is one on this machine that lies in a source, is one, or holds some; else one that any source knows. Raises
    UsageError for a place that neither the configuration nor the inventory knows; with ``redact`` it names no others.
    """
    source, colon, glob = asked.partition(":")
    if asked in reading.sources:
        return Spot(asked, {asked: None})
    if colon and source in reading.sources:
        spot = Spot(asked, {source: _plain(glob)})
        if _is_known(spot, reading, source):
            return spot
        raise _unknown(asked, source, reading, redact=redact)
    parts = dict(_on_this_machine(asked, config)) or {
        name: _plain(asked) for name in reading.sources if _is_found(Spot(asked, {name: _plain(asked)}), reading)
    }
    parts = {name: wanted for name, wanted in parts.items() if _is_known(Spot(asked, {name: wanted}), reading, name)}
    if not parts:
        raise _unknown(asked, None, reading, redact=redact)
    return Spot(asked, parts)


def _fits(path: str, wanted: str) -> bool:
    """Whether a path is what is wanted, or lies in it."""
    return (
        path == wanted or path.startswith(f"{wanted}/") or fnmatchcase(path, wanted) or fnmatchcase(path, f"{wanted}/*")
    )


def _plain(glob: str) -> str | None:
    """The glob without what makes no difference at its ends; None for all of a source."""
    return glob.removeprefix("./").rstrip("/") or None


def _is_found(spot: Spot, reading: Reading) -> bool:
    """Whether any container, or place that was not read, lies in it."""
    return any(spot.covers(item) for item in reading.units if item.source in spot.parts) or any(
        spot.covers(skip) for skip in reading.skips if skip.source in spot.parts and skip.container is not None
    )


def _is_known(spot: Spot, reading: Reading, source: str) -> bool:
    """Whether it is found, or may be there unseen, since its source was not read to its end."""
    unread = source in (*reading.never_read, *reading.unreached)
    return spot.parts[source] is None or unread or _is_found(spot, reading)


def _on_this_machine(asked: str, config: Config) -> Iterator[tuple[str, str | None]]:
    """The sources on this machine that a path lies in, is, or holds, each with the glob of what it means there."""
    if _GLOB.search(asked):
        path = PurePosixPath(Path.cwd() / asked)
        paths = [path]
    else:
        here = Path(asked).expanduser().absolute()
        paths = [PurePosixPath(here), PurePosixPath(here.resolve())]
    for name, entry in config.sources.items():
        match = _LOCAL.fullmatch(entry.url)
        root = PurePosixPath(match[1]) if match else None
        for path in paths:
            if root is not None and root.is_relative_to(path):
                yield name, None
                break
            if root is not None and path.is_relative_to(root):
                yield name, str(path.relative_to(root))
                break


def _unknown(asked: str, source: str | None, reading: Reading, *, redact: bool) -> UsageError:
    known = sorted({item.container for item in reading.units if source in (None, item.source)})
    last = re.split(r"[:/]", asked)[-1].casefold()
    alike = [name for name in known if re.split(r"[./]", name)[-1].casefold() == last]
    alike += [name for name in get_close_matches(asked.removeprefix(f"{source}:"), known) if name not in alike]
    hints = [f"alike: {', '.join(alike[:3])}"] if alike and not redact else []
    hints.append(
        f"piiscan inventory containers --source {source} lists what was read"
        if source
        else f"sources: {', '.join(reading.sources) or 'none'}; write SOURCE, SOURCE:PATH-GLOB or a path on this machine"
    )
    if any(source in (None, item.source) for item in reading.left_out):
        hints.append("the configuration leaves out a part, and what lies there is not known")
    return UsageError(f"nothing is known of {asked!r}", hint="; ".join(hints))
