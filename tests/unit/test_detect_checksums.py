"""Checksums of bank accounts abroad, of wallets, of cards of any issuer; what is an address of the Internet."""

from __future__ import annotations

import pytest

from piiscan.detect.checksums import iban, ipv6, wallet, wallet_key
from piiscan.detect.validators import card, card_form


@pytest.mark.parametrize(
    "text",
    [
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",  # Base58Check, pay to public key hash
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",  # pay to script hash
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",  # Bech32
        "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
        "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",  # Bech32m
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",  # Ripple's alphabet
    ],
)
def test_a_wallet_with_one_character_changed_is_none(text: str) -> None:
    """Both checksums notice any single wrong character."""
    wrong = text[:-1] + ("2" if text[-1] != "2" else "3")

    assert (wallet(text), wallet(wrong)) == (True, False)


def test_bech32_in_mixed_case_is_none() -> None:
    """BIP 173 forbids it."""
    assert not wallet("bc1QAR0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")


def test_keys_are_told_from_addresses() -> None:
    """Wallet import format, compressed and not; an address is no key, an extended public key neither."""
    texts = (
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn",
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",
        "not Base58 at all",
    )

    assert [wallet_key(text) for text in texts] == [True, True, False, False, False]


def test_an_iban_holds_in_any_case_and_grouping() -> None:
    """97 divides it with a rest of 1, and it has the form of its country."""
    texts = (
        "gb29nwbk60161331926819",
        "GB29 NWBK 6016 1331 9268 19",
        "GB29NWBK60161331926818",
        "XX29NWBK60161331926819",
    )

    assert [iban(text) for text in texts] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001:db8::1", True),
        ("fe80::1%eth0", True),
        ("fd00::12/64", True),
        ("::1", True),
        ("::ffff:192.0.2.1", True),
        ("A099::09C0:876A:130B", True),
        ("::", False),
        ("dead::beef", False),
        ("12::34", False),
        ("abc::def:0", False),
        ("1:2:3:4:5:6:7", False),
        ("::ffff:256.0.0.1", False),
    ],
)
def test_words_around_two_colons_are_no_address(text: str, expected: bool) -> None:
    """Short ones count only under a prefix that IANA has given out."""
    assert ipv6(text) is expected


def test_a_card_of_any_issuer_is_no_chip_and_no_device() -> None:
    """Twelve digits pass by form alone; a telephone's chip (89) and fifteen digits (IMEI) do not."""
    numbers = ("501234567896", "89014103211118510720", "490154203237518", "3598899323053410", "4111111111111112")

    assert [(card(n), card_form(n)) for n in numbers] == [
        (False, True),
        (False, False),
        (False, False),
        (True, True),
        (False, False),
    ]
