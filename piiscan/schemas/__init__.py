"""The JSON Schemas (2020-12) of every document, one file a kind; what they share stands in ``head.json``."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

HEAD = "head"


def kinds() -> tuple[str, ...]:
    """The kinds of documents that have a schema (``scan``, ``report.categories``...), in alphabetical order."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(
        sorted(name.removesuffix(".json") for name in names if name.endswith(".json") and name != f"{HEAD}.json")
    )


def load(kind: str) -> dict[str, Any]:
    """The schema of one kind, or of the ``head`` that all of them refer to. Raises KeyError for an unknown kind."""
    entry = files(__name__).joinpath(f"{kind}.json")
    if kind not in (*kinds(), HEAD):
        raise KeyError(kind)
    schema: dict[str, Any] = json.loads(entry.read_text(encoding="utf-8"))
    return schema


def bundle(kind: str) -> dict[str, Any]:
    """The schema of one kind with the head inside it: complete, for validators that fetch nothing."""
    schema, head = load(kind), load(HEAD)
    return {**schema, "$defs": {**schema.get("$defs", {}), HEAD: head}}
