"""A document as one page of HTML."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Final, TextIO

from piiscan.reports.text import numeric, spoken, visible

if TYPE_CHECKING:
    from piiscan.model import Document, Section

_TEMPLATE: Final = "page.html.jinja"
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #bbb;padding:.25rem .6rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}th{background:#f0f0f0}.n{text-align:right}"
)


class HtmlRenderer:
    """One file that loads nothing: no script, no picture, no font, and a policy that forbids them."""

    format: ClassVar[str] = "html"
    title: ClassVar[str] = "one page of HTML, without scripts"
    binary: ClassVar[bool] = False

    def render(self, document: Document, out: TextIO, *, width: int, color: bool) -> None:  # noqa: ARG002 - the port's signature
        """Writes headings, paragraphs and tables; every name in them is escaped."""
        import jinja2  # noqa: PLC0415 - slow to import and only needed here
        import markupsafe  # noqa: PLC0415 - as above

        environment = jinja2.Environment(
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        template = environment.from_string((files("piiscan.reports") / _TEMPLATE).read_text("utf-8"))
        marks = (markupsafe.Markup(""), markupsafe.Markup(' class="n"'))
        page = template.render(
            title=visible(document.title),
            style=markupsafe.Markup(_STYLE),  # noqa: S704 - as above
            digest=base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode(),
            lead=[visible(line) for line in document.lead],
            sections=[_section(section, marks) for section in document.sections],
        )
        out.write(page)


def _section(section: Section, marks: tuple[Any, Any]) -> dict[str, object]:
    """A section for the template, columns that hold numbers only set to the right."""
    right = [marks[numeric(section, index)] for index in range(len(section.columns))]
    return {
        "title": visible(section.title),
        "headed": any(title.strip() for title in section.columns),
        "columns": [
            {"title": visible(title), "numeric": mark} for title, mark in zip(section.columns, right, strict=True)
        ],
        "rows": [
            [{"text": spoken(cell), "numeric": mark} for cell, mark in zip(row, right, strict=True)]
            for row in section.rows
        ],
        "notes": [visible(line) for line in section.note.splitlines()],
    }
