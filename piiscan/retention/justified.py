"""What an exception or a hold reaches, row by row, and what speaks against it. Pure: nothing here opens a store or a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from piiscan.retention.subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from piiscan.inventory import HoldingRecord, Justification, SealedScope
    from piiscan.inventory.scopes import Scope
    from piiscan.model import Container
    from piiscan.model.judging import Test
    from piiscan.rulepack.retention import Ground, RetentionRule

Rows = tuple[tuple["Test", ...], ...]
EXTENSION: Final = "extension"
"""The basis of what excuses a row from the schedule in writing."""
LEGAL_OBLIGATION: Final = "E8"
"""Civ. Code 1798.105(d)(8): its rule must be named."""
_MAXIMA: Final = ("max_keep", "policy_max")
_LEAST_WORDS: Final = (("reason", "no reason"), ("evidence", "no evidence"), ("approver", "no approver"))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a justification covers in one container."""

    tests: Rows | None
    """As `tests_for`."""
    said: str = ""
    """What of its scope cannot be told there, in words without a value; empty = all of it can."""


def tests_for(
    justification: Justification,
    private: SealedScope | None,
    container: Container,
    holdings: Sequence[HoldingRecord],
    others: Sequence[Container] = (),  # noqa: PT028 - no test of pytest's
) -> Rows | None:
    """The rows of a container that it covers, as alternatives of tests; ``((),)`` = all of them, None = none.

    ``holdings`` are those of the container's source, ``others`` its other tables: without them a foreign key is followed one
    step only. What is given of the person and can be told in the container must be true of a row, all of it.
    """
    return reach(justification, private, container, holdings, others).tests


def reach(
    justification: Justification,
    private: SealedScope | None,
    container: Container,
    holdings: Sequence[HoldingRecord],
    others: Sequence[Container] = (),
) -> Reach:
    """The same, with what cannot be told: a person nothing in the container leads to, a column that it does not have."""
    if not _holds(justification.scope, container, holdings):
        return Reach(None)
    if private is None or not (private.rows or private.subject):
        return Reach(((),))
    if container.kind == "file":
        return Reach(None, "a file has no rows to tell apart: name the files instead")
    rows, said = _predicate(private, container)
    if private.subject and rows:
        told = Subjects(container, holdings, others).told(private.subject)
        if not told.rows:
            said = [*said, f"nothing in it leads to the person by {', '.join(sorted(private.subject))}"]
        if told.left_out:
            said = [*said, f"not compared, for there are too many ways to write them: {', '.join(told.left_out)}"]
        rows = tuple((*one, *other) for one in rows for other in told.rows)
    return Reach(rows or None, "; ".join(said))


def doubts(
    justification: Justification, places: Iterable[tuple[str, str]], holdings: Sequence[HoldingRecord]
) -> list[str]:
    """What makes it doubtful that it covers anything, by what scans have found: places (source, path) and holdings."""
    scope = justification.scope
    held = [each for each in holdings if fnmatchcase(each.source, scope.source)]
    reached = any(scope.names(each.source, each.container) and _selects(scope, each) for each in held)
    if not reached and (scope.data_types or not any(scope.names(source, path) for source, path in places)):
        return ["its scope reaches nothing that a scan has found"]
    if scope.subject_types and not {each.data_type for each in held if each.column} & set(scope.subject_types):
        return [f"no scan has found a column of {', '.join(scope.subject_types)}: nothing leads to the person"]
    return []


def justifies(
    justification: Justification, grounds: Mapping[str, Ground], rules: Mapping[str, RetentionRule], as_of: date
) -> bool:
    """Whether it covers anything on a day: an exception that justifies nothing does not; a hold holds until it is over.

    What is wrong with a hold is for a person to put right: meanwhile what may have to stay stays.
    """
    sound = justification.kind == "hold" or not problems(justification, grounds, rules, as_of)
    return justification.covers(as_of) and sound


def problems(
    justification: Justification, grounds: Mapping[str, Ground], rules: Mapping[str, RetentionRule], as_of: date
) -> list[str]:
    """Why it does not justify anything on a day, in words; none for one that does, nor for one that was ended."""
    state = justification.state(as_of)
    if state == "ended":
        return []
    found = [text for name, text in _LEAST_WORDS if not getattr(justification, name).strip()]
    found += _same_person(justification)
    if state == "expired":
        word = "lapsed: it was not renewed after" if justification.kind == "hold" else "expired on"
        found.append(f"{word} {justification.ends}")
    if justification.kind == "hold":
        return [*found, *_hold_problems(justification, rules)]
    if justification.ends is None:
        found.append("no end")
    return [
        *found,
        *mismatch(justification.against, justification.basis, grounds),
        *_rule_problems(justification, rules, as_of),
    ]


