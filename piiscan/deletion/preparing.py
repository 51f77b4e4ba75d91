"""The sources of a plan opened, each checked before a row of any is touched."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from piiscan.deletion.connecting import eraser_of
from piiscan.deletion.preflight import Check, sources_of
from piiscan.deletion.targets import Targets
from piiscan.errors import PiiscanError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from piiscan.config import Config
    from piiscan.deletion.preflight import Order
    from piiscan.deletion.progress import Done
    from piiscan.deletion.standing import Covers, Standing
    from piiscan.inventory import Inventory
    from piiscan.model import Secret
    from piiscan.ports import Connector, Eraser
    from piiscan.rulepack.retention import RetentionRules


@dataclass(frozen=True, slots=True)
class Opened:
    """One source, open and checked."""

    eraser: Eraser
    check: Check
    standing: Standing


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything checked, and the sources open."""

    targets: Targets
    sources: dict[str, Opened]
    covers: dict[int, Covers]


def prepare(
    config: Config,
    inventory: Inventory,
    rules: RetentionRules,
    secret: Secret,
    order: Order,
    today: date,
    done: Done,
    connect: Callable[[Config, str], Connector],
    open_: ExitStack,
) -> Ready:
    """The sources, opened until ``open_`` ends and looked at. Raises RefusedError, PiiscanError."""
    ready = Ready(Targets(order.plan.as_of), {}, {})
    for step in order.plan.steps:
        ready.targets.add(step)
    for source in sources_of(order.plan):
        try:
            connector = open_.enter_context(closing(connect(config, source)))
            eraser = eraser_of(connector, source)
            check = Check(config, inventory, rules, secret, order, source, today)
            check.schema(eraser)
            check.limits(eraser, ready.targets, _removed(order, source, done))
            standing = check.standing(connector)
        except SourceError as error:
            raise PiiscanError(f"{source}: {error.message}", hint=error.hint or "nothing was changed") from None
        ready.sources[source] = Opened(eraser, check, standing)
        ready.covers.update(check.covers(standing))
    return ready


def _removed(order: Order, source: str, done: Done) -> dict[str, int]:
    """The rows deleted already, by container path."""
    removed: dict[str, int] = {}
    for step in order.plan.steps:
        if step.source == source and step.action == "delete":
            path = step.container.path
            removed[path] = removed.get(path, 0) + (done.steps[step.order].taken if step.order in done.steps else 0)
    return removed
