"""Hold the published notice against what is held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from piiscan.commands.report import as_of_option, day_of
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from piiscan.config import Config
    from piiscan.report.reading import Reading
    from piiscan.rulepack import Notice

FAIL_ON = ("breach", "undisclosed", "lag")


@click.group()
def command() -> None:
    """Hold the published notice against what is held.

    A profile has a notice's headings and its promises; those of piiscan's own are listed by piiscan notice list, yours is a file.
    """


@command.command("list")
@output_options(redact=False)
@pass_app
def list_(app: App, output: Output) -> None:
    """List the profiles there are, with their headings, promises and dates."""
    from piiscan import rulepack
    from piiscan.commands import _notice_profiles as documents

    named = None if app.config_path is None and not _has_config() else app.config().firm.notice
    profiles = [rulepack.notice(name) for name in rulepack.shipped()]
    if named is not None and named not in {each.id for each in profiles}:
        profiles.append(rulepack.notice(named, app.config().path.parent))
        named = profiles[-1].id
    finish(app, documents.listed(profiles, named), output)


@command.command()
@click.argument("profile", required=False)
@as_of_option
@output_options(redact=False)
@pass_app
def show(app: App, profile: str | None, as_of: datetime | None, output: Output) -> None:
    """Show a notice's headings, its promises and what each is held against, and what the law says that it lacks."""
    from piiscan.commands import _notice_profiles as documents

    notice, day = _notice(app, profile), _day(app, as_of)
    finish(app, documents.shown(notice, app.packs(), day), output)


@command.command(
    epilog="""\b
Examples:
  piiscan notice check                          the notice of [firm] notice
  piiscan notice check amsi --format json
  piiscan notice check --fail-on undisclosed    for the night: exit 3 on what no heading names
  piiscan notice check -q --exit-zero -o md=promises.md
"""
)
@click.argument("profile", required=False)
@as_of_option
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    multiple=True,
    help="Exit 3 on these only: a broken promise (default), what no heading names, where the notice lags the law.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 where it would exit 3.")
@output_options()
@pass_app
def check(
    app: App,
    profile: str | None,
    as_of: datetime | None,
    fail_on: tuple[str, ...],
    exit_zero: bool,
    output: Output,
) -> None:
    """Say of every promise whether it is kept, broken, unknown or not checked, with the places.

    Exit 3 when one is broken, 4 when something was not read: what was not read never counts as kept. Unknown means that a person
    must judge, or that the configuration does not say enough. Sources are opened where rows must be counted; no value leaves them.
    """
    from piiscan.commands import _notice_documents as documents
    from piiscan.notices import check_notice
    from piiscan.notices.asking import Sources
    from piiscan.notices.known import Known
    from piiscan.report.reading import read_coverage

    config, inventory, packs = app.config(), app.inventory(), app.packs()
    notice, day = _notice(app, profile), day_of(as_of, config)
    reading = read_coverage(inventory, config, packs, day)
    unread = _unread(reading, config)
    root = click.get_current_context().find_root()
    with Sources(config) as sources:
        known = Known(
            notice,
            config,
            inventory,
            packs,
            app.retention(),
            day,
            sources,
            unread,
            reading.counts()["sampled"],
            lambda words: is_command(root, words),
        )
        result = check_notice(known)
    unjudged = [skip for skip in known.skips if skip.code not in config.scan.tolerate]
    finish(
        app,
        documents.checked(
            result,
            unread,
            fail_on=fail_on or ("breach",),
            exit_zero=exit_zero,
            incomplete=bool(unread or unjudged),
            redact=output.redact_paths,
        ),
        output,
    )


