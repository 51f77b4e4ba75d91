"""How the rows of a container stand by a rule, in the contract's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal

from piiscan.model.judging import Ended, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from piiscan.inventory import Justification
    from piiscan.model import Clock, ClockBasis, Container
    from piiscan.model.judging import JudgedRows, RowStatus, Standing
    from piiscan.retention.erasure import Limit
    from piiscan.retention.questions import Question
    from piiscan.rulepack.retention import RetentionRule

VerdictStatus = Literal["within", "overdue", "exempt", "on_hold", "undated", "no_rule"]
AFTER_MINIMA: Final = "after the legal minima"
_URGENCY: Final[tuple[RowStatus, ...]] = ("overdue", "undated", "on_hold", "exempt", "within")
"""What a container is called when its rows stand differently: what asks most for somebody's attention."""


@dataclass(frozen=True, slots=True)
class ClockUse:
    """What dates the rows; ``column`` None = nothing does."""

    event: str
    column: str | None
    basis: ClockBasis | None


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why rows stay, and until when: against the schedule, or as an answer to a consumer's request."""

    id: str
    against: Literal["request", "schedule"]
    rule: str | None
    citation: str
    reason: str
    until: date | None
    """The latest day any of the rows is excused; None = not known, or until released."""
    rows: int | None = None
    """How many rows it excuses; None = as an answer to requests it is not counted."""

    @property
    def name(self) -> str:
        """Which excuse it is: the same ground may rest on several rules."""
        return f"{self.id}: {self.rule}" if self.against == "request" and self.rule else self.id


Reason = Callable[["date | None", int], Excuse]
"""What decided, for the latest day of any clock of it (None = it has none) and so many rows."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rows of one owner in one container, by one rule. Counts of rows add up to ``rows_total``; a file is one row."""

    source: str
    container: str
    member: tuple[str, ...]
    owner: str | None
    data_types: tuple[str, ...]
    rule: str | None
    rule_kind: str | None
    clock: ClockUse | None
    rows_total: int
    rows_within: int
    rows_overdue: int
    rows_exempt: int
    rows_on_hold: int
    rows_undated: int
    oldest_at: date | None
    due_on: date | None
    """When the oldest row's time ends or ended: its last permitted day; None where several clocks decide."""
    status: VerdictStatus
    exceptions: tuple[Excuse, ...] = ()
    advisory: bool = False
    """Shown, never planned: the law's reach or period is in doubt."""
    title: str = ""
    citation: str = ""
    action: str = ""
    rows_due_in: Mapping[str, int] | None = None
    """``"30"`` and ``"90"`` -> rows within that will be over so many days on."""
    notes: tuple[str, ...] = ()

    def body(self) -> dict[str, object]:
        """The fields by the names JSON gives them."""
        return asdict(self)


def verdicts(
    container: Container,
    question: Question,
    number: int,
    judged: Sequence[JudgedRows],
    known: Mapping[str, Reason],
    notes: tuple[str, ...] = (),
) -> Iterator[Verdict]:
    """One verdict for each owner of whom the question speaks; ``number`` is its place among those judged."""
    owners = sorted({rows.owner for rows in judged if _speaks(question, rows.owner)}, key=lambda name: name or "")
    for owner in owners:
        mine = [(rows.standings[number], rows.rows) for rows in judged if rows.owner == owner]
        yield _verdict(container, question, owner, [each for each in mine if each[0].status], known, notes)


def unruled(container: Container, data_types: Iterable[str], rows: int | None, owner: str | None = None) -> Verdict:
    """What is held without any rule that reaches it."""
    held, total = tuple(sorted(data_types)), rows or 0
    place = (container.source, container.path, container.member)
    return Verdict(*place, owner, held, None, None, None, total, total, 0, 0, 0, 0, None, None, "no_rule")


def left_over(
    container: Container, data_types: Iterable[str], judged: Sequence[JudgedRows], spoken_of: Collection[str | None]
) -> Iterator[Verdict]:
    """The rows of owners whom no rule of keeping reaches, where it reaches others."""
    rows: Counter[str | None] = Counter()
    for each in judged:
        if each.owner not in spoken_of:
            rows[each.owner] += each.rows
    for owner, number in sorted(rows.items(), key=lambda item: item[0] or ""):
        yield unruled(container, data_types, number, owner)


def _speaks(question: Question, owner: str | None) -> bool:
    return question.judgment.owners is None or owner in question.judgment.owners


