"""Text of any encoding: nothing is lost, nothing fails, what was guessed is said."""

from __future__ import annotations

import codecs
import random
import re
from itertools import pairwise

import pytest

from piiscan.connectors.readers import text
from piiscan.model import Batch

NOISE = random.Random(20261121)


@pytest.mark.parametrize(
    ("content", "expected", "notes"),
    [
        (b"plain 078-05-1120\n", "plain 078-05-1120", ()),
        ("José García\n".encode(), "José García", ()),
        (codecs.BOM_UTF8 + "José".encode(), "José", ()),
        ("Zoë Smith".encode("utf-16"), "Zoë Smith", ()),
        (codecs.BOM_UTF16_BE + "Zoë Smith".encode("utf-16-be"), "Zoë Smith", ()),
        ("Zoë Smith, Boston\n".encode("utf-16-le"), "Zoë Smith, Boston", ()),
        ("Zoë Smith, Boston\n".encode("utf-16-be"), "Zoë Smith, Boston", ()),
        ("Zoë Smith".encode("utf-32"), "Zoë Smith", ()),
        ("Zoë Smith, Boston\n".encode("utf-32-be"), "Zoë Smith, Boston", ()),
        ("José García lives here\n".encode("latin-1"), "José García lives here", ("encoding guessed: cp1252",)),
        ("Ünique “quotes”\n".encode("cp1252"), "Ünique “quotes”", ("encoding guessed: cp1252",)),
        ("Jos\u00e9\n".encode() + "José\n".encode("latin-1"), "José\nJosé", ("1 undecodable bytes",)),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree", ()),
        (b"ann@example.com\0bob@example.com", "ann@example.com bob@example.com", ()),
        (
            b"plain line\n" + "wide 078-05-1120\n".encode("utf-16-le") + b"plain again\n",
            "plain line\nwide 078-05-1120\nplain again",
            (),
        ),
    ],
)
def test_text_of_any_encoding_reads_as_written(share, content, expected, notes):
    """Marks, wide characters without a mark, legacy pages, mixtures, NULs, every kind of line end."""
    reading = share.read("note.txt", content)

    assert (reading.text, reading.notes, reading.skips) == (expected, notes, [])


def test_cyrillic_of_a_legacy_page_is_recognised(share):
    """Where most bytes are beyond ASCII the page is found by its letters."""
    words = "Иван Петров живёт в Москве на улице Ленина и работает в банке. " * 20

    reading = share.read("note.txt", words.encode("cp1251"))

    assert "Петров" in reading.text
    assert reading.notes == ("encoding guessed: cp1251",)


def test_a_file_that_turns_legacy_after_its_head_is_read_on(share):
    """The encoding is judged by the head; later bytes that do not fit it are Windows-1252, and counted."""
    reading = share.read("a.log", b"ascii line\n" * 20_000 + "José\n".encode("latin-1"))

    assert reading.text.endswith("ascii line\nJosé")
    assert reading.notes == ("1 undecodable bytes",)


def test_an_empty_file_is_clean_and_one_of_nuls_too(share):
    """One batch of no rows: read, and nothing in it."""
    for name, content in (("empty.txt", b""), ("nul.log", b"\0" * 3_000_000)):
        reading = share.read(name, content)

        assert [(batch.rows, batch.size_bytes, batch.container.rows) for batch in reading.batches] == [
            (0, len(content), 0)
        ]
        assert reading.skips == []


def test_a_log_that_begins_with_a_hole_is_read_behind_it(share):
    """A log cut while it was open has NULs before its text."""
    assert share.read("app.log", b"\0" * 700_000 + b"user 078-05-1120\n").text == "user 078-05-1120"


