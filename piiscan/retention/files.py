"""Files judged as one row each: by the days their names and their contents tell, never by the time of the file itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from piiscan.clocks import FILE_NAME, parse_day
from piiscan.model import Clock
from piiscan.model.judging import JudgedRows, Standing, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from piiscan.inventory import AgesRecord
    from piiscan.model import Container
    from piiscan.model.judging import Ended, Judgment

_NAME_EVENTS: Final = ("call_date", "created", "record_made")
"""Events that the day in a name stands for where the configuration does not say: of a recording, its call."""
_DAY: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_PREFIXED: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])(?=/)")


def day_in_name(path: str) -> date | None:
    """The day a file's name tells (``call-2024-03-05.wav``, ``20240305T1015.txt``), else its folders (``2024/03/05/``).

    Of several in the name the latest, so that nothing is taken for older than it is.
    """
    folder, _, name = path.rpartition("/")
    found = [_day(*match.group(1, 3, 4)) for match in _DAY.finditer(name)]
    if not any(found):
        found = [_day(*match.groups()) for match in _PREFIXED.finditer(f"{folder}/")]
    return max((day for day in found if day is not None), default=None)


def file_days(
    container: Container, clocks: Iterable[Clock], ages: Iterable[AgesRecord], as_of: date
) -> dict[str, tuple[Clock, date | None]]:
    """Event -> the clock that dates a file and its day (None: nothing readable), those configured first.

    A file of rows is as young as its youngest row, and undated while one of its rows is.
    """
    inside = {each.ages.clock.event: (each.ages.clock, _newest(each)) for each in ages}
    found: dict[str, tuple[Clock, date | None]] = {}
    for clock in clocks:
        told = day_in_name(container.path) if clock.path == (FILE_NAME,) else inside.get(clock.event, (clock, None))[1]
        found[clock.event] = (clock, _plausible(told, as_of))
    for event, (clock, told) in inside.items():
        found.setdefault(event, (Clock(event, clock.path, "file"), _plausible(told, as_of)))
    if (told := day_in_name(container.path)) is not None:
        for event in _NAME_EVENTS:
            found.setdefault(event, (Clock(event, (FILE_NAME,), "file"), _plausible(told, as_of)))
    return found


def judge_file(judgments: Sequence[Judgment], days: Mapping[str, date | None]) -> JudgedRows:
    """How one file stands by each judgment, its days given by event; the same order as for the rows of a table.

    Tests of rows cannot be put to a file: a cover that has some does not reach it.
    """
    return JudgedRows(None, 1, tuple(_standing(judgment, days) for judgment in judgments))


def is_over(term: Term, days: Mapping[str, date | None]) -> bool | None:
    """Whether a term is over, None = unknown (Kleene's logic)."""
    if not term.parts:
        return term.fixed
    known = [_part(part, days) for part in term.parts]
    decisive = term.combine == "earlier"
    if decisive in known:
        return decisive
    return None if None in known else not decisive


def _standing(judgment: Judgment, days: Mapping[str, date | None]) -> Standing:
    dated = [day for event in _events(judgment.due) if (day := days.get(event)) is not None]
    oldest, newest = min(dated, default=None), max(dated, default=None)
    over = is_over(judgment.due, days)
    coming = tuple(int(over is False and is_over(term, days) is True) for term in judgment.horizons)
    for cover in judgment.holds:
        if () in cover.rows:
            return Standing("on_hold", cover.id, oldest, newest)
    if over is None:
        return Standing("undated", None, oldest, newest)
    if not over:
        return Standing("within", None, oldest, newest, coming)
    for cover in judgment.covers:
        if () in cover.rows:
            return Standing("exempt", cover.id, oldest, newest)
    return _kept(judgment, days, oldest, newest)


def _kept(judgment: Judgment, days: Mapping[str, date | None], oldest: date | None, newest: date | None) -> Standing:
    ended = [(keep, is_over(keep.term, days)) for keep in judgment.keeps]
    for wanted, status in ((False, "exempt"), (None, "undated")):
        for keep, over in ended:
            if over is wanted:
                kept = [day for event in _events(keep.term) if (day := days.get(event)) is not None]
                return Standing(status, keep.id, oldest, max(kept, default=newest))  # type: ignore[arg-type]  # both are of RowStatus
    return Standing("overdue", None, oldest, newest)


def _part(part: Ended | Term, days: Mapping[str, date | None]) -> bool | None:
    if isinstance(part, Term):
        return is_over(part, days)
    day = None if part.clock is None else days.get(part.clock.event)
    return None if day is None else day <= part.last


def _events(term: Term) -> Iterable[str]:
    for part in term.parts:
        if isinstance(part, Term):
            yield from _events(part)
        elif part.clock is not None:
            yield part.clock.event


def _day(year: str, month: str, day: str) -> date | None:
    return parse_day(f"{year}-{month}-{day}", today=datetime.now(UTC).date() + timedelta(days=36_500))


def _newest(record: AgesRecord) -> date | None:
    rows = record.ages.rows
    return None if any(row.day is None for row in rows) else max((row.day for row in rows if row.day), default=None)


def _plausible(day: date | None, as_of: date) -> date | None:
    return day if day is not None and day <= as_of + timedelta(days=1) else None
