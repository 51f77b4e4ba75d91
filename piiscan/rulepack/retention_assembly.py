"""Files of retention rules read, checked and joined into one `RetentionRules`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from piiscan.errors import RuleError
from piiscan.rulepack import files
from piiscan.rulepack.assembly import data_type, validate
from piiscan.rulepack.retention import Duty, Ground, RetentionRules
from piiscan.rulepack.retention_making import Known, make_rule
from piiscan.rulepack.retention_schema import ADJUSTABLE, DutyTable, GroundTable, RuleTable, WordTable
from piiscan.rulepack.retention_words import check_table
from piiscan.rulepack.schema import FOREIGN, RuleFile
from piiscan.rulepack.spelling import near

if TYPE_CHECKING:
    from pathlib import Path

    from piiscan.rulepack.retention import RetentionRule

_ALWAYS = ("exception", "event", "capacity")
"""Tables that count whatever packs are named: the law's own grounds, and the vocabulary of rules."""
_KEYS = frozenset({*RuleFile.model_fields, *FOREIGN})


class _Draft:
    """What the files read so far add up to; tables stay as they were written until all are there."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, dict[str, Any]]] = {
            kind: {} for kind in ("rule", "duty", "exception", "event", "capacity")
        }
        self.origins: dict[str, tuple[str, str]] = {}
        """Id -> pack and file; events and capacities are words, not ids."""
        self.firms: set[str] = set()
        """Ids of rules that a folder of the firm's wrote anew, added or adjusted."""
        self.overrides: list[str] = []
        self.known = Known({}, {}, {}, {})

    def put(self, kind: str, table: dict[str, Any], pack: str, origin: str, *, extra: bool) -> None:
        """Adds a table; a folder of the firm's may replace or adjust one, anything else that does is a mistake."""
        key = table["id"]
        place = f"{origin}: {kind} {key}"
        if extra and kind == "rule" and "kind" not in table:
            self._adjust(key, table, place)
            return
        earlier = self.origins.get(key)
        if earlier is not None:
            self._refuse(kind, key, place, earlier[1], extra=extra and earlier[1] != origin)
            verb = "replaces" if table.get("enabled", True) else "replaces, and switches off,"
            self.overrides.append(f"{place} {verb} the one of {earlier[1]}")
        self.origins[key] = (pack, origin)
        self.tables[kind][key] = table
        if extra and kind == "rule":
            self.firms.add(key)

    def _refuse(self, kind: str, key: str, place: str, earlier: str, *, extra: bool) -> None:
        """Nothing, if an earlier table may be replaced. Raises RuleError."""
        if not extra or key not in self.tables[kind]:
            raise RuleError(f"{place}: id: is already used in {earlier}")
        if self.tables[kind][key].get("repealed"):
            raise RuleError(f"{place}: is repealed and cannot be brought back: {self.tables[kind][key]['reason']}")

    def _adjust(self, key: str, table: dict[str, Any], place: str) -> None:
        """Changes where a rule reaches and whether it counts. Raises RuleError."""
        before = self.tables["rule"].get(key)
        if before is None:
            hint = (
                near(key, self.tables["rule"])
                or "is the rule's pack named in [rules] packs? a rule of your own needs kind"
            )
            raise RuleError(f"{place}: there is no such rule to adjust", hint=hint)
        changed = [name for name in table if name != "id"]
        law = [name for name in changed if name in RuleTable.model_fields and name not in ADJUSTABLE]
        if law:
            raise RuleError(
                f"{place}: {law[0]}: cannot be adjusted: write the whole rule anew, with kind, data_types and citation",
                hint=f"without kind a rule may change {', '.join(sorted(ADJUSTABLE))}",
            )
        pack, origin = self.origins[key]
        self.tables["rule"][key] = before | table
        self.firms.add(key)
        self.origins[key] = (pack, f"{origin}, adjusted by {place.partition(': ')[0]}")
        verbs = {False: "switches off", True: "switches on"}
        verb = verbs[bool(table["enabled"])] if "enabled" in table else "adjusts"
        rest = ", ".join(name for name in changed if name not in {"enabled", "reason", "note"})
        self.overrides.append(f"{place} {verb} the one of {origin}{f': {rest}' if rest else ''}")


