"""The judgement over one column: values, name and declared type joined, with the why in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from piiscan.detect.cells import declared_options
from piiscan.detect.evidence import is_ruled_out
from piiscan.model import Classification, Column, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.detect.cells import Kind
    from piiscan.detect.detector import Detector
    from piiscan.detect.names import NameMatch, Surroundings
    from piiscan.detect.sample import Share
    from piiscan.detect.tally import Found, Tally
    from piiscan.rulepack import ColumnRule

_MOST: Final = 0.5
"""Share of a column's cells a data type needs to be what the column is for."""
_SOME: Final = 0.3
"""Share that suffices where the name says the same."""
_FORMED: Final = 0.6
"""Share of cells of the right form that confirms a name."""
_MOSTLY: Final = 0.8
"""Share of the cells whose text could as well be of a kind to count as that kind."""
_NEARLY_ALL: Final = 0.9
_FIRM: Final = 0.8
"""Score from which a finding holds against what the rest of its column is."""
_CERTAIN: Final = 0.99
_TELLING: Final = 0.2
"""Lower bound of the interval that even one value alone reaches, and one of two does not."""
_BY_LIST: Final = 0.7
"""How sure lists of names are without a name of the column that says the same."""
_BOOST: Final = 0.15
"""What values add to a name they agree with, or take from one they do not bear out."""
_DEFAULT_KINDS: Final = frozenset({"text", "integer", "json", "network"})
_CENSUS: Final = ("census_names",)
"""What speaks where lists of names do."""
_FEWEST_NAMES: Final = 8
"""Different values made of given names and surnames that are no coincidence."""
_THINGS: Final = frozenset(
    {"city", "county", "state", "country", "region", "street", "address", "product", "brand", "make", "model", "company", "color",
     "title", "label", "district", "place", "borough", "neighborhood", "station", "school", "album", "track", "song", "film", "book"}
)  # fmt: skip
"""Words of a name that say its values are called after people but are none."""
_SAID_OTHERWISE: Final[dict[str, frozenset[str]]] = {
    name: frozenset({"version", "ver", "revision", "release", "build", "firmware", "driver", "kernel", "patch", "oid"})
    for name in ("ip_address", "phone", "fax")
}
"""Words of a name that say what its values are instead of this data type: four numbers with points are a version."""
_TWICE: Final = 2
_IN_PROSE: Final = 0.05
_AMONG_PEOPLE: Final = 0.02
"""Share of the cells in which the network must find a name: now and then it takes another word for one."""
_IN_LISTS: Final = 0.01
"""Share of the cells of a table about things in which words alone must tell of a person."""
_KEYS_OF_PEOPLE: Final = frozenset({"@person", "@worker"})


