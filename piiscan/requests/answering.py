"""What an answer to a request says: what goes, what stays and on which ground, and who else must be told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from piiscan.config.facts import disclosures_for, owner_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import Justification
    from piiscan.model import DataType
    from piiscan.requests.pieces import Pieces
    from piiscan.retention import Assessment, Verdict
    from piiscan.retention.erasure import Regime
    from piiscan.rulepack.retention import Ground

Outcome = Literal["complied", "partly", "denied", "nothing_held"]
_Why = tuple[str, str | None, str, str, str]
"""Ground, rule, citation, reason, client."""
HELD: Final = "hold"
TIED: Final = "tied"
_REASONS: Final = {
    HELD: "must be kept for a legal matter or an order of an authority",
    TIED: "records that are kept refer to it and cannot stand without it",
}
_LAWS: Final[dict[Regime, dict[str, str]]] = {
    "ccpa": {HELD: "Civ. 1798.145(a)", TIED: "Civ. 1798.105(d)"},
    "gdpr": {HELD: "GDPR Art. 17(3)(b), (e)", TIED: "GDPR Art. 17(3)"},
    "dpdp": {HELD: "DPDP Act 2023 s. 8(7)", TIED: "DPDP Act 2023 s. 8(7)"},
}
_EVER: Final = (date.min, date.max)
_SELLING: Final = frozenset({"sold", "shared"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that stay, by why."""

    ground: str
    """A ground of the catalogue, ``hold``, ``tied``, or why they are no part of the request."""
    rule: str | None
    citation: str
    reason: str
    until: date | None
    """The latest day it lasts; None: not known."""
    client: str
    """On whose behalf they are held, where that is why; empty otherwise."""
    rows: int
    data_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was given such data, and what must be told."""

    to: str
    kind: str
    data_types: tuple[str, ...]


def kept_of(
    config: Config,
    regime: Regime,
    assessment: Assessment,
    tied: int,
    justifications: Mapping[str, Justification],
    grounds: Mapping[str, Ground],
) -> list[Kept]:
    """Why rows stay, as a request's assessment found them; ``tied`` of those that could go stay with others.

    Of an exception the person is told its ground; what a hold is about is nobody's business.
    """
    laws = _LAWS[regime]
    found: dict[_Why, list[tuple[int, date | None, Verdict]]] = defaultdict(list)
    key: _Why
    for verdict in assessment.verdicts:
        for excuse in (each for each in verdict.exceptions if each.rows):
            known, until = justifications.get(excuse.id), excuse.until
            if known is not None and known.kind == "hold":
                key = (HELD, None, laws[HELD], _REASONS[HELD], "")
                until = None
            elif known is not None:
                key = (known.basis, known.rule, grounds[known.basis].citation, known.reason, "")
            else:
                client = _client(config, verdict) if excuse.id == "service_provider" else ""
                key = (excuse.id, excuse.rule, excuse.citation, excuse.reason, client)
            found[key].append((excuse.rows or 0, until, verdict))
    kept = [_kept(*key, same) for key, same in sorted(found.items(), key=lambda each: tuple(map(str, each[0])))]
    if tied:
        over = [verdict for verdict in assessment.verdicts if verdict.rows_overdue]
        types = tuple(sorted({name for verdict in over for name in verdict.data_types}))
        kept.append(Kept(TIED, None, laws[TIED], _REASONS[TIED], None, "", tied, types))
    return kept


def _client(config: Config, verdict: Verdict) -> str:
    """On whose behalf rows are held: by a column of theirs, or all of the container."""
    return verdict.owner or owner_of(config, verdict.source, verdict.container) or ""


def _kept(
    ground: str,
    rule: str | None,
    citation: str,
    reason: str,
    client: str,
    same: Sequence[tuple[int, date | None, Verdict]],
) -> Kept:
    days = [until for _, until, _ in same]
    last = max((day for day in days if day), default=None) if all(days) else None
    types = tuple(sorted({name for _, _, verdict in same for name in verdict.data_types}))
    return Kept(ground, rule, citation, reason, last, client, sum(rows for rows, _, _ in same), types)


def outcome_of(deleted: int, kept: Collection[Kept]) -> Outcome:
    """What the letter says of a request to delete."""
    if deleted:
        return "partly" if kept else "complied"
    return "denied" if kept else "nothing_held"


def recipients(config: Config, types: Iterable[DataType], template: str) -> list[Told]:
    """Who was ever given data of these types: all who must delete or correct it; who bought or shared it, where that must stop."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind in types:
        for each in disclosures_for(config, kind, _EVER):
            if template != "stop" or each.kind in _SELLING:
                found[each.to, each.kind].add(kind.id)
    return [Told(to, kind, tuple(sorted(names))) for (to, kind), names in sorted(found.items())]


def categories(
    pieces: Pieces, config: Config, types: Mapping[str, DataType], window: tuple[date, date]
) -> Iterator[tuple[str, ...]]:
    """By letter: what is held, from whom, for what, and to whom it went, as Civ. 1798.110(a) and 1798.115(a) ask."""
    held: dict[str, set[str]] = defaultdict(set)
    for name in pieces.held:
        for letter in types[name].categories:
            held[letter].add(name)
    for letter, names in sorted(held.items()):
        facts = [record.facts[name] for record in pieces.records for name in names & record.facts.keys()]
        given = [each for name in sorted(names) for each in disclosures_for(config, types[name], window)]
        yield (
            letter,
            _joined(types[name].label for name in names),
            _joined(source for each in facts for source in each.collected_from),
            _joined(purpose for each in facts for purpose in each.purposes),
            _joined(each.to for each in given if each.kind not in _SELLING),
            _joined(each.to for each in given if each.kind in _SELLING),
        )


def _joined(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))
