"""The order in which `piiscan.model.judging.Judgment` decides, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from piiscan.model.judging import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from piiscan.connectors.sql.server import Expression
    from piiscan.model.judging import Among, Change, Ended, Judgment, Test


class Facts(Protocol):
    """What is true of a row: conditions in SQL's logic of three values."""

    def ended(self, part: Ended) -> Expression:
        """Whether the time of an event is over."""

    def fits(self, alternatives: Sequence[Sequence[Test]]) -> Expression:
        """Whether every test of one of the alternatives is true."""

    def among(self, among: Among) -> Expression:
        """Whether its key is one of these."""

    def made(self, changes: Sequence[Change]) -> Expression:
        """Whether every change is made already."""

    def owner(self) -> Expression:
        """The owner of the row."""


def find_status(facts: Facts, judgment: Judgment) -> Expression:
    """How a row stands, NULL where it is not spoken of."""
    keeps = [is_over(facts, keep.term) for keep in judgment.keeps]
    kept: Expression = sa.literal("overdue")
    if keeps:
        kept = sa.case(
            *((sa.not_(term), sa.literal("exempt")) for term in keeps),
            (sa.and_(*keeps), kept),
            else_=sa.literal("undated"),
        )
    covers = [(facts.fits(cover.rows), sa.literal("exempt")) for cover in judgment.covers]
    holds = [(facts.fits(hold.rows), sa.literal("on_hold")) for hold in judgment.holds]
    return _by_due(facts, judgment, holds, sa.literal("undated"), sa.literal("within"), covers, kept)


def find_deciding(facts: Facts, judgment: Judgment) -> Expression:
    """The id of the first hold, cover or keep that decided how a row stands, NULL where none did."""
    nothing = sa.cast(sa.null(), sa.String(255))
    unknown: Expression = nothing
    running = []
    for keep in reversed(judgment.keeps):
        term = is_over(facts, keep.term)
        unknown = sa.case((term, unknown), else_=sa.literal(keep.id))
        running.append((sa.not_(term), sa.literal(keep.id)))
    kept = sa.case(*reversed(running), else_=unknown) if running else nothing
    covers = [(facts.fits(cover.rows), sa.literal(cover.id)) for cover in judgment.covers]
    holds = [(facts.fits(hold.rows), sa.literal(hold.id)) for hold in judgment.holds]
    return _by_due(facts, judgment, holds, nothing, nothing, covers, kept)


def _by_due(
    facts: Facts,
    judgment: Judgment,
    holds: Sequence[tuple[Expression, Expression]],
    undated: Expression,
    within: Expression,
    covers: Sequence[tuple[Expression, Expression]],
    kept: Expression,
) -> Expression:
    """The lines of `Judgment` in their order, each with what it says."""
    due = is_over(facts, judgment.due)
    over = sa.case(*covers, else_=kept) if covers else kept
    said: Expression = sa.case(*holds, (sa.not_(due), within), (due, over), else_=undated)
    nothing = sa.cast(sa.null(), sa.String(255))
    if judgment.changes:
        said = sa.case((facts.made(judgment.changes), nothing), else_=said)
    spoken = [facts.fits(judgment.rows)] if judgment.rows else []
    if judgment.among is not None:
        spoken.append(facts.among(judgment.among))
    if judgment.owners is not None:
        spoken.append(_is_owned(facts.owner(), judgment.owners))
    return sa.case((sa.and_(*spoken), said), else_=nothing) if spoken else said


def _is_owned(owner: Expression, owners: frozenset[str | None]) -> Expression:
    named = owner.in_(sorted(each for each in owners if each is not None))
    return sa.or_(named, owner.is_(None)) if None in owners else named


def is_over(facts: Facts, term: Term) -> Expression:
    """Whether a rule's time is over: in SQL's logic, which is Kleene's."""
    if not term.parts:
        return sa.true() if term.fixed else sa.false()
    parts = [is_over(facts, part) if isinstance(part, Term) else facts.ended(part) for part in term.parts]
    return sa.and_(*parts) if term.combine == "later" else sa.or_(*parts)