def assemble(packs: tuple[str, ...], extra: tuple[Path, ...]) -> RetentionRules:
    """The joined rules; see `piiscan.rulepack.retention.load_retention`."""
    draft = _Draft()
    _read_types(draft)
    exist = {str(raw.get("pack")) for folder in ("categories", "recognizers") for _, raw in files.shipped(folder)}
    for folder in ("exceptions", "retention"):
        for origin, raw in files.shipped(folder):
            exist.add(str(raw.get("pack")))
            _add(draft, origin, raw, every=raw.get("pack") in packs, extra=False)
    unknown = [name for name in packs if name not in exist]
    if unknown:
        raise RuleError(
            f"unknown rule pack {unknown[0]!r}", hint=f"[rules] packs: shipped are {', '.join(sorted(exist))}"
        )
    for own in extra:
        for origin, raw in files.own(own):
            for table in validate(raw, origin).data_type:
                draft.known.types[table.id] = data_type(table, frozenset())
            _add(draft, origin, raw, every=True, extra=True)
    return _finish(draft)


def _read_types(draft: _Draft) -> None:
    for origin, raw in files.shipped("categories"):
        for table in validate(raw, origin).data_type:
            draft.known.types[table.id] = data_type(table, frozenset())


def _add(draft: _Draft, origin: str, raw: dict[str, Any], *, every: bool, extra: bool) -> None:
    """The tables of one file; without ``every`` those alone that always count. Raises RuleError."""
    unknown = [key for key in raw if key not in _KEYS]
    if unknown:
        raise RuleError(f"{origin}: {unknown[0]}: is no table of a rule file", hint=near(unknown[0], _KEYS))
    for kind in draft.tables:
        if not every and kind not in _ALWAYS:
            continue
        tables = raw.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise RuleError(f"{origin}: {kind}: write [[{kind}]] tables")
        for number, table in enumerate(tables, 1):
            if not isinstance(table.get("id"), str):
                raise RuleError(f"{origin}: {kind} {number}: id: is missing")
            if kind in {"event", "capacity"}:
                word = check_table(WordTable, table, f"{origin}: {kind} {table['id']}")
                getattr(draft.known, "events" if kind == "event" else "capacities")[word.id] = word.text
            else:
                draft.put(kind, table, str(raw["pack"]), origin, extra=extra)


def _finish(draft: _Draft) -> RetentionRules:
    grounds = {key: _ground(draft, key) for key in sorted(draft.tables["exception"])}
    draft.known.grounds.update(grounds)
    rules = {key: _rule(draft, key) for key in sorted(draft.tables["rule"])}
    duties = {key: _duty(draft, key) for key in sorted(draft.tables["duty"])}
    canonical = json.dumps([_plain(rules), _plain(duties), _plain(grounds)], sort_keys=True, default=str).encode()
    return RetentionRules(
        rules=rules,
        duties=duties,
        grounds=grounds,
        overrides=tuple(draft.overrides),
        fingerprint=hashlib.sha256(canonical).hexdigest(),
        events=dict(sorted(draft.known.events.items())),
        capacities=dict(sorted(draft.known.capacities.items())),
    )


def _rule(draft: _Draft, key: str) -> RetentionRule:
    pack, origin = draft.origins[key]
    place = f"{origin}: rule {key}"
    table = check_table(RuleTable, draft.tables["rule"][key], place)
    return make_rule(table, draft.known, place, pack=pack, origin=origin, firms=key in draft.firms)


def _duty(draft: _Draft, key: str) -> Duty:
    pack, origin = draft.origins[key]
    place = f"{origin}: duty {key}"
    table = check_table(DutyTable, draft.tables["duty"][key], place)
    draft.known.check_types(table.data_types, f"{place}: data_types")
    return Duty(**table.model_dump(), pack=pack, origin=origin)


def _ground(draft: _Draft, key: str) -> Ground:
    pack, origin = draft.origins[key]
    table = check_table(GroundTable, draft.tables["exception"][key], f"{origin}: exception {key}")
    return Ground(**table.model_dump(), pack=pack, origin=origin)


def _plain(tables: dict[str, Any]) -> dict[str, Any]:
    """Tables as JSON, without the path they come from and without examples: the same law elsewhere is the same law."""
    left_out = {"origin", "examples"}
    return {
        key: {name: item for name, item in asdict(table).items() if name not in left_out}
        for key, table in tables.items()
    }
