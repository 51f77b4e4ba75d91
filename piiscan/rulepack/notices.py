"""Notice profiles: a published notice's own headings and the data types each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, get_args

from piiscan.errors import RuleError
from piiscan.model import LETTERS

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
            f"no notice profile {name!r}", hint=f"shipped: {', '.join(_shipped()) or 'none'}; or a path"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{where}: cannot be read ({type(error).__name__})") from None
    except tomli.TOMLDecodeError as error:
        raise RuleError(f"{where}: {error}") from None
    return _checked(raw, where, fallback=path.name.removesuffix(".toml"))


def _shipped() -> list[str]:
    return sorted(
        f.name.removesuffix(".toml") for f in files("piiscan.rules.notices").iterdir() if f.name.endswith(".toml")
    )


def _checked(raw: dict[str, Any], where: str, fallback: str) -> Notice:
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
        made.append(Heading(text=text, data_types=tuple(types), claims=claims, denied=tuple(denied)))
    return Notice(id=str(raw.get("id", fallback)), title=str(raw.get("title", fallback)), headings=tuple(made))
