"""The keys of a step's rows: sealed files of them, written and read in bounded memory.

Keys are values of a source. They lie sealed with the firm's key, typed so that they come back as they were, and their HMAC
stands in the plan: sealing is randomised, the HMAC is not.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from piiscan.errors import RefusedError
from piiscan.sealing import Digest, SealError, read_sealed, write_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from piiscan.model import Secret
    from piiscan.model.erasing import Key

FRAME_KEYS: Final = 1_000
"""Keys of one sealed frame."""
_PURPOSE: Final = "deletion keys"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a plan says of a step's key file."""

    rows: int
    hmac: str


def write_keys(secret: Secret, order: int, portions: Iterable[Sequence[Key]], path: Path) -> KeyFile:
    """What was written: a new file, mode 0600, with the keys in the order given; memory holds two frames.

    Raises RefusedError for a key of a type no plan can carry and for one that comes twice in a row; OSError.
    """
    digest, rows = Digest(secret, _purpose(order)), 0

    def encoded() -> Iterator[bytes]:
        nonlocal rows
        for frame in _frames(_distinct(portions)):
            plain = json.dumps([[_plain(part) for part in key] for key in frame], separators=(",", ":")).encode()
            digest.add(plain)
            rows += len(frame)
            yield plain

    with open(path, "xb", opener=_private) as out:
        write_sealed(secret, _purpose(order), encoded(), out)
        out.flush()
        os.fsync(out.fileno())
    return KeyFile(rows, digest.hex())


def read_keys(secret: Secret, order: int, path: Path) -> Iterator[list[Key]]:
    """The keys again, at most `FRAME_KEYS` at a time. Raises RefusedError where the file does not open as the step's."""
    for plain in _opened(secret, order, path):
        yield [tuple(_typed(part) for part in key) for key in json.loads(plain)]


def check_keys(secret: Secret, order: int, path: Path) -> KeyFile:
    """What the file holds: so many keys with this HMAC. Raises RefusedError as `read_keys` does."""
    digest, rows = Digest(secret, _purpose(order)), 0
    for plain in _opened(secret, order, path):
        digest.add(plain)
        rows += len(json.loads(plain))
    return KeyFile(rows, digest.hex())


def portions(frames: Iterable[Sequence[Key]], size: int) -> Iterator[list[Key]]:
    """The same keys in portions of ``size``, the last one smaller."""
    held: list[Key] = []
    for frame in frames:
        held.extend(frame)
        while len(held) >= size:
            yield held[:size]
            del held[:size]
    if held:
        yield held


def prove_unique(keys: Iterable[Sequence[Key]]) -> bool:
    """Whether no two of the keys, which come in their order, are alike and none has an empty part.

    Texts that differ by case or by spaces at their end count as alike: some databases compare them so.
    """
    last: tuple[object, ...] | None = None
    for portion in keys:
        for key in portion:
            folded = tuple(part.casefold().rstrip() if isinstance(part, str) else part for part in key)
            if None in folded or folded == last:
                return False
            last = folded
    return True


def _purpose(order: int) -> str:
    """Bound to the step, so that no step's file opens for another."""
    return f"{_PURPOSE} {order}"


def _opened(secret: Secret, order: int, path: Path) -> Iterator[bytes]:
    hint = "it was changed, or sealed with another key: plan again"
    try:
        with path.open("rb") as file:
            yield from read_sealed(secret, _purpose(order), file)
    except SealError:
        raise RefusedError(f"{path}: the key file of step {order} does not open", hint=hint) from None
    except FileNotFoundError:
        raise RefusedError(f"{path}: the key file of step {order} is missing", hint="plan again") from None


def _distinct(portions: Iterable[Sequence[Key]]) -> Iterator[Key]:
    last: Key | None = None
    for portion in portions:
        for key in portion:
            if key == last:
                raise RefusedError(
                    "two rows have the same key, so no plan can tell them apart",
                    hint="name a better one with --key TABLE=COLUMN,COLUMN",
                )
            last = key
            yield key


def _frames(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Always of the same size, whatever portions a source gives: the same keys have the same HMAC."""
    held: list[Key] = []
    for key in keys:
        held.append(key)
        if len(held) == FRAME_KEYS:
            yield held
            held = []
    if held:
        yield held


def _plain(part: object) -> object:
    """The value in JSON's types; what JSON does not know as an object with one letter."""
    if part is None or isinstance(part, bool | int | float | str):
        return part
    for letter, (kind, write, _) in _TYPES.items():
        if type(part) is kind:
            return {letter: write(part)}
    raise RefusedError(
        f"a key column holds {type(part).__name__}, which no plan can carry",
        hint="name other columns with --key TABLE=COLUMN,COLUMN",
    )


def _typed(part: Any) -> object:
    if not isinstance(part, dict):
        return part
    ((letter, text),) = part.items()
    return _TYPES[letter][2](text)


_TYPES: Final[dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]]] = {
    "d": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "t": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    "h": (dt.time, dt.time.isoformat, dt.time.fromisoformat),
    "n": (Decimal, str, Decimal),
    "u": (UUID, str, UUID),
    "b": (bytes, lambda raw: base64.b64encode(raw).decode(), lambda text: base64.b64decode(text, validate=True)),
}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
