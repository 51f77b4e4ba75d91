"""What a plan is: the bytes its id is made of, and the seal that shows it was made with the firm's key."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from piiscan.sealing import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.model import Secret

_VOLATILE: Final = frozenset({"schema_version", "tool", "generated_at", "outcome", "plan_id", "seal"})
"""Keys of the document that decide nothing: the same plan may be made twice, by two versions."""
_SEALED: Final = "sealed"
"""Sealed texts are random; the ``hmac`` beside each stands for it."""


def canonical(value: object) -> bytes:
    """The one way to write a JSON value: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def plan_id(document: Mapping[str, Any]) -> str:
    """The sha256, in hex, of all that decides what a plan does, and of all that it says of it."""
    decides = {key: value for key, value in document.items() if key not in _VOLATILE}
    return hashlib.sha256(canonical(_unsealed(decides))).hexdigest()


def plan_seal(document: Mapping[str, Any], secret: Secret) -> str:
    """An HMAC under the firm's key over everything in a plan's document but itself: nobody else can make or change one."""
    return digest(secret, "deletion plan", [canonical({key: document[key] for key in document if key != "seal"})])


def _unsealed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unsealed(item) for key, item in value.items() if key != _SEALED}
    return [_unsealed(item) for item in value] if isinstance(value, list) else value
