"""What the commands share: the global options, where results go, and the rooms opened once."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar, cast

import click

from piiscan.console import Console, LogFormat, Switch, setup_logging
from piiscan.errors import PiiscanError, UsageError

if TYPE_CHECKING:
    from piiscan.config import Config
    from piiscan.inventory import Inventory
    from piiscan.model import Document
    from piiscan.rulepack import RulePacks
    from piiscan.rulepack.retention import RetentionRules

F = TypeVar("F", bound=Callable[..., Any])
PIPE_WIDTH: Final = 120
"""Columns of a table that no terminal shows (``COLUMNS`` says otherwise)."""
_FORMAT: Final = re.compile("[a-z]+")
_SUFFIXES: Final = {".txt": "table", ".text": "table"}


@dataclass
class App:
    """The global options, and what follows from them: console, configuration, rule packs, inventory."""

    config_path: Path | None = None
    quiet: bool = False
    verbosity: int = 0
    debug: bool = False
    progress: Switch = "auto"
    no_color: bool = False
    log_format: LogFormat = "text"

    def start(self) -> None:
        """Lets the options as they are now decide what standard error shows."""
        self.__dict__.pop("console", None)
        color = self.console.color and sys.stderr.isatty()
        setup_logging(
            verbosity=self.verbosity, quiet=self.quiet, debug=self.debug, log_format=self.log_format, color=color
        )

    @cached_property
    def console(self) -> Console:
        """Standard error as these options want it."""
        return Console(quiet=self.quiet, progress=self.progress, color=not self.no_color, log_format=self.log_format)

    @cached_property
    def _config(self) -> Config:
        from piiscan import config

        return config.load(self.config_path)

    def config(self) -> Config:
        """The configuration, read once. Raises ConfigError naming file, line and key."""
        return self._config

    def packs(self) -> RulePacks:
        """The rule packs the configuration names; the shipped ``ccpa`` where there is no configuration. Raises RuleError."""
        from piiscan import config, rulepack

        if self.config_path is None and config.locate() is None:
            return rulepack.load()
        rules = self.config().rules
        return rulepack.load(rules.packs, rules.extra, rules.sensitive_when)

    def retention(self) -> RetentionRules:
        """The rules of retention of the configured packs. Raises RuleError."""
        from piiscan.rulepack.retention import load_retention

        rules = self.config().rules
        return load_retention(rules.packs, rules.extra)

    def inventory(self, *, create: bool = False) -> Inventory:
        """The inventory store. Raises StoreError; without ``create`` also when no scan has made it yet."""
        from piiscan.inventory import Inventory

        url, secret = self.config().store_location()
        return Inventory.open(url, secret=secret, create=create, packs=self.packs())


pass_app = click.make_pass_decorator(App)


class Duration(click.ParamType[timedelta]):
    """A length of time in ISO 8601, without years and months (``PT6H``)."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The timedelta. Fails as click's own types do."""
        from piiscan.config.units import parse_duration

        try:
            return value if isinstance(value, timedelta) else parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


duration = Duration()


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's document goes: standard output in one format, files in others."""

    stdout: str | None = None
    """None = nothing goes to standard output."""
    files: tuple[tuple[str, Path], ...] = ()
    redact_paths: bool = False


def output_options(*, default: str | None = "table", redact: bool = True) -> Callable[[F], F]:
    """Adds ``--format``, ``-o`` and, with ``redact``, ``--redact-paths``; the command gets them, checked, as ``output``.

    ``default`` is the format of standard output when none is asked for; None = nothing is printed.
    """

    def decorate(function: F) -> F:
        @click.option(
            "--format", "stdout", metavar="FORMAT", help="How to print it: table, json... (see piiscan plugins)."
        )
        @click.option(
            "-o",
            "--output",
            "outputs",
            metavar="[FORMAT=]FILE",
            multiple=True,
            help="Write it to FILE, mode 0600; repeatable.",
        )
        @functools.wraps(function)
        def wrapper(
            *args: Any, stdout: str | None, outputs: tuple[str, ...], redact_paths: bool = False, **rest: Any
        ) -> Any:
            output = parse_output(stdout, outputs, default=default, redact_paths=redact_paths)
            return function(*args, output=output, **rest)

        if redact:
            return cast(
                "F",
                click.option("--redact-paths", is_flag=True, help="Ids instead of names of containers and columns.")(
                    wrapper
                ),
            )
        return cast("F", wrapper)

    return decorate


