"""What lies in a spot, in words: for the day when it may have leaked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from piiscan.model import LETTERS, Section
from piiscan.report.coverage_text import coverage_lead, coverage_sections
from piiscan.report.exposed import days, one_each, since
from piiscan.report.exposure_gaps import partial_section, past_section, place_list, unsure_sections
from piiscan.report.scan_report import PLACES_SHOWN, first_of, skip_sections
from piiscan.report.summary import of_letter, summarize
from piiscan.report.wording import held, labels, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piiscan.model import Cell, DataType
    from piiscan.report.exposed import Clear, Exposed
    from piiscan.report.parties import Party
    from piiscan.report.places import Places
    from piiscan.report.slices import Slice
    from piiscan.report.summary import Summary

CLEAR: Final[dict[Clear, str]] = {
    "readable": "yes",
    "hashed": "no: hashes",
    "obscured": "its name says no",
    "unknown": "not known",
}
LAW: Final = (
    "Whether anybody must be told, whom and by when, is for counsel to say. For California see Civ. Code 1798.82 (notice of a breach; (b) on data that "
    "somebody else owns) and 1798.150 (claims after one, also of data that another law takes out of the rest of the CCPA). The contract with a "
    "client may ask for more, and sooner."
)


def lead(exposed: Exposed, places: Places) -> tuple[str, ...]:
    """What is there in one sentence, what was read of it, and where this report ends."""
    there = spot_name(exposed, places)
    if not exposed.found:
        what = f"No personal information is known to lie in {there}; that proves nothing of what was not read."
    else:
        kinds = exposed.types
        sensitive = [kind.label for kind, _ in kinds if "L" in kind.categories]
        records = "record" if exposed.everything.count.held.number == 1 else "records"
        what = (
            f"{there} holds {held(exposed.everything)} {records} with {number_of(len(kinds), 'type')} of personal information"
            f"{_whose(exposed.parties)}, known since {since(exposed.found):%Y-%m-%d}."
        )
        what += f" Sensitive: {', '.join(sensitive)}." if sensitive else ""
    read = coverage_lead(exposed.reading, exposed.as_of)
    unread = () if exposed.reading.units else ("Nothing there was read: what lies there is not known.",)
    return (what, *unread, *read)


def sections(exposed: Exposed, places: Places) -> tuple[Section, ...]:
    """Every table of the report: what, whose, where, and what is not known."""
    return (
        *_types(exposed),
        *_categories(exposed),
        *_parties(exposed),
        *_where(exposed, places),
        *place_list(
            "Anyone on their host may read these files", exposed.anyone, places, "By their permissions, when last read."
        ),
        *unsure_sections(exposed, places),
        *past_section(exposed, places),
        *(skip_sections(exposed.reading.skips, places)),
        *partial_section(exposed, places),
        *coverage_sections(exposed.reading, places),
        Section("For counsel", (), (), note=LAW),
        Section("How to read this report", (), (), note="\n".join(_notes(exposed))),
    )


def flat(exposed: Exposed, places: Places) -> Section:
    """Every finding of every client, one a row, for a sheet."""
    titles = ("source", "container", "member", "column", "data_type", "label", "letters", "sensitive", "client", "records",
              "records_estimated", "in_the_clear", "first_seen", "last_seen", "oldest_at", "newest_at", "anyone_may_read")  # fmt: skip
    wide = {(item.holding.source, item.holding.container) for item in exposed.anyone}
    rows = tuple(_flat_row(item, exposed, places, wide) for item in exposed.found)
    return Section("Exposure", titles, rows)


def spot_name(exposed: Exposed, places: Places) -> str:
    """The spot as it was asked for; by its sources and ids where names must not be seen."""
    if not places.redact:
        return exposed.spot.asked
    parts = (
        name if glob is None else f"{name}:{places.globs(name, [glob])[0]}" for name, glob in exposed.spot.parts.items()
    )
    return ", ".join(parts)


def clear(group: Sequence[Slice], exposed: Exposed) -> dict[Clear, int]:
    """In how many columns and files it is how readable, the most readable first."""
    holdings = {item.holding.id: item.holding for item in group}
    counted = Counter(exposed.clear(holding) for holding in holdings.values())
    return {word: counted[word] for word in CLEAR if counted[word]}


def _whose(parties: Sequence[tuple[Party, Summary]]) -> str:
    clients = [whom for whom, _ in parties if whom.id is not None]
    named = [f"{whom.name}{f' ({whom.contact})' if whom.contact else ''}" for whom in clients]
    if len(parties) > len(clients):
        named.insert(0, "attributed to no client")
    return f": {'; '.join(named)}" if clients else ""


def _types(exposed: Exposed) -> Iterator[Section]:
    rows = tuple(_type_row(kind, found, exposed) for kind, found in exposed.types)
    titles = ("data", "categories", "sensitive", "records", "in the clear", "known since", "oldest", "newest")
    if rows:
        yield Section("What is there, sensitive data first", titles, rows)


def _type_row(kind: DataType, found: Summary, exposed: Exposed) -> tuple[Cell, ...]:
    readable = clear(found.slices, exposed)
    words = tuple(
        CLEAR[word] if len(readable) == 1 else f"{CLEAR[word]} ({count:,})" for word, count in readable.items()
    )
    oldest, newest = days(found.slices, exposed.as_of)
    return (
        kind.label,
        " ".join(kind.categories),
        _sensitive(kind),
        held(found),
        words,
        f"{since(found.slices):%Y-%m-%d}",
        oldest,
        newest,
    )


def _sensitive(kind: DataType) -> str:
    if kind.sensitive == "conditional":
        return "yes, as confirmed" if "L" in kind.categories else "on a condition"
    return {"always": "yes", "policy": "by policy", "no": "no"}[kind.sensitive]


def _categories(exposed: Exposed) -> Iterator[Section]:
    found = ((letter, summarize(of_letter(exposed.found, letter))) for letter in LETTERS)
    rows = tuple(
        (letter, exposed.labels[letter], held(each), labels(each.data_types)) for letter, each in found if each.held
    )
    if rows:
        yield Section("Categories", ("", "category", "records", "data"), rows)


def _parties(exposed: Exposed) -> Iterator[Section]:
    rows = tuple(
        (
            whom.name if whom.id is not None else "attributed to no client",
            whom.contact,
            whom.held_as or "now one, now the other",
            tuple(sorted({item.facts.regime.upper() for item in found.slices if item.facts.regime})),
            held(found),
            found.letters,
        )
        for whom, found in exposed.parties
    )
    silent = [whom.id for whom, _ in exposed.parties if whom.id not in (None, "?") and not whom.contact]
    note = (
        f"Nobody to write to is known; name a contact in [clients.ID]: {', '.join(filter(None, silent))}."
        if silent
        else ""
    )
    if rows:
        yield Section("Whose it is", ("client", "contact", "held as", "law", "records", "categories"), rows, note=note)


def _where(exposed: Exposed, places: Places) -> Iterator[Section]:
    containers = one_each(exposed.found)
    groups: Mapping[object, list[Slice]] = {item.key: [] for item in containers}
    for item in exposed.found:
        groups[item.key].append(item)
    rows = []
    for item in containers[:PLACES_SHOWN]:
        group = groups[item.key]
        letters = sorted({letter for each in group for letter in each.data_type.categories})
        columns = dict.fromkeys(
            places.column(each.holding, each.holding.column) or f"({each.data_type.label})" for each in group
        )
        row = (places.spoken(item.holding), held(summarize(group)), " ".join(letters), tuple(columns))
        rows.append((*row, f"{since(group):%Y-%m-%d}"))
    titles = ("place", "records", "categories", "columns, or (data)", "known since")
    if rows:
        yield Section("Where", titles, tuple(rows), note=first_of(len(rows), len(containers)))


def _notes(exposed: Exposed) -> Iterator[str]:
    yield (
        "Records are rows of tables and files of text: the same person may stand in several. ~ is an estimate, scaled up from a sample; ≥ is at "
        "least so many: several columns of a table hold such data, and the rows that they fill may differ."
    )
    yield "Known since: the first scan that saw it; it may be older. Oldest, newest: the days of the rows, where a column dates them."
    yield (
        'In the clear "yes": values were recognised as what they are. "its name says no": the column is named after hashes, encryption or masks; that '
        'proves nothing. "not known": values have no form to tell by. Encryption of disks and connections is not seen here.'
    )
    yield f"As last read (see Coverage), be it before or after {exposed.as_of}."


def _flat_row(item: Slice, exposed: Exposed, places: Places, wide: set[tuple[str, str]]) -> tuple[Cell, ...]:
    holding, kind = item.holding, item.data_type
    oldest, newest = days([item], exposed.as_of)
    return (
        holding.source,
        places.container(holding.source, holding.container),
        places.member(holding),
        places.column(holding, holding.column),
        *(kind.id, kind.label, kind.categories, kind.sensitive, item.client),
        *(item.count.held.number, item.count.held.estimated, exposed.clear(holding)),
        *(f"{holding.first_seen:%Y-%m-%d}", f"{holding.last_seen:%Y-%m-%d}", oldest, newest),
        (holding.source, holding.container) in wide,
    )
