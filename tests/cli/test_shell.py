"""The shell around the commands: options, exit codes, signals, closed pipes, full disks."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from piiscan import __version__

HEAVY = ("presidio_analyzer", "spacy", "sqlalchemy", "pydantic", "rich", "platformdirs", "jsonschema", "lxml", "numpy")


def test_help_names_every_command_without_importing_one(invoke):
    """Each module of the room is listed with the first line of its docstring."""
    result = invoke("--help")
    modules = sorted(path.stem for path in (Path(__file__).parents[2] / "piiscan" / "commands").glob("[!_]*.py"))
    listed = [line.split()[0] for line in result.stdout.partition("Commands:\n")[2].splitlines() if line[2:3].strip()]
    assert result.exit_code == 0
    assert listed == [name for name in modules if name != "shared"]
    assert invoke().stdout == result.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["completion", "zsh"], ["nonsense"]])
def test_heavy_libraries_are_not_imported_without_need(environment, tmp_path, arguments):
    """Help must be there at once."""
    code = f"""
import sys
from piiscan.cli import main
sys.argv = ["piiscan", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print("loaded", loaded, [name for name in sys.modules if name.startswith("piiscan.commands.")], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    commands = ["piiscan.commands.shared"] + (["piiscan.commands.completion"] if arguments[0] == "completion" else [])
    assert done.stderr.splitlines()[-1] == f"loaded [] {commands}"


def test_every_command_has_help(invoke):
    """Also those below a group."""
    for name in invoke("--help").stdout.partition("Commands:\n")[2].splitlines():
        if name[2:3].strip():
            result = invoke(name.split()[0], "--help")
            assert (result.exit_code, result.stderr) == (0, "")
            assert result.stdout.startswith(f"Usage: piiscan {name.split()[0]}")


def test_the_version_is_one_line(invoke):
    """As every tool does it."""
    assert invoke("--version", fresh=True).stdout == f"piiscan {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["nonsense"], "No such command 'nonsense'", "see piiscan --help"),
        (["version", "--nonsense"], "No such option '--nonsense'", "see piiscan version --help"),
        (
            ["completion"],
            "Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish",
            "see piiscan completion --help",
        ),
        (
            ["version", "--format", "nonsense"],
            "unknown format 'nonsense'",
            "known: csv, html, json, md, table; see piiscan plugins",
        ),
        (["-c", "gone.toml", "config", "show"], "gone.toml: there is no such file", "piiscan init writes one"),
        (
            ["version", "-o", "x.nonsense"],
            "-o x.nonsense: in which format?",
            "write -o FORMAT=x.nonsense; formats: csv, html, json, md, table",
        ),
        (
            ["version", "-o", "xlsx=x.xlsx"],
            "unknown format 'xlsx'",
            "known: csv, html, json, md, table; see piiscan plugins",
        ),
        (
            ["version", "--format", "json", "-o", "xlsx=x.xlsx"],
            "unknown format 'xlsx'",
            "known: csv, html, json, md, table; see piiscan plugins",
        ),
        (["version", "-o", "json="], "-o json=: no file named", "write -o FORMAT=FILE or -o FILE"),
        (["version", "-o", ""], "-o : no file named", "write -o FORMAT=FILE or -o FILE"),
        (["version", "-o", "json=gone/x"], "-o gone/x: there is no folder gone", "create it first"),
        (["version", "-o", "json=."], "-o .: is a folder", "name a file in it"),
        (["version", "a\x1b[2Jb"], "Got unexpected extra argument (a\\x1b[2Jb)", "see piiscan version --help"),
    ],
)
def test_wrong_usage_is_told_in_two_lines(invoke, tmp_path, arguments, error, hint):
    """What, then what to do; exit code 2; nothing on standard output, and no file."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"error: {error}\nhint: {hint}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_group_without_a_command_shows_its_help(invoke):
    """On standard error, as wrong usage."""
    result = invoke("config")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: piiscan config")


@pytest.mark.parametrize("arguments", [["-q", "init"], ["init", "-q"], ["init", ".", "--quiet"]])
def test_global_options_stand_before_or_after_the_command(invoke, arguments):
    """Quiet and all well: nothing at all is said."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_global_options_reach_the_commands_of_a_group(invoke, tmp_path):
    """The configuration may be named last."""
    (tmp_path / "other.toml").write_text("[firm]\nname = 'Other'\n")
    result = invoke("config", "show", "--format", "json", "-c", "other.toml")
    assert result.json["config"]["firm"]["name"] == "Other"
    assert invoke("-c", "other.toml", "config", "show", "--format", "json").json["config"] == result.json["config"]


