"""Checks of a match beyond its form: checksums and number ranges. Rule packs name them."""

from __future__ import annotations

import base64
import binascii
import importlib
import re
from collections.abc import Callable
from typing import Final

from piiscan.detect import checksums, places
from piiscan.errors import RuleError

Validator = Callable[[str], bool]
_NOT_DIGIT: Final = re.compile(r"\D")


def validator(name: str, place: str) -> Validator:
    """The check called ``name``: one of ours, or ``stdnum:us.ssn`` for a module of python-stdnum. Raises RuleError."""
    if name.startswith("stdnum:"):
        return _stdnum(name.removeprefix("stdnum:"), place)
    if name in _OURS:
        return _OURS[name]
    raise RuleError(f"{place}: validator: unknown {name!r}", hint=f"known: {', '.join(sorted(_OURS))}, stdnum:MODULE")


def _stdnum(module: str, place: str) -> Validator:
    try:
        found: Validator = importlib.import_module(f"stdnum.{module}").is_valid
    except (ImportError, AttributeError):
        raise RuleError(f"{place}: validator: python-stdnum has no {module!r}") from None
    return found


def digits_of(text: str) -> str:
    """Its digits alone."""
    return _NOT_DIGIT.sub("", text)


def luhn(text: str) -> bool:
    """Whether the digits pass ISO/IEC 7812's check and are not all the same."""
    digits = digits_of(text)
    if len(set(digits)) < 2:  # noqa: PLR2004 - the standard's own figure
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit)
        if index % 2:
            value = value * 2 - 9 if value > 4 else value * 2  # noqa: PLR2004 - the standard's own figure
        total += value
    return total % 10 == 0


_ISSUERS: Final = (  # prefix range, lengths: ISO/IEC 7812 as the networks publish them
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("6011", "6011", (16, 19)),
    ("622126", "622925", (16, 19)),
    ("644", "649", (16, 19)),
    ("65", "65", (16, 19)),
    ("35", "35", (16,)),  # JCB publishes 3528-3589; systems that test for 35 alone let the rest pass
    ("3528", "3589", (17, 18, 19)),
    ("2131", "2131", (15,)),
    ("1800", "1800", (15,)),
    ("300", "305", (14, 16)),
    ("36", "36", (14,)),
    ("38", "39", (14, 16)),
    ("50", "50", (16, 19)),
    ("56", "69", (16, 19)),
    ("60", "60", (16,)),
    ("62", "62", (16, 17, 18, 19)),
    ("81", "82", (16, 17, 18, 19)),
    ("1", "1", (15,)),  # UATP
)
_CARD_LENGTHS: Final = frozenset({12, 13, 14, 16, 17, 18, 19})
"""Lengths of cards of any issuer; fifteen digits elsewhere are devices (IMEI), which pass the same check."""


def card(text: str) -> bool:
    """Whether the digits are a payment card number: an issuer's prefix, its length, the Luhn check."""
    digits = digits_of(text)
    for low, high, lengths in _ISSUERS:
        if len(digits) in lengths and low <= digits[: len(low)] <= high:
            return luhn(digits)
    return False


def card_form(text: str) -> bool:
    """Whether the digits could be a card of any issuer: its length, the Luhn check, and no telephone's chip (89)."""
    digits = digits_of(text)
    return len(digits) in _CARD_LENGTHS and not digits.startswith("89") and luhn(digits)


def ssn(text: str) -> bool:
    """Whether the Social Security Administration may have issued it (area, group and serial are not barred)."""
    digits = digits_of(text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if len(digits) != 9 or area in {"000", "666"} or area >= "900" or group == "00" or serial == "0000":  # noqa: PLR2004 - the standard's own figure
        return False
    return len(set(digits)) > 1 and digits not in {"123456789", "987654321"}


def aba(text: str) -> bool:
    """Whether it is an ABA routing number: a Federal Reserve prefix and the 3-7-1 checksum."""
    digits = digits_of(text)
    if len(digits) != 9 or len(set(digits)) == 1:  # noqa: PLR2004 - the standard's own figure
        return False
    prefix = int(digits[:2])
    if not (prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80):  # noqa: PLR2004 - the standard's own figure
        return False
    weights = (3, 7, 1) * 3
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def npi(text: str) -> bool:
    """Whether it is a National Provider Identifier (45 CFR 162.406): Luhn over 80840 and the ten digits."""
    digits = digits_of(text)
    return len(digits) == 10 and digits[0] in "12" and luhn("80840" + digits)  # noqa: PLR2004 - the standard's own figure


_VIN_VALUES: Final = {c: int(c) for c in "0123456789"} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(text: str) -> bool:
    """Whether the ninth character is the check digit of 49 CFR 565.15(c), as North American vehicles carry it."""
    code = text.upper()
    if len(code) != 17 or any(c not in _VIN_VALUES for c in code) or len(set(code)) < 5:  # noqa: PLR2004 - the standard's own figure
        return False
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(code, _VIN_WEIGHTS, strict=True)) % 11
    return code[8] == ("X" if rest == 10 else str(rest))  # noqa: PLR2004 - the standard's own figure


def jwt(text: str) -> bool:
    """Whether the first part is a JOSE header: base64url of a JSON object with ``alg`` (RFC 7515)."""
    head = text.split(".", 1)[0]
    try:
        decoded = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
    except (binascii.Error, ValueError):
        return False
    return decoded.startswith(b"{") and b'"alg"' in decoded


def dea(text: str) -> bool:
    """Whether the last digit is the check digit of a DEA registration number (21 CFR 1301): odd places and twice the even ones."""
    digits = digits_of(text)[-7:]
    if len(digits) != 7:  # noqa: PLR2004 - the standard's own figure
        return False
    odd, even = sum(map(int, digits[:6:2])), sum(map(int, digits[1:6:2]))
    return (odd + 2 * even) % 10 == int(digits[-1])


_MRZ_WEIGHTS: Final = (7, 3, 1)
_MRZ_PARTS: Final = (slice(0, 10), slice(13, 20), slice(21, 28))
"""Number, date of birth and date of expiry, each with its check digit (ICAO 9303-4, 4.2.2.2)."""


def _icao(part: str) -> bool:
    """Whether the last character checks the others: weights 7, 3, 1, letters from 10 on, a filler is 0."""
    values = (0 if c == "<" else int(c, 36) for c in part[:-1])
    return part[-1].isdecimal() and sum(v * _MRZ_WEIGHTS[i % 3] for i, v in enumerate(values)) % 10 == int(part[-1])


def mrz(text: str) -> bool:
    """Whether it is the second line of a passport's machine-readable zone, its three check digits right (ICAO 9303)."""
    return all(_icao(text[part]) for part in _MRZ_PARTS)


def icao(text: str) -> bool:
    """Whether the last character is the check digit of a document number (ICAO 9303-3, 4.9)."""
    return text.isascii() and text.isalnum() and _icao(text.upper())


_OURS: Final[dict[str, Validator]] = {
    "aba": aba,
    "card": card,
    "card_form": card_form,
    "dea": dea,
    "icao": icao,
    "jwt": jwt,
    "luhn": luhn,
    "mrz": mrz,
    "npi": npi,
    "ssn": ssn,
    "vin": vin,
    **checksums.CHECKS,
    **places.CHECKS,
}
