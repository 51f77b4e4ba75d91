"""Values of databases and files as text, with the kind of thing they are."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["text", "integer", "decimal", "date", "boolean", "binary", "json", "network", "place"]

_NETWORK: Final = (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network)
_MAGIC: Final = (
    (b"\xff\xd8\xff", "image"), (b"\x89PNG\r\n", "image"), (b"GIF8", "image"), (b"BM", "image"), (b"II*\x00", "image"),
    (b"MM\x00*", "image"), (b"ID3", "audio"), (b"\xff\xfb", "audio"), (b"OggS", "audio"), (b"fLaC", "audio"), (b"\x15\x1c/", "image"),
)  # fmt: skip
_LONGEST: Final = 1_000_000
"""Code points of one cell that are looked at."""
_DEEPEST: Final = 30
"""Levels of a JSON value that are looked at."""

_FAMILIES: Final[tuple[tuple[str, Kind], ...]] = (
    ("bool", "boolean"), ("bit", "boolean"), ("interval", "text"), ("point", "place"), ("geography", "place"),
    ("geometry", "place"), ("inet", "network"), ("cidr", "network"), ("macaddr", "network"), ("json", "json"), ("hstore", "json"),
    ("bytea", "binary"), ("blob", "binary"), ("binary", "binary"), ("image", "binary"), ("raw", "binary"),
    ("date", "date"), ("time", "date"), ("year", "integer"), ("serial", "integer"), ("int", "integer"), ("oid", "integer"),
    ("numeric", "decimal"), ("decimal", "decimal"), ("number", "decimal"), ("money", "decimal"), ("float", "decimal"),
    ("double", "decimal"), ("real", "decimal"), ("char", "text"), ("text", "text"), ("clob", "text"), ("string", "text"),
    ("uuid", "text"), ("uniqueidentifier", "text"), ("enum", "text"), ("set", "text"), ("xml", "text"),
)  # fmt: skip
_ONE_BIT: Final = re.compile(r"(tinyint|number)\s*\(\s*1\s*\)")
_ENUMERATION: Final = re.compile(r"\s*(?:enum|set)\s*\((.+)\)", re.IGNORECASE | re.DOTALL)
_OPTION: Final = re.compile(r"'((?:[^']|'')*)'")
_LENGTH: Final = re.compile(r"(?:char|text|string)[a-z0-9]*(?:\s+varying)?\s*\(\s*(\d+)", re.IGNORECASE)
_TRUTH: Final = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f"})
_SWITCH: Final = _TRUTH | {"0", "1", "", "on", "off"}
"""What an enumeration of yes and no may list."""


def declared_kind(sql_type: str | None) -> Kind | None:
    """The kind a declared SQL type promises; None where it promises nothing (files, SQLite without a type)."""
    if not sql_type:
        return None
    lowered = sql_type.lower()
    options = declared_options(sql_type)
    if _ONE_BIT.match(lowered) or (options and _SWITCH.issuperset(option.lower() for option in options)):
        return "boolean"
    if options:
        return "text"
    return next((kind for word, kind in _FAMILIES if word in lowered), None)


def declared_options(sql_type: str | None) -> tuple[str, ...]:
    """The values an enumeration lists: all that its column can hold; none for any other type."""
    listed = _ENUMERATION.match(sql_type or "")
    return tuple(option.replace("''", "'") for option in _OPTION.findall(listed[1])) if listed else ()


def declared_length(sql_type: str | None) -> int | None:
    """The most characters a declared type has room for; None where it sets no limit."""
    options = declared_options(sql_type)
    if options:
        return max(map(len, options))
    limit = _LENGTH.search(sql_type or "")
    return int(limit[1]) if limit else None


def to_text(value: object) -> tuple[str, Kind] | None:
    """A value as text and what kind it is; None for null and blank values. Raises nothing because of data."""
    if value is None:
        return None
    if isinstance(value, str):
        return (value[:_LONGEST], "text") if value and not value.isspace() else None
    try:
        return _converted(value)
    except Exception:  # noqa: BLE001 - a driver's own type may fail in its own way, and its message may hold the value
        return None


def _converted(value: Any) -> tuple[str, Kind] | None:  # noqa: PLR0911 - one line for each type
    if isinstance(value, bool):
        return str(value).lower(), "boolean"
    if isinstance(value, int):
        return str(value), "integer"
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, datetime | date | time | timedelta):
        return str(value), "date"
    if isinstance(value, UUID):
        return str(value), "text"
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _limited("\n".join(_leaves(value, 0)), "json")
    if isinstance(value, _NETWORK):
        return str(value), "network"
    return _limited(str(value), "text")


def _number(value: Any) -> tuple[str, Kind] | None:
    if not math.isfinite(value):
        return None
    if abs(value) < 1e21 and value == int(value):  # noqa: PLR2004 - said in the line itself
        return str(int(value)), "integer" if abs(value) >= 1e4 else "decimal"  # noqa: PLR2004 - said in the line itself
    return format(value, "f"), "decimal"


def _bytes(value: bytes) -> tuple[str, Kind] | None:
    """Text if it reads as text; else what its first bytes say it is: ``image``, ``audio`` or nothing."""
    if not value:
        return None
    head = value[:12]
    if head[:4] == b"RIFF":
        return ("audio" if head[8:12] == b"WAVE" else "image" if head[8:12] == b"WEBP" else "data"), "binary"
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what, "binary"
    try:
        text = value[:_LONGEST].decode("utf-8")
    except UnicodeDecodeError:
        return "data", "binary"
    if any(ord(c) < 32 and c not in "\t\r\n" for c in text[:1000]):  # noqa: PLR2004 - said in the line itself
        return "data", "binary"
    return _limited(text, "text")


def _limited(text: str, kind: Kind) -> tuple[str, Kind] | None:
    return (text[:_LONGEST], kind) if text and not text.isspace() else None


def _leaves(value: Any, depth: int) -> Iterator[str]:
    """``key: value`` lines of a nested value, keys in order, so that a key can lend its value meaning."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            inner = value[key]
            if isinstance(inner, dict | list | tuple):
                yield from _leaves(inner, depth + 1)
            elif inner is not None:
                yield f"{key}: {inner}"
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in sorted(value, key=repr) if isinstance(value, set | frozenset) else value:
            yield from _leaves(inner, depth + 1)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value, default=str)


_INTEGER: Final = re.compile(r"[+-]?\d{1,19}")
_DECIMAL: Final = re.compile(r"[+-]?\$?\d[\d,]*\.\d+|[+-]?\.\d+|[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
_DATE: Final = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC)?)?"
)


def looks_like(text: str) -> Kind | None:
    """The kind a text cell could as well have been declared: integer, decimal, date or boolean."""
    short = text.strip()
    if len(short) > 40:  # noqa: PLR2004 - said in the line itself
        return None
    if _INTEGER.fullmatch(short):
        return "integer"
    if _DATE.fullmatch(short):
        return "date"
    if _DECIMAL.fullmatch(short):
        return "decimal" if not short.endswith(".0") or len(short) < 10 else "integer"  # noqa: PLR2004 - said in the line itself
    return "boolean" if short.lower() in _TRUTH else None
