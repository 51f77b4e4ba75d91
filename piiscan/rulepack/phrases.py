"""The phrases by which a notice's text is recognised: ``rules/notices/_phrases.toml``, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import tomli

from piiscan.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = "_phrases.toml"
Expressions = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class HeadingPhrase:
    """Words of an item that says what is collected."""

    words: Expressions
    letters: tuple[str, ...]
    data_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromisePhrase:
    """Words of a sentence that promises something; ``check`` is a ``[[promise.check]]`` table."""

    words: Expressions
    check: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LagPhrase:
    """Words that the law asks for (``absent``), or does not let stand (``present``)."""

    id: str
    text: str
    citation: str
    absent: Expressions
    present: Expressions


@dataclass(frozen=True, slots=True)
class Phrases:
    """All of them; see the file."""

    begin: Expressions
    end: Expressions
    catch_all: Expressions
    promising: Expressions
    updated: Expressions
    headings: tuple[HeadingPhrase, ...]
    promises: tuple[PromisePhrase, ...]
    lags: tuple[LagPhrase, ...]


def load_phrases() -> Phrases:
    """The shipped phrases. Raises RuleError for one that is no expression."""
    raw = tomli.loads((files("piiscan.rules.notices") / _FILE).read_text("utf-8"))
    return Phrases(
        begin=_compiled(raw["begin"]),
        end=_compiled(raw["end"]),
        catch_all=_compiled(raw["catch_all"]),
        promising=_compiled(raw["promising"]),
        updated=_compiled(raw["updated"]),
        headings=tuple(
            HeadingPhrase(_compiled(each["words"]), tuple(each["letters"]), tuple(each["data_types"]))
            for each in raw["heading"]
        ),
        promises=tuple(
            PromisePhrase(_compiled(each["words"]), {key: value for key, value in each.items() if key != "words"})
            for each in raw["promise"]
        ),
        lags=tuple(
            LagPhrase(
                each["id"],
                each["text"],
                each["citation"],
                _compiled(each.get("absent", ())),
                _compiled(each.get("present", ())),
            )
            for each in raw["lag"]
        ),
    )


def _compiled(expressions: Sequence[str]) -> Expressions:
    try:
        return tuple(re.compile(each) for each in expressions)
    except re.error as error:
        raise RuleError(f"notices/{_FILE}: {error}") from None