@dataclass(frozen=True, slots=True)
class ColumnCase:
    """Everything known about a column when it is judged."""

    column: Column
    declared: Kind | None
    matches: Sequence[NameMatch]
    """The rules that its name and its table fit."""
    around: Surroundings
    tally: Tally
    obscured: bool
    """Its name says hashed, encrypted or masked."""
    words: tuple[str, ...] = ()
    """Its name, spelt out."""

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds it may count as; None if nothing is known."""
        mostly = {kind for kind, cells in self.tally.kinds.items() if cells >= _MOSTLY * self.tally.seen}
        if self.declared is None and not mostly:
            return None
        declared = {self.declared} if self.declared else set()
        return frozenset(declared | mostly)

    @property
    def about_people(self) -> bool:
        """Whether its table is about people or points to them."""
        return "people" in self.around.about or not _KEYS_OF_PEOPLE.isdisjoint(self.around.beside)


def judge(case: ColumnCase, detector: Detector) -> list[Classification]:
    """What the column holds, by data type: one thing it is for at most, and whatever else its cells contain."""
    claims = list(_by_name(case, detector))
    fullest = [c for c in claims if not any(c[1].is_part_of(other) for _, other in claims)]
    named = max(fullest, key=lambda pair: (pair[0].confidence, len(pair[0].evidence)), default=None)
    valued = max(_by_value(case, detector), key=lambda c: (c.confidence, c.data_type), default=None)
    main, agreed = _settle(named, valued)
    held = [main] if main else []
    strays = [c for c in _rare(case, detector) if c.data_type not in agreed]
    held += [c for c in strays if main is None or not _is_chance(c, main)]
    return sorted(held, key=lambda c: c.data_type)


def _is_chance(stray: Classification, main: Classification) -> bool:
    """Whether whole values are taken for something else although nearly all are what the column is for: AC 415-555-2671."""
    uniform = "values" in main.evidence and main.cells_matched >= _NEARLY_ALL * main.cells_seen
    return uniform and stray.evidence == ("values",) and stray.confidence < _FIRM


def _settle(
    named: tuple[Classification, NameMatch] | None, valued: Classification | None
) -> tuple[Classification | None, set[str]]:
    """The data type the column is for, and all data types that this answer covers."""
    if named is None:
        return valued, {valued.data_type} if valued else set()
    name, match = named
    agreeing = {match.rule.data_type, *match.rule.confirmed_by}
    if (
        valued is None
        or valued.data_type in agreeing
        or ("values" in name.evidence and name.confidence > valued.confidence)
        or (valued.recognizers == _CENSUS and name.confidence >= valued.confidence)  # answers like Smith are answers
    ):
        return name, agreeing
    return valued, {valued.data_type, name.data_type}


def _by_name(case: ColumnCase, detector: Detector) -> Iterator[tuple[Classification, NameMatch]]:
    """What the rules that fit the name say, each weighed with the values."""
    if case.column.primary_key and case.declared == "integer" and case.column.name.lower().endswith(("id", "key")):
        return
    for match in case.matches:
        if not _takes(match.rule, case) or is_ruled_out(case.column, match.rule, detector.engine):
            continue
        found = _weigh(match, case, detector)
        if found is not None:
            yield found, match


def _takes(rule: ColumnRule, case: ColumnCase) -> bool:
    """Whether a column of this kind can hold what the rule speaks of; what is encrypted may be kept as bytes."""
    kinds = case.kinds
    if kinds is None:
        return True
    if "boolean" in kinds and "boolean" not in rule.kinds:
        return False
    return not kinds.isdisjoint(rule.kinds or _DEFAULT_KINDS) or (case.obscured and "binary" in kinds)


def _weigh(match: NameMatch, case: ColumnCase, detector: Detector) -> Classification | None:
    """A rule's claim after a look at the values; None if they refute it."""
    rule = match.rule
    label = detector.packs.data_types[rule.data_type].label
    if match.pointed:
        return _claim(rule, case.tally, rule.confidence, 0, f"a foreign key points from it to a table of {label}")
    says = f"the column's name says {label}"
    if "*" in rule.names:
        says = "the table and the column's type suggest it"
    says += _standing(rule, case, detector)
    if not case.tally.seen:
        empty = "the column is empty" if case.tally.nulls else "the table is empty"
        return (
            None
            if rule.needs_values
            else _claim(rule, case.tally, rule.confidence, 0, f"by name alone: {says}; {empty}")
        )
    found = _borne_out(rule, case.tally, says)
    if found is None and has_form(rule) and not case.obscured:
        return _formed(rule, case.tally, says)
    return found or _unproven(rule, case, detector, says)


def _standing(rule: ColumnRule, case: ColumnCase, detector: Detector) -> str:
    """What of the table the rule rests on, as the continuation of a sentence; nothing if the name is enough for it."""
    selector = detector.names.ground(rule, case.around)
    if selector is None:
        return ""
    if selector == "@people":
        return ", in a table about people"
    if selector.startswith("with @"):
        return f", beside a key of a {selector.removeprefix('with @')}"
    if selector.startswith("with "):
        return f", beside {detector.packs.data_types[selector.removeprefix('with ')].label}"
    return f", in a table about {selector.removeprefix('@').replace('_words', '')}"


def _borne_out(rule: ColumnRule, tally: Tally, says: str) -> Classification | None:
    """The claim of a rule whose data type, or one that confirms it, recognizers find in the different values."""
    confirming = max((rule.data_type, *rule.confirmed_by), key=lambda t: (tally.share(t).part, t))
    share = tally.share(confirming)
    if share.value < _SOME:
        return None
    finds = [table[confirming] for table in (tally.strong, tally.weak) if confirming in table]
    sure = min(_CERTAIN, max(rule.confidence, *(found.score for found in finds)) + _BOOST)
    why = f"{says}, and {share} {_are(share)} recognised as such"
    claim = _claim(rule, tally, sure, tally.whole(confirming), why, values=True)
    return replace(claim, recognizers=tuple(sorted({name for found in finds for name in found.recognizers})))


