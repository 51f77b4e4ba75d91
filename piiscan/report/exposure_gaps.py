"""What the exposure report cannot tell: whose, whether filled, what is no longer there, what was not read to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.model import Section
from piiscan.report.parties import anyones_sections
from piiscan.report.scan_report import PLACES_SHOWN, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.report.exposed import Exposed
    from piiscan.report.places import Places
    from piiscan.report.slices import Slice

_ENDED: Final = {"absent": "read without it", "unlisted": "gone from the source", "ignored": "left out by [[ignore]]"}


def unsure_sections(exposed: Exposed, places: Places) -> Iterator[Section]:
    """What cannot be told: whose it is, whether a column is filled."""
    yield from place_list(
        "Not told client by client",
        exposed.unsplit,
        places,
        "A column says whose each row is; of some it says nothing, or they could not be counted by it: any client's may be among them.",
    )
    yield from anyones_sections([item.holding for item in exposed.unattributed], places)
    rows = tuple(
        (
            places.spoken(item.holding, item.holding.column),
            item.data_type.label,
            item.container.seen,
            item.container.total,
        )
        for item in exposed.empty[:PLACES_SHOWN]
    )
    titles = ("place", "named like", "rows read", "rows in all")
    more_rows = any(item.container.seen < item.container.total for item in exposed.empty)
    note = f"No cell of these was filled in the rows read{'; rows not read may fill them' if more_rows else ''}."
    more = first_of(len(rows), len(exposed.empty))
    if rows:
        yield Section(
            "Columns so named, empty in what was read", titles, rows, note="\n".join(filter(None, (note, more)))
        )


def past_section(exposed: Exposed, places: Places) -> Iterator[Section]:
    """What stood there in a run the store remembers, and what proves that it went."""
    rows = tuple(
        (
            places.spoken(item, item.column),
            exposed.names.get(item.data_type, item.data_type),
            f"{item.first_seen:%Y-%m-%d}",
            f"{item.last_seen:%Y-%m-%d}",
            _ENDED[item.reason],
        )
        for item in exposed.past[:PLACES_SHOWN]
    )
    note = "In none of the figures above. It may have been there on the day you ask about."
    more = first_of(len(rows), len(exposed.past))
    if rows:
        titles = ("place", "data", "known since", "last seen", "why no longer")
        yield Section("No longer there", titles, rows, note="\n".join(filter(None, (note, more))))


def partial_section(exposed: Exposed, places: Places) -> Iterator[Section]:
    """What was read in part or not at all, and may hold more."""
    records = [record for record in exposed.reading.containers if record.status in ("partial", "skipped")]
    rows = tuple((places.spoken(record), record.rows_seen, record.rows_total) for record in records[:PLACES_SHOWN])
    if rows:
        yield Section(
            "Not read to the end", ("place", "rows read", "rows in all"), rows, note=first_of(len(rows), len(records))
        )


def place_list(title: str, found: Sequence[Slice], places: Places, note: str) -> Iterator[Section]:
    """The places of some slices, one a row; nothing where there are none."""
    rows = tuple((places.spoken(item.holding),) for item in found[:PLACES_SHOWN])
    if rows:
        yield Section(title, ("place",), rows, note="\n".join(filter(None, (note, first_of(len(rows), len(found))))))
