"""Keys of JSON that are values never become names of columns; keys that are names stay names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from faker import Faker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piiscan.connectors.readers.naming import Form, form


@pytest.mark.parametrize(
    "key",
    [
        "id", "ssn", "SSN", "firstName", "first_name", "First Name", "Date of Birth", "E-Mail", "Phone #", "ZIP", "_id", "@type", "$ref",
        "content-type", "X-Request-ID", "isActive", "CustomerName", "address_line_1", "Home Phone (Primary)", "Mother's Maiden Name",
        "customer.email", "Straße", "prénom",
    ],
)  # fmt: skip
def test_words_that_name_fields_are_fields(key: str) -> None:
    """However an interface writes them."""
    assert form(key) is Form.FIELD


@pytest.mark.parametrize(
    "key",
    [
        "Ann Lee", "Lee, Ann", "ann lee", "ANN LEE", "Quigley, Zebedee", "Zebedee", "McDonald", "Ann-Marie", "O'Connor", "Dr. Ann Price",
        "J. Price", "Ann_Lee", "HIV positive", "Céline", "王伟", "ann@example.com", "212-555-0187",
    ],
)  # fmt: skip
def test_names_and_phrases_are_values(key: str) -> None:
    """A surname that is a word of the trade (Price) makes no phrase a field."""
    assert form(key) is Form.VALUE


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Ann Lee": {"phone": "1"}}, {"{}": ["Ann Lee"], "{}.phone": ["1"]}),
        ({"HIV positive": {"count": 3}}, {"{}": ["HIV positive"], "{}.count": [3]}),
        ({"debtors": {"Quigley, Zebedee": {"ssn": "x"}}}, {"debtors{}": ["Quigley, Zebedee"], "debtors{}.ssn": ["x"]}),
        ([{"Zebedee Quigley": "1"}, {"Ann Lee": "2"}], {"{}": ["Zebedee Quigley\n1", "Ann Lee\n2"]}),
        ({"zebedee": {"age": 1, "city": "x"}, "ann": {"age": 2}}, {"{}": ["zebedee\nann"], "{}.age": ["1\n2"], "{}.city": ["x"]}),
        ({"zebedee": [{"age": 1}], "Price": [{"age": 2}], "ann": [{"age": 3}]}, {"{}": ["zebedee\nPrice\nann"], "{}[].age": [1, 2, 3]}),
        ({"by": {"Ann": {"x": {"Bob": 1}}, "Cy": {"x": {"Di": 2}}}}, {"by{}": ["Ann\nCy"], "by{}.x{}": ["Bob\n1\nDi\n2"]}),
        ([{name: 1} for name in ("zebedee", "ann", "bob", "cy", "di")], {"{}": [f"{n}\n1" for n in ("zebedee", "ann", "bob", "cy", "di")]}),
        ([{"Ann": 1, "Bob": 2, "zebedee": 3, "id": 4}], {"id": [4], "{}": ["Ann\n1\nBob\n2\nzebedee\n3"]}),
    ],
)  # fmt: skip
def test_objects_keyed_by_values_give_their_keys_as_values(share, document: Any, expected: dict[str, Any]) -> None:
    """Nothing is lost: the key is read where its object stands."""
    rows = share.read("a.json", json.dumps(document)).columns

    assert {name: [cell for cell in cells if cell is not None] for name, cells in rows.items()} == expected


@pytest.mark.parametrize(
    ("document", "columns"),
    [
        (
            {"userId": 1, "homeAddress": {"street": "x", "city": "y"}, "workAddress": {"street": "x", "city": "y"}},
            ["userId", "homeAddress.street", "homeAddress.city", "workAddress.street", "workAddress.city"],
        ),
        ({"billing": {"zip": "1"}, "shipping": {"zip": "2"}}, ["billing.zip", "shipping.zip"]),
        ([{"First Name": "A", "Date of Birth": "x"}, {"First Name": "B"}], ["First Name", "Date of Birth"]),
        ([{"foo": 1, "bar": {"qux": 2}}, {"foo": 3}], ["foo", "bar.qux"]),
        ({"leftEye": {"sph": 1}, "rightEye": {"sph": 2}}, ["leftEye.sph", "rightEye.sph"]),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.5, 2.5]}, "properties": {"name": "x"}},
         ["geometry.coordinates[]", "type", "geometry.type", "properties.name"]),
    ],
)  # fmt: skip
def test_ordinary_documents_keep_their_names(share, document: Any, columns: list[str]) -> None:
    """Objects alike below keys that name fields are no map."""
    assert list(share.read("a.json", json.dumps(document)).columns) == columns


def test_a_map_met_in_one_stretch_is_a_map_in_the_next(share) -> None:
    """What is judged once stays judged, however long the document."""
    entries = {f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}zq": {"age": n} for n in range(9_000)}
    reading = share.read("a.json", json.dumps({"people": entries, "count": 9_000}))

    assert list(reading.columns) == ["people{}", "people{}.age", "count"]


def test_an_optional_field_that_comes_late_is_read_as_a_value_at_worst(share) -> None:
    """A word nobody knows, once in a hundred thousand rows, is no name; a field is."""
    rows = [{"id": n, "foo": n} for n in range(5_000)] + [{"id": 0, "zebedee": "x", "phone": "y"}]
    reading = share.read("a.jsonl", "\n".join(map(json.dumps, rows)))

    assert list(reading.columns) == ["id", "foo", "{}", "phone"]


FAKER = Faker(["en_US", "en_GB", "es_MX", "de_DE", "fr_FR"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[str], object]:
    """Names of persons, and a document that has them as keys."""
    FAKER.seed_instance(draw(st.integers(0, 10**6)))
    style = draw(st.sampled_from([str, str.upper, str.lower, lambda n: ", ".join(reversed(n.split(" ", 1)))]))
    people = [style(FAKER.name()) for _ in range(draw(st.integers(1, 6)))]
    people += [FAKER.first_name() for _ in range(draw(st.integers(0, 3)))]
    value = draw(
        st.sampled_from(["212-555-0187", 5, None, {"phone": "1", "city": "x"}, [{"amount": 2}], {"id": {"a_b": 1}}])
    )
    tree: object = dict.fromkeys(people, value)
    for step in draw(st.lists(st.sampled_from(["debtors", "byName", "[]", "Account Manager"]), max_size=3)):
        tree = [tree, tree] if step == "[]" else {"id": 4, step: tree}
    return people, tree


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
def test_no_persons_name_is_ever_the_name_of_a_column(share, drawn: tuple[list[str], Any]) -> None:
    """In whatever spelling, place and kind of file; and every one is read as a value."""
    people, tree = drawn
    lines = [json.dumps({name: tree}) for name in people]
    for name, content in (("a.json", json.dumps(tree)), ("b.jsonl", "\n".join([json.dumps(tree), *lines]))):
        reading = share.read(name, content)
        columns = [column for batch in reading.batches for column in batch.columns if column is not None]
        declared = [column.name for batch in reading.batches for column in batch.container.columns]
        values = "\n".join(str(cell) for cells in reading.columns.values() for cell in cells)

        assert [person for person in people for column in (*columns, *declared) if person in column] == []
        assert [person for person in people if person not in values] == []
