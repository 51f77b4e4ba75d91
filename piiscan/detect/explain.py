"""Why a text or a column is taken for what it is: every rule that spoke, for or against. No value is repeated."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from piiscan.detect.engine import context_word
from piiscan.detect.sample import Share
from piiscan.model import Container
from piiscan.rulepack import Predefined, Recognizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.detect.classify import ColumnCase
    from piiscan.detect.detector import Detector
    from piiscan.detect.engine import Station
    from piiscan.detect.names import NameMatch
    from piiscan.detect.profile import ContainerProfile
    from piiscan.detect.tally import Found, Tally
    from piiscan.model import Classification, Detection, Ignored

Status = Literal["reported", "weak", "lost", "ignored"]
_ANY: Final = "*"
"""What a rule for columns of any name has among its names."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding of one rule in a text, and what became of it."""

    detection: Detection
    status: Status
    base: float
    """Its score before a context word raised it (0-1)."""
    patterns: tuple[str, ...]
    """Names of the rule's expressions that matched there."""
    context: str | None
    """The context word that raised it."""
    validator: str | None
    """The check its value passed."""
    threshold: float
    lost_to: str | None = None
    """The rule whose finding took the place."""
    ignored_by: str | None = None
    """The ``[[ignore]]`` entry that leaves it out."""

    @property
    def why(self) -> str:
        """The same in words."""
        parts = [f"{_listed(self.patterns)} gives {self.base:g}" if self.patterns else f"gives {self.base:g}"]
        if self.validator:
            parts.append(f"its check {self.validator} passed")
        if self.context:
            parts.append(f"the word '{self.context}' near it raises it to {self.detection.score:g}")
        if self.status == "weak":
            parts.append(f"below the threshold {self.threshold:g}")
        if self.lost_to:
            parts.append(f"{self.lost_to} takes its place")
        if self.ignored_by:
            parts.append(f"left out by {self.ignored_by}")
        return "; ".join(parts)


def explain_text(detector: Detector, text: str, *, source: str = "", path: str = "") -> list[Reason]:
    """Every finding of every rule in a text, by place: those reported, and those that are not."""
    return _Explanation(detector, text, Container(source, path, "file")).reasons()


class _Explanation:
    """One text, and what is needed to explain its findings."""

    def __init__(self, detector: Detector, text: str, container: Container) -> None:
        self._detector, self._text = detector, text
        self._bar = detector.settings.bar(container.source)
        self._allowed = detector.allow.of(container).column(None)
        entities = detector.entities
        self._named = set(entities.find([text])[0]) if entities is not None else set()
        self._kept = set(detector.candidates([text], self._bar)[0])
        self._winners = sorted((d for d in self._kept if self._is_sure(d)), key=lambda d: d.start)
        self._runs: dict[tuple[str, int | None], dict[tuple[int, int], float]] = {}

    def _is_sure(self, found: Detection) -> bool:
        return found.score >= self._bar.of(found.data_type)

    def reasons(self) -> list[Reason]:
        """Every finding with its reason, by place."""
        found = self._named.union(self._detector.engine.candidates(self._text))
        ordered = sorted(found, key=lambda d: (d.start, d.end, -d.score, d.data_type, d.recognizer))
        return [self._reason(each) for each in ordered]

    def _reason(self, found: Detection) -> Reason:
        station = self._detector.engine.station(found.recognizer)
        base, patterns = self._base(station, found)
        context = (
            context_word(station.near, self._text, found.start, found.end) if station and base < found.score else None
        )
        validator = station.rule.validator if station and isinstance(station.rule, Recognizer) else ""
        status, lost_to, ignored_by = self._fate(found)
        return Reason(
            found,
            status,
            base,
            patterns,
            context.lower() if context else None,
            validator or None,
            self._bar.of(found.data_type),
            lost_to,
            ignored_by,
        )

    def _fate(self, found: Detection) -> tuple[Status, str | None, str | None]:
        """What became of a finding, the rule it gave way to, the entry that leaves it out."""
        if not self._is_sure(found):
            return "weak", None, None
        if found not in self._kept:
            return "lost", self._winner(found), None
        entry = self._allowed.entry_for(self._text, found) or self._allowed.leaves_out(found.data_type)
        return ("ignored", None, entry) if entry else ("reported", None, None)

    def _winner(self, found: Detection) -> str:
        """The rule of the surest finding in the same place; those that were kept do not overlap."""
        first = max(0, bisect_right(self._winners, found.start, key=lambda d: d.start) - 1)
        last = bisect_left(self._winners, found.end, key=lambda d: d.start)
        return max((w for w in self._winners[first:last] if w.end > found.start), key=lambda w: w.score).recognizer

    def _base(self, station: Station | None, found: Detection) -> tuple[float, tuple[str, ...]]:
        """The score the rule's own expressions give a finding, and which of them match there."""
        if station is None:
            return found.score, ("the named-entity model",)
        place = (found.start, found.end)
        if isinstance(station.rule, Predefined):
            worth = self._run(station, None).get(place)
            return _raw(worth, station, found), (f"Presidio's {station.rule.recognizer}",)
        worths = {each.name: self._run(station, i).get(place) for i, each in enumerate(station.rule.patterns)}
        here = {name: worth for name, worth in worths.items() if worth is not None}
        return _raw(max(here.values(), default=None), station, found), tuple(here)

    def _run(self, station: Station, pattern: int | None) -> dict[tuple[int, int], float]:
        """What a rule, or one of its expressions alone, finds in the text, by place."""
        key = (station.rule.id, pattern)
        if key not in self._runs:
            spans = station.runner.find(self._text, None if pattern is None else [pattern])
            self._runs[key] = {(start, end): worth for start, end, worth in spans}
        return self._runs[key]


