"""Telephone numbers in running text: found by how they are written, judged by libphonenumber.

libphonenumber's own matcher knows one numbering plan at a time and takes most of a scan's time. Here one expression finds
runs of groups of digits; each run is judged once, by its form and by the numbering plans.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
from presidio_analyzer import LocalRecognizer, RecognizerResult

from piiscan.detect import phones_forms as forms
from piiscan.detect.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int, float]
_FEWEST: Final = 6
"""Digits of the shortest number, one of a small town behind its label."""
_FEWEST_ALONE: Final = 7
_NEAR: Final = 40
"""Code points before a number in which a label is looked for."""
_MOST_NATIONAL: Final = 12
_MOST: Final = 15
"""Digits of the longest number (ITU-T E.164)."""
_SHORTEST_ABROAD: Final = 9
"""Digits, the trunk prefix among them, from which a number of another country stands without a label."""

_NEIGHBOURS: Final = (
    "GB", "IE", "FR", "DE", "AT", "CH", "NL", "BE", "LU", "IT", "SE", "FI", "HU", "SI", "HR", "RS", "SK", "RO", "BG", "AL", "AU", "NZ",
    "IN", "ZA", "JP", "KR", "IL", "TR", "PK", "PH", "ID", "MY", "TH", "EG", "NG", "KE", "UA", "TW", "VN",
)  # fmt: skip
"""Regions whose national numbers are written with a leading zero."""
_KINDS: Final = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "uan", "pager", "voicemail",
)  # fmt: skip
_AMERICA: Final = 1
"""The country code of North America."""


class RegionalPhoneRecognizer(LocalRecognizer):
    """Telephone numbers of the configured regions, international ones, and those of other countries by their form.

    A number that is valid and written as one stands alone; so does one with a plus or a leading zero. Groups of digits that
    could be a number of another country, a number without its area code and bare digits are weak: they may be anything.
    """

    VALID: Final = 0.75
    LABELLED: Final = 0.7
    FORMED: Final = 0.6
    WEAK: Final = 0.4

    def __init__(self, regions: Sequence[str]) -> None:
        super().__init__(supported_entities=["PHONE_NUMBER"], name="PhoneRecognizer")
        self.regions = tuple(regions)
        self._american = any(phonenumbers.country_code_for_region(region) == _AMERICA for region in regions)
        self.gates = (Gate(length=_FEWEST, digits=_FEWEST),)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: Any = None, nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002 - the signature is fixed
        """Numbers by place, none overlapping another."""
        return [RecognizerResult("PHONE_NUMBER", start, end, score) for start, end, score in self.find(text)]

    def find(self, text: str) -> list[Span]:
        """Start, end (exclusive, code points) and score of each number."""
        found = []
        for run in forms.RUN.finditer(text):
            start, end = run.span("number")
            if end - start < _FEWEST:
                continue
            start, end = _unbracketed(text, start, end)
            spans = self._best(text, start, end, extended=run["extension"] is not None)
            if spans and spans[-1][1] == end and run["extension"]:
                spans[-1] = (spans[-1][0], run.end(), spans[-1][2])
            found += spans
        return found

    def _best(self, text: str, start: int, end: int, *, extended: bool) -> list[Span]:
        """A run as one number, or as several side by side: whichever reading holds the surest number."""
        best: list[Span] = []
        for parts in _readings(text, start, end):
            spans = []
            for a, b in parts:
                score = self._judge(text, a, b, extended=extended and b == end)
                if score:
                    spans.append((a, b, score))
            if max((s[2] for s in spans), default=0.0) > max((s[2] for s in best), default=0.0):
                best = spans
        return best

    def _judge(self, text: str, start: int, end: int, *, extended: bool) -> float:
        """What one piece is worth as a telephone number; 0 if it is none."""
        written = text[start:end]
        groups = forms.DIGITS.findall(written)
        digits = "".join(groups)
        if not _FEWEST <= len(digits) <= _MOST + 2 or len(set(digits)) == 1:
            return 0.0
        score = self._worth(written, groups, digits, extended=extended) if len(digits) >= _FEWEST_ALONE else 0.0
        if score >= self.VALID:
            return score
        if _is_named(text, start, end, written, digits):
            return self.LABELLED
        return 0.0 if forms.ANOTHER_LABEL.search(text, max(0, start - _NEAR), start) else score

    def _worth(self, written: str, groups: list[str], digits: str, *, extended: bool) -> float:
        if written[0] in "+\uff0b" or written[:2] in {"(+", "(\uff0b"}:
            return _international(written, digits)
        if len(groups) == 1 and written.isdecimal():
            return self.WEAK if self._is_home(digits) or _is_abroad(digits) else 0.0
        if self._american and forms.NANP.fullmatch(written):
            return self.VALID
        if forms.OTHER_THINGS.fullmatch(written) or forms.DATE.match(written):
            return 0.0
        if self._is_home(digits) and (not self._american or _lengths(groups) in forms.NANP_SHAPES or digits[0] == "0"):
            return self.VALID
        return self._by_form(written, groups, digits, extended=extended)

    def _by_form(self, written: str, groups: list[str], digits: str, *, extended: bool) -> float:
        """What a number is worth that no configured region knows."""
        american = forms.NANP_LIKE.fullmatch(written)
        if american is not None:
            sure = extended or american["area"][0] == "(" or digits.startswith("001")
            return self.FORMED if sure else self.WEAK
        if forms.DIALLED.match(written):
            return _international("+" + digits[2:], digits[2:])
        if len(digits) > _MOST_NATIONAL or max(map(len, groups)) > 8 or min(map(len, groups[1:]), default=0) < 2:  # noqa: PLR2004 - subscriber numbers are in groups of two digits and more
            return 0.0
        trunk = digits[0] == "0" and len(digits) >= _SHORTEST_ABROAD and _is_abroad(digits)
        return self.FORMED if trunk or forms.AREA.match(written) else self.WEAK

    def _is_home(self, digits: str) -> bool:
        """Whether libphonenumber calls the digits a valid number in a configured region, with or without prefixes."""
        return any(_is_valid(digits, region) for region in self.regions)


def _unbracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """A run without the brackets that stand around it or belong to what is around it."""
    opened, closed = text.count("(", start, end), text.count(")", start, end)
    around = text[start] == "(" and text[end - 1] == ")" and (opened == 1 or text[start + 1] == "(")
    first = text[start] == "(" and (around or opened > closed)
    last = text[end - 1] == ")" and (around or closed > opened)
    return start + first, end - last


def _readings(text: str, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """The ways to cut a run into numbers: not at all, at wide gaps, at spaces if something else joins the groups."""
    yield [(start, end)]
    for gap in (forms.WIDE, forms.SPACE):
        if gap.search(text, start, end) and (gap is forms.WIDE or forms.TIGHT.search(text, start, end)):
            yield _cut(gap, text, start, end)


def _cut(gap: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    for match in gap.finditer(text, start, end):
        pieces.append((start, match.start()))
        start = match.end()
    return [(a, b) for a, b in (*pieces, (start, end)) if b - a >= _FEWEST]


def _is_named(text: str, start: int, end: int, written: str, digits: str) -> bool:
    """Whether a label stands directly before or after digits that are neither a date nor too many."""
    if (
        len(digits) > _MOST
        or forms.DATE.match(written)
        or forms.COMPACT_DATE.fullmatch(written)
        or forms.OTHER_THINGS.fullmatch(written)
    ):
        return False
    near = max(0, start - _NEAR)
    long = len(digits) >= _FEWEST_ALONE
    if (long and forms.TAG.match(text, end)) or start == 0:
        return long and forms.TAG.match(text, end) is not None
    return bool(forms.LABEL.search(text, near, start) or (long and forms.CALL.search(text, near, start)))


def _lengths(groups: list[str]) -> tuple[int, ...]:
    return tuple(map(len, groups))


def _international(written: str, digits: str) -> float:
    """A number with a country code: valid, or at least of a length its country uses."""
    if not _FEWEST < len(digits) <= _MOST:
        return 0.0
    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return 0.0
    if phonenumbers.is_valid_number(number):
        return RegionalPhoneRecognizer.VALID
    return RegionalPhoneRecognizer.FORMED if len(digits) > 9 or not written[1:].isdecimal() else 0.0  # noqa: PLR2004 - +20241231 is rather a date or a sum


def _is_valid(digits: str, region: str) -> bool:
    """Whether libphonenumber calls the digits valid, dialled from the region; those of North America are not parsed for it."""
    if phonenumbers.country_code_for_region(region) == _AMERICA and not digits.startswith("011"):
        return _american().fullmatch(digits) is not None
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(digits, region)))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=1)
def _american() -> re.Pattern[str]:
    """The valid numbers of all regions of the North American plan as one expression, with or without the 1."""
    plans = {_plan(region) for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_AMERICA]}
    return re.compile(f"1?(?:{'|'.join(sorted(plans))})")


def _is_abroad(digits: str) -> bool:
    """Whether digits with a leading zero are a valid national number of a region that writes one."""
    return digits[0] == "0" and _abroad().fullmatch(digits) is not None


@lru_cache(maxsize=1)
def _abroad() -> re.Pattern[str]:
    """The national numbers of the regions that write a leading zero, as one expression."""
    return re.compile("|".join(sorted({_trunk(region) + _plan(region) for region in _NEIGHBOURS})))


def _trunk(region: str) -> str:
    """What is dialled before a national number within a region."""
    home = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return (home.national_prefix or "") if home is not None else ""


def _plan(region: str) -> str:
    """An expression for the national numbers of a region, of whatever kind."""
    home = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if home is None:
        return "(?!)"
    kinds: list[Any] = [getattr(home, kind) for kind in _KINDS]
    patterns = sorted({k.national_number_pattern for k in kinds if k is not None and k.national_number_pattern})
    general: Any = home.general_desc
    return f"(?={general.national_number_pattern}$)(?:{'|'.join(patterns)})"
