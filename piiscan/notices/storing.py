"""What the notice says is not stored, not readable, or identifies nobody, against what the inventory proves."""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from piiscan.notices.known import ids, labels, places, saying
from piiscan.notices.outcome import Outcome, several, worst

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.notices.known import Held, Known
    from piiscan.notices.outcome import Where
    from piiscan.rulepack import Check

_READABLE: Final = frozenset({"password_label"})
"""Rules that recognize a password by its label in running text."""
_HASHES: Final = frozenset({"password_hash", "column:password.digest"})
"""Rules that recognize the form of a hash."""
_OBSCURED: Final = frozenset(
    {"hash", "hashed", "digest", "sha", "md", "bcrypt", "argon", "scrypt", "pbkdf", "crypt", "crypted", "encrypted", "enc",
     "cipher", "masked", "salt", "salted"}
)  # fmt: skip
"""Words of a column's name that say its values are no readable passwords."""
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def check_never_stored(check: Check, known: Known) -> Outcome:
    """Whether what is said not to be stored is found, and is what the notice speaks of.

    Unknown, with the place, where a person must judge: parts of it, a column that is by its name or its other content an
    account number, a finding by name alone, and with a mark every source that does not bear it.
    """
    others = ids_by_column(known.of(check.beside)) if check.beside else {}
    wanted, doubtful = known.of(check.data_types), known.of(check.doubtful) if check.doubtful else ()

    def doubt(item: Held) -> str:
        return _doubt(item, check, others)

    breach = [item for item in wanted if not doubt(item)]
    unsure = [*places((item for item in wanted if doubt(item)), doubt)]
    unsure += places(doubtful, saying("a part of it only"))
    found = worst(places(breach), unsure)
    if found is None:
        return known.absent("Nothing of it was found.")
    if breach:
        return Outcome(found[0], f"Stored in {several(len(found[1]), 'place')}: {labels(breach)}.", *found[1:])
    return Outcome(found[0], f"A person must judge {several(len(unsure), 'place')}.", *found[1:])


def check_deidentified(check: Check, known: Known) -> Outcome:
    """Whether personal information is found in what the configuration declares deidentified."""
    declared = [name for name, entry in known.config.sources.items() if entry.deidentified] + [
        name for name, entry in known.config.sources.items() if any(fact.deidentified for fact in entry.facts)
    ]
    if not declared:
        return Outcome("unknown", "No source is declared deidentified: nobody can tell what this speaks of.")
    found = [item for item in known.personal(check.data_types) if item.facts.deidentified]
    if found:
        where = tuple(places(found))
        message = f"Personal information in {several(len(where), 'place')} declared deidentified: {labels(found)}."
        return Outcome("breach", message, where)
    return known.absent("No personal information was found in what is declared deidentified.")


def check_cookies(check: Check, known: Known) -> Outcome:
    """Whether a row holds a cookie and what identifies a person.

    A breach where rows must hold both, since together they fill more than there are; unknown where they may, and where running
    text holds both, of which the inventory does not tell lines apart.
    """
    rows: dict[tuple[object, ...], int] = {
        (each.source, each.container, each.member): each.rows_seen for each in known.containers
    }
    breach: list[Where] = []
    unsure: list[Where] = []
    persons = _by_container(known.of(check.beside))
    for key, cookies in _by_container(known.of(check.data_types)).items():
        beside = persons.get(key, [])
        if not beside:
            continue
        both = max(each.filled for each in cookies) + max(each.filled for each in beside) > rows.get(key, 0)
        tabular = all(item.record.column is not None for item in (*cookies, *beside))
        note = "in the same rows" if both and tabular else "in the same table" if tabular else "in the same text"
        target = breach if both and tabular else unsure
        target += places([*cookies, *beside], saying(note))
    found = worst(breach, unsure)
    if found is None:
        return known.absent("No cookie was found beside what identifies a person.")
    held = "identify persons" if breach else "may identify persons: look at the places"
    return Outcome(found[0], f"Cookies {held}.", *found[1:])


def check_passwords(check: Check, known: Known) -> Outcome:
    """Whether passwords lie readable: not recognised as hashes, nor said to be by the column's name."""
    items = known.of(check.data_types or ("password",))
    breach = [item for item in items if _is_readable(item)]
    unsure = [item for item in items if item not in breach and not _is_hashed(item)]
    found = worst(places(breach), places(unsure, saying("whether they are readable is not known")))
    if found is not None:
        state = "readable" if breach else "perhaps readable"
        return Outcome(found[0], f"Passwords {state} in {several(len(found[1]), 'place')}.", *found[1:])
    hashed = f" {several(len(items), 'place')} with hashes." if items else ""
    return known.absent(f"No readable password was found.{hashed}")


def ids_by_column(items: Iterable[Held]) -> dict[tuple[object, ...], set[str]]:
    """The data types of the items by place and column."""
    found: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for item in items:
        found[_column(item)].update(ids([item]))
    return found


def _doubt(item: Held, check: Check, others: dict[tuple[object, ...], set[str]]) -> str:
    """Why a person must judge; empty where it is what the notice speaks of."""
    column = item.record.column
    account = column is not None and (
        bool(others.get(_column(item))) or any(fnmatchcase(column.lower(), glob) for glob in check.columns)
    )
    if account:
        return "the column holds account numbers: it may be the placed debt's own"
    if not item.proved:
        return "by the column's name alone"
    if check.mark is not None and check.mark not in item.facts.marks:
        return f"the configuration does not mark it {check.mark.replace('_', ' ')}: whose it is, a person must judge"
    return ""


def _is_readable(item: Held) -> bool:
    """Whether the evidence tells of passwords that are no hashes."""
    record = item.record
    if not _READABLE.isdisjoint(record.recognizers):
        return True
    by_form = record.evidence == ("values", "name") and _HASHES.isdisjoint(record.recognizers)
    return by_form and not _says_hashed(record.column)


def _is_hashed(item: Held) -> bool:
    record = item.record
    recognised = not _HASHES.isdisjoint(record.recognizers)
    return _says_hashed(record.column) or (
        recognised and (record.column is None or record.cells_matched >= record.cells_seen)
    )


def _says_hashed(column: str | None) -> bool:
    return column is not None and not _OBSCURED.isdisjoint(word.lower() for word in _WORDS.findall(column))


def _by_container(items: Iterable[Held]) -> dict[tuple[object, ...], list[Held]]:
    found: defaultdict[tuple[object, ...], list[Held]] = defaultdict(list)
    for item in items:
        found[_column(item)[:-1]].append(item)
    return found


def _column(item: Held) -> tuple[object, ...]:
    record = item.record
    return (record.source, record.container, record.member, record.column)
