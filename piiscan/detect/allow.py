"""What the firm has decided to leave out: ``[[ignore]]`` entries, applied to findings and counted, never silent.

Two kinds of entry: one that says what a value is (``values_hashed``, ``patterns``) leaves out findings, and whatever else
stands in the column is judged as ever; one that says only where (``columns``, ``paths``) leaves out what is found there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import regex

from piiscan import rulepack
from piiscan.errors import UsageError
from piiscan.model import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from piiscan.detect.settings import IgnoreEntry
    from piiscan.model import Classification, Container, DataType, Detection, Secret

_SCHEME: Final = "hmac-sha256"
_PURPOSE: Final = b"piiscan ignored values 1"
"""Keeps these digests apart from whatever else the firm's key is used for."""
_NUMBER: Final = re.compile(r"[\d\s()./+-]*\d[\d\s()./+-]*")


class Hasher:
    """Digests of values under the firm's key (HMAC-SHA256, RFC 2104).

    Without a key a digest of a Social Security number is undone by trying all of them; so there is none without it.
    """

    def __init__(self, key: Secret) -> None:
        self._key = hmac.digest(base64.b64decode(key.reveal()), _PURPOSE, "sha256")
        self.key_id = hmac.digest(self._key, b"id", "sha256").hex()[:8]
        """Tells digests of one key from those of another; says nothing about it."""

    def digest(self, value: str) -> str:
        """``hmac-sha256:KEY ID:HEX`` of a value, however it is written: without regard to case or separators of digits."""
        found = hmac.digest(self._key, b"value " + _plain(value).encode("utf-8", "surrogatepass"), "sha256")
        return f"{_SCHEME}:{self.key_id}:{found.hex()}"


def _plain(value: str) -> str:
    """The value as its digest takes it: compatibility forms joined, no case, single spaces; a number by its digits alone."""
    text = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class _Rule:
    """An entry, ready to be asked."""

    entry: IgnoreEntry
    patterns: tuple[regex.Pattern[str], ...]
    digests: frozenset[str]
    types: frozenset[str] | None
    """None = every data type."""

    @property
    def of_values(self) -> bool:
        """Whether it says what a value is, not only where."""
        return bool(self.patterns or self.digests)

    def takes(self, data_type: str) -> bool:
        return self.types is None or data_type in self.types

    def holds_at(self, source: str, places: Sequence[str], column: str | None) -> bool:
        """Whether it reaches a column (None: running text) of a container that goes by these paths."""
        entry = self.entry
        if entry.source not in (None, source):
            return False
        if entry.paths and not _any_fits(entry.paths, source, places):
            return False
        if not entry.columns:
            return True
        return column is not None and _any_fits(entry.columns, source, [f"{place}.{column}" for place in places])


def _any_fits(globs: Iterable[str], source: str, names: Sequence[str]) -> bool:
    """Whether a glob, ``name`` or ``source:name``, fits one of the names."""
    for glob in globs:
        there, colon, name = glob.partition(":")
        if colon and not fnmatchcase(source, there):
            continue
        if any(fnmatchcase(each, name if colon else glob) for each in names):
            return True
    return False


class AllowList:
    """All entries of a detector. Raises RuleError for an unknown data type, UsageError for digests without their key."""

    def __init__(self, entries: Sequence[IgnoreEntry], types: Mapping[str, DataType], key: Secret | None) -> None:
        self._rules = tuple(_rule(entry, types) for entry in entries)
        self._hasher = Hasher(key) if key is not None else None
        if self._hasher is None and any(rule.digests for rule in self._rules):
            raise UsageError("values_hashed needs the firm's key", hint="name it in piiscan.toml: [security] key_file")

    def of(self, container: Container) -> ContainerAllow:
        """The entries that reach something of a container."""
        places = ["/".join((container.path, *container.member[:depth])) for depth in range(len(container.member) + 1)]
        return ContainerAllow(self._rules, self._hasher, container.source, places)

    def anywhere(self, source: str = "") -> Allowed:
        """The entries that hold for a text of which nothing more is known than perhaps its source."""
        rules = [rule for rule in self._rules if rule.of_values and not rule.entry.columns and not rule.entry.paths]
        return Allowed([rule for rule in rules if rule.entry.source in (None, source)], self._hasher)


