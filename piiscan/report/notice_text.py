"""What was found in the words of a published notice, and what the notice does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.wording import figures, held, labels, status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import Cell
    from piiscan.report.findings import Findings, Headed


def notice_sections(findings: Findings) -> Iterator[Section]:
    """The notice's headings in its order, then the data types found that none of them stands for; nothing without a notice."""
    if findings.notice is None:
        return
    annexes = any(item.apart.held for item in (*findings.headings, *findings.not_covered))
    more = ("in annexes",) if annexes else ()
    empty = sum(not item.everything.held for item in findings.headings)
    note = (
        f"Decided by data types, not by letters. Nothing was found under {empty} of {len(findings.headings)} headings."
    )
    rows = tuple(_heading(item, annexes=annexes) for item in findings.headings)
    titles = ("heading", "collected", "undated", "held", *more, "found")
    yield Section(f"In the words of the notice: {findings.notice.title}", titles, rows, note=note)
    heading = f"Found, but named by no heading of the notice ({len(findings.not_covered)})"
    if findings.not_covered:
        rows = tuple(_uncovered(item, annexes=annexes) for item in findings.not_covered)
        yield Section(heading, ("data", "categories", "collected", "held", *more), rows)
    else:
        yield Section(heading, (), (), note="None: every data type found falls under a heading.")


def _heading(item: Headed, *, annexes: bool) -> tuple[Cell, ...]:
    collected, _, undated, kept, _ = figures(item.found, apart=item.apart.held)
    more = (held(item.apart),) if annexes else ()
    return (item.text, collected, undated, kept, *more, labels(item.everything.data_types))


def _uncovered(item: Headed, *, annexes: bool) -> tuple[Cell, ...]:
    more = (held(item.apart),) if annexes else ()
    return (item.text, item.everything.letters, status(item.found, apart=item.apart.held), held(item.found), *more)
