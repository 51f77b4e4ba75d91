"""What the category report says beside its twelve rows: sensitive data, annexes, how to read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.conditions import beside
from piiscan.report.slices import EXEMPT_REGIMES
from piiscan.report.summary import by_type
from piiscan.report.wording import category_section, held, labels, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import DataType
    from piiscan.report.findings import Findings

_NEAR_SHOWN = 3
_REF = re.compile(r"ae\.(\d)([A-G])")


def sensitive_section(findings: Findings) -> Iterator[Section]:
    """Why each data type is, or may be, sensitive; nothing where none is."""
    rows = tuple(
        (kind.label, _sensitivity(kind, findings), "yes" if "L" in kind.categories else "no", held(found))
        for kind, found in by_type(findings.own)
        if kind.sensitive != "no"
    )
    note = (
        "What is undecided counts under L once the firm confirms its condition in [rules] sensitive_when."
        if findings.undecided
        else ""
    )
    if rows:
        yield Section("Sensitive personal information (L)", ("data", "sensitive", "in L", "held"), rows, note=note)


def _sensitivity(kind: DataType, findings: Findings) -> str:
    ref = _REF.sub(r"Civ. Code 1798.140(ae)(\1)(\2)", kind.sensitive_ref).replace("reg.u16", "11 CCR 7001, under 16")
    cite = f" ({ref})" if ref else ""
    if kind.sensitive == "always":
        return f"always{cite}"
    if kind.sensitive == "policy":
        return f"by policy: the statute does not name it{cite}"
    if "L" in kind.categories:
        return f"on a condition that the firm has confirmed{cite}"
    near = [findings.places.spoken(item.holding, item.holding.column) for item in beside(kind, findings.own)]
    also = (
        f"; found beside it: {', '.join(near[:_NEAR_SHOWN])}{', ...' if len(near) > _NEAR_SHOWN else ''}"
        if near
        else ""
    )
    return f"undecided: {kind.note or 'on a condition'}{cite}{also}"


def annexes(findings: Findings) -> Iterator[Section]:
    """What does not belong into the firm's own list: other laws, clients, what is in no category."""
    if findings.outside:
        titles = ("law", "client", "categories", "data", "held")
        rows = tuple(
            (regime.upper(), client, found.letters, labels(found.data_types), held(found))
            for regime, client, found in findings.outside
        )
        reasons = dict.fromkeys(regime for regime, _, _ in findings.outside)
        note = "\n".join(f"{regime.upper()}: {EXEMPT_REGIMES[regime]}." for regime in reasons)
        yield Section("Annex: outside the CCPA, by another law that the firm has confirmed", titles, rows, note=note)
    for client in findings.clients:
        whom = client.name or client.id or "clients that the configuration does not name"
        notes = [f"Contact: {client.contact}."] if client.contact else []
        if client.regimes:
            notes.append(f"Some or all of it is outside the CCPA as well: {', '.join(client.regimes).upper()}.")
        heading = f"Annex: held as a service provider for {whom}"
        yield category_section(heading, client.categories, note="\n".join(notes))
    if findings.uncategorized:
        lines = tuple((kind.label, held(found), kind.note) for kind, found in findings.uncategorized)
        yield Section("Annex: found, but in no category by itself", ("data", "held", "note"), lines)


def notes(findings: Findings) -> Iterator[str]:
    """What the words and marks of the report mean, and what it rests on."""
    yield from _words(findings)
    yield from _marks(findings)
    yield "Sources, purposes, periods, recipients, roles and other laws are what the configuration says; nothing in the data proves them."
    yield from _rules(findings)
    hinted = [
        f"{kind.label} ({kind.regime_hint.upper()})"
        for kind, _ in by_type(findings.own)
        if kind.regime_hint in EXEMPT_REGIMES
    ]
    if hinted:
        yield f"Other laws may take these out of the CCPA if the firm holds them under one; nothing was left out on that hint: {', '.join(hinted)}."
    if findings.unattributed:
        yield f"{number_of(findings.unattributed, 'record')} of an owner that is no client of the configuration count as the firm's own."
    if findings.unsplit:
        where = ", ".join(findings.places.spoken(item.holding) for item in findings.unsplit)
        yield f"The rows of these could not be counted client by client, and count as the firm's own: {where}."
    for source, types in findings.deidentified:
        yield f"The source {source} is declared deidentified, yet it holds personal information: {', '.join(types)}."


def _words(findings: Findings) -> Iterator[str]:
    yield (
        'Collected "yes": a date of collection lies in the window. "no": every known date lies outside it ("~0": all but less than one record, by '
        "estimate); such data still count for retention, and for requests to know and to delete."
    )
    if any(row.found.likely for row in findings.categories):
        yield (
            '"likely": dates lie in the window, but only some rows of their tables hold such data, and which is not known; the dates are shared out '
            "in proportion."
        )
    yield (
        '"undated": no date of collection is known, neither by configuration nor by a column. The time of a file is none. Such data may have '
        "been collected in the window and stay in the list."
    )
    shown = [row.found for row in findings.categories] + [item.found for item in findings.headings]
    if not all(found.held for found in shown):
        yield (
            f'"{findings.absent}": no rule of this version recognised {"any of this client" if findings.owner else "it"} in what was read; it does not '
            "prove that none is held."
        )
    if any(row.held_apart for row in findings.categories):
        yield '"annex only": not in the firm\'s own list, but outside the CCPA or held as a service provider; see the annexes.'
    yield (
        f"Held is what each source's last reading found (see Coverage), be it before or after {findings.window.last}; what came or was deleted "
        "after that reading is not in this report."
    )


def _marks(findings: Findings) -> Iterator[str]:
    yield (
        "One datum may fall into several categories; all are printed. In one table a row counts once for a category; the same person may stand "
        "in several tables."
    )
    if any(
        figure.estimated
        for item in findings.own
        for figure in (item.count.held, item.count.collected, item.count.undated)
    ):
        yield (
            "~ is an estimate: scaled up from a sample, or, where only some rows of a table hold the data, the dates of its rows shared out in "
            "proportion; the latest date is then that of any row that may hold them."
        )
    if any(row.found.at_least for row in findings.categories):
        yield "≥ is at least: several columns of one table hold such data, and the rows that they fill may differ; the fullest of them counts."
    if findings.views:
        names = dict.fromkeys(findings.places.spoken(item.holding) for item in findings.views)
        yield f"Views are named as places, but not counted where tables of the same source hold the data: {', '.join(names)}."


def _rules(findings: Findings) -> Iterator[str]:
    if findings.unruled:
        yield (
            "Today's rules no longer know these data types, which are shown as they were found: "
            f"{', '.join(findings.unruled)}."
        )
