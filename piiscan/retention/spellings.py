"""How one data point of a person may stand in a column: the spellings a comparison that ignores case must try."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Final

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Iterator

_PHONES: Final = frozenset({"phone", "fax"})
_DATES: Final = frozenset({"dob", "date_of_service", "delinquency_date"})
_NAMES: Final = frozenset({"person_name", "alias"})
_PLAIN: Final = frozenset({"email", "username", "street_address", "work_contact"})
"""Types whose marks are part of the value."""
_MARKS: Final = re.compile(r"[\s./\-]+")
_CARD: Final = re.compile(r"\d{13,19}")
_SSN: Final = re.compile(r"\d{9}")
_NUMBER: Final = re.compile(
    r"(big|small|tiny|medium)?int(eger)?\b|(small|big)?serial\b|int[248]\b|number\b|numeric\b|decimal\b", re.IGNORECASE
)
_DAY: Final = re.compile(r"date|timestamp", re.IGNORECASE)
_LARGEST: Final = 2**63 - 1
"""No column of whole numbers holds more, and no driver binds more."""


def spellings(data_type: str, value: str, sql_type: str | None = None) -> tuple[str | int, ...]:
    """The value as it may be written in a column of that declared type, the given one first; none = it cannot stand there.

    A column of numbers is compared with a number, one of days with ISO 8601; text with each usual way to write it.
    """
    text = " ".join(value.split())
    if is_number(sql_type):
        return tuple(dict.fromkeys(_numbers(data_type, text)))
    if is_day(sql_type):
        day = _day(text)
        return () if day is None else (day.isoformat(),)
    return tuple(dict.fromkeys((text, *_written(data_type, text))))


def rare_spellings(data_type: str, value: str) -> Iterator[str]:
    """Further ways to write a value in a text: for whoever looks in one column, and may try many."""
    text = " ".join(value.split())
    if data_type in _PHONES:
        yield from _rare_phones(text)
    elif data_type in _DATES and (day := _day(text)) is not None:
        yield from (f"{day:%Y/%m/%d}", f"{day:%m-%d-%Y}", f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%d}T00:00:00")
    elif data_type == "email" and text.count("@") == 1:
        local, _, domain = text.partition("@")
        cases = (str.lower, str.capitalize, str.title, str.upper)
        yield from (f"{one(local)}@{other(domain)}" for one, other in product(cases, cases))


def _rare_phones(text: str) -> Iterator[str]:
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return
    short = phonenumbers.national_significant_number(number)
    if number.country_code != 1:
        return
    area, first, rest = short[:3], short[3:6], short[6:]
    bodies = [mark.join((area, first, rest)) for mark in " -."]
    bodies += [f"({area}){mark}{first}-{rest}" for mark in ("", " ")] + [
        f"({area}) {first} {rest}",
        f"{area}-{first}{rest}",
        f"{area}/{first}-{rest}",
    ]
    yield from (f"{code}{body}" for code in ("", "1 ", "+1 ", "1-", "+1-", "1.", "+1.", "+1", "1") for body in bodies)


def is_number(sql_type: str | None) -> bool:
    """Whether a column of that declared type holds numbers."""
    return sql_type is not None and _NUMBER.match(sql_type) is not None


def is_day(sql_type: str | None) -> bool:
    """Whether a column of that declared type holds days or moments."""
    return sql_type is not None and _DAY.match(sql_type) is not None


def name_parts(value: str) -> tuple[tuple[str, str], ...]:
    """A full name as given name and family name, every way to divide it, and without what lies between; none for one word."""
    words = value.replace(",", " ").split()
    if "," in value:
        family, _, given = value.partition(",")
        words = [*given.split(), *family.split()]
    cuts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return tuple(dict.fromkeys([*cuts, *([(words[0], words[-1])] if cuts else [])]))


def is_name(data_type: str) -> bool:
    """Whether a data type is a person's name, which may stand in two columns."""
    return data_type in _NAMES


def _written(data_type: str, text: str) -> Iterator[str]:
    if data_type in _PHONES:
        yield from _phones(text)
    elif data_type in _DATES:
        day = _day(text)
        if day is not None:
            yield from (f"{day:%Y-%m-%d}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day:%Y%m%d}")
    elif data_type in _NAMES:
        yield from (f"{family}, {given}" for given, family in name_parts(text))
        yield from (f"{given} {family}" for given, family in name_parts(text))
    elif data_type not in _PLAIN:
        bare = _MARKS.sub("", text)
        yield bare
        if data_type in {"ssn", "itin"} and _SSN.fullmatch(bare):
            yield from (f"{bare[:3]}-{bare[3:5]}-{bare[5:]}", f"{bare[:3]} {bare[3:5]} {bare[5:]}")
        if data_type == "card_pan" and _CARD.fullmatch(bare):
            fours = [bare[start : start + 4] for start in range(0, len(bare), 4)]
            yield from (" ".join(fours), "-".join(fours))


def _phones(text: str) -> Iterator[str]:
    """Numbers without a country are taken as of the North American plan, as the firm's are."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        yield _MARKS.sub("", text)
        return
    kinds = phonenumbers.PhoneNumberFormat
    for kind in (kinds.E164, kinds.NATIONAL, kinds.INTERNATIONAL):
        yield phonenumbers.format_number(number, kind)
    short, code = phonenumbers.national_significant_number(number), number.country_code
    yield from (short, f"{code}{short}")
    if code == 1:
        area, first, rest = short[:3], short[3:6], short[6:]
        yield from (
            f"{area}-{first}-{rest}",
            f"{area}.{first}.{rest}",
            f"1-{area}-{first}-{rest}",
            f"({area}){first}-{rest}",
        )


def _numbers(data_type: str, text: str) -> Iterator[int]:
    forms = (int(form) for form in (text, *_written(data_type, text)) if form.isascii() and form.isdigit())
    yield from (form for form in forms if form <= _LARGEST)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
