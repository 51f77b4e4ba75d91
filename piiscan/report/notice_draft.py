"""A notice's section on what was collected in the past twelve months, drafted from the inventory: ``notice draft``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.model import Document, Section
from piiscan.report.findings import gather
from piiscan.report.places import Places
from piiscan.report.summary import summarize
from piiscan.report.window import look_back
from piiscan.report.wording import labels, period, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.model import Cell
    from piiscan.report.disclosed import Disclosed
    from piiscan.report.findings import Findings
    from piiscan.report.summary import Summary
    from piiscan.rulepack import Notice, RulePacks

GAP: Final = "[TO BE FILLED IN]"
"""Stands where the configuration says nothing: a notice must not stay silent there."""
_TITLES: Final = ("category", "such as", "collected from", "purposes", "kept", "disclosed to", "sold or shared to")
_KEYS: Final = ("category", "such_as", "collected_from", "purposes", "retention", "disclosed_to", "sold_or_shared")
_LISTED: Final = ("yes", "likely", "undated")
"""What belongs into the list: a date nobody knows may lie in the window (law.md 2.2)."""


def notice_draft(
    inventory: Inventory,
    config: Config,
    packs: RulePacks,
    *,
    as_of: date,
    notice: Notice | None = None,
    redact: bool = False,
) -> Document:
    """The draft in the statute's terms, or by the headings of ``notice``; what the configuration does not say is marked.

    Civ. Code 1798.130(a)(5)(B), (C), 1798.100(a)(3): categories, sources, purposes, how long, and two lists of recipients. What
    is held for clients, or under another law, belongs into other notices and is left out.
    """
    window = look_back(as_of, 12)
    findings = gather(inventory, config, packs, window=window, places=Places(redact=redact), notice=notice, owner=None)
    rows = list(_by_letter(findings) if notice is None else _by_heading(findings))
    return Document(
        "notice.draft",
        "Personal information collected in the past twelve months",
        {
            "window": {"from": window.first, "to": window.last},
            "terms": "notice" if notice else "statutory",
            "notice": notice.id if notice else None,
            "categories": [dict(zip(_KEYS, row, strict=True)) for row in rows],
            "disclosed": [item.body() for item in findings.disclosures if item.for_business_purpose],
            "sold_or_shared": [item.body() for item in findings.disclosures if not item.for_business_purpose],
        },
        tuple(_sections(findings, rows)),
        (
            f"From {window.first} to {window.last} we collected the following categories of personal information.",
            *(["A draft: not all was read, so there may be more."] if findings.reading.may_hold_more else []),
        ),
        flat=Section("Categories", _TITLES, tuple(rows)),
        reasons=("incomplete",) if findings.reading.incomplete else (),
    )


def _by_letter(findings: Findings) -> Iterator[tuple[Cell, ...]]:
    for row in findings.categories:
        if status(row.found) in _LISTED:
            yield _row(f"{row.letter}. {row.label}", row.found, row.disclosed_to or (), row.sold_or_shared or ())


def _by_heading(findings: Findings) -> Iterator[tuple[Cell, ...]]:
    """The headings under which something was collected; then what falls under none, for a heading to be found."""
    for item in findings.headings:
        kept = summarize(each for each in item.found.slices if each.data_type.id not in item.denies)
        if status(kept) in _LISTED:
            yield _headed(findings, item.text, kept)
    for item in findings.not_covered:
        if status(item.found) in _LISTED:
            yield _headed(findings, f"{GAP} under no heading of the notice: {item.text}", item.found)


def _headed(findings: Findings, text: str, kept: Summary) -> tuple[Cell, ...]:
    types = {kind.id for kind in kept.data_types}
    given = [each for each in findings.disclosures if types & set(each.data_types)]
    business = tuple(sorted({each.to for each in given if each.for_business_purpose}))
    sold = tuple(sorted({each.to for each in given if not each.for_business_purpose}))
    return _row(text, kept, business, sold)


def _row(text: str, found: Summary, business: tuple[str, ...], sold: tuple[str, ...]) -> tuple[Cell, ...]:
    listed = [item for item in found.slices if item.count.collected.number or item.count.undated.number]
    return (
        text,
        labels({item.data_type for item in listed}),
        found.collected_from or (GAP,),
        found.purposes or (GAP,),
        tuple(map(period, found.retention)) or (GAP,),
        business,
        sold,
    )


def _sections(findings: Findings, rows: list[tuple[Cell, ...]]) -> Iterator[Section]:
    if not rows:
        yield Section("Categories", (), (), note="None was found in what was read.")
    for row in rows:
        yield Section(str(row[0]), ("", " "), tuple(zip(_TITLES[1:5], row[1:5], strict=True)))
    business = [item for item in findings.disclosures if item.for_business_purpose]
    sold = [item for item in findings.disclosures if not item.for_business_purpose]
    yield _list("Disclosed for a business purpose in the past twelve months", business)
    yield _list("Sold or shared in the past twelve months", sold)


def _list(title: str, given: list[Disclosed]) -> Section:
    """One of the two lists that the law wants apart; that there is nothing on it must be said, too."""
    if not given:
        what = (
            "disclosed no personal information for a business purpose"
            if "Disclosed" in title
            else "did not sell or share personal information"
        )
        return Section(title, (), (), note=f"We {what} in the past twelve months.")
    rows = tuple((item.to, item.letters, item.data_types) for item in given)
    return Section(title, ("to", "categories", "data"), rows)
