"""What the category report says beside its twelve rows: sensitive data, annexes, how to read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.slices import EXEMPT_REGIMES
from piiscan.report.summary import by_type
from piiscan.report.wording import category_section, held, labels, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import DataType
    from piiscan.report.findings import Findings

_REF = re.compile(r"ae\.(\d)([A-G])")


def sensitive_section(findings: Findings) -> Iterator[Section]:
    """Why each data type is, or may be, sensitive; nothing where none is."""
    rows = tuple(
        (kind.label, _sensitivity(kind), "yes" if "L" in kind.categories else "no", held(found))
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


def _sensitivity(kind: DataType) -> str:
    ref = _REF.sub(r"Civ. Code 1798.140(ae)(\1)(\2)", kind.sensitive_ref).replace("reg.u16", "11 CCR 7001, under 16")
    cite = f" ({ref})" if ref else ""
    if kind.sensitive == "always":
        return f"always{cite}"
    if kind.sensitive == "policy":
        return f"by policy: the statute does not name it{cite}"
    if "L" in kind.categories:
        return f"on a condition that the firm has confirmed{cite}"
    return f"undecided: {kind.note or 'on a condition'}{cite}"


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
        note = (
            f"Some or all of it is outside the CCPA as well: {', '.join(client.regimes).upper()}."
            if client.regimes
            else ""
        )
        yield category_section(f"Annex: held as a service provider for {whom}", client.categories, note=note)
    if findings.uncategorized:
        lines = tuple((kind.label, held(found), kind.note) for kind, found in findings.uncategorized)
        yield Section("Annex: found, but in no category by itself", ("data", "held", "note"), lines)


def notes(findings: Findings) -> Iterator[str]:
    """What the words and marks of the report mean, and what it rests on."""
    yield (
        'Collected "yes": a date of collection lies in the window. "no": every known date lies outside it; such data still count for '
        "retention, and for requests to know and to delete."
    )
    yield (
        '"undated": no date of collection is known, neither by configuration nor by a column. The time of a file is none. Such data may have '
        "been collected in the window and stay in the list."
    )
    if any(row.held_apart for row in findings.categories):
        yield '"annex only": not in the firm\'s own list, but outside the CCPA or held as a service provider; see the annexes.'
    yield (
        "One datum may fall into several categories; all are printed. In one table a row counts once for a category; the same person may stand "
        "in several tables."
    )
    if any(item.count.estimated or item.count.spread for item in findings.own):
        yield "~ is an estimate: scaled up from a sample, or dates shared out over the rows in proportion; the latest date is then that of any row."
    yield "Sources, purposes, periods, recipients, roles and other laws are what the configuration says; nothing in the data proves them."
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
