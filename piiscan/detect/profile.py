"""The profile of one container: its batches, each different value looked at once, counts kept, values not."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

import regex

from piiscan.detect.cells import declared_kind, looks_like, to_text
from piiscan.detect.classify import ColumnCase, has_form, judge, judge_text
from piiscan.detect.tally import Hit, Reading, Tally
from piiscan.model import Batch, Classification, Column, Container, Detection

if TYPE_CHECKING:
    from piiscan.detect.detector import Detector
    from piiscan.detect.names import NameMatch

_REMEMBERED: Final = 20_000
"""Different values remembered for one column..."""
_REMEMBERED_IN_ALL: Final = 200_000
"""...and for all columns of a container together."""
_FEWEST: Final = 500
_SHORTEST_NUMBER: Final = 5
"""Digits below which a number is not worth a recognizer's time."""
_MOSTLY: Final = 0.8
"""Share of a value a finding covers to be the whole of it."""
_NOTHING: Final = Reading()
_UNREAD: Final = frozenset({"date", "boolean", "binary", "decimal"})
"""Kinds whose text no recognizer could find anything in."""


class _Seat:
    """One column, or the running text: its rules, its counts, and what is remembered of the values seen."""

    def __init__(self, matches: list[NameMatch]) -> None:
        self.matches = matches
        rules = [match.rule for match in matches if has_form(match.rule)]
        self.shapes = [
            (r.id, regex.compile(r.shape, regex.IGNORECASE) if r.shape else None, r.low, r.high) for r in rules
        ]
        self.tally = Tally()
        self.memory: dict[tuple[bytes, str], Reading] = {}


class ContainerProfile:
    """Takes the batches of one container (or of one member) and says what its columns and its text hold."""

    def __init__(self, detector: Detector, container: Container) -> None:
        self._detector = detector
        self._table = _table(container)
        self._columns = {column.name: column for column in container.columns}
        self._seats: dict[str, _Seat] = {}
        self._text = _Seat([])
        self._metadata: set[str] = set()
        self._minimum = detector.settings.min_confidence
        self.rows = 0
        self.cells = 0
        for name in self._columns:
            self._seat(name)

    def add(self, batch: Batch) -> None:
        """Adds the values of a batch; all that need looking at pass the detector in one call."""
        self.rows += batch.rows
        self._metadata.update(batch.metadata_types)
        fresh: list[tuple[_Seat, bytes, str, str, int]] = []
        for name, values in batch.columns.items():
            self.cells += len(values)
            seat = self._text if name is None else self._seat(name)
            cells = Counter(to_text(value) for value in values)
            seat.tally.nulls += cells.pop(None, 0)
            for cell, count in cells.items():
                assert cell is not None
                text, kind = cell
                digest = _digest(text)
                known = seat.memory.get((digest, kind))
                if known is None:
                    fresh.append((seat, digest, text, kind, count))
                else:
                    seat.tally.add(known, kind, digest, count, self._minimum)
        self._look_at(fresh)

    def classify(self) -> list[tuple[str | None, Classification]]:
        """Each column's data types, by column and data type; running text and the container itself come last, as None."""
        names = list(self._seats)
        around = self._detector.names.surroundings(self._table, names)
        result: list[tuple[str | None, Classification]] = []
        for name, seat in self._seats.items():
            column = self._columns.get(name, Column(name=name))
            matches = [match for match in seat.matches if self._detector.names.suits(match.rule, around)]
            case = ColumnCase(
                column,
                declared_kind(column.sql_type),
                matches,
                around,
                seat.tally,
                self._detector.names.is_obscured(name),
            )
            result += [(name, found) for found in judge(case, self._detector) if found.confidence >= self._minimum]
        if self._text.tally.seen or self._metadata:
            held = judge_text(self._text.tally, sorted(self._metadata), self._detector)
            result += [(None, found) for found in held if found.confidence >= self._minimum]
        return result

    def _seat(self, name: str) -> _Seat:
        seat = self._seats.get(name)
        if seat is None:
            seat = self._seats[name] = _Seat(self._detector.names.named(name, self._table))
        return seat

    def _look_at(self, fresh: list[tuple[_Seat, bytes, str, str, int]]) -> None:
        """Counts values not seen before: those worth it pass the detector, each text once."""
        seeming = {text: looks_like(text) for _, _, text, kind, _ in fresh if kind == "text"}
        texts = list(
            dict.fromkeys(text for _, _, text, kind, _ in fresh if _worth_reading(text, kind, seeming.get(text)))
        )
        found = dict(zip(texts, self._detector.detect(texts, minimum=0.0), strict=True))
        room = max(_FEWEST, min(_REMEMBERED, _REMEMBERED_IN_ALL // max(1, len(self._seats))))
        for seat, digest, text, kind, count in fresh:
            reading = _read(seat, text, kind, seeming.get(text), _hits(text, found.get(text, []), self._minimum))
            if seat is not self._text and len(seat.memory) < room:
                seat.memory[digest, kind] = reading
            seat.tally.add(reading, kind, digest, count, self._minimum)


def _read(seat: _Seat, text: str, kind: str, seems: str | None, hits: tuple[Hit, ...]) -> Reading:
    """What one value shows, in the light of its column's rules."""
    stripped = text.strip()
    shapes = tuple(_fitting(seat, stripped)) if seat.shapes else ()
    digits = len(stripped) if kind == "integer" or seems == "integer" else 0
    return Reading(hits, shapes, seems, digits) if hits or shapes or seems or digits else _NOTHING


def _worth_reading(text: str, kind: str, seems: str | None) -> bool:
    """Whether a recognizer could find anything: not in dates, truth values, amounts, small numbers."""
    if kind in _UNREAD or seems in _UNREAD:
        return False
    return len(text) >= _SHORTEST_NUMBER or (kind != "integer" and seems is None)


def _hits(text: str, found: list[Detection], minimum: float) -> tuple[Hit, ...]:
    """One hit for each data type: the surest, a whole one before a part; weak ones only if whole."""
    best: dict[str, Hit] = {}
    most = _MOSTLY * len(text.strip()) if found else 0.0
    for detection in found:
        covered = len(text[detection.start : detection.end].strip())
        whole = covered >= most
        if not whole and detection.score < minimum:
            continue
        hit = Hit(detection.data_type, detection.recognizer, detection.score, whole)
        other = best.get(hit.data_type)
        if other is None or (hit.whole, hit.score) > (other.whole, other.score):
            best[hit.data_type] = hit
    return tuple(best[name] for name in sorted(best))


def _fitting(seat: _Seat, text: str) -> list[str]:
    """The rules whose form the value has: expression, bounds, or both."""
    fitting = []
    for rule, shape, low, high in seat.shapes:
        if shape is not None and shape.fullmatch(text) is None:
            continue
        if (low is not None or high is not None) and not _within(text, low, high):
            continue
        fitting.append(rule)
    return fitting


def _within(text: str, low: float | None, high: float | None) -> bool:
    try:
        number = float(text.replace(",", "").lstrip("$"))
    except ValueError:
        return False
    return (low is None or number >= low) and (high is None or number <= high)


def _table(container: Container) -> str:
    """What the container's columns belong to, by name: a table, or the file or member without its endings."""
    if container.kind != "file":
        return container.path
    name = (container.path, *container.member)[-1].rpartition("/")[2]
    return name.partition(".")[0] or name


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
