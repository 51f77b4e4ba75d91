"""Notice profiles: a published notice's own headings and the data types each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from piiscan.errors import RuleError
from piiscan.model import LETTERS

if TYPE_CHECKING:
    from piiscan.rulepack.promises import Lag, Promise

Claim = Literal["never_stored", "deidentified"]
CLAIMS: Final = get_args(Claim)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a notice in its own words; ``data_types`` are selectors (`piiscan.rulepack.select`)."""

    text: str
    data_types: tuple[str, ...]
    claims: Claim | None = None
    """What the notice denies of these data: that they are stored, or that they identify anybody."""
    denied: tuple[str, ...] = ()
    """Selectors of what it denies this of. Who is told so is not told that these data are collected."""
    letters: tuple[str, ...] = ()
    """The categories of the CCPA it speaks of."""
    collected_from: tuple[str, ...] = ()
    """Whom the notice says these data come from; empty: it says so for all headings together, or not at all."""

    @property
    def catch_all(self) -> bool:
        """Whether it stands for every category, and so names none."""
        return {f"category:{letter}" for letter in LETTERS} <= set(self.data_types)


@dataclass(frozen=True, slots=True)
class Notice:
    """A published privacy notice: its headings in its own order."""

    id: str
    title: str
    headings: tuple[Heading, ...]
    promises: tuple[Promise, ...] = ()
    lags: tuple[Lag, ...] = ()
    """Where it does not say what the law asks of it."""
    last_updated: date | None = None
    """None: it states no date."""


def notice(name: str, folder: Path | None = None) -> Notice:
    """The notice profile called ``name`` (shipped) or at the path ``name`` (relative to ``folder``).

    Raises RuleError when there is none or it is wrong.
    """
    import tomli  # noqa: PLC0415 - slow to import, needed only here

    if "/" in name or name.endswith(".toml"):
        path = (folder or Path()) / Path(name).expanduser()
        where = name
    else:
        path = files("piiscan.rules.notices") / f"{name}.toml"  # type: ignore[assignment]
        where = f"notices/{name}.toml"
    try:
        raw = tomli.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RuleError(
            f"no notice profile {name!r}", hint=f"shipped: {', '.join(shipped()) or 'none'}; or a path"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{where}: cannot be read ({type(error).__name__})") from None
    except tomli.TOMLDecodeError as error:
        raise RuleError(f"{where}: {error}") from None
    return _checked(raw, where, fallback=path.name.removesuffix(".toml"))


def shipped() -> list[str]:
    """The names of the shipped profiles, in alphabetical order."""
    names = (each.name for each in files("piiscan.rules.notices").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and not name.startswith("_"))


def _checked(raw: dict[str, Any], where: str, fallback: str) -> Notice:
    from piiscan.rulepack.notice_schema import promises_of  # noqa: PLC0415 - pydantic, needed only here

    headings = raw.get("heading", [])
    if not isinstance(headings, list) or not headings:
        raise RuleError(f"{where}: heading: at least one [[heading]] table is needed")
    made = []
    for number, table in enumerate(headings, 1):
        text, types = table.get("text"), table.get("data_types")
        if not isinstance(text, str) or not text:
            raise RuleError(f"{where}: heading {number}: text: must be the notice's own words")
        if not isinstance(types, list) or not all(isinstance(t, str) for t in types):
            raise RuleError(f"{where}: heading {number}: data_types: must be a list of selectors")
        if (claims := table.get("claims")) not in (None, *CLAIMS):
            raise RuleError(f"{where}: heading {number}: claims: must be one of {', '.join(CLAIMS)}")
        denied = table.get("denied", types if claims else [])
        if not isinstance(denied, list) or not set(denied) <= set(types) or (denied and not claims):
            raise RuleError(f"{where}: heading {number}: denied: must be some of its data_types, with claims")
        letters, given = _texts(table, "letters", where, number), _texts(table, "collected_from", where, number)
        made.append(Heading(text, tuple(types), claims, tuple(denied), letters, given))
    updated = raw.get("last_updated")
    if updated is not None and type(updated) is not date:
        raise RuleError(f"{where}: last_updated: must be a day, such as 2026-01-31")
    promises, lags = promises_of(raw, where, len(made))
    title = str(raw.get("title", fallback))
    return Notice(str(raw.get("id", fallback)), title, tuple(made), promises, lags, updated)


def _texts(table: dict[str, Any], key: str, where: str, number: int) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise RuleError(f"{where}: heading {number}: {key}: must be a list of texts")
    return tuple(value)
