"""A request as it comes in: TOML or JSON from a file or standard input. No message repeats anything of it but keys."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from piiscan.errors import UsageError
from piiscan.inventory.requests import ConsumerRequest, Regime, RequestKind
from piiscan.requests.deadlines import received_day
from piiscan.requests.private import Private

if TYPE_CHECKING:
    from collections.abc import Collection

CHANNELS: Final = ("web_form", "email", "phone", "mail", "in_person", "agent", "browser_signal", "other")
AUTHORITIES: Final = ("signed_permission", "power_of_attorney", "parent", "none")
KINDS: Final[dict[Regime, frozenset[RequestKind]]] = {
    "ccpa": frozenset({"know_categories", "know_specific", "delete", "correct", "opt_out", "limit"}),
    "gdpr": frozenset({"access", "rectify", "erase", "restrict", "object", "withdraw", "portability"}),
    "dpdp": frozenset({"access", "rectify", "erase", "restrict", "object", "withdraw", "portability"}),
}
"""Which kinds each regime knows (law.md section 6)."""
LOOK_BACK: Final = date(2022, 1, 1)
"""Data collected before need not be given (Civ. 1798.130(a)(2)(B))."""
KNOWING: Final = frozenset({"know_categories", "know_specific", "access", "portability"})
CORRECTING: Final = frozenset({"correct", "rectify"})
_KEYS: Final = frozenset(
    {
        "kind",
        "regime",
        "received",
        "channel",
        "minor",
        "declared",
        "notes",
        "subject",
        "agent",
        "fee",
        "disputed",
        "since",
        "directed_by",
    }
)
_AGENT: Final = frozenset({"name", "contact", "authority", "notarized"})
_LONGEST: Final = 1_000
_HINT: Final = 'kind = "delete", received = 2026-11-21, channel = "web_form", and [subject] with data types and values'


@dataclass(frozen=True, slots=True, repr=False)
class Intake:
    """What a file says: what the log may show, and what is sealed."""

    draft: ConsumerRequest
    private: Private


class IntakeReader:
    """Reads requests by the data types that the rule packs know."""

    def __init__(
        self, data_types: Collection[str], timezone: str, today: date, author: str, clients: Collection[str] = ()
    ) -> None:
        self._types = data_types
        self._clients = clients
        self._timezone = timezone
        self._today = today
        self._author = author

    def read(self, raw: bytes, where: str) -> Intake:
        """The request in a file's bytes. Raises UsageError naming the key that is wrong, never its value."""
        table = _parse(raw, where)
        if unknown := table.keys() - _KEYS:
            raise _wrong(where, f"{len(unknown)} unknown keys: it may have {', '.join(sorted(_KEYS))}")
        kind, regime = self._kind(table, where)
        agent = _table(table, "agent", where)
        if agent.keys() - _AGENT:
            raise _wrong(where, f"[agent] may have {', '.join(sorted(_AGENT))}, and nothing else")
        private = Private(
            self._subject(table, where),
            {name: _text(agent[name], f"agent.{name}", where) for name in ("name", "contact") if name in agent},
            _text(table["notes"], "notes", where) if table.get("notes") else "",
        )
        draft = ConsumerRequest(
            id=0,
            kind=kind,
            regime=regime,
            received=self._received(table, where),
            channel=_choice(table.get("channel"), "channel", CHANNELS, where),
            data_types=tuple(sorted(private.subject)),
            agent=bool(agent),
            authority=_choice(agent.get("authority"), "agent.authority", AUTHORITIES, where) if agent else "",
            notarized=_flag(agent, "notarized", where),
            minor=_flag(table, "minor", where),
            declared=_flag(table, "declared", where),
            fee=_fee(_table(table, "fee", where), where),
            facts=json.dumps(self._facts(table, kind, regime, where)),
            sealed=None,
            author=self._author,
        )
        return Intake(draft, private)

    def _kind(self, table: dict[str, Any], where: str) -> tuple[RequestKind, Regime]:
        regime = cast("Regime", _choice(table.get("regime", "ccpa"), "regime", get_args(Regime), where))
        kinds = sorted(KINDS[regime])
        return cast("RequestKind", _choice(table.get("kind"), f"kind (under {regime})", kinds, where)), regime

    def _received(self, table: dict[str, Any], where: str) -> date:
        given = table.get("received", self._today)
        if isinstance(given, str):
            try:
                given = datetime.fromisoformat(given) if "T" in given else date.fromisoformat(given)
            except ValueError:
                given = None
        if not isinstance(given, date):
            raise _wrong(where, "received is a day (2026-11-21) or a moment with its offset")
        day = received_day(given, self._timezone)
        if day > self._today:
            raise _wrong(where, "received is a day to come", hint=f"today is {self._today} in {self._timezone}")
        return day

    def _subject(self, table: dict[str, Any], where: str) -> dict[str, str]:
        given = _table(table, "subject", where)
        if given.keys() - set(self._types):
            raise _wrong(where, "a key of [subject] is no data type", hint="piiscan rules list shows them")
        if not given:
            raise _wrong(where, "[subject] is empty: nobody could be found by it")
        return {name: _text(value, "a value of [subject]", where) for name, value in given.items()}

    def _facts(self, table: dict[str, Any], kind: RequestKind, regime: Regime, where: str) -> dict[str, Any]:
        """What the log may show besides: disputed types, how far back is asked, and which client passed the request on."""
        found: dict[str, Any] = {}
        if disputed := self._disputed(table, kind, where):
            found["disputed"] = disputed
        if (since := table.get("since")) is not None:
            since = _day(since) if isinstance(since, str) else since
            if not isinstance(since, date) or isinstance(since, datetime) or kind not in KNOWING:
                raise _wrong(where, f"since is a day, and belongs to {', '.join(sorted(KNOWING))}")
            if since > self._today:
                raise _wrong(where, "since is a day to come", hint=f"today is {self._today} in {self._timezone}")
            found["since"] = (max(since, LOOK_BACK) if regime == "ccpa" else since).isoformat()
        if "directed_by" in table:
            found["directed_by"] = _choice(
                table["directed_by"], "directed_by (of [clients])", sorted(self._clients), where
            )
        return found

    def _disputed(self, table: dict[str, Any], kind: RequestKind, where: str) -> list[str]:
        """Data types that the person says are wrong: nobody is verified by them (11 CCR 7060(h))."""
        given = table.get("disputed", [])
        if not isinstance(given, list) or any(not isinstance(each, str) or each not in self._types for each in given):
            raise _wrong(where, "disputed is a list of data types", hint="piiscan rules list shows them")
        if given and kind not in CORRECTING:
            raise _wrong(where, f"disputed belongs to {' and '.join(sorted(CORRECTING))}")
        return sorted(set(given))


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    """The table in it. The parsers' own messages may quote what they read, so that none of them is passed on."""
    try:
        text = raw.decode("utf-8-sig")
        table = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(where, "neither TOML nor JSON") from None
    return dict(table)


