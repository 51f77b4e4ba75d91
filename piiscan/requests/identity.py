"""Who a person is, as far as data points say: normalised for comparing, hashed for remembering, never kept in the plain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.inventory.requests import Identity
from piiscan.periods import Period
from piiscan.requests.folding import fold, letters_and_digits
from piiscan.retention.spellings import is_name
from piiscan.sealing import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from piiscan.inventory.requests import ConsumerRequest
    from piiscan.model import Secret

PURPOSE: Final = "request"
KNOWING: Final = frozenset({"know_categories", "know_specific"})
TWICE: Final = 2
"""Requests to know that must be answered in 12 months (Civ. 1798.130(b))."""
UNIQUE: Final = frozenset({
    "email", "ssn", "itin", "us_driver_license", "us_state_id", "us_passport", "us_voter_id", "foreign_passport", "in_aadhaar", "in_pan",
    "in_passport", "in_voter_epic", "in_driving_licence", "username", "maid", "ctv_id",
})  # fmt: skip
"""Types of which one value belongs to one person; a phone, an address or an account may be shared."""
BROAD: Final = frozenset({"zip", "city", "state", "country", "gender", "age", "employer", "job_title"})
"""Types that so many share that nobody is looked for by them."""
_PHONE_DIGITS: Final = 10
_YEAR: Final = Period(months=12)
_DAYS: Final = (
    re.compile(r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)(?:[T ].*)?"),
    re.compile(r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})"),
)


def normalise(data_type: str, value: str) -> str:
    """The value as two spellings of it compare equal: case, accents, punctuation, phone and date formats; empty for nothing."""
    text = " ".join(value.split())
    if is_name(data_type):
        return _name(text)
    form = _FORMS.get(data_type, letters_and_digits)
    return form(text)


def _name(text: str) -> str:
    family, comma, given = text.partition(",")
    words = f"{given} {family}" if comma else text
    plain = map(letters_and_digits, re.split(r"[\s\-]+", words))
    return " ".join(word for word in plain if word)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def day_digits(text: str) -> str:
    """A day as YYYYMMDD, month before day where the order is in doubt; letters and digits of what is no day."""
    for form in _DAYS:
        if match := form.fullmatch(text):
            return f"{int(match['y']):04}{int(match['m']):02}{int(match['d']):02}"
    return letters_and_digits(text)


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "phone": lambda text: _digits(text)[-_PHONE_DIGITS:],
    "fax": lambda text: _digits(text)[-_PHONE_DIGITS:],
    "dob": day_digits,
    "email": lambda text: text.casefold().replace(" ", ""),
    "username": lambda text: text.casefold().replace(" ", ""),
    "ssn_last4": lambda text: _digits(text)[-4:],
    "street_address": lambda text: " ".join(re.findall(r"\w+", fold(text))),
}


class Hasher:
    """Keyed hashes of data points, for many of them under one key."""

    def __init__(self, key: Secret) -> None:
        self._begun = Digest(key, PURPOSE)

    def digest(self, data_type: str, value: str) -> str:
        """HMAC-SHA256 in hex of the type and the normalised value; empty where nothing is left of it."""
        plain = normalise(data_type, value)
        if not plain:
            return ""
        code = self._begun.copy()
        code.add(data_type.encode())
        code.add(plain.encode("utf-8", "surrogatepass"))
        return code.hex()


def identities(subject: Mapping[str, str], key: Secret) -> tuple[Identity, ...]:
    """A keyed hash of each data point."""
    hasher = Hasher(key)
    made = ((name, hasher.digest(name, value)) for name, value in sorted(subject.items()))
    return tuple(Identity(name, digest) for name, digest in made if digest)


def same_person(one: Iterable[Identity], other: Iterable[Identity]) -> bool:
    """Whether both are one person: by the same name and something more, or by something only one person has.

    Two names that differ are two persons, whatever they share: a family has one address and one telephone.
    """
    left, right = ({(each.data_type, each.digest) for each in some} for some in (one, other))
    shared = {name for name, _ in left & right}
    named = [any(name == "person_name" for name, _ in some) for some in (left, right)]
    if all(named):
        return "person_name" in shared and len(shared) >= TWICE
    return bool(shared & UNIQUE) or len(shared - {"person_name"}) > TWICE


def earlier_requests(
    draft: ConsumerRequest,
    hashed: Sequence[Identity],
    known: Iterable[ConsumerRequest],
    hashes: Mapping[int, Sequence[Identity]],
) -> list[int]:
    """Numbers of this person's requests to know in the 12 months before a request to know that were not refused."""
    if draft.kind not in KNOWING:
        return []
    return [
        each.id
        for each in known
        if each.kind in KNOWING
        and each.state != "denied"
        and each.received <= draft.received < _YEAR.end(each.received)
        and same_person(hashed, hashes.get(each.id, ()))
    ]
