"""A process that has loaded all of piiscan and forks itself for every command a test runs: milliseconds, not seconds.

Such a command is a process of its own, with its own streams, signals, environment, folder and exit code, and it ends as any
does. What it shares is what only costs time: imported modules, and the server that a scan's workers are forked from.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import time
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any, NoReturn

MOST = 1 << 20
"""Bytes of a request: arguments and environment."""


def load() -> None:
    """Imports what commands import, and starts the server of the workers, which gets warm as well."""
    from piiscan.scan import pool

    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    pool._PRELOADED = (*pool._PRELOADED, "warm")
    pool._context()
    import warm  # noqa: F401

    import piiscan.__main__
    import piiscan.cli
    import piiscan.commands
    from piiscan import plugins

    for info in pkgutil.iter_modules(piiscan.commands.__path__, "piiscan.commands."):
        importlib.import_module(info.name)
    for room in ("config", "demo", "inventory", "report", "rulepack.assembly", "scan", "schemas"):
        importlib.import_module(f"piiscan.{room}")
    plugins.connectors()
    plugins.renderers()
    gc.collect()
    gc.freeze()


def serve(requests: socket.socket) -> dict[str, Any]:
    """Answers each request with the process's id and, when it has ended, its exit code; in that process, the request."""
    while True:
        line, streams, _, _ = socket.recv_fds(requests, MOST, 3)
        if not line:
            sys.exit()
        pid = os.fork()
        if pid == 0:
            requests.close()
            return json.loads(line) | {"streams": streams}
        for stream in streams:
            os.close(stream)
        requests.send(json.dumps(pid).encode())
        _, status = os.waitpid(pid, 0)
        requests.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def become(request: dict[str, Any]) -> NoReturn:
    """Runs the command as ``python -m piiscan`` would."""
    import piiscan.__main__

    for number, (stream, name) in enumerate(zip(request["streams"], ("stdin", "stdout", "stderr"), strict=True)):
        os.dup2(stream, number)
        os.close(stream)
        old = getattr(sys, name)
        new = open(number, old.mode, encoding=old.encoding, errors=old.errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)
    os.chdir(request["cwd"])
    sys.path[0] = request["cwd"]
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    tempfile.tempdir = None
    # Neither is a child of this process, so that it could not wait for them as it does for its own.
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None
    resource_tracker._resource_tracker._pid = None
    sys.modules["__main__"] = piiscan.__main__
    sys.argv = [piiscan.__main__.__file__, *request["args"]]
    piiscan.__main__.main()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest, which closes the socket
    load()
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        wanted = serve(listening)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    become(wanted)
