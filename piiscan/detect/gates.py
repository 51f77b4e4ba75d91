"""Cheap questions asked before an expression is run: could it match this text at all?

A gate is read off the expression's own syntax tree, so a text it turns away cannot match. It asks for a length, a number
of digits, and characters that every match contains. Of letters it asks little, since case folding makes them many and
texts hold most of them: whether there are any, and any but those of hexadecimal figures. That turns numbers, dates and
UUIDs away from every expression that begins with a label. The labels themselves are `leads`, looked for all at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from re import _constants as sre  # type: ignore[attr-defined]  # the standard library's own syntax tree
from re import _parser  # type: ignore[attr-defined]
from string import ascii_letters
from typing import TYPE_CHECKING, Any, Final

import regex

from piiscan.detect.leads import leads_of

if TYPE_CHECKING:
    from collections.abc import Iterable

GATES: Final = "gates.json"
MARKS: Final = "@.:/-_+\uff0b#=()[]{}<>\\|,;'\"!?&%$*~^` \t\n"
"""Characters a gate may ask for; none of them has a second case. The full-width plus begins telephone numbers."""
_LETTER: Final = 1 << len(MARKS)
_BEYOND_F: Final = _LETTER << 1
_ANY_LETTER: Final = _LETTER | _BEYOND_F
_HEXADECIMAL: Final = "abcdefABCDEF"
_OTHERS: Final = "".join(letter for letter in ascii_letters if letter not in _HEXADECIMAL)
_BITS: Final = {mark: 1 << index for index, mark in enumerate(MARKS)}
_HELD: Final = _BITS | dict.fromkeys(_HEXADECIMAL, _LETTER) | dict.fromkeys(_OTHERS, _ANY_LETTER)
"""What a character adds to a text's traits..."""
_ASKED: Final = _BITS | dict.fromkeys(_HEXADECIMAL, _LETTER) | dict.fromkeys(_OTHERS, _BEYOND_F)
"""...and what an expression that needs it asks for."""
_DIGITS: Final = frozenset("0123456789")
_DIGIT: Final = regex.compile(r"\d")
_ASCII_DIGIT: Final = re.compile(r"[0-9]")
_CLASSES: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""Escapes and sets of characters, in which braces mean nothing."""
_POSIX: Final = re.compile(r"\[:\^?\w+:\]")
_FUZZY: Final = re.compile(r"\{(?!\d*,?\d*\})")
"""Syntax the regex module reads otherwise than the standard library: POSIX classes, fuzzy matching, properties."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text consists of: ``length`` and ``digits`` in code points, ``marks`` as bits over `MARKS` and letters."""

    length: int
    digits: int
    marks: int


def traits(text: str) -> Traits:
    """The traits of a text; digits are those the regex module counts as such, and any character beyond ASCII may be a letter."""
    plain = text.isascii()
    digit = _ASCII_DIGIT if plain else _DIGIT
    marks = 0 if plain else _ANY_LETTER
    for character in set(text):
        marks |= _HELD.get(character, 0)
    return Traits(len(text), len(digit.findall(text)), marks)


@dataclass(frozen=True, slots=True)
class Gate:
    """What every text with a match has: at least so long, so many digits, one mark of each set."""

    length: int = 0
    digits: int = 0
    marks: tuple[int, ...] = ()
    leads: frozenset[str] = frozenset()
    """Beginnings of words, one of which every match begins with (`LeadScanner` looks for them); empty: unknown."""

    def admits(self, seen: Traits) -> bool:
        """False only if the text cannot match, whatever its leads."""
        if seen.length < self.length or seen.digits < self.digits:
            return False
        return all(seen.marks & wanted for wanted in self.marks)

    def __add__(self, other: Gate) -> Gate:
        """Both in a row."""
        return Gate(self.length + other.length, self.digits + other.digits, _smallest((*self.marks, *other.marks)))

    def __or__(self, other: Gate) -> Gate:
        """Either: only what both ask for; a mark of one or of the other."""
        both = tuple(a | b for a in self.marks for b in other.marks)
        return Gate(min(self.length, other.length), min(self.digits, other.digits), _smallest(both))


