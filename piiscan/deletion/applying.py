"""Carrying out a plan: chunk by chunk, each told before it is committed and after, so that it may stop and go on anywhere."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from piiscan.deletion.chain import positions, ranges, read_chain
from piiscan.deletion.connecting import reading, writing
from piiscan.deletion.counting import Done as Told
from piiscan.deletion.evidence import Evidence
from piiscan.deletion.keys import portions, read_keys
from piiscan.deletion.preflight import check_confirmed
from piiscan.deletion.preparing import Opened, Ready, prepare
from piiscan.deletion.progress import Counts, Done
from piiscan.deletion.standing import new_ids
from piiscan.errors import PiiscanError, RefusedError, SourceError
from piiscan.model.erasing import Chunk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.deletion.halting import Halt
    from piiscan.deletion.plan import Step
    from piiscan.deletion.preflight import Order
    from piiscan.inventory import Inventory
    from piiscan.model import Secret
    from piiscan.model.erasing import Key, Target
    from piiscan.progress import Meter
    from piiscan.rulepack.retention import RetentionRules


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an apply ended."""

    why: str | None
    """Why it stopped before its end."""
    steps: Mapping[int, Counts]
    stopped_by: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Order of a step -> ids of holds and extensions that came after the plan and reach its container."""
    torn_bytes: int = 0
    """Of the evidence, what a power cut had left unfinished."""
    finished: bool = True


def apply(
    config: Config,
    inventory: Inventory,
    rules: RetentionRules,
    secret: Secret,
    order: Order,
    *,
    confirm: str,
    by: str,
    today: date,
    halt: Halt,
    meter: Meter,
) -> Outcome:
    """What was done; the plan must have been authorised. Raises RefusedError where something speaks against it: nothing is changed.

    A source that fails ends it with PiiscanError: what was finished stays finished, and the same call goes on from there.
    """
    with ExitStack() as open_:
        evidence = open_.enter_context(Evidence(order.folder, order.plan_id, secret))
        done = Done().take(evidence.chain.records)
        ready = prepare(config, inventory, rules, secret, order, today, done, writing, open_)
        check_confirmed(order.plan_id, confirm)
        return _Run(order, secret, evidence, done, ready, halt, meter).carry_out(by)


def rehearse(
    config: Config, inventory: Inventory, rules: RetentionRules, secret: Secret, order: Order, today: date
) -> Outcome:
    """What `apply` would begin with: every check there is, through accounts that may only read. Raises as `apply` does."""
    chain = read_chain(order.folder, order.plan_id, secret)
    done = Done().take(chain.records if chain else ())
    with ExitStack() as open_:
        ready = prepare(config, inventory, rules, secret, order, today, done, reading, open_)
    return Outcome(None, dict(done.steps), new_ids(ready.covers), chain.torn_bytes if chain else 0, finished=False)


class _Run:
    def __init__(
        self,
        order: Order,
        secret: Secret,
        evidence: Evidence,
        done: Done,
        ready: Ready,
        halt: Halt,
        meter: Meter,
    ) -> None:
        self._order, self._secret, self._evidence, self._done = order, secret, evidence, done
        self._ready, self._halt, self._meter = ready, halt, meter

    def carry_out(self, by: str) -> Outcome:
        """Every step from where it was left, then the end of the evidence."""
        chain, stopping = self._evidence.chain, new_ids(self._ready.covers)
        begun = bool(chain.records)
        self._evidence.add(
            "resume" if begun else "start",
            by=by,
            approval=self._order.approval.body(),
            narrowed=[{"step": order, "by": ids} for order, ids in sorted(stopping.items())],
            torn_bytes=chain.torn_bytes,
        )
        why = self._work()
        self._evidence.add("pause", why=why) if why else self._evidence.add("end", steps=self._totals())
        self._evidence.sign()
        return Outcome(why, dict(self._done.steps), new_ids(self._ready.covers), chain.torn_bytes, finished=why is None)

    def _work(self) -> str | None:
        """Why it stopped; None when everything is done."""
        for source in self._ready.sources:
            self._meter.start(source)
            for step in (each for each in self._order.plan.steps if each.source == source):
                self._meter.found(source)
                why = self._step(step, self._ready.sources[source])
                if why is not None:
                    return why
                self._meter.add(source, Told(1, 0))
            self._meter.listed(source)
        return None

    def _step(self, step: Step, source: Opened) -> str | None:
        keys = read_keys(self._secret, step.order, self._order.folder.path / step.keys_file)
        target = self._target(step)
        for chunk, portion in enumerate(portions(keys, self._order.plan.chunk_rows), 1):
            if (step.order, chunk) in self._done.chunks:
                continue
            if (why := self._halt.why) is not None:
                return why
            if source.standing.refresh():
                target = self._narrow(step, source)
            try:
                if not self._settled(step, chunk, target, portion):
                    self._chunk(step, chunk, target, portion)
            except SourceError as error:
                raise self._failed(step, chunk, error) from None
            self._meter.add(step.source, Told(0, len(portion)))
        return None

    def _target(self, step: Step) -> Target:
        return self._ready.targets.strict(step.order, *self._ready.covers.get(step.order, ((), ())))

    def _narrow(self, step: Step, source: Opened) -> Target:
        """The step's target under what was placed or ended while it ran, which is told in the evidence."""
        self._ready.covers.update(source.check.covers(source.standing))
        stopping = new_ids(self._ready.covers)
        self._evidence.add("narrowed", narrowed=[{"step": order, "by": ids} for order, ids in sorted(stopping.items())])
        return self._target(step)

    def _failed(self, step: Step, chunk: int, error: SourceError) -> PiiscanError:
        """Tells it in the evidence; the error a user sees."""
        self._evidence.add("failed", step=step.order, chunk=chunk, code=str(error.code), reason=error.message)
        self._evidence.sign()
        more = "what was finished is kept: run the same command again to go on"
        return PiiscanError(f"{step.place}: {error.message}", hint=f"{error.hint}; {more}" if error.hint else more)

    def _chunk(self, step: Step, chunk: int, target: Target, portion: Sequence[Key]) -> None:
        """Removes one portion; what is intended is on the disk before the source commits."""
        gone = self._done.parts[step.order, chunk]
        held = self._held(step, portion) - gone
        asked = [place for place in range(len(portion)) if place not in held and place not in gone]

        def witness(about: Chunk) -> None:
            self._intend(step, chunk, about, asked, sorted(held))

        became: dict[str, list[list[int]]] = {}
        if asked:
            done = self._ready.sources[step.source].eraser.erase(target, [portion[place] for place in asked], witness)
            became = self._told(done, asked)
        if (intent := self._done.open) is None:
            self._intend(step, chunk, None, asked, sorted(held))
        elif all(intent[name] == runs for name, runs in became.items()):
            became = {}  # as intended: said once
        self._record("done", step=step.order, chunk=chunk, **became)

    def _intend(self, step: Step, chunk: int, about: Chunk | None, asked: Sequence[int], held: Sequence[int]) -> None:
        self._record(
            "intent",
            step=step.order,
            chunk=chunk,
            size=len(asked) + len(held),
            held=ranges(list(held)),
            **self._told(about or Chunk(0, ()), asked),
        )

    def _told(self, about: Chunk, asked: Sequence[int]) -> dict[str, list[list[int]]]:
        """What of a portion became what, by positions in its chunk."""
        named = {"taken": about.taken, "changed": about.changed, "gone": about.gone, "linked": about.linked}
        return {name: ranges([asked[place] for place in places]) for name, places in named.items()}

    def _held(self, step: Step, portion: Sequence[Key]) -> set[int]:
        """Positions of files that a hold or an extension of today stops; rows are told apart in the source."""
        if step.container.kind != "file":
            return set()
        standing = self._ready.sources[step.source].standing
        return {place for place, key in enumerate(portion) if standing.stops_file(step, str(key[0])) is not None}

    def _settled(self, step: Step, chunk: int, target: Target, portion: Sequence[Key]) -> bool:
        """Whether a chunk that was begun before turns out to be done. Raises RefusedError where nobody can tell."""
        intent = self._done.open
        if intent is None or (intent["step"], intent["chunk"]) != (step.order, chunk):
            return False
        taken = [portion[place] for place in positions(intent["taken"])]
        there = self._ready.sources[step.source].eraser.remaining(target, taken) if taken else ()
        if not there:
            self._record("done", step=step.order, chunk=chunk, settled=True)
            return True
        if len(there) == len(taken):
            self._record("void", step=step.order, chunk=chunk)
            return False
        if step.container.kind == "file":
            left = {positions(intent["taken"])[place] for place in there}
            gone = [place for place in positions(intent["taken"]) if place not in left]
            self._record("partly", step=step.order, chunk=chunk, taken=ranges(gone))
            return False
        raise RefusedError(
            f"{step.place}: of {len(taken):,} rows that were to go in one transaction {len(there):,} are there",
            hint="somebody else has removed or restored some since: look into it, then plan again for what is left",
        )

    def _record(self, event: str, **told: Any) -> None:
        self._evidence.add(event, **told)
        self._done.add({"event": event, **told})

    def _totals(self) -> list[dict[str, int]]:
        return [
            {"step": step.order, "planned": step.rows, **self._done.steps[step.order].body()}
            for step in self._order.plan.steps
        ]
