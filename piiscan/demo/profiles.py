"""The people side of the demo firm: who the debtors are, where they were met, what is thought of them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from piiscan.demo.draw import USER_AGENTS, Draw
from piiscan.demo.people import CANARY_ANSWER, CANARY_SESSION, FIRST_CANARY, SECOND_CANARY, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.demo.ledger import Account, Row, Tables

VISIT_OF_CANARY: Final = 77
PAGES: Final = ("/login", "/balance", "/pay", "/pay/confirm", "/plan", "/letters", "/logout")
_QUESTIONS = ("Name of your first pet?", "Street you grew up on?", "Favourite teacher?")


def profiles(draw: Draw, people: Sequence[Person], placed: Sequence[Account]) -> Tables:
    """Rows of every table about persons, by table name."""
    everyone = list(enumerate(people, 1))
    users = everyone[1::3]  # both canaries among them
    canaries = [everyone[FIRST_CANARY], everyone[SECOND_CANARY]]
    students = canaries + [draw.pick(everyone) for _ in range(88)]
    traced = canaries + [draw.pick(everyone) for _ in range(248)]
    return {
        "debtors": [_debtor(draw, number, person) for number, person in everyone],
        "addresses": _addresses(draw, everyone),
        "voice_enrolments": [(n, f"vp1:{draw.rng.getrandbits(512):0128x}", "echo-2") for n, _ in everyone[::10]],
        "employment": [_employment(draw, number, person) for number, person in everyone[: len(everyone) * 3 // 4]],
        "portal_users": [_user(draw, number, person) for number, person in users],
        "portal_visits": visits(draw, [person for _, person in users], 900),
        "process_visits": [_process_visit(draw, number, draw.pick(placed)) for number in range(1, 121)],
        "education": [_education(draw, row, number, person) for row, (number, person) in enumerate(students, 1)],
        "demographics": [_demographics(draw, number) for number, _ in everyone],
        "scores": [_score(draw, number) for number, _ in everyone],
        "skiptrace_hits": [_hit(draw, row, number, person) for row, (number, person) in enumerate(traced, 1)],
        "consents": [_consent(draw, number, draw.pick(everyone)[0]) for number in range(1, 61)],
        "complaints": [],
        "legal_referrals": [],
    }


def _debtor(draw: Draw, number: int, p: Person) -> Row:
    created = draw.moment(draw.recent() if draw.happens(0.4) else draw.older())
    language = draw.pick(("English", "English", "English", "Spanish", "Tagalog"))
    return (
        number, p.first, p.last, p.alias or None, p.dob, p.ssn, p.licence, p.state, p.email, p.home_phone, p.cell_phone, language, str(created),
    )  # fmt: skip


def _addresses(draw: Draw, everyone: Sequence[tuple[int, Person]]) -> list[Row]:
    places: list[Row] = []
    for number, person in everyone:
        places.append((number, person.street, person.city, person.state, person.zip, 1, draw.recent().isoformat()))
        if draw.happens(0.4):
            zip_code, day = str(draw.rng.randint(90001, 96162)), draw.older().isoformat()
            places.append((number, draw.fake.street_address(), draw.fake.city(), "CA", zip_code, 0, day))
    return [(address, *place) for address, place in enumerate(places, 1)]


def _employment(draw: Draw, number: int, p: Person) -> Row:
    verified = draw.pick((draw.recent(), draw.older(), None))
    since, income = draw.older().isoformat(), draw.amount(24_000, 140_000)
    return (number, number, p.employer, p.job, p.work_phone, income, since, verified and verified.isoformat())


def _user(draw: Draw, number: int, p: Person) -> Row:
    answer = CANARY_ANSWER if number == FIRST_CANARY + 1 else draw.fake.last_name()
    digest = hashlib.sha256(p.username.encode()).hexdigest()
    seen = draw.moment(draw.recent() if draw.happens(0.7) else draw.older())
    registered = seen.date() - timedelta(days=draw.rng.randint(0, 700))
    return (p.username, number, f"sha256${digest}", draw.pick(_QUESTIONS), answer, registered.isoformat(), str(seen))


def visits(draw: Draw, users: Sequence[Person], count: int) -> list[Row]:
    """Page views of the payment portal, all of the last twelve months."""
    return [_visit(draw, number, draw.pick(users)) for number in range(1, count + 1)]


def _visit(draw: Draw, number: int, person: Person) -> Row:
    session = CANARY_SESSION if number == VISIT_OF_CANARY else f"{draw.rng.getrandbits(128):032x}"
    page = f"https://pay.harborpoint.example{draw.pick(PAGES)}"
    return (number, person.username, session, draw.ip(), draw.pick(USER_AGENTS), page, str(draw.moment(draw.recent())))


def _process_visit(draw: Draw, number: int, account: Account) -> Row:
    latitude, longitude = 34 + draw.rng.randint(0, 4_000_000) / 1e6, -118 - draw.rng.randint(0, 4_000_000) / 1e6
    attempted = draw.moment(draw.recent() if draw.happens(0.5) else draw.older())
    server, outcome = draw.pick(("Golden Gate Process Service", "Valley Couriers")), draw.pick(("served", "moved"))
    return (number, account.number, server, latitude, longitude, outcome, str(attempted))


def _education(draw: Draw, number: int, debtor: int, p: Person) -> Row:
    degree = draw.pick(("BA History", "BS Nursing", "AA Accounting", "none"))
    gpa = draw.rng.randint(180, 400) / 100
    return (number, debtor, p.school, degree, p.student_no, gpa, f"SL{draw.digits(9)}", draw.older().isoformat())


def _demographics(draw: Draw, number: int) -> Row:
    return (
        number,
        draw.pick(("female", "male", "male", "female", "nonbinary")),
        draw.pick(("White", "Black", "Asian", "American Indian", "Pacific Islander")),
        draw.pick(("Hispanic or Latino", "Not Hispanic or Latino")),
        draw.pick(("single", "married", "divorced", "widowed")),
        draw.pick(("none", "none", "veteran", "active duty")),
        draw.rng.randint(0, 4),
    )


def _score(draw: Draw, number: int) -> Row:
    segment = draw.pick(("likely payer", "settlement candidate", "hard to reach", "hardship"))
    chance = draw.rng.randint(20, 980) / 1000
    hour = draw.pick(("morning", "noon", "evening"))
    return (number, draw.rng.randint(420, 820), chance, segment, hour, draw.recent().isoformat())


def _hit(draw: Draw, number: int, debtor: int, p: Person) -> Row:
    place = f"{draw.fake.street_address()}, {p.city}, CA {p.zip}"
    day = draw.recent() if draw.happens(0.5) else draw.older()
    vendor = draw.pick(("LocateRight", "TraceWell"))
    return (number, debtor, vendor, place, draw.phone(), p.relative, draw.rng.randint(300, 999) / 1000, day.isoformat())


def _consent(draw: Draw, number: int, debtor: int) -> Row:
    channel, refused = draw.pick(("call", "text", "email")), int(draw.happens(0.6))
    return (number, debtor, channel, refused, str(draw.moment(draw.older())))
