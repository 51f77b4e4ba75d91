"""Where something lies, by its names or, where a reader must not see them, by stable ids."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

_ID_DIGITS = 8


class Located(Protocol):
    """Whatever lies in a container: a holding, a container's record, a skip."""

    @property
    def source(self) -> str:
        """The source's name in the configuration."""

    @property
    def container(self) -> str | None:
        """The table or file; None for the whole source."""

    @property
    def member(self) -> tuple[str, ...]:
        """The way into an archive, sheet or mail."""


@dataclass(frozen=True, slots=True)
class Places:
    """How places are named in a document.

    ``redact`` replaces names of containers, members and columns by ids that stay the same over runs and reports
    (``c-1f2e3d4c``: the first hex digits of SHA-256 over source and path). They hide names from a reader's eye; who can guess
    a name can check the guess.
    """

    redact: bool = False

    def container(self, source: str, path: str | None) -> str | None:
        """The container's name or id; None, the whole source, stays None."""
        return path if path is None or not self.redact else _id("c", source, path)

    def member(self, item: Located) -> tuple[str, ...]:
        """The member's names or ids."""
        if not self.redact:
            return tuple(item.member)
        path = (item.source, item.container or "")
        return tuple(_id("m", *path, *item.member[: depth + 1]) for depth in range(len(item.member)))

    def column(self, item: Located, name: str | None) -> str | None:
        """The column's name or id; None, running text, stays None."""
        return None if name is None else self.named(item.source, item.container or "", name, item.member)

    def named(self, source: str, container: str, name: str, member: Iterable[str] = ()) -> str:
        """The same of a column whose place is given in words."""
        return _id("f", source, container, *member, name) if self.redact else name

    def of(self, item: Located) -> dict[str, object]:
        """The contract's keys of a place: source, container, member."""
        return {
            "source": item.source,
            "container": self.container(item.source, item.container),
            "member": self.member(item),
        }

    def spoken(self, item: Located, column: str | None = None) -> str:
        """The place for human eyes: ``crm:public.accounts [ssn]``, ``share:a.zip > b.csv [ssn]``."""
        container = self.container(item.source, item.container)
        if container is None:
            return f"{item.source}: the whole source"
        path = " > ".join((f"{item.source}:{container}", *self.member(item)))
        name = self.column(item, column)
        return path if name is None else f"{path} [{name}]"

    def globs(self, source: str, globs: Iterable[str]) -> tuple[str, ...]:
        """Globs over the paths of a source, or their ids."""
        return tuple(_id("g", source, glob) if self.redact else glob for glob in globs)

    def reason(self, code: str, reason: str) -> str:
        """Why something was not read; only the code's own words where the reason may carry names."""
        return _REASONS.get(code, code) if self.redact else reason


_REASONS = {
    "no-permission": "the account may not read it",
    "unreachable": "it could not be reached",
    "unreadable": "its content could not be read",
    "encrypted": "it is encrypted",
    "unsupported": "its format is not read yet",
    "timeout": "it took too long",
    "too-large": "it is larger than the limit",
    "vanished": "it was gone when it was to be read",
    "limit": "a limit was reached",
    "error": "it failed",
}


def _id(prefix: str, *parts: str) -> str:
    text = "\x1f".join(parts).encode("utf-8", "surrogateescape")
    return f"{prefix}-{hashlib.sha256(text).hexdigest()[:_ID_DIGITS]}"
