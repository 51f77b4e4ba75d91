"""Rows that refer to others by foreign keys, told by what tells those: asked anew, whoever was found once and is no more is let go."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from piiscan.errors import SourceError
from piiscan.model import Container
from piiscan.ports import Eraser
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piiscan.config import Config
    from piiscan.model import Skip
    from piiscan.model.judging import Test
    from piiscan.retention.erasure import Place

Tests = tuple[tuple["Test", ...], ...]
"""All tests of one of these are true."""
STEPS: Final = 3
"""Foreign keys on the way to what is told by itself."""
_Edges = dict[str, list[tuple[str, str]]]
"""Table -> its foreign keys of one column, each with the table it leads to."""


def told_along(
    config: Config, first: Mapping[Place, Tests], further: Mapping[Place, Tests]
) -> tuple[dict[Place, Tests], list[Skip]]:
    """Of each place of ``further`` what tells its rows: the tests of ``first``, asked along the foreign keys that lead there.

    Where no foreign key of one column does, the place keeps its own. What could not be asked is a skip, and keeps its own.
    """
    found, skips = dict(further), []
    for source in sorted({source for source, _ in further}):
        own = {path: tests for (name, path), tests in further.items() if name == source}
        known = {path: tests for (name, path), tests in first.items() if name == source}
        try:
            edges = _edges(config, source, own.keys() | known.keys())
        except SourceError as error:
            skips.append(error.skip(source))
            continue
        found |= {(source, path): _along(path, known, own, edges, STEPS) or own[path] for path in own}
    return found, skips


def _edges(config: Config, source: str, paths: set[str]) -> _Edges:
    """The foreign keys between these tables; none of a table of which one has several columns. Raises SourceError."""
    edges: _Edges = defaultdict(list)
    several: set[str] = set()
    with closing(connector_for(config, config.source(source), read_plan(config))) as connector:
        listed = [each for each in connector.containers() if isinstance(each, Container) and each.path in paths]
        for shape in connector.shapes(listed) if isinstance(connector, Eraser) else ():
            for each in shape.references:
                several |= {each.child.path} if len(each.columns) > 1 else set()
                edges[each.child.path].append((each.columns[0], shape.container.path))
    return {path: sorted(found) for path, found in edges.items() if path not in several}


def _along(path: str, known: Mapping[str, Tests], own: Mapping[str, Tests], edges: _Edges, steps: int) -> Tests:
    if path in known or path not in edges:
        return known.get(path, own.get(path, ()))
    ways: list[tuple[Test, ...]] = []
    for column, parent in edges[path] if steps else ():
        ways += [_behind(column, parent, tests) for tests in _along(parent, known, own, edges, steps - 1)]
    return tuple(dict.fromkeys(ways))


def _behind(column: str, parent: str, tests: Sequence[Test]) -> tuple[Test, ...]:
    """The tests of a parent's row, asked of a row that refers to it."""
    return tuple(replace(each, path=(column, f"{parent}.{each.path[0]}", *each.path[1:])) for each in tests)
