"""The words that matches begin with: one look at a text decides which of hundreds of labelled expressions are worth running.

Most expressions begin with a label at the start of a word: ``dob``, ``date of birth``, ``employer``. Read off the syntax
trees, all labels together make one trie, and one pass over the text says which of them stand in it. A text without an
expression's label cannot match the expression, so nothing is lost.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby, takewhile
from re import _constants as sre  # type: ignore[attr-defined]  # the standard library's own syntax tree
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_LONGEST: Final = 12
"""Characters of a label that are looked for."""
_SHORTEST: Final = 2
_TELLING: Final = 4
"""Characters from which a label is rare enough to look no further into its expression."""
_MOST: Final = 200
"""Labels of one expression that are told apart."""
_CHOICES: Final = 10
"""Characters of a class that are told apart."""
_BLANK: Final = re.compile("[^a-z0-9]")
"""All that is no letter or digit of ASCII counts as a blank: labels are spelt with spaces, dashes and low lines."""
_FOLDING: Final = re.compile("[\u0130\u0131\u017f\u212a]")
"""Characters beyond ASCII that the regex module takes for ASCII letters when it ignores case."""
_STARTS: Final = (sre.AT_BOUNDARY, sre.AT_BEGINNING, sre.AT_BEGINNING_LINE, sre.AT_BEGINNING_STRING)
_SEPARATOR: Final = re.compile(r"[^\w\u0080-\U0010ffff]", re.ASCII)
_SEPARATING: Final = ((sre.CATEGORY, sre.CATEGORY_SPACE), (sre.CATEGORY, sre.CATEGORY_NOT_WORD))
_REPEATS: Final = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


class _Lead(NamedTuple):
    """The beginning of a match as far as it is read: whether a word begins with it, whether there is more to read."""

    text: str = ""
    anchored: bool = False
    ended: bool = False


def leads_of(tree: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """Texts in lower case, one of which begins a word in every match: the most telling ones; empty where none are known.

    ``tree`` is an expression as the standard library parses it.
    """
    nodes = list(_flat(tree))
    best = _complete(_walk(nodes, {_Lead()}))
    for i in range(1, len(nodes)):
        if _worth(best) >= _TELLING:
            break
        if _separates(*nodes[i - 1]):
            best = max(best, _complete(_walk(nodes[i:], {_Lead(anchored=True)})), key=_worth)
    return best


def _worth(leads: Collection[str]) -> int:
    """How little a set of leads lets through: the length of its shortest."""
    return min(map(len, leads), default=0)


def _flat(tree: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """The nodes in a row, groups opened."""
    for kind, argument in tree:
        if kind is sre.SUBPATTERN:
            yield from _flat(argument[3])
        else:
            yield kind, argument


def _separates(kind: Any, argument: Any) -> bool:
    """Whether a node's last character is certain to belong to no word."""
    if kind is sre.LITERAL:
        return bool(_SEPARATOR.match(chr(argument)))
    if kind is sre.IN:
        return all(item in _SEPARATING or (item[0] is sre.LITERAL and _separates(*item)) for item in argument)
    if kind in _REPEATS:
        low, _, inner = argument
        return bool(low) and len(inner) == 1 and _separates(*inner[0])
    return kind is sre.AT and argument in _STARTS


def _complete(found: set[_Lead]) -> frozenset[str]:
    """The texts of leads that are all long enough to tell something, each only once: none begins with another."""
    if any(len(lead.text) < _SHORTEST or not lead.anchored for lead in found):
        return frozenset()
    texts = {lead.text for lead in found}
    return frozenset(t for t in texts if not any(t[:n] in texts for n in range(_SHORTEST, len(t))))


def _walk(nodes: Iterable[tuple[Any, Any]], leads: set[_Lead]) -> set[_Lead]:
    """The leads after these nodes in a row."""
    for kind, argument in nodes:
        going = {lead for lead in leads if not lead.ended}
        if not going:
            break
        further = _step(kind, argument, going)
        if len(further) + len(leads) > _MOST:
            further = _end(going)
        leads = (leads - going) | further
    return leads


