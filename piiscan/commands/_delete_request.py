"""A plan for one consumer: the rows that were located of the person, and what must be true before any is planned for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from piiscan.commands._requests_shared import find
from piiscan.errors import RefusedError, UsageError
from piiscan.model import Skip, SkipCode
from piiscan.model.judging import Among, Test
from piiscan.requests.private import Matched

if TYPE_CHECKING:
    from datetime import date

    from piiscan.commands.shared import App
    from piiscan.inventory import ConsumerRequest
    from piiscan.model import Secret
    from piiscan.requests.private import Private
    from piiscan.retention import Assessment
    from piiscan.retention.erasure import Subject

ERASING: Final = frozenset({"delete", "erase", "drop"})
_NO_KEY: Final = "holds rows of the person and has no key that a plan can name: delete them by hand and locate again; exclude a view of tables that are read"


def subject_of(app: App, number: int, secret: Secret, day: date) -> tuple[Subject, list[Skip]]:
    """Whose rows a request is about, and what of them no plan can name.

    Raises UsageError for a request that deletes nothing, RefusedError where nobody was verified, or located lately enough.
    """
    from piiscan.requests.private import opened
    from piiscan.retention.erasure import Subject, request_rule

    request = find(app.inventory(), number)
    _check(request, app, day)
    private = opened(request, secret)
    rows, skips = private.rows, list(private.unread)
    if request.kind == "drop":
        rows = _with_what_refers(app, private, skips)
    named = [each for each in rows if each.keys]
    subject = Subject(
        request=number,
        regime=request.regime,
        rule=request_rule(number, request.regime),
        rows={(each.source, each.container): among(each) for each in named},
        told={(each.source, each.container): tests(each) for each in named},
        directed_by=json.loads(request.facts).get("directed_by"),
    )
    return subject, [
        *skips,
        *(Skip(each.source, each.container, SkipCode.ERROR, _NO_KEY) for each in rows if not each.key),
    ]


def _with_what_refers(app: App, private: Private, skips: list[Skip]) -> tuple[Matched, ...]:
    """The rows that a list still leads to, and those that refer to them: they are the person's as well (Civ. 1798.99.86(c)).

    Adds to ``skips`` what could not be asked.
    """
    from piiscan.requests.drop import MOST_TOLD, present
    from piiscan.requests.locating import follow
    from piiscan.requests.private import matched

    rows, unasked = present(app.config(), app.inventory(), private.rows, private.answers)
    located = follow(app.config(), app.inventory(), rows)
    skips += [*unasked, *located.skips]
    found = {(each.source, each.container): each for each in rows}
    for more in map(matched, located.places):
        place = (more.source, more.container)
        known = found.get(place, Matched(more.source, more.container, more.key, ()))
        keys = dict.fromkeys(map(tuple, (*known.keys, *more.keys)))  # each once, in order
        tells = (*known.tells, *more.tells) if more.tells and (known.tells or not known.keys) else ()
        found[place] = Matched(
            more.source, more.container, more.key, tuple(keys), tells if len(tells) <= MOST_TOLD else ()
        )
    return tuple(found.values())


def check_present(assessment: Assessment, request: int) -> None:
    """Raises RefusedError where rows that were located are gone, or another's: what hangs on them is in doubt as well."""
    gone = next((skip for skip in assessment.skips if skip.code == SkipCode.VANISHED), None)
    if gone is not None:
        raise RefusedError(f"{gone.source}:{gone.container}: {gone.reason}", hint=f"piiscan requests locate {request}")


def with_skips(assessment: Assessment, skips: list[Skip]) -> Assessment:
    """The assessment, with what no plan can name among what could not be judged."""
    return replace(assessment, skips=(*assessment.skips, *skips))


def _check(request: ConsumerRequest, app: App, day: date) -> None:
    if request.kind not in ERASING:
        raise UsageError(
            f"request {request.id} is to {request.kind}: nothing is deleted for it", hint="its answer is a letter"
        )
    if request.state != "open":
        raise UsageError(f"request {request.id} is answered", hint=f"piiscan requests show {request.id} says how")
    if request.kind == "drop":
        return
    verified = [each.said.partition(":")[0] for each in request.log if each.what == "verified"]
    if verified[-1:] != ["verified"]:
        raise RefusedError(
            f"who sent request {request.id} is not verified", hint=f"piiscan requests verify {request.id}; or deny it"
        )
    located = max((each.on for each in request.log if each.what == "located"), default=None)
    last = app.config().deletion.valid_for
    if located is None or located + last < day:
        raise RefusedError(
            f"the person's rows were not located {'yet' if located is None else f'since {located}'}",
            hint=f"piiscan requests locate {request.id}",
        )


def among(rows: Matched) -> Among:
    """The rows by their keys."""
    return Among(rows.key, tuple(tuple(key) for key in rows.keys))


def tests(rows: Matched) -> tuple[tuple[Test, ...], ...]:
    """What of a row says that it is the person's, also without blanks around: databases differ in whether those count."""
    found = (tuple(Test((name,), "=", value) for name, value in told.items()) for told in rows.tells)
    bare = (tuple(Test((name,), "=", _bare(value)) for name, value in told.items()) for told in rows.tells)
    return tuple(dict.fromkeys(each for pair in zip(found, bare, strict=True) for each in pair))


def _bare(value: str | int) -> str | int:
    return value.strip() if isinstance(value, str) else value
