"""What the demo firm's letters and logs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.demo.people import CANARY_CARD

if TYPE_CHECKING:
    from datetime import date

    from piiscan.demo.ledger import Account

FEES: Final = "fee_code,description,percent\nSTD,standard contingency,22.5\nLEGAL,after suit is filed,35\nSMALL,balance under 100 dollars,40\n"
HOURS: Final = "Office hours\n\nMonday to Friday, eight to six. Closed on federal holidays.\nThe payment portal is open at all hours.\n"
_HEAD = "Harbor Point Recovery\nThis is an attempt to collect a debt. Any information obtained will be used for that purpose.\n"


def validation(account: Account, day: date) -> str:
    """The notice that starts the collection of a debt (12 CFR 1006.34)."""
    person = account.person
    return (
        f"{_HEAD}\n{day.isoformat()}\n\n{person.name}\n{person.street}\n{person.city}, {person.state} {person.zip}\n\n"
        f"Account number: {account.creditor_no}\nOur file: {account.file_no}\nAmount of the debt: ${account.balance:,.2f}\n\n"
        f"Dear {person.name},\n\nyour creditor has placed the account above with us. Call us if you dispute it.\n"
    )


def dispute(account: Account, day: date) -> str:
    """A consumer's message from the web form, kept as a page."""
    person = account.person
    return (
        "<!DOCTYPE html>\n<html><head><title>Dispute received</title><style>p { margin: 1em }</style></head><body>\n"
        f"<h1>Dispute received on {day.isoformat()}</h1>\n<p>From: {person.name} &lt;{person.email}&gt;, phone {person.cell_phone}</p>\n"
        f"<p>I do not owe this. My social security number is {person.ssn} and I was born on {person.dob}. "
        f"I work at {person.employer}.</p>\n<!-- file {account.file_no} -->\n</body></html>\n"
    )


def payment_by_post(account: Account, day: date) -> str:
    """A letter that should have been shredded: it carries a whole card number with its code."""
    return (
        f"{day.isoformat()}\n\nTo Harbor Point Recovery, file {account.file_no}\n\nPlease charge my Visa card number {CANARY_CARD.replace(' ', '')}, "
        f"expires 09/29, security code CVV 417, for the full balance.\n\n{account.person.name}\n{account.person.home_phone}\n"
    )


def dialer_line(account: Account, day: date, second: int) -> str:
    """One line of the dialer's log."""
    hour, minute = 8 + second // 3600, second // 60 % 60
    return f"{day.isoformat()} {hour:02d}:{minute:02d}:{second % 60:02d} dialing {account.person.cell_phone} for {account.person.name} (José Núñez, línea 4)"