def _rule(entry: IgnoreEntry, types: Mapping[str, DataType]) -> _Rule:
    patterns = tuple(regex.compile(pattern, regex.IGNORECASE) for pattern in entry.patterns)
    chosen = rulepack.select(entry.data_types, types) if entry.data_types else None
    return _Rule(entry, patterns, frozenset(entry.values_hashed), chosen)


class Allowed:
    """What holds for one column, or for running text."""

    def __init__(self, rules: Sequence[_Rule], hasher: Hasher | None) -> None:
        self._values = [rule for rule in rules if rule.of_values]
        self._places = [rule for rule in rules if not rule.of_values]
        self._hasher = hasher if any(rule.digests for rule in self._values) else None

    def split(self, text: str, found: Sequence[Detection]) -> tuple[Sequence[Detection], tuple[tuple[str, str], ...]]:
        """The findings that stay; of those that do not, the entry's id and the data type."""
        if not self._values or not found:
            return found, ()
        kept, ignored = [], set()
        for detection in found:
            entry = self.entry_for(text, detection)
            if entry is None:
                kept.append(detection)
            else:
                ignored.add((entry, detection.data_type))
        return kept, tuple(sorted(ignored))

    def entry_for(self, text: str, detection: Detection) -> str | None:
        """The id of the first entry that leaves a finding of a text out, for what its value is."""
        value = text[detection.start : detection.end]
        digest = None
        for rule in self._values:
            if not rule.takes(detection.data_type):
                continue
            if any(pattern.fullmatch(value) for pattern in rule.patterns):
                return rule.entry.id
            if rule.digests and self._hasher is not None:
                digest = digest or self._hasher.digest(value)
                if digest in rule.digests:
                    return rule.entry.id
        return None

    def leaves_out(self, data_type: str) -> str | None:
        """The id of the first entry that leaves a data type out here, whatever the values are."""
        return next((rule.entry.id for rule in self._places if rule.takes(data_type)), None)


class ContainerAllow:
    """What holds for one container, and what was left out of it."""

    def __init__(self, rules: Sequence[_Rule], hasher: Hasher | None, source: str, places: Sequence[str]) -> None:
        self._rules, self._hasher, self._source, self._places = rules, hasher, source, places
        self._columns: dict[str | None, Allowed] = {}
        self.ignored: tuple[Ignored, ...] = ()

    def column(self, name: str | None) -> Allowed:
        """What holds for a column; None is running text, and the container as a whole."""
        if name not in self._columns:
            rules = [rule for rule in self._rules if rule.holds_at(self._source, self._places, name)]
            self._columns[name] = Allowed(rules, self._hasher)
        return self._columns[name]

    def keep(
        self,
        found: list[tuple[str | None, Classification]],
        passed: Mapping[str | None, Mapping[tuple[str, str], int]],
    ) -> list[tuple[str | None, Classification]]:
        """The classifications that stay; the others are noted in ``ignored``.

        ``passed`` are the cells of each column with a finding that was left out, by entry and data type.
        """
        ignored = [
            Ignored(entry, name, data_type, cells, whole=False)
            for name, counts in passed.items()
            for (entry, data_type), cells in sorted(counts.items())
        ]
        kept = []
        for name, one in found:
            entry = self.column(name).leaves_out(one.data_type)
            if entry is None:
                kept.append((name, one))
            else:
                ignored.append(Ignored(entry, name, one.data_type, one.cells_matched, whole=True))
        self.ignored = tuple(ignored)
        return kept


def entry_id(source: str | None, targets: Mapping[str, Sequence[str]]) -> str:
    """Names an entry that has no name of its own: the same as long as it leaves out the same."""
    parts = [source or "", *(f"{key}={item}" for key in sorted(targets) for item in targets[key])]
    return f"ignore-{hashlib.sha256(chr(0x1F).join(parts).encode()).hexdigest()[:8]}"
