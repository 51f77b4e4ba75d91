"""Runs piiscan for tests: forked from a server that has it loaded, or as a new interpreter."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVER = Path(__file__).parent / "server.py"


@dataclass(frozen=True)
class Result:
    """How a command ended (negative: the signal that ended it) and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the JSON document it must be."""
        return cast("dict[str, Any]", json.loads(self.stdout))


class Commands:
    """Runs commands. The server is started for the first of them."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self,
        *args: str | Path,
        cwd: Path,
        env: Mapping[str, str],
        input: str = "",  # noqa: A002  # subprocess's own word
        stdout: TextIO | None = None,
        umask: int = 0o022,
        timeout: float = 300,
        fresh: bool = False,
    ) -> Result:
        """Runs one command to its end: forked, or ``fresh`` as a new interpreter. Raises TimeoutExpired."""
        words = [*map(str, args)]
        if fresh or sys.platform != "linux":
            return _run_fresh(words, cwd=cwd, env=env, input=input, stdout=stdout, umask=umask, timeout=timeout)
        stdin, written = os.pipe()
        said, out = (None, os.dup(stdout.fileno())) if stdout else os.pipe()
        complained, err = os.pipe()
        request = {"args": words, "cwd": str(cwd), "env": dict(env), "umask": umask}
        requests = self._connected()
        socket.send_fds(requests, [json.dumps(request).encode()], [stdin, out, err])
        for stream in (stdin, out, err):
            os.close(stream)
        pid = _answer(requests)
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, written, input)
            texts = [pool.submit(_read, stream) for stream in (said, complained)]
            requests.settimeout(timeout)
            try:
                code = _answer(requests)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                requests.settimeout(None)
                _answer(requests)
                raise subprocess.TimeoutExpired(words, timeout) from None
            requests.settimeout(None)
            return Result(code, texts[0].result(), texts[1].result())

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, str(SERVER), str(theirs.fileno())]
            with theirs:
                self._process = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
        return self._socket

    def close(self) -> None:
        """Ends the server."""
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait(60)


def _run_fresh(args: list[str], *, stdout: TextIO | None, **settings: Any) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", *args],
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        **settings,
    )
    return Result(done.returncode, done.stdout or "", done.stderr)


def _answer(requests: socket.socket) -> int:
    answer = requests.recv(64)
    assert answer, "the server of the tests' commands has ended: see its traceback on standard error"
    return int(json.loads(answer))


def _read(stream: int | None) -> str:
    if stream is None:
        return ""
    with os.fdopen(stream, encoding="utf-8") as file:
        return file.read()


def _write(stream: int, text: str) -> None:
    with suppress(BrokenPipeError), os.fdopen(stream, "w", encoding="utf-8") as file:
        file.write(text)
