"""What every test may ask for: `invoke`, the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO, cast

import pytest
from jsonschema import Draft202012Validator

from piiscan import schemas

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the JSON document it must be."""
        return cast("dict[str, Any]", json.loads(self.stdout))


Invoke = Callable[..., Result]


def check_document(document: Mapping[str, Any]) -> None:
    """Validates a JSON document against the shipped schema its ``document`` key names."""
    Draft202012Validator(schemas.bundle(document["document"])).validate(document)


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables of a user who has no configuration anywhere."""
    home = str(tmp_path_factory.mktemp("home"))
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIISCAN_", "XDG_")) and name != "NO_COLOR"
    }
    return kept | {"HOME": home, "XDG_CONFIG_DIRS": f"{home}/etc", "COLUMNS": "120"}


@pytest.fixture
def invoke(tmp_path: Path, environment: dict[str, str]) -> Invoke:
    """``invoke("scan", "crm", cwd=, input=, env=)``: runs piiscan for real; every JSON document printed is validated.

    ``stdout`` takes a file that stands in for the pipe; ``umask`` is that of the process.
    """

    def run(
        *args: str | Path,
        cwd: Path = tmp_path,
        input: str = "",  # noqa: A002  # subprocess's own word
        env: Mapping[str, str] | None = None,
        stdout: TextIO | None = None,
        umask: int = 0o022,
        timeout: float = 300,
    ) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "piiscan", *map(str, args)],
            cwd=cwd,
            input=input,
            env=environment | dict(env or {}),
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            umask=umask,
            timeout=timeout,
            encoding="utf-8",
            check=False,
        )
        printed = done.stdout or ""
        if printed.startswith("{") and "document" in (document := json.loads(printed)):
            check_document(document)
        return Result(done.returncode, printed, done.stderr)

    return run
