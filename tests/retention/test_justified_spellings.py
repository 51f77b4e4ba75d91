"""How a data point may stand in a column."""

from __future__ import annotations

from typing import Any

import pytest

from piiscan.retention.spellings import name_parts, spellings


@pytest.mark.parametrize(
    ("data_type", "value", "sql_type", "forms"),
    [
        ("email", " Ann@Example.org ", "VARCHAR(80)", ("Ann@Example.org",)),
        ("ssn", "219-09-9998", "CHAR(11)", ("219-09-9998", "219099998", "219 09 9998")),
        ("ssn", "219 09 9998", None, ("219 09 9998", "219099998", "219-09-9998")),
        ("ssn", "219-09-9998", "INTEGER", (219099998,)),
        ("creditor_account_no", "AB-12 34", "TEXT", ("AB-12 34", "AB1234")),
        ("creditor_account_no", "AB-12 34", "bigint", ()),
        ("creditor_account_no", "004711", "NUMERIC(12, 0)", (4711,)),
        ("creditor_account_no", "004711", "NUMERIC(12, 2)", (4711,)),
        ("creditor_account_no", "9223372036854775808", "BIGINT", ()),
        ("card_pan", "4111-1111-1111-1111", None, ("4111-1111-1111-1111", "4111111111111111", "4111 1111 1111 1111")),
        ("dob", "1980-01-31", "DATE", ("1980-01-31",)),
        ("dob", "1980-01-31", "TIMESTAMP WITHOUT TIME ZONE", ("1980-01-31",)),
        ("dob", "1980-01-31", "VARCHAR(10)", ("1980-01-31", "01/31/1980", "1/31/1980", "19800131")),
        ("dob", "January 1980", "DATE", ()),
        ("person_name", "Ann  Lee", "TEXT", ("Ann Lee", "Lee, Ann")),
        ("person_name", "Lee, Ann", "TEXT", ("Lee, Ann", "Ann Lee")),
        ("street_address", "1 Main St. Apt 4-B", "TEXT", ("1 Main St. Apt 4-B",)),
    ],
)
def test_each_usual_way_to_write_it_is_compared(data_type: str, value: str, sql_type: Any, forms: Any) -> None:
    assert spellings(data_type, value, sql_type) == forms


@pytest.mark.parametrize("given", ["212-555-0187", "(212) 555-0187", "+1 212 555 0187", "2125550187"])
@pytest.mark.parametrize(
    "stored",
    ["212-555-0187", "(212) 555-0187", "(212)555-0187", "+12125550187", "2125550187", "212.555.0187", "1-212-555-0187"],
)
def test_a_phone_number_is_found_however_it_is_written(given: str, stored: str) -> None:
    assert stored in spellings("phone", given, "VARCHAR(20)")


def test_a_number_of_another_country_needs_its_code() -> None:
    assert {"+442079460018", "020 7946 0018", "2079460018", "442079460018"} <= set(
        spellings("phone", "+44 20 7946 0018")
    )
    assert spellings("phone", "2125550187", "BIGINT") == (2125550187, 12125550187)


def test_a_name_is_divided_every_way() -> None:
    assert name_parts("Mary Ann Lee") == (("Mary", "Ann Lee"), ("Mary Ann", "Lee"), ("Mary", "Lee"))
    assert name_parts("Lee, Ann") == (("Ann", "Lee"),)
    assert name_parts("Cher") == ()
