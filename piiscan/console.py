"""Standard error: notes, warnings, errors, logs and what a name looks like when it tries to move the cursor.

Everything said to the user is a record of the standard library's logging, so ``--log-format json`` covers all of it.
Only loggers below ``piiscan`` are shown: what a library logs may carry values of a source.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from piiscan.errors import PiiscanError

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

    from piiscan.progress import Meter

LogFormat = Literal["text", "json"]
Switch = Literal["auto", "on", "off"]

NOTE: Final = 25
"""Between INFO and WARNING: what a user sees without any option, and not with ``-q``."""
_PREFIX: Final = {logging.DEBUG: "debug: ", logging.WARNING: "warning: ", logging.ERROR: "error: "}
_COLOR: Final = {logging.DEBUG: "2", logging.WARNING: "33", logging.ERROR: "1;31"}
_log = logging.getLogger("piiscan")


def printable(text: str) -> str:
    """The text with every character that is no visible one (controls, direction marks, lone surrogates) as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def outline(error: BaseException) -> str:
    """A traceback without the messages of other libraries' exceptions: those may carry values of a source."""
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(_outline_one(link) for link in reversed(links))


def _outline_one(error: BaseException) -> str:
    said = f": {error.message}" if isinstance(error, PiiscanError) else ""
    return f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}{said}"


class TextFormatter(logging.Formatter):
    """``error: what`` and, on a line of its own, ``hint: what to do``; names in it cannot move the cursor."""

    def __init__(self, *, color: bool) -> None:
        super().__init__()
        self.color = color

    def format(self, record: logging.LogRecord) -> str:
        """One record as the lines a person reads."""
        prefix = _PREFIX.get(record.levelno, "")
        if self.color and prefix:
            prefix = f"\x1b[{_COLOR[record.levelno]}m{prefix}\x1b[0m"
        lines = "\n".join(printable(line) for line in record.getMessage().split("\n"))
        hint = getattr(record, "hint", "")
        return f"{prefix}{lines}" + (f"\nhint: {printable(hint)}" if hint else "")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``logger``, ``message`` and, where there is one, ``hint``."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line of JSON."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"time": time, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if hint := getattr(record, "hint", ""):
            entry["hint"] = hint
        return json.dumps(entry)


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic only in the stubs
    """Writes to whatever ``sys.stderr`` is now: a live progress display stands in for it while it is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def setup_logging(
    *, verbosity: int = 0, quiet: bool = False, debug: bool = False, log_format: LogFormat = "text", color: bool = False
) -> None:
    """Sets what reaches standard error; may be called again. Worker processes call it too."""
    handler = _StderrHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter(color=color))
    logging.addLevelName(NOTE, "NOTE")
    logging.raiseExceptions = False  # its complaint would print the arguments of the record
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    _log.handlers[:] = [handler]
    _log.propagate = False
    normal = logging.WARNING if quiet else logging.INFO if verbosity else NOTE
    _log.setLevel(logging.DEBUG if debug or verbosity > 1 else normal)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's warning may quote a value
    threading.excepthook = lambda args: _log_uncaught(args.exc_value)
    sys.unraisablehook = lambda args: _log_uncaught(args.exc_value)


def _log_uncaught(error: BaseException | None) -> None:
    if error is not None:
        _log.warning("unexpected %s in the background", type(error).__name__)
        _log.debug("%s", outline(error))


class Console:
    """Standard error as the commands use it, and the two terminals as rich sees them (made when first asked for)."""

    def __init__(
        self, *, quiet: bool = False, progress: Switch = "auto", color: bool = True, log_format: LogFormat = "text"
    ) -> None:
        self.quiet = quiet
        self.color = color and not os.environ.get("NO_COLOR")
        self.log_format = log_format
        self._progress = progress

    def note(self, message: str) -> None:
        """Says something a user wants to know; ``-q`` hides it."""
        _log.log(NOTE, "%s", message)

    def warn(self, message: str, *, hint: str = "") -> None:
        """Says that something is not as it should be, though the run goes on."""
        _log.warning("%s", message, extra={"hint": hint})

    def error(self, message: str, *, hint: str = "") -> None:
        """Says what failed and what to do about it."""
        _log.error("%s", message, extra={"hint": hint})

    def trace(self, error: BaseException) -> None:
        """Shows where an error came from, with ``--debug`` only."""
        _log.debug("%s", outline(error))

    @cached_property
    def out(self) -> RichConsole:
        """Standard output for rich."""
        from rich.console import Console as RichConsole  # noqa: PLC0415  # 0.1 s that --help must not wait for

        return RichConsole(no_color=not self.color, highlight=False, markup=False, emoji=False)

    @cached_property
    def err(self) -> RichConsole:
        """Standard error for rich."""
        from rich.console import Console as RichConsole  # noqa: PLC0415  # 0.1 s that --help must not wait for

        return RichConsole(stderr=True, no_color=not self.color, highlight=False, markup=False, emoji=False)

    def scan_progress(self) -> Meter:
        """A context manager that is told how far a scan is, and shows it.

        A live row a source on a terminal; with ``--progress on`` elsewhere, a line now and then; nothing otherwise.
        """
        from piiscan import progress  # noqa: PLC0415  # only commands that take long need it

        terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and self.log_format == "text"
        if self._progress == "off" or (self._progress == "auto" and (self.quiet or not terminal)):
            return progress.Meter()
        return progress.Live(self.err) if terminal else progress.Lines(self._say)

    def _say(self, line: str) -> None:
        _log.log(logging.WARNING if self.quiet else NOTE, "%s", line)