def _formed(rule: ColumnRule, tally: Tally, says: str) -> Classification | None:
    """The claim of a rule that says what values look like, as far as they do."""
    share, formed = tally.formed_share(rule.id), tally.shapes[rule.id]
    have = "has" if share.part == 1 else "have"
    if share.value >= _FORMED:
        sure = min(_CERTAIN, rule.confidence + _BOOST)
        return _claim(rule, tally, sure, formed, f"{says}, and {share} {have} its form", values=True)
    if share.value < _SOME or rule.needs_values:
        return None
    return _claim(rule, tally, rule.confidence, formed, f"{says}, though only {share} {have} its form")


def _unproven(rule: ColumnRule, case: ColumnCase, detector: Detector, says: str) -> Classification | None:
    """The claim of a rule whose values neither bear it out nor refute it."""
    if rule.needs_values:
        return None
    if rule.data_type in detector.engine.recognized and not case.obscured:
        share = case.tally.share(rule.data_type)
        says = f"{says}, but only {share} {_are(share)} recognised as such"
        return _claim(rule, case.tally, max(0.0, rule.confidence - _BOOST), case.tally.whole(rule.data_type), says)
    obscured = (
        "that they are hashed, encrypted or masked says the name"
        if case.obscured
        else "its values have no form to check"
    )
    return _claim(rule, case.tally, rule.confidence, 0, f"{says}; {obscured}")


def _by_value(case: ColumnCase, detector: Detector) -> Iterator[Classification]:
    """What most different values are, whatever the column is called."""
    tally = case.tally
    for data_type, found in sorted(tally.strong.items()):
        share = tally.strong_share(data_type)
        if _is_denied(data_type, found, case, detector):
            continue
        if share.value >= _MOST and share.interval[0] >= _TELLING and not _coincidence(found, tally, detector):
            yield _valued(data_type, round(found.score * (0.8 + 0.2 * share.value), 3), found, tally, share)
    for data_type, found in sorted(tally.weak.items()):
        checked = all(detector.engine.rules[name].chance for name in found.recognizers if name in detector.engine.rules)
        share = tally.share(data_type)
        if checked and share.value >= _NEARLY_ALL and tally.telling(data_type):
            yield _valued(data_type, _NEARLY_ALL, found, tally, share)
    named = tally.named_share()
    if named.part >= _FEWEST_NAMES and named.interval[0] >= _MOST and _may_be_named(case):
        why = f"{named} are made of given names and surnames of the census"
        cells = round(named.value * tally.seen)
        yield Classification("person_name", _BY_LIST, ("values",), _CENSUS, tally.seen, cells, why)


def _may_be_named(case: ColumnCase) -> bool:
    """Whether nothing speaks against persons: a place, a thing, a list of choices, a table of them."""
    return (
        "reference" not in case.around.about
        and _THINGS.isdisjoint(case.words)
        and not declared_options(case.column.sql_type)
    )


def _rare(case: ColumnCase, detector: Detector) -> Iterator[Classification]:
    """Findings in some cells of a column that is for something else: a card number in one note of ten thousand."""
    tally = case.tally
    for data_type, found in sorted(tally.strong.items()):
        if _coincidence(found, tally, detector) or _is_denied(data_type, found, case, detector):
            continue
        if _is_worth_saying(found, case, detector):
            evidence: Evidence = "values" if found.whole > found.inside else "text"
            why = f"{_contain(found.cells, tally.seen)} it, {_by(found)}{_unread(found, tally, detector)}"
            yield Classification(
                data_type, found.score, (evidence,), tuple(sorted(found.recognizers)), tally.seen, found.cells, why
            )


