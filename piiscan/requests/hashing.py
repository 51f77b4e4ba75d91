"""The hashes of the Delete Act's lists: each value standardised, then SHA-256 over its UTF-8 bytes (law.md section 4).

The platform writes them in Base64, 44 characters; here they are the 32 bytes. Lists of several parts hash the parts first and
then their Base64 texts one after the other.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final, Literal, get_args

from piiscan.requests.folding import letters_and_digits
from piiscan.requests.identity import day_digits

if TYPE_CHECKING:
    from collections.abc import Callable

ListName = Literal["Email", "Phone", "NDZ", "NameVIN", "MAID", "CTVID"]
LISTS: Final[tuple[ListName, ...]] = get_args(ListName)
SIZE: Final = 32
"""Bytes of a hash."""
_PHONE_DIGITS: Final = 10
_ZIP_LENGTH: Final = 5
_ZIP_PLUS_4: Final = re.compile(r"\s*(\d{5})[\s\-–]?\d{4}\s*")  # noqa: RUF001 - a dash that people type
_VIN_LENGTH: Final = 17
_MAID_LENGTH: Final = 32
_CTVID_LENGTHS: Final = range(8, 33)


def standard_email(value: str) -> str:
    """Without white space, lower case; dots and plus signs stay."""
    return re.sub(r"\s", "", value).lower()


def standard_phone(value: str) -> str:
    """The last ten digits, all of them where there are fewer."""
    return re.sub(r"[^0-9]", "", value)[-_PHONE_DIGITS:]


def standard_zip(value: str) -> str:
    """Letters and digits in lower case without the +4, without leading zeros, the first five."""
    if match := _ZIP_PLUS_4.fullmatch(value):
        value = match[1]
    return re.sub(r"[^0-9a-z]", "", value.lower()).lstrip("0")[:_ZIP_LENGTH]


def standard_name(value: str) -> str:
    """Letters and digits in lower case: accents folded, Greek and Cyrillic in Latin letters."""
    return letters_and_digits(value)


def standard_day(value: str) -> str:
    """YYYYMMDD; empty for what is no day."""
    digits = day_digits(" ".join(value.split()))
    return digits if re.fullmatch(r"\d{8}", digits) else ""


def standard_vin(value: str) -> str:
    """The 17 letters and digits in lower case; empty for another number of them."""
    found = re.sub(r"[^0-9a-z]", "", value.lower())
    return found if len(found) == _VIN_LENGTH else ""


def standard_maid(value: str) -> str:
    """The 32 hexadecimal digits in lower case; empty for another number of them."""
    found = re.sub(r"[^0-9a-f]", "", value.lower())
    return found if len(found) == _MAID_LENGTH else ""


def standard_ctv_id(value: str) -> str:
    """The 8 to 32 letters and digits in lower case; empty for another number of them."""
    found = re.sub(r"[^0-9a-z]", "", value.lower())
    return found if len(found) in _CTVID_LENGTHS else ""


SINGLE: Final[dict[ListName, tuple[str, Callable[[str], str]]]] = {
    "Email": ("email", standard_email),
    "Phone": ("phone", standard_phone),
    "MAID": ("maid", standard_maid),
    "CTVID": ("ctv_id", standard_ctv_id),
}
"""Lists of one value: its data type, and how it is standardised."""


def hash_one(standardised: str) -> bytes:
    """The 32 bytes; none for an empty text, which is no value."""
    return hashlib.sha256(standardised.encode()).digest() if standardised else b""


def hash_together(*standardised: str) -> bytes:
    """The hash over the Base64 hashes of the parts in order; none where a part is empty."""
    if not all(standardised):
        return b""
    parts = b"".join(base64.b64encode(hash_one(part)) for part in standardised)
    return hashlib.sha256(parts).digest()


def hash_ndz(first: str, last: str, day: str, zip_code: str) -> bytes:
    """First name, last name, day of birth, ZIP."""
    return hash_together(standard_name(first), standard_name(last), standard_day(day), standard_zip(zip_code))


def hash_name_vin(first: str, last: str, vin: str) -> bytes:
    """First name, last name, vehicle identification number."""
    return hash_together(standard_name(first), standard_name(last), standard_vin(vin))
