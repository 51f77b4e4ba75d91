"""Recordings that must be kept and may hold what must not: a card payment was taken in the same call.

Reg F keeps a recording for three years (12 CFR 1006.100(b)); a security code must not stay even inside it (PCI DSS 4.0.1 req.
3.3.1). No recording is listened to: what shows is a card payment of the same account on the day of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from piiscan.errors import SourceError
from piiscan.model.judging import Occasion
from piiscan.ports import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from piiscan.model import Clock, Container

RECORDINGS: Final = frozenset({"call_recording", "voicemail"})
CARDS: Final = frozenset(
    {"card_pan", "card_cvv", "card_track", "card_pin", "card_expiry", "card_last4", "payment_token"}
)
_ACCOUNTS: Final = frozenset({"creditor_account_no", "agency_file_no"})
CALL: Final = "call_date"
PAYMENT: Final = "payment_processed"


class Recordings:
    """The tables of one source by what they hold and what dates them."""

    def __init__(
        self,
        connector: object,
        held: Mapping[str, Mapping[str, AbstractSet[str]]],
        clocks: Mapping[str, Mapping[str, Clock]],
    ) -> None:
        """``held``: container path -> data type -> its columns; ``clocks``: container path -> event -> its clock."""
        self._connector = connector
        self._held = held
        self._clocks = clocks

    def notes(self, container: Container, tables: Mapping[str, Container], as_of: date) -> Iterator[str]:
        """What to say of the recordings of one table, one sentence for each table of card payments that has their accounts."""
        call = self._clocks[container.path].get(CALL)
        if (
            call is None
            or RECORDINGS.isdisjoint(self._held[container.path])
            or not isinstance(self._connector, Matcher)
        ):
            return
        for path, kinds in sorted(self._held.items()):
            payment = self._clocks[path].get(PAYMENT)
            if payment is None or CARDS.isdisjoint(kinds) or path not in tables:
                continue
            links = self._links(container, tables[path])
            if links is None:
                continue
            one, other = Occasion(container, links[0], call), Occasion(tables[path], links[1], payment)
            try:
                found = self._connector.coinciding(one, other, as_of)
            except SourceError as error:
                yield f"whether card payments ({path}) were taken in these calls could not be counted: {error.message}"
                continue
            if found:
                yield (
                    f"{found:,} of these calls were made on a day on which a card payment of the same account was taken ({path}):"
                    " the recording must be kept, and may hold card data that must not be (PCI DSS 3.3.1): cut it out"
                )

    def _links(self, one: Container, other: Container) -> tuple[str, str] | None:
        """The columns by which both know the account: the same foreign key, one's key, or a column of account numbers."""
        for mine in one.columns:
            for theirs in other.columns:
                same = mine.references is not None and mine.references == theirs.references
                if (
                    same
                    or f"{other.path}.{theirs.name}" == mine.references
                    or f"{one.path}.{mine.name}" == theirs.references
                ):
                    return mine.name, theirs.name
        for kind in sorted(_ACCOUNTS):
            mine_, theirs_ = self._held[one.path].get(kind), self._held[other.path].get(kind)
            if mine_ and theirs_:
                return min(mine_), min(theirs_)
        return None
