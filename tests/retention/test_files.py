"""Files as one row each: the day in a name, the days inside, and the order of judging."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from piiscan.inventory.records import AgesRecord
from piiscan.model import AgeRow, Ages, Clock, Container
from piiscan.model.judging import Cover, Ended, Judgment, Keep, Standing, Term, Test
from piiscan.retention.files import day_in_name, file_days, is_over, judge_file

AS_OF = date(2026, 3, 1)
DUE = Clock("call_date", ("@name",), "file")
KEPT = Clock("created", ("made_on",))


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("rec/call-2024-03-05.wav", "2024-03-05"),
        ("rec/20240305T101500_agent7.wav", "2024-03-05"),
        ("rec/call_2024_02_29.mp3", "2024-02-29"),
        ("rec/2024.03.05/a.wav", None),
        ("2024/03/05/a.wav", "2024-03-05"),
        ("archive/2019/12/31/2020-01-02.txt", "2020-01-02"),
        ("from-2020-01-01-to-2020-12-31.csv", "2020-12-31"),
        ("rec/2023-02-29.wav", None),
        ("rec/2024-13-05.wav", None),
        ("acct-120240305.wav", None),
        ("acct-202403055.wav", None),
        ("order 1970-01-01.txt", None),
        ("notes.txt", None),
        ("2024-0305.txt", None),
    ],
)
def test_a_name_tells_a_day_or_none(path: str, day: str | None) -> None:
    """Of several the latest; a number that only begins like a day is none, nor is a day no calendar has."""
    assert day_in_name(path) == (day and date.fromisoformat(day))


def _ages(event: str, *days: str | None) -> AgesRecord:
    rows = tuple(AgeRow(day and date.fromisoformat(day), 1) for day in days)
    return AgesRecord("share", "a.csv", (), Ages(Clock(event, ("placed",)), rows))


def test_a_file_of_rows_is_as_young_as_its_youngest_row() -> None:
    """And undated while one of its rows is; what is configured comes before what a name tells."""
    container = Container("share", "2020-05-05/placed-2021-06-06.csv", "file")
    clocks = [Clock("collected", ("placed",)), Clock("call_date", ("@name",))]
    ages = [_ages("collected", "2022-01-01", "2023-01-01"), _ages("last_use", "2022-01-01", None)]

    found = {event: (clock.basis, day) for event, (clock, day) in file_days(container, clocks, ages, AS_OF).items()}

    assert found == {
        "collected": ("configured", date(2023, 1, 1)),
        "call_date": ("configured", date(2021, 6, 6)),
        "last_use": ("file", None),
        "created": ("file", date(2021, 6, 6)),
        "record_made": ("file", date(2021, 6, 6)),
    }


def test_a_day_yet_to_come_is_none() -> None:
    """A file named for next year is undated, not young."""
    found = file_days(Container("share", "plan-2027-01-01.txt", "file"), [], [], AS_OF)

    assert found["created"][1] is None


@pytest.mark.parametrize(("one", "other"), product((True, False, None), repeat=2))
def test_terms_are_joined_as_kleene_did(one: bool | None, other: bool | None) -> None:
    """Later of two: both; earlier: one; what is unknown decides nothing that the other does not."""
    days = {
        name: None if over is None else AS_OF if over is False else date(2020, 1, 1)
        for name, over in (("a", one), ("b", other))
    }
    parts = tuple(Ended(Clock(name, (name,)), date(2020, 1, 1)) for name in days)
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False

    assert is_over(Term(parts, "later"), days) is both
    assert is_over(Term(parts, "earlier"), days) is either


def _judgment(due: bool | None, **more: object) -> Judgment:
    clock = None if due is None else DUE
    return Judgment("r", Term((Ended(clock, AS_OF if due else date(2000, 1, 1)),)), **more)  # type: ignore[arg-type]


def _keep(last: date | None) -> Keep:
    return Keep("k", Term((Ended(KEPT if last else None, last or AS_OF),)))


SOME = Cover("c", ((Test(("id",), "=", 1),),))


@pytest.mark.parametrize(
    ("judgment", "status", "by"),
    [
        (_judgment(True, holds=(Cover("h"),), covers=(Cover("c"),)), "on_hold", "h"),
        (_judgment(None, holds=(Cover("h"),)), "on_hold", "h"),
        (_judgment(None, covers=(Cover("c"),)), "undated", None),
        (_judgment(False, covers=(Cover("c"),), keeps=(_keep(None),)), "within", None),
        (_judgment(True, covers=(Cover("c"),), keeps=(_keep(None),)), "exempt", "c"),
        (_judgment(True, holds=(SOME,), covers=(SOME,)), "overdue", None),
        (_judgment(True, keeps=(_keep(None), _keep(date(2000, 1, 1)))), "exempt", "k"),
        (_judgment(True, keeps=(_keep(None),)), "undated", "k"),
        (_judgment(True, keeps=(_keep(AS_OF),)), "overdue", None),
    ],
)
def test_a_file_stands_as_a_row_would(judgment: Judgment, status: str, by: str | None) -> None:
    """Hold, unknown, not over, cover, running minimum, unknown minimum, overdue: the first that fits."""
    judged = judge_file([judgment], {"call_date": date(2020, 1, 1), "created": date(2019, 1, 1)})

    assert (judged.rows, judged.standings[0].status, judged.standings[0].by) == (1, status, by)


def test_a_file_says_when_it_will_be_over() -> None:
    """Within now, over by the second of two later days."""
    due = Judgment(
        "r",
        Term((Ended(DUE, date(2019, 1, 1)),)),
        horizons=(Term((Ended(DUE, date(2019, 6, 1)),)), Term((Ended(DUE, date(2020, 6, 1)),))),
    )

    judged = judge_file([due], {"call_date": date(2020, 1, 1)})

    assert judged.standings == (Standing("within", None, date(2020, 1, 1), date(2020, 1, 1), (0, 1)),)
