"""What the name of a column says, in the light of its table and its neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

from piiscan.detect.words import Speller, parts

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
_HEADS: Final = _KEYS | {"name", "date", "amount", "type", "address", "phone"}
"""Last words that say what a column is, however many columns share them."""
_LISTS: Final = frozenset({"reference", "lookup"})
"""First words of a table that is a list of choices: ref_diagnosis; references of a borrower are people."""
_FEWEST_ALIKE: Final = 3
"""Columns that need to share a word for it to be their table's way of naming."""


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
    pointed: bool = False
    """Whether the name is that of the table the column points to."""

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
        self._listing: dict[tuple[str, ...], list[str]] = {}
        for name, entries in self._lists.items():
            for entry in entries:
                self._listing.setdefault(entry, []).append(name)
        self._ends = frozenset(w for words in self._lists.get("not_heads", ()) for w in words)
        self._starts = frozenset(w for words in self._lists.get("not_starts", ()) for w in words)
        self._flags = frozenset(w for words in self._lists.get("flags", ()) for w in words)
        self._leading = frozenset(packs.words.get("heads_first", ()))
        self._neutral = frozenset(w for words in self._lists.get("neutral", ()) for w in words)
        self._obscured = frozenset(w for words in self._lists.get("obscured", ()) for w in words)
        self._says: dict[str, list[_Phrase]] = {}
        self._denies: dict[str, list[_Phrase]] = {}
        self._anywhere: list[int] = []
        for index, rule in enumerate(self.rules):
            if _ANY in rule.names:
                self._anywhere.append(index)
            for words in self._expand(name for name in rule.names if name != _ANY):
                self._says.setdefault(words[0], []).append(_Phrase(words, index))
            for words in self._expand(rule.not_names):
                self._denies.setdefault(words[0], []).append(_Phrase(words, index))

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

    def named(self, column: str, table: str = "", affixes: frozenset[str] = frozenset()) -> list[NameMatch]:
        """The rules that the name fits, whatever the table is about, in the packs' order.

        ``affixes`` are words that say nothing because most columns of the table have them.
        """
        spelt = self._speller.spell(column)
        own = affixes.union(self._speller.spell(_last(table)))
        denied = {index for index, _, _ in _hits(self._denies, spelt)}
        found: dict[int, tuple[int, int]] = {index: (0, 0) for index in self._anywhere if index not in denied}
        for words in self._readings(spelt, turned=not self._leading.isdisjoint(parts(column)[:1])):
            for index, start, end in _hits(self._says, words):
                known = found.get(index, (0, 0))
                longer = end - start > known[1] - known[0]
                if longer and index not in denied and self._fits(index, words, start, end, own):
                    found[index] = (start, end)
        return [NameMatch(self.rules[index], *found[index]) for index in sorted(found)]

    def _readings(self, words: tuple[str, ...], *, turned: bool) -> Iterator[tuple[str, ...]]:
        """A name's words as they stand, and without the numbers that only count: Owner1Name, emergency_2_phone.

        ``turned``: also with the first word last, as English has it: metodo_pago is a payment method; and only so where
        that word makes it something about the thing: tipo_telefono is no telephone.
        """
        if turned and len(words) > 1:
            yield (*words[1:], words[0])
            if words[0] in self._ends:
                return
        yield words
        if any(word.isdecimal() for word in words[1:-1]):
            yield tuple(word for word in words if not word.isdecimal())

    def affixes(self, columns: Sequence[str]) -> frozenset[str]:
        """The words that most of a table's columns begin or end with: emp_name, emp_phone, emp_ssn."""
        spelt = [words for words in map(self._speller.spell, columns) if len(words) > 1]
        fewest = max(_FEWEST_ALIKE, len(columns) / 2)
        ends = (*Counter(words[0] for words in spelt).items(), *Counter(words[-1] for words in spelt).items())
        return frozenset(word for word, times in ends if times >= fewest and word not in _HEADS)

    def suits(self, rule: ColumnRule, around: Surroundings) -> bool:
        """Whether the table is one the rule speaks of."""
        if any(self._matches(selector, around) for selector in rule.not_tables):
            return False
        return not rule.tables or self.ground(rule, around) is not None

    def ground(self, rule: ColumnRule, around: Surroundings) -> str | None:
        """The first of the rule's demands on a table that this one meets; None if it demands nothing."""
        return next((selector for selector in rule.tables if self._matches(selector, around)), None)

    def words(self, column: str) -> tuple[str, ...]:
        """A column's name, spelt out."""
        return self._speller.spell(column)

    def pointed(self, reference: str) -> list[NameMatch]:
        """The rules that the name of a table fits, to which a foreign key (``table.column``) points: a list of choices."""
        table = _last(reference.rpartition(".")[0])
        return [replace(match, pointed=True) for match in self.named(table) if match.end]

    def surroundings(self, table: str, columns: Sequence[str], references: Iterable[str] = ()) -> Surroundings:
        """What a table's name, its columns' names and the tables its foreign keys point to (``table.column``) say about it."""
        words = self._speller.spell(_last(table))
        about = self._listed_in(words)
        for head in ("organisation", "reference"):
            if head in about and not any(words[-len(entry) :] == entry for entry in self._lists[head]):
                about.discard(head)
        if words[1:] and words[0] in _LISTS and _PEOPLE.isdisjoint(about):
            about.add("reference")
        if "reference" in about:
            about = {"reference"}
        beside: set[str] = set()
        affixes = self.affixes(columns)
        for column in columns:
            named = self.named(column, table, affixes)
            beside.update(match.rule.data_type for match in named if _is_plain(match.rule))
            beside.update(f"@{name}" for name in self._key_of(column))
        for reference in references:
            whose = self._speller.spell(_last(reference.rpartition(".")[0]))
            beside.update(f"@{name}" for name in _PEOPLE if self._names_any(name, whose[-1:]))
        if "reference" not in about and (not _PEOPLE.isdisjoint(about) or not _DESCRIBES.isdisjoint(beside)):
            about.add("people")
        return Surroundings(words, frozenset(about), frozenset(beside))

    def _listed_in(self, words: tuple[str, ...]) -> set[str]:
        """The word lists of which an entry stands in these words."""
        ends = range(1, len(words) + 1)
        return {name for end in ends for start in range(end) for name in self._listing.get(words[start:end], ())}

    def _names_any(self, name: str, words: tuple[str, ...]) -> bool:
        return any(_contains(words, entry) for entry in self._lists.get(name, ()))

    def is_obscured(self, column: str) -> bool:
        """Whether the name says that the values are hashed, encrypted or masked: their form proves nothing then."""
        return not self._obscured.isdisjoint(self._speller.spell(column))

    def _fits(self, index: int, words: tuple[str, ...], start: int, end: int, own: frozenset[str]) -> bool:
        """Whether what stands around the phrase leaves it its meaning."""
        rule = self.rules[index]
        before, after = words[:start], words[end:]
        harmless = self._flags if "boolean" in rule.kinds else frozenset[str]()
        if not (self._ends - harmless).isdisjoint(after) or not (self._starts - harmless).isdisjoint(before):
            return False
        if not rule.exact:
            return True
        return all(w in own or w in self._neutral or w.isdecimal() or len(w) == 1 for w in (*before, *after))

    def _key_of(self, column: str) -> Iterator[str]:
        words = self._speller.spell(column)
        if len(words) > 1 and words[-1] in _KEYS:
            yield from self._listed_in(words[:-1])

    def _matches(self, selector: str, around: Surroundings) -> bool:
        if selector.startswith("with "):
            return selector.removeprefix("with ") in around.beside
        if selector.startswith("@"):
            return selector[1:] in around.about
        return _contains(around.words, self._speller.spell(selector))


def _hits(phrases: dict[str, list[_Phrase]], words: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    """The phrases that stand in a name: rule, start, end (exclusive)."""
    for start, word in enumerate(words):
        for phrase in phrases.get(word, ()):
            end = start + len(phrase.words)
            if words[start:end] == phrase.words:
                yield phrase.rule, start, end


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