@pytest.mark.parametrize("name", ["app.log", "app.txt", "noext"])
@pytest.mark.parametrize(
    ("content", "expected", "notes"),
    [
        (b"user 078-05-1120\n" + b"\0" * 8_000_000, "user 078-05-1120\n ", ("8000000 NULs read as blanks",)),
        (b"user 078\n" + b"\0" * 999_999 + b"\nuser 219\n", "user 078\n \nuser 219", ("999999 NULs read as blanks",)),
        (b"\0" * 4_096 + b"user 078\n", "user 078", ("4096 NULs read as blanks",)),
        (b"\0" * 900 + b"user 078-05-1120\n" * 6, "\n".join(["user 078-05-1120"] * 6), ("900 NULs read as blanks",)),
        ((b"078-05-1120" + b"\0" * 99) * 200, "078-05-1120 " * 200, ("19800 NULs read as blanks",)),
        ("José\n".encode() + b"\0" * 90_000, "José\n ", ("90000 NULs read as blanks",)),
        ("Zoë Smith, Boston\n".encode("utf-16-le") + b"\0" * 512, "Zoë Smith, Boston\n ", ("256 NULs read as blanks",)),
        ("Zoë Smith, Boston\n".encode("utf-16") + b"\0" * 512, "Zoë Smith, Boston\n ", ("256 NULs read as blanks",)),
        ("Zoë Smith, Boston\n".encode("utf-16-be") + b"\0" * 512, "Zoë Smith, Boston\n ", ("256 NULs read as blanks",)),
        ("Zoë Smith, Boston\n".encode("utf-32-le") + b"\0" * 512, "Zoë Smith, Boston\n ", ("128 NULs read as blanks",)),
    ],
)
def test_a_log_with_holes_is_read_around_them(share, name, content, expected, notes):
    """Preallocated, cut by a crash, padded: at the end, in the middle, at the start, 90 % of it; wide characters too."""
    reading = share.read(name, content)

    assert (re.sub(" +", " ", reading.text), reading.notes, reading.skips) == (expected, notes, [])


def test_a_table_with_holes_keeps_its_rows(share):
    """A hole is no row; padding within a cell does not end it."""
    content = b"id,name\n1,Ann\0\0\0\0\0\0\n2,Bob\n" + b"\0" * 70_000 + b"\n3,Cid\n" + b"\0" * 70_000

    for name in ("a.csv", "table"):
        assert share.read(name, content).columns == {"id": ["1", "2", "3"], "name": ["Ann ", "Bob", "Cid"]}


def test_a_very_long_line_comes_in_bounded_pieces_cut_between_values(share):
    """50 MB without a line end: no piece over the bound, nothing lost, no value cut in two, batches bounded too."""
    value = "078-05-1120,Ann Lee;"
    share.write("long.txt", value * 2_500_000)
    connector = share.connector()
    (container,) = connector.containers()
    total = 0
    for batch in connector.batches(container):
        assert isinstance(batch, Batch)
        pieces = batch.columns[None]
        assert max(map(len, pieces)) <= text.PIECE_CHARS
        assert sum(map(len, pieces)) <= 4 << 20
        assert all(piece.startswith("078") and piece.endswith(";") for piece in pieces)
        total += sum(map(len, pieces))

    assert total == len(value) * 2_500_000


@pytest.mark.parametrize("line", ["x" * 1_000, "a b" * 400, "1-2" * 400, "é" * 1_000])
def test_pieces_join_to_the_whole_text(line):
    """Whatever there is to cut at, no character is lost or repeated."""
    pieces = list(text.pieces([line[:300], line[300:]], limit=100))

    assert "".join(pieces) == line
    assert max(map(len, pieces)) <= 100


def test_pieces_are_cut_at_line_ends_first():
    """A record on one line stays in one piece."""
    lines = [f"line {number}" for number in range(100)]

    pieces = list(text.pieces(["\n".join(lines)], limit=100))

    assert [line for piece in pieces for line in piece.split("\n")] == lines
    assert all(len(first) + len(second) > 90 for first, second in pairwise(pieces[:-1]))


def test_binary_data_is_no_text(share):
    """Random bytes are unsupported, whatever the name says."""
    for name in ("a.txt", "b.csv", "c.json", "d"):
        reading = share.read(name, bytes(range(1, 32)) + NOISE.randbytes(3_000) + bytes(range(1, 9)) * 40)

        assert (reading.batches, reading.troubles) == ([], [((), "unsupported")])
