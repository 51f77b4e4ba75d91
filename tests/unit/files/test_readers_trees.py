"""JSON, JSON lines, XML and HTML: columns by their way, streamed, no trap sprung."""

from __future__ import annotations

import json

import pytest

from piiscan.connectors.readers import naming

CANARY = "078-05-1120"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([{"a": 1, "b": {"c": "x"}}, {"a": 2}], {"a": [1, 2], "b.c": ["x", None]}),
        (
            {"data": [{"ssn": CANARY}, {"ssn": "x"}], "meta": {"n": 2}},
            {"data[].ssn": [CANARY, "x", None], "meta.n": [None, None, 2]},
        ),
        ([{"phones": ["1", "2"]}], {"phones[]": ["1\n2"]}),
        ([["a", "b"], ["c"]], {"[]": ["a", "b", "c"]}),
        (
            {"name": "Ann", "age": 1.5, "ok": True, "none": None},
            {"name": ["Ann"], "age": [1.5], "ok": [True], "none": [None]},
        ),
        (["x", "y"], {"[]": ["x", "y"]}),
        ("only text", {}),
        ([], {}),
        ({}, {}),
    ],
)
def test_json_becomes_columns_named_by_the_way(share, document, expected):
    """Elements of the outermost arrays are rows."""
    reading = share.read("a.json", json.dumps(document, indent=1))

    assert {name: values for name, values in reading.columns.items() if name is not None} == expected
    assert reading.skips == []


def test_keys_that_are_values_are_read_as_values(share):
    """An object keyed by addresses must not make columns of them."""
    reading = share.read(
        "a.json", json.dumps({"users": {"ann@example.com": {"age": 7}, "bob@example.com": {"age": 8}}})
    )

    assert reading.columns == {"users{}": ["ann@example.com\nbob@example.com"], "users{}.age": ["7\n8"]}


def test_very_many_keys_are_values_too(share):
    """More names than any table has are no names, not even names of fields."""
    ends = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(5_000)]

    words = share.read("words.json", json.dumps(dict.fromkeys((f"kay{end}" for end in ends), 1)))
    fields = share.read("fields.json", json.dumps(dict.fromkeys((f"field_{end}" for end in ends), 1)))

    assert len(fields.columns) == naming.MAX_COLUMNS + 1
    assert str(fields.columns["{}"][0]).count("\n") > 4_000
    assert list(words.columns) == ["{}"]


def test_json_in_utf_16_with_a_lone_surrogate_is_read(share):
    """What JSON can write and UTF-8 cannot is replaced."""
    content = '{"name": "Ann \\ud800 Lee", "city": "Zürich"}'.encode("utf-16")

    assert share.read("a.json", content).columns == {"name": ["Ann ? Lee"], "city": ["Zürich"]}
    assert share.read("a.jsonl", content).columns == {"name": ["Ann \ufffd Lee"], "city": ["Zürich"]}


def test_json_that_breaks_off_is_partial_and_says_so_without_content(share):
    """The records before the break are read."""
    body = "[" + ",".join(json.dumps({"id": number, "ssn": CANARY}) for number in range(5_000))

    reading = share.read("a.json", body)

    assert reading.rows == 5_000
    assert reading.troubles == [((), "unreadable")]
    assert CANARY not in repr(reading.skips)


def test_json_that_never_was_is_read_as_text(share):
    """JavaScript, comments and single quotes: nothing is left unread."""
    reading = share.read("a.json", "{name: '" + CANARY + "', // comment\n}")

    assert CANARY in reading.text
    assert reading.skips == []


def test_json_nested_without_end_is_a_limit(share):
    """300,000 brackets cost nothing."""
    assert share.read("a.json", "[" * 300_000).troubles == [((), "limit")]
    assert share.read("a.jsonl", "[" * 300_000 + "\n" + json.dumps({"a": 1}) + "\n").columns == {"a": [1]}


def test_broken_lines_of_json_are_counted_and_the_rest_read(share):
    """Content of the line never shows."""
    reading = share.read("a.jsonl", f'{{"a": 1, "b": {{"c": [1, 2]}}}}\n{{"ssn": "{CANARY}"\n\n{{"a": 2, "a": 3}}\n')

    assert reading.columns == {"a": [1, "2\n3"], "b.c[]": ["1\n2", None]}
    assert [skip.reason for skip in reading.skips] == [
        "1 lines are not JSON that can be read (the first is line 2); they were not read"
    ]


def test_lines_of_json_are_recognised_without_their_name(share):
    """One document a line, and documents one after the other."""
    assert share.read("export", '{"a": 1}\n{"a": 2}\n').columns == {"a": [1, 2]}
    assert share.read("pretty", '{\n"a": 1\n}\n{\n"a": 2\n}\n').columns == {"a": [1, 2]}


