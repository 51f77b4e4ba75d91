"""Kinds of mistakes that blind lists of columns and texts brought up: what must be found, and what must be let alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from stdnum import verhoeff

from piiscan import Detector

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped rules, in the United States."""
    return Detector()


def judge(
    detector: Detector, name: str, values: Sequence[object] = (), table: str = "t", sql_type: str | None = None
) -> list[str]:
    """The data types a column is taken for."""
    return [c.data_type for c in detector.classify(name, values, table=table, sql_type=sql_type)]


def found(detector: Detector, text: str) -> list[tuple[str, str]]:
    """Data types and what they were found in."""
    return [(d.data_type, text[d.start : d.end]) for d in detector.detect([text])[0]]


def test_indian_numbers_are_known_by_their_check_where_all_of_a_column_pass(detector: Detector) -> None:
    """In a firm that looks for American numbers alone, too; random numbers pass one time in ten."""
    draw = random.Random(7)
    stems = [f"{draw.randrange(2 * 10**10, 10**11)}" for _ in range(40)]
    right = [stem + verhoeff.calc_check_digit(stem) for stem in stems]
    wrong = [stem + str(draw.randrange(10)) for stem in stems]
    holders = [
        f"{a}{b}{c}P{d}{draw.randrange(1000, 9999)}{e}" for a, b, c, d, e in zip(*["ABCDEFGHKL"] * 5, strict=True)
    ]

    assert judge(detector, "kyc_ref", right) == ["in_aadhaar"]
    assert judge(detector, "ref", [f"{n[:4]} {n[4:8]} {n[8:]}" for n in right]) == ["in_aadhaar"]
    assert judge(detector, "c7", wrong) == []
    assert judge(detector, "c9", holders) == ["in_pan"]
    assert found(detector, "batch ABCPD1234E") == []


def test_four_numbers_in_a_column_of_versions_are_versions(detector: Detector) -> None:
    """Neither addresses nor telephones, unless the name leaves it open."""
    versions = [f"{n % 7 + 1}.{n % 30}.{n % 99}.{n % 200}" for n in range(100, 200)]
    long = [f"0.{n % 30}.{n % 99}.{3000 + n}" for n in range(100)]

    assert judge(detector, "fw_version", versions) == []
    assert judge(detector, "build", long) == []
    assert judge(detector, "c1", versions) == ["ip_address"]


def test_hashes_hold_no_licences_and_hardware_addresses_no_handles(detector: Detector) -> None:
    """Letters and digits inside a longer code are its own."""
    draw = random.Random(5)
    hashes = [f"{draw.getrandbits(160):040x}" for _ in range(300)]
    hardware = [f"fb:12:9a:0c:{n:02x}:7f" for n in range(60)]

    assert judge(detector, "etag", hashes) == []
    assert judge(detector, "c2", hardware) == ["mac_address"]


def test_firms_called_after_people_are_no_people(detector: Detector) -> None:
    """A column of companies, to the network, is full of names."""
    firms = [f"{a}, {b} and {c}" for a, b, c in zip(
        ["Smith", "Reyes", "Walker", "Turner"] * 10, ["Johnson", "Lee", "Hall", "Young"] * 10,
        ["Brown", "Gray", "Price", "Ward"] * 10, strict=True,
    )]  # fmt: skip

    assert judge(detector, "company", firms, table="accounts_payable") == []


def test_one_letter_has_room_for_yes_and_no(detector: Detector) -> None:
    """A smoker in a CHAR(1), a blood group in three characters."""
    assert judge(detector, "smoker_flag", table="patients", sql_type="CHAR(1)") == ["medical_condition"]
    assert judge(detector, "blood_type", table="patients", sql_type="VARCHAR(3)") == ["loinc_lab"]
    assert judge(detector, "email", table="patients", sql_type="CHAR(1)") == []


def test_a_table_of_choices_is_about_nobody(detector: Detector) -> None:
    """Its prefix says so; references that a borrower names are people."""
    assert judge(detector, "dx_cd", table="ref_dx") == []
    assert judge(detector, "reference_name", table="loan_references") == ["emergency_contact"]


def test_a_song_that_speaks_of_somebody_is_a_song(detector: Detector) -> None:
    """One title among hundreds tells of nobody; a card number there is one all the same."""
    titles = [f"Track of the number {word}" for word in map(str, range(300))]

    assert judge(detector, "title", [*titles, "I am a white man"], table="track") == []
    assert judge(detector, "title", [*titles, "4111 1111 1111 1111"], table="track") == ["card_pan"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name=x&mail=yusuf.demir@example.com.tr", [("email", "yusuf.demir@example.com.tr")]),
        ("GET /account?email=zoe.lin%40example.com 200", [("email", "zoe.lin%40example.com")]),
        ("git@example.com:org/repo.git", []),
        ("lot 415-555-2671-A", []),
        ("build 0.12.33.4567", []),
        ("My Israeli number is 09-7625400", [("phone", "09-7625400")]),
        ("listen 127.0.0.1:8080", []),
        ("mac 00:00:00:00:00:00", []),
        ("3.14159265 2.71828182 1.41421356", []),
        ("RT @ann_lee: so true", [("social_handle", "@ann_lee")]),
        ("@Override public void run()", []),
        ("Dell Latitude 5420", []),
        ("This communication is from a debt collector.", []),
        ("INFO worker-7 processed 88120 rows in 12 ms", []),
    ],
)
def test_texts_and_what_they_hold(detector: Detector, text: str, expected: list[tuple[str, str]]) -> None:
    """Addresses in addresses of pages, codes, versions, logs, and a law's own words."""
    assert found(detector, text) == expected


def test_a_line_of_an_access_log_hides_no_address(detector: Detector) -> None:
    """What marks the line as one, and whose address stands in it."""
    line = '192.0.2.146 - - [10/Oct/2023:13:55:36 -0700] "GET /x HTTP/1.1" 200 2326'

    assert found(detector, line) == [("ip_address", "192.0.2.146"), ("access_log", "[10/Oct/2023:13:55:36 -0700]")]


def test_names_clipped_to_eight_letters_are_spelt_out(detector: Detector) -> None:
    """As files of old systems are named; what is clipped from nothing known stays as it is."""
    assert judge(detector, "BENSSN", table="POLMST") == ["ssn"]
    assert judge(detector, "HIRDTE", table="PYMAST", sql_type="DATE") == ["employment_dates"]
    assert judge(detector, "MARSTS", table="PYMAST") == ["marital_status"]
    assert judge(detector, "PLNCDE", table="POLMST") == []


def test_words_that_say_what_a_thing_is_may_stand_first(detector: Detector) -> None:
    """As Romance languages have it; a kind of telephone is none."""
    assert judge(detector, "metodo_pago", table="pagos") == ["payment_history"]
    assert judge(detector, "numero_factura", table="facturas") == ["receipt"]
    assert judge(detector, "tipo_telefono", table="clientes") == []


def test_a_state_is_a_place_only_beside_an_address_or_of_people(detector: Detector) -> None:
    """An order's is how far it has come."""
    assert judge(detector, "state", table="sales_order", sql_type="VARCHAR(32)") == []
    assert judge(detector, "state", table="customers") == ["street_address"]
