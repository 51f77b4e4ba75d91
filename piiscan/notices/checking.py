"""Every promise of a notice held against what is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.notices.counting import check_minors, check_unused
from piiscan.notices.disclosing import check_disclosed, check_found
from piiscan.notices.exposing import check_contacts, check_encrypted, check_owners, check_places, check_world_readable
from piiscan.notices.keeping import check_exceptions, check_retention
from piiscan.notices.lagging import lags_of
from piiscan.notices.naming import (
    check_bases,
    check_purposes,
    check_recipients,
    check_region,
    check_sold,
    check_sources,
)
from piiscan.notices.outcome import Outcome, PromiseOutcome
from piiscan.notices.storing import check_cookies, check_deidentified, check_never_stored, check_passwords
from piiscan.rulepack import Check, Promise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from piiscan.notices.known import Known
    from piiscan.rulepack import Lag, Notice
    from piiscan.rulepack.promises import CheckKind


def _serve(check: Check, known: Known) -> Outcome:
    there = known.served(check.command)
    more = "" if there else ", which this version does not have yet"
    does = f": {check.does}" if check.does else ""
    return Outcome("not_checked", f"Served by piiscan {check.command}{more}{does}.")


def _bar(check: Check, known: Known) -> Outcome:  # noqa: ARG001 - every check is asked alike
    return Outcome("not_applicable", f"Not applied: {check.why} ({check.citation}).")


CHECKS: Final[Mapping[CheckKind, Callable[[Check, Known], Outcome]]] = {
    "disclosed": check_disclosed,
    "found": check_found,
    "sources_named": check_sources,
    "purposes_named": check_purposes,
    "recipients_named": check_recipients,
    "legal_basis": check_bases,
    "not_sold": check_sold,
    "region": check_region,
    "retention": check_retention,
    "never_stored": check_never_stored,
    "deidentified": check_deidentified,
    "cookies_identify": check_cookies,
    "no_minors": check_minors,
    "readable_passwords": check_passwords,
    "unused_credentials": check_unused,
    "world_readable": check_world_readable,
    "encrypted": check_encrypted,
    "owners": check_owners,
    "client_contacts": check_contacts,
    "held_in": check_places,
    "exceptions_named": check_exceptions,
    "barred": _bar,
    "service": _serve,
}
"""What answers each kind of check."""
_HEADINGS: Final = Promise("headings", "the headings of the notice", (Check("disclosed"),), {})
"""What a profile without a promise still promises."""


@dataclass(frozen=True, slots=True)
class NoticeCheck:
    """How a notice stands on a day."""

    notice: Notice
    as_of: date
    promises: tuple[PromiseOutcome, ...]
    """In the notice's order."""
    lags: tuple[Lag, ...]
    """Where it does not say what the law asks of it."""

    @property
    def breaches(self) -> tuple[PromiseOutcome, ...]:
        """The promises that what is held contradicts."""
        return tuple(each for each in self.promises if each.status == "breach")

    @property
    def undisclosed(self) -> bool:
        """Whether anything is collected that no heading names."""
        return any(
            kind == "disclosed" and part.status == "breach" for each in self.promises for kind, part in each.parts
        )


def check_notice(known: Known) -> NoticeCheck:
    """Every promise of the notice, kept, broken, unknown or not checked, with the places; and its lags.

    Sources are asked for counts where the inventory does not know; what cannot be asked is unknown. Raises UsageError when the
    firm's key is needed and not at hand, and RuleError for a selector that names no data type.
    """
    promises = known.notice.promises or (_HEADINGS,)
    made = tuple(
        PromiseOutcome(each, tuple((check.kind, CHECKS[check.kind](check, known)) for check in each.checks))
        for each in promises
    )
    return NoticeCheck(known.notice, known.as_of, made, lags_of(known.notice, known.as_of))
