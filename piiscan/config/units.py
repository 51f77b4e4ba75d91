"""Lengths of time and sizes as the configuration writes them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_PERIOD: Final = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?i?)B?", re.IGNORECASE)
_FACTORS: Final = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}


def is_period(text: str) -> bool:
    """Whether it is an ISO 8601 period in calendar or clock units (``P3Y``, ``P18M``, ``PT6H``)."""
    return _PERIOD.fullmatch(text) is not None


def parse_duration(text: str) -> timedelta:
    """The length of an ISO 8601 duration of at least a second. Raises ValueError, also for years and months: they have no fixed length."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError("must be an ISO 8601 duration such as PT6H or PT30M")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if years or months:
        raise ValueError("years and months have no fixed length; write weeks, days, hours, minutes or seconds")
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError("is too long") from None
    if not length:
        raise ValueError("must be longer than nothing")
    return length


def parse_size(value: str | int) -> int:
    """The bytes of ``"1GiB"``, ``"500 MB"`` or a plain number; at least 1. Raises ValueError."""
    match = _SIZE.fullmatch(str(value).strip())
    unit = match[2].lower() if match else "i"
    if match is None or unit not in _FACTORS:
        raise ValueError("must be a size such as 500MB or 1GiB")
    size_bytes = int(float(match[1]) * _FACTORS[unit])
    if size_bytes < 1:
        raise ValueError("must be at least one byte")
    return size_bytes
