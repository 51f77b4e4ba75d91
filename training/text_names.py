"""Given names and surnames of many cultures for the generated training text: from Faker, our own lists, syllables, the census."""

from __future__ import annotations

import importlib
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

# Faker's locales in Latin script and the cultures of names.toml; doubled: what a firm in the United States meets most.
_CULTURES: Final = (
    *(
        "en_US",
        "en_US",
        "en_US",
        "en_GB",
        "en_IN",
        "en_IN",
        "es_MX",
        "es_MX",
        "es_ES",
        "en_IE",
        "en_KE",
        "en_NG",
        "en_NZ",
    ),
    *(
        "en_PK",
        "fr_FR",
        "de_DE",
        "it_IT",
        "nl_NL",
        "pl_PL",
        "pt_BR",
        "sv_SE",
        "no_NO",
        "da_DK",
        "fi_FI",
        "tr_TR",
        "id_ID",
    ),
    *("hu_HU", "ro_RO", "cs_CZ", "hr_HR", "yo_NG", "ig_NG", "ha_NG", "zu_ZA", "tw_GH", "fr_DZ", "ja_JP"),
    *("vietnamese", "chinese", "arabic", "korean"),
)
_PARTICLES: Final = (
    "de la ",
    "van ",
    "van der ",
    "von ",
    "De ",
    "Di ",
    "St. ",
    "Mc",
    "O'",
    "D'",
    "Mac",
    "Al-",
    "Le",
    "del ",
)
_CENSUS: Final = {"f": "dist.female.first", "m": "dist.male.first", "last": "dist.all.last"}
_ATTRIBUTES: Final = {
    "f": ("first_romanized_names_female", "first_names_female", "first_names"),
    "m": ("first_romanized_names_male", "first_names_male", "first_names"),
    "last": ("last_romanized_names", "unisex_last_names", "last_names", "last_names_female"),
}
_FOLD: Final = str.maketrans("łŁđĐøØßıæÆœ", "lLdDoOsiaAo")  # letters Unicode does not take apart


def draw_culture(rng: random.Random) -> str:
    """A culture to draw the names of one person from."""
    return rng.choice(_CULTURES)


def draw_given(rng: random.Random, culture: str, *, female: bool) -> str:
    """A given name: of the culture or the census, a word that is a name too, a short form, or made of syllables."""
    kind, chance = "f" if female else "m", rng.random()
    if chance < 0.08:
        return rng.choice(_listed(f"given_words_{kind}"))
    if chance < 0.14:
        return rng.choice(_listed(f"nick_{kind}"))
    if chance < 0.19:
        ending = rng.choice(("a", "ie", "y", "on", "elle", "isha", "an"))
        return (rng.choice(_listed("onsets")) + rng.choice(_listed("rimes")) + ending).capitalize()
    if chance < 0.45 and _census():
        return rng.choice(_census()[kind])
    return rng.choice(_pools(culture)[kind])


def draw_short(rng: random.Random) -> str:
    """A short form of a given name."""
    return rng.choice(_listed("nick_f") + _listed("nick_m"))


def draw_surname(rng: random.Random, culture: str = "") -> str:
    """A surname: of the culture or the census, a word that is a surname too, double-barrelled, or made of syllables."""
    pool, chance = _pools(culture or draw_culture(rng))["last"], rng.random()
    if chance < 0.08:
        return rng.choice(_listed("surname_words"))
    if chance < 0.28:
        return _make_surname(rng)
    if chance < 0.32:
        return f"{rng.choice(pool)}-{rng.choice(pool)}"
    if chance < 0.36:
        return rng.choice(_PARTICLES) + (_make_surname(rng) if rng.random() < 0.4 else rng.choice(pool))
    if chance < 0.6 and _census():
        return rng.choice(_census()["last"])
    return rng.choice(pool)


def fold_accents(name: str) -> str:
    """The name in letters without accents, as most business systems keep it."""
    signs = unicodedata.normalize("NFKD", name.translate(_FOLD))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def _make_surname(rng: random.Random) -> str:
    """A surname in no list, so that only the context can tell it."""
    return "".join(rng.choice(_listed(part)) for part in ("onsets", "rimes", "tails")).capitalize()


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))


@cache
def _listed(key: str) -> tuple[str, ...]:
    return tuple(_lists()[key].split())


@cache
def _pools(culture: str) -> dict[str, tuple[str, ...]]:
    """The names of a culture: ``f`` and ``m`` given names, ``last`` surnames, each as likely as another."""
    if own := _lists()["cultures"].get(culture):
        return {kind: _latin(own[kind].split()) for kind in _ATTRIBUTES}
    provider = importlib.import_module(f"faker.providers.person.{culture}").Provider
    return {
        kind: next(found for name in names if (found := _latin(tuple(getattr(provider, name, ())))))
        for kind, names in _ATTRIBUTES.items()
    }


def _latin(names: Sequence[str]) -> tuple[str, ...]:
    """The names of a list that are letters of the Latin script, sorted, each once; honorifics some lists hold are dropped."""
    return tuple(sorted({name for name in names if name[:1].isupper() and len(name) > 1 and all(map(_is_latin, name))}))


def _is_latin(sign: str) -> bool:
    return sign in " -'" or (sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN"))


@cache
def _census() -> dict[str, tuple[str, ...]]:
    """Names of the United States Census of 1990 (public domain) by kind, as the package ``names`` ships them; empty without it."""
    try:
        folder = Path(str(importlib.import_module("names").__file__)).parent
    except ImportError:
        return {}
    return {
        kind: tuple(
            line.split()[0].capitalize() for line in (folder / file).read_text("ascii").splitlines() if line.strip()
        )
        for kind, file in _CENSUS.items()
    }