def parse_output(
    stdout: str | None, outputs: Sequence[str], *, default: str | None = "table", redact_paths: bool = False
) -> Output:
    """``--format`` and every ``-o``, checked before any work is done. Raises UsageError.

    With an ``-o`` standard output stays empty unless ``--format`` asks for it. A FILE without a format is written in
    the one of ``--format`` (instead of standard output), else in its suffix's. A file that has a name such as ``a=b`` is
    written ``./a=b``.
    """
    from piiscan import plugins

    if stdout is not None:
        plugins.renderer(stdout)
    files, bare = [], False
    for output in outputs:
        name, sign, rest = output.partition("=")
        named = bool(sign) and _FORMAT.fullmatch(name) is not None
        if named:
            plugins.renderer(name)
        if not (rest if named else output):
            raise UsageError(f"-o {output}: no file named", hint="write -o FORMAT=FILE or -o FILE")
        path = Path(rest if named else output)
        bare = bare or not named
        files.append((name if named else _guess_format(path, stdout), _check_target(path)))
    chosen = stdout or (None if files else default)
    return Output(None if bare else chosen, tuple(files), redact_paths)


def _guess_format(path: Path, stdout: str | None) -> str:
    from piiscan import plugins

    format_ = stdout or _SUFFIXES.get(path.suffix, path.suffix[1:])
    if format_ not in plugins.renderers():
        raise UsageError(
            f"-o {path}: in which format?", hint=f"write -o FORMAT={path}; formats: {', '.join(plugins.renderers())}"
        )
    return format_


def _check_target(path: Path) -> Path:
    if path.is_dir():
        raise UsageError(f"-o {path}: is a folder", hint="name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"-o {path}: there is no folder {path.parent}", hint="create it first")
    return path


def finish(app: App, document: Document, output: Output) -> None:
    """Prints the document and writes its files, then ends the command with the document's exit code.

    Raises PiiscanError when something cannot be written.
    """
    document = replace(document, generated_at=document.generated_at or datetime.now(UTC))
    for format_, path in output.files:
        write_file(path, functools.partial(_render, format_, document))
    if output.stdout is not None:
        _print(app, document, output.stdout)
    if document.exit_code:
        raise click.exceptions.Exit(document.exit_code)


def _render(format_: str, document: Document, out: TextIO, *, width: int = PIPE_WIDTH, color: bool = False) -> None:
    from piiscan import plugins

    plugins.renderer(format_)().render(document, out, width=width, color=color)


def _print(app: App, document: Document, format_: str) -> None:
    from piiscan import plugins

    terminal = sys.stdout.isatty()
    if terminal and plugins.renderer(format_).binary:
        raise UsageError(f"{format_} is not for a terminal", hint=f"write -o {format_}=FILE")
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    color = terminal and app.console.color and os.environ.get("TERM") != "dumb"
    try:
        _render(format_, document, sys.stdout, width=width, color=color)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise PiiscanError(f"standard output: {os.strerror(error.errno or 0)}") from None


def write_file(path: Path, write: Callable[[TextIO], object]) -> None:
    """Writes a file as a whole or not at all, mode 0600; devices and pipes are written to directly. Raises PiiscanError."""
    try:
        with _replacing(path) as out:
            write(out)
    except OSError as error:
        raise PiiscanError(f"{path}: {os.strerror(error.errno or 0)}", hint="nothing was written there") from None


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when the block ends well."""
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
        return
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
