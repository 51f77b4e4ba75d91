"""TOML written: tables of texts, numbers and lists of them, as rule files have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def table(name: str, entries: Mapping[str, Any]) -> str:
    """``[[name]]`` with its entries; a list of dicts becomes ``[[name.key]]`` tables. Empty lists are left out."""
    return "\n".join(_lines(name, entries)) + "\n"


def _lines(name: str, entries: Mapping[str, Any]) -> Iterator[str]:
    yield f"[[{name}]]"
    inner = {key: value for key, value in entries.items() if _is_tables(value)}
    yield from (
        f"{key} = {text(value)}" for key, value in entries.items() if key not in inner and value not in ((), [])
    )
    for key, tables in inner.items():
        for each in tables:
            yield ""
            yield from _lines(f"{name}.{key}", each)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], dict)


def text(value: Any) -> str:
    """A value as TOML writes it; an expression stays readable, in single quotes, where it can."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
