"""What an answer says by the kind of its request: what is held, what was deleted, that it was done, that it was refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from piiscan.commands import _requests_letters as letters
from piiscan.commands._answer import UNFINISHED, Answer
from piiscan.commands._requests_shared import key_of
from piiscan.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from piiscan.commands.shared import App
    from piiscan.model import Skip
    from piiscan.requests.pieces import Pieces
    from piiscan.requests.private import Private

_DO: Final[dict[str, str]] = {"correct": "corrected", "stop": "stopped"}


class Answering(Answer):
    """An answer by its kind. Methods raise UsageError, RefusedError, SourceError; each writes its files."""

    def make(self, plan: Path | None, *, done: bool) -> None:
        """The answer that the kind of the request asks for."""
        match letters.template_of(self.request):
            case "know":
                self.know()
            case "delete":
                self.delete(plan, done=done)
            case _:
                self.confirm(done=done)

    def deny(self) -> None:
        """The letter of a refusal."""
        from piiscan.requests.refusals import refusal

        ground = refusal(self.request, self.request.ground, self.app.retention().grounds)
        self.write("letter", letters.denial(self.config, self.request, ground.title, self.own, self.day))
        self.body["response"] = "denied"

    def know(self) -> None:
        """Categories, and the pieces for who was verified for them."""
        from piiscan.requests.collecting import Asked, collect
        from piiscan.requests.intake import LOOK_BACK
        from piiscan.requests.persons import Person

        level, private = self.verified(("specific", "categories", "verified")), self.opened()
        since = self.since()
        asked = Asked(self.request.regime, since, self.facts.get("directed_by"), self.day)
        pieces = collect(self.config, self.app.inventory(), asked, Person(private.subject), private.rows)
        self.skips, gives = [*pieces.skips, *private.unread], level == "specific"
        if gone := next((skip for skip in pieces.skips if skip.code == "vanished"), None):
            hint = f"piiscan requests locate {self.request.id}"
            raise RefusedError(f"{gone.source}:{gone.container}: {gone.reason}", hint=hint)
        if gives:
            document = letters.pieces_document(self.app, self.request, pieces, since)
            self.write("pieces", document, ("json", "csv"))
        window = (since or date.min, self.day)
        context = self.context() | {
            "level": level, "since": letters.day_text(since) if since else "", "older": pieces.older, "records": len(pieces.records), "pieces": gives,
            "may_ask": since is not None and since > LOOK_BACK,
        }  # fmt: skip
        sections = letters.know_sections(self.app, pieces, window, self.request.regime, with_pieces=gives)
        self.letter("What we hold about you", context, sections)
        self._tell_of(pieces, level)

    def _tell_of(self, pieces: Pieces, level: str) -> None:
        held = bool(pieces.records or pieces.older or pieces.outside)
        response = "nothing_held" if not held else "categories_only" if level == "categories" else "complied"
        response = UNFINISHED if self.unread else response
        self.body |= {
            "response": response,
            "level": level,
            "records": len(pieces.records),
            "older": pieces.older,
            "withheld": [{"reason": reason, "data_types": names} for reason, names in pieces.withheld.items()],
            "outside": [
                {"ground": ground, "client": client or None, "rows": rows} for (ground, client), rows in sorted(pieces.outside.items())
            ],
        }  # fmt: skip
        self.said = f"{response}: {len(pieces.records):,} records, {pieces.older:,} older, {pieces.outside.total():,} no part of it"

    def delete(self, plan: Path | None, *, done: bool) -> None:
        """What the plan has deleted, and why the rest stays."""
        from piiscan import retention
        from piiscan.commands._delete_request import subject_of
        from piiscan.requests.answering import kept_of, outcome_of
        from piiscan.retention.erasure import LIMITS

        self.verified(("verified",))
        private, key = self.opened(), key_of(self.app)
        subject, self.skips = subject_of(self.app, self.request.id, key, self.day)
        rules, inventory = self.app.retention(), self.app.inventory()
        found = retention.assess(self.config, inventory, rules, as_of=self.day, subject=subject)
        deleted, tied, places = self._carried_out(plan)
        left = sum(verdict.rows_overdue for verdict in found.verdicts)
        if left > tied:
            n = self.request.id
            hint = f"piiscan delete plan --request {n} -o DIR, approve and apply it, then answer with --plan DIR"
            raise RefusedError(f"{left - tied:,} rows are still to be deleted", hint=hint)
        if plan is None and not done:
            self._check_gone(found.skips, private)
        self.skips += [skip for skip in found.skips if skip.code != "vanished"]  # what was deleted is gone
        justifications = {each.id: each for each in inventory.justifications()}
        self.kept = kept_of(self.config, self.request.regime, found, left, justifications, rules.grounds)
        by_hand = done and plan is None
        outcome = UNFINISHED if self.unread else outcome_of(deleted or int(by_hand), self.kept)
        if deleted or by_hand:
            self.tell(
                _types_of(self.app, places) if deleted else [*self.app.packs().data_types.values()], private.subject
            )
        context = self.context() | {
            "outcome": outcome, "recipients": self.names(), "deleted": bool(deleted or by_hand), "kept": bool(self.kept),
            "excepted": any(each.ground not in LIMITS for each in self.kept),
        }  # fmt: skip
        self.letter("Your request to delete", context, letters.kept_section(self.app, self.kept))
        self.body |= {"response": outcome, "deleted": deleted}
        self.said = f"{outcome}: {deleted:,} rows deleted, {sum(each.rows for each in self.kept):,} kept"

    def _check_gone(self, skips: Sequence[Skip], private: Private) -> None:
        """Raises RefusedError where rows were located that are gone, and nobody says what became of them."""
        before = any(each.what == "located" and not each.said.startswith("0 rows") for each in self.request.log)
        if any(skip.code == "vanished" for skip in skips) or (before and not private.rows):
            raise RefusedError(
                "rows that were located are gone, or are not the person's any more",
                hint=f"name the plan that deleted them: --plan DIR; or --done, if they were deleted by hand; or piiscan requests locate {self.request.id}",
            )

    def _carried_out(self, plan: Path | None) -> tuple[int, int, set[tuple[str, str]]]:
        """By the evidence of a plan: rows deleted, rows that stay with others, and the places with rows that went."""
        if plan is None:
            return 0, 0, set()
        from piiscan.deletion import Done, PlanFolder
        from piiscan.deletion.verifying import check_folder

        proof = check_folder(PlanFolder(plan), key_of(self.app))
        if proof.document.get("request") != self.request.id:
            raise UsageError(
                f"--plan {plan} is not for request {self.request.id}",
                hint="piiscan delete show DIR says what it is for",
            )
        steps = proof.document["steps"]
        if proof.findings and sum(each["rows"] for each in steps):
            hint = f"piiscan delete apply {plan} --execute --confirm PLAN_ID"
            raise RefusedError(f"--plan {plan}: {proof.findings[0].message}", hint=hint)
        done = Done().take(proof.chain.records if proof.chain else ()).steps
        went = {
            (each["source"], each["container"]) for each in steps if each["order"] in done and done[each["order"]].taken
        }
        return sum(each.taken for each in done.values()), sum(each["blocked"] for each in steps), went

    def confirm(self, *, done: bool) -> None:
        """That what was asked is done: a correction, an end of sale; piiscan cannot see that."""
        template = letters.template_of(self.request)
        if not done:
            raise RefusedError(
                f"nothing here can see whether it was {_DO[template]}",
                hint="do it, then say so with --done; or deny it",
            )
        if template == "correct":
            self.verified(("verified",))
        private = self.opened()
        disputed = self.facts.get("disputed", [])
        types = self.app.packs().data_types
        wanted = disputed if template == "correct" else types
        self.tell([types[name] for name in wanted], private.subject)
        context = self.context() | {
            "outcome": "complied", "recipients": self.names(), "disputed": sorted(types[name].label for name in disputed)
        }  # fmt: skip
        self.letter("Your request", context, ())
        self.body["response"], self.said = "complied", "complied"


def _types_of(app: App, places: set[tuple[str, str]]) -> list[Any]:
    """The data types that these places hold."""
    types = app.packs().data_types
    found = {each.data_type for each in app.inventory().holdings() if (each.source, each.container) in places}
    return [types[name] for name in sorted(found) if name in types]
