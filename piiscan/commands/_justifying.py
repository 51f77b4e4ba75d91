"""What the commands of exceptions and holds share: options, who is asking, the scope sealed, the change told."""

from __future__ import annotations

import functools
import os
import pwd
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from piiscan.errors import RefusedError, UsageError
from piiscan.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from piiscan.commands.shared import App
    from piiscan.inventory import Inventory, Justification, Scope
    from piiscan.inventory.justifications import Kind
    from piiscan.rulepack.retention import RetentionRules

NO_KEY_HINT: Final = 'piiscan init writes a key file; name it in piiscan.toml: [security] key_file = "piiscan.key"'


class Day(click.ParamType[date]):
    """A day, YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date. Fails as click's own types do."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is no day: write YYYY-MM-DD", param, ctx)


DAY = Day()


class Words(click.ParamType[str]):
    """Words that say something."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words, on one line. Fails for none."""
        words = " ".join(str(value).split())
        return words or self.fail("must say something", param, ctx)


WORDS = Words()


def scope_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say what is covered; the command gets them, not yet checked, as ``scope``."""

    @click.option("--source", default="*", metavar="GLOB", help="Only in these sources.")
    @click.option("--container", default="*", metavar="GLOB", help="Only in these tables and files.")
    @click.option(
        "--data-type",
        "data_types",
        multiple=True,
        metavar="TYPE",
        help="Only this data type: an id, group:GROUP or category:LETTER.",
    )
    @click.option("--rows", metavar="FILE", help="Only the rows that FILE names (-: standard input); they are sealed.")
    @functools.wraps(function)
    def wrapper(
        *args: Any, source: str, container: str, data_types: tuple[str, ...], rows: str | None, **rest: Any
    ) -> Any:
        return function(*args, scope=GivenScope(source, container, data_types, rows), **rest)

    return wrapper


@dataclass(frozen=True, slots=True)
class GivenScope:
    """The options as they were typed."""

    source: str
    container: str
    data_types: tuple[str, ...]
    rows: str | None


def scope_of(app: App, given: GivenScope) -> Scope:
    """The scope, its rows sealed with the firm's key. Raises UsageError, also when there is no key to seal them with."""
    from piiscan import rulepack
    from piiscan.commands._rows_file import read_rows
    from piiscan.inventory import Scope, sealed

    types = app.packs().data_types
    rulepack.select(given.data_types, types)
    scope = Scope(given.source, given.container, tuple(dict.fromkeys(given.data_types)))
    if given.rows is None:
        return scope
    key = app.config().key()
    if key is None:
        raise UsageError("rows are sealed with the firm's key, and the configuration names none", hint=NO_KEY_HINT)
    return sealed(scope, read_rows(given.rows, types), key)


def login() -> str:
    """The login name of whoever runs this process, from the system's own list: a variable proves nothing."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def refuse_own_approval(approver: str) -> None:
    """Raises RefusedError (exit 6) when whoever enters it would approve it too."""
    if approver.strip().casefold() == login().casefold():
        raise RefusedError(f"{approver} enters this and cannot approve it too", hint="--approver names another person")


def refuse_problems(draft: Justification, rules: RetentionRules, as_of: date) -> None:
    """Raises UsageError with all that speaks against it."""
    from piiscan.retention.justified import problems

    if draft.ends is not None and draft.ends < draft.starts:
        raise UsageError(
            f"it would end on {draft.ends}, before it starts on {draft.starts}", hint="--ends is its last day"
        )
    if found := problems(draft, rules.grounds, rules.rules, as_of):
        raise UsageError(
            "; ".join(found), hint="piiscan rules list --kind retention shows the rules, --kind exception the grounds"
        )


def find(inventory: Inventory, identity: str, kind: Kind) -> Justification:
    """The one of that id. Raises UsageError where there is none of that kind."""
    found = [each for each in inventory.justifications(kind=kind) if each.id == identity.upper()]
    if not found:
        group = "exceptions" if kind == "exception" else "holds"
        raise UsageError(f"there is no {kind} {identity!r}", hint=f"piiscan {group} list --all shows the ids")
    return found[0]


def warn_of_reach(app: App, inventory: Inventory, justification: Justification) -> None:
    """Says on standard error when the scope reaches nothing that any scan has found."""
    for text in reach_warnings(inventory, [justification])[0]:
        app.console.warn(f"{justification.id}: {text}")


def reach_warnings(inventory: Inventory, justifications: Sequence[Justification]) -> list[list[str]]:
    """What is doubtful of each one's scope by what scans have found."""
    from piiscan.retention.justified import doubts

    containers = {(each.source, each.container) for each in inventory.containers()}
    holdings = inventory.holdings()
    return [doubts(each, containers, holdings) for each in justifications]


def told(justification: Justification, rules: RetentionRules, as_of: date, *, kind: str, said: str) -> Document:
    """The document of one change: what it is now."""
    from piiscan.report import Places
    from piiscan.report.exceptions_text import FLAT_TITLES, TITLES, body, flat_row, row

    places = Places()
    entry = body(justification, rules, as_of, places)
    return Document(
        kind,
        said,
        {"as_of": as_of, "entry": entry},
        (Section("", TITLES, (row(justification, rules, as_of, places),)),),
        flat=Section("", FLAT_TITLES, (flat_row(entry),)),
    )
