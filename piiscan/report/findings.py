"""What the category report says, before it is put into JSON or words (law.md 2.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.model import LETTERS, DataType
from piiscan.report.counts import UNKNOWN_CLIENT
from piiscan.report.disclosed import Disclosed, disclosures, recipients
from piiscan.report.reading import Reading, read_coverage
from piiscan.report.slices import Slice, has_owner_column, slices
from piiscan.report.summary import Summary, by_type, of_letter, of_types, summarize, views_apart
from piiscan.rulepack import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.report.places import Places
    from piiscan.report.window import Window
    from piiscan.rulepack import Heading, Notice, RulePacks


@dataclass(frozen=True, slots=True)
class Category:
    """One of the twelve rows: a letter, the statute's own label, what was found, to whom it went."""

    letter: str
    label: str
    found: Summary
    disclosed_to: tuple[str, ...] | None = None
    """None = unknown: disclosures are recorded for the firm as a whole, not client by client."""
    sold_or_shared: tuple[str, ...] | None = None
    held_apart: bool = False
    """Whether more of it stands in an annex: held as a service provider, or outside the CCPA."""


@dataclass(frozen=True, slots=True)
class Headed:
    """One heading of a notice and what was found of the data types it stands for: the firm's own, and in the annexes."""

    text: str
    found: Summary
    apart: Summary
    heading: Heading | None = None
    """None for a data type that no heading stands for."""
    denies: frozenset[str] = frozenset()
    """Data types of which the notice denies something under it, by id: it does not disclose them."""

    @property
    def everything(self) -> Summary:
        """Both together."""
        return summarize([*self.found.slices, *self.apart.slices])


@dataclass(frozen=True, slots=True)
class Held:
    """What is held as a service provider for one client; ``id`` None where the configuration names none."""

    id: str | None
    name: str | None
    contact: str | None
    """To whom a consumer is sent, and whom the firm writes to."""
    regimes: tuple[str, ...]
    """Laws the firm has confirmed for some of it."""
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the report says, before it is put into JSON or words."""

    firm: str
    owner: str | None
    window: Window
    reading: Reading
    places: Places
    categories: tuple[Category, ...]
    disclosures: tuple[Disclosed, ...]
    own: tuple[Slice, ...]
    outside: tuple[tuple[str, str | None, Summary], ...]
    """Regime, client, what was found."""
    clients: tuple[Held, ...]
    uncategorized: tuple[tuple[DataType, Summary], ...]
    notice: Notice | None
    headings: tuple[Headed, ...]
    not_covered: tuple[Headed, ...]
    """What was found of the data types that no heading stands for, one by one, by their labels."""
    unattributed: int
    """Records whose owner column names no client of the configuration."""
    deidentified: tuple[tuple[str, tuple[str, ...]], ...]
    """Sources declared deidentified, and the data types found in them all the same."""
    dated: tuple[Slice, ...]
    """One slice of each container whose rows a clock dates."""
    unsplit: tuple[Slice, ...]
    """One slice of each container that has an owner column by which its rows could not be counted."""
    empty: tuple[Slice, ...]
    """Columns named after a kind of data, not a cell of which is filled in what was read: they hold nothing."""
    anyones: tuple[Slice, ...]
    """For a report of one client: one slice of each container that is attributed to no client, and may hold this one's data."""
    unruled: tuple[str, ...]
    """Data types found that today's rule packs do not know: they were other ones when the sources were read."""

    @property
    def absent(self) -> str:
        """The word for a category of which nothing was found."""
        return "not attributed" if self.owner else "not found"

    @property
    def views(self) -> list[Slice]:
        """Findings in views that are not counted, since tables of the same source hold the data."""
        return views_apart(self.own)

    @property
    def undecided(self) -> list[DataType]:
        """Data types held that are sensitive on a condition the firm has not confirmed: they are not counted under L."""
        return [kind for kind, _ in by_type(self.own) if kind.sensitive == "conditional" and "L" not in kind.categories]


