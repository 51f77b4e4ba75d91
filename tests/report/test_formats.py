"""The formats on one small document, cell by cell."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from datetime import UTC, date, datetime

from piiscan import plugins
from piiscan.model import Document, Section

WHEN = datetime(2026, 11, 21, 9, 30, 15, 999, tzinfo=UTC)
TABLE = Section(
    "Places",
    ("place", "rows", "share", "clean", "types"),
    (("crm:a_b", 1234567, 0.00031, False, ("ssn", "email")), ("=cmd\x1b[0m", None, 250.4, True, ())),
    "first 2 of 9\nsee below",
)
DOCUMENT = Document(
    "scan",
    "A *title*",
    {"day": date(2026, 1, 2), "at": WHEN, "nan": float("nan"), "list": ("é\u202e",)},
    (TABLE,),
    lead=("# One.",),
    generated_at=WHEN,
)


def rendered(format_: str, width: int = 80, *, color: bool = False) -> str:
    """The document in a format."""
    out = io.StringIO(newline="")
    plugins.renderer(format_)().render(DOCUMENT, out, width=width, color=color)
    return out.getvalue()


def test_the_formats_are_found_and_their_helpers_are_not_taken_for_one() -> None:
    """``text.py`` lies among them."""
    assert list(plugins.renderers()) == ["csv", "html", "json", "md", "table"]


def test_a_table_sets_numbers_to_the_right_and_spells_out_control_characters() -> None:
    """No colour, no trailing space."""
    assert rendered("table").splitlines() == [
        "A *title*",
        "=========",
        "# One.",
        "",
        "Places",
        "place             rows    share  clean  types",
        "--------------------------------------------------",
        "crm:a_b      1,234,567  0.00031  no     ssn; email",
        r"=cmd\x1b[0m          -      250  yes    -",
        "first 2 of 9",
        "see below",
    ]


def test_a_table_too_wide_for_the_terminal_becomes_a_block_for_each_row() -> None:
    """Nothing is cut off."""
    assert rendered("table", 40).splitlines()[5:11] == [
        "place crm:a_b",
        "  rows   1,234,567",
        "  share  0.00031",
        "  clean  no",
        "  types  ssn; email",
        r"place =cmd\x1b[0m",
    ]


def test_colour_changes_no_word() -> None:
    """Only codes of the renderer's own are added."""
    colored = rendered("table", color=True)

    assert "\x1b[1mPlaces\x1b[0m" in colored
    assert r"=cmd\x1b[0m" in colored


def test_csv_neutralises_formulas_and_quotes_all_text() -> None:
    """CRLF line ends; numbers bare; the unknown is empty."""
    assert rendered("csv").split("\r\n") == [
        '"place","rows","share","clean","types"',
        '"crm:a_b",1234567,0.00031,"no","ssn; email"',
        r'''"'=cmd\x1b[0m","",250.4,"yes",""''',
        "",
    ]


def test_markdown_lets_no_name_add_markup() -> None:
    """Nor a heading, nor a link."""
    assert rendered("md").splitlines() == [
        r"# A \*title\*",
        "",
        r"\# One.",
        "",
        "## Places",
        "",
        "| place | rows | share | clean | types |",
        "| --- | ---: | ---: | --- | --- |",
        "| crm:a_b | 1,234,567 | 0.00031 | no | ssn; email |",
        r"| =cmd\\x1b\[0m | - | 250 | yes | - |",
        "",
        "first 2 of 9",
        "",
        "see below",
    ]


def test_html_is_one_page_that_forbids_scripts_and_escapes_every_name() -> None:
    """The style's hash stands in the policy, and nothing is loaded."""
    page = rendered("html")
    style = re.search(r"<style>(.*)</style>", page)

    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert "<td>=cmd\\x1b[0m</td>" in page
    assert [word for word in ("<script", "http:", "https:", "src=", "href=") if word in page] == []


def test_json_begins_with_the_contracts_head_and_knows_no_nan() -> None:
    """Times in UTC to the second; a number that is none is null; invisible characters stand as escapes."""
    text = rendered("json")

    assert list(json.loads(text))[:5] == ["schema_version", "tool", "generated_at", "outcome", "document"]
    assert json.loads(text)["generated_at"] == "2026-11-21T09:30:15Z"
    assert text.endswith(
        '  "day": "2026-01-02",\n  "at": "2026-11-21T09:30:15Z",\n  "nan": null,\n  "list": [\n    "é\\u202e"\n  ]\n}\n'
    )
