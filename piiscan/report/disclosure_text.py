"""What was given to whom, in words: two lists that the law wants apart, and what belongs into neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.model import Section
from piiscan.report.coverage_text import coverage_lead, coverage_sections
from piiscan.report.wording import held, labels, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.report.given import Given, Giving
    from piiscan.report.places import Places

SOLD: Final = "Sold or shared in the window"
BUSINESS: Final = "Disclosed for a business purpose in the window"
_KINDS: Final = {"business_purpose": "business purpose", "sold": "sold", "shared": "shared"}


def lead(given: Giving) -> tuple[str, ...]:
    """The window, both answers (a "none" is one), what was recorded and never found, what was read."""
    window = given.window
    days = f"{window.first} to {window.last} ({window.months} months, both days included)"
    said = [
        f"What the configuration records as given to others from {days}, of what is held or was (Civ. Code 1798.130(a)(5)(C))."
    ]
    if given.whom:
        said.append(
            f"Disclosures are recorded for the firm as a whole: what is listed may have reached these recipients with {given.whom.name}'s data "
            "among it; whether it did is not recorded."
        )
    said += [
        _answer("SOLD OR SHARED", given.sold_or_shared),
        _answer("DISCLOSED FOR A BUSINESS PURPOSE", given.business_purpose),
    ]
    if given.never_found:
        said.append(
            f"{number_of(len(given.never_found), 'recorded disclosure')} named data of which nothing is held, nor was; see below before saying that "
            "nothing was given."
        )
    return (*said, *coverage_lead(given.reading, window.last))


def sections(given: Giving, places: Places) -> tuple[Section, ...]:
    """Both lists, what belongs into neither, what lies abroad, what was read."""
    return (
        _list(SOLD, given.sold_or_shared, given),
        _list(BUSINESS, given.business_purpose, given),
        *_never_found(given),
        *_apart(given),
        *_abroad(given),
        *coverage_sections(given.reading, places),
        Section("How to read this report", (), (), note="\n".join(_notes(given))),
    )


def flat(given: Giving) -> Section:
    """Both lists, a category and recipient a row, for a sheet."""
    titles = ("list", "letter", "label", "to", "kinds", "data_types", "no_longer_held", "first", "last")
    lists = (("sold_or_shared", given.sold_or_shared), ("business_purpose", given.business_purpose))
    rows = tuple(
        (
            name,
            *(row.letter, row.label, row.to, row.kinds, row.data_types, gone(row, given)),
            *(row.first.isoformat(), row.last.isoformat() if row.last else None),
        )
        for name, rows in lists
        for row in rows
    )
    return Section("Disclosures", titles, rows)


def gone(row: Given, given: Giving) -> tuple[str, ...]:
    """Those of its data types that are no longer held."""
    return tuple(name for name in row.data_types if name in given.past)


def _answer(what: str, rows: Sequence[Given]) -> str:
    if not rows:
        return f"{what}: NONE. The configuration records no such disclosure of what is held or was."
    letters = dict.fromkeys(row.letter or "no category" for row in rows)
    return f"{what}: {', '.join(letters)}; to {', '.join(sorted({row.to for row in rows}))}."


def _list(title: str, rows: Sequence[Given], given: Giving) -> Section:
    if not rows:
        return Section(title, (), (), note="None.")
    made = tuple(
        (
            row.letter or "-",
            row.label or "in no category",
            row.to,
            *((tuple(_KINDS[kind] for kind in row.kinds),) if title == SOLD else ()),
            tuple(f"{given.names[name]}{' (no longer held)' if name in given.past else ''}" for name in row.data_types),
            row.first.isoformat(),
            row.last.isoformat() if row.last else "goes on",
        )
        for row in rows
    )
    titles = ("", "category", "to", *(("how",) if title == SOLD else ()), "data", "first", "last")
    return Section(title, titles, made)


def _never_found(given: Giving) -> Iterator[Section]:
    rows = tuple(
        (
            item.to,
            _KINDS[item.kind],
            names,
            item.first.isoformat(),
            item.last.isoformat() if item.last else "goes on",
        )
        for item, names in given.never_found
    )
    note = (
        "In neither list: no scan found any of it. Either it lies where nothing was read, or the record names too much; a notice that leaves it out "
        "needs a reason."
    )
    if rows:
        titles = ("to", "how", "named in [[disclosures]]", "first", "last")
        yield Section("Recorded, but never found", titles, rows, note=note)


def _apart(given: Giving) -> Iterator[Section]:
    rows = tuple(
        (
            item.whom.name if item.whom.id is not None else "no client named",
            item.whom.contact,
            item.whom.held_as,
            item.regime and item.regime.upper(),
            item.letters,
            tuple(sorted((given.names[name] for name in item.data_types), key=str.casefold)),
            tuple(f"{to} ({_KINDS[kind]})" for to, kind in item.recipients),
        )
        for item in given.apart
    )
    note = (
        "In neither list: it belongs into the client's notice, or another law takes it out of the CCPA. Disclosures are recorded for the firm as a "
        "whole; whether such data was among them is not recorded."
    )
    if rows:
        titles = ("client", "contact", "held as", "law", "categories", "data", "on record for such data")
        yield Section("Apart: held as a service provider, or outside the CCPA", titles, rows, note=note)


def _abroad(given: Giving) -> Iterator[Section]:
    title = "Outside the firm's regions"
    notes = [f"The firm's regions ([firm] regions): {', '.join(given.regions)}."]
    if given.unplaced:
        notes.append(
            f"The configuration does not say of all data of these sources where it lies: {', '.join(given.unplaced)}."
        )
    rows = tuple(
        (
            item.source,
            item.region,
            item.safeguards or ("none named",),
            item.found.letters,
            labels(item.found.data_types) or ("nothing found in what was read",),
            held(item.found),
        )
        for item in given.abroad
    )
    if rows:
        titles = ("source", "region", "safeguard", "categories", "data", "records")
        yield Section(title, titles, rows, note="\n".join(notes))
    else:
        nothing = "Nothing is said to lie elsewhere." if given.unplaced else "Nothing lies elsewhere."
        yield Section(title, (), (), note="\n".join((nothing, *notes)))


def _notes(given: Giving) -> Iterable[str]:
    yield (
        "Recipients, kinds and days are what [[disclosures]] says; nothing in the data proves them, and a disclosure nobody recorded is not here. First "
        "and last are the days on record, be they outside the window."
    )
    yield "A datum may fall into several categories: it stands under each, with every recipient that got it."
    if given.past:
        yield "No longer held: an earlier run found it, and later ones did not."
