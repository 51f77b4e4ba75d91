"""The steps of a file share: one for each rule, its files named by path and fingerprint."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from piiscan.deletion.judgments import cutoffs
from piiscan.deletion.plan import RuleNote, Step
from piiscan.model import Container, Skip, SkipCode
from piiscan.model.judging import Judgment, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from piiscan.model.erasing import Key
    from piiscan.ports import Eraser
    from piiscan.retention import Due

KEY: Final = ("path", "fingerprint")
NOT_SHREDDED: Final = (
    "files are unlinked, not shredded: on solid-state disks, snapshots, copy-on-write file systems and backups no overwriting from "
    "outside reaches every copy; full-disk encryption and the expiry of backups do"
)
_AT_ONCE: Final = 1_000
"""Files asked about in one call."""


def file_steps(source: str, due: Iterable[Due], first: int, files: int) -> list[tuple[Step, list[Key]]]:
    """Each step with its keys in order, ``files`` being how many the source has; the files were judged one by one."""
    by_rule: dict[str, list[Due]] = defaultdict(list)
    for each in sorted(due, key=lambda each: (each.rule.id, each.container.path)):
        by_rule[each.rule.id].append(each)
    made = []
    for order, (id_, found) in enumerate(by_rule.items(), first):
        rule = found[0].rule
        keys: list[Key] = [(each.container.path, each.container.fingerprint) for each in found]
        step = Step(
            order=order,
            container=Container(source, "*", "file"),
            action="delete",
            rule=RuleNote(rule.id, rule.title, rule.kind, rule.citation, rule.yields),
            judgment=Judgment(id_, Term(fixed=True)),
            key=KEY,
            predicate=_predicate(found),
            total=files,
        )
        made.append((step, keys))
    return made


def unplannable(source: str, due: Iterable[Due], known: Mapping[str, str | None]) -> tuple[list[Due], list[Skip]]:
    """The files that can be planned, and why others cannot; ``known`` are fingerprints by path as of the last reading."""
    kept: list[Due] = []
    skips: list[Skip] = []
    for each in due:
        container = each.container
        if each.rule.action == "anonymize":
            reason = f"rule {each.rule.id} anonymizes, and files can only be deleted"
            skips.append(Skip(source, container.path, SkipCode.UNSUPPORTED, reason))
        elif container.fingerprint is None or known.get(container.path) != container.fingerprint:
            reason = "it was changed since it was read: scan again"
            skips.append(Skip(source, container.path, SkipCode.VANISHED, reason))
        else:
            kept.append(each)
    return kept, skips


def file_notes(source: str, eraser: Eraser, due: Sequence[Due]) -> list[str]:
    """What the source says of the files that a plan must tell, each with how many it is true of. Raises SourceError."""
    found: Counter[str] = Counter()
    for start in range(0, len(due), _AT_ONCE):
        for shape in eraser.shapes([each.container for each in due[start : start + _AT_ONCE]]):
            found.update(shape.notes)
    told = [f"{source} ({files:,} files): {note}" for note, files in found.items()]
    return told or [f"{source}: {NOT_SHREDDED}"] if due else []


def _predicate(due: Sequence[Due]) -> str:
    """The files of a step in words, since no language of a database speaks of them."""
    days: dict[str, date] = {}
    for each in due:
        for event, day in cutoffs(each.judgment).items():
            days[event] = max(day, days.get(event, day))
    told = "; ".join(f"{event} on or before {day}" for event, day in sorted(days.items()))
    return f"files named by path and fingerprint{f': {told}' if told else ''}"
