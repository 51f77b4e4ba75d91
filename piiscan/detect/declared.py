"""What the firm declares that a container holds, since no value and no name would show it: ``[[sources.NAME.declared]]``."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from piiscan import rulepack
from piiscan.model import Classification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piiscan.detect.settings import DeclaredEntry
    from piiscan.model import Container, DataType

Held = list[tuple[str | None, Classification]]
"""Data types by column; None is running text, or the container as a whole."""


class Declarations:
    """The declarations in effect, ready to be asked about a container. Raises RuleError for an unknown data type."""

    def __init__(self, entries: Sequence[DeclaredEntry], types: Mapping[str, DataType]) -> None:
        self._entries = [(entry, sorted(rulepack.select(entry.data_types, types))) for entry in entries]

    def join(self, found: Held, container: Container, seen: Mapping[str | None, int]) -> Held:
        """What was found and what is declared; ``seen`` are the columns, each with its cells that are not null.

        The container as a whole stands there as None. What is both found and declared is one classification.
        """
        held = {(column, each.data_type): each for column, each in found}
        for column, data_type, reason in self._said(container, seen):
            known = held.get((column, data_type))
            declared = f"declared in the configuration: {reason}"
            if known is None:
                held[column, data_type] = Classification(data_type, 1.0, ("declared",), (), seen[column], 0, declared)
            elif "declared" not in known.evidence:
                held[column, data_type] = replace(
                    known, confidence=1.0, evidence=(*known.evidence, "declared"), why=f"{known.why}; {declared}"
                )
        order = {column: place for place, column in enumerate(seen)}
        return sorted(
            ((c, each) for (c, _), each in held.items()), key=lambda pair: (order[pair[0]], pair[1].data_type)
        )

    def _said(self, container: Container, columns: Mapping[str | None, int]) -> Iterator[tuple[str | None, str, str]]:
        """Column, data type and reason of every declaration that reaches into the container."""
        for entry, types in self._entries:
            if entry.source != container.source or not _fits(entry.tables, container.path):
                continue
            for column in columns:
                # As a whole, an archive is one container; its members are spoken of by their columns.
                wanted = not (entry.columns or container.member) if column is None else _named(entry.columns, column)
                if wanted:
                    yield from ((column, data_type, entry.reason) for data_type in types)


def _fits(globs: Sequence[str], name: str) -> bool:
    return not globs or _named(globs, name)


def _named(globs: Sequence[str], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
