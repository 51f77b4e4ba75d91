"""What must be true before a plan is carried out, in one order; the first that is not refuses."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piiscan.deletion.approval import Approval, approved
from piiscan.deletion.connecting import check_account
from piiscan.deletion.counting import check_children
from piiscan.deletion.keys import prove_unique
from piiscan.deletion.plan import check_age
from piiscan.deletion.standing import Covers, Standing
from piiscan.deletion.structure import note_of
from piiscan.deletion.targets import everything
from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from piiscan.config import Config
    from piiscan.deletion.folder import PlanFolder
    from piiscan.deletion.plan import Plan
    from piiscan.deletion.targets import Targets
    from piiscan.inventory import Inventory
    from piiscan.model import Secret
    from piiscan.ports import Connector, Eraser
    from piiscan.rulepack.retention import RetentionRules


@dataclass(frozen=True, slots=True)
class Order:
    """Who has a plan carried out, and under what."""

    folder: PlanFolder
    document: Mapping[str, Any]
    plan: Plan
    approval: Approval

    @property
    def plan_id(self) -> str:
        """The plan's id."""
        return str(self.document["plan_id"])


def authorised(config: Config, folder: PlanFolder, secret: Secret, rules: RetentionRules, today: date) -> Order:
    """The plan with its approval: intact, approved by somebody else who is listed, young enough, with accounts that may write.

    ``rules`` are the rules as they are now. Raises RefusedError, and UsageError for a missing account.
    """
    document = folder.document()
    plan = folder.plan(document, secret)
    approval = approved(folder, document, config.security.approvers)
    check_age(plan.as_of, config.deletion.valid_for, today)
    for source in sources_of(plan):
        check_account(config, source)
    if rules.fingerprint != plan.rules:
        raise RefusedError(
            "the rules of retention have changed since the plan was made",
            hint="plan again: what was due may be due no longer",
        )
    return Order(folder, document, plan, approval)


def check_confirmed(plan_id: str, confirm: str) -> None:
    """Raises RefusedError when another plan was meant."""
    if not hmac.compare_digest(plan_id.encode(), confirm.strip().lower().encode("utf-8", "replace")):
        raise RefusedError(
            "--confirm names another plan than this folder holds", hint="piiscan delete show DIR prints its id"
        )


def sources_of(plan: Plan) -> list[str]:
    """The sources a plan touches, in its order."""
    return list(dict.fromkeys(step.source for step in plan.steps))


class Check:
    """What is looked at in one source before rows of it are touched. Raises RefusedError, SourceError."""

    def __init__(
        self,
        config: Config,
        inventory: Inventory,
        rules: RetentionRules,
        secret: Secret,
        order: Order,
        source: str,
        today: date,
    ) -> None:
        self._config, self._inventory, self._rules, self._secret, self._today = config, inventory, rules, secret, today
        self._order, self._source = order, source
        self._steps = [step for step in order.plan.steps if step.source == source]

    def schema(self, eraser: Eraser) -> None:
        """Refuses when a table of the plan is built otherwise than it was."""
        notes = [note for note in self._order.plan.shapes if note.container.source == self._source]
        if not notes:
            return
        found = {shape.container.path: note_of(shape) for shape in eraser.shapes([note.container for note in notes])}
        for note in notes:
            now = found.get(note.container.path)
            if now is None or now.fingerprint != note.fingerprint:
                raise RefusedError(
                    f"{self._source}:{note.container.path} is built otherwise than when the plan was made",
                    hint="plan again",
                )
        for step in self._steps:
            if step.key_proved and not prove_unique(
                eraser.keys(everything(step.container, step.key, self._order.plan.as_of))
            ):
                raise RefusedError(f"{step.place}: {', '.join(step.key)} no longer tells rows apart", hint="plan again")

    def limits(self, eraser: Eraser, targets: Targets, done: Mapping[str, int]) -> None:
        """Refuses when the plan would take more of a table than it may, for it has shrunk, or when other rows would go along.

        ``done`` are the rows that it has taken already, by container path.
        """
        limits = self._order.plan.limits
        for step in self._steps:
            if step.container.kind != "file" and not step.breaks and step.rows:
                reach = eraser.reach(targets.planned(step.order))
                check_children(step, reach)
                total = reach.total + done.get(step.container.path, 0)
                if step.rows > limits.max_rows or 100 * step.rows > limits.max_percent * total:
                    raise RefusedError(
                        f"{step.place}: {step.rows:,} of {total:,} rows are more than the plan's limit of {limits.max_percent:g} %",
                        hint="the table has become smaller since the plan was made: plan again",
                    )

    def standing(self, connector: Connector) -> Standing:
        """What holds back rows by now, of which the plan does not know."""
        plan = self._order.plan
        known = (self._config, self._inventory, self._rules, self._secret, self._today, plan.in_force)
        return Standing(*known, self._source, connector, plan.against)

    def covers(self, standing: Standing) -> dict[int, Covers]:
        """What of it reaches rows of each step, by the step's order. Refuses where a hold reaches a table that was released."""
        for path in (path for source, path in self._order.plan.released if source == self._source):
            if (hold := standing.hold_on(path)) is not None:
                raise RefusedError(
                    f"{self._source}:{path} was released, and since then hold {hold} reaches it",
                    hint="plan again without --release",
                )
        return {step.order: standing.covers(step) for step in self._steps if step.container.kind != "file"}
