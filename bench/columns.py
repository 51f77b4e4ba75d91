"""Prints how many personal columns of real databases are found, beside stock Presidio on the same columns.

    python bench/columns.py --data DIR [--misses]

DIR holds ``columns_truth.csv`` (database, table, column, rows, categories, also_ok, strength...) and ``databases/*.sqlite``.
Strong columns count; weak ones (surrogate keys, places, business contacts) are judged by nobody. Nothing of the data is kept.
"""

from __future__ import annotations

import argparse
import csv
import random
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from piiscan import Detector
from piiscan.model import Batch, Classification, Column, Container

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LETTERS = {
    "identifiers": "A", "customer_records": "B", "health_insurance": "B", "characteristics": "C", "commercial": "D", "biometric": "E",
    "internet_activity": "F", "geolocation": "G", "audio_visual": "H", "employment": "I", "education": "J", "inferences": "K", "sensitive": "L",
}  # fmt: skip
STOCK = {
    "EMAIL_ADDRESS": "A", "PHONE_NUMBER": "AB", "US_SSN": "ABL", "CREDIT_CARD": "B", "IBAN_CODE": "B", "US_BANK_NUMBER": "B", "IP_ADDRESS": "AF",
    "CRYPTO": "B", "US_ITIN": "AB", "US_PASSPORT": "ABL", "US_DRIVER_LICENSE": "ABL", "MEDICAL_LICENSE": "AI", "MAC_ADDRESS": "A",
}  # fmt: skip
"""What an entity of Presidio says about a column; dates and addresses of pages say nothing."""


@dataclass(frozen=True)
class Truth:
    """One labelled column: the letters that are right for it, none if it is clean."""

    place: tuple[str, str, str]
    letters: frozenset[str]
    strong: bool
    empty: bool

    @property
    def personal(self) -> bool:
        """Whether it holds personal information."""
        return bool(self.letters)


def read_truth(path: Path) -> list[Truth]:
    """The labelled columns."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    truths = []
    for row in rows:
        main = [LETTERS[c] for c in row["categories"].split(";") if c in LETTERS]
        also = [LETTERS[c] for c in row["also_ok"].split(";") if c in LETTERS] if main else []
        place = (row["database"], row["table"], row["column"])
        truths.append(Truth(place, frozenset(main + also), row["strength"] == "strong", row["rows"] == "0"))
    return truths


def read_tables(folder: Path, truths: Iterable[Truth]) -> Iterator[tuple[str, Container, list[tuple[object, ...]]]]:
    """Every labelled table with its rows: (database, container, rows)."""
    wanted = sorted({truth.place[:2] for truth in truths})
    for database, table in wanted:
        with closing(sqlite3.connect(f"file:{folder / database}.sqlite?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            info = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            columns = tuple(Column(name=i[1], sql_type=i[2] or None, primary_key=bool(i[5])) for i in info)
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        yield database, Container(source=database, path=table, kind="table", columns=columns), rows


def by_piiscan(
    detector: Detector, container: Container, rows: list[tuple[object, ...]]
) -> dict[str, list[Classification]]:
    """Classifications by column."""
    profile = detector.profile(container)
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        columns = {column.name: [row[i] for row in part] for i, column in enumerate(container.columns)}
        profile.add(Batch(container=container, columns=columns, rows=len(part)))
    found = defaultdict(list)
    for name, classification in profile.classify():
        if name is not None:
            found[name].append(classification)
    return found


def by_stock(
    recognizers: list[object], container: Container, rows: list[tuple[object, ...]]
) -> dict[str, frozenset[str]]:
    """Letters by column where half of 20 sampled cells hold an entity (score 0.4 and more)."""
    result = {}
    for index, column in enumerate(container.columns):
        cells = [str(row[index]) for row in rows if row[index] is not None]
        sample = random.Random(f"{container.path}.{column.name}").sample(cells, min(20, len(cells)))
        hits = defaultdict(int)
        for cell in sample:
            entities = {
                r.entity_type
                for rec in recognizers
                for r in rec.analyze(cell[:10_000], rec.supported_entities, None)
                if r.score >= 0.4
            }
            for entity in entities:
                hits[entity] += 1
        letters = {
            letter
            for entity, count in hits.items()
            if entity in STOCK and count * 2 >= len(sample)
            for letter in STOCK[entity]
        }
        if letters:
            result[column.name] = frozenset(letters)
    return result


def stock_recognizers() -> list[object]:
    """Presidio's default pattern recognizers, without a language model."""
    from presidio_analyzer import RecognizerRegistry

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    return [r for r in registry.recognizers if type(r).__name__ != "SpacyRecognizer"]


def report(name: str, truths: list[Truth], found: dict[tuple[str, str, str], frozenset[str]]) -> None:
    """One line of results."""
    strong = [t for t in truths if t.strong]
    personal = [t for t in strong if t.personal]
    clean = [t for t in strong if not t.personal]
    hit = [t for t in personal if t.place in found]
    right = [t for t in hit if found[t.place] & t.letters]
    flagged = [t for t in clean if t.place in found]
    empty = [t for t in personal if t.empty]
    by_name = [t for t in empty if t.place in found]
    weak = [t for t in truths if not t.strong and t.personal]
    print(
        f"{name:14} personal columns found {share(len(hit), len(personal))}, in the right category {share(len(right), len(personal))}; "
        f"clean ones flagged {share(len(flagged), len(clean))}; precision {share(len(right), len(right) + len(flagged))}; "
        f"in empty tables {share(len(by_name), len(empty))}; weak ones found {share(sum(t.place in found for t in weak), len(weak))}"
    )


def share(part: int, whole: int) -> str:
    """``9/10 = 90.0 %``."""
    return f"{part}/{whole}" + (f" = {100 * part / whole:.1f} %" if whole else "")


def main() -> None:
    """Reads, judges, prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--misses", action="store_true", help="list every column judged otherwise than labelled")
    options = parser.parse_args()
    truths = read_truth(options.data / "columns_truth.csv")
    detector, stock = Detector(), stock_recognizers()
    types = detector.packs.data_types
    ours: dict[tuple[str, str, str], frozenset[str]] = {}
    theirs: dict[tuple[str, str, str], frozenset[str]] = {}
    why: dict[tuple[str, str, str], list[Classification]] = {}
    cells, spent = 0, 0.0
    for database, container, rows in read_tables(options.data / "databases", truths):
        began = time.process_time()
        found = by_piiscan(detector, container, rows)
        spent += time.process_time() - began
        cells += len(rows) * len(container.columns)
        for column, held in found.items():
            place = (database, container.path, column)
            ours[place] = frozenset(letter for c in held for letter in types[c.data_type].categories)
            why[place] = held
        theirs.update(
            {
                (database, container.path, column): letters
                for column, letters in by_stock(stock, container, rows).items()
            }
        )
    report("piiscan", truths, ours)
    report("stock Presidio", truths, theirs)
    print(f"piiscan read {cells:,} cells in {spent:.1f} s of CPU ({cells / spent:,.0f} cells/s)")
    if options.misses:
        for truth in truths:
            found_letters = ours.get(truth.place, frozenset())
            if truth.strong and (
                bool(found_letters) != truth.personal or (found_letters and not found_letters & truth.letters)
            ):
                said = "; ".join(f"{c.data_type} {c.confidence} ({c.why})" for c in why.get(truth.place, []))
                print(".".join(truth.place), "".join(sorted(truth.letters)) or "clean", "->", said or "nothing")


if __name__ == "__main__":
    main()
