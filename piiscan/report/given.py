"""What was given to whom, category by category: the firm's own, apart from what it holds for others (Civ. Code 1798.130(a)(5)(C))."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from piiscan.config.facts import facts_for
from piiscan.errors import RuleError
from piiscan.report.parties import Party, asked_party, party
from piiscan.report.reading import Reading, read_coverage
from piiscan.report.regions import Abroad, abroad, unplaced
from piiscan.report.slices import EXEMPT_REGIMES, Slice, slices
from piiscan.rulepack import select

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from piiscan.config import Config, Disclosure
    from piiscan.inventory import Inventory
    from piiscan.report.window import Window
    from piiscan.rulepack import RulePacks


@dataclass(frozen=True, slots=True)
class Given:
    """One category that went to one recipient; ``letter`` empty for data in no category."""

    letter: str
    label: str
    to: str
    kinds: tuple[str, ...]
    data_types: tuple[str, ...]
    first: date
    """Of all disclosures of it to this recipient in the window, as recorded."""
    last: date | None
    """None = it goes on."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What is held for a client, or outside the CCPA, and which recipients are on record for such data."""

    whom: Party
    regime: str | None
    data_types: tuple[str, ...]
    letters: tuple[str, ...]
    recipients: tuple[tuple[str, str], ...]
    """Recipient and kind of disclosure."""


@dataclass(frozen=True, slots=True)
class Giving:
    """Everything the report says of disclosures."""

    firm: str
    whom: Party | None
    window: Window
    reading: Reading
    sold_or_shared: tuple[Given, ...]
    business_purpose: tuple[Given, ...]
    never_found: tuple[tuple[Disclosure, tuple[str, ...]], ...]
    """Recorded disclosures, each with what it names of which nothing is held, nor was."""
    past: frozenset[str]
    """Data types that were held and are no more."""
    apart: tuple[Apart, ...]
    regions: tuple[str, ...]
    abroad: tuple[Abroad, ...]
    unplaced: tuple[str, ...]
    names: dict[str, str]
    """Data type -> its name for human eyes."""


def giving(
    inventory: Inventory, config: Config, packs: RulePacks, *, window: Window, owner: str | None = None
) -> Giving:
    """What the configuration records as given away in the window, of what is held or was; of one client's data with ``owner``.

    Raises UsageError for an unknown client.
    """
    whom = asked_party(config, owner)
    mine = [item for item in slices(inventory, config, packs, window) if owner is None or item.client == owner]
    found = [item for item in mine if item.count.held.number]
    listed = found if owner else [item for item in found if item.own]
    held = {item.data_type.id for item in listed}
    past = _past(inventory, config, packs, owner) - {item.data_type.id for item in found}
    recorded = [each for each in config.disclosures if _touches(each, window)]
    known = {item.data_type.id for item in found} | past
    rows = [list(_rows(recorded, held | past, packs, business_purpose=each)) for each in (False, True)]
    never = ((each, _unreached(each, known, packs)) for each in recorded)
    return Giving(
        firm=config.firm.name,
        whom=whom,
        window=window,
        reading=read_coverage(inventory, config, packs, window.last),
        sold_or_shared=tuple(rows[0]),
        business_purpose=tuple(rows[1]),
        never_found=() if owner else tuple((each, names) for each, names in never if names),
        past=frozenset(past),
        apart=() if owner else tuple(_apart(found, recorded, config, packs)),
        regions=config.firm.regions,
        abroad=tuple(abroad(config, found, whole=owner is None)),
        unplaced=tuple(unplaced(config, found, whole=owner is None)),
        names={item.data_type.id: item.data_type.label for item in found}
        | {kind.id: kind.label for kind in packs.data_types.values()},
    )


def _touches(item: Disclosure, window: Window) -> bool:
    return item.first <= window.last and (item.last is None or item.last >= window.first)


def _past(inventory: Inventory, config: Config, packs: RulePacks, owner: str | None) -> set[str]:
    """The data types that were held as the firm's own (or for the client) in a run the store remembers; not what was ignored."""
    types = set()
    for item in inventory.past():
        kind = packs.data_types.get(item.data_type)
        if kind is None or item.reason == "ignored":
            continue
        facts = facts_for(config, item.source, item.container, kind)
        own = facts.role == "business" and facts.regime not in EXEMPT_REGIMES
        if facts.client == owner if owner else own:
            types.add(kind.id)
    return types


def _reached(selectors: Iterable[str], packs: RulePacks) -> frozenset[str]:
    """The data types that selectors name; none for one that today's rules do not know."""
    try:
        return select(selectors, packs.data_types)
    except RuleError:
        return frozenset()


def _unreached(item: Disclosure, known: Collection[str], packs: RulePacks) -> tuple[str, ...]:
    return tuple(each for each in item.data_types if _reached([each], packs).isdisjoint(known))


def _rows(
    recorded: Iterable[Disclosure], types: Collection[str], packs: RulePacks, *, business_purpose: bool
) -> Iterable[Given]:
    """Category by recipient, in the order of the letters; what is in no category comes last."""
    groups: dict[tuple[str, str], list[tuple[Disclosure, str]]] = defaultdict(list)
    for item in recorded:
        if (item.kind == "business_purpose") == business_purpose:
            for each in item.data_types:
                for name in sorted(_reached([each], packs) & set(types)):
                    for letter in packs.data_types[name].categories or ("",):
                        groups[letter, item.to].append((item, name))
    for (letter, to), group in sorted(groups.items(), key=lambda entry: (entry[0][0] or "~", entry[0][1])):
        items = [item for item, _ in group]
        yield Given(
            letter,
            packs.labels.get(letter, ""),
            to,
            tuple(sorted({item.kind for item in items})),
            tuple(sorted({name for _, name in group})),
            min(item.first for item in items),
            None if any(item.last is None for item in items) else max(item.last for item in items if item.last),
        )


def _apart(found: Sequence[Slice], recorded: Sequence[Disclosure], config: Config, packs: RulePacks) -> Iterable[Apart]:
    """By client and law, what does not belong into the firm's own lists; what is nobody's in particular comes first."""
    groups: dict[tuple[str, str, str], list[Slice]] = defaultdict(list)
    for item in found:
        if not item.own:
            regime = item.facts.regime or "" if item.outside else ""
            groups[item.client or "", item.facts.role, regime].append(item)
    for (client, role, regime), group in sorted(groups.items()):
        types = {item.data_type.id for item in group}
        yield Apart(
            replace(party(config, client or None), role=role),
            regime or None,
            tuple(sorted(types)),
            tuple(sorted({letter for item in group for letter in item.data_type.categories})),
            tuple(sorted({(each.to, each.kind) for each in recorded if types & set().union(*_each(each, packs))})),
        )


def _each(item: Disclosure, packs: RulePacks) -> list[frozenset[str]]:
    return [_reached([each], packs) for each in item.data_types]