def _step(kind: Any, argument: Any, leads: set[_Lead]) -> set[_Lead]:  # noqa: PLR0911 - one line for each kind of node
    """The leads after one node; what cannot be told apart ends them where they are."""
    if kind is sre.LITERAL:
        return _append(leads, {chr(argument)})
    if kind is sre.IN:
        return _append(leads, _members(argument))
    if kind is sre.AT:
        return _anchor(leads) if argument in _STARTS else leads
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return _anchor(leads) if kind is sre.ASSERT_NOT and _bars_words(*argument) else leads
    if kind is sre.SUBPATTERN:
        return _walk(argument[3], leads)
    if kind is sre.ATOMIC_GROUP:
        return _walk(argument, leads)
    if kind is sre.BRANCH:
        return {lead for branch in argument[1] for lead in _walk(branch, leads)}
    if kind in _REPEATS:
        low, high, inner = argument
        once = _walk(inner, leads) if high else leads
        if high > 1:
            once = _end(once)
        return once if low else leads | once
    return _end(leads)


def _append(leads: set[_Lead], choices: set[str]) -> set[_Lead]:
    """Each lead with each character, a blank for all beyond ASCII; ended where there are too many."""
    if not choices or any(_FOLDING.match(choice) for choice in choices):
        return _end(leads)
    plain = {_BLANK.sub(" ", choice.lower()) for choice in choices}
    if len(plain) > _CHOICES:
        return _end(leads)
    further = set()
    for lead in leads:
        for choice in plain:
            if not lead.text and (choice == " " or not lead.anchored):
                further.add(_Lead(ended=True))
            else:
                text = lead.text + choice
                further.add(_Lead(text, lead.anchored, len(text) == _LONGEST))
    return further


def _members(items: Sequence[tuple[Any, Any]]) -> set[str]:
    """The characters of a class that lists a few, white space as a blank; else nothing."""
    found: set[str] = set()
    for kind, argument in items:
        if kind is sre.LITERAL:
            found.add(chr(argument))
        elif kind is sre.RANGE and argument[1] - argument[0] < _CHOICES:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        elif kind is sre.CATEGORY and argument is sre.CATEGORY_SPACE:
            found.add(" ")
        else:
            return set()
    return found


def _anchor(leads: set[_Lead]) -> set[_Lead]:
    return {lead if lead.text else _Lead(anchored=True) for lead in leads}


def _bars_words(direction: int, inner: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a negative look-behind forbids any character of a word."""
    if direction > 0 or len(inner) != 1 or inner[0][0] is not sre.IN:
        return False
    return (sre.CATEGORY, sre.CATEGORY_WORD) in inner[0][1]


def _end(leads: set[_Lead]) -> set[_Lead]:
    return {_Lead(lead.text, lead.anchored, ended=True) for lead in leads}


class LeadScanner:
    """Finds which of many sets of leads a text has one of."""

    def __init__(self, sets: Sequence[frozenset[str]]) -> None:
        self._all = frozenset(range(len(sets)))
        by_lead: dict[str, set[int]] = {}
        for index, leads in enumerate(sets):
            for lead in leads:
                by_lead.setdefault(lead, set()).add(index)
        self._sets = {
            lead: frozenset(i for n in range(_SHORTEST, len(lead) + 1) for i in by_lead.get(lead[:n], ()))
            for lead in by_lead
        }
        # Under re.ASCII a word begins wherever it does for Unicode, and after some letters more.
        self._trie = re.compile(rf"\b(?=({_trie(by_lead)}))", re.ASCII) if by_lead else None

    def find(self, text: str) -> frozenset[int]:
        """The indexes of the sets with a lead in the text."""
        if self._trie is None:
            return frozenset()
        if not text.isascii() and _FOLDING.search(text):
            return self._all
        found = {_BLANK.sub(" ", lead) for lead in self._trie.findall(text.lower())}
        return frozenset().union(*(self._sets[lead] for lead in found)) if found else frozenset()


@lru_cache(maxsize=4)
def scanner_of(sets: tuple[frozenset[str], ...]) -> LeadScanner:
    """The scanner of these sets, made once in a process: detectors of the same rules share it."""
    return LeadScanner(sets)


def _trie(words: Iterable[str]) -> str:
    """An expression for the longest of the words at a place, in time that does not depend on their number."""
    return _branches(sorted(words), 0)


def _branches(words: Sequence[str], at: int) -> str:
    """The expression for what words in order, alike up to a place, have after it."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words[0], words[-1], strict=False)))
    stem = "".join(map(_spelt, words[0][at:shared]))
    rest = words[1:] if len(words[0]) == shared else words
    if not rest:
        return stem
    ways = [_branches(list(group), shared) for _, group in groupby(rest, key=lambda word: word[shared])]
    joined = f"(?:{'|'.join(ways)})" if len(ways) > 1 or len(rest) < len(words) else ways[0]
    return f"{stem}{joined}{'?' if len(rest) < len(words) else ''}"


def _spelt(character: str) -> str:
    return _BLANK.pattern if character == " " else character