def _raw(worth: float | None, station: Station, found: Detection) -> float:
    return found.score if worth is None else round(worth * station.scale, 3)


@dataclass(frozen=True, slots=True)
class Voice:
    """A rule that has something to say about a column, and what."""

    rule: str
    data_type: str
    speaks: Literal["for", "against", "ignored"]
    cells: int
    """Cells that bear it out..."""
    seen: int
    """...of so many that are not null."""
    why: str

    @property
    def interval(self) -> tuple[float, float] | None:
        """The share of all cells that bear it out, with 95 % confidence; None without cells."""
        return Share(self.cells, self.seen).interval if self.seen else None


def explain_column(profile: ContainerProfile, name: str, held: Sequence[Classification]) -> list[Voice]:
    """Every rule that fits the column's name, and every recognizer that found something in its cells.

    ``held`` is what the profile classified it as.
    """
    case, named = profile.case(name)
    held_types = {each.data_type for each in held}
    speaking = {rule for each in held for rule in each.recognizers}
    fitting = [match for match in named if match in case.matches or _ANY not in match.rule.names]
    voices = [_voice_of_name(match, case, held_types, speaking) for match in fitting]
    voices += _voices_of_values(case.tally, held_types)
    voices += [_voice_of_ignored(each, case.tally.seen) for each in profile.ignored]
    order = {"for": 0, "against": 1, "ignored": 2}
    return sorted(voices, key=lambda v: (order[v.speaks], -v.cells, v.data_type, v.rule))


def _voice_of_name(match: NameMatch, case: ColumnCase, held: set[str], speaking: set[str]) -> Voice:
    rule, tally = match.rule, case.tally
    recognised = max(tally.whole(each) for each in (rule.data_type, *rule.confirmed_by))
    formed = tally.shapes[rule.id]
    cells = max(recognised, formed)
    why = f"its name fits, worth {rule.confidence:g} by itself"
    if tally.seen:
        why += f"; {recognised} of {tally.seen} cells are recognised as such"
        why += f", {formed} have its form" if rule.shape or rule.low is not None or rule.high is not None else ""
    if match not in case.matches:
        return Voice(
            f"column:{rule.id}", rule.data_type, "against", cells, tally.seen, "its name fits, its table does not"
        )
    if f"column:{rule.id}" in speaking or rule.data_type in held:
        return Voice(f"column:{rule.id}", rule.data_type, "for", cells, tally.seen, why)
    return Voice(f"column:{rule.id}", rule.data_type, "against", cells, tally.seen, f"{why}; {_against(match, case)}")


def _against(match: NameMatch, case: ColumnCase) -> str:
    """Why a rule that fits name and table is not followed."""
    kinds, wanted = case.kinds, set(match.rule.kinds)
    if kinds and wanted and kinds.isdisjoint(wanted):
        return f"the column is {_listed(sorted(kinds))}, the rule asks for {_listed(sorted(wanted))}"
    if match.rule.needs_values and not case.tally.seen:
        return "it asks for values, and there are none"
    return "the values, or a rule that says more, speak against it"


def _voices_of_values(tally: Tally, held: set[str]) -> Iterator[Voice]:
    for table, strength in ((tally.strong, ""), (tally.weak, ", all below the threshold")):
        for data_type, found in sorted(table.items()):
            why = f"{_cells(found)} of {tally.seen} cells{strength}; best score {found.score:g}"
            for rule in sorted(found.recognizers):
                side: Literal["for", "against"] = "for" if data_type in held else "against"
                add = "" if side == "for" else "; outweighed, or too few"
                yield Voice(rule, data_type, side, found.cells, tally.seen, why + add)


def _cells(found: Found) -> str:
    if found.whole and found.inside:
        return f"the whole of {found.whole} and a part of {found.inside}"
    return f"the whole of {found.whole}" if found.whole else f"a part of {found.inside}"


def _voice_of_ignored(ignored: Ignored, seen: int) -> Voice:
    what = "the data type as a whole" if ignored.whole else "findings in these cells"
    return Voice(
        ignored.entry, ignored.data_type, "ignored", ignored.findings, seen, f"the ignore list leaves out {what}"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
