"""What a file of retention rules may contain, checked with pydantic, and what its keys may not say together."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic looks it up
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from piiscan.rulepack.retention import KEEPING, MAXIMA, RuleKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID: Final = r"^[a-z][a-z0-9_.]*$"
_GROUND: Final = r"^(E\d+|[A-Z]+\.[a-z]+)$"
_EVENT: Final = r"^[a-z][a-z0-9_]*$"
_NO_OR_EVENT: Final = r"^([a-z][a-z0-9_]*)?$"
_WORDS: Final = r"\S"
_GLOB: Final = r"^[^:]+:.+$"
_STATUS: Final = r"^([CSG]( / [CSG])?)?$"
_CHANGE: Final = r"(?s)^(null|year|constant:.+|prefix:[1-9]\d*)$"
FORMS: Final = {
    _ID: "must be a name in small letters, such as our_recordings",
    _GROUND: "must be E and a number, or letters and a name such as X.law",
    _EVENT: "must be an event, in small letters and underscores, such as call_date",
    _NO_OR_EVENT: "must be an event, in small letters and underscores, such as call_date",
    _WORDS: "must not be empty",
    _GLOB: "must be source:container, such as share:rec/** or *:public.call_log",
    _STATUS: "must be C, S or G, or two of them such as C / G",
    _CHANGE: "must be null, year, constant:TEXT or prefix:N",
}
"""What texts must look like, by the expression that checks it."""

Id = Annotated[str, Field(pattern=_ID)]
GroundId = Annotated[str, Field(pattern=_GROUND)]
Event = Annotated[str, Field(pattern=_EVENT)]
Words = Annotated[str, Field(pattern=_WORDS)]
Glob = Annotated[str, Field(pattern=_GLOB)]
Status = Annotated[str, Field(pattern=_STATUS)]
Change = Annotated[str, Field(pattern=_CHANGE)]


class _Table(BaseModel):
    """A TOML table: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EndTable(_Table):
    """One end of a rule that has several."""

    trigger: Event
    period: Words