def _table(table: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise _wrong(where, f"{key} is a table: [{key}]")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(value: object, key: str, where: str) -> str:
    text = value.isoformat() if isinstance(value, date) else value
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if (
        not isinstance(text, str)
        or not text.strip()
        or len(text) > _LONGEST
        or not text.replace("\n", " ").isprintable()
    ):
        raise _wrong(where, f"{key} is a text of 1 to {_LONGEST} printable characters")
    return text.strip()


def _choice(value: object, key: str, allowed: Collection[str], where: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _wrong(where, f"{key} is one of {', '.join(allowed)}")
    return value


def _flag(table: dict[str, Any], key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise _wrong(where, f"{key} is true or false")
    return value


def _fee(given: dict[str, Any], where: str) -> str:
    """An amount and why; a fee without a reason is none (Civ. 1798.145(h)(3))."""
    if not given:
        return ""
    if given.keys() != {"amount", "reason"}:
        raise _wrong(where, "[fee] has amount and reason", hint="Civ. 1798.145(h)(3): the business proves why")
    return f"{_text(given['amount'], 'fee.amount', where)}: {_text(given['reason'], 'fee.reason', where)}"


def _wrong(where: str, what: str, hint: str = _HINT) -> UsageError:
    return UsageError(f"--from {where}: {what}", hint=hint)
