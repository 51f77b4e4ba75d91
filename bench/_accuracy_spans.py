"""Labelled texts, and the rules by which findings in them are right, wrong or not judged."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

KINDS: Final = {
    "EMAIL": "EMAIL_ADDRESS email",
    "SSN": "US_SSN ssn",
    "CREDIT_CARD": "CREDIT_CARD card_pan",
    "BANK_ACCOUNT": "IBAN_CODE US_BANK_NUMBER iban bank_account_no",
    "IP_ADDRESS": "IP_ADDRESS ip_address",
    "PHONE": "PHONE_NUMBER phone fax",
    "POSTAL_ADDRESS": "ADDRESS STREET_ADDRESS POSTAL_ADDRESS street_address",
    "POSTAL_CODE": "ZIP_CODE POSTAL_CODE US_ZIP_CODE zip",
    "PERSON_NAME": "PERSON PER PERSON_NAME person_name",
    "USERNAME": "USERNAME SOCIAL_HANDLE username social_handle",
    "PLACE": "LOCATION LOC GPE FAC PLACE CITY geo_city",
    "ORG": "ORGANIZATION ORG EMPLOYER employer",
    "TITLE": "TITLE JOB_TITLE OCCUPATION job_title",
    "AGE": "AGE age",
    "DATE": "DATE_TIME DATE DATE_OF_BIRTH dob",
    "URL": "URL DOMAIN_NAME url_visited social_profile_url",
    "DRIVER_LICENSE": "US_DRIVER_LICENSE us_driver_license",
    "NATIONALITY_RELIGION": "NRP NATIONALITY RELIGION race ethnicity religion citizenship political_affiliation",
}
"""What a finding counts as, by its entity, else by its data type; others count as themselves and are judged in clean texts only."""
_KIND: Final = {word: kind for kind, words in KINDS.items() for word in words.split()}
_ADDRESS: Final = "POSTAL_ADDRESS"
_PARTS: Final = frozenset({_ADDRESS, "POSTAL_CODE", "PLACE"})
_NOT_PERSONAL: Final = "NON_PII"
_ENOUGH: Final = 0.5
"""Intersection over union, in code points, from which a finding is at the place of a label."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: a label's or a finding's."""

    kind: str
    start: int
    end: int

    def shared(self, other: Span) -> int:
        """Code points common to both."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def overlap(self, other: Span) -> float:
        """Intersection over union."""
        shared = self.shared(other)
        return shared / (self.end - self.start + other.end - other.start - shared)

    def within(self, other: Span) -> bool:
        """Whether more than half of it lies in the other."""
        return 2 * self.shared(other) > self.end - self.start


@dataclass(frozen=True, slots=True)
class Text:
    """A labelled text."""

    text: str
    labels: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TextSet:
    """Labelled texts of one source, and the kinds that are labelled in it: no other kind is judged there.

    A set without any label is a clean one: whatever is found there is a false alarm.
    """

    name: str
    texts: tuple[Text, ...]
    kinds: frozenset[str]


@dataclass
class Verdict:
    """What came of one text: labels met and missed, findings right and wrong; what is in none of these was not judged."""

    met: list[Span] = field(default_factory=list)
    missed: list[Span] = field(default_factory=list)
    right: list[Span] = field(default_factory=list)
    wrong: list[Span] = field(default_factory=list)


def kind_of(entity: str, data_type: str = "") -> str:
    """What a finding counts as."""
    return _KIND.get(entity) or _KIND.get(data_type) or entity


def read_categories(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Kind by label, and category by kind, as the data define them."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["label"]: row["type"] for row in rows}, {row["type"]: row["category"] for row in rows}


def read_sets(folder: Path, names: str, kinds: dict[str, str], limit: int | None) -> Iterator[TextSet]:
    """The labelled sets of a folder with such names; of each at most ``limit`` texts, drawn with a fixed seed."""
    for path in sorted(folder.glob(f"{names}.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        texts = [Text(row["text"], tuple(_labels(row, kinds))) for row in rows]
        labelled = frozenset(label.kind for text in texts for label in text.labels) - {_NOT_PERSONAL}
        if limit is not None and limit < len(texts):
            texts = random.Random(path.stem).sample(texts, limit)
        yield TextSet(path.stem, tuple(texts), labelled)


def _labels(row: dict, kinds: dict[str, str]) -> Iterator[Span]:
    """The labels of a text. A lone @ is none, and what follows one is a user's name, whoever bears it."""
    for span in row["spans"]:
        start, end = span["start"], span["end"]
        if row["text"][start:end] == "@":
            continue
        handle = row["text"][:start].rstrip(" ").endswith("@")
        yield Span("USERNAME" if handle else kinds.get(span["type"]) or kind_of(span["type"]), start, end)


