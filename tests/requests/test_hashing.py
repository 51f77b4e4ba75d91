"""Hashes of the Delete Act's lists: every vector that law.md section 4 prints."""

from __future__ import annotations

import base64

import pytest

from piiscan.requests import hashing
from piiscan.requests.folding import fold


def text(digest: bytes) -> str:
    """The hash as the platform writes it."""
    return base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("standard", "value", "plain", "vector"),
    [
        (hashing.standard_email, " Anna.Smith@Domain.com\n", "anna.smith@domain.com", "KA18MT/ph6IHYjzT9zwETySDQyvSh87YuoSBpOQtkhE="),
        (hashing.standard_phone, "+1(415)555-9317", "4155559317", "vGM7y5n+hBXRSEAklhHDPCbysyNgYTmXdMcagGUOY8E="),
        (hashing.standard_zip, "91790-3771", "91790", "2FPZucR4x7U8KlM+SFAX4LPGhwNz/PIZUCSUdDh0o/s="),
        (hashing.standard_day, "1776-07-04", "17760704", "skXYXxBER6HQTZ3rXSZH1wVGLQ054mS5rbR/bwvzy4I="),
        (hashing.standard_name, "Juan Pablo", "juanpablo", "91hIbrbzNeqHs3o81O5yNrXUj7wDd2shvZ6THKi9qz8="),
    ],
)  # fmt: skip
def test_a_single_value_is_hashed_as_published(standard: object, value: str, plain: str, vector: str) -> None:
    found = standard(value)  # type: ignore[operator]

    assert (found, text(hashing.hash_one(found))) == (plain, vector)


def test_name_day_and_zip_together_are_hashed_as_published() -> None:
    found = hashing.hash_ndz("Danielle", "Johnson", "1985-07-04", "91790")

    assert text(found) == "PQOfn1RffEKmqMmNAzDKKaoZCwxWbQZkQzPWmQo9REA="


@pytest.mark.parametrize(
    ("standard", "value", "plain"),
    [
        (hashing.standard_email, "a.lice+tag @co.com", "a.lice+tag@co.com"),
        (hashing.standard_phone, "+84(90)123 4567", "4901234567"),
        (hashing.standard_phone, "555-0187", "5550187"),
        (hashing.standard_zip, "00300-9999", "300"),
        (hashing.standard_zip, "003009999", "300"),
        (hashing.standard_zip, "K1A 0B6", "k1a0b"),
        (hashing.standard_zip, "300", "300"),
        (hashing.standard_name, "José-María O'Neil", "josemariaoneil"),
        (hashing.standard_name, "Иван", "ivan"),
        (hashing.standard_name, "Ἀλέξανδρος", "alexandros"),
        (hashing.standard_name, "Łukasz Straße", "lukaszstrasse"),
        (hashing.standard_name, "李小龙", "李小龙"),
        (hashing.standard_day, "7/4/1985", "19850704"),
        (hashing.standard_day, "1985-07-04 00:00:00", "19850704"),
        (hashing.standard_day, "unknown", ""),
        (hashing.standard_vin, "1HG-CM82633A004352", "1hgcm82633a004352"),
        (hashing.standard_vin, "1HGCM", ""),
        (hashing.standard_maid, "38400000-8cf0-11bd-b23e-10b96e40000D", "384000008cf011bdb23e10b96e40000d"),
        (hashing.standard_maid, "38400000", ""),
        (hashing.standard_ctv_id, "AB-12 cd_34", "ab12cd34"),
        (hashing.standard_ctv_id, "abc", ""),
    ],
)
def test_values_are_standardised_as_the_list_asks(standard: object, value: str, plain: str) -> None:
    assert standard(value) == plain  # type: ignore[operator]


def test_a_part_that_is_missing_makes_no_hash() -> None:
    assert [hashing.hash_one(""), hashing.hash_ndz("Ann", "", "1985-07-04", "91790"), hashing.hash_name_vin("A", "B", "1")] == [b"", b"", b""]  # fmt: skip


def test_folding_leaves_scripts_alone_that_it_does_not_know() -> None:
    assert fold("Ærøskøbing Żółć عمر") == "aeroskobing zolc عمر"
