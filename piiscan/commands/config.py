"""Check the configuration, or show it with secrets masked."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

import click

from piiscan.commands import _config_retention
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import ExitCode, PiiscanError, RuleError
from piiscan.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from piiscan.config import Config, Problem
    from piiscan.config.problems import Place
    from piiscan.model import Cell
    from piiscan.rulepack import RulePacks


@click.group()
def command() -> None:
    """Check the configuration, or show it with secrets masked."""


@command.command(
    short_help="Check the file and every rule pack.",
    epilog="""\b
Examples:
  piiscan config validate
  piiscan -c /etc/xdg/piiscan/piiscan.toml config validate
  piiscan config validate --format json | jq '.problems[]'
""",
)
@output_options(redact=False)
@pass_app
def validate(app: App, output: Output) -> None:
    """Check the configuration and every rule pack it names; exit 2 when something is wrong.

    Every problem is listed with its file, line and key; a capacity or a clock's event that no rule knows is warned of.
    Passwords are looked up but nothing is connected to: that is what piiscan check does.
    """
    file, problems = _check(app)
    warnings = [] if problems else [*_expired(app.config()), *_config_retention.warnings(app.config())]
    notes = [] if problems else _config_retention.notes(app.config())
    body = {
        "file": file,
        "problems": [_body(each) for each in problems],
        "warnings": [_body(each) for each in warnings],
    }
    rows = tuple((f"{each.file}:{each.line}" if each.line else each.file, each.key, each.problem) for each in problems)
    lead = f"{file}: {len(problems)} problem{'s' if len(problems) != 1 else ''}" if problems else f"{file}: all is well"
    sections = (Section("Problems", ("where", "key", "problem"), rows),) if problems else ()
    for each in warnings:
        app.console.warn(str(each))
    code, reasons = (ExitCode.USAGE, ("invalid",)) if problems else (ExitCode.OK, ())
    finish(
        app,
        Document("config.validate", "Configuration", body, sections, (lead, *notes), exit_code=code, reasons=reasons),
        output,
    )


def _body(problem: Problem) -> dict[str, object]:
    return {"file": problem.file, "line": problem.line or None, "key": problem.key, "problem": problem.problem}


def _expired(config: Config) -> list[Problem]:
    from piiscan.detect import expired

    return [problem for _, problem in expired(config)]


def _check(app: App) -> tuple[str, list[Problem]]:
    """The file and everything that is wrong in it. Raises ConfigError when there is no file to look into."""
    from piiscan.config import InvalidConfigError

    try:
        config = app.config()
    except InvalidConfigError as error:
        return error.problems[0].file, list(error.problems)
    return config.places.file, sorted({*_check_rules(config), *_check_accounts(config), *_check_sources(config)})


def _check_rules(config: Config) -> Iterator[Problem]:
    """Faults in a rule pack, and what refers to rules that do not exist."""
    from piiscan import rulepack

    rules = config.rules
    try:
        packs = rulepack.load(rules.packs, rules.extra)
    except RuleError as error:
        yield config.places.problem(("rules",), error.message)
        return
    for index, name in enumerate(rules.sensitive_when):
        check = functools.partial(rulepack.load, rules.packs, rules.extra, [name])
        yield from _said(config, ("rules", "sensitive_when", index), check)
    for place, selector in _selectors(config):
        yield from _said(config, place, functools.partial(rulepack.select, [selector], packs.data_types))
    yield from _config_retention.problems(config)
    yield from _check_detection(config)
    yield from _said(config, ("firm", "notice"), functools.partial(_check_notice, config, packs))


def _check_detection(config: Config) -> Iterator[Problem]:
    """Thresholds for data types that do not exist, and ignored values that no key, or another one, can compare."""
    from piiscan.config import InvalidConfigError
    from piiscan.detect import settings_of

    try:
        settings_of(config)
    except InvalidConfigError as error:
        yield from error.problems


def _said(config: Config, place: Place, check: Callable[[], object]) -> Iterator[Problem]:
    """What a check complains of, as a problem at a place."""
    try:
        check()
    except PiiscanError as error:
        yield config.places.problem(place, error.message)


def _check_notice(config: Config, packs: RulePacks) -> None:
    """Nothing, if the notice exists and names data types that do. Raises RuleError."""
    from piiscan import rulepack

    if config.firm.notice is not None:
        found = rulepack.notice(config.firm.notice, config.path.parent)
        rulepack.select([name for heading in found.headings for name in heading.data_types], packs.data_types)


def _selectors(config: Config) -> Iterator[tuple[Place, str]]:
    """Every data-type selector of the file, with its place."""
    lists: dict[Place, tuple[str, ...]] = {}
    for index, disclosure in enumerate(config.disclosures):
        lists["disclosures", index, "data_types"] = disclosure.data_types
    for name, source in config.sources.items():
        for index, fact in enumerate(source.facts):
            lists["sources", name, "facts", index, "data_types"] = fact.data_types
    for place, selectors in lists.items():
        for index, selector in enumerate(selectors):
            yield (*place, index), selector


def _check_accounts(config: Config) -> Iterator[Problem]:
    """Passwords that cannot be had."""
    from piiscan.config import InvalidConfigError

    for place in config.accounts():
        try:
            config.secret(place)
        except InvalidConfigError as error:
            yield from error.problems


def _check_sources(config: Config) -> Iterator[Problem]:
    """Unknown connectors, and addresses or options their connector refuses."""
    from piiscan import plugins
    from piiscan.model import ReadPlan

    for name in config.sources:
        source = config.source_without_secret(name)
        try:
            kind = plugins.connector(source.connector)
        except PiiscanError as error:
            yield config.places.problem(("sources", name, "connector"), error.message)
            continue
        yield from _said(config, ("sources", name), functools.partial(kind, source, ReadPlan()))


@command.command(
    short_help="Print it, secrets masked.",
    epilog="""\b
Examples:
  piiscan config show
  piiscan config show --format json | jq .config.scan
""",
)
@output_options(redact=False)
@pass_app
def show(app: App, output: Output) -> None:
    """Print the configuration as it is understood: defaults filled in, paths absolute, secrets and variables masked."""
    from piiscan.config.problems import spell

    config = app.config()
    shown = _effective(config)
    rows = tuple((spell(place), value) for place, value in _flatten(shown))
    body = {"file": str(config.path), "config": shown}
    finish(
        app,
        Document("config.show", "Configuration", body, (Section(str(config.path), ("key", "value"), rows),)),
        output,
    )


def _effective(config: Config) -> dict[str, Any]:
    """The configuration in JSON's types; where a variable was replaced, what stands in the file."""
    shown = config.model_dump(mode="json", exclude_none=True)
    for place, text in config.raw.items():
        table: Any = functools.reduce(lambda inner, step: inner[step], place[:-1], cast("Any", shown))
        table[place[-1]] = text
    return shown


def _flatten(value: Any, place: Place = ()) -> Iterator[tuple[Place, Cell]]:
    """Every setting with its place; a list of texts is one."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(item, (*place, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _flatten(item, (*place, index))
    else:
        yield place, tuple(map(str, value)) if isinstance(value, list) else value
