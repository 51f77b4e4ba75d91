"""What every test may ask for: `invoke`, the real command in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import pytest
from jsonschema import Draft202012Validator

from piiscan import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"piiscan_tests_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


processes = _load(Path(__file__).parent / "processes" / "client.py")


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


@pytest.fixture(scope="session")
def loaded() -> Iterator[Any]:
    """The server that commands are forked from; it is started for the first of them."""
    started = processes.Server()
    yield started
    started.close()


@pytest.fixture
def invoke(tmp_path: Path, environment: dict[str, str], loaded: Any) -> Invoke:
    """``invoke("scan", "crm", cwd=, input=, env=)``: runs piiscan for real; every JSON document printed is validated.

    The process is its own, but forked from one that has everything loaded; ``fresh`` starts a new interpreter: for what
    happens at its start and end, and for what must not depend on its seed of hashes. ``stdout`` takes a file that stands in
    for the pipe; ``umask`` is that of the process.
    """

    def run(
        *args: str | Path,
        cwd: Path = tmp_path,
        input: str = "",  # noqa: A002  # subprocess's own word
        env: Mapping[str, str] | None = None,
        stdout: TextIO | None = None,
        umask: int = 0o022,
        timeout: float = 300,
        fresh: bool = False,
    ) -> Result:
        start = processes.run_fresh if fresh or sys.platform != "linux" else loaded.run
        exit_code, out, err = start(
            [*map(str, args)],
            cwd=cwd,
            text=input.encode(),
            env=environment | dict(env or {}),
            stdout=stdout,
            umask=umask,
            timeout=timeout,
        )
        printed, complained = out.decode(), err.decode()
        if printed.startswith("{") and "document" in (document := json.loads(printed)):
            check_document(document)
        return Result(exit_code, printed, complained)

    return run
