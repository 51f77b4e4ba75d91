"""Recordings and videos: personal information by what they are, before a word of them is understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.batching import Batcher
from piiscan.connectors.readers.port import HEAD_BYTES
from piiscan.model import Batch, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File

TYPES = ("audio", "video")
READS_HEAD_ONLY = True
_VOICEMAIL: Final = re.compile(r"voice[ _-]?mail|(?<![a-z])v-?mail|(?<![a-z])vm(?![a-z])", re.IGNORECASE)
_CALL: Final = re.compile(
    r"(?<![a-z])(?:calls?|callrec\w*|recordings?|recs?|recorded|phone|telephone|dialer|inbound|outbound|ivr|agents?)(?![a-z])",
    re.IGNORECASE,
)


def read(file: File) -> Iterator[Batch | Skip]:
    """One row that says what it is (category H); a video adds that its content was not read.

    What is said in a recording is not transcribed: it counts as the recording it is (law.md 1.6, group recordings).
    """
    kind = known_by(file)
    file.stream.read(HEAD_BYTES)
    batcher = Batcher(file, (kind,))
    yield from batcher.add({})
    yield batcher.take(1)
    if kind == "video":
        yield file.skip(SkipCode.UNSUPPORTED, f"{file.label}: counted as {kind}, its content is not read")


def known_by(file: File) -> str:
    """The data type: from the recognised type, and for audio from the words of its path."""
    if file.type != "audio":
        return "video"
    path = "/".join((file.container.path, *file.container.member))
    if _VOICEMAIL.search(path):
        return "voicemail"
    return "call_recording" if _CALL.search(path) else "audio_file"
