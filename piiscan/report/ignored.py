"""What the ignore list left out: told in every report that tells what is held, so that it is never silent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.detect.configured import firm_day, ignore_entries
from piiscan.model import Section
from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import IgnoredCount


@dataclass(frozen=True, slots=True)
class IgnoredLine:
    """One ``[[ignore]]`` entry and what it left out, over all containers as they were last read."""

    id: str
    source: str | None
    """The source it was written for; None = all."""
    reason: str | None
    """None where the configuration no longer has the entry, or names are redacted."""
    until: date | None
    in_effect: bool
    containers: int
    holdings: int
    """Columns, or texts, of which a data type was left out as a whole."""
    findings: int
    """Cells, or pieces of text, with a finding that was left out."""

    def body(self) -> dict[str, object]:
        """The line as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def ignored_lines(
    config: Config, counts: Iterable[IgnoredCount], *, today: date | None = None, redact: bool = False
) -> list[IgnoredLine]:
    """Every entry of the configuration, in its order, then those that only the store remembers.

    ``counts`` has one for each container and entry that left something out of it.
    """
    day = today or firm_day(config)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for count in counts:
        for index, number in enumerate((1, count.holdings, count.findings)):
            sums[count.entry][index] += number
    known = {entry.id: entry for _, entry in ignore_entries(config)}
    lines = []
    for name in (*known, *sorted(sums.keys() - known.keys())):
        entry = known.get(name)
        reason = entry.reason if entry is not None and not redact else None
        until = entry.until if entry is not None else None
        in_effect = until is not None and until >= day
        lines.append(IgnoredLine(name, entry.source if entry else None, reason, until, in_effect, *sums[name]))
    return lines


def ignored_sections(lines: Sequence[IgnoredLine]) -> tuple[Section, ...]:
    """The lines as a table; nothing where nothing is to be ignored."""
    if not lines:
        return ()
    titles = ("entry", "why", "until", "tables, files", "columns", "findings")
    rows = tuple((each.id, each.reason, _until(each), each.containers, each.holdings, each.findings) for each in lines)
    note = "Left out of the inventory by the configuration, though it was read."
    return (Section("Ignored", titles, rows, note),)


def ignored_note(counts: Sequence[IgnoredCount], containers: int) -> str:
    """A sentence on what is missing from a report; empty where nothing is."""
    if not counts:
        return ""
    findings, holdings = sum(each.findings for each in counts), sum(each.holdings for each in counts)
    places = f"{containers:,} {'table or file' if containers == 1 else 'tables and files'}"
    return (
        f"The ignore list leaves {number_of(findings, 'finding')} out, {holdings:,} of them data types of a whole column, "
        f"in {places}: see piiscan report coverage."
    )


def _until(line: IgnoredLine) -> str | None:
    if line.until is None:
        return "no longer configured"
    return str(line.until) if line.in_effect else f"{line.until} (over)"
