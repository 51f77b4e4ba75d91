"""Making a plan: what is due becomes steps with keys, in an order the databases allow, within the limits."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from piiscan.deletion.body import plan_body
from piiscan.deletion.connecting import eraser_of, reading
from piiscan.deletion.counting import Done, check_limits, counted
from piiscan.deletion.drafts import Draft, possible
from piiscan.deletion.filesteps import file_notes, file_steps, unplannable
from piiscan.deletion.folder import SQL, PlanFolder, new_folder
from piiscan.deletion.keys import KeyFile, write_keys
from piiscan.deletion.plan import Plan
from piiscan.deletion.said import hold_body, kept_body, kept_notes, notes, skip_body, totals
from piiscan.deletion.standing import in_force
from piiscan.deletion.targets import Targets
from piiscan.deletion.wording import sql_text
from piiscan.errors import SourceError
from piiscan.model import Container, Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from piiscan.config import Config
    from piiscan.deletion.plan import ShapeNote, Step
    from piiscan.deletion.request import PlanRequest
    from piiscan.inventory import Inventory
    from piiscan.model import Secret, Skip
    from piiscan.model.erasing import Key
    from piiscan.ports import Connector, Eraser
    from piiscan.progress import Meter
    from piiscan.retention import Assessment, Due
    from piiscan.rulepack.retention import RetentionRules


def make_plan(
    config: Config,
    inventory: Inventory,
    assessment: Assessment,
    rules: RetentionRules,
    request: PlanRequest,
    secret: Secret,
    path: Path,
    meter: Meter,
) -> dict[str, Any]:
    """The plan's document as it was written to a new folder at ``path``; ``rules`` are those it was assessed by.

    Reads from the sources and changes nothing. Raises RefusedError for what stands in the way, UsageError, SourceError; then
    the folder is as it was.
    """
    existed = path.exists()
    folder = new_folder(path)
    try:
        return _Planner(config, inventory, assessment, rules, request, secret, folder, meter).make()
    except BaseException:
        folder.empty(remove=not existed)
        raise


class _Planner:
    def __init__(
        self,
        config: Config,
        inventory: Inventory,
        assessment: Assessment,
        rules: RetentionRules,
        request: PlanRequest,
        secret: Secret,
        folder: PlanFolder,
        meter: Meter,
    ) -> None:
        self._config, self._inventory, self._assessment, self._rules = config, inventory, assessment, rules
        self._request, self._secret, self._folder, self._meter = request, secret, folder, meter
        self._in_force = in_force(config, inventory, rules, request.as_of, request.against)
        self._holds = [each for each in self._in_force if each.kind == "hold"]
        records = inventory.containers()
        self._fingerprints = {
            (each.source, each.container): each.fingerprint
            for each in records
            if each.container_kind == "file" and not each.member
        }
        self._kept = kept_body(assessment.verdicts, self._fingerprints)
        self._steps: list[Step] = []
        self._shapes: list[ShapeNote] = []
        self._skips: list[Skip] = list(assessment.skips)
        self._left_out: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._released: list[tuple[str, str]] = []

    def make(self) -> dict[str, Any]:
        """All steps, then the two documents that tell them."""
        for source in self._config.sources:
            due = [each for each in self._assessment.due if each.source == source and self._wanted(each)]
            if due:
                self._plan_source(source, due)
        self._request.told.check()
        text = sql_text(self._steps, self._request)
        self._folder.write(SQL, text)
        plan = Plan(
            as_of=self._request.as_of,
            author=self._request.author,
            request=self._request.request,
            minors=self._request.minors,
            limits=self._request.limits,
            chunk_rows=self._request.chunk_rows,
            rules=self._rules.fingerprint,
            shapes=tuple(self._shapes),
            steps=tuple(self._steps),
            sql_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            released=tuple(self._released),
            in_force=tuple(sorted(each.id for each in self._in_force)),
            said=self._said(),
        )
        return self._folder.write_plan(self._document(plan), self._secret)

    def _wanted(self, due: Due) -> bool:
        """Whether nobody left it out."""
        out = self._request.told.leaves_out(due.source, due.container.path)
        if out:
            line = {
                "source": due.source,
                "container": due.container.path,
                "rule": due.rule.id,
                "rows": due.rows_overdue,
            }
            self._left_out.append(line)
        return not out

    def _plan_source(self, source: str, due: Sequence[Due]) -> None:
        with closing(reading(self._config, source)) as connector:
            eraser = eraser_of(connector, source)
            self._meter.start(source)
            try:
                if due[0].container.kind == "file":
                    self._plan_files(source, due, connector, eraser)
                else:
                    self._plan_tables(source, due, eraser)
            except SourceError as error:
                place = f"{source}:{error.container}" if error.container else source
                raise SourceError(error.code, f"{place}: {error.message}", hint=error.hint) from None
            self._meter.listed(source)

    def _plan_tables(self, source: str, due: Sequence[Due], eraser: Eraser) -> None:
        due, skips = possible(source, due)
        self._skips += skips
        if not due:
            return
        draft = Draft(
            source, due, eraser, self._request.told, self._request.as_of, lambda path: self._hold(source, path)
        )
        steps = counted(draft.steps(len(self._steps) + 1), eraser, self._request.as_of)
        check_limits(steps, self._request.limits)
        self._shapes += draft.shapes
        self._notes += draft.notes
        self._released += draft.released
        targets = Targets(self._request.as_of)
        for step in steps:
            targets.add(step)
        for step in steps:
            self._meter.found(source)
            target = targets.planned(step.order)
            finished = replace(step, predicate=eraser.statement(target))
            self._finish(finished, eraser.keys(target))

    def _plan_files(self, source: str, due: Sequence[Due], connector: Connector, eraser: Eraser) -> None:
        known = {path: mark for (name, path), mark in self._fingerprints.items() if name == source}
        kept, skips = unplannable(source, due, known)
        self._skips += skips
        self._notes += file_notes(source, eraser, kept)
        files = sum(1 for item in connector.containers() if isinstance(item, Container))
        for step, keys in file_steps(source, kept, len(self._steps) + 1, files):
            line = next((each for each in self._kept if self._is_about(each, step)), None)
            exempt = tuple((each["exception"], each["rows"]) for each in line["exempt"]) if line else ()
            told = replace(step, rows=len(keys), exempt=exempt, on_hold=line["rows_on_hold"] if line else 0)
            check_limits([told], self._request.limits)
            self._meter.found(source)
            self._finish(told, [keys])

    def _is_about(self, line: dict[str, Any], step: Step) -> bool:
        return (line["source"], line["container"], line["rule"]) == (step.source, "*", step.rule.id)

    def _finish(self, step: Step, keys: Iterable[Sequence[Key]]) -> None:
        """Writes the step's keys; what was written is what the step does."""
        name = f"keys-{step.order:03}.sealed"
        written: KeyFile = write_keys(self._secret, step.order, keys, self._folder.path / name)
        finished = replace(step, rows=written.rows, keys_file=name, keys_hmac=written.hmac)
        check_limits([finished], self._request.limits)
        self._steps.append(finished)
        self._meter.add(step.source, Done(1, written.rows))

    def _hold(self, source: str, path: str) -> str | None:
        return next((each.id for each in self._holds if each.scope.names(source, path)), None)

    def _said(self) -> dict[str, object]:
        request = self._request
        order = sorted(self._skips, key=lambda each: (each.source, each.container or "", each.member, str(each.code)))
        return {
            "sources": list(request.sources) or list(self._config.sources),
            "rule": request.rule,
            "told": request.told.said(),
            "totals": totals(self._steps, self._kept),
            "kept": self._kept,
            "holds": [hold_body(each) for each in self._holds],
            "left_out": self._left_out,
            "notes": [*notes(self._steps), *kept_notes(self._steps, self._kept), *self._notes],
            "skips": [skip_body(skip) for skip in order],
        }

    def _document(self, plan: Plan) -> Document:
        intolerable = [skip for skip in self._skips if skip.code not in self._config.scan.tolerate]
        return Document(
            kind="delete.plan",
            title="Deletion plan",
            body=plan_body(plan, self._secret),
            sections=(),
            generated_at=datetime.now(UTC),
            exit_code=4 if intolerable else 0,
            reasons=("incomplete",) if intolerable else (),
        )
