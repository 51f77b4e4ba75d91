"""What the configuration says of sources, purposes and recipients, against those that the notice names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.config.facts import disclosures_for
from piiscan.notices.disclosing import covered_by
from piiscan.notices.known import places, saying
from piiscan.notices.outcome import Outcome, Where, several, worst

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from piiscan.config import Disclosure
    from piiscan.notices.known import Held, Known
    from piiscan.rulepack import Check

_SEPARATORS: Final = re.compile(r"[\s_/-]+")
_PLURALS: Final = (("ies", "y"), ("s", ""))


def check_sources(check: Check, known: Known) -> Outcome:
    """Whether all that is held comes from whom the notice says, heading by heading where it says so."""
    breach, silent = [], []
    items = [item for item in known.personal() if item.data_type.id not in known.denied]
    by_type = {data_type: _givers(check, known, data_type) for data_type in {item.data_type.id for item in items}}
    for item in items:
        others = foreign(item.facts.collected_from, by_type[item.data_type.id])
        breach += places([item], saying(f"from {', '.join(others)}")) if others else []
        silent += [item] if not item.facts.collected_from else []
    return _named(known, breach, silent, "sources", "where these data come from")


def check_purposes(check: Check, known: Known) -> Outcome:
    """Whether all that is held is for the purposes that the notice names."""
    allowed, breach, silent = spellings(check.named, check), [], []
    for item in known.personal():
        others = foreign(item.facts.purposes, allowed)
        breach += places([item], saying(f"for {', '.join(others)}")) if others else []
        silent += [item] if not item.facts.purposes else []
    return _named(known, breach, silent, "purposes", "what these data are for")


def check_bases(check: Check, known: Known) -> Outcome:
    """Whether all that is held has one of the legal bases that the notice names; none at all is a breach."""
    allowed = spellings(check.named, check)
    wrong = [item for item in known.personal() if foreign([item.facts.legal_basis or ""], allowed)]
    if not wrong:
        return known.absent("Everything found has one of the legal bases that the notice names.")
    found = places(wrong, lambda item: f"on {item.facts.legal_basis}" if item.facts.legal_basis else "no legal basis")
    return Outcome(
        "breach", f"{several(len(found), 'place')} without a legal basis that the notice names.", tuple(found)
    )


def check_recipients(check: Check, known: Known) -> Outcome:
    """Whether the recipients of the last twelve months, and what they received, are those that the notice names."""
    allowed = spellings(check.named, check)
    named = [heading for number, heading in enumerate(known.notice.headings, 1) if number in check.headings]
    given = frozenset[str]().union(*(covered_by(heading, known) for heading in named))
    breach = []
    for item, types in _disclosed(known):
        if item.kind != "business_purpose":
            continue
        if foreign([item.to], allowed):
            breach.append(Where(data_types=types, note=f"to {item.to}: the notice does not name them"))
        elif check.headings and (more := tuple(sorted(set(types) - given))):
            breach.append(
                Where(data_types=more, note=f"to {item.to}: the notice does not say that these are disclosed")
            )
    if breach:
        return Outcome("breach", f"{several(len(breach), 'disclosure')} that the notice does not name.", tuple(breach))
    return Outcome("kept", "Every disclosure that the configuration records is to whom the notice names.")


def check_sold(check: Check, known: Known) -> Outcome:
    """Whether nothing was sold or shared in the last twelve months, by what the configuration records."""
    scope = known.types(check.data_types) if check.data_types else None
    breach = [
        Where(data_types=types, since=item.first, note=f"{item.kind} to {item.to}")
        for item, types in _disclosed(known)
        if item.kind != "business_purpose" and (scope is None or scope & set(types))
    ]
    if breach:
        return Outcome("breach", f"{several(len(breach), 'disclosure')} by sale or sharing on record.", tuple(breach))
    return Outcome("kept", "The configuration records no sale and no sharing.")


def check_region(check: Check, known: Known) -> Outcome:
    """Whether all that is held lies in the notice's regions, or abroad with a safeguard where the notice wants one."""
    named = (*check.named, *(known.config.firm.regions if check.open else ()))
    allowed = spellings(named, check)
    breach, silent, abroad = [], [], 0
    for source, entry in known.config.sources.items():
        items = [item for item in known.personal() if item.record.source == source]
        regions = {(item.facts.region, item.facts.safeguard) for item in items} or {(entry.region, entry.safeguard)}
        for region, safeguard in sorted(regions, key=str):
            if region is None:
                silent.append(Where(source, note="the configuration does not say where it lies"))
            elif _lies_outside(region, allowed):
                abroad += 1
                kept = check.safeguards and safeguard is not None
                breach += [] if kept else [Where(source, note=f"lies in {region}{_lacking(check)}")]
    found = worst(breach, silent)
    if found is None:
        safe = f" {several(abroad, 'source')} abroad, each with its safeguard." if abroad else ""
        return Outcome("kept", f"Every source lies where the notice says.{safe}")
    what = "lies elsewhere than the notice says" if breach else "may lie anywhere"
    return Outcome(found[0], f"Some of what is held {what}.", *found[1:])