def test_xml_rows_are_the_elements_that_repeat(share):
    """Paths and attributes name the columns; what lies around the records is a row of its own."""
    reading = share.read(
        "a.xml",
        (
            '<?xml version="1.0" encoding="iso-8859-1"?><x:all xmlns:x="urn:x"><head>March</head>'
            '<c id="1"><n>José</n><tel>1</tel><tel>2</tel></c><!-- 078-05-1120 --><c id="2"><n>Bob</n></c></x:all>'
        ).encode("latin-1"),
    )

    assert reading.columns == {
        "@id": ["1", "2", None],
        "n": ["José", "Bob", None],
        "tel": ["1\n2", None, None],
        "all.head": [None, None, "March"],
        "all.#comment": [None, None, "078-05-1120"],
    }
    assert reading.notes == ()


def test_mixed_content_reads_as_one_text(share):
    """A value split by markup is whole again."""
    assert share.read("a.xml", "<doc><p>SSN 078-<b>05</b>-1120.</p></doc>").columns == {"doc.p": ["SSN 078-05-1120."]}


def test_entities_are_never_expanded(share):
    """A billion laughs, and a file of this machine: read as text, and said."""
    laughs = (
        '<!DOCTYPE l [<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]><l>&j;</l>"
    )
    for content in (laughs, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'):
        reading = share.read("a.xml", content)

        assert (reading.text, reading.troubles) == (content, [((), "limit")])


def test_entities_declared_behind_the_head_are_not_expanded_either(share):
    """Sixty-four kilobytes of comment do not hide them, wherever they stand."""
    pad = f"<!--{' ' * 70_000}-->"
    entities = '<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY f "expanded">'
    for content in (
        f"<!DOCTYPE x [{pad}{entities}]><x><y>&e;&f;</y></x>",
        f"<!-- <!DOCTYPE x> -->{pad}<!DOCTYPE x [{entities}]><x><y>&e;&f;</y></x>",
        f"<!DOCTYPE x [<!-- ]> -->{pad}{entities}]><x><y>&e;&f;</y></x>",
    ):
        reading = share.read("a.xml", content)

        assert reading.troubles == [((), "limit")]
        assert "root:" not in repr(reading.columns)
        assert "expanded" not in reading.text.replace(entities, "")
        assert list(reading.columns) in ([None], [], ["#comment"])


def test_a_plain_document_type_is_no_hindrance(share):
    """Nothing is fetched for it, and names it would define are left out."""
    reading = share.read("a.xml", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x><y>Ann&nbsp;Lee</y></x>')

    assert reading.columns == {"x.y": ["AnnLee"]}


def test_xml_that_breaks_off_is_partial(share):
    """And the error of the parser, which quotes, stays behind."""
    reading = share.read("a.xml", "<all>" + f"<c><ssn>{CANARY}</ssn></c>" * 5_000 + f"<{CANARY}")

    assert reading.columns["ssn"] == [CANARY] * 5_000
    assert reading.troubles == [((), "unreadable")]
    assert CANARY not in repr(reading.skips)


def test_xml_nested_without_end_is_a_limit(share):
    """Where depth shows at once the file is read as text; where it comes later the records before it are read."""
    assert share.read("a.xml", "<a>" * 300_000 + CANARY).text.endswith(CANARY)

    reading = share.read("b.xml", "<all>" + "<c><n>x</n></c>" * 10_000 + "<a>" * 300_000)
    assert (len(reading.columns["n"]), reading.troubles) == (10_000, [((), "limit")])


def test_a_page_gives_text_attributes_comments_and_scripts(share):
    """Inline markup splits no value; blocks do."""
    reading = share.read(
        "page.html",
        '<!doctype html><meta charset="utf-8"><!-- note 1 --><p class="big">SSN 078-<b>05</b>-1120</p><p>Ann&nbsp;Lee</p>'
        '<a href="mailto:ann%40example.com" title="write Zoë">mail</a><input value="4711"><script>var ssn="219-09-9999"</script>',
    )

    lines = [line.strip() for line in reading.text.split("\n") if line.strip()]
    assert lines[0] == "SSN 078-05-1120"
    assert lines[1] == "Ann\xa0Lee"
    assert {"ann@example.com", "write Zoë", "4711", "note 1"} <= set(lines)
    assert 'var ssn="219-09-9999"' in reading.text
    assert "big" not in lines


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 300_000,
        "<div></x>" * 300_000,
        "<div/>" * 300_000,
        "".join(f"<p><b id={n}></p>" for n in range(100_000)),
        "<a" * 300_000,
    ],
)
def test_a_page_nested_without_end_is_read_as_plain_text(share, bomb):
    """The parser never sees it, its text is read all the same."""
    reading = share.read("page.html", f"<html>{bomb}{CANARY}")

    assert CANARY in reading.text
    assert reading.skips == []
