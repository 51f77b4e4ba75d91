"""How a request stands on a day: what is due next, what is late, what a person must look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from piiscan.errors import RefusedError, UsageError
from piiscan.periods import Period
from piiscan.requests.deadlines import Deadlines, deadlines
from piiscan.requests.holidays import BusinessDays

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.config.schema import Requests
    from piiscan.inventory.requests import ConsumerRequest

Due = Literal["confirm", "answer"]
LOG: Period = Period(months=24)
"""How long the record of a request is kept at least (11 CCR 7101(a))."""
_ANY_DAY: Final = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One request on one day."""

    deadlines: Deadlines
    next: Due | None
    """What is to be done first; None: nothing, it is answered."""
    due: date | None
    days_left: int | None
    """Until ``due``; negative: so many days late."""
    late: tuple[Due, ...]
    """What is or was done after its day."""

    @property
    def overdue(self) -> bool:
        """Whether something that is still to be done is late."""
        return self.days_left is not None and self.days_left < 0


class Clock:
    """Deadlines by the calendar of the configuration. Raises UsageError for an unknown region."""

    def __init__(self, settings: Requests) -> None:
        self._days = BusinessDays(settings.holidays, friday_after_thanksgiving=settings.friday_after_thanksgiving)

    def deadlines(self, request: ConsumerRequest) -> Deadlines:
        """The deadlines of a request, the answer's as it was extended or not."""
        return deadlines(request.kind, request.regime, request.received, self._days.works)

    def standing(self, request: ConsumerRequest, day: date) -> Standing:
        """How it stands."""
        found = self.deadlines(request)
        answer = found.extended if request.extended_on is not None and found.extended else found.answer
        confirmed = request.on("confirmed") or request.closed_on
        steps: list[tuple[Due, date | None, date | None]] = [
            ("confirm", found.confirm, confirmed),
            ("answer", answer, request.closed_on),
        ]
        late = tuple(what for what, due, done in steps if due is not None and (done or day) > due)
        left = [(due, what) for what, due, done in steps if due is not None and done is None]
        if request.state != "open" or not left:
            return Standing(found, None, None, None, late)
        due, what = min(left)
        return Standing(found, what, due, (due - day).days, late)

    def check_extension(self, request: ConsumerRequest, day: date) -> None:
        """Raises UsageError where no extension is known or one was taken, RefusedError where it comes too late."""
        found = self.deadlines(request)
        if found.extended is None:
            raise UsageError(f"a request {request.kind} knows no extension", hint=f"answer it by {found.answer}")
        if request.extended_on is not None:
            raise UsageError(
                f"request {request.id} was extended on {request.extended_on}", hint="there is one extension only"
            )
        if day > found.answer:
            raise RefusedError(
                f"an extension had to be told by {found.answer}",
                hint="answer now; 11 CCR 7021(b) and Civ. 1798.145(h)(1) allow it inside the first period only",
            )


def prunable(requests: Iterable[ConsumerRequest], keep: Period, day: date) -> list[int]:
    """Numbers of answered requests whose log need not stay. Raises RefusedError for less than the law's 24 months."""
    if keep.end(_ANY_DAY) < LOG.end(_ANY_DAY):
        raise RefusedError(
            "the log of requests is kept for 24 months at least", hint="11 CCR 7101(a): --keep P24M or more"
        )
    return [
        each.id
        for each in requests
        if each.state != "open" and each.closed_on is not None and keep.end(each.closed_on) < day
    ]


def flags(request: ConsumerRequest) -> tuple[str, ...]:
    """What a person must know before going on."""
    found = []
    if request.notarized:
        found.append(
            "a notarized paper was given: it may be taken, but must not be asked for (11 CCR 7060(e), 7063(b))"
        )
    if request.agent and request.authority == "none":
        found.append("no authority yet: ask the agent for the consumer's signed permission (11 CCR 7063(a))")
    if request.minor and request.authority != "parent":
        found.append("a minor, and nobody asks as the parent or guardian")
    if request.kind == "know_specific" and not request.declared:
        found.append(
            "no declaration under penalty of perjury: specific pieces become categories (11 CCR 7062(c), 7024(a))"
        )
    if request.fee:
        found.append("a fee: the business must prove the request excessive or unfounded (Civ. 1798.145(h)(3))")
    return tuple(found)
