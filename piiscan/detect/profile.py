"""The profile of one container: its batches, each different value looked at once, counts kept, values not."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import regex

from piiscan.detect.cells import declared_kind, looks_like, to_text
from piiscan.detect.classify import ColumnCase, has_form, judge, judge_text
from piiscan.detect.lexicon import is_name
from piiscan.detect.ner import is_prose
from piiscan.detect.tally import Hit, Reading, Tally
from piiscan.model import Batch, Classification, Column, Container, Detection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from piiscan.detect.allow import Allowed
    from piiscan.detect.detector import Detector
    from piiscan.detect.names import NameMatch, Surroundings
    from piiscan.detect.settings import Bar
    from piiscan.model import Ignored

_REMEMBERED: Final = 20_000
"""Different values remembered for one column..."""
_REMEMBERED_IN_ALL: Final = 200_000
"""...and for all columns of a container together."""
_FEWEST: Final = 500
_SHORTEST_NUMBER: Final = 5
"""Digits below which a number is not worth a recognizer's time."""
_MOSTLY: Final = 0.8
"""Share of a value a finding covers to be the whole of it."""
_CODE: Final = regex.compile(r"(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z\d/_.-]{5,40}")
"""One word of letters and figures: AW00011000."""
_CHOICES: Final = "characteristics"
"""The group of data types that are kept as keys to a list of choices."""
_NOTHING: Final = Reading()
_TOLD: Final = frozenset({"text", "json"})
"""Kinds in which somebody may have written a sentence."""
_SENTENCE: Final = 4
"""Words of a cell in which somebody may be named in passing: of shorter ones the column's name and lists of names judge."""
_UNREAD: Final = frozenset({"date", "boolean", "binary", "decimal"})
"""Kinds whose text no recognizer could find anything in."""


class _Seat:
    """One column, or the running text: its rules, its counts, and what is remembered of the values seen."""

    def __init__(self, matches: list[NameMatch], allowed: Allowed) -> None:
        self.matches = matches
        self.allowed = allowed
        rules = [match.rule for match in matches if has_form(match.rule)]
        self.shapes = [
            (r.id, regex.compile(r.shape, regex.IGNORECASE) if r.shape else None, r.low, r.high) for r in rules
        ]
        self.tally = Tally()
        self.memory: dict[tuple[bytes, str], Reading] = {}
        self.tagged = 0
        """Code points in which named entities were looked for."""