def foreign(said: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Those of the names that are none of the allowed, as they are written."""
    return [name for name in said if normal(name) not in allowed]


def spellings(named: Iterable[str], check: Check) -> set[str]:
    """The names and the other words for them, so that writing them a little differently makes no difference."""
    same = {normal(name): others for name, others in (check.same or {}).items()}
    return {normal(each) for name in named for each in (name, *same.get(normal(name), ()))}


def normal(name: str) -> str:
    """The name in small letters and the singular, hyphens as spaces."""
    return " ".join(_singular(word) for word in _SEPARATORS.split(name.casefold().replace("\u2019", "'")) if word)


def _singular(word: str) -> str:
    plural = next(((end, one) for end, one in _PLURALS if word.endswith(end) and len(word) > len(end) + 2), ("", ""))
    return word.removesuffix(plural[0]) + plural[1]


def _givers(check: Check, known: Known, data_type: str) -> set[str]:
    """Whom the notice says a data type comes from: by its headings, where one covers it and says so, else by all together."""
    headings = known.notice.headings
    own = [heading.collected_from for heading in headings if data_type in known.types(heading.data_types)]
    named = {name for names in own for name in names} or {name for each in headings for name in each.collected_from}
    return spellings((*check.named, *named), check)


def _disclosed(known: Known) -> list[tuple[Disclosure, tuple[str, ...]]]:
    """The disclosures of the last twelve months, each with the data types held that it speaks of."""
    held = sorted({item.data_type.id: item.data_type for item in known.held}.items())
    reached: dict[int, set[str]] = {index: set() for index in range(len(known.config.disclosures))}
    for id_, data_type in held:
        for item in disclosures_for(known.config, data_type, known.window):
            reached[known.config.disclosures.index(item)].add(id_)
    first, last = known.window
    return [
        (item, tuple(sorted(reached[index])))
        for index, item in enumerate(known.config.disclosures)
        if item.first <= last and (item.last is None or item.last >= first)
    ]


def _lies_outside(region: str, allowed: Collection[str]) -> bool:
    """Whether a region is none of the allowed and no part of one: US-CA is a part of US."""
    return normal(region) not in allowed and normal(region.split("-", maxsplit=1)[0]) not in allowed


def _lacking(check: Check) -> str:
    return ", and nothing that safeguards it is named" if check.safeguards else ""


def _named(known: Known, breach: Sequence[Where], silent: Sequence[Held], what: str, silence: str) -> Outcome:
    """What comes of a check of names."""
    quiet = places(silent, saying("the configuration does not say"))
    found = worst(breach, quiet)
    if found is None:
        return known.absent(f"All {what} in the configuration are named by the notice.")
    if breach:
        return Outcome(
            found[0], f"{several(len(breach), 'place')} with {what} that the notice does not name.", *found[1:]
        )
    return Outcome(found[0], f"The configuration does not say of all data {silence}.", *found[1:])
