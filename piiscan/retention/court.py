"""What judges the containers of one source, and how what is found becomes verdicts and what a plan is made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from piiscan.retention.erasure import LIMITS, limit_named, obligation
from piiscan.retention.verdicts import Verdict, by_justification, by_limit, by_rule, left_over, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import AgesRecord, HoldingRecord, Inventory, Justification, SealedScope
    from piiscan.model import Container, Skip, Source
    from piiscan.model.judging import JudgedRows, Judgment
    from piiscan.retention.erasure import Subject
    from piiscan.retention.holder import Holder
    from piiscan.retention.questions import Question
    from piiscan.retention.verdicts import Reason
    from piiscan.rulepack.retention import RetentionRule


@dataclass(frozen=True, slots=True)
class Due:
    """Rows of one container that a rule asks to be removed: what a plan is made of."""

    source: str
    container: Container
    owner_column: str | None
    rule: RetentionRule
    judgment: Judgment
    rows_overdue: int
    rows_on_hold: int
    rows_exempt: tuple[tuple[str, int], ...]
    """Id of the minimum rule or extension, and how many rows it excuses."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """How everything held stands on a day."""

    as_of: date
    verdicts: tuple[Verdict, ...]
    """By source, container and rule, in the rules' order."""
    use_limits: tuple[Verdict, ...]
    """By rules that bound the use of data, not its keeping: "overdue" there means that the use has ended."""
    due: tuple[Due, ...]
    skips: tuple[Skip, ...]
    """What could not be judged."""


@dataclass(slots=True)
class Tally:
    """What has been judged so far."""

    verdicts: list[Verdict] = field(default_factory=list)
    use_limits: list[Verdict] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Court:
    """All that decides, the same for every container of one source."""

    config: Config
    inventory: Inventory
    rules: tuple[RetentionRule, ...]
    windows: tuple[RetentionRule, ...]
    justifications: tuple[tuple[Justification, SealedScope | None], ...]
    as_of: date
    source: Source
    holdings: Mapping[str, Sequence[HoldingRecord]]
    """By container path."""
    ages: Mapping[str, Sequence[AgesRecord]]
    subject: Subject | None = None

    @property
    def places(self) -> list[str]:
        """The containers to judge: those that hold something, or rows of the person."""
        if self.subject is None:
            return sorted(self.holdings)
        return sorted(path for source, path in self.subject.rows if source == self.source.name)


def enter(
    court: Court,
    tally: Tally,
    holder: Holder,
    asked: Sequence[Question],
    judged: Sequence[JudgedRows],
    rule: str | None,
    notes: tuple[str, ...],
) -> None:
    """Adds what was asked of a container and how its rows stand: verdicts, and what is due."""
    known = _reasons(court)
    spoken_of: set[str | None] = set()
    for number, question in enumerate(asked):
        made = list(verdicts(holder.container, question, number, judged, known, notes))
        if question.purpose == "use_limit":
            tally.use_limits += made
            continue
        spoken_of |= {verdict.owner for verdict in made}
        tally.verdicts += made
        overdue = sum(verdict.rows_overdue for verdict in made)
        by_hand = holder.container.kind == "file" and question.rule.action == "anonymize"
        if overdue and not question.rule.advisory and not by_hand:
            tally.due.append(_due(court, holder, question, made, overdue))
    if rule is None:
        tally.verdicts += left_over(holder.container, holder.columns, judged, spoken_of)


def _reasons(court: Court) -> dict[str, Reason]:
    """By the ids under which judgments name what decided."""
    regime = court.subject.regime if court.subject else None
    grounds = {rule.id: obligation(rule, regime) if regime else None for rule in (*court.rules, *court.windows)}
    return {
        **{rule.id: by_rule(rule, grounds[rule.id]) for rule in (*court.rules, *court.windows)},
        **{each.id: by_justification(each) for each, _ in court.justifications},
        **{id_: by_limit(limit_named(id_, regime)) for id_ in LIMITS},
    }


def _due(court: Court, holder: Holder, question: Question, made: Sequence[Verdict], overdue: int) -> Due:
    exempt: defaultdict[str, int] = defaultdict(int)
    holds = {each.id for each, _ in court.justifications if each.kind == "hold"}
    for verdict in made:
        for excuse in verdict.exceptions:
            if excuse.rows is not None and excuse.id not in holds:
                exempt[excuse.name] += excuse.rows
    return Due(
        source=court.source.name,
        container=holder.container,
        owner_column=holder.owner_column,
        rule=question.rule,
        judgment=question.judgment,
        rows_overdue=overdue,
        rows_on_hold=sum(verdict.rows_on_hold for verdict in made),
        rows_exempt=tuple(sorted(exempt.items())),
    )
