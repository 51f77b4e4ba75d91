r"""The grammar of the generated training text: templates with ``{slots}`` and ``(one|other)`` choices, read from data files.

A file holds sections, each opened by a line ``== KIND NAME [LABEL] [option=number ...]``:

    == words city PLACE          terms separated by ";" or line ends; what the slot {city} writes
    == rule org ORG              one alternative a line, with slots and choices; "\n" is a line end
    == lines crm lower=50        one text a line
    == blocks letter wrap=30     texts of several lines, separated by lines of "--"

The outermost label wins: a city within an organisation's name is no place. A slot ending in a digit ({org1}) writes the same
each time within a text; {p} to {t} are persons, {###} digits, {3-40} a number. "a(n)" becomes the article the next word asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from text_names import draw_surname, fold_accents
from text_people import NAMED, SPOKEN, Person, draw_person

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

FOLDER: Final = Path(__file__).parent / "templates"
_CHOICE: Final = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT: Final = re.compile(r"\{([^{}]+)\}")
_ARTICLE: Final = re.compile(r"\b([aA])\(n\)")
_RANGE: Final = re.compile(r"(\d+)-(\d+)")
_CASES: Final[dict[str, Callable[[str], str]]] = {
    "UP": str.upper,
    "low": str.lower,
    "cap": lambda text: text[:1].upper() + text[1:],
    "ascii": fold_accents,
    "slug": lambda text: re.sub(r"[^a-z0-9]", "", fold_accents(text).lower())[:18],
    "short": lambda text: re.split(
        r",? (?:LLC|L\.L\.C\.|LLP|Inc|Corp|Co|Ltd|Limited|N\.A\.|P\.C\.|PLLC|GmbH|S\.A\.|Pvt|plc|PLC|LP|B\.V\.|AB|SpA|Pty)\b",
        text,
    )[0],
}


@dataclass(frozen=True)
class Piece:
    """A stretch of text and the type of personal information it is, or ""."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Rule:
    """The alternatives of a slot and the label of what it writes."""

    label: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Genre:
    """The texts of a genre and its options: per cent of texts given a kind of noise."""

    name: str
    templates: tuple[str, ...]
    options: dict[str, int]


@dataclass
class _Scene:
    """What a text keeps to: its persons, its numbered slots, the alternatives it has used."""

    persons: dict[str, Person] = field(default_factory=dict)
    kept: dict[str, list[Piece]] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)


class Grammar:
    """The rules and genres of a folder of template files."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.rules: dict[str, Rule] = {}
        self.genres: list[Genre] = []
        for path in sorted(folder.glob("*.txt")):
            for section in re.split(r"^== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
                self._read(*section.split("\n", 1))

    def _read(self, head: str, body: str) -> None:
        kind, name, *rest = head.split()
        if kind in {"words", "rule"}:
            terms = (term.strip() for term in re.split(r"[;\n]", body)) if kind == "words" else iter(body.split("\n"))
            self.rules[name] = Rule("".join(rest), tuple(term.replace("\\n", "\n") for term in terms if term))
            return
        parts = body.split("\n--\n") if kind == "blocks" else body.replace("\\n", "\0").split("\n")
        templates = tuple(part.strip("\n").replace("\0", "\n") for part in parts if part.strip())
        self.genres.append(
            Genre(name, templates, {key: int(value) for key, value in (item.split("=") for item in rest)})
        )

    def write(self, template: str, rng: random.Random) -> list[Piece]:
        """The pieces of a text made of the template; KeyError for a slot nobody defines."""
        return _set_articles(self._expand(template, rng, _Scene()))

    def _expand(self, template: str, rng: random.Random, scene: _Scene) -> list[Piece]:
        while _CHOICE.search(template):
            template = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
        pieces: list[Piece] = []
        for index, part in enumerate(_SLOT.split(template)):
            if index % 2:
                pieces.extend(self._fill(part, rng, scene))
            elif part:
                pieces.append(Piece(part))
        return pieces

    def _fill(self, slot: str, rng: random.Random, scene: _Scene) -> list[Piece]:
        if "#" in slot:
            return [Piece(re.sub("#", lambda _: str(rng.randrange(10)), slot))]
        if bounds := _RANGE.fullmatch(slot):
            return [Piece(str(rng.randint(int(bounds[1]), int(bounds[2]))))]
        name, *modifiers = slot.split(".")
        if name in {"p", "q", "r", "s", "t"}:
            if name not in scene.persons:
                scene.persons[name] = draw_person(rng)
            return [_write_person(scene.persons[name], modifiers)]
        if name == "surname":
            return [Piece(draw_surname(rng), "PERSON")]
        pieces = self._keep(name, rng, scene) if name[-1].isdigit() else self._choose(name, rng, scene)
        for modifier in modifiers:
            reach = 1 if modifier == "cap" else len(pieces)
            changed = [Piece(_CASES[modifier](piece.text), piece.label) for piece in pieces[:reach]]
            pieces = changed + pieces[reach:]
        return pieces

    def _keep(self, name: str, rng: random.Random, scene: _Scene) -> list[Piece]:
        if name not in scene.kept:
            scene.kept[name] = self._choose(name.rstrip("0123456789"), rng, scene)
        return scene.kept[name]

    def _choose(self, name: str, rng: random.Random, scene: _Scene) -> list[Piece]:
        rule = self.rules[name]
        alternative = rng.choice(rule.alternatives)
        for _ in range(4):  # a sentence is not said twice in a text, where the rule has others
            if (name, alternative) not in scene.used:
                break
            alternative = rng.choice(rule.alternatives)
        scene.used.add((name, alternative))
        pieces = self._expand(alternative, rng, scene)
        return [Piece("".join(piece.text for piece in pieces), rule.label)] if rule.label else pieces


def _write_person(person: Person, modifiers: list[str]) -> Piece:
    form, *cases = modifiers if modifiers and modifiers[0] in NAMED | SPOKEN else ["", *modifiers]
    text = (NAMED | SPOKEN)[form](person)
    for case in cases:
        text = _CASES[case](text)
    return Piece(text, "PERSON" if form in NAMED else "")


def _set_articles(pieces: list[Piece]) -> list[Piece]:
    """The pieces with each ``a(n)`` as the word after it asks for."""
    whole: list[Piece] = []
    for index, piece in enumerate(pieces):
        after = pieces[index + 1].text if index + 1 < len(pieces) else ""
        parts = _ARTICLE.split(piece.text)
        for at in range(1, len(parts), 2):
            vowel = (parts[at + 1].strip() or after)[:1].lower() in set("aeiou")
            parts[at] += "n" * vowel
        whole.append(Piece("".join(parts), piece.label))
    return whole