def test_the_log_can_be_json(invoke):
    """Everything on standard error is then one object a line."""
    lines = [json.loads(line) for line in invoke("init", "--log-format", "json").stderr.splitlines()]
    assert [(line["level"], line["message"].split(":")[0]) for line in lines] == [
        ("note", "wrote piiscan.toml"),
        ("note", "wrote piiscan.key"),
    ]
    result = invoke("--log-format", "json", "nonsense")
    assert [{key: json.loads(result.stderr)[key] for key in ("level", "message", "hint")}] == [
        {"level": "error", "message": "No such command 'nonsense'", "hint": "see piiscan --help"}
    ]


def test_files_are_written_whole_and_private(invoke, tmp_path):
    """Several formats at once; standard output stays empty unless --format asks for it; an old file is replaced."""
    (tmp_path / "v.json").write_text("old")
    (tmp_path / "v.json").chmod(0o644)
    result = invoke("version", "-o", "json=v.json", "-o", "v.csv", umask=0)
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "v.json").read_text())["document"] == "version"
    assert (tmp_path / "v.csv").read_text().splitlines()[1].startswith('"piiscan",')
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
        "v.json": "0o600",
        "v.csv": "0o600",
    }
    assert invoke("version", "--format", "json", "-o", "csv=v.csv").json["document"] == "version"
    result = invoke("version", "--format", "json", "-o", "bare")
    assert (result.stdout, json.loads((tmp_path / "bare").read_text())["document"]) == ("", "version")


def test_a_file_may_have_a_name_with_an_equals_sign(invoke, tmp_path):
    """What stands before it is a format only when it is made as their names are."""
    assert invoke("version", "-o", "./a=b.json", "-o", "2026=1.json").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026=1.json", "a=b.json"]


def test_a_device_is_written_to_and_not_replaced(invoke, tmp_path):
    """``-o json=/dev/stdout`` is standard output; a link's target is replaced, not the link."""
    assert json.loads(invoke("version", "-o", "json=/dev/stdout").stdout)["document"] == "version"
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert invoke("version", "-o", "json=link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "target").read_text())["document"] == "version"


def test_a_full_disk_is_one_line(invoke):
    """For a file and for standard output."""
    result = invoke("version", "-o", "json=/dev/full")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: /dev/full: No space left on device\nhint: nothing was written there\n",
    )
    with Path("/dev/full").open("w") as full:
        result = invoke("version", stdout=full, fresh=True)
    assert (result.exit_code, result.stderr) == (1, "error: standard output: No space left on device\n")
    with Path("/dev/full").open("w") as full:
        result = invoke("--help", stdout=full, fresh=True)
    assert (result.exit_code, result.stderr) == (1, "error: No space left on device\n")


@pytest.mark.parametrize("arguments", [["version"], ["--help"], ["version", "--schemas"], ["completion", "bash"]])
def test_a_reader_that_leaves_is_no_error(invoke, arguments):
    """``| head``: silence, and the code any program has that SIGPIPE ends."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        result = invoke(*arguments, stdout=closed, fresh=True)
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.parametrize("closed", [[0], [1], [2], [1, 2], [0, 1, 2]])
def test_closed_standard_streams_are_no_failure(invoke, environment, tmp_path, closed):
    """``<&- >&- 2>&-``: the command works as with the null device there, and no file it opens takes the stream's number."""
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "a.csv").write_text("id,name\n1,Ann\n")
    (tmp_path / "piiscan.toml").write_text("[sources.share]\nconnector = 'files'\nurl = 'file:share'\n")
    shell = f'exec "$@" {" ".join(f"{number}>&-" for number in closed)}'

    def run(*arguments):
        command = ["/bin/sh", "-c", shell, "sh", sys.executable, "-m", "piiscan", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
        )

    scanned, listed, wrong = run("scan", "--workers", "1"), run("inventory", "containers"), run("nonsense")
    assert [scanned.returncode, listed.returncode, wrong.returncode] == [0, 0, 2]
    assert ("a.csv" in listed.stdout) == (1 not in closed)
    assert ("run 1 complete" in scanned.stderr) == (2 not in closed)
    assert "Traceback" not in scanned.stderr + listed.stderr + wrong.stderr
    assert invoke("inventory", "containers", "--format", "json").json["containers"][0]["container"] == "a.csv"


