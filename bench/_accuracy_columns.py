"""Columns of labelled databases, with their values and by their names alone, by both tools: judged as in bench/columns.py."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import columns
from _accuracy_figures import Share, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from piiscan import Detector

Found = dict[tuple[str, str, str], frozenset[str]]
"""The letters of what was found, by database, table and column."""
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass
class Columns:
    """The labelled columns, what each tool found in them, and the CPU seconds it took."""

    truths: list[columns.Truth]
    categories: dict[tuple[str, str, str], str]
    ours: Found = field(default_factory=dict)
    names_only: Found = field(default_factory=dict)
    stock: Found = field(default_factory=dict)
    our_s: float = 0.0
    stock_s: float = 0.0


def measure(data: Path, detector: Detector) -> Columns:
    """Both tools over every labelled table of ``data``; Presidio looks at values only, 20 cells of each column."""
    truth = data / "columns_truth.csv"
    with truth.open(newline="") as file:
        primary = {
            (row["database"], row["table"], row["column"]): row["categories"].split(";")[0]
            for row in csv.DictReader(file)
        }
    result = Columns(columns.read_truth(truth), primary)
    recognizers, types = columns.stock_recognizers(), detector.packs.data_types
    for database, container, rows in columns.read_tables(data / "databases", result.truths):
        began = time.process_time()
        full = columns.by_piiscan(detector, container, rows)
        middle = time.process_time()
        theirs = columns.by_stock(recognizers, container, rows)
        result.stock_s += time.process_time() - middle
        result.our_s += middle - began
        for found, into in ((full, result.ours), (columns.by_piiscan(detector, container, []), result.names_only)):
            for name, held in found.items():
                letters = frozenset(letter for c in held for letter in types[c.data_type].categories)
                into[database, container.path, name] = letters
        result.stock |= {(database, container.path, name): letters for name, letters in theirs.items()}
    return result


def figures(result: Columns) -> dict[str, dict[str, Share]]:
    """Shares of strong columns by what was looked at: found, right category, clean ones flagged, findings that are right."""
    strong = [t for t in result.truths if t.strong]
    looks = {
        "piiscan": (strong, result.ours),
        "piiscan, empty tables": ([t for t in strong if t.empty], result.ours),
        "piiscan, names only": (strong, result.names_only),
        "stock Presidio, values only": (strong, result.stock),
    }
    return {name: _shares(truths, found) for name, (truths, found) in looks.items()}


def _shares(truths: Iterable[columns.Truth], found: Found) -> dict[str, Share]:
    personal = [t for t in truths if t.personal]
    clean = [t for t in truths if not t.personal]
    hit = [t for t in personal if t.place in found]
    right = sum(bool(found[t.place] & t.letters) for t in hit)
    flagged = sum(t.place in found for t in clean)
    return {
        "found": Share(len(hit), len(personal)),
        "right category": Share(right, len(personal)),
        "clean flagged": Share(flagged, len(clean)),
        "precision": Share(right, len(hit) + flagged),
    }


def render(result: Columns) -> str:
    """The Markdown tables: by what was looked at, and by category."""
    shares = figures(result)
    whole = [[name, *(str(share) for share in row.values())] for name, row in shares.items()]
    by_category = defaultdict(list)
    for truth in result.truths:
        if truth.strong and truth.personal:
            by_category[result.categories[truth.place]].append(truth)
    parts = []
    for category, truths in sorted(by_category.items()):
        cells = []
        for found in (result.ours, result.names_only, result.stock):
            right = sum(bool(found.get(t.place, _NOTHING) & t.letters) for t in truths)
            cells.append(str(Share(right, len(truths))))
        parts.append([category, *cells])
    head = ["columns", "personal ones found", "in the right category", "clean ones flagged", "findings that are right"]
    return (
        table(head, whole)
        + "\nPersonal columns found in the right category, by the first category they are labelled with:\n\n"
        + table(["category", "piiscan", "names only", "stock Presidio, values only"], parts)
    )
