"""What reaches a terminal is harmless, and what reaches a log holds no value."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading

import pytest
from rich.console import Console as RichConsole

from piiscan import progress
from piiscan.console import NOTE, Console, JsonFormatter, TextFormatter, outline, printable, setup_logging
from piiscan.errors import PiiscanError, UsageError


@pytest.fixture
def logged(capsys):
    """A function that gives what standard error got; logging is put back afterwards."""
    loggers = [logging.getLogger(name) for name in (None, "piiscan")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    hooks = threading.excepthook, sys.unraisablehook, logging.raiseExceptions
    yield lambda: capsys.readouterr().err
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)
    threading.excepthook, sys.unraisablehook, logging.raiseExceptions = hooks


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Ünïcode 日本", "plain Ünïcode 日本"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\u2028\u200b\ufeff", "\\u2028\\u200b\\ufeff"),
        ("caf\udce9", "caf\\udce9"),
    ],
)
def test_a_name_cannot_move_the_cursor(text, shown):
    """Controls, direction marks, invisible characters and lone surrogates become visible escapes; letters stay."""
    assert printable(text) == shown


def _record(level=logging.ERROR, message="what\x1b[31m\nmore", **extra):
    record = logging.LogRecord("piiscan.x", level, "f.py", 1, "%s", (message,), None)
    record.__dict__.update(extra)
    return record


def test_a_record_for_people_has_a_prefix_and_a_hint():
    """Lines of a message stay lines, everything else that controls a terminal is shown."""
    assert (
        TextFormatter(color=False).format(_record(hint="do\x07 this"))
        == "error: what\\x1b[31m\nmore\nhint: do\\x07 this"
    )
    assert TextFormatter(color=True).format(_record(level=logging.WARNING, message="x")) == "\x1b[33mwarning: \x1b[0mx"
    assert TextFormatter(color=True).format(_record(level=NOTE, message="x")) == "x"


def test_a_record_for_machines_is_one_line_of_json():
    """Time in UTC, level, logger, message, and the hint where there is one."""
    record = _record(hint="do this", created=0.0)
    line = JsonFormatter().format(record)
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.000Z",
        "level": "error",
        "logger": "piiscan.x",
        "message": "what\x1b[31m\nmore",
        "hint": "do this",
    }
    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"quiet": True}, ["warning: w", "error: e"]),
        ({}, ["note", "warning: w", "error: e"]),
        ({"verbosity": 1}, ["info", "note", "warning: w", "error: e"]),
        ({"verbosity": 2}, ["debug: d", "info", "note", "warning: w", "error: e"]),
        ({"debug": True, "quiet": True}, ["debug: d", "info", "note", "warning: w", "error: e"]),
    ],
)
def test_options_decide_how_much_is_said(logged, settings, expected):
    """Quiet leaves warnings and errors; verbose adds what happens; debug adds all."""
    setup_logging(**settings)
    console, log = Console(), logging.getLogger("piiscan.anything")
    log.debug("d")
    log.info("info")
    console.note("note")
    console.warn("w")
    console.error("e")
    assert logged().splitlines() == expected


def test_what_libraries_log_is_never_shown(logged):
    """It may carry values: neither their loggers nor the last resort print, not even with --debug."""
    setup_logging(debug=True)
    logging.getLogger("presidio-analyzer").critical("value 078-05-1120")
    logging.getLogger().error("value 078-05-1120")
    assert logged() == ""


def test_an_error_in_a_thread_shows_its_kind_only(logged):
    """Python's own report of it would print the message."""
    setup_logging()

    def fail() -> None:
        raise ValueError("value 078-05-1120")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert logged() == "warning: unexpected ValueError in the background\n"


def test_a_traceback_shows_places_and_our_own_words_only():
    """The chain is kept in order; messages of foreign exceptions are left out."""

    def fail() -> None:
        try:
            int("078-05-1120")
        except ValueError as error:
            raise UsageError("our words") from error

    with pytest.raises(PiiscanError) as caught:
        fail()
    shown = outline(caught.value)
    assert "078-05-1120" not in shown.replace('int("078-05-1120")', "")
    assert [line for line in shown.splitlines() if not line.startswith(" ")] == ["ValueError", "UsageError: our words"]


def test_progress_lines_tell_the_end_of_every_source():
    """Where there is no terminal, a line comes when a source is done."""
    said = []
    with progress.Lines(said.append) as meter:
        meter.start("crm")
        for _ in range(2):
            meter.found("crm")
        meter.add("crm", progress.Count(0.0, containers=1, rows=1500, bytes=2048))
        meter.listed("crm")
        assert said == []
        meter.add("crm", progress.Count(0.0, containers=1, rows=1500, bytes=2048))
    assert [line.rpartition(", ")[0] for line in said] == ["crm: 2/2 containers, 3,000 rows, 4.0 KiB"]


def test_a_count_tells_rate_and_time_left():
    """Rows a second so far; the time left once listing is over and something is done."""
    count = progress.Count(0.0, found=10, containers=4, rows=8000, bytes=3 * 2**20, elapsed_s=40.0)
    assert str(count) == "4/10+ containers, 8,000 rows, 3.0 MiB, 200 rows/s"
    count.listed = True
    assert str(count) == "4/10 containers, 8,000 rows, 3.0 MiB, 200 rows/s, 1:00 left"
    assert progress.time_text(3725) == "1:02:05"


def test_progress_on_a_terminal_is_a_row_a_source():
    """A live row a source, gone when the scan is over."""
    stream = io.StringIO()
    console = RichConsole(file=stream, force_terminal=True, width=120, color_system=None)
    with progress.Live(console) as meter:
        meter.start("crm")
        meter.listed("crm")
    assert "crm" in stream.getvalue()
    assert "0/0 containers" in stream.getvalue()
