"""Which event a column's name tells: its words, spelt out, and what they mean together and in a table of that name.

One vocabulary for both questions: which column dates the collection of a row (`piiscan.clocks`), and which may date an event
of a retention rule (`piiscan.retention.candidates`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from piiscan.eventphrases import EVENTS

if TYPE_CHECKING:
    from piiscan.eventphrases import Phrase


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


RECEIVED: Final = _set(
    "collected collection placed placement received receipt imported import obtained acquired captured intake submitted"
    " signup registered registration enrolled joined uploaded loaded"
)
MADE: Final = _set("created create creation inserted insert entered entry added recorded record logged opened")
HAPPENED: Final = _set(
    "call called payment paid visit visited order ordered invoice invoiced purchase rental sale sold event sent attempt"
    " attempted hit started start occurred transaction request login served timestamp ts time date datetime when"
)
TIME_WORDS: Final = _set("at on date datetime time timestamp ts dt day when utc fecha datum")
"""That a column holds a time, whatever of."""
NEVER: Final = _set(
    "birth dob born expiry expires expiration exp due until updated update modified modify changed last first deleted death"
    " graduation issue issued valid next required shipped ship duration zone id by scheduled planned expected estimated"
    " projected maturity effective anniversary review image logo age"
)
"""Words of a date that is no event, unless they are part of what names one: ``last activity``."""
NO_COLLECTION: Final = NEVER | _set(
    "end ended closed hire hired termination terminated service delinquency default charge off to return returned"
)
"""Words of a date that no collection has."""
ABBREVIATIONS: Final = {
    short: long
    for long, some in {
        "date": "dt dte fecha datum",
        "timestamp": "tms tmst tstamp",
        "created": "crt crtd cre",
        "last": "lst latest",
        "payment": "pmt pymt pymnt pmnt",
        "transaction": "trx txn tran trans xact",
        "received": "rcvd recd rcv",
        "registered": "reg",
        "updated": "upd lupd",
        "modified": "mod",
        "delinquency": "dlq delinq delinquent",
        "service": "svc srvc srv",
        "account": "acct acc",
        "closed": "clsd cls close closing closure",
        "employment": "emp empl",
        "login": "logon signin logged",
        "called": "dialed dialled phoned",
        "termination": "terminated term",
        "default": "defaulted dflt",
        "withdrawn": "withdrew withdrawal",
        "revoked": "revocation rescinded",
        "opt in": "optin optedin",
        "opt out": "optout optedout",
        "opt": "opted",
        "service date": "dos",
        "first delinquency": "dofd fdd",
        "charge off": "chgoff chargeoff",
        "charge": "charged",
        "hire date": "doh",
        "order": "ord",
        "invoice": "inv",
        "appointment": "appt",
        "admission": "adm admit admitted",
        "discharge": "disch discharged",
        "notice": "notif notified notification",
        "response": "resp responded reply replied",
        "request": "requested",
        "separation": "sep separated",
        "cancelled": "canceled cancellation",
        "start": "begin began begun started commenced commencement",
    }.items()
    for short in some.split()
}
"""A word -> what it stands for."""
NEUTRAL: Final = _set("account customer client debtor record row local actual system my the of for and was is app user")
"""Words that take nothing from what the others say."""
STRANGE: Final = 0.85
"""What every other word that is no part of the phrase leaves of its likelihood."""
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KNOWN: Final = frozenset(
    word
    for word in (
        *ABBREVIATIONS,
        *(word for phrases in EVENTS.values() for phrase in phrases for word in (*phrase.words, *phrase.table)),
        *(RECEIVED | MADE | HAPPENED | TIME_WORDS | NO_COLLECTION),
        *("of", "from", "in", "out"),
    )
    if len(word) > 1
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An event that a name may tell, how likely (0-1), and by which words."""

    event: str
    likelihood: float
    said: str


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """The words of a name in small letters, run-together ones apart, short ones also spelt out."""
    words = [word for part in _PARTS.findall(name) for word in _apart(part.lower())]
    return frozenset([*words, *(word for short in words for word in ABBREVIATIONS.get(short, "").split())])


def _apart(word: str) -> list[str]:
    """A word that is made of known ones alone as those, the fewest; any other as it is."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(word) + 1):
        found = [
            [*before, word[start:end]]
            for start in range(end)
            if (before := best[start]) is not None and word[start:end] in _KNOWN
        ]
        best.append(min(found, key=len, default=None))
    return best[-1] or [word]


def meanings(column: str, table: str) -> list[Meaning]:
    """The events that a column's name may tell in a table of that name, one line an event, in the order of `EVENTS`."""
    words, around = words_of(column), singular_words(table)
    found = []
    for event, phrases in EVENTS.items():
        fitting = [
            Meaning(event, phrase.likelihood * _rest(words, around, phrase), " ".join((*phrase.table, *phrase.words)))
            for phrase in phrases
            if _fits(phrase, words, around)
        ]
        if fitting:
            found.append(max(fitting, key=lambda each: each.likelihood))
    return found


def _fits(phrase: Phrase, words: frozenset[str], around: frozenset[str]) -> bool:
    """Whether the words are there, none that speaks against it, and only a time where the table alone says of what."""
    said = words | {"date"} if words & TIME_WORDS else words
    if not said.issuperset(phrase.words) or not around.issuperset(phrase.table):
        return False
    if (words & NEVER).difference(phrase.words):
        return False
    return phrase.words != ("date",) or words <= TIME_WORDS | NEUTRAL | around


def singular_words(name: str) -> frozenset[str]:
    """The words of a table's name: ``calls`` is about a call."""
    return frozenset(map(_single, words_of(name)))


def _single(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word  # noqa: PLR2004  # gas


def _rest(words: frozenset[str], around: frozenset[str], phrase: Phrase) -> float:
    """What the words beside a phrase leave of it."""
    known = {*phrase.words, *around, *TIME_WORDS, *NEUTRAL}
    strange = [
        word
        for word in words
        if not word.isdigit() and word not in known and not known.intersection(ABBREVIATIONS.get(word, "").split())
    ]
    return float(STRANGE ** len(strange))
