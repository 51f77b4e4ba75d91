"""What was found in the words of a published notice, and what the notice does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.model import Section
from piiscan.report.wording import figures, held, labels, status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import Cell
    from piiscan.report.findings import Findings, Headed

_CLAIMS: Final = {"never_stored": "this is not stored", "deidentified": "this identifies nobody"}
_CATCH_ALL: Final = "stands for every category and names none: no disclosure"


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
    rows = tuple(_heading(item, annexes=annexes, absent=findings.absent) for item in findings.headings)
    titles = ("heading", "collected", "undated", "held", *more, "found")
    yield Section(f"In the words of the notice: {findings.notice.title}", titles, rows, note=note)
    heading = f"Found, but named by no heading of the notice ({len(findings.not_covered)})"
    if findings.not_covered:
        rows = tuple(_uncovered(item, annexes=annexes) for item in findings.not_covered)
        yield Section(heading, ("data", "categories", "collected", "held", *more), rows)
    else:
        yield Section(heading, (), (), note="None: every data type found falls under a heading.")


def _heading(item: Headed, *, annexes: bool, absent: str) -> tuple[Cell, ...]:
    collected, _, undated, kept, _ = figures(item.found, apart=item.apart.held, absent=absent)
    more = (held(item.apart),) if annexes else ()
    return (_text(item), collected, undated, kept, *more, labels(item.everything.data_types))


def _text(item: Headed) -> str:
    """The notice's own words, and what must be said of them."""
    if item.heading is None or not (item.heading.catch_all or item.heading.claims):
        return item.text
    if item.heading.claims is None:
        return f"{item.text} [{_CATCH_ALL}]"
    some = [kind for kind in item.everything.data_types if kind.id in item.denies]
    which = f" of {', '.join(labels(some))}" if 0 < len(some) < len(item.everything.data_types) else ""
    return f"{item.text} [the notice says{which} that {_CLAIMS[item.heading.claims]}: no disclosure]"


def _uncovered(item: Headed, *, annexes: bool) -> tuple[Cell, ...]:
    more = (held(item.apart),) if annexes else ()
    return (item.text, item.everything.letters, status(item.found, apart=item.apart.held), held(item.found), *more)
