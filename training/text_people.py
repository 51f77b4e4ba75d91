"""People of the generated training text, and the ways business prose writes their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from text_names import draw_culture, draw_given, draw_short, draw_surname, fold_accents

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_SUFFIXES: Final = ("Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTVWY"


@dataclass(frozen=True)
class Person:
    """One invented person: the parts of the name, the gender of the pronouns, and the full form a text keeps to."""

    first: str
    middle: str
    last: str
    female: bool
    full: str


def draw_person(rng: random.Random) -> Person:
    """A person nobody has in mind."""
    female, fold = rng.random() < 0.5, rng.random() < 0.5
    culture = draw_culture(rng)
    first, last = draw_given(rng, culture, female=female), draw_surname(rng, culture)
    middle = rng.choice(_LETTERS) if rng.random() < 0.6 else draw_given(rng, culture, female=female)
    if fold:
        first, middle, last = (fold_accents(name) for name in (first, middle, last))
    return Person(first, middle, last, female, _write_full(rng, first, middle, last))


def _write_full(rng: random.Random, first: str, middle: str, last: str) -> str:
    initial, suffix = f"{middle[0]}.", rng.choice(_SUFFIXES)
    second = middle if len(middle) > 1 else initial
    forms = {
        f"{first} {last}": 56,
        f"{first} {initial} {last}": 12,
        f"{first} {middle[0]} {last}": 4,
        f"{first} {second} {last}": 5,
        f"{first[0]}. {last}": 5,
        f"{first[0]}. {initial} {last}": 3,
        f"{first[0]}.{initial} {last}": 2,
        f"{first[0]}. {second} {last}": 1,
        f"{first[0]}{middle[0]} {last}": 1,
        f"{first} {last}{rng.choice((',', ''))} {suffix}": 4,
        f"{first} {initial} {last}, {suffix}": 2,
        f'{first} "{draw_short(rng)}" {last}': 2,
        f"{first} {last} {draw_surname(rng)}": 2,
    }
    return rng.choices(list(forms), list(forms.values()))[0]


def _login(name: str) -> str:
    return "".join(sign for sign in fold_accents(name).lower() if "a" <= sign <= "z")


# What a slot ``{p.form}`` writes. The first group is labelled PERSON; the second is about the person and no name.
NAMED: Final[dict[str, Callable[[Person], str]]] = {
    "": lambda p: p.full,
    "first": lambda p: p.first,
    "last": lambda p: p.last,
    "both": lambda p: f"{p.first} {p.last}",
    "mid": lambda p: f"{p.first} {p.middle[0]}. {p.last}",
    "listed": lambda p: f"{p.last}, {p.first} {p.middle[0]}{'.' if p.female else ''}",
    "lastfirst": lambda p: f"{p.last}, {p.first}",
    "plain": lambda p: f"{p.last} {p.first}",
    "init": lambda p: f"{p.first[0]}. {p.last}",
    "firsti": lambda p: f"{p.first} {p.last[0].upper()}.",
}
SPOKEN: Final[dict[str, Callable[[Person], str]]] = {
    "mr": lambda p: "Ms." if p.female else "Mr.",
    "mrs": lambda p: "Mrs." if p.female else "Mr.",
    "he": lambda p: "she" if p.female else "he",
    "He": lambda p: "She" if p.female else "He",
    "him": lambda p: "her" if p.female else "him",
    "his": lambda p: "her" if p.female else "his",
    "His": lambda p: "Her" if p.female else "His",
    "gender": lambda p: "female" if p.female else "male",
    "wife": lambda p: "husband" if p.female else "wife",
    "son": lambda p: "daughter" if p.female else "son",
    "mom": lambda p: "mother" if p.female else "father",
    "user": lambda p: f"{_login(p.first)[:1]}{_login(p.last)}"[:12],
    "dotted": lambda p: f"{_login(p.first)}.{_login(p.last)}",
    "initials": lambda p: (p.first[0] + p.last[0]).upper(),
}