def _is_worth_saying(found: Found, case: ColumnCase, detector: Detector) -> bool:
    """Whether findings in some cells are more than chance: all that are sure by their form, of others enough of them."""
    rules = [detector.engine.rules[name] for name in found.recognizers]
    if "reference" in case.around.about and not any(getattr(rule, "validator", True) for rule in rules):
        return found.cells >= max(
            _TWICE, _IN_LISTS * case.tally.seen
        )  # words alone: a song may say what a person would
    if all(rule.rare for rule in rules):
        return True
    if not _by_network(found, detector):
        return case.about_people or found.cells >= _SOME * case.tally.seen
    share = _AMONG_PEOPLE if case.about_people else _IN_PROSE
    return found.cells >= max(_TWICE, share * (case.tally.seen - case.tally.untagged))


def _is_denied(data_type: str, found: Found, case: ColumnCase, detector: Detector) -> bool:
    """Whether the column's name or its table says that the values are something else, and no checksum contradicts."""
    if not _SAID_OTHERWISE.get(data_type, frozenset()).isdisjoint(case.words):
        return True
    if not _by_network(found, detector):
        return False
    return "reference" in case.around.about or (data_type == "person_name" and not _THINGS.isdisjoint(case.words))


def _by_network(found: Found, detector: Detector) -> bool:
    """Whether nothing but the named-entity recognizer speaks for it."""
    return found.recognizers <= detector.packs.entities.keys()


def _unread(found: Found, tally: Tally, detector: Detector) -> str:
    """What to add where names were looked for in a part of the cells only."""
    if not tally.untagged or not _by_network(found, detector):
        return ""
    return f"; names were looked for in {tally.seen - tally.untagged:,} of them"


def _coincidence(found: Found, tally: Tally, detector: Detector) -> bool:
    """Whether values that pass a checksum are no more than some of many numbers, or keys, that are written like them."""
    if found.inside or not any(detector.engine.rules[name].chance for name in found.recognizers):
        return False
    if found.bare < found.whole:
        return found.whole < _MOST * tally.codes
    alike = sum(cells for length, cells in tally.digits.items() if length >= 8)  # noqa: PLR2004 - shorter numbers carry no checksum
    return found.bare < _MOST * alike


def judge_text(tally: Tally, metadata: Sequence[str], detector: Detector) -> list[Classification]:
    """What running text contains, and what the container is by its nature; by data type."""
    held = {}
    for data_type, found in tally.strong.items():
        if _by_network(found, detector) and found.cells < _TWICE and found.score < _FIRM:
            continue
        unread = _unread(found, tally, detector)
        why = f"{_contain(found.cells, tally.seen, 'pieces of text')} it, {_by(found)}{unread}"
        held[data_type] = Classification(
            data_type, found.score, ("text",), tuple(sorted(found.recognizers)), tally.seen, found.cells, why
        )
    for data_type in metadata:
        if data_type in detector.packs.data_types:
            held[data_type] = Classification(
                data_type, _NEARLY_ALL, ("metadata",), (), 1, 1, "the file is one by its nature"
            )
    return [held[name] for name in sorted(held)]


def has_form(rule: ColumnRule) -> bool:
    """Whether a rule says what values look like."""
    return bool(rule.shape) or rule.low is not None or rule.high is not None


def _claim(
    rule: ColumnRule, tally: Tally, confidence: float, matched: int, why: str, *, values: bool = False
) -> Classification:
    evidence: tuple[Evidence, ...] = ("values", "name") if values else ("name",)
    return Classification(
        rule.data_type, round(confidence, 3), evidence, (f"column:{rule.id}",), tally.seen, matched, why
    )


def _valued(data_type: str, confidence: float, found: Found, tally: Tally, share: Share) -> Classification:
    why = f"{share} {_are(share)} one, {_by(found)}"
    return Classification(
        data_type, confidence, ("values",), tuple(sorted(found.recognizers)), tally.seen, found.whole, why
    )


def _are(share: Share) -> str:
    return "is" if share.part == 1 else "are"


def _contain(part: int, whole: int, what: str = "cells") -> str:
    """How many contain it: a rare hit is counted, not averaged away."""
    return f"{part:,} of {whole:,} {what} {'contains' if part == 1 else 'contain'}"


def _by(found: Found) -> str:
    return f"found by {', '.join(sorted(found.recognizers))}"
