"""JSON lines: a document a line; a broken line costs that line only, and is counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piiscan.connectors.readers import flatten, keys
from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.delimited import lines
from piiscan.connectors.readers.encoding import decoded
from piiscan.connectors.readers.port import MIB
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch, Skip

TYPES = ("jsonlines",)
_LINE = 16 * MIB
_DIGITS = 4_000


class _Pairs(list[tuple[str, Any]]):
    """An object's members in order, those of equal names too: a dict would lose all but the last."""


@dataclass(slots=True)
class _Broken:
    """Lines that could not be parsed: how many, and the number of the first."""

    lines: int = 0
    first: int = 0


def read(file: File) -> Iterator[Batch | Skip]:
    """A row a line. Lines that are no JSON are counted in one Skip, never shown."""
    broken = _Broken()
    names = keys.Keys()
    yield from batched(file, flatten.rows(keys.learnt(_parsed(file, broken), names), names, whole=True))
    if broken.lines:
        reason = (
            f"{broken.lines} lines are not JSON that can be read (the first is line {broken.first}); they were not read"
        )
        yield file.skip(SkipCode.UNREADABLE, reason)


def _parsed(file: File, broken: _Broken) -> Iterator[flatten.Event]:
    """The events of all lines that can be parsed, line by line."""
    for number, line in enumerate(lines(decoded(file), _LINE), 1):
        if not line.strip():
            continue
        try:
            events = list(_events(json.loads(line, object_pairs_hook=_Pairs, parse_int=_integer)))
        except (ValueError, RecursionError, SourceError):  # no JSON, or nested beyond what is safe
            broken.lines += 1
            broken.first = broken.first or number
        else:
            yield from events


def _integer(figures: str) -> int | str:
    """The number; one that no field is large enough for stays text: Python refuses to make it, or takes long."""
    return int(figures) if len(figures) <= _DIGITS else figures


def _events(value: object) -> Iterator[flatten.Event]:
    """The events of a parsed value, without recursion. Raises SourceError (limit) for one deeper than `flatten.MAX_DEPTH`."""
    stack: list[Iterator[tuple[str | None, object]]] = [iter([(None, value)])]
    ends = ["end"]
    while stack:
        if len(stack) > flatten.MAX_DEPTH + 1:
            raise SourceError(SkipCode.LIMIT, f"nested deeper than {flatten.MAX_DEPTH} levels")
        key, item = next(stack[-1], (None, stack))
        if item is stack:
            stack.pop()
            if (end := ends.pop()) != "end":
                yield end, None
            continue
        if key is not None:
            yield "map_key", key
        if isinstance(item, _Pairs):
            yield "start_map", None
            stack.append(iter(item))
            ends.append("end_map")
        elif isinstance(item, list):
            yield "start_array", None
            stack.append((None, element) for element in item)
            ends.append("end_array")
        else:
            yield "scalar", item