def _verdict(
    container: Container,
    question: Question,
    owner: str | None,
    mine: Sequence[tuple[Standing, int]],
    known: Mapping[str, Reason],
    notes: tuple[str, ...],
) -> Verdict:
    counts: Counter[RowStatus] = Counter()
    for standing, rows in mine:
        if standing.status:
            counts[standing.status] += rows
    rule = question.rule
    oldest = min((standing.oldest for standing, _ in mine if standing.oldest), default=None)
    coming = [sum(days) for days in zip(*(standing.coming for standing, _ in mine if standing.coming), strict=True)]
    return Verdict(
        container.source,
        container.path,
        container.member,
        owner,
        question.data_types,
        rule.id,
        rule.kind,
        _clock(question),
        counts.total(),
        counts["within"],
        counts["overdue"],
        counts["exempt"],
        counts["on_hold"],
        counts["undated"],
        oldest,
        _due_on(question, oldest),
        next((status for status in _URGENCY if counts[status]), "within"),
        exceptions=tuple(_excuses(question, mine, known)),
        advisory=rule.advisory,
        title=rule.title,
        citation=rule.citation,
        action=rule.action,
        rows_due_in=dict(zip(("30", "90"), coming or (0, 0), strict=True)),
        notes=(*_notes(container, question), *notes),
    )


def _clock(question: Question) -> ClockUse | None:
    """The first clock of what is due: the column, or the event that nothing dates."""
    ends = list(_ends(question.judgment.due))
    if ends and ends[0].clock is not None:
        return _use(ends[0].clock)
    rule = question.minima[0] if question.purpose == "after_minimum" else question.rule
    return ClockUse(rule.ends[0].trigger, None, None) if rule.ends else None


def _use(clock: Clock) -> ClockUse:
    return ClockUse(clock.event, clock.column, clock.basis)


def _ends(term: Term) -> Iterator[Ended]:
    for part in term.parts:
        if isinstance(part, Term):
            yield from _ends(part)
        else:
            yield part


def _due_on(question: Question, oldest: date | None) -> date | None:
    rule = question.minima[0] if question.purpose == "after_minimum" else question.rule
    single = question.purpose != "after_minimum" or len(question.minima) == 1
    if oldest is None or not single or len(rule.ends) != 1 or rule.ends[0].period is None:
        return None
    return rule.ends[0].period.end(oldest)


def _excuses(
    question: Question,
    mine: Sequence[tuple[Standing, int]],
    known: Mapping[str, Reason],
) -> Iterator[Excuse]:
    """What holds rows back from the schedule, then what would answer a request meanwhile."""
    rows: Counter[str] = Counter()
    newest: dict[str, date] = {}
    for standing, number in mine:
        if standing.by is not None:
            rows[standing.by] += number
            if standing.newest is not None:
                newest[standing.by] = max(newest.get(standing.by, standing.newest), standing.newest)
    for id_, number in sorted(rows.items()):
        yield known[id_](newest.get(id_), number)
    for rule in question.minima if question.purpose != "request" else ():
        if rule.exception:
            yield Excuse(
                rule.exception, "request", rule.id, rule.citation, rule.title, _until(rule, newest.get(rule.id))
            )


def by_rule(rule: RetentionRule, ground: str | None = None) -> Reason:
    """A minimum keeps rows: from the schedule, or on a ground from a consumer's request."""

    def excuse(newest: date | None, rows: int) -> Excuse:
        until = _until(rule, newest)
        if ground is None:
            return Excuse(rule.id, "schedule", rule.id, rule.citation, rule.title, until, rows)
        return Excuse(ground, "request", rule.id, rule.citation, rule.title, until, rows)

    return excuse


def by_justification(why: Justification) -> Reason:
    """A hold, an extension, or an exception keeps rows."""

    def excuse(_newest: date | None, rows: int) -> Excuse:
        return Excuse(why.id, why.against, why.rule, why.evidence, why.reason, why.ends, rows)

    return excuse


def by_limit(limit: Limit) -> Reason:
    """The rows are no part of a request."""

    def excuse(_newest: date | None, rows: int) -> Excuse:
        return Excuse(limit.id, "request", None, limit.citation, limit.reason, None, rows)

    return excuse


def _until(rule: RetentionRule, newest: date | None) -> date | None:
    if newest is None or len(rule.ends) != 1 or rule.ends[0].period is None:
        return None
    return rule.ends[0].period.end(newest)


def _notes(container: Container, question: Question) -> tuple[str, ...]:
    notes = []
    if question.purpose == "after_minimum":
        kept = ", ".join(rule.id for rule in question.minima)
        notes.append(f"{AFTER_MINIMA} ({kept}) no maximum of your own is set, and what is left is to be disposed of")
    if question.purpose == "minimum":
        kept = ", ".join(rule.id for rule in question.minima)
        notes.append(f"must be kept for a time ({kept}); nothing in force asks for its removal after it")
    if question.purpose == "by_hand":
        notes.append("found in running text: no query tells in which rows, so look at them by hand")
    if question.rule.action == "anonymize" and container.kind == "file":
        notes.append("a file cannot be emptied in part: cut it out by hand")
    notes += [f"nothing dates {event}: give it a clock" for event in question.missing]
    notes += question.said
    if any(end.clock is not None and end.clock.basis == "inferred" for end in _all_ends(question)):
        notes.append("rests on a clock that was inferred, not confirmed")
    return tuple(notes)


def _all_ends(question: Question) -> list[Ended]:
    found = list(_ends(question.judgment.due))
    for keep in question.judgment.keeps:
        found += _ends(keep.term)
    return found