class ContainerProfile:
    """Takes the batches of one container (or of one member) and says what its columns and its text hold."""

    def __init__(self, detector: Detector, container: Container) -> None:
        self._detector = detector
        self._container = container
        self._table = _table(container)
        self._columns = {column.name: column for column in container.columns}
        self._seats: dict[str, _Seat] = {}
        self._bar = detector.settings.bar(container.source)
        self._allow = detector.allow.of(container)
        self._text = _Seat([], self._allow.column(None))
        self._passing = {rule.id for rule in detector.packs.entities.values() if not rule.held}
        self._metadata: set[str] = set()
        self.rows = 0
        self.cells = 0
        self._take_seats(self._columns)

    def add(self, batch: Batch) -> None:
        """Adds the values of a batch; all that need looking at pass the detector in one call."""
        self.rows += batch.rows
        self._metadata.update(batch.metadata_types)
        fresh: list[tuple[_Seat, bytes, str, str, int]] = []
        self._take_seats(name for name in batch.columns if name is not None)
        for name, values in batch.columns.items():
            self.cells += len(values)
            seat = self._text if name is None else self._seats[name]
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
                    seat.tally.add(known, kind, digest, count, self._bar)
        self._look_at(fresh)

    def classify(self) -> list[tuple[str | None, Classification]]:
        """Each column's data types, by column and data type; running text and the container itself come last, as None."""
        names = list(self._seats)
        around = self._around(names)
        result: list[tuple[str | None, Classification]] = []
        for name, seat in self._seats.items():
            case = self._case(name, seat, around)
            result += [(name, found) for found in judge(case, self._detector) if self._reported(found)]
        if self._text.tally.seen or self._metadata:
            held = judge_text(self._text.tally, sorted(self._metadata), self._detector)
            result += [(None, found) for found in held if self._reported(found)]
        kept = self._allow.keep(result, {name: seat.tally.ignored for name, seat in self._all_seats()})
        cells: dict[str | None, int] = {name: seat.tally.seen for name, seat in self._seats.items()}
        return self._detector.declared.join(kept, self._container, cells | {None: self.rows})

    def case(self, name: str) -> tuple[ColumnCase, list[NameMatch]]:
        """What a column is judged by, and the rules that fit its name, be they for such a table or not."""
        around = self._around(list(self._seats))
        return self._case(name, self._seats[name], around), self._seats[name].matches

    def _around(self, names: Sequence[str]) -> Surroundings:
        references = [column.references for column in self._columns.values() if column.references]
        return self._detector.names.surroundings(self._table, names, references)

    def _case(self, name: str, seat: _Seat, around: Surroundings) -> ColumnCase:
        column = self._columns.get(name, Column(name=name))
        matches = [match for match in seat.matches if self._detector.names.suits(match.rule, around)]
        names = self._detector.names
        declared = declared_kind(column.sql_type)
        return ColumnCase(column, declared, matches, around, seat.tally, names.is_obscured(name), names.words(name))

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """What the ignore list kept out of the last `classify`."""
        return self._allow.ignored

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of a report must know of how it was read."""
        return (
            ("names were not looked for in all of its text",)
            if any(s.tally.untagged for _, s in self._all_seats())
            else ()
        )

    def _reported(self, found: Classification) -> bool:
        return found.confidence >= self._bar.of(found.data_type)

    def _all_seats(self) -> Iterator[tuple[str | None, _Seat]]:
        yield from self._seats.items()
        yield None, self._text

    def _take_seats(self, names: Iterable[str]) -> None:
        """Gives every column its place when it is first heard of."""
        fresh = [name for name in names if name not in self._seats]
        if not fresh:
            return
        rules = self._detector.names
        affixes = rules.affixes([*self._seats, *fresh])
        for name in fresh:
            matches = rules.named(name, self._table, affixes)
            if not any(match.end for match in matches):
                matches += self._pointed(name)
            self._seats[name] = _Seat(matches, self._allow.column(name))

    def _pointed(self, name: str) -> list[NameMatch]:
        """What a key to a list of choices says: a column that points to the table of religions."""
        column = self._columns.get(name)
        if column is None or not column.references:
            return []
        types = self._detector.packs.data_types
        found = self._detector.names.pointed(column.references)
        return [match for match in found if types[match.rule.data_type].group == _CHOICES]

    def _look_at(self, fresh: list[tuple[_Seat, bytes, str, str, int]]) -> None:
        """Counts values not seen before: those worth it pass the detector, each text once."""
        seeming = {text: looks_like(text) for _, _, text, kind, _ in fresh if kind == "text"}
        texts = list(
            dict.fromkeys(text for _, _, text, kind, _ in fresh if _worth_reading(text, kind, seeming.get(text)))
        )
        prose, unread = self._prose(fresh)
        found = dict(zip(texts, self._detector.candidates(texts, self._bar, prose), strict=True))
        room = max(_FEWEST, min(_REMEMBERED, _REMEMBERED_IN_ALL // max(1, len(self._seats))))
        for seat, digest, text, kind, count in fresh:
            held = [d for d in found.get(text, ()) if d.recognizer not in self._passing]
            kept, ignored = seat.allowed.split(text, held)
            reading = _read(seat, text, kind, seeming.get(text), _hits(text, kept, self._bar), ignored)
            if (id(seat), text) in unread:
                reading = replace(reading, unread=True)
            if seat is not self._text and len(seat.memory) < room:
                seat.memory[digest, kind] = reading
            seat.tally.add(reading, kind, digest, count, self._bar)

    def _prose(self, fresh: Iterable[tuple[_Seat, bytes, str, str, int]]) -> tuple[set[str], set[tuple[int, str]]]:
        """The texts in which named entities are looked for, as far as each column's allowance goes; then those beyond it.

        It is the slowest of all that is done with a text. What goes beyond the allowance is counted, and said.
        """
        chosen: set[str] = set()
        beyond: set[tuple[int, str]] = set()
        most = self._detector.settings.ner_characters
        for seat, _, text, kind, _ in fresh:
            if self._detector.entities is None or kind not in _TOLD:
                continue
            if not is_prose(text, _SENTENCE if seat is not self._text else 2):
                continue
            if most and seat.tagged >= most:
                beyond.add((id(seat), text))
            else:
                seat.tagged += len(text)
                chosen.add(text)
        return chosen, beyond


def _read(
    seat: _Seat, text: str, kind: str, seems: str | None, hits: tuple[Hit, ...], ignored: tuple[tuple[str, str], ...]
) -> Reading:
    """What one value shows, in the light of its column's rules."""
    stripped = text.strip()
    shapes = tuple(_fitting(seat, stripped)) if seat.shapes else ()
    digits = len(stripped) if kind == "integer" or seems == "integer" else 0
    name = kind == "text" and seems is None and is_name(stripped)
    code = _CODE.fullmatch(stripped) is not None
    if hits or shapes or seems or digits or code or name or ignored:
        return Reading(hits, shapes, seems, digits, code, name, ignored=ignored)
    return _NOTHING


def _worth_reading(text: str, kind: str, seems: str | None) -> bool:
    """Whether a recognizer could find anything: not in dates, truth values, amounts, small numbers."""
    if kind in _UNREAD or seems in _UNREAD:
        return False
    return len(text) >= _SHORTEST_NUMBER or (kind != "integer" and seems is None)


def _hits(text: str, found: Sequence[Detection], bar: Bar) -> tuple[Hit, ...]:
    """One hit for each data type: the surest, a whole one before a part; weak ones only if whole."""
    best: dict[str, Hit] = {}
    most = _MOSTLY * len(text.strip()) if found else 0.0
    for detection in found:
        covered = len(text[detection.start : detection.end].strip())
        whole = covered >= most
        if not whole and detection.score < bar.of(detection.data_type):
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
