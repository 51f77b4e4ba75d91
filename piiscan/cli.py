"""The command line: global options, commands found by file name, and one place that turns failures into exit codes."""

from __future__ import annotations

import ast
import functools
import importlib
import os
import pkgutil
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click
from click.shell_completion import shell_complete

import piiscan
from piiscan import commands
from piiscan.commands.shared import App
from piiscan.errors import ExitCode, PiiscanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

PROG: Final = "piiscan"
_COMPLETE: Final = "_PIISCAN_COMPLETE"
PIPE_CLOSED: Final = 128 + signal.SIGPIPE
"""What a shell sees of any program whose reader went away (``| head``)."""


_SAID: Final = {signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
"""Signals that end a run as Ctrl-C does, and what is then said."""


class Ended(BaseException):
    """One of those signals, raised in the main thread so that everything open is closed."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = signal.Signals(number)


class Commands(click.Group):
    """The commands: a module of `piiscan.commands` each, imported only when run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Every command's name, in alphabetical order."""
        return [name.replace("_", "-") for name, _ in _modules()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, with the global options accepted after its name too."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        return _accept_globals(module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """Writes the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name.replace("_", "-"), _summary(name, spec)) for name, spec in _modules()])


def _modules() -> Iterator[tuple[str, ModuleSpec]]:
    for info in sorted(pkgutil.iter_modules(commands.__path__), key=lambda info: info.name):
        spec = info.module_finder.find_spec(info.name, None)
        if spec is not None and info.name != "shared" and not info.name.startswith("_"):
            yield info.name, spec


def _summary(name: str, spec: ModuleSpec) -> str:
    """The first line of the module's docstring, read without importing it."""
    source = getattr(spec.loader, "get_source", lambda _: None)(name) or ""
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Puts a global option into the App, wherever on the line it stood."""
    if ctx.get_parameter_source(str(param.name)) is not click.core.ParameterSource.COMMANDLINE:
        return
    app = ctx.ensure_object(App)
    name = str(param.name).removeprefix("global_")
    setattr(app, name, app.verbosity + value if name == "verbosity" else value)
    app.start()


def _global_options(*, hidden: bool = False) -> list[click.Option]:
    def option(*names: str, **settings: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=_keep, hidden=hidden, **settings)

    file = click.Path(path_type=Path)
    return [
        option(
            "global_config_path",
            "-c",
            "--config",
            type=file,
            help="The configuration; else $PIISCAN_CONFIG, ./piiscan.toml...",
        ),
        option("global_quiet", "-q", "--quiet", is_flag=True, help="Say nothing but warnings and errors."),
        option("global_verbosity", "-v", "--verbose", count=True, help="Say more; twice: everything."),
        option("global_debug", "--debug", is_flag=True, help="Show tracebacks."),
        option(
            "global_progress",
            "--progress",
            type=click.Choice(["auto", "on", "off"]),
            help="Show progress on standard error.",
        ),
        option("global_no_color", "--no-color", is_flag=True, help="No colors (nor with $NO_COLOR)."),
        option(
            "global_log_format",
            "--log-format",
            type=click.Choice(["text", "json"]),
            help="How standard error is written.",
        ),
    ]


def _accept_globals(command: click.Command) -> click.Command:
    """The command (and those below it) with the global options hidden behind its own; its own win."""
    taken = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    if not any(str(param.name).startswith("global_") for param in command.params):
        command.params += [option for option in _global_options(hidden=True) if taken.isdisjoint(option.opts)]
    for child in getattr(command, "commands", {}).values():
        _accept_globals(child)
    return command


@click.group(PROG, cls=Commands, params=_global_options(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(piiscan.__version__, prog_name=PROG, message="%(prog)s %(version)s")
def cli() -> None:
    r"""Finds what personal information a firm holds, where, and since when.

    \b
    Examples:
      piiscan demo                          an example firm, scanned and reported
      piiscan init                          write piiscan.toml; then name your sources in it
      piiscan check                         can every source be read?
      piiscan scan                          the nightly job
      piiscan report categories             the 12-month report of the CCPA

    The options below may also stand after the command's name.
    """


def main() -> NoReturn:
    """Runs the command line and exits: 0 to 6 as `ExitCode` says, 128 + the signal that ended it, 141 when its reader left."""
    _open_closed()
    app = App()
    app.start()
    for number in _SAID:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, functools.partial(_end, os.getpid()))
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name the terminal cannot show is no failure
    code = _run(app, sys.argv[1:] or ["--help"])
    if not _flushes():
        code = code or ExitCode.FAILED
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's own last flush complains
    sys.exit(code)


def _open_closed() -> None:
    """Gives standard streams that are closed (``>&-``) to the null device: else the next file opened would be one of them."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            lowest_free = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(lowest_free, True)  # noqa: FBT003 - it takes no keyword
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end


