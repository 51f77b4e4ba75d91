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
        ("dt_nasc", ("date", "birth")),
        ("DTNASCIMENTO", ("date", "birth")),
        ("nombres", ("name",)),
        ("DRV_LIC_NBR", ("driver", "license", "number")),
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


def test_words_that_most_columns_share_say_nothing() -> None:
    """Beginnings and ends; not those that say what a column is."""
    assert NAMES.affixes(["eec_name", "eec_phone", "eec_relation", "id"]) == {"eec"}
    assert NAMES.affixes(["name_contact", "phone_contact", "zip_contact"]) == {"contact"}
    assert NAMES.affixes(["first_name", "last_name", "middle_name"]) == set()
    rules = [match.rule.id for match in NAMES.named("eec_name", "contacts", frozenset({"eec"}))]
    assert "person_name.bare" in rules
    assert "person_name.bare" not in [match.rule.id for match in NAMES.named("eec_name", "contacts")]


def test_numbers_that_only_count_are_read_over() -> None:
    """But a number that says something is not."""
    assert "person_name" in [match.rule.data_type for match in NAMES.named("cardholder_1_name")]
    assert "phone" in [match.rule.data_type for match in NAMES.named("home2Phone")]
    assert "ssn" not in [match.rule.data_type for match in NAMES.named("ssn_last_4")]