@command.command(
    epilog="""\b
Examples:
  piiscan notice draft                           Markdown, in the statute's terms
  piiscan notice draft --in notice -o html=collected.html
"""
)
@click.argument("profile", required=False)
@as_of_option
@click.option(
    "--in",
    "terms",
    type=click.Choice(["statutory", "notice"]),
    default="statutory",
    show_default=True,
    help="Name the categories as the statute does, or by the notice's own headings.",
)
@output_options(default="md")
@pass_app
def draft(app: App, profile: str | None, as_of: datetime | None, terms: str, output: Output) -> None:
    """Write the section "categories collected in the past twelve months" from the inventory.

    With sources, purposes, retention, and the two lists of recipients (Civ. Code 1798.130(a)(5)). It is a draft: what the
    configuration does not say is marked, and counsel reads it before anybody publishes it.
    """
    from piiscan.report.notice_draft import notice_draft

    config = app.config()
    notice = _notice(app, profile) if terms == "notice" else None
    document = notice_draft(
        app.inventory(), config, app.packs(), as_of=day_of(as_of, config), notice=notice, redact=output.redact_paths
    )
    finish(app, document, output)


@command.command(
    "import",
    epilog="""\b
Examples:
  piiscan notice import policy.txt
  piiscan notice import policy.txt --profile our-notice.toml --title "Our privacy policy"
  cat policy.txt | piiscan notice import -
""",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--id", "id_", default="ours", show_default=True, help="The id of the profile.")
@click.option("--title", default="Our notice", show_default=True, help="Its title.")
@click.option("--profile", type=click.Path(path_type=Path), metavar="TOML", help="Write the proposed profile to TOML.")
@output_options(redact=False)
@pass_app
def import_(app: App, file: Path, id_: str, title: str, profile: Path | None, output: Output) -> None:
    """Propose a profile from a notice's text (FILE, - for standard input).

    Phrases are looked up in a list that ships with piiscan, without a network. It shows what was recognised and what was not: read
    both, correct the profile, and name it in [firm] notice.
    """
    from piiscan.commands import _notice_profiles as documents
    from piiscan.commands.shared import write_file
    from piiscan.notices.importing import read_notice
    from piiscan.notices.profile_text import profile_text

    proposal = read_notice(_text(file), id_, title)
    text = profile_text(proposal)
    if profile is not None:
        write_file(profile, lambda out: out.write(text))
    finish(app, documents.imported(proposal, text), output)


def _notice(app: App, profile: str | None) -> Notice:
    """The profile asked for, else that of the configuration. Raises UsageError without either."""
    from piiscan import rulepack

    if profile is not None:
        return rulepack.notice(profile)
    config = app.config()
    if config.firm.notice is None:
        raise UsageError("which notice?", hint="name a profile, or [firm] notice in piiscan.toml")
    return rulepack.notice(config.firm.notice, config.path.parent)


def _has_config() -> bool:
    from piiscan import config

    return config.locate() is not None


def _day(app: App, as_of: datetime | None) -> date:
    """The day asked for; today in the firm's time zone where there is a configuration, else in UTC."""
    from piiscan.config import Config

    return day_of(as_of, app.config() if app.config_path is not None or _has_config() else Config())


def _text(file: Path) -> str:
    """The notice's text. Raises UsageError when it cannot be read."""
    import sys

    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as UTF-8 text ({type(error).__name__})") from None


def _unread(reading: Reading, config: Config) -> tuple[str, ...]:
    """What was not read and ought to be, a few words each."""
    skipped = sorted(
        {skip.source for skip in reading.skips if skip.container and skip.code not in config.scan.tolerate}
    )
    return (
        *(f"source {name} was never read" for name in reading.never_read),
        *(f"source {name} was not read to its end" for name in reading.unreached),
        *(f"tables or files of {name} were not read" for name in skipped),
        *(f"source {name} was read with other rules than today's" for name in reading.older_rules),
    )


def is_command(root: click.Context, words: str) -> bool:
    """Whether this version has a command, with the options that are named; words in capitals stand for what users fill in."""
    found: click.Command | None = root.command
    for word in words.split():
        if word.isupper() or found is None:
            continue
        if word.startswith("-"):
            if not any(word in option.opts for option in found.params):
                return False
        else:
            found = found.get_command(root, word) if isinstance(found, click.Group) else None
    return found is not None