def _end(owner: int, number: int, _: object) -> NoReturn:
    if os.getpid() != owner:
        os._exit(128 + number)  # a forked worker has nothing to tell
    raise Ended(number)


def _flushes() -> bool:
    try:
        sys.stdout.flush()
    except OSError:
        return False
    return True


def _run(app: App, args: list[str]) -> int:
    """The exit code of one command line; what went wrong has been said on standard error."""
    try:
        code = _dispatch(app, args)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  # the one place for whatever ends a command
        code = _explain(app, error)
        app.console.trace(error)
        return code
    return code


def _dispatch(app: App, args: list[str]) -> int:
    if instruction := os.environ.get(_COMPLETE):
        return shell_complete(cli, {}, PROG, _COMPLETE, instruction)
    try:
        with cli.make_context(PROG, args, obj=app) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return ExitCode.OK


def _explain(app: App, error: BaseException) -> int:  # noqa: PLR0911  # a table of cases, each a code of its own
    """Says what ended the command in one line and a hint, without a word of another library; the exit code."""
    say = app.console.error
    match error:
        case PiiscanError():
            say(error.message, hint=error.hint)
            return error.exit_code
        case click.ClickException():
            return _explain_usage(app, error)
        case KeyboardInterrupt() | click.Abort() | Ended():
            number = error.number if isinstance(error, Ended) else signal.SIGINT
            say(_SAID.get(number, "interrupted"), hint="what was finished so far is kept; run it again to go on")
            return 128 + number
        case BrokenPipeError() if _reader_left():
            return PIPE_CLOSED
        case OSError(errno=int(number), filename=filename):
            place = f"{os.fsdecode(filename)}: " if isinstance(filename, str | bytes) else ""
            say(f"{place}{os.strerror(number)}")
            return ExitCode.FAILED
        case SystemExit(code=int(code)):
            return code
        case ImportError(name=str(name)):
            say(f"cannot import {name}", hint="is everything installed? see piiscan plugins")
            return ExitCode.FAILED
        case MemoryError():
            say("out of memory", hint="fewer workers need less: [scan] workers")
            return ExitCode.FAILED
    say(f"unexpected {type(error).__name__}{_place(error)}", hint="run again with --debug and report it")
    return ExitCode.FAILED


def _explain_usage(app: App, error: click.ClickException) -> int:
    """Click's own complaints; a group called without a command shows its help."""
    context = getattr(error, "ctx", None)
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())) and context is not None:
        click.echo(context.get_help(), err=True)
    else:
        app.console.error(
            " ".join(error.format_message().split()).rstrip("."),
            hint=f"see {context.command_path if context else PROG} --help",
        )
    return ExitCode.USAGE


def _reader_left() -> bool:
    """Whether it is standard output whose reader went away, and not some other pipe."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _place(error: BaseException) -> str:
    """Where in piiscan it happened: `` at module.py:12``."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if f"{os.sep}piiscan{os.sep}" in frame.filename
    ]
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
