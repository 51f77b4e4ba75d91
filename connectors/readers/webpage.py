"""Web pages: their text, what attributes and comments say, and the data in their scripts."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from piiscan.connectors.readers import text
from piiscan.connectors.readers.batching import batched
from piiscan.connectors.readers.encoding import decoded
from piiscan.connectors.readers.port import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File
    from piiscan.model import Batch

TYPES = ("html",)
MAX_PAGE: Final = 8 * MIB
MAX_OPEN: Final = 3_000
"""Tags opened and not closed; the parser's time grows with the square of the depth, and 300,000 hung it."""
_INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
})  # fmt: skip
_VOID: Final = "area|base|br|col|embed|hr|img|input|link|meta|p|param|li|source|td|tr|track|wbr"
_TAG: Final = re.compile(rf"<(/?)(?!(?:{_VOID})\b)([a-z][^\s<>/]*)", re.IGNORECASE)
_CLIMB: Final = 50
_SILENT: Final = frozenset({"class", "id", "style", "rel", "type", "role", "lang", "width", "height"})


def read(file: File) -> Iterator[Batch]:
    """The page as running text: what is shown first, then attribute values and comments.

    A page too large or too deeply nested to be parsed safely is read as plain text, tags and all.
    """
    chunks: list[str] = []
    size = 0
    source = decoded(file)
    for chunk in source:
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_PAGE:
            break
    page = "".join(chunks)
    if size > MAX_PAGE or _deep(page):
        file.notes.append("page too large or deep: read as plain text")
        found = text.pieces(_rejoined(page, source))
    else:
        found = text.pieces(_texts(page))
    return batched(file, ({None: piece} for piece in found))


def _rejoined(page: str, source: Iterator[str]) -> Iterator[str]:
    yield page
    yield from source


def _deep(page: str) -> bool:
    """Whether tags may ever be more than `MAX_OPEN` deep; an end tag counts only for a tag of its name that is open."""
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(page):
        name = tag[2].lower()
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > MAX_OPEN:
            return True
    return False


def _texts(page: str) -> Iterator[str]:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - used for pages only

    aside: list[str] = []
    root = LexborHTMLParser(page).root
    block = 0
    for node in root.traverse(include_text=True) if root is not None else ():
        if node.tag == "-text":
            before, block = block, _block(node)
            yield (node.text_content or "") if before == block else f"\n{node.text_content or ''}"
        elif node.tag == "-comment":
            aside.append(node.comment_content or "")
        else:
            if node.tag not in _INLINE:
                yield "\n"
            aside.extend(_attributes(node))
    yield "\n"
    yield from (f"{item}\n" for item in aside if item)


def _block(node: Any) -> int:
    """Which paragraph, cell or other block a text lies in."""
    for _ in range(_CLIMB):
        node = node.parent
        if node is None or node.tag not in _INLINE:
            break
    return node.mem_id if node is not None else 0


def _attributes(node: Any) -> Iterator[str]:
    """What attributes say: addresses without their scheme, and everything that is not layout."""
    for name, value in sorted(node.attributes.items()):
        if value and name not in _SILENT:
            yield unquote(value.removeprefix("mailto:").removeprefix("tel:")) if name == "href" else value