def mismatch(against: str, basis: str, grounds: Mapping[str, Ground]) -> list[str]:
    """Why a basis cannot speak against what it is to speak against; none where it can."""
    ground = grounds.get(basis)
    if ground is not None and ground.repealed:
        return [f"{basis} is repealed: {ground.reason}"]
    if against == "schedule":
        if basis == EXTENSION:
            return []
        return [f"{basis} answers a consumer's request: it excuses nothing from the schedule"]
    if basis == EXTENSION:
        return ["an extension of the schedule is no ground on which a consumer's request is refused"]
    return [] if ground is not None else [f"ground {basis!r} is unknown"]


def _same_person(justification: Justification) -> Iterator[str]:
    pairs = [
        (justification.author, justification.approver),
        *((each.by, each.approver) for each in justification.renewals),
    ]
    if any(author.strip() and author.strip().casefold() == approver.strip().casefold() for author, approver in pairs):
        yield "who approved it also entered it"


def _hold_problems(justification: Justification, rules: Mapping[str, RetentionRule]) -> Iterator[str]:
    rule = rules.get(justification.rule or "")
    if justification.against != "schedule":
        yield "a hold speaks against the schedule"
    if justification.rule and rule is None:
        yield f"rule {justification.rule!r} is unknown"
    elif rule is not None and rule.kind != "hold":
        yield f"rule {rule.id} is no hold: it is {rule.kind}"


def _rule_problems(justification: Justification, rules: Mapping[str, RetentionRule], as_of: date) -> Iterator[str]:
    """E8 stands on a minimum that runs, an extension on a maximum that can be extended; any rule that is named must be known."""
    named, rule = justification.rule, rules.get(justification.rule or "")
    if justification.basis == LEGAL_OBLIGATION and not named:
        yield "E8 names no rule: it is the obligation of one that is refused on"
    if justification.basis == EXTENSION and not named:
        yield "an extension names no rule: it is the period of one that is extended"
    if rule is None:
        if named:
            yield f"rule {named!r} is unknown"
    elif justification.basis == LEGAL_OBLIGATION:
        yield from _minimum_problems(rule, justification.ends, as_of)
    elif justification.basis == EXTENSION:
        yield from _maximum_problems(rule)


def _minimum_problems(rule: RetentionRule, ends: date | None, as_of: date) -> Iterator[str]:
    if rule.kind != "min_keep":
        yield f"rule {rule.id} is no minimum: it is {rule.kind}"
        return
    if not rule.enabled:
        yield f"rule {rule.id} is disabled"
    if rule.in_force_from is not None and as_of < rule.in_force_from:
        yield f"rule {rule.id} is not in force before {rule.in_force_from}"
    last = _last_day(rule, as_of)
    if last is not None and ends is not None and last < ends:
        yield f"rule {rule.id} is over before its end: on {last} for an event of this day"


def _last_day(rule: RetentionRule, as_of: date) -> date | None:
    """The last day on which a minimum can run for what has happened by now; None = it has no end, or the firm sets it."""
    if rule.fixed:
        return None if rule.fixed == "never" else as_of - timedelta(days=1)
    lasts = [None if end.period is None else end.period.end(as_of) for end in rule.ends]
    known = [last for last in lasts if last is not None]
    if rule.combine == "earlier":
        return min(known, default=None)
    return max(known, default=None) if len(known) == len(lasts) else None


def _maximum_problems(rule: RetentionRule) -> Iterator[str]:
    if rule.kind not in _MAXIMA:
        yield f"rule {rule.id} is no maximum that could be extended: it is {rule.kind}"
    elif rule.kind == "max_keep" and not rule.yields:
        yield f"rule {rule.id} yields to nothing, a written extension either: {rule.citation}"


def _holds(scope: Scope, container: Container, holdings: Iterable[HoldingRecord]) -> bool:
    """Whether the globs name the container and, where data types are named, it holds one of them."""
    if not scope.names(container.source, container.path):
        return False
    depth = len(container.member)
    return not scope.data_types or any(
        (each.source, each.container, each.member[:depth]) == container.key and _selects(scope, each)
        for each in holdings
    )


def _selects(scope: Scope, holding: HoldingRecord) -> bool:
    if not scope.data_types:
        return True
    keys = {holding.data_type, f"group:{holding.group}", *(f"category:{letter}" for letter in holding.categories)}
    return not keys.isdisjoint(scope.data_types)


def _predicate(private: SealedScope, container: Container) -> tuple[Rows, list[str]]:
    """The given alternatives that the container has the columns for, and which columns it does not have."""
    if not private.rows:
        return ((),), []
    own = {column.name for column in container.columns}
    fitting = tuple(tests for tests in private.rows if all(test.path[0] in own for test in tests))
    missing = sorted({test.path[0] for tests in private.rows for test in tests} - own)
    return fitting, [f"it has no column {', '.join(missing)}"] if missing else []