def gather(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    window: Window,
    places: Places,
    notice: Notice | None,
    owner: str | None,
) -> Findings:
    """Everything the inventory, the configuration and the rule packs say for the window; of one client, if one is named."""
    everything = slices(inventory, config, packs, window)
    mine = [item for item in everything if owner is None or item.client == owner]
    found = [item for item in mine if item.count.held.number]
    own = tuple(item for item in found if item.own)
    apart = tuple(item for item in found if not item.own)
    given = () if owner else tuple(disclosures(config, packs, window, {item.data_type.id for item in found}))
    headings, not_covered = _headings(notice, own, apart, packs)
    return Findings(
        firm=config.firm.name,
        owner=owner,
        window=window,
        reading=read_coverage(inventory, config, packs, window.last),
        places=places,
        categories=tuple(
            Category(
                letter,
                packs.labels[letter],
                summarize(of_letter(own, letter)),
                None if owner else recipients(given, letter, business_purpose=True),
                None if owner else recipients(given, letter, business_purpose=False),
                held_apart=bool(of_letter(apart, letter)),
            )
            for letter in LETTERS
        ),
        disclosures=given,
        own=own,
        outside=tuple(_outside(found)),
        clients=tuple(_clients([item for item in found if item.for_client], config, packs)),
        uncategorized=tuple((kind, found_of) for kind, found_of in by_type(found) if not kind.categories),
        notice=notice,
        headings=headings,
        not_covered=not_covered,
        unattributed=summarize(item for item in found if item.client == UNKNOWN_CLIENT).count.held.number,
        deidentified=tuple(_deidentified(found)),
        dated=_one_each(item for item in found if item.clock),
        unsplit=_one_each(item for item in found if item.client is None and has_owner_column(config, item)),
        empty=tuple(item for item in mine if not item.count.held.number),
        anyones=_one_each(
            item for item in everything if owner and item.count.held.number and item.client in (None, UNKNOWN_CLIENT)
        ),
        unruled=tuple(sorted({item.data_type.id for item in found} - set(packs.data_types))),
    )


def _outside(found: Sequence[Slice]) -> Iterable[tuple[str, str | None, Summary]]:
    """What a confirmed law takes out, by law and client; data held as a service provider included."""
    groups: dict[tuple[str, str], list[Slice]] = defaultdict(list)
    for item in found:
        if item.outside:
            groups[item.facts.regime or "", item.client or ""].append(item)
    for (regime, client), group in sorted(groups.items()):
        yield regime, client or None, summarize(group)


def _clients(found: Sequence[Slice], config: Config, packs: RulePacks) -> Iterable[Held]:
    """The categories held as a service provider, client by client; what is held for nobody in particular comes first."""
    groups: dict[str, list[Slice]] = defaultdict(list)
    for item in found:
        groups[item.client or ""].append(item)
    for client, group in sorted(groups.items()):
        parts = ((letter, of_letter(group, letter)) for letter in LETTERS)
        rows = tuple(Category(letter, packs.labels[letter], summarize(part)) for letter, part in parts if part)
        regimes = tuple(sorted({item.facts.regime or "" for item in group if item.outside}))
        known = config.clients.get(client)
        name, contact = (known.name, known.contact) if known else (None, None)
        yield Held(client or None, name, contact, regimes, rows)


def _headings(
    notice: Notice | None, own: Sequence[Slice], apart: Sequence[Slice], packs: RulePacks
) -> tuple[tuple[Headed, ...], tuple[Headed, ...]]:
    """The notice's headings in its order, decided by data types; and the data types found that none of them covers."""
    if notice is None:
        return (), ()
    covered: set[str] = set()
    headings = []
    for heading in notice.headings:
        types = select(heading.data_types, packs.data_types)
        denied = select(heading.denied, packs.data_types)
        covered |= set() if heading.catch_all else types - denied
        headings.append(
            Headed(heading.text, summarize(of_types(own, types)), summarize(of_types(apart, types)), heading, denied)
        )
    by_id = [{kind.id: summary for kind, summary in by_type(part)} for part in (own, apart)]
    rest = [
        Headed(kind.label, by_id[0].get(kind.id, summarize(())), by_id[1].get(kind.id, summarize(())))
        for kind, _ in by_type([*own, *apart])
        if kind.id not in covered and kind.categories
    ]
    return tuple(headings), tuple(rest)


def _deidentified(found: Sequence[Slice]) -> Iterable[tuple[str, tuple[str, ...]]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for item in found:
        if item.facts.deidentified and item.data_type.categories:
            groups[item.holding.source].add(item.data_type.id)
    return ((source, tuple(sorted(types))) for source, types in sorted(groups.items()))


def _one_each(found: Iterable[Slice]) -> tuple[Slice, ...]:
    """The first slice of each container."""
    return tuple({item.key: item for item in reversed(list(found))}.values())[::-1]
