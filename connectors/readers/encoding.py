"""Text out of bytes: which encoding, and decoding that loses nothing and never fails."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers.streams import READ_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNICODE: Final = frozenset(name for _, name in BOMS)
FALLBACK: Final = "cp1252"
_TEXT_SHARE: Final = 0.99
"""How much of a text may not be control characters, at least."""
_LEGACY: Final = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "iso8859_2", "iso8859_5",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
_CONTROL: Final = bytes(sorted(set(range(0x20)) - set(b"\t\n\v\f\r\x1b\x08\x1c\x1d\x1e\x1f\0"))) + b"\x7f"
_CP1252: Final = {
    0xDC00 + byte: bytes([byte]).decode(FALLBACK, "replace").replace("\ufffd", chr(byte)) for byte in range(0x80, 0x100)
}
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_WIDE_RUN: Final = re.compile("(?:[\t\n\r\x20-\x7e]\0){4,}")
_NULS: Final = re.compile("\0+")
_HOLE: Final = re.compile(rb"\0{4,}")
"""A stretch that was reserved and never written: no text has so many NULs of its own, in any encoding."""
_HOLE_NULS: Final = 4


def detect(head: bytes) -> str | None:
    """The encoding of a text that begins with ``head``, holes in it aside; None when these bytes are no text."""
    head = _HOLE.sub(lambda hole: hole[0][: len(hole[0]) % 4], head)  # by fours: wide characters stay aligned
    for mark, name in BOMS:
        if head.startswith(mark) and _printable(head, name):
            return name
    if b"\0" in head and (wide := _wide(head)):
        return wide
    share = len(head.translate(None, _CONTROL)) / max(1, len(head))
    if share < _TEXT_SHARE or head.count(0) > 0.3 * len(head):
        return None
    return _narrow(head)


def decoded(file: File, *, guessed: bool = True) -> Iterator[str]:
    """The file's text in chunks, line ends as newline characters, no NULs, no lone surrogates.

    Bytes that are not of the file's encoding are read as Windows-1252 (a UTF-8 log with Latin-1 lines in it) and noted, and
    so are holes: a log that was preallocated, or cut by a crash, has NULs where nothing was written.
    """
    name = file.encoding or FALLBACK
    decoder = codecs.getincrementaldecoder(name)(_errors(name))
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    nuls = file.stream.consumed  # a hole at the beginning, dropped when the type was judged
    undecodable, first, final = 0, True, False
    while not final:
        data = file.stream.read(READ_BYTES)
        final = not data
        text, bad = _without_escapes(decoder.decode(data, final))
        undecodable += bad
        text, hole = _without_nuls(text)
        nuls += hole
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        if text := lines.decode(text, final):
            yield text
    if nuls:
        file.notes.append(f"{nuls} NULs read as blanks")
    if undecodable:
        file.notes.append(f"{undecodable} undecodable bytes")
    if guessed and name not in _UNICODE:
        file.notes.append(f"encoding guessed: {name}")


class Transcoded:
    """The file's text as UTF-8 bytes, for parsers that want bytes; ``declared`` is the encoding it names itself."""

    def __init__(self, file: File, declared: str = "") -> None:
        if file.encoding == FALLBACK and declared and _known(declared):
            file.encoding = declared
        self.chunks = decoded(file, guessed=file.encoding != declared)
        self._rest = b""

    def read(self, size: int = READ_BYTES, /) -> bytes:
        """At most ``size`` bytes, none at the end."""
        while not self._rest and (chunk := next(self.chunks, "")):
            self._rest = chunk.encode("utf-8", "replace")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def _known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - rot13 and zlib are codecs too
    except LookupError:
        return False


def valid(text: str) -> str:
    """The text with lone surrogates (JSON can write them) replaced: everything behind a reader may be encoded."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_of(head: bytes, name: str) -> str:
    """The text of a file's beginning, as `decoded` would give it; a character cut at its end is left as it falls."""
    text, _ = _without_escapes(head.decode(name, _errors(name)))
    text, _ = _without_nuls(text)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _errors(name: str) -> str:
    return "surrogateescape" if name == "utf-8" else "replace"


def _without_escapes(text: str) -> tuple[str, int]:
    """The text without escaped bytes, and how many bytes could not be decoded."""
    bad = 0
    if not text.isascii():
        bad = text.count("\ufffd")
        try:
            text.encode()
        except UnicodeEncodeError:
            bad += len(_ESCAPED.findall(text))
            text = text.translate(_CP1252)
    return text, bad


def _without_nuls(text: str) -> tuple[str, int]:
    """The text with a blank for every run of NULs that is not of wide characters, and how many of them lay in holes."""
    if "\0" not in text:
        return text, 0
    text = _WIDE_RUN.sub(lambda run: run[0][::2], text)
    runs = [len(run) for run in _NULS.findall(text)]
    return _NULS.sub(" ", text), sum(run for run in runs if run >= _HOLE_NULS)


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: NULs on one side of every pair, and nearly all of it printable."""
    for name, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        body = head[: len(head) - len(head) % width]
        high = body[width - 1 :: width] if name.endswith("le") else body[::width]
        wide = high.count(0)
        if not body or wide < 0.2 * len(high) or (width == 2 and _narrow_pairs(body, wide)):  # noqa: PLR2004 - UTF-16
            continue
        if _printable(body, name):
            return name
    return None


def _narrow_pairs(body: bytes, wide: int) -> bool:
    """Whether ASCII stands beside ASCII where no pair is ``wide``: lines of a shell that appends in another encoding."""
    return len(re.findall(rb"[\x20-\x7e]{2}", body)) * 2 > len(body) // 2 - wide


def _printable(head: bytes, name: str) -> bool:
    """Whether nearly all of these bytes are characters people write, in this encoding."""
    text = head.decode(name, "replace")
    plain = sum(char.isprintable() or char in "\t\r\n\f\ufeff" for char in text) - text.count("\ufffd")
    return plain > 0.9 * len(text)


def _narrow(head: bytes) -> str:
    text = head[: len(head) - _open_tail(head)].decode("utf-8", "surrogateescape")
    wrong = len(_ESCAPED.findall(text))
    right = sum(char > "\x7f" for char in text) - wrong
    if wrong <= right or not wrong:
        return "utf-8"
    high = sum(byte > 0x7F for byte in head)  # noqa: PLR2004 - beyond ASCII
    if high < 0.2 * len(head):
        return FALLBACK  # Western prose: rarer pages would read its digits and ASCII words the same way
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, seldom needed

    best = from_bytes(head[: 16 << 10], cp_isolation=list(_LEGACY)).best()
    return best.encoding if best is not None else FALLBACK


def _open_tail(head: bytes) -> int:
    """How many bytes at the end may begin a UTF-8 sequence that the head cut."""
    cut = re.search(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z", head[-3:])
    return len(cut[0]) if cut else 0
