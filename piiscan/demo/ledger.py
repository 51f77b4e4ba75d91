"""The money side of the demo firm: clients, accounts, payments, calls, notes, and the clean tables around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from piiscan.demo.people import CANARY_ACCOUNT, CANARY_CARD, CANARY_MEMBER, FIRST_CANARY, SECOND_CANARY, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.demo.draw import Draw

Row = tuple[object, ...]
Tables = dict[str, list[Row]]

ACCOUNTS: Final = 520
NOTE_WITH_CARD: Final = 41
CLIENTS: Final = (
    ("northbay", "Northbay Outfitters", "store cards", "2017-03-01"),
    ("lakeside", "Lakeside Dental Group", "dentistry", "2018-09-15"),
    ("mercy", "Mercy General Hospital", "hospital", "2019-01-01"),
)
REFERENCE: Final[Tables] = {
    "states": [("AZ", "Arizona"), ("CA", "California"), ("NV", "Nevada"), ("OR", "Oregon"), ("WA", "Washington")],
    "dispositions": [
        ("PTP", "promise to pay"), ("LM", "left message"), ("NA", "no answer"), ("DSP", "disputed"), ("PIF", "paid in full"), ("WN", "wrong number"),
    ],
    "fee_schedule": [("STD", "standard contingency", 22.5), ("LEGAL", "after suit is filed", 35), ("SMALL", "balance under 100 dollars", 40)],
    "products": [("CARD", "store card"), ("DENT", "dental treatment"), ("HOSP", "hospital stay"), ("AUTO", "vehicle loan")],
}  # fmt: skip
_PLANS = ("Golden Poppy Health", "Sierra Crest HMO", "Bay Laurel PPO")
_ICD10 = ("E11.9", "I10", "J45.909", "K02.9", "M54.50", "S82.101A", "F41.1", "Z34.90")
_CPT = ("99213", "99284", "41899", "27447", "80053")
_ITEMS = ("hiking boots", "two-person tent", "rain jacket", "trail stove", "climbing rope", "sleeping bag")


@dataclass(frozen=True, slots=True)
class Account:
    """One placed debt."""

    number: int
    debtor: int
    person: Person
    client: str
    creditor_no: str
    file_no: str
    product: str
    balance: float
    delinquent: date
    placed: datetime
    active: datetime
    member: str


def accounts(draw: Draw, people: Sequence[Person]) -> tuple[Account, ...]:
    """Every debtor's first account, and a second one for some: two fifths were placed in the last twelve months."""
    return tuple(_account(draw, number, people) for number in range(1, ACCOUNTS + 1))


def _account(draw: Draw, number: int, people: Sequence[Person]) -> Account:
    debtor = (number - 1) % len(people)
    client = ("northbay", "northbay", "lakeside", "mercy")[number % 4]
    placed = draw.moment(draw.recent() if draw.happens(0.4) else draw.older())
    creditor_no = f"{client[:2].upper()}-{draw.digits(5)}-{draw.digits(6)}"
    member = f"{draw.pick('HKW')}{draw.pick('BCDF')}{draw.pick('LMNP')}{draw.digits(9)}"
    return Account(
        number=number,
        debtor=debtor + 1,
        person=people[debtor],
        client=client,
        creditor_no=CANARY_ACCOUNT if debtor == FIRST_CANARY else creditor_no,
        file_no=f"HPR{number:07d}",
        product={"northbay": draw.pick(("CARD", "CARD", "AUTO")), "lakeside": "DENT", "mercy": "HOSP"}[client],
        balance=draw.amount(80, 9000),
        delinquent=placed.date().replace(day=1).replace(year=placed.year - 1),
        placed=placed,
        active=min(placed.replace(year=placed.year + 1, day=1), datetime.combine(draw.today, placed.time())),
        member=CANARY_MEMBER if debtor == SECOND_CANARY else member,
    )


def ledger(draw: Draw, placed: Sequence[Account]) -> Tables:
    """Rows of every table about accounts, by table name."""
    return {
        **REFERENCE,
        "clients": list(CLIENTS),
        "placements": _placements(draw),
        "accounts": [_account_row(draw, account) for account in placed],
        "payments": [_payment(draw, number, draw.pick(placed)) for number in range(1, 901)],
        "payment_plans": [_plan(draw, number, draw.pick(placed)) for number in range(1, 91)],
        "calls": [_call(draw, number, draw.pick(placed)) for number in range(1, 701)],
        "notes": notes(draw, placed),
        "garnishments": [_garnishment(draw, number, draw.pick(placed)) for number in range(1, 31)],
        "medical_accounts": [_medical(draw, account) for account in placed if account.client != "northbay"],
        "purchases": [_purchase(draw, number, draw.pick(placed)) for number in range(1, 401)],
        "vehicles": [_vehicle(draw, account) for account in placed if account.product == "AUTO"],
    }


