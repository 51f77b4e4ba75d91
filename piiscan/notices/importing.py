"""A profile proposed from a notice's text, by phrases; what it recognised, and what it did not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from piiscan.model import LETTERS
from piiscan.rulepack.phrases import load_phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from piiscan.rulepack.phrases import Expressions, Phrases

_BULLET: Final = re.compile(r"^[\s\u00b7\u2022*-]*(?:\(?[a-z0-9]{1,3}[.)])?[\s\u00b7-]*", re.IGNORECASE)
_MARKED: Final = re.compile(r"^(?:[\u00b7\u2022*-]|\(?[a-z0-9]{1,3}[.)])\s", re.IGNORECASE)
"""An item of a list: where items are marked, the first line that is not ends the list."""
_SENTENCE: Final = re.compile(r"(?<=[.;:!?])\s+(?=[A-Z(\"\u201c])")
_LONGEST: Final = 200
"""Code points of a promise's words that a profile quotes."""
_DAYS: Final = ("%m/%d/%Y", "%B %d, %Y", "%b %d, %Y", "%b. %d, %Y", "%Y-%m-%d", "%d %B %Y")
_NOT_MONTH: Final = re.compile(r"\bsept\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """An item or a sentence of the text, and what it was taken for."""

    text: str
    taken_for: Literal["heading", "promise", "date", ""]
    """Empty: not recognised."""
    kind: str = ""
    """Of a promise."""
    data_types: tuple[str, ...] = ()


@dataclass(slots=True)
class Proposal:
    """A profile as its tables, and the passages it rests on."""

    id: str
    title: str
    last_updated: date | None = None
    headings: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    lags: list[dict[str, Any]] = field(default_factory=list)
    recognised: list[Passage] = field(default_factory=list)
    unrecognised: list[Passage] = field(default_factory=list)


def read_notice(text: str, id_: str, title: str) -> Proposal:
    """The proposal for a notice's text. Nothing is asked of any network; a person reads it before it is used."""
    phrases, made = load_phrases(), Proposal(id_, title)
    _read_headings(text, phrases, made)
    _read_promises(text, phrases, made)
    _read_date(text, phrases, made)
    whole = _plain(text)
    for lag in phrases.lags:
        if (lag.present and _first(lag.present, whole)) or (lag.absent and not _first(lag.absent, whole)):
            made.lags.append({"id": lag.id, "text": lag.text, "citation": lag.citation})
    return made


def _read_headings(text: str, phrases: Phrases, made: Proposal) -> None:
    """The items between what begins a list of what is collected and what ends it."""
    inside = marked = False
    for line in filter(None, map(str.strip, text.splitlines())):
        plain, is_marked = _plain(line), _MARKED.match(line) is not None
        inside = inside and (is_marked or not marked)
        if _first(phrases.catch_all, plain):
            _add_heading(line, LETTERS, [f"category:{letter}" for letter in LETTERS], {}, made)
        elif _first(phrases.begin, plain):
            inside, marked = True, False
        elif _first(phrases.end, plain):
            inside = False
        elif inside:
            marked = marked or is_marked
            found = [phrase for phrase in phrases.headings if _first(phrase.words, plain)]
            if found:
                letters = sorted({letter for phrase in found for letter in phrase.letters})
                types = list(dict.fromkeys(name for phrase in found for name in phrase.data_types))
                _add_heading(line, letters, types, _denied(plain, types, phrases), made)
            elif _BULLET.match(line) is not None and len(line.split()) > 1:
                made.unrecognised.append(Passage(_bare(line), ""))


def _denied(plain: str, types: Iterable[str], phrases: Phrases) -> dict[str, Any]:
    """What a heading says of some of its data types: that they are not stored."""
    checks = [
        each.check for each in phrases.promises if each.check["kind"] == "never_stored" and _first(each.words, plain)
    ]
    wanted = {name for check in checks for name in (*check["data_types"], *check.get("doubtful", ()))}
    denied = [name for name in types if name in wanted]
    return {"claims": "never_stored", "denied": denied} if denied else {}


def _add_heading(line: str, letters: Iterable[str], types: list[str], denied: dict[str, Any], made: Proposal) -> None:
    words = _bare(line)
    if words in {each["text"] for each in made.headings}:
        return
    made.headings.append({"text": words, "letters": list(letters), "data_types": types} | denied)
    made.recognised.append(Passage(words, "heading", data_types=tuple(types)))


def _read_promises(text: str, phrases: Phrases, made: Proposal) -> None:
    """One promise for each kind of check, in the order of the text; a sentence that only sounds like one is shown."""
    headings = {each["text"] for each in made.headings}
    if made.headings:
        _add_promise("The headings say all that is collected", {"kind": "disclosed"}, made)
    known: list[Mapping[str, Any]] = [{"kind": "disclosed"}]
    for sentence in _sentences(text):
        plain = _plain(sentence)
        found = [phrase.check for phrase in phrases.promises if _first(phrase.words, plain)]
        new = [check for check in found if check not in known]
        for check in new:
            known.append(check)
            _add_promise(sentence, check, made)
            made.recognised.append(Passage(_bare(sentence), "promise", str(check["kind"])))
        if not found and _bare(sentence) not in headings and _first(phrases.promising, plain):
            made.unrecognised.append(Passage(_bare(sentence), ""))


def _add_promise(sentence: str, check: Mapping[str, Any], made: Proposal) -> None:
    words = _bare(sentence)
    quoted = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 4].rsplit(' ', 1)[0]} ..."
    made.promises.append({"id": f"N{len(made.promises) + 1}", "text": quoted, "check": [dict(check)]})


def _read_date(text: str, phrases: Phrases, made: Proposal) -> None:
    """The latest day that the text says it was updated on."""
    days = [
        day
        for line in text.splitlines()
        for expression in phrases.updated
        for match in expression.finditer(_plain(line))
        if (day := _day(match[1])) is not None
    ]
    if days:
        made.last_updated = max(days)
        made.recognised.append(Passage(made.last_updated.isoformat(), "date"))


def _day(text: str) -> date | None:
    """The day that the beginning of a text names, American order; None where it names none."""
    words = _NOT_MONTH.sub("sep", text).replace(".", "").split()
    for length in (3, 1):
        for form in _DAYS:
            try:
                return datetime.strptime(" ".join(words[:length]).rstrip(",;"), form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    return None


def _sentences(text: str) -> Iterator[str]:
    for line in filter(None, map(str.strip, text.splitlines())):
        yield from filter(None, map(str.strip, _SENTENCE.split(line)))


def _first(expressions: Expressions, text: str) -> bool:
    return any(expression.search(text) for expression in expressions)


def _plain(text: str) -> str:
    """In small letters, with straight quotes and single spaces."""
    return " ".join(text.casefold().replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"').split())


def _bare(line: str) -> str:
    """The words of an item without its bullet, control characters and closing mark, on one line."""
    words = " ".join("".join(ch if ch.isprintable() else " " for ch in _BULLET.sub("", line.strip(), count=1)).split())
    return words.rstrip(" ;.,")
