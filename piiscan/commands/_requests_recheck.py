"""Whether those who asked to be deleted or left alone are found again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from piiscan.commands._requests_shared import NUMBER, key_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from piiscan.inventory import Suppression
    from piiscan.model import Document, Section, Skip
    from piiscan.report.places import Places
    from piiscan.requests.rechecking import Found, Sighting

KINDS: Final = ("delete", "erase", "limit", "object", "opt_out")
"""Those of `piiscan.inventory.requests.SUPPRESSING`."""
ALARMING: Final = ("returned", "remains")
"""Verdicts of which the command speaks by its exit code."""
_MOST_NAMED: Final = 10
_COUNTS: Final = ("rows", "after", "before", "undated", "near", "verdict")


@click.command(
    epilog="""\b
Examples:
  piiscan requests recheck
  piiscan requests recheck crm --kind delete --kind erase
  piiscan requests recheck --except 3 --format json | jq '.persons[] | [.request, .places[].container]'
"""
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only requests of this kind; repeatable.")  # fmt: skip
@click.option("--except", "excepted", multiple=True, type=NUMBER, metavar="N", help="Leave out request N, which somebody has looked at; repeatable.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Do not exit 3 when somebody is found again.")
@output_options()
@pass_app
def recheck(
    app: App,
    sources: tuple[str, ...],
    kinds: tuple[str, ...],
    excepted: tuple[int, ...],
    exit_zero: bool,
    output: Output,
) -> None:
    """Look again for those who asked to be deleted, to opt out, to limit or to object, and were answered.

    The columns that the inventory knows to hold what they gave are read row by row, and compared with the keyed hashes that stayed. Exit 3
    when rows came after the answer, or when somebody is there of whom nothing should be; 4 when something could not be read.
    Reads only; no value is printed or kept.
    """
    from piiscan.report.places import Places
    from piiscan.requests.rechecking import Rechecking

    config, key, inventory = app.config(), key_of(app), app.inventory()
    for name in sources:
        config.source_without_secret(name)
    known = inventory.suppressions()
    _check_numbers(excepted, known)
    wanted = [each for each in known if each.request not in excepted and each.kind in (kinds or KINDS)]
    checking = Rechecking(config, inventory, wanted, key)
    found = checking.run(sources or tuple(config.sources))
    unread = [each for each in found.skips if each.code not in config.scan.tolerate]
    told = _Telling(
        wanted, len(known) - len(wanted), checking.suppressed.unrecognizable, found, unread, Places(output.redact_paths)
    )
    finish(app, told.document(exit_zero=exit_zero), output)


def _check_numbers(excepted: Iterable[int], known: Iterable[Suppression]) -> None:
    """Raises UsageError for a number that is none of those looked for."""
    for number in sorted(set(excepted) - {each.request for each in known}):
        raise UsageError(
            f"--except {number}: no request of that number is looked for", hint="piiscan requests list --all shows them"
        )


@dataclass(frozen=True)
class _Telling:
    """What was found, put into a document."""

    known: Sequence[Suppression]
    left_out: int
    unrecognizable: Sequence[int]
    found: Found
    unread: Sequence[Skip]
    places: Places

    @cached_property
    def seen(self) -> list[tuple[Suppression, list[Sighting]]]:
        """Each person that is somewhere, and where."""
        return [(each, sightings) for each in self.known if (sightings := self.found.sightings(each))]

    def document(self, *, exit_zero: bool) -> Document:
        """The whole of it."""
        from piiscan.model import Document

        verdicts = {each.verdict for _, sightings in self.seen for each in sightings}
        alarming = [name for name in ALARMING if name in verdicts]
        code = ExitCode.FOUND if alarming and not exit_zero else ExitCode.OK
        return Document(
            "requests.recheck",
            "Persons who must not come back unseen",
            self._body(),
            (self._section(),),
            tuple(self._lead()),
            exit_code=ExitCode.INCOMPLETE if self.unread else code,
            reasons=(*alarming, *(["incomplete"] if self.unread else [])),
        )

    def _body(self) -> dict[str, Any]:
        return {
            "looked_for": [each.request for each in self.known],
            "left_out": self.left_out,
            "unrecognizable": list(self.unrecognizable),
            "persons": [self._person(*each) for each in self.seen],
            "places": [self.places.of(each) | {"rows": each.rows} for each in self.found.places],
            "texts": self.found.texts,
            "skips": [
                self.places.of(each) | {"code": str(each.code), "reason": self.places.reason(each.code, each.reason)}
                for each in self.unread
            ],
        }

    def _person(self, person: Suppression, sightings: Sequence[Sighting]) -> dict[str, Any]:
        return {
            "request": person.request,
            "kind": person.kind,
            "response": person.response or None,
            "answered_on": person.answered_on,
            "places": [
                self.places.of(each.place) | dict(zip(_COUNTS, _counts(each), strict=True)) for each in sightings
            ],
        }

    def _section(self) -> Section:
        from piiscan.model import Section

        rows = tuple(
            (str(person.request), person.kind, _answer(person), self.places.spoken(each.place), *_counts(each))
            for person, sightings in self.seen
            for each in sightings
        )
        return Section(
            "", ("request", "kind", "answered", "place", *_COUNTS), rows, "" if rows else "Nobody was found again."
        )

    def _lead(self) -> list[str]:
        """What a person reads first."""
        from piiscan.report.wording import number_of

        rows, places = sum(each.rows for each in self.found.places), number_of(len(self.found.places), "place")
        said = [f"{number_of(len(self.known), 'answered request')} looked for in {number_of(rows, 'row')} of {places}."]
        for verdict, words in _WORDS.items():
            if some := [
                person.request for person, several in self.seen if any(each.verdict == verdict for each in several)
            ]:
                said.append(f"{words} {_numbers(some)}.")
        if self.unrecognizable:
            said.append(f"Too little was given for anybody to be recognised by: {_numbers(self.unrecognizable)}.")
        if self.left_out:
            said.append(f"{number_of(self.left_out, 'request')} left out, as asked.")
        if self.found.texts:
            said.append(f"{number_of(self.found.texts, 'place')} of running text may name them: not looked at.")
        told = [(self.places.spoken(each), self.places.reason(each.code, each.reason)) for each in self.unread]
        return [*said, *(f"Not read: {place}: {reason}." for place, reason in told)]


_WORDS: Final = {
    "returned": "Rows came after the answer:",
    "remains": "Nothing should be there, and something is:",
    "undated": "Nothing says whether rows came after the answer:",
    "kept": "Rows from before the answer alone:",
    "near": "A human must look, for rows hold what one person only has, and differ in a name or a number:",
}


def _numbers(some: Sequence[int]) -> str:
    more = f" and {len(some) - _MOST_NAMED:,} more" if len(some) > _MOST_NAMED else ""
    return f"request{'' if len(some) == 1 else 's'} {', '.join(map(str, some[:_MOST_NAMED]))}{more}"


def _answer(person: Suppression) -> str:
    return f"{person.answered_on} ({person.response})" if person.answered_on else "unknown"


def _counts(each: Sighting) -> tuple[int | str, ...]:
    return tuple(getattr(each, name) for name in _COUNTS)
