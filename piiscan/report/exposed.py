"""What lies in a spot, before it is put into JSON or words: which data, whose, since when, how readable."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from piiscan.config.facts import owner_of
from piiscan.report.counts import UNKNOWN_CLIENT
from piiscan.report.narrowing import narrowed
from piiscan.report.parties import Party, asked_party, party
from piiscan.report.reading import Reading, read_coverage
from piiscan.report.slices import Slice, has_owner_column, slices
from piiscan.report.spot import Spot, find_spot
from piiscan.report.summary import Summary, by_type, summarize
from piiscan.report.window import look_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord, Inventory
    from piiscan.inventory.past import PastHolding
    from piiscan.model import DataType
    from piiscan.rulepack import RulePacks

Clear = Literal["readable", "hashed", "obscured", "unknown"]
"""``readable``: values were recognised as what they are; ``hashed``: passwords recognised as hashes; ``obscured``: the
column's name says hashed, encrypted or masked; ``unknown``: neither."""

_HASHES: Final = "password_hash"
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_ANYONE: Final = "world-readable"
_URGENCY: Final = {"always": 0, "conditional": 1, "policy": 2, "no": 3}


@dataclass(frozen=True, slots=True)
class Exposed:
    """Everything the report says of a spot."""

    spot: Spot
    as_of: date
    firm: str
    labels: Mapping[str, str]
    """Letter -> the statute's words."""
    names: Mapping[str, str]
    """Data type -> its name for human eyes."""
    whom: Party | None
    """The client it is restricted to."""
    reading: Reading
    """Of the spot alone."""
    found: tuple[Slice, ...]
    types: tuple[tuple[DataType, Summary], ...]
    """Sensitive ones first, then by records."""
    parties: tuple[tuple[Party, Summary], ...]
    """The firm's own first, then clients by id; a role of None: both."""
    anyone: tuple[Slice, ...]
    """One slice of each file with findings that every account of its host may read."""
    empty: tuple[Slice, ...]
    """Columns named after data, without a filled cell in what was read."""
    unsplit: tuple[Slice, ...]
    """One slice of each container with an owner column by which its rows could not be counted."""
    unattributed: tuple[Slice, ...]
    """With ``whom``: one slice of each container that is attributed to no client, and may hold this one's data."""
    past: tuple[PastHolding, ...]
    obscuring: frozenset[str]
    """Words of a column's name that say hashed, encrypted or masked."""

    @property
    def everything(self) -> Summary:
        """All of it; what several columns of a row hold counts once."""
        return summarize(self.found)

    def clear(self, holding: HoldingRecord) -> Clear:
        """How readable its values are, as far as the inventory knows."""
        words = {word.casefold() for word in _WORD.findall(holding.column or "")}
        if holding.data_type == "password" and _HASHES in holding.recognizers:
            return "hashed"
        if not words.isdisjoint(self.obscuring):
            return "obscured"
        proved = {"values", "text"} & set(holding.evidence)
        return "readable" if proved and holding.cells_matched else "unknown"


def expose(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    asked: str,
    *,
    as_of: date,
    owner: str | None = None,
    redact: bool = False,
) -> Exposed:
    """What the inventory knows of a spot. Raises UsageError for an unknown place or client."""
    whom = asked_party(config, owner)
    whole = read_coverage(inventory, config, packs, as_of)
    spot = find_spot(asked, config, whole, redact=redact)
    reading = narrowed(whole, spot.parts, spot.covers)
    there = [item for item in slices(inventory, config, packs, look_back(as_of)) if spot.covers(item.holding)]
    mine = [item for item in there if owner is None or item.client == owner]
    found = tuple(item for item in mine if item.count.held.number)
    others = [item for item in there if owner and item.count.held.number and item.client in (None, UNKNOWN_CLIENT)]
    return Exposed(
        spot=spot,
        as_of=as_of,
        firm=config.firm.name,
        labels=packs.labels,
        names={kind.id: kind.label for kind in packs.data_types.values()},
        whom=whom,
        reading=reading,
        found=found,
        types=tuple(sorted(by_type(found), key=_urgency)),
        parties=tuple(_parties(found, config)),
        anyone=tuple(_open_to_anyone(found, reading)),
        empty=tuple(item for item in mine if not item.count.held.number),
        unsplit=one_each(item for item in found if item.client is None and has_owner_column(config, item)),
        unattributed=one_each(others),
        past=tuple(
            item
            for item in inventory.past()
            if spot.covers(item) and owner in (None, owner_of(config, item.source, item.container))
        ),
        obscuring=frozenset(packs.words.get("obscured", ())),
    )


def since(found: Sequence[Slice]) -> datetime:
    """The first run that saw any of it."""
    return min(item.holding.first_seen for item in found)


def days(found: Iterable[Slice], as_of: date) -> tuple[str | None, str | None]:
    """The oldest and the newest day of the rows that hold any of it, up to the report's, ISO 8601; None where nothing dates them."""
    known = [
        row.day.isoformat()
        for item in found
        for row in item.container.filled(item.holding.column) or item.container.ages
        if row.day is not None and row.rows and row.day <= as_of and row.owner == item.client
    ]
    return min(known, default=None), max(known, default=None)


def one_each(found: Iterable[Slice]) -> tuple[Slice, ...]:
    """The first slice of each container."""
    first: dict[object, Slice] = {}
    for item in found:
        first.setdefault(item.key, item)
    return tuple(first.values())


def _urgency(item: tuple[DataType, Summary]) -> tuple[bool, int, int, str]:
    kind, found = item
    return ("L" not in kind.categories, _URGENCY[kind.sensitive], -found.count.held.number, kind.label)


def _parties(found: Sequence[Slice], config: Config) -> Iterable[tuple[Party, Summary]]:
    groups: dict[str, list[Slice]] = defaultdict(list)
    for item in found:
        groups[item.client or ""].append(item)
    for client, group in sorted(groups.items()):
        roles = {item.facts.role for item in group}
        role = roles.pop() if len(roles) == 1 else None
        yield replace(party(config, client or None), role=role), summarize(group)


def _open_to_anyone(found: Sequence[Slice], reading: Reading) -> Iterable[Slice]:
    """A member of an archive is as open as the archive."""
    wide = {(record.source, record.container) for record in reading.containers if _ANYONE in record.notes}
    files = {(item.holding.source, item.holding.container): item for item in reversed(found)}
    return (item for key, item in reversed(files.items()) if key in wide)
