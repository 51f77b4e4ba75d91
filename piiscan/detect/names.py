"""What the name of a column says, in the light of its table and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from piiscan.detect.words import Speller

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.rulepack import ColumnRule, RulePacks

_ANY: Final = "*"
_PLAIN: Final = 0.7
"""Confidence a rule needs for its name to lend neighbours meaning."""
_PEOPLE: Final = frozenset({"person", "worker"})
_DESCRIBES: Final = frozenset(
    {
        "person_name",
        "ssn",
        "dob",
        "gender",
        "marital_status",
        "race",
        "ethnicity",
        "income",
        "citizenship",
        "us_driver_license",
    }
)
"""A table with a column plainly named for one of these describes people, whatever it is called (``@people``)."""
_KEYS: Final = frozenset({"id", "number", "key", "code", "reference", "identifier", "uuid", "guid"})
"""Last words of a column that points to somebody: customer_id, emp_no."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a column's table: its words, the lists they belong to, what stands beside the column."""

    words: tuple[str, ...] = ()
    about: frozenset[str] = frozenset()
    """Word lists of which the table's name has a word (``person``, ``transaction``...); ``organisation`` and ``reference``
    only by its last word; ``people`` also by what its columns are."""
    beside: frozenset[str] = frozenset()
    """Data types that neighbours are plainly named for, and ``@list`` of the keys among them."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A rule that a name fits, and which of the name's words it reads: ``start`` to ``end``, exclusive."""

    rule: ColumnRule
    start: int
    end: int

    def is_part_of(self, other: NameMatch) -> bool:
        """Whether the other one reads the same words and more; a rule for any name reads none and is part of none."""
        longer = other.end - other.start > self.end - self.start > 0
        return longer and other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    rule: int