class ExampleTable(_Table):
    """An age, or days of the calendar, and how a record stands then."""

    status: Literal["within", "overdue"]
    age: Words | None = None
    """Since every trigger."""
    ages: dict[Event, Words] = {}
    event: date | dict[Event, date] | None = None
    """Days of the events instead of ages; with ``on``."""
    on: date | None = None
    policy: Words | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ExampleTable:
        given = [name for name in ("age", "ages", "event") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("must have one of age, ages and event")
        if (self.event is None) != (self.on is None):
            raise ValueError("event and on go together: the day of the event, and the day asked about")
        return self


class RuleTable(_Table):
    """A rule with a clock; see `piiscan.rulepack.retention.RetentionRule`."""

    id: Id
    title: str = ""
    records: str = ""
    data_types: tuple[Words, ...]
    only_with: tuple[Words, ...] = ()
    where: tuple[Glob, ...] = ()
    capacities: tuple[Words, ...] = ()
    regimes: tuple[Literal["glba", "hipaa", "fcra", "dppa", "ccpa"], ...] = ()
    roles: tuple[Literal["business", "service_provider"], ...] = ()
    kind: RuleKind
    trigger: Annotated[str, Field(pattern=_NO_OR_EVENT)] = ""
    period: str = ""
    ends: tuple[EndTable, ...] = ()
    combine: Literal["later", "earlier"] | None = None
    action: Literal["delete", "anonymize"] | None = None
    anonymize: dict[Words, Change] = {}
    exception: str = ""
    yields: bool | None = None
    citation: Words
    reason: str = ""
    note: str = ""
    status: Status = ""
    source: str = ""
    as_of: date | None = None
    advisory: bool = False
    in_force_from: date | None = None
    enabled: bool = True
    example: tuple[ExampleTable, ...] = ()

    def faults(self) -> Iterator[tuple[str, str]]:
        """What its keys may not say together: the key, and the problem in words."""
        yield from self._clock_faults()
        yield from self._maximum_faults()
        if self.kind == "min_keep" and not self.exception:
            yield "exception", "a minimum needs the ground on which a request is refused meanwhile, such as E8"
        if self.exception and self.kind not in KEEPING:
            yield "exception", f"a rule of kind {self.kind} keeps nothing: leave the ground out"
        if self.status == "G" and self.enabled:
            yield (
                "enabled",
                "status G is general knowledge: must be false until counsel has checked it and the status says so",
            )

    def _clock_faults(self) -> Iterator[tuple[str, str]]:
        if self.ends and (self.trigger or self.period):
            yield "ends", "stands beside trigger or period: keep either ends, or trigger and period"
        if len(self.ends) > 1 and self.combine is None:
            yield "combine", 'several ends need combine = "later" or "earlier"'
        if self.combine is not None and len(self.ends) < 2:  # noqa: PLR2004 - one cannot be combined
            yield "combine", "combines several ends: there are none"
        if "policy" in {self.period, *(end.period for end in self.ends)} and self.kind not in MAXIMA:
            yield (
                "period",
                f'"policy" is the period the firm publishes: it bounds what may be kept, no rule of kind {self.kind}',
            )
        if self.period == "indefinite":
            yield from self._endless_faults()
        elif self.trigger == "always":
            yield from self._always_faults()
        elif not self.ends and not (self.trigger and self.period):
            yield (
                "trigger" if self.period else "period",
                'is missing: trigger and period, or ends, or period = "indefinite"',
            )

    def _endless_faults(self) -> Iterator[tuple[str, str]]:
        if self.trigger:
            yield "trigger", 'period "indefinite" begins with no event: leave it out'
        if self.kind not in KEEPING:
            yield "period", f'"indefinite" means kept for ever: no rule of kind {self.kind}'

    def _always_faults(self) -> Iterator[tuple[str, str]]:
        if self.period:
            yield "period", 'trigger "always" is over from the first day: leave it out'
        if self.kind in KEEPING:
            yield "trigger", f'"always" is over from the first day: a rule of kind {self.kind} would keep nothing'

    def _maximum_faults(self) -> Iterator[tuple[str, str]]:
        if self.kind not in MAXIMA:
            for key in ("action", "yields"):
                if getattr(self, key) is not None:
                    yield key, f"a rule of kind {self.kind} lets nothing go: only max_keep and policy_max have it"
            if self.advisory:
                yield "advisory", f"a rule of kind {self.kind} plans nothing: only max_keep and policy_max have it"
        if self.anonymize and self.action != "anonymize":
            yield "anonymize", 'needs action = "anonymize"'


ADJUSTABLE: Final = frozenset(
    {"enabled", "advisory", "status", "reason", "note", "as_of", "data_types", "only_with", "where", "capacities", "regimes", "roles"}
)  # fmt: skip
"""What a table without ``kind`` may change of a rule that is there: whether it counts, and where it reaches. Not the law."""


class DutyTable(_Table):
    """A duty, review or method."""

    id: Id
    title: Words
    kind: Literal["review", "method", "process", "consent_gate", "defer", "duty", "proposed"]
    data_types: tuple[Words, ...] = ()
    trigger: str = ""
    period: str = ""
    applies_to: str = ""
    citation: Words
    effect: str = ""
    status: Status = ""
    source: str = ""
    enabled: bool = True


class GroundTable(_Table):
    """An exception or an exemption."""

    id: GroundId
    title: Words
    text: Words
    evidence: str = ""
    scope: str = ""
    still_applies: str = ""
    citation: Words
    status: Status = ""
    source: str = ""
    repealed: bool = False
    reason: str = ""

    @model_validator(mode="after")
    def _explained(self) -> GroundTable:
        if self.repealed and not self.reason:
            raise ValueError("a repealed ground needs the reason why it is refused")
        return self


class WordTable(_Table):
    """An event or a capacity, and what it means."""

    id: Event
    text: Words