def _placements(draw: Draw) -> list[Row]:
    days = [(draw.recent() if number % 3 == 0 else draw.older()).isoformat() for number in range(24)]
    files = [(number, CLIENTS[number % 3][0], day) for number, day in enumerate(days, 1)]
    return [(number, client, day, f"{client}-{day}.tsv", draw.rng.randint(8, 40)) for number, client, day in files]


def _account_row(draw: Draw, a: Account) -> Row:
    left = round(a.balance * draw.rng.random(), 2)
    disposition = draw.pick(("PTP", "LM", "NA", "DSP", "PIF"))
    return (
        a.number, a.debtor, a.client, draw.rng.randint(1, 24), a.creditor_no, a.file_no, a.product, a.balance, left,
        a.delinquent.isoformat(), str(a.placed), str(a.active), disposition,
    )  # fmt: skip


def _payment(draw: Draw, number: int, account: Account) -> Row:
    by_card = draw.happens(0.6)
    paid = draw.moment(draw.recent() if draw.happens(0.5) else draw.older())
    last4 = f"{draw.rng.randint(0, 9999):04d}" if by_card else None
    token = f"tok_{draw.rng.getrandbits(80):020x}" if by_card else None
    return (number, account.number, draw.amount(10, 400), "card" if by_card else "ach", last4, token, str(paid))


def _plan(draw: Draw, number: int, account: Account) -> Row:
    return (number, account.number, draw.routing(), draw.digits(11), draw.amount(20, 150), draw.recent().isoformat())


def _call(draw: Draw, number: int, account: Account) -> Row:
    started = draw.moment(draw.recent() if draw.happens(0.5) else draw.older())
    path = f"recordings/{started:%Y-%m}/{started:%Y-%m-%d}-call-{number:05d}.wav" if draw.happens(0.7) else None
    phone = draw.pick((account.person.cell_phone, account.person.home_phone))
    way, agent, seconds = draw.pick(("in", "out")), f"A{draw.rng.randint(1, 12):02d}", draw.rng.randint(5, 900)
    disposition = draw.pick(("PTP", "LM", "NA", "WN"))
    return (number, account.number, str(started), way, phone, agent, seconds, path, disposition)


def notes(draw: Draw, placed: Sequence[Account]) -> list[Row]:
    """Free text of the agents; one of them wrote a caller's card into it, which the firm says it never keeps."""
    rows: list[Row] = []
    for number in range(1, 501):
        account = draw.pick(placed)
        text = _note(draw, account.person)
        if number == NOTE_WITH_CARD:
            text = f"Took card {CANARY_CARD} exp 09/29 cvv 417 by phone, portal was down"
        written = draw.moment(draw.recent() if draw.happens(0.6) else draw.older())
        rows.append((number, account.number, f"A{draw.rng.randint(1, 12):02d}", str(written), text))
    return rows


def _note(draw: Draw, person: Person) -> str:
    return draw.pick((
        "Left message, no call back yet.",
        "No answer, try again next week.",
        f"Promised {draw.amount(20, 300):.2f} by Friday, prefers calls to {draw.phone()}.",
        f"Verified SSN {person.ssn} and date of birth {person.dob}, sent letter to {person.street}, {person.city} CA {person.zip}.",
        f"New e-mail {person.email}; says she works at {person.employer}.",
        f"Spoke with {person.relative}, asked us to call {person.cell_phone} only.",
        f"Consumer {person.name} disputes the balance, attorney {draw.fake.name()}, phone {draw.phone()}.",
    ))  # fmt: skip


def _garnishment(draw: Draw, number: int, account: Account) -> Row:
    ordered = draw.older()
    case = f"{ordered:%y}CV{draw.digits(6)}"
    return (number, account.number, case, account.person.employer, draw.amount(40, 200), ordered.isoformat())


def _medical(draw: Draw, a: Account) -> Row:
    facility = "Mercy General Hospital" if a.client == "mercy" else "Lakeside Dental Group"
    service = a.delinquent.isoformat()
    return (
        a.number, a.client, a.person.name, draw.pick(_PLANS), a.member, f"MRN{draw.digits(7)}", draw.pick(_ICD10), draw.pick(_CPT),
        service, facility, str(a.placed),
    )  # fmt: skip


def _purchase(draw: Draw, number: int, account: Account) -> Row:
    day = draw.recent() if draw.happens(0.3) else draw.older()
    return (number, account.number, "Northbay Outfitters", draw.pick(_ITEMS), draw.amount(15, 600), day.isoformat())


def _vehicle(draw: Draw, account: Account) -> Row:
    plate = f"{draw.rng.randint(5, 9)}{''.join(draw.pick('ABCDEFGHJKLM') for _ in range(3))}{draw.digits(3)}"
    return (account.number, draw.vin(), plate, account.placed.date().isoformat())
