"""What may decide whether conditionally sensitive data are sensitive: other data in the same table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.report.summary import of_types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.model import DataType
    from piiscan.report.slices import Slice

_ACCESS: Final = ("password", "security_qa", "mfa_secret", "card_pin")
_COMPLETED_BY: Final = {
    "bank_account_no": _ACCESS,
    "card_pan": ("card_cvv", "card_track", *_ACCESS),
    "crypto_wallet": ("crypto_seed", "private_key"),
    "date_of_service": ("provider_name",),
    "form_1099": ("ssn",),
    "iban": _ACCESS,
    "pay_stub": ("ssn",),
    "tax_return": ("ssn",),
    "username": _ACCESS,
}
"""Data types that are sensitive together with others (Civ. Code 1798.140(ae)(1)(A), (B), (2)(B)), and with which."""


def beside(kind: DataType, found: Sequence[Slice]) -> list[Slice]:
    """What lies in one container with a data type and, by what it is, may meet its condition; one slice a column."""
    places = {item.key for item in of_types(found, {kind.id})}
    others = (item for item in of_types(found, _COMPLETED_BY.get(kind.id, ())) if item.key in places)
    return list({(item.key, item.holding.column, item.data_type.id): item for item in others}.values())
