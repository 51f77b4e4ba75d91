"""A document as JSON: the contract's head, then its body."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar, TextIO

if TYPE_CHECKING:
    from piiscan.model import Document

SCHEMA_VERSION = 1
_DISTRIBUTION = "piiscan-inventory"


class JsonRenderer:
    """JSON (RFC 8259), indented by two, keys in the contract's order."""

    format: ClassVar[str] = "json"
    title: ClassVar[str] = "JSON by the schemas that `piiscan version --schemas` shows"
    binary: ClassVar[bool] = False

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:  # noqa: ARG002 - the port's signature
        """Writes head and body, one document, ending in a newline. Any strict parser reads it, whatever names it holds."""
        text = json.dumps(_plain({**_head(document), **document.body}), ensure_ascii=False, allow_nan=False, indent=2)
        out.write(_escaped(text) + "\n")


def _head(document: Document) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "piiscan", "version": version(_DISTRIBUTION)},
        "generated_at": document.generated_at or datetime.now(UTC),
        "outcome": {"exit_code": int(document.exit_code), "reasons": document.reasons},
        "document": document.kind,
    }


def _plain(value: object) -> object:
    """The value in JSON's own types: times as UTC with Z, dates as ISO 8601, a number that is none as null."""
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    r"""The text, lone surrogates spelt out (``\udc80``): strict parsers refuse them even escaped."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _escaped(text: str) -> str:
    """JSON text whose strings show no control, direction or other unprintable character raw."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(ch if ch.isprintable() or ch == "\n" else json.dumps(ch)[1:-1] for ch in text)