class NameRules:
    """The packs' column rules, ready to be asked about names."""

    def __init__(self, packs: RulePacks) -> None:
        self.rules: tuple[ColumnRule, ...] = tuple(packs.columns.values())
        vocabulary = [phrase for rule in self.rules for phrase in (*rule.names, *rule.not_names)]
        vocabulary += [word for words in packs.words.values() for word in words]
        self._speller = Speller(
            (word for phrase in vocabulary for word in phrase.split() if word[0] != "@"), packs.abbreviations
        )
        self._lists = {name: tuple(self._speller.spell(word) for word in words) for name, words in packs.words.items()}
        self._ends = frozenset(w for words in self._lists.get("not_heads", ()) for w in words)
        self._starts = frozenset(w for words in self._lists.get("not_starts", ()) for w in words)
        self._flags = frozenset(w for words in self._lists.get("flags", ()) for w in words)
        self._neutral = frozenset(w for words in self._lists.get("neutral", ()) for w in words)
        self._obscured = frozenset(w for words in self._lists.get("obscured", ()) for w in words)
        self._not = [self._expand(rule.not_names) for rule in self.rules]
        self._by_word: dict[str, list[_Phrase]] = {}
        self._anywhere: list[int] = []
        for index, rule in enumerate(self.rules):
            if _ANY in rule.names:
                self._anywhere.append(index)
            for words in self._expand(name for name in rule.names if name != _ANY):
                self._by_word.setdefault(words[0], []).append(_Phrase(words, index))

    def _expand(self, phrases: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Phrases as words; each word list in them stands for all its words."""
        spelt: dict[tuple[str, ...], None] = {}
        for phrase in phrases:
            choices = [self._lists[w[1:]] if w.startswith("@") else (self._speller.spell(w),) for w in phrase.split()]
            for choice in product(*choices):
                words = tuple(word for part in choice for word in part)
                if words:
                    spelt[words] = None
        return tuple(spelt)

    def named(self, column: str, table: str = "") -> list[NameMatch]:
        """The rules that the name fits, whatever the table is about, in the packs' order."""
        words = self._speller.spell(column)
        own = frozenset(self._speller.spell(_last(table)))
        found: dict[int, tuple[int, int]] = {
            index: (0, 0) for index in self._anywhere if not self._denied(index, words)
        }
        for index, start, end in self._hits(words):
            known = found.get(index, (0, 0))
            if end - start > known[1] - known[0] and self._fits(index, words, start, end, own):
                found[index] = (start, end)
        return [NameMatch(self.rules[index], *found[index]) for index in sorted(found)]

    def suits(self, rule: ColumnRule, around: Surroundings) -> bool:
        """Whether the table is one the rule speaks of."""
        if any(self._matches(selector, around) for selector in rule.not_tables):
            return False
        return not rule.tables or any(self._matches(selector, around) for selector in rule.tables)

    def surroundings(self, table: str, columns: Sequence[str]) -> Surroundings:
        """What a table's name and its columns' names say about it."""
        words = self._speller.spell(_last(table))
        about = {name for name, entries in self._lists.items() if any(_contains(words, entry) for entry in entries)}
        for head in ("organisation", "reference"):
            if head in about and not any(words[-len(entry) :] == entry for entry in self._lists[head]):
                about.discard(head)
        if "reference" in about:
            about = {"reference"}
        beside: set[str] = set()
        for column in columns:
            beside.update(match.rule.data_type for match in self.named(column, table) if _is_plain(match.rule))
            beside.update(f"@{name}" for name in self._key_of(column))
        if "reference" not in about and (not _PEOPLE.isdisjoint(about) or not _DESCRIBES.isdisjoint(beside)):
            about.add("people")
        return Surroundings(words, frozenset(about), frozenset(beside))

    def is_obscured(self, column: str) -> bool:
        """Whether the name says that the values are hashed, encrypted or masked: their form proves nothing then."""
        return not self._obscured.isdisjoint(self._speller.spell(column))

    def _hits(self, words: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
        for start, word in enumerate(words):
            for phrase in self._by_word.get(word, ()):
                end = start + len(phrase.words)
                if words[start:end] == phrase.words:
                    yield phrase.rule, start, end

    def _fits(self, index: int, words: tuple[str, ...], start: int, end: int, own: frozenset[str]) -> bool:
        """Whether what stands around the phrase leaves it its meaning."""
        rule = self.rules[index]
        if self._denied(index, words):
            return False
        before, after = words[:start], words[end:]
        harmless = self._flags if "boolean" in rule.kinds else frozenset[str]()
        if not (self._ends - harmless).isdisjoint(after) or not (self._starts - harmless).isdisjoint(before):
            return False
        if not rule.exact:
            return True
        return all(w in own or w in self._neutral or w.isdecimal() or len(w) == 1 for w in (*before, *after))

    def _denied(self, index: int, words: tuple[str, ...]) -> bool:
        return any(_contains(words, denied) for denied in self._not[index])

    def _key_of(self, column: str) -> Iterator[str]:
        words = self._speller.spell(column)
        if len(words) > 1 and words[-1] in _KEYS:
            for name, entries in self._lists.items():
                if any(_contains(words[:-1], entry) for entry in entries):
                    yield name

    def _matches(self, selector: str, around: Surroundings) -> bool:
        if selector.startswith("with "):
            return selector.removeprefix("with ") in around.beside
        if selector.startswith("@"):
            return selector[1:] in around.about
        return _contains(around.words, self._speller.spell(selector))


def _is_plain(rule: ColumnRule) -> bool:
    """Whether a name that fits the rule says enough by itself to lend its neighbours meaning."""
    return not rule.tables and not rule.needs_values and _ANY not in rule.names and rule.confidence >= _PLAIN


def _last(table: str) -> str:
    """The table's own name: without schema, folders and a file's ending."""
    name = table.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return (
        stem
        if dot and ending.lower() in {"csv", "tsv", "txt", "json", "jsonl", "ndjson", "xml", "xlsx", "gz"}
        else ending
    )


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return bool(size) and any(words[i : i + size] == part for i in range(len(words) - size + 1))
