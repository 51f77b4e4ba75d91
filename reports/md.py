"""A document as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, TextIO

from piiscan.reports.text import numeric, spoken, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.model import Document, Section

_MARKUP = re.compile(r"[\\`*|\[\]]|(?<![^\W_])_|_(?![^\W_])|(?<=\S)~|~(?!\d)")
"""Characters with a meaning; an underscore inside a word has none, nor has the tilde of ``~12``."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_LINKS = re.compile(r"(?<=\w):(?=//)|(?<=[Ww]{3})\.")
_BLOCK_START = re.compile(r"^(?=[-+=#])|^(\d+)(?=[.)])")


class MarkdownRenderer:
    """Markdown with pipe tables (GitHub's dialect)."""

    format: ClassVar[str] = "md"
    title: ClassVar[str] = "Markdown"
    binary: ClassVar[bool] = False

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:  # noqa: ARG002 - the port's signature
        """Writes headings, paragraphs and tables; no name in them can add markup, HTML or links."""
        blocks = [f"# {_inline(document.title)}", *map(_paragraph, document.lead)]
        for section in document.sections:
            blocks += _section(section)
        out.write("\n\n".join(blocks) + "\n")


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {_inline(section.title)}"
    if section.columns:
        yield "\n".join(_table(section))
    if section.note:
        yield from map(_paragraph, section.note.splitlines())


def _table(section: Section) -> Iterator[str]:
    """The pipe table, columns that hold numbers only set to the right."""
    yield _row([_inline(title) for title in section.columns])
    yield _row(["---:" if numeric(section, index) else "---" for index in range(len(section.columns))])
    for row in section.rows:
        yield _row([_inline(spoken(cell)) for cell in row])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraph(text: str) -> str:
    """A paragraph that cannot turn into a heading, a list or a rule."""
    return _BLOCK_START.sub(lambda match: f"{match.group()}\\", _inline(text))


def _inline(text: str) -> str:
    text = "".join(_ENTITIES.get(ch, ch) for ch in _MARKUP.sub(r"\\\g<0>", visible(text)))
    return _LINKS.sub(lambda match: f"&#{ord(match.group())};", text)
