"""Any document, whatever its names are, in every format: nothing escapes, nothing breaks."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from piiscan import plugins
from piiscan.model import Document, Section

HOSTILE = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r",
        "\x1b[31m",
        "\u202e",
        "a|b`c",
        "<script>",
        "](http://x)",
        "\ud800",
        "\u2028",
        "'",
        '"',
        "\\",
        "#",
        "www.x.y",
    ]
)
NAMES = st.one_of(
    HOSTILE,
    st.text(max_size=12),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Lo", "Po"]), max_size=6),
)
CELLS = st.one_of(NAMES, st.integers(), st.floats(), st.booleans(), st.none(), st.tuples(NAMES, NAMES))
JSON_VALUES = st.recursive(
    st.one_of(NAMES, st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
LIMITS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def sections(draw: Any) -> Section:
    """A table of up to four columns and three rows."""
    titles = draw(st.lists(NAMES, min_size=1, max_size=4))
    rows = draw(st.lists(st.tuples(*[CELLS] * len(titles)), max_size=3))
    return Section(draw(NAMES), tuple(titles), tuple(rows), draw(NAMES))


DOCUMENTS = st.builds(
    Document,
    kind=st.just("any"),
    title=NAMES,
    body=st.dictionaries(NAMES.map(lambda name: f"x{name}"), JSON_VALUES, max_size=3),
    sections=st.lists(sections(), max_size=2).map(tuple),
    lead=st.lists(NAMES, max_size=2).map(tuple),
)
EVIL = Document(
    "any",
    "=t\x1b[2J",
    {"x": "\u202e\ud800"},
    (Section("\r", ("=1+1",), (("@x\x00",), (("-1", "\u2028"),), (-5,), (-0.0,), (float("nan"),))),),
    ("#",),
)


def rendered(document: Document, format_: str, width: int = 80, *, color: bool = False) -> str:
    """The whole output."""
    out = io.StringIO(newline="")
    plugins.renderer(format_)().render(document, out, width=width, color=color)
    return out.getvalue()


@LIMITS
@given(DOCUMENTS)
@example(EVIL)
def test_no_output_holds_a_control_or_invisible_character(document: Document) -> None:
    """But for its line ends; and every output can be written as UTF-8."""
    for format_ in plugins.renderers():
        text = rendered(document, format_)
        assert {unicodedata.category(ch) for ch in re.sub(r"\r?\n", "", text)} & CONTROL == set(), format_
        text.encode("utf-8")


@LIMITS
@given(DOCUMENTS, st.integers(1, 200))
@example(EVIL, 40)
def test_a_coloured_table_holds_only_the_renderers_own_colour_codes(document: Document, width: int) -> None:
    """Any width, however small; no escape sequence comes from a name."""
    plain = re.sub("\x1b\\[[0-9;]*m", "", rendered(document, "table", width, color=True))

    assert "\x1b" not in plain


@LIMITS
@given(DOCUMENTS)
@example(EVIL)
def test_json_gives_back_what_went_in(document: Document) -> None:
    """Strictly: no NaN, no lone surrogate; both become what every parser reads."""
    text = rendered(document, "json")

    read = json.loads(text, parse_constant=lambda name: 1 / 0)

    assert read == json.loads(json.dumps(read))
    assert {key: read[key] for key in read if key.startswith("x")} == expected(document.body)


def expected(value: Any) -> Any:
    """What the JSON of a value reads back as."""
    if isinstance(value, dict):
        return {expected(key): expected(item) for key, item in value.items()}
    if isinstance(value, list):
        return [expected(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value  # noqa: PLR0124 - NaN is not itself


@LIMITS
@given(DOCUMENTS)
@example(EVIL)
def test_no_csv_cell_begins_a_formula_and_every_row_is_as_wide_as_the_header(document: Document) -> None:
    """RFC 4180, read back by a strict reader."""
    rows = list(csv.reader(io.StringIO(rendered(document, "csv"), newline=""), strict=True))

    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    if document.sections:
        assert [len(row) for row in rows] == [len(document.sections[0].columns)] * (1 + len(document.sections[0].rows))


@LIMITS
@given(DOCUMENTS)
@example(EVIL)
def test_markdown_tables_keep_their_shape_and_raw_html_does_not_get_in(document: Document) -> None:
    """As many unescaped pipes in a row as its header has, and no tag."""
    text = rendered(document, "md")

    assert re.search(r"(?<!\\)<", text) is None
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        pipes = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table.splitlines()}
        assert len(pipes) == 1


@LIMITS
@given(DOCUMENTS)
def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    """Twice in a row, in every format but for the time of day."""
    for format_ in set(plugins.renderers()) - {"json"}:
        assert rendered(document, format_) == rendered(document, format_)
