"""The JSON parser the readers use: whatever it is fed, it gives events or raises ValueError."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.streams import Readable

CHUNK: Final = 64 << 10
"""Bytes that are asked for at once."""


def events(source: Readable) -> Iterator[tuple[str, object]]:
    """The events of JSON documents one after the other, as ijson's ``basic_parse`` gives them; an integer may be of any length.

    Raises ValueError where they stop being JSON, and what the source raises.
    """
    ijson = _parser()
    try:
        yield from ijson.basic_parse(source, buf_size=CHUNK, multiple_values=True)
    except _failures(ijson):
        raise ValueError("no JSON that can be read") from None


def begins(text: str, *, complete: bool) -> bool:
    """Whether a text is JSON, or, when it is not complete, may be the beginning of some."""
    ijson = _parser()
    feed = ijson.basic_parse_coro(ijson.sendable_list(), multiple_values=True)
    try:
        feed.send(text.encode("utf-8", "replace"))
        if complete:
            feed.close()
    except _failures(ijson):
        return False
    return True


def _parser() -> Any:
    """The library, with the interpreter's limit on the digits of an integer lifted, for this process.

    ijson's parser in C (3.6, ``number`` in basic_parse_basecoro.c) does not look whether an integer could be made: with one
    of more digits than the limit the process dies. Who feeds it must bound how long a number may be.
    """
    import ijson  # noqa: PLC0415 - used for JSON only

    sys.set_int_max_str_digits(0)
    return ijson


def _failures(ijson: Any) -> tuple[type[Exception], ...]:
    """What the parser raises: its own, and for an exponent that no number has, one of `decimal`."""
    return (ijson.JSONError, ValueError, ArithmeticError, RecursionError, SystemError)
