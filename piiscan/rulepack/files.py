"""Files of rules found and read: the shipped ones by folder, those of the firm's own folders."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import tomli

from piiscan.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

RawFile = tuple[str, dict[str, Any]]
"""Where a file lies, as messages name it, and what is in it."""


def shipped(folder: str) -> Iterator[RawFile]:
    """The files of a folder of `piiscan.rules`, by name. Raises RuleError."""
    room = files("piiscan.rules") / folder
    for path in sorted((f for f in room.iterdir() if f.name.endswith(".toml")), key=lambda p: p.name):
        origin = f"{folder}/{path.name}"
        yield origin, read(path, origin)


def own(folder: Path) -> Iterator[RawFile]:
    """The files below a folder of ``[rules] extra``, by path; their pack is ``extra`` if they do not say. Raises RuleError."""
    if not folder.is_dir():
        raise RuleError(f"{folder}: no such folder", hint="[rules] extra names folders of .toml files")
    for path in sorted(folder.rglob("*.toml")):
        yield str(path), {"pack": "extra"} | read(path, str(path))


def read(path: Traversable, origin: str) -> dict[str, Any]:
    """A file's tables. Raises RuleError."""
    try:
        return tomli.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{origin}: cannot be read ({type(error).__name__})") from None
    except tomli.TOMLDecodeError as error:
        raise RuleError(f"{origin}: {error}") from None


def place(loc: tuple[int | str, ...], raw: dict[str, Any]) -> str:
    """``recognizer us_ssn: pattern 1: score`` for pydantic's path to a problem."""
    parts: list[str] = []
    node: Any = raw
    for step in loc:
        node = _inner(node, step)
        if isinstance(step, int):
            name = (node.get("id") or node.get("name") or node.get("word")) if isinstance(node, dict) else None
            parts[-1] += f" {name or step + 1}"
        else:
            parts.append(step)
    return ": ".join(parts)


def _inner(node: Any, step: int | str) -> Any:
    """What lies under a step of the path; None where the step is pydantic's and not the file's."""
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None
