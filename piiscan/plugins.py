"""The finder: connectors and report formats, ours and those of other distributions."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any, TypeVar

from piiscan.errors import UsageError
from piiscan.ports import Connector, Renderer

P = TypeVar("P", Connector, Renderer)


def connector(kind: str) -> type[Connector]:
    """The connector class for ``connector = kind``. Raises UsageError naming the known kinds."""
    return _pick("connector", kind, connectors())


def renderer(name: str) -> type[Renderer]:
    """The renderer class for ``--format name``. Raises UsageError naming the known formats."""
    return _pick("format", name, renderers())


@cache
def connectors() -> dict[str, type[Connector]]:
    """Every connector class by kind, in alphabetical order."""
    return _find("piiscan.connectors", "kind", "containers")


@cache
def renderers() -> dict[str, type[Renderer]]:
    """Every renderer class by format, in alphabetical order."""
    return _find("piiscan.reports", "format", "render")


def _pick(what: str, name: str, known: dict[str, type[P]]) -> type[P]:
    if name in known:
        return known[name]
    raise UsageError(f"unknown {what} {name!r}", hint=f"known: {', '.join(known) or 'none'}; see piiscan plugins")


def _find(group: str, key: str, method: str) -> dict[str, Any]:
    """Classes with ``key`` and ``method`` in the modules of a package, then in the entry points of the same name."""
    found: dict[str, Any] = {}
    package = importlib.import_module(group)
    for info in pkgutil.iter_modules(package.__path__, f"{group}."):
        module = importlib.import_module(info.name)
        for _, candidate in inspect.getmembers(module, inspect.isclass):
            if hasattr(candidate, method) and isinstance(getattr(candidate, key, None), str):
                found[getattr(candidate, key)] = candidate
    for point in entry_points(group=group):
        candidate = point.load()
        found.setdefault(getattr(candidate, key), candidate)
    return dict(sorted(found.items()))
