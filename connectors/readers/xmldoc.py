"""XML documents, streamed, without entities, external files or network: the repeating element is the row."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import flatten, safexml, text
from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.encoding import Transcoded, text_of
from piiscan.connectors.readers.port import HEAD_BYTES
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.connectors.readers.batching import Row
    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch, Skip

TYPES = ("xml",)
DECLARATION: Final = re.compile(r"""\A\s*<\?xml[^>]{0,200}?(?:\bencoding=["']([\w.:-]+)[^>]{0,200}?)?\?>""")
_DOCTYPE: Final = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE[^>\[]*+([>\[])", re.DOTALL)
_CHUNK: Final = 64 << 10
_LIMITS: Final = re.compile("huge|depth|excessive|amplification|limit", re.IGNORECASE)


def read(file: File) -> Iterator[Batch | Skip]:
    """Rows of ``path.to.element`` and ``path.to.@attribute``. Raises SourceError where it stops being XML.

    Entities a document defines are never expanded (a few lines can expand to gigabytes): a document with declarations
    of its own is read as plain text, and says so in a Skip if they define entities.
    """
    head = text_of(file.stream.peek(HEAD_BYTES), file.encoding)
    declared = DECLARATION.match(head)
    source = Transcoded(file, (declared[1] or "") if declared else "")
    doctype = _DOCTYPE.match(head)
    if doctype and doctype[1] == "[":
        entities = _Entities(source.chunks)
        yield from batched(file, ({None: piece} for piece in text.pieces(entities)))
        if entities.found:
            yield file.skip(
                SkipCode.LIMIT, "defines entities of its own: read as plain text, the entities not expanded"
            )
    else:
        yield from batched(file, _rows(source, _Target(_record(head), doctype=doctype is not None)))


class _Entities:
    """Text that passes by, watched for definitions of entities."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.found = False
        self._chunks = chunks

    def __iter__(self) -> Iterator[str]:
        last = ""
        for chunk in self._chunks:
            self.found = self.found or "<!ENTITY" in last + chunk
            last = chunk[-len("<!ENTITY") :]
            yield chunk


def _rows(source: Transcoded, target: _Target) -> Iterator[Row]:
    parser = safexml.listening(target)
    try:
        while data := source.read(_CHUNK):
            parser.feed(data)
            yield from target.drain()
        parser.close()
    except SourceError:
        yield from target.drain()
        raise
    except SyntaxError as error:  # lxml's own error is one; its words quote the document
        yield from target.drain()
        place = f"near line {error.lineno or 0}; the rest was not read"
        if _LIMITS.search(error.msg or ""):
            raise SourceError(SkipCode.LIMIT, f"nested, long or expanding beyond what is safe {place}") from None
        raise SourceError(SkipCode.UNREADABLE, f"stops being XML {place}") from None
    yield from target.drain()


def _record(head: str) -> tuple[str, ...]:
    """The way to the shallowest element that has a brother of its name, empty when there is none in the head."""
    path: list[str] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for event, name in safexml.opened(DECLARATION.sub("", head, count=1), lenient=True):
        if event == "end":
            path.pop()
        elif len(path) < flatten.MAX_DEPTH:
            path.append(name)
            seen[tuple(path)] += 1
        else:
            break
    return min((way for way, count in sorted(seen.items()) if count > 1), key=len, default=())


class _Target:
    """The parser's listener: keeps the cells of the record it is in, and of what lies around records; no tree."""

    def __init__(self, record: tuple[str, ...], *, doctype: bool) -> None:
        self._record = record
        self._doctype = doctype
        self._matched = 0
        self._path: list[str] = []
        self._columns: list[str] = []
        self._texts: list[list[str]] = []
        self._names = flatten.Columns()
        self._inside, self._around = flatten.Cells(), flatten.Cells()
        self._ready: list[Row] = []

    def drain(self) -> Iterator[Row]:
        """The rows that are complete."""
        ready, self._ready = self._ready, []
        yield from ready

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """The document type. Raises SourceError (limit) when it is not the one the head showed: it may define entities."""
        if not self._doctype:
            raise SourceError(
                SkipCode.LIMIT, "its document type is declared too far from its beginning; it was not read"
            )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins: its attributes are cells. Raises SourceError (limit) when nested too deep."""
        name = safexml.local(tag)
        if self._matched == len(self._path) < len(self._record) and name == self._record[self._matched]:
            self._matched += 1
        self._path.append(name)
        if len(self._path) > flatten.MAX_DEPTH:
            raise SourceError(SkipCode.LIMIT, f"nested deeper than {flatten.MAX_DEPTH} levels; the rest was not read")
        new_record = self._is_inside() and len(self._path) == len(self._record)
        self._columns.append("" if new_record else self._column(name))
        self._texts.append([])
        for key, value in attributes.items():
            self._add(self._column(f"@{safexml.local(key)}"), value)

    def data(self, data: str) -> None:
        """Text of the element that is open."""
        if self._texts:
            self._texts[-1].append(data)

    def end(self, _tag: str) -> None:
        """An element ends: its text is a cell, or part of the running text around it."""
        value = "".join(self._texts.pop()).strip()
        column = self._columns.pop() or self._path[-1]
        if value and self._texts and any(not part.isspace() for part in self._texts[-1]):
            self._texts[-1].append(value)
        elif value:
            self._add(column, value)
        if self._is_inside() and len(self._path) == len(self._record):
            self._flush(self._inside)
        if self._matched == len(self._path):
            self._matched -= 1
        self._path.pop()

    def comment(self, data: str) -> None:
        """A comment is read like anything else: records are commented out, not removed."""
        self._add(self._column("#comment"), data.strip())

    def pi(self, _target: str, data: str | None = None) -> None:
        """A processing instruction's data."""
        self._add(self._column("#pi"), data or "")

    def close(self) -> None:
        """The document ends: what lay around the records is the last row."""
        self._flush(self._inside)
        self._flush(self._around)

    def _is_inside(self) -> bool:
        return 0 < len(self._record) == self._matched

    def _column(self, name: str) -> str:
        return self._names.of(self._columns[-1] if self._columns else "", name)[0]

    def _add(self, column: str, value: str) -> None:
        cells = self._inside if self._is_inside() else self._around
        cells.add(column, value)
        if cells.size > flatten.ROW_CHARS:
            self._flush(cells)

    def _flush(self, cells: flatten.Cells) -> None:
        if cells:
            self._ready.append(cells.take())
