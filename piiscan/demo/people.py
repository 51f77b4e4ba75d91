"""The people of the demo firm, and the canaries among them."""

from __future__ import annotations

import string
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from piiscan.demo.draw import Draw, card_number

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBTORS: Final = 400
EMPLOYERS: Final = 60
FIRST_CANARY: Final = 16
SECOND_CANARY: Final = 202


@dataclass(frozen=True, slots=True)
class Person:
    """A debtor, as every table and file of the firm knows him."""

    first: str
    last: str
    alias: str
    dob: str
    ssn: str
    licence: str
    email: str
    home_phone: str
    cell_phone: str
    street: str
    city: str
    state: str
    zip: str
    employer: str
    work_phone: str
    job: str
    school: str
    student_no: str
    relative: str
    username: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


_CANARY_PEOPLE: Final = {  # area code 989 is theirs alone
    FIRST_CANARY: Person(
        first="Zephyrine", last="Quillfeather", alias="Zeffie Marchbanks-Orlo", dob="1971-02-27", ssn="871-64-2093",
        licence="Q7719043", email="zephyrine.quillfeather@example.com", home_phone="(989) 555-0171", cell_phone="(989) 555-0172",
        street="4711 Wyvern Hollow Lane", city="Sacramento", state="CA", zip="95814", employer="Thistlewick Lamplighters LLC",
        work_phone="(989) 555-0173", job="Lamplighter", school="Mirabeau Academy of Gondolas", student_no="MAG-5540917",
        relative="Barnabus Quillfeather", username="zquill4711",
    ),
    SECOND_CANARY: Person(
        first="Ulyxander", last="Thornebrack", alias="Xander Thornebrack-Voss", dob="1958-11-03", ssn="799-31-8846",
        licence="T4482916", email="ulyxander.thornebrack@example.org", home_phone="(989) 555-0181", cell_phone="(989) 555-0182",
        street="902 Gryphon Quarry Road", city="Fresno", state="CA", zip="93721", employer="Pemberwhistle Clockworks Inc",
        work_phone="(989) 555-0183", job="Clockmaker", school="Saltmarsh Polytechnic of Bells", student_no="SPB-2208135",
        relative="Ottoline Thornebrack", username="uthorne902",
    ),
}  # fmt: skip
CANARY_CARD: Final = " ".join(("4929", "0017", "3350", card_number("492900173350628")[12:]))
CANARY_MEMBER: Final = "XZQ904417733"
CANARY_ACCOUNT: Final = "NB-77104-990213"
CANARY_SESSION: Final = "c4nary5e55109f00ddeadbeef0123456"
CANARY_ANSWER: Final = "the blue heron of Tiverhampton"


def canaries() -> tuple[str, ...]:
    """Strings that stand in the demo's data and nowhere else: none may ever come out of piiscan."""
    common = {"city", "state", "zip", "job", "dob"}  # may well appear on their own
    own = [f.name for f in fields(Person) if f.name not in common]
    people = {getattr(person, name) for person in _CANARY_PEOPLE.values() for name in own}
    others = {CANARY_CARD, CANARY_CARD.replace(" ", ""), CANARY_MEMBER, CANARY_ACCOUNT, CANARY_SESSION, CANARY_ANSWER}
    bare = {person.ssn.replace("-", "") for person in _CANARY_PEOPLE.values()}
    return tuple(sorted(people | others | bare))


def people(draw: Draw) -> tuple[Person, ...]:
    """Everybody who owes, the canaries in their places."""
    employers = [(draw.fake.unique.company(), draw.phone()) for _ in range(EMPLOYERS)]
    return tuple(_CANARY_PEOPLE.get(number) or _person(draw, number, employers) for number in range(DEBTORS))


def _person(draw: Draw, number: int, employers: Sequence[tuple[str, str]]) -> Person:
    first, last, city = draw.fake.first_name(), draw.fake.last_name(), draw.fake.city()
    employer, work_phone = draw.pick(employers)
    return Person(
        first=first,
        last=last,
        alias=f"{first} {draw.fake.last_name()}" if draw.happens(0.15) else "",
        dob=draw.between(7300, 31000).isoformat(),
        ssn=draw.ssn(),
        licence=draw.licence(),
        email=f"{first}.{last}{number}@example.{draw.pick(('com', 'net', 'org'))}".lower(),
        home_phone=draw.phone(),
        cell_phone=draw.phone(),
        street=draw.fake.street_address(),
        city=city,
        state="CA",
        zip=str(draw.rng.randint(90001, 96162)),
        employer=employer,
        work_phone=work_phone,
        job=draw.fake.job(),
        school=f"{city} {draw.pick(('Community College', 'State University', 'High School', 'Institute of Technology'))}",
        student_no=f"{draw.pick(string.ascii_uppercase)}{draw.digits(8)}",
        relative=f"{draw.fake.first_name()} {last}",
        username=f"{first}{last}{number}".lower(),
    )
