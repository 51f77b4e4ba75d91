"""Delimited tables: columns by name, values never as names, however the file is broken."""

from __future__ import annotations

import pytest

from piiscan.connectors.readers import dialect, naming
from piiscan.model import ReadPlan

PEOPLE = {"first_name": ["Ann", "Zoë"], "ssn": ["078-05-1120", "219-09-9999"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "first_name,ssn\nAnn,078-05-1120\nZoë,219-09-9999\n"),
        ("a.csv", "first_name;ssn\r\nAnn;078-05-1120\r\nZoë;219-09-9999\r\n"),
        ("a.csv", "sep=;\nfirst_name;ssn\nAnn;078-05-1120\nZoë;219-09-9999"),
        ("a.tsv", "first_name\tssn\nAnn\t078-05-1120\nZoë\t219-09-9999\n"),
        ("a.psv", "first_name|ssn\nAnn|078-05-1120\nZoë|219-09-9999\n"),
        ("a.csv", '"first_name","ssn"\n"Ann","078-05-1120"\n"Zoë","219-09-9999"\n'),
        ("noext", "first_name|ssn\nAnn|078-05-1120\nZoë|219-09-9999\n"),
        ("a.csv", "first_name,ssn\rAnn,078-05-1120\rZoë,219-09-9999\r"),
        ("a.csv", "first_name,ssn\n\nAnn,078-05-1120\n,\nZoë,219-09-9999\n\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_become_columns(share, name, content, encoding):
    """Every delimiter, every line end, every encoding; empty rows are none."""
    reading = share.read(name, content.encode(encoding))

    assert (reading.columns, reading.rows, reading.skips) == (PEOPLE, 2, [])
    assert reading.batches[-1].container.rows == 2
    assert [column.name for column in reading.batches[-1].container.columns] == ["first_name", "ssn"]


def test_quotes_line_ends_in_cells_and_ragged_rows_are_tolerated(share):
    """A cell may hold anything; a long row gets columns of its own, a short one empty cells."""
    reading = share.read("a.csv", 'name,note\n"Lee, Ann","says ""hi""\nand goes"\nBob\nCy,x,078-05-1120\n')

    assert reading.columns == {
        "name": ["Lee, Ann", "Bob", "Cy"],
        "note": ['says "hi"\nand goes', None, "x"],
        "column_3": [None, None, "078-05-1120"],
    }


def test_a_quote_that_is_never_closed_swallows_nothing(share):
    """The lines behind it are read as the rows they are."""
    body = "".join(f"{number},name {number}\n" for number in range(200_000))

    reading = share.read("a.csv", 'id,name\n7,"unclosed\n' + body)

    assert reading.rows == 200_001
    assert reading.columns["name"][:2] == ['"unclosed', "name 0"]
    assert reading.columns["id"][-1] == "199999"


def test_an_unclosed_quote_near_the_end_is_read_again_without_quotes(share):
    """The end of the file closes nothing."""
    reading = share.read("a.csv", 'id,name\n1,"unclosed\n2,Bob\n')

    assert reading.columns == {"id": ["1", "2"], "name": ['"unclosed', "Bob"]}


def test_empty_and_repeated_headings_become_distinct_names(share):
    """Two columns never share a name."""
    reading = share.read("a.csv", "id,name,name,\n1,Ann,Lee,x\n")

    assert reading.columns == {"id": ["1"], "name": ["Ann"], "name_2": ["Lee"], "column_4": ["x"]}


@pytest.mark.parametrize(
    "first",
    [
        "Ann,078-05-1120",
        "ann@example.com,Boston",
        "Ann Lee,Boston",
        "212-555-0187,x",
        "1999-01-02,Ann",
        "Ann,Lee",
        "Mary Jones,12 Oak Street",
    ],
)
def test_a_first_row_of_values_never_names_columns(share, first):
    """Column names are stored and printed: in doubt the first row is data."""
    reading = share.read("a.csv", f"{first}\nBob,Ray\nCy,Boston\n")

    assert list(reading.columns) == ["column_1", "column_2"]
    assert reading.rows == 3


@pytest.mark.parametrize(
    "header",
    [
        ["id", "name"], ["First Name", "SSN"], ["DebtorNo", "Balance"], ["cust_id", "xyzzy"], ["E-Mail", "Phone #"], ["Date of Birth", "Zip Code"],
        ["Guarantor", "Amount"],
    ],
)  # fmt: skip
def test_headings_of_the_trade_are_headings(header):
    """Snake case, camel case, words that name columns, and words above figures."""
    assert dialect.look(",".join(header) + "\nAnn,17.50\nBob,2.00\n", complete=True).header == tuple(header)


@pytest.mark.parametrize(
    "key", ["ann@example.com", "078-05-1120", "4111111111111111", "2024-01-02", "x" * 80, "", "acct 12345678"]
)
def test_what_looks_like_a_value_is_no_name(key):
    """Addresses, long figures, dates and long texts."""
    assert not naming.is_name(key)


@pytest.mark.parametrize(
    "prose",
    [
        "Dear Ms. Lee, thank you.\nWe wrote, and called, twice.\nYours, Bob\n",
        "first line\nsecond line\nthird line\n",
        "\tchanged: one\n\tchanged: two\n\tchanged: three\n\tchanged: four\n",
        "open(file);\nread(file);\nclose(file);\nexit(0);\n",
        "2024-01-01 10:00:00, started\n2024-01-01 10:00:01 INFO x, y, z\nend\n",
    ],
)
def test_prose_with_commas_stays_text(share, prose):
    """Irregular commas are no table."""
    assert list(share.read("letter.txt", prose).columns) == [None]


def test_a_header_wider_than_the_rows_is_a_header(share):
    """Trailing cells are often left out below it."""
    reading = share.read("a.csv", "id,first_name,ended\n1,Ann\n2,Bob\n3,Cy,2024-01-01\n")

    assert reading.columns == {
        "id": ["1", "2", "3"],
        "first_name": ["Ann", "Bob", "Cy"],
        "ended": [None, None, "2024-01-01"],
    }


def test_a_title_above_the_header_is_a_row(share):
    """Exports have titles; they are read like anything else."""
    reading = share.read("a.csv", "Accounts of March\n\nid,first_name\n1,Ann\n2,Bob\n")

    assert reading.columns == {"id": ["Accounts of March", "1", "2"], "first_name": [None, "Ann", "Bob"]}


def test_a_row_of_very_many_cells_keeps_a_bounded_number_of_columns(share):
    """The cells beyond come as one cell, so that none is lost."""
    reading = share.read("a.csv", ",".join(f"v{number}" for number in range(5_000)) + "\n")

    assert len(reading.columns) == naming.MAX_COLUMNS
    assert str(reading.columns[f"column_{naming.MAX_COLUMNS}"][0]).endswith(",v4999")


def test_nuls_and_a_huge_field_end_nothing(share):
    """A field larger than the csv module's own limit is a field."""
    reading = share.read("a.csv", b"id,note\n1,a\0b\n2," + b"z" * 300_000 + b"\n3,c\n")

    assert reading.rows == 3
    assert reading.columns["note"] == ["a b", "z" * 300_000, "c"]


def test_batches_are_bounded_by_rows(share):
    """And only the last knows the total."""
    share.write("a.csv", "id,name\n" + "".join(f"{number},x\n" for number in range(25)))
    connector = share.connector(plan=ReadPlan(mode="sample", sample_rows=5, batch_rows=10))
    (container,) = connector.containers()

    assert [(batch.rows, batch.container.rows) for batch in connector.batches(container)] == [
        (10, None),
        (10, None),
        (5, 25),
    ]
