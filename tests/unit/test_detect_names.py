"""Names of columns as words."""

from __future__ import annotations

import pytest

from piiscan import rulepack
from piiscan.detect.names import NameRules

NAMES = NameRules(rulepack.load())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("FirstName", ("first", "name")),
        ("CUST_BIRTHDT", ("customer", "birth", "date")),
        ("homephone2", ("home", "phone", "2")),
        ("HTTPReferer", ("http", "referer")),
        ("addresses", ("address",)),
        ("fecha_de_nacimiento", ("date", "birth")),
        ("prénom", ("first", "name")),
        ("Straße", ("street",)),
        ("debtor's SSN", ("debtor", "social", "security", "number")),
        ("acctno", ("account", "number")),
        ("package", ("package",)),
        ("", ()),
    ],
)
def test_a_name_is_spelt_out(name: str, words: tuple[str, ...]) -> None:
    """Humps, separators, run-together words, abbreviations, plurals, accents, several languages."""
    assert NAMES._speller.spell(name) == words


@pytest.mark.parametrize(
    ("table", "about"),
    [
        ("public.customer_addresses", {"person", "people"}),
        ("stores", {"organisation"}),
        ("store_customers", {"person", "people"}),
        ("customer_types", {"reference"}),
        ("exports/debtors.csv", {"person", "debt", "people"}),
    ],
)
def test_a_table_is_about_what_its_name_says(table: str, about: set[str]) -> None:
    """Its last word decides whether it is a list of organisations or a mere lookup."""
    relevant = {"person", "people", "organisation", "reference", "debt", "worker"}

    assert NAMES.surroundings(table, []).about & relevant == about


def test_a_table_with_a_plainly_personal_column_is_about_people() -> None:
    """Whatever it is called."""
    assert "people" in NAMES.surroundings("tbl_0815", ["ssn", "x"]).about
    assert "people" not in NAMES.surroundings("tbl_0815", ["colour", "x"]).about
