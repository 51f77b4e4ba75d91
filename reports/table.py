"""A document as tables for a terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TextIO

from piiscan.reports.text import numeric, spoken, visible

if TYPE_CHECKING:
    from rich.box import Box
    from rich.console import Console, RenderableType

    from piiscan.model import Document, Section

_LONGEST_WORD = 22
"""A longer word (a path) may be folded; shorter ones stay whole."""
_PADDING = 2
_NARROWEST = 40


class TableRenderer:
    """Tables for a terminal: wrapped to its width, and row by row where they would not fit."""

    format: ClassVar[str] = "table"
    title: ClassVar[str] = "tables for the terminal"
    binary: ClassVar[bool] = False

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:
        """Writes title, lead, sections and notes, at most ``width`` columns wide; nothing is cut off, only wrapped."""
        from rich.console import Console  # noqa: PLC0415 - rich is slow to import and only needed here

        width = max(width, _NARROWEST)
        page = io.StringIO()
        console = Console(
            file=page,
            width=width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )
        _print(document, console, width)
        out.write("".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines()))


def _print(document: Document, console: Console, width: int) -> None:
    console.print(_text(document.title, "bold"))
    console.print(_text("=" * min(len(visible(document.title)), width)))
    for line in document.lead:
        console.print(_text(line))
    for section in document.sections:
        console.print()
        if section.title:
            console.print(_text(section.title, "bold"))
        if section.columns:
            console.print(_grid(section, width))
        for line in section.note.splitlines():
            console.print(_text(line, "dim"))


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column asks for, in terminal cells."""

    least: int
    """Its longest word, if that is not too long."""
    most: int
    """Its longest cell on one line."""
    total: int
    """All of its text: the more, the taller it gets when it is narrow."""


def _measure(section: Section) -> list[_Column]:
    from rich.cells import cell_len  # noqa: PLC0415 - see render

    columns = []
    for index, title in enumerate(section.columns):
        texts = [visible(title), *(spoken(row[index]) for row in section.rows)]
        words = [cell_len(word) for text in texts for word in text.split()]
        lengths = [cell_len(text) for text in texts]
        columns.append(_Column(min(max(words, default=1), _LONGEST_WORD), max(*lengths, 1), sum(lengths)))
    return columns


def _widths(columns: list[_Column], room: int) -> list[int] | None:
    """The width of each column, what is left over going to the tallest; None when not even their words fit."""
    widths = [column.least for column in columns]
    if sum(widths) > room:
        return None
    for _ in range(room - sum(widths)):
        wanting = [index for index, column in enumerate(columns) if widths[index] < column.most]
        if not wanting:
            break
        widths[max(wanting, key=lambda index: columns[index].total / widths[index])] += 1
    return widths


def _grid(section: Section, width: int) -> RenderableType:
    """A table; a block for each row where the terminal is too narrow for one."""
    from rich.table import Table  # noqa: PLC0415 - see render

    widths = _widths(_measure(section), width - _PADDING * (len(section.columns) - 1))
    if widths is None:
        return _cards(section)
    table = Table(box=_dashes(), show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for index, title in enumerate(section.columns):
        justify: Literal["left", "right"] = "right" if numeric(section, index) else "left"
        table.add_column(_text(title), justify=justify, overflow="fold", width=widths[index])
    for row in section.rows:
        table.add_row(*(_text(spoken(cell)) for cell in row))
    return table


def _cards(section: Section) -> RenderableType:
    """One block a row, the first cell as its heading, for tables wider than the terminal."""
    from rich.console import Group  # noqa: PLC0415 - see render
    from rich.padding import Padding  # noqa: PLC0415 - see render
    from rich.table import Table  # noqa: PLC0415 - see render

    blocks: list[RenderableType] = []
    for row in section.rows:
        lines = Table.grid(padding=(0, 2, 0, 0))
        lines.add_column(overflow="fold", style="dim", no_wrap=True)
        lines.add_column(overflow="fold")
        for title, cell in list(zip(section.columns, row, strict=True))[1:]:
            lines.add_row(_text(title), _text(spoken(cell)))
        blocks += [_text(f"{section.columns[0]} {spoken(row[0])}", "bold"), Padding(lines, (0, 0, 0, 2))]
    return Group(*blocks)


def _dashes() -> Box:
    """Two spaces between columns, dashes under the header: ASCII, so that it survives cron mail and any locale."""
    from rich.box import Box  # noqa: PLC0415 - see render

    return Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def _text(text: str, style: str = "") -> RenderableType:
    from rich.text import Text  # noqa: PLC0415 - see render

    return Text(visible(text), style=style, overflow="fold")
