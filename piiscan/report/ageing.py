"""How old what is held is, by the clocks that the scans counted: rows by age, container by container."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from piiscan.inventory import AgesRecord

BANDS: Final = (
    ("under 1 year", "P0D"),
    ("1-3 years", "P1Y"),
    ("3-5", "P3Y"),
    ("5-7", "P5Y"),
    ("7-10", "P7Y"),
    ("over 10", "P10Y"),
)
"""Name and least age of each band, youngest first."""
UNDATED: Final = "undated"


@dataclass(frozen=True, slots=True)
class Ageing:
    """The rows of one container by the band of their age; all bands are there, and ``undated``."""

    source: str
    container: str
    member: tuple[str, ...]
    event: str
    rows: Mapping[str, int]


def ageing(records: Iterable[AgesRecord], as_of: date) -> list[Ageing]:
    """The ages of every container that was counted, in their order."""
    cutoffs = [(name, Period.parse(period).begun_by(as_of)) for name, period in BANDS[1:]]
    return [_ageing(record, cutoffs) for record in records]


def _ageing(record: AgesRecord, cutoffs: list[tuple[str, date]]) -> Ageing:
    counts: Counter[str] = Counter()
    for row in record.ages.rows:
        older = [name for name, last in cutoffs if row.day is not None and row.day <= last]
        counts[UNDATED if row.day is None else older[-1] if older else BANDS[0][0]] += row.rows
    rows = {name: counts[name] for name in (*(name for name, _ in BANDS), UNDATED)}
    return Ageing(record.source, record.container, record.member, record.ages.clock.event, rows)
