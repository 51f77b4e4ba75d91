"""A plan for minors: the rows that say so, and what refers to them, by the promise of the firm's notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from piiscan.errors import UsageError
from piiscan.model import Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from piiscan.commands.shared import App
    from piiscan.config import Config
    from piiscan.retention.erasure import Subject
    from piiscan.retention.underage import Minors
    from piiscan.rulepack import Check, Notice, Promise

OF_AGE: Final = 18
"""Where neither the command line nor the notice says it."""
OLDEST: Final = 99
PROMISED: Final = "promised"
"""What ``--minors`` alone means: the age of the notice."""
_NO_KEY: Final = "holds rows that refer to rows of minors, and has no key that a plan can name: delete them by hand"


class Age(click.ParamType[Any]):
    """Years, or `PROMISED` where none are given."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The years as a number. Fails as click's own types do."""
        if value == PROMISED:
            return PROMISED
        if not str(value).isascii() or not str(value).isdigit() or not 0 < int(value) <= OLDEST:
            self.fail(f"{value!r} is no age: whole years, 1 to {OLDEST}", param, ctx)
        return int(value)


def asked_of(config: Config, age: int | str, sources: tuple[str, ...], day: date) -> Minors:
    """Who is asked for: by the age given, else by the notice's, else under 18. Raises RuleError, UsageError."""
    from piiscan import rulepack
    from piiscan.retention.underage import Minors

    if unknown := sorted(set(sources) - set(config.sources)):
        raise UsageError(f"unknown source {unknown[0]!r}", hint=f"{config.path} knows: {', '.join(config.sources)}")
    name = config.firm.notice
    notice = rulepack.notice(name, config.path.parent) if name else None
    promise, check = next(_promises(notice), (None, None)) if notice else (None, None)
    promised = (check.age if check else None) or OF_AGE
    years = age if isinstance(age, int) else promised
    by_notice = notice is not None and promise is not None and years <= promised
    citation = f"{notice.title}, {promise.id}" if notice and promise and by_notice else "the firm's own decision"
    return Minors(years, day, citation, check.mark if check else None, sources)


def _promises(notice: Notice) -> Iterator[tuple[Promise, Check]]:
    return ((each, check) for each in notice.promises for check in each.checks if check.kind == "no_minors")


def minors_of(app: App, asked: Minors) -> tuple[Subject, list[Skip]]:
    """The rows of minors and those that refer to them, and what of them no plan can name."""
    from piiscan.commands._delete_request import among, tests
    from piiscan.requests.locating import follow
    from piiscan.requests.private import Matched, key_part, matched
    from piiscan.retention.erasure import Subject
    from piiscan.retention.minors import find_minors, kept_above
    from piiscan.retention.referring import told_along
    from piiscan.retention.underage import minors_rule

    config, inventory = app.config(), app.inventory()
    found = find_minors(config, inventory, asked)
    young = [
        Matched(each.source, each.container, each.key, [list(map(key_part, key)) for key in each.keys])
        for each in found.young
    ]
    located = follow(config, inventory, young, found.telling)
    below = [matched(place) for place in located.places]
    telling = {(each.source, each.container): each.tests for each in found.young}
    below_told, skips = told_along(
        config, telling, {(each.source, each.container): tests(each) for each in below if each.keys}
    )
    subject = Subject(
        request=None,
        regime=None,
        rule=minors_rule(asked),
        rows={(each.source, each.container): among(each) for each in (*young, *below) if each.keys},
        told=telling | below_told,
        said=kept_above(found.young),
    )
    nameless = [Skip(each.source, each.container, SkipCode.ERROR, _NO_KEY) for each in below if not each.key]
    return subject, [*found.skips, *located.skips, *skips, *nameless]
