"""What the requests commands share: the key, one request by its number, and what comes in by file or standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from piiscan.commands._justifying import NO_KEY_HINT
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from piiscan.commands.shared import App
    from piiscan.inventory import ConsumerRequest, Inventory
    from piiscan.model import Secret

NUMBER: Final = click.IntRange(1)
_MOST_BYTES: Final = 1 << 20


def key_of(app: App) -> Secret:
    """The firm's key. Raises UsageError where there is none."""
    key = app.config().key()
    if key is None:
        raise UsageError("requests are sealed with the firm's key, and the configuration names none", hint=NO_KEY_HINT)
    return key


def find(inventory: Inventory, number: int) -> ConsumerRequest:
    """One request. Raises UsageError for an unknown number."""
    found = inventory.requests(number=number)
    if not found:
        raise UsageError(f"there is no request {number}", hint="piiscan requests list --all shows the numbers")
    return found[0]


def read_input(name: str) -> bytes:
    """The file's bytes, or those of standard input for ``-``. Raises UsageError."""
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--from {name}: {os.strerror(error.errno or 0)}") from None
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"--from {name}: larger than 1 MiB", hint="one request a file")
    return raw