@pytest.fixture
def waiting(environment, tmp_path):
    """Starts a command that waits for its password command, which waits for it to end."""
    os.mkfifo(tmp_path / "ready")
    (tmp_path / "wait").write_text("#!/bin/sh\necho up > ready\nwhile kill -0 $PPID; do sleep 0.1; done\n")
    (tmp_path / "wait").chmod(0o700)
    (tmp_path / "piiscan.toml").write_text("[store]\nurl = 'postgresql://u@h/db'\npassword_command = ['./wait']\n")

    def start(*prefix):
        ready = os.open(tmp_path / "ready", os.O_RDONLY | os.O_NONBLOCK)
        command = [*prefix, sys.executable, "-m", "piiscan", "config", "validate"]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        assert select.select([ready], [], [], 60)[0]
        os.close(ready)
        return process

    return start


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "hung up")],
)
def test_a_signal_ends_a_waiting_command(waiting, number, code, word):
    """It is said in one line, and nothing else is."""
    process = waiting()
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (code, "")
    assert stderr == f"error: {word}\nhint: what was finished so far is kept; run it again to go on\n"


def test_a_hang_up_that_is_ignored_stays_ignored(waiting):
    """``nohup``: the terminal goes, the command goes on until it is ended otherwise."""
    process = waiting("nohup")
    process.send_signal(signal.SIGHUP)  # taken before SIGTERM, if at all
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "error: terminated\n" in stderr


def test_ctrl_c_while_the_command_is_imported_is_quiet(environment, tmp_path):
    """No traceback before there is anything that could be kept."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", "version"],
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


BROKEN = """
import os
from piiscan import config
def load(path):
    raise eval(os.environ["BROKEN_ERROR"])
config.load = load
from piiscan.cli import main
main()
"""


def _run_broken(environment, error, *arguments):
    # By the environment: Python 3.13 shows the lines of a -c program in tracebacks.
    return subprocess.run(
        [sys.executable, "-c", BROKEN, *arguments],
        env=environment | {"BROKEN_ERROR": error},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ValueError('078-05-1120')", "error: unexpected ValueError at shared.py:"),
        ("MemoryError('078-05-1120')", "error: out of memory\n"),
        ("OSError(28, '078-05-1120', '/var/x')", "error: /var/x: No space left on device\n"),
        ("ModuleNotFoundError('078-05-1120', name='pyodbc')", "error: cannot import pyodbc\n"),
        ("BrokenPipeError(32, '078-05-1120')", "error: Broken pipe\n"),
    ],
)
def test_what_nobody_foresaw_is_told_without_its_message(environment, error, said):
    """Kind and place only: a library's message may quote a value. Exit code 1, also with --debug, which shows the way."""
    done = _run_broken(environment, error, "config", "show")
    debug = _run_broken(environment, error, "config", "show", "--debug")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.stderr
    assert "in load" not in done.stderr
    assert debug.returncode == 1
    assert "in load" in debug.stderr
    assert "078-05-1120" not in done.stderr + debug.stderr


def test_errors_of_ours_keep_their_exit_code(environment):
    """A lock is 5, a refusal 6; --debug adds where from."""
    imports = "__import__('piiscan.errors').errors"
    locked = _run_broken(environment, f"{imports}.LockedError('held', hint='wait')", "config", "show")
    refused = _run_broken(environment, f"{imports}.RefusedError('no')", "config", "show", "--debug")
    assert (locked.returncode, locked.stderr) == (5, "error: held\nhint: wait\n")
    assert refused.returncode == 6
    assert refused.stderr.startswith("error: no\ndebug: ")
