"""Prints where we find less, or more, than Presidio on the cases that Presidio tests its own recognizers with.

    python bench/presidio_cases.py --presidio DIR [--deliberate]

DIR is a checkout of github.com/microsoft/presidio, whose tests are imported (their rows are parameters of pytest): nothing of
it is kept here. A row says how many findings a text has and where. Presidio's class is asked alone, piiscan with every rule of
every region at work. What Presidio is sure of (a score of 0.5 or more) we must find as surely; what it holds for possible we
must return at any score; what it does not find we must not report. Findings count by entity, or by data type: a number that
is a national id of two countries is one all the same. Exit code 1 if a case is worse and no reason is given for it.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

# Presidio as installed, imported before the checkout can be found in its place
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from piiscan import Detector, rulepack
from piiscan.detect import DetectorSettings
from piiscan.detect.examples import everywhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from piiscan.model import Detection

SURE: Final = 0.5
TEXTS: Final = ("text", "iban")
PLACES: Final = ("expected_positions", "expected_position", "expected_res")
RECOGNIZERS: Final = ("recognizer", "cc_recognizer")
KNOWN: Final = {
    *TEXTS, *PLACES, "expected_len", "entities", "score", "expected_score", "expected_scores", "expected_score_ranges",
    "expected_textual_explanations", "expected_start", "expected_end",
}  # fmt: skip
"""Parameters of a row that only says what a text holds; others (a leniency, a validator's answer) make it no case for us."""
PACKS: Final = rulepack.load()
FINDERS: Final = (*PACKS.recognizers.values(), *PACKS.predefined.values())
TYPES: Final = {
    entity: {rule.data_type for rule in FINDERS if rule.entity == entity} for entity in {r.entity for r in FINDERS}
}
DELIBERATE: Final[dict[str, tuple[int, str]]] = {
    "ABA_ROUTING_NUMBER": (
        2,
        "one in 25 numbers of nine digits passes: digits alone stay weak until a word beside them speaks",
    ),
    "DATE_TIME": (
        32,
        "a date alone says nothing about a person; dates of birth, service or work are found by their labels",
    ),
    "DE_ID_CARD": (3, "the first letter says which office gave a number out: C, F, G, H, J and K are passports"),
    "DE_PASSPORT": (1, "the first letter says which office gave a number out: L to Z are identity cards"),
    "IP_ADDRESS": (
        14,
        "loopback, unspecified, broadcast and multicast addresses and whole networks are nobody's, five groups are a version",
    ),
    "PHONE_NUMBER": (
        2,
        "a firm that names the Philippines gets mobile numbers without the leading 0 too, as Presidio's PhoneRecognizer gives them",
    ),
    "URL": (
        13,
        "the address of a page alone says nothing about a person; what identifies someone in it has its own rules",
    ),
    "US_NPI": (3, "one in ten numbers of ten digits passes, timestamps among them: digits alone stay weak"),
}
"""Entities of which so many cases differ on purpose, and why; one more is a fault."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A row of Presidio's tests: a text, what it holds, and what Presidio's class finds in it."""

    entity: str
    text: str
    expected: int
    spans: frozenset[Span] | None
    """None where the row only counts."""
    stock: tuple[tuple[int, int, float], ...]
    regions: tuple[str, ...] | None
    """Of telephone numbers, if the class has any."""

    @property
    def stock_right(self) -> bool:
        """Whether Presidio does what its own test says."""
        places = {span[:2] for span in self.stock}
        return len(self.stock) == self.expected and (self.spans is None or places == self.spans)


@dataclass(frozen=True)
class Verdict:
    """How we do on a case: what is missing of what Presidio finds, and what is reported that it does not find."""

    case: Case
    missing: tuple[tuple[int, int, float], ...]
    weaker: tuple[tuple[int, int, float], ...]
    """Found, but below 0.5 though Presidio is sure."""
    extra: tuple[tuple[int, int, float, str], ...]

    @property
    def right(self) -> bool:
        """Whether nothing is missing, nothing too weak, nothing too much."""
        return not (self.missing or self.weaker or self.extra)


def read_cases(folder: Path) -> Iterator[Case]:
    """The cases of all tests of recognizers that can be imported here."""
    sys.path.insert(0, str(folder / "presidio-analyzer"))
    for path in sorted((folder / "presidio-analyzer" / "tests").glob("test_*_recognizer.py")):
        try:
            module = importlib.import_module(f"tests.{path.stem}")
        except (ImportError, pytest.skip.Exception) as error:  # tests of what needs more than the package
            print(f"{path.stem}: left out, {error}", file=sys.stderr)
            continue
        yield from _cases_of(module)


def _cases_of(module: ModuleType) -> Iterator[Case]:
    for name, test in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        asked = [a for a in inspect.signature(test).parameters if a in RECOGNIZERS and hasattr(module, a)]
        for mark in getattr(test, "pytestmark", ()):
            names = [n.strip() for n in mark.args[0].split(",")] if mark.name == "parametrize" else []
            if asked and names and names[0] in TEXTS and KNOWN.issuperset(names):
                recognizer = inspect.unwrap(getattr(module, asked[0]))()
                for row in mark.args[1]:
                    values = dict(zip(names, row if len(names) > 1 else (row,), strict=True))
                    yield _case(recognizer, values)


def _case(recognizer: Any, values: dict[str, Any]) -> Case:
    text = next(values[n] for n in TEXTS if n in values)
    entity = recognizer.supported_entities[0]
    known = "PHONE_NUMBER" if isinstance(recognizer, PhoneRecognizer) else entity
    found = recognizer.analyze(text, [entity], None)
    stock = tuple(sorted((r.start, r.end, r.score) for r in found))
    places = next((values[n] for n in PLACES if n in values), None)
    expected = values.get("expected_len", len(places or ()))
    if places and isinstance(places[0], int):
        places = [places]
    spans = None if places is None or len(places) < expected else frozenset(tuple(p) for p in places[:expected])
    return Case(known, text, expected, spans, stock, getattr(recognizer, "supported_regions", None))


@cache
def detector_for(phone_regions: tuple[str, ...], regions: tuple[str, ...]) -> Detector:
    """The rules of these regions, of all without any; telephone numbers of the regions Presidio's class looks for."""
    settings = DetectorSettings(ner="off", phone_regions=phone_regions, regions=regions)
    return Detector(settings if regions else everywhere(settings, PACKS))


def compare(case: Case, regions: tuple[str, ...] = ()) -> Verdict:
    """What we make of a case. Where Presidio fails its own row, the row is what counts."""
    found = detector_for(tuple(case.regions or ("US",)), regions).detect([case.text], minimum=0.0)[0]
    wanted = [s for s in case.stock if case.spans is None or s[:2] in case.spans] if case.expected else []
    best: dict[Span, float] = defaultdict(float)
    for d in found:
        if d.entity == case.entity or d.data_type in TYPES.get(case.entity, ()):
            best[d.start, d.end] = max(best[d.start, d.end], d.score)
    places = {s[:2] for s in wanted}
    return Verdict(
        case,
        missing=tuple(s for s in wanted if s[:2] not in best),
        weaker=tuple(s for s in wanted if s[:2] in best and s[2] >= SURE > best[s[:2]]),
        extra=tuple(_extra(found, case.entity, places)),
    )


def _extra(found: list[Detection], entity: str, places: set[Span]) -> Iterator[tuple[int, int, float, str]]:
    for d in found:
        if d.entity == entity and d.score >= SURE and (d.start, d.end) not in places:
            yield d.start, d.end, d.score, d.recognizer


def is_right_at_home(verdict: Verdict) -> bool:
    """Whether we are right where only the entity's own country is looked for: a number of two countries is one in each."""
    entity = verdict.case.entity
    homes = {region for rule in FINDERS if rule.entity == entity for region in rule.regions} or {"US"}
    return compare(verdict.case, tuple(sorted(homes))).right


def print_table(verdicts: list[Verdict]) -> None:
    """Per entity: cases, how many each has right, and what is worse."""
    by_entity: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_entity[verdict.case.entity].append(verdict)
    print(
        "| entity | cases | Presidio right | piiscan right | missing | weaker | too much |\n|---|---|---|---|---|---|---|"
    )
    for entity, rows in sorted(by_entity.items()):
        counts = Counter(kind for v in rows for kind in ("missing", "weaker", "extra") if getattr(v, kind))
        stock, ours = sum(v.case.stock_right for v in rows), sum(v.right for v in rows)
        print(
            f"| {entity} | {len(rows)} | {stock} | {ours} | {counts['missing']} | {counts['weaker']} | {counts['extra']} |"
        )
    stock, ours = sum(v.case.stock_right for v in verdicts), sum(v.right for v in verdicts)
    print(f"| all | {len(verdicts)} | {stock} | {ours} | | | |")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presidio", type=Path, required=True)
    parser.add_argument("--deliberate", action="store_true", help="also list the cases that differ for a given reason")
    options = parser.parse_args()
    verdicts = [compare(case) for case in read_cases(options.presidio)]
    print_table(verdicts)
    worse = [v for v in verdicts if not v.right and v.case.stock_right]
    counts = Counter(v.case.entity for v in worse)
    meant = {entity for entity, (most, _) in DELIBERATE.items() if counts[entity] <= most}
    crowded = [v for v in worse if v.case.entity not in meant and is_right_at_home(v)]
    unexplained = [v for v in worse if v.case.entity not in meant and v not in crowded]
    for entity in sorted(meant & counts.keys()):
        print(f"\n{entity}: {counts[entity]} on purpose: {DELIBERATE[entity][1]}")
    for v in crowded:
        print(
            f"\n{v.case.entity}: {v.case.text!r} is right where only its country is looked for, not where every country is"
        )
    for v in worse if options.deliberate else unexplained:
        print(f"\n{v.case.entity}: {v.case.text!r}\n  missing {v.missing} weaker {v.weaker} too much {v.extra}")
    print(f"\nworse: {len(worse)}, without a reason: {len(unexplained)}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
