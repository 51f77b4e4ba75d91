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
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

SERVER = Path(__file__).parent / "server.py"
Ended = tuple[int, bytes, bytes]
"""Exit code (negative: the signal that ended it), standard output, standard error."""


class Server:
    """The server, started when the first command is run."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self,
        args: Sequence[str],
        *,
        cwd: Path,
        text: bytes,
        env: Mapping[str, str],
        stdout: TextIO | None,
        umask: int,
        timeout: float,
    ) -> Ended:
        """Runs one command to its end. Raises TimeoutExpired, after killing it."""
        stdin, written = os.pipe()
        said, out = (None, os.dup(stdout.fileno())) if stdout else os.pipe()
        complained, err = os.pipe()
        request = {"args": [*args], "cwd": str(cwd), "env": dict(env), "umask": umask}
        requests = self._connected()
        socket.send_fds(requests, [json.dumps(request).encode()], [stdin, out, err])
        for stream in (stdin, out, err):
            os.close(stream)
        pid = _answer(requests)
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, written, text)
            texts = [pool.submit(_read, stream) for stream in (said, complained)]
            requests.settimeout(timeout)
            try:
                code = _answer(requests)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                requests.settimeout(None)
                requests.recv(64)
                raise subprocess.TimeoutExpired(args, timeout) from None
            finally:
                requests.settimeout(None)
            return code, texts[0].result(), texts[1].result()

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


def run_fresh(
    args: Sequence[str],
    *,
    cwd: Path,
    text: bytes,
    env: Mapping[str, str],
    stdout: TextIO | None,
    umask: int,
    timeout: float,
) -> Ended:
    """Runs one command to its end in a new interpreter. Raises TimeoutExpired."""
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", *args],
        cwd=cwd,
        input=text,
        env=env,
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        umask=umask,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout or b"", done.stderr


def _answer(requests: socket.socket) -> int:
    answer = requests.recv(64)
    assert answer, "the server of the tests' commands has ended: see its traceback on standard error"
    return int(json.loads(answer))


def _read(stream: int | None) -> bytes:
    if stream is None:
        return b""
    with open(stream, "rb") as file:  # noqa: PTH123 - a number, no path
        return file.read()


def _write(stream: int, text: bytes) -> None:
    with suppress(BrokenPipeError), open(stream, "wb") as file:
        file.write(text)
