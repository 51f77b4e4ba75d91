"""Include and exclude: globs over the relative path of a file.

``*`` and ``?`` stay within a name, ``**`` stands for any folders. A pattern without a slash means a name at any depth
(``*.log``); one with a slash is anchored at the source's folder (``rec/2024/*``). A pattern that matches a folder
matches everything in it (``rec``, ``rec/``, ``rec/**``). Case counts.
"""

from __future__ import annotations

import re
from functools import lru_cache


class Patterns:
    """What a source's globs let through. Exclude wins; no include means everything."""

    def __init__(self, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> None:
        self._include = tuple(map(_compiled, include))
        self._exclude = tuple(map(_compiled, exclude))
        self._roots = tuple(map(_components, include))

    def takes(self, path: str) -> bool:
        """Whether a file is wanted."""
        wanted = not self._include or any(pattern.fullmatch(path) for pattern in self._include)
        return wanted and not any(pattern.fullmatch(path) for pattern in self._exclude)

    def enters(self, path: str) -> bool:
        """Whether a folder may hold a wanted file, so that others are not even opened."""
        if any(pattern.fullmatch(path) for pattern in self._exclude):
            return False
        names = path.split("/")
        return not self._include or any(_leads(root, names) for root in self._roots)


def _components(pattern: str) -> tuple[str, ...]:
    body = pattern.removeprefix("./").strip("/")
    anchored = "/" in body or pattern.startswith(("/", "./"))
    return tuple(part for part in body.split("/") if part) if anchored else ("**", body)


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    *folders, last = _components(pattern)
    parts = ["(?:[^/]+/)*" if part == "**" else f"{_translated(part)}/" for part in folders]
    return re.compile("".join(parts) + (".+" if last == "**" else _translated(last) + "(?:/.*)?"))


def _leads(root: tuple[str, ...], names: list[str]) -> bool:
    """Whether a folder lies on the way to, or below, what a pattern names."""
    for part, name in zip(root, names, strict=False):
        if part == "**":
            return True
        if not re.fullmatch(_translated(part), name):
            return False
    return True


@lru_cache(maxsize=1_000)
def _translated(part: str) -> str:
    """One path component as a regular expression; an unclosed bracket is a plain one."""
    result, place = "", 0
    while place < len(part):
        char = part[place]
        place += 1
        if char == "*":
            result += "" if result.endswith("[^/]*") else "[^/]*"
        elif char == "?":
            result += "[^/]"
        elif char == "[" and (end := part.find("]", place + 1)) > 0:
            body = part[place:end].replace("\\", "\\\\").replace("[", "\\[")
            result += f"(?!/)[{'^' + body[1:] if body[0] == '!' else body}]"
            place = end + 1
        else:
            result += re.escape(char)
    return result
