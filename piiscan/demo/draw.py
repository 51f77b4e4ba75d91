"""Chance with a fixed seed: days before today, and identifiers that look real and belong to nobody."""

from __future__ import annotations

import random
import string
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from faker import Faker

if TYPE_CHECKING:
    from collections.abc import Sequence

AREA_CODES = (209, 213, 310, 323, 408, 415, 424, 510, 530, 559, 562, 619, 626, 650, 661, 707, 714, 760, 805, 818, 831)
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
)
_T = TypeVar("_T")


class Draw:
    """One stream of chance. Counts and days come from ``rng``, names from ``fake``, so that a new Faker changes names only."""

    def __init__(self, today: date, seed: int) -> None:
        self.today = today
        self.rng = random.Random(seed)  # noqa: S311 - the same firm every time is the point
        self.fake = Faker("en_US")
        self.fake.seed_instance(seed)

    def pick(self, choices: Sequence[_T]) -> _T:
        """One of the choices."""
        return self.rng.choice(choices)

    def happens(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def between(self, newest: int, oldest: int) -> date:
        """A day from ``newest`` to ``oldest`` days before today."""
        return self.today - timedelta(days=self.rng.randint(newest, oldest))

    def recent(self) -> date:
        """A day inside the last twelve months, with weeks to spare at both ends."""
        return self.between(14, 340)

    def older(self) -> date:
        """A day that lies before the last twelve months, up to six years back."""
        return self.between(400, 2190)

    def moment(self, day: date) -> datetime:
        """A time of that day, in office hours."""
        return datetime.combine(day, time(8)) + timedelta(seconds=self.rng.randint(0, 10 * 3600))

    def digits(self, count: int) -> str:
        """So many digits, the first not zero."""
        return str(self.rng.randint(10 ** (count - 1), 10**count - 1))

    def amount(self, low: int, high: int) -> float:
        """Dollars and cents."""
        return self.rng.randint(low * 100, high * 100) / 100

    def ssn(self) -> str:
        """A well-formed number from areas 773-899, which were given to nobody born before 2011."""
        return f"{self.rng.randint(773, 899)}-{self.rng.randint(1, 99):02d}-{self.rng.randint(1, 9999):04d}"

    def phone(self) -> str:
        """A number from the 555-0100 to 555-0199 block, which is kept for fiction."""
        return f"({self.pick(AREA_CODES)}) 555-01{self.rng.randint(0, 99):02d}"

    def licence(self) -> str:
        """The form of a California driver licence: a letter and seven digits."""
        return f"{self.pick(string.ascii_uppercase)}{self.digits(7)}"

    def ip(self) -> str:
        """An address of the blocks kept for documentation (RFC 5737)."""
        return f"{self.pick(('198.51.100', '203.0.113', '192.0.2'))}.{self.rng.randint(1, 254)}"

    def routing(self) -> str:
        """Nine digits with the check digit of a bank's routing number."""
        first = f"12{self.digits(6)}"
        total = sum(int(digit) * weight for digit, weight in zip(first, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
        return f"{first}{-total % 10}"

    def vin(self) -> str:
        """Seventeen characters with the check digit of a vehicle identification number (49 CFR 565.15)."""
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
        values = dict(zip(letters, (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
        head = f"{self.pick('123')}ZZ{''.join(self.pick(letters) for _ in range(5))}"
        tail = f"{self.pick('RSTVW')}{self.digits(7)}"
        weights = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
        rest = sum((values.get(c) or int(c)) * w for c, w in zip(head + tail, weights, strict=True)) % 11
        return f"{head}{'X' if rest == 10 else rest}{tail}"  # noqa: PLR2004 - the standard writes ten as X


def card_number(first: str) -> str:
    """The digits with a Luhn check digit appended (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(first))]
    total = sum(value - 9 if value > 9 else value for value in doubled)  # noqa: PLR2004 - digit sum of a doubled digit
    return f"{first}{-total % 10}"