def judge(labels: Sequence[Span], findings: Iterable[Span], kinds: frozenset[str], *, exact: bool = False) -> Verdict:
    """Compares what was found in a text with its labels.

    A finding is right and its label met if they are of one kind and share at least half of what they cover together (``exact``:
    begin and end alike); each counts once. Addresses are labelled in one piece or in pieces, and found so: see ``_join``.
    """
    wanted = [label for label in labels if label.kind in kinds]
    judged = kinds | _PARTS if _ADDRESS in kinds else kinds
    found = sorted({f for f in findings if f.kind in judged or not kinds}, key=lambda f: (f.start, f.end, f.kind))
    pairs = sorted(
        (
            (label.overlap(f), i, j)
            for i, label in enumerate(wanted)
            for j, f in enumerate(found)
            if label.kind == f.kind
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    met: set[int] = set()
    right: set[int] = set()
    for share, i, j in pairs:
        if share >= (1 if exact else _ENOUGH) and i not in met and j not in right:
            met.add(i)
            right.add(j)
    verdict = Verdict(
        [wanted[i] for i in sorted(met)],
        [label for i, label in enumerate(wanted) if i not in met],
        [found[j] for j in sorted(right)],
        [finding for j, finding in enumerate(found) if j not in right],
    )
    if not exact:
        verdict = _join(verdict)
    verdict.wrong = [f for f in verdict.wrong if f.kind in kinds or not kinds]
    return verdict


def _join(verdict: Verdict) -> Verdict:
    """Judges addresses as a whole.

    Pieces found in one label (street, place, code) are taken together, and so are labels of pieces under one finding. A place or
    code inside an address that is labelled, or rightly found, is a part of it: judged neither as found nor as missed by itself.
    """
    verdict = replace(verdict, met=list(verdict.met), right=list(verdict.right))
    for label in [one for one in verdict.missed if one.kind == _ADDRESS]:
        _settle(verdict, [label], [f for f in verdict.wrong if f.kind in _PARTS and f.shared(label)], label)
    for finding in [one for one in verdict.wrong if one.kind == _ADDRESS]:
        under = [one for one in verdict.missed if one.kind in _PARTS and one.shared(finding)]
        if any(one.kind == _ADDRESS for one in under):
            hull = Span(_ADDRESS, min(one.start for one in under), max(one.end for one in under))
            _settle(verdict, [one for one in under if one.kind == _ADDRESS], [finding], hull)
    labelled = [one for one in (*verdict.met, *verdict.missed) if one.kind == _ADDRESS]
    found = [one for one in verdict.right if one.kind == _ADDRESS]
    verdict.wrong = [f for f in verdict.wrong if not _is_part(f, labelled)]
    verdict.missed = [one for one in verdict.missed if not _is_part(one, found)]
    return verdict


def _settle(verdict: Verdict, labels: list[Span], findings: list[Span], whole: Span) -> None:
    """Moves labels to met and addresses found to right if the findings together are at the place of the whole."""
    covered = {place for f in findings for place in range(f.start, f.end)}
    inside = sum(whole.start <= place < whole.end for place in covered)
    if covered and inside / (len(covered) + whole.end - whole.start - inside) >= _ENOUGH:
        verdict.met += labels
        verdict.missed = [one for one in verdict.missed if one not in labels]
        verdict.right += [f for f in findings if f.kind == _ADDRESS]
        verdict.wrong = [f for f in verdict.wrong if f not in findings]


def _is_part(span: Span, addresses: Iterable[Span]) -> bool:
    return span.kind in _PARTS and span.kind != _ADDRESS and any(span.within(one) for one in addresses)


class Tally:
    """Labels and findings of many texts, counted by kind."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self.labels: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()

    def add(self, verdict: Verdict) -> None:
        """Counts one text."""
        self.met.update(one.kind for one in verdict.met)
        self.labels.update(one.kind for one in (*verdict.met, *verdict.missed))
        self.right.update(one.kind for one in verdict.right)
        self.findings.update(one.kind for one in (*verdict.right, *verdict.wrong))

    def __iadd__(self, other: Tally) -> Self:
        for mine, its in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.update(its)
        return self

    def of(self, kinds: Iterable[str]) -> tuple[int, int, int, int]:
        """Labels met, labels, findings right, findings: of these kinds."""
        kinds = list(kinds)
        counters = (self.met, self.labels, self.right, self.findings)
        return tuple(sum(counter[kind] for kind in kinds) for counter in counters)
