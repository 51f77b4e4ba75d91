"""What every test may ask for: `invoke`, the real command in a process of its own, and `shown`, a demo firm."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from jsonschema import Draft202012Validator

from piiscan import plugins, schemas
from piiscan.inventory import Inventory

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a scan's workers: tests run side by side, too
# Nobody's certificate is looked at here, and PyMySQL reads those of the system for each connection: that takes 40 ms.
os.environ["SSL_CERT_FILE"] = os.devnull
os.environ["SSL_CERT_DIR"] = os.devnull

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
_pictures = _load(Path(__file__).parent / "pictures.py")

AS_OF = "2026-06-30"
"""The day the demo firm lives in."""
Result = processes.Result
Invoke = Callable[..., Any]


@cache
def _validator(document: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.bundle(document))


def check_document(document: Mapping[str, Any]) -> None:
    """Validates a JSON document against the shipped schema its ``document`` key names."""
    _validator(document["document"]).validate(document)


@pytest.fixture(scope="session")
def pictures() -> ModuleType:
    """Makes pictures with EXIF: `pictures.py`."""
    return _pictures


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
def commands() -> Iterator[Any]:
    """Runs commands of piiscan, each in a process of its own; see `processes/client.py`."""
    running = processes.Commands()
    yield running
    running.close()


@pytest.fixture
def invoke(tmp_path: Path, environment: dict[str, str], commands: Any) -> Invoke:
    """``invoke("scan", "crm", cwd=, input=, env=)``: runs piiscan for real; every JSON document printed is validated.

    The process is its own, but forked from one that has everything loaded; ``fresh`` starts a new interpreter: for what
    happens at its start and end, and for what must not depend on its seed of hashes. ``stdout`` takes a file that stands in
    for the pipe; ``umask`` is that of the process.
    """

    def run(*args: str | Path, cwd: Path = tmp_path, env: Mapping[str, str] | None = None, **settings: Any) -> Any:
        result = commands.run(*args, cwd=cwd, env=environment | dict(env or {}), **settings)
        if result.stdout.startswith("{") and "document" in (document := json.loads(result.stdout)):
            check_document(document)
        return result

    return run


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty inventory to copy: to make the tables anew for each test would take most of its time."""
    path = tmp_path_factory.mktemp("store") / "piiscan.db"
    Inventory.open(f"sqlite:///{path}", create=True)
    return path


@pytest.fixture(scope="session")
def shown_once(tmp_path_factory: pytest.TempPathFactory, commands: Any) -> Path:
    """A folder with a demo firm, built, scanned and reported with all switched on that talks, once for all tests and workers.

    ``said.json`` holds exit code, output and errors, ``*.out`` the report in every format, ``scratch`` was there for temporary
    files.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shown"
    with FileLock(f"{folder}.lock"):
        if not (folder / "said.json").exists():
            (folder / "scratch").mkdir(parents=True)
            kept = {name: value for name, value in os.environ.items() if not name.startswith("PIISCAN_")}
            files = [word for name in plugins.renderers() for word in ("-o", f"{name}={name}.out")]
            words = (
                "--debug",
                "-vv",
                "--progress",
                "on",
                "demo",
                "--dir",
                "firm",
                "--as-of",
                AS_OF,
                "--format",
                "json",
            )
            env = kept | {"TMPDIR": str(folder / "scratch")}
            said = commands.run(*words, *files, cwd=folder, env=env, fresh=True)
            (folder / "said.json").write_text(json.dumps([said.exit_code, said.stdout, said.stderr]))
    return folder


@pytest.fixture(scope="module")
def shown(shown_once: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A copy of that firm, and what its making printed."""
    folder = shutil.copytree(shown_once, tmp_path_factory.mktemp("demo") / "shown")
    return folder / "firm", Result(*json.loads((folder / "said.json").read_text()))