def mark(characters: str) -> int:
    """The set of these marks, as a gate holds it."""
    wanted = 0
    for character in characters:
        wanted |= _BITS[character]
    return wanted


def _smallest(sets: Iterable[int]) -> tuple[int, ...]:
    """The sets that contain no other one, at most four, the most telling first."""
    ordered = sorted(set(sets), key=lambda s: (s.bit_count(), s))
    kept: list[int] = []
    for candidate in ordered:
        if not any(candidate & other == other for other in kept):
            kept.append(candidate)
    return tuple(kept[:4])


@lru_cache(maxsize=4096)
def gate_of(expression: str) -> Gate:
    """The gate of an expression: as remembered for the shipped ones, else read off it."""
    return remembered().get(key_of(expression)) or read_gate(expression)


def key_of(expression: str) -> str:
    """What an expression's gate is remembered under."""
    return hashlib.sha256(expression.encode()).hexdigest()[:20]


@cache
def remembered() -> dict[str, Gate]:
    """The gates of the shipped expressions. Reading them off anew takes seconds; `python -m piiscan.detect.gatefile` does."""
    rows = json.loads((resources.files("piiscan.detect") / GATES).read_text("utf-8"))
    return {key: Gate(length, digits, tuple(marks), frozenset(leads)) for key, length, digits, marks, leads in rows}


def read_gate(expression: str) -> Gate:
    """The gate read off an expression; one that asks nothing where its syntax is beyond the standard library's parser."""
    if _POSIX.search(expression) or _FUZZY.search(_CLASSES.sub("", expression)):
        return Gate()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = _parser.parse(expression, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError):
            return Gate()
    return replace(_sequence(tree), leads=leads_of(tree))


def _sequence(nodes: Iterable[tuple[Any, Any]]) -> Gate:
    gate = Gate()
    for kind, argument in nodes:
        gate = gate + _node(kind, argument)
    return gate


def _node(kind: Any, argument: Any) -> Gate:  # noqa: PLR0911 - one line for each kind of node
    """The gate of one node; a node that is not understood asks nothing."""
    if kind is sre.LITERAL:
        return _characters({chr(argument)})
    if kind is sre.IN:
        return _characters(_members(argument))
    if kind in (sre.ANY, sre.NOT_LITERAL, sre.CATEGORY):
        return Gate(length=1)
    if kind is sre.SUBPATTERN:
        return _sequence(argument[3])
    if kind is sre.ATOMIC_GROUP:
        return _sequence(argument)
    if kind is sre.BRANCH:
        gates = [_sequence(branch) for branch in argument[1]]
        joined = gates[0]
        for gate in gates[1:]:
            joined = joined | gate
        return joined
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        low, _, inner = argument
        once = _sequence(inner)
        return Gate(once.length * low, once.digits * low, once.marks if low else ())
    return Gate()


def _members(items: Iterable[tuple[Any, Any]]) -> set[str] | None:
    """The characters of a class; None when it holds more than can be listed."""
    found: set[str] = set()
    for kind, argument in items:
        if kind is sre.LITERAL:
            found.add(chr(argument))
        elif kind is sre.RANGE and argument[1] < 128:  # noqa: PLR2004 - ASCII
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        elif kind is sre.CATEGORY and argument is sre.CATEGORY_DIGIT:
            found.update(_DIGITS)
        else:
            return None
    return found


def _characters(members: set[str] | None) -> Gate:
    if not members:
        return Gate(length=1)
    if members <= _DIGITS:
        return Gate(length=1, digits=1)
    wanted = 0
    for member in members:
        if member not in _ASKED:
            return Gate(length=1)
        wanted |= _ASKED[member]
    return Gate(length=1, marks=(wanted,))
