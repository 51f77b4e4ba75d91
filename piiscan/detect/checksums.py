"""Checks of longer numbers and addresses: bank accounts abroad, wallets, addresses of the Internet. Rule packs name them."""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

from stdnum import iban as stdnum_iban

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE: Final = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58)
"""Ripple writes the same figures with an alphabet of its own."""
_ADDRESS: Final = 25
"""Bytes of an address: one that says what it is, twenty of a hash, four of the checksum (Zcash says it in two)."""
_KEYS: Final = frozenset({37, 38, 82})
"""Bytes of a private key in wallet import format (plain, compressed) and of an extended key (BIP 32)."""
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS: Final = frozenset({1, 0x2BC830A3})
"""What the checksum comes to in Bech32 (BIP 173) and in Bech32m (BIP 350)."""
_FEW: Final = 3
"""Groups of an IPv6 address that stand for themselves; shorter ones must begin like an address in use."""
_IN_USE: Final = (
    (IPv6Address("2000::"), 3),
    (IPv6Address("fc00::"), 7),
    (IPv6Address("fe80::"), 10),
    (IPv6Address("ff00::"), 8),
)
"""Prefixes given out: global unicast, unique local, link local, multicast (IANA's IPv6 address space), with their bits."""


def iban(text: str) -> bool:
    """Whether it is an International Bank Account Number (ISO 13616): its country's form, and 1 modulo 97.

    It is in one case throughout. National check digits within it are not asked for: not every bank follows them.
    """
    return text in (text.upper(), text.lower()) and bool(stdnum_iban.is_valid(text, check_country=False))


def ipv6(text: str) -> bool:
    """Whether it is an IPv6 address in writing (RFC 4291) that is more than hexadecimal words around two colons."""
    address = text.partition("%")[0].partition("/")[0]
    try:
        number = int(IPv6Address(address))
    except ValueError:
        return False
    groups = [group for group in address.split(":") if group]
    if len(groups) > _FEW or number == 1 or "." in address:
        return True
    return any(number >> (128 - bits) == int(prefix) >> (128 - bits) for prefix, bits in _IN_USE)


def wallet(text: str) -> bool:
    """Whether it is an address of a crypto wallet: Base58Check over 25 bytes, or Bech32 and Bech32m."""
    if text[0] == "r":
        return _base58(text.translate(_RIPPLE)) == _ADDRESS
    if "1" in text and text.lower() in (text, text.swapcase()) and _bech32(text.lower()):
        return True
    return _base58(text) in {_ADDRESS, _ADDRESS + 1}


def wallet_key(text: str) -> bool:
    """Whether it is a private key of a wallet: Base58Check over a key in wallet import format or an extended one."""
    return _base58(text) in _KEYS


def _base58(text: str) -> int:
    """How many bytes a Base58Check text stands for; 0 if its checksum, the double SHA-256's first four, is wrong."""
    value = 0
    for character in text:
        figure = _BASE58.find(character)
        if figure < 0:
            return 0
        value = value * 58 + figure
    noughts = len(text) - len(text.lstrip("1"))
    decoded = b"\0" * noughts + value.to_bytes((value.bit_length() + 7) // 8, "big")
    body, checksum = decoded[:-4], decoded[-4:]
    return len(decoded) if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == checksum else 0


def _bech32(text: str) -> bool:
    """Whether the checksum of a Bech32 text, in lower case, is right (BIP 173)."""
    prefix, _, data = text.rpartition("1")
    values = [_BECH32.find(character) for character in data]
    if not prefix or -1 in values:
        return False
    checksum = 1
    for value in (*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values):
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for index, term in enumerate(_GENERATOR):
            checksum ^= term if top >> index & 1 else 0
    return checksum in _BECH32_SUMS


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "iban": iban,
    "ipv6": ipv6,
    "wallet": wallet,
    "wallet_key": wallet_key,
}
"""The checks by the names that rule files give them."""
