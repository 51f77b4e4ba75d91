"""How long data is kept, and on what ground it is not deleted, against what the notice says of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.notices.known import noted
from piiscan.notices.outcome import Outcome, Where, several, worst
from piiscan.retention.justified import problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.notices.known import Known
    from piiscan.retention import Verdict
    from piiscan.rulepack import Check


def check_retention(check: Check, known: Known) -> Outcome:
    """Whether anything is kept beyond its time by a rule in force; where no such rule knows all ages, that is unknown."""
    wanted = known.types(check.data_types) if check.data_types else None
    verdicts = [each for each in known.assessment.verdicts if wanted is None or wanted & set(each.data_types)]
    overdue = [each for each in verdicts if each.rows_overdue and not each.advisory]
    breach = [_place(each, each.rows_overdue, f"beyond {each.rule}: {each.title}") for each in overdue]
    judged = {_key(each) for each in verdicts if each.rule and not each.rows_undated and not each.advisory}
    unsure = [
        _place(each, each.rows_undated or each.rows_total, _doubt(each))
        for each in _least(verdicts)
        if _key(each) not in judged
    ]
    unsure += [
        Where(skip.source, skip.container, skip.member, note=f"could not be judged: {skip.code}")
        for skip in known.assessment.skips
    ]
    found = worst(breach, unsure)
    if found is None:
        return known.absent("Nothing is kept beyond its time.")
    if breach:
        rows = sum(each.rows_overdue for each in overdue)
        return Outcome(found[0], f"{several(rows, 'record')} kept beyond their time.", *found[1:])
    return Outcome(
        found[0], f"How long it may be kept, or its age, is not known in {several(len(unsure), 'place')}.", *found[1:]
    )


def check_exceptions(check: Check, known: Known) -> Outcome:
    """Whether every exception to a request to delete has its statute and its reason in writing, and is one the notice names."""
    recorded = [
        each
        for each in known.inventory.justifications(kind="exception")
        if each.against == "request" and each.state(known.as_of) != "ended"
    ]
    if not recorded:
        return Outcome("not_applicable", "No exception to a request to delete is on record.")
    breach = []
    for each in recorded:
        said = problems(each, known.rules.grounds, known.rules.rules, known.as_of)
        if check.named and not check.open and each.basis not in check.named:
            said = [*said, f"the notice does not name {each.basis}"]
        place = Where(data_types=tuple(each.scope.data_types), note=f"{each.id}, {each.basis}")
        breach += noted([place], "; ".join(said)) if said else []
    if breach:
        return Outcome("breach", f"{several(len(breach), 'exception')} without force.", tuple(breach))
    return Outcome("kept", f"{several(len(recorded), 'exception')} on record, each with its ground and its reason.")


def _key(verdict: Verdict) -> tuple[str, str, str | None]:
    return (verdict.source, verdict.container, verdict.owner)


def _least(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """One verdict of each place and owner, of those in force the first."""
    found: dict[tuple[str, str, str | None], Verdict] = {}
    for each in sorted(verdicts, key=lambda verdict: verdict.advisory):
        found.setdefault(_key(each), each)
    return list(found.values())


def _place(verdict: Verdict, rows: int, note: str) -> Where:
    return Where(
        verdict.source,
        verdict.container,
        verdict.member,
        None,
        verdict.data_types,
        None,
        rows,
        verdict.owner,
        note,
    )


def _doubt(verdict: Verdict) -> str:
    return "no rule says how long it may be kept" if verdict.status == "no_rule" else "nothing dates these rows"
