"""What a file is: by its first bytes, then by its name; content wins where both speak."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import dialect, encoding, formats, safejson, safexml
from piiscan.connectors.readers.port import HEAD_BYTES

if TYPE_CHECKING:
    from piiscan.connectors.readers.port import File

_MAIL: Final = re.compile(
    r"(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|X-Original-To): ", re.IGNORECASE
)
_MBOX: Final = re.compile(r"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ")
_HTML: Final = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_PROLOG: Final = re.compile(r"\s*<(?:\?xml\s|!DOCTYPE\s)")
_XML: Final = re.compile(r"\s*<(?:!--|[A-Za-z_][\w.:-]*[\s/>])")
_MEDIA: Final = frozenset({"audio", "image", "video"})
_MAGIC_BYTES: Final = 4 << 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A recognised type: the id readers are found by, and what people call it."""

    type: str
    label: str
    encoding: str = ""


def kind_of(file: File) -> Kind:
    """What the file is. Type ``unknown`` where nothing is recognised; raises what broke the stream before it showed."""
    file.stream.drop_nuls()
    head = file.stream.peek(HEAD_BYTES)
    if not head:
        return Kind("text", "empty file", "utf-8")
    coding = encoding.detect(head)
    for magic, kind, label in formats.BY_HEAD if coding else (*formats.BY_HEAD, *formats.BY_BINARY_HEAD):
        if head.startswith(magic):
            return _refined(kind, label, head, extension(file.name))
    if head[formats.TAR[0]] == formats.TAR[1]:
        return Kind("tar", "tar archive")
    if coding is None:
        return _binary(file, head)
    found = _text(encoding.text_of(head, coding), extension(file.name), complete=len(head) < HEAD_BYTES)
    return replace(found, encoding=coding)


def extension(name: str) -> str:
    """The last extension without its dot, lower case; empty without one."""
    stem, dot, last = name.lower().rpartition(".")
    return last if dot and stem else ""


def _refined(kind: str, label: str, head: bytes, ending: str) -> Kind:
    """Office documents tell themselves apart inside their container only; the name helps."""
    named = formats.BY_NAME.get(ending, ("", ""))
    if kind == "zip":
        first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
        office = first in {b"[Content_Types].xml", b"_rels/.rels", b"mimetype"} or first.startswith(b"docProps/")
        if named[0] in formats.IN_ZIP:
            return Kind(*named)
        return Kind("ooxml", "Office document") if office else Kind(kind, label)
    if kind == "ole" and named[0] in formats.IN_OLE:
        return Kind(*named)
    return Kind(kind, label)


def _binary(file: File, head: bytes) -> Kind:
    ending = extension(file.name)
    family, label = _magic(head)
    if ending in formats.AUDIO and family in {"", "audio", "video"}:
        return Kind("audio", label or f"{ending.upper()} audio")
    if ending in formats.VIDEO and family in {"", "video"}:
        return Kind("video", label or f"{ending.upper()} video")
    if ending in formats.IMAGE and family in {"", "image"}:
        return Kind("image", label or f"{ending.upper()} image")
    if family in _MEDIA and (head.startswith(formats.MEDIA_HEADS) or head[4:8] == b"ftyp"):
        return Kind(family, label)
    file.stream.check()
    if ending in formats.BY_NAME:
        return Kind(*formats.BY_NAME[ending])
    return Kind("binary", label) if label and family not in _MEDIA else Kind("unknown", "binary data of no known type")


def _magic(head: bytes) -> tuple[str, str]:
    """What puremagic makes of these bytes: the family of their media type (``audio``...) and its name; empty if unknown.

    It is not told the name: it would call any binary file "x.log" a log.
    """
    import puremagic  # noqa: PLC0415 - slow to import, needed for binary files only

    try:
        best = puremagic.magic_string(head[:_MAGIC_BYTES])[0]
    except (puremagic.PureError, ValueError, IndexError):
        return "", ""
    family, _, kind = best.mime_type.partition("/")
    return family, f"{kind.removeprefix('x-').upper()} {family}" if family in _MEDIA else best.name.strip()


def _text(text: str, ending: str, *, complete: bool) -> Kind:
    if formats.BY_NAME.get(ending, ("", ""))[0] in formats.MAIL or _MAIL.match(text) or _MBOX.match(text):
        return Kind("mbox", "mailbox") if _MBOX.match(text) else Kind("mail", "mail message")
    if ending in formats.PAGE or _HTML.match(text):
        return Kind("html", "web page")
    if (ending in formats.XML or _PROLOG.match(text) or (complete and _XML.match(text))) and _is_xml(
        text, complete=complete
    ):
        return Kind("xml", "XML document")
    if (structured := _json(text, ending, complete=complete)) is not None:
        return structured
    table = ending in formats.DELIMITED or (ending not in formats.PROSE and dialect.regular(text, complete=complete))
    return Kind("delimited", "delimited table") if table else Kind("text", "text")


def _is_xml(text: str, *, complete: bool) -> bool:
    """Whether its beginning is well-formed: what is not is better read as text. Entities are for the reader to refuse."""
    if "<!ENTITY" in text:
        return True
    try:
        safexml.opened(_DECLARATION.sub("", text, count=1), lenient=False, complete=complete)
    except SyntaxError:
        return False
    return True


def _json(text: str, ending: str, *, complete: bool) -> Kind | None:
    """JSON when its beginning parses; lines of JSON when the first line is a whole value and a second begins like one."""
    stripped = text.lstrip()
    lines = Kind("jsonlines", "JSON lines")
    if ending in formats.JSON_LINES:
        return lines
    if not stripped.startswith(("{", "[")):
        return None
    first, newline, rest = stripped.partition("\n")
    if newline and rest.lstrip().startswith(("{", "[")) and safejson.begins(first, complete=True):
        return lines
    return Kind("json", "JSON document") if safejson.begins(stripped, complete=complete) else None
