"""Which data points a person must match: the firm's own set, else the set of its notice, else the law's number (law.md 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from piiscan.errors import RuleError
from piiscan.rulepack import notice

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from piiscan.config import Config
    from piiscan.rulepack import Notice, Promise

COMMAND: Final = "requests verify"
"""How the command begins that a promise with a verification rule names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for besides the law's number of points, and by whom."""

    by: Literal["configuration", "notice", "law"]
    data_types: tuple[str, ...] = ()
    """All of these must match."""
    left_out: tuple[str, ...] = ()
    """Of the set, what is not asked for here: "if any" and not given or not held, or disputed by the person."""
    least: int = 0
    """Points that must match, whichever they are; 0: the law's number."""
    notice: str = ""
    promise: str = ""
    lags: tuple[str, ...] = ()
    """Where the notice asks for more, or less, than the law does: what must be said before somebody is refused for it."""

    @property
    def spoken(self) -> str:
        """One sentence."""
        whose = {
            "configuration": "[requests] verify_with",
            "notice": f"the notice {self.notice} ({self.promise})",
            "law": "the law (11 CCR 7062)",
        }[self.by]
        names = ", ".join(self.data_types) or (f"{self.least} data points" if self.least else "a number of data points")
        less = f"; left out: {', '.join(self.left_out)}" if self.left_out else ""
        floor = "" if self.by == "law" else "; the law's number is the least"
        return f"Asked for by {whose}: {names}{less}{floor}."

    def body(self) -> dict[str, object]:
        """The same as JSON; null for what does not apply."""
        return {
            "by": self.by,
            "notice": self.notice or None,
            "promise": self.promise or None,
            "data_types": list(self.data_types),
            "left_out": list(self.left_out),
            "least": self.least or None,
        }


def asked_of(config: Config, known: Collection[str], given: Collection[str], held: Collection[str], disputed: Collection[str]) -> Asked:  # fmt: skip
    """What a request must match. ``known``: all data types; ``given`` by the person; ``held`` somewhere, by the inventory.

    Nobody is verified by what the person ``disputed`` (11 CCR 7060(h)). Raises RuleError for a profile that cannot be read, or
    that asks for a data type which is none.
    """
    if own := config.requests.verify_with:
        return Asked("configuration", _without(own, disputed), _only(own, disputed))
    if config.firm.notice is None:
        return Asked("law")
    profile = notice(config.firm.notice, config.path.parent)
    promise = next((each for each in profile.promises if _rules(each)), None)
    if promise is None:
        return Asked("law")
    wanted, if_any = _texts(promise, "data_points"), _texts(promise, "if_any")
    if foreign := sorted(set(wanted) - set(known)):
        raise RuleError(f"notice {profile.id}: promise {promise.id}: terms.data_points: no data type {foreign[0]}")
    out = {*disputed, *(name for name in if_any if name not in given or name not in held)}
    least = cast("int", promise.terms.get("least_data_points", 0))
    return Asked(
        "notice", _without(wanted, out), _only(wanted, out), least, profile.id, promise.id, _lags(profile, promise.id)
    )  # fmt: skip


def _rules(promise: Promise) -> bool:
    """Whether it says what a person must match."""
    served = any(check.command.startswith(COMMAND) for check in promise.checks)
    return served and not promise.terms.keys().isdisjoint({"data_points", "least_data_points"})


def _texts(promise: Promise, key: str) -> Sequence[str]:
    return cast("Sequence[str]", promise.terms.get(key, ()))


def _without(names: Sequence[str], out: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in out)


def _only(names: Sequence[str], out: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in out)


def _lags(profile: Notice, promise: str) -> tuple[str, ...]:
    return tuple(
        f"Before it is refused: where the notice lags the law, it {each.text} ({each.citation})."
        for each in profile.lags
        if promise in each.promises
    )
