"""What is built is what stands in the checkout: every folder, every rule, every schema, and nothing of this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FOLDERS = PROJECT["tool"]["setuptools"]["package-dir"]
DATA = {".toml", ".json", ".mako", ".jinja", ".typed"}
ADDRESS = re.compile(
    r"index-url|find-links|trusted-host|https?://[^\s/\"']*(?:artifactory|jfrog|nexus|registry|pypi|pythonhosted)",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.~$}-])/(?:home/\w+|root|Users|work|opt)/\w")


def packaged_files() -> set[str]:
    """Every file of the packages that must be installed, by its installed path."""
    found = set()
    for name, folder in FOLDERS.items():
        for path in (ROOT / folder).rglob("*"):
            if path.suffix == ".py" or path.suffix in DATA or path.name == "py.typed":
                found.add(f"{name.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}")
    return found


def tracked_files() -> list[Path]:
    """The files git knows or would add."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from that sdist alone."""
    checkout, dist = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    for folder in FOLDERS.values():
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=checkout, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dist


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed without a network; dependencies come from the tests' own environment."""
    target = tmp_path_factory.mktemp("site")
    wheel = next(built.glob("*.whl"))
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--no-compile",
        "--target",
        str(target),
        str(wheel),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def run(installed: Path, *command: str, cwd: Path) -> str:
    """What a command prints when the installed files come before everything else."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_packages_are_the_folders_on_disk() -> None:
    """A new folder that nobody lists would be missing from the wheel."""
    on_disk = {
        ".".join((name, *path.parent.relative_to(ROOT / folder).parts))
        for name, folder in FOLDERS.items()
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert sorted(on_disk) == PROJECT["tool"]["setuptools"]["packages"]


def test_every_folder_with_files_to_install_is_a_package() -> None:
    """Data in a folder without __init__.py is never installed."""
    missing = sorted(
        str(path.relative_to(ROOT))
        for folder in FOLDERS.values()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in DATA | {".py"} and not (path.parent / "__init__.py").exists()
    )
    assert missing == []


def test_the_wheel_holds_every_module_rule_and_schema(built: Path) -> None:
    """Rules and schemas are data: it is they that get lost."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        assert packaged_files() - set(wheel.namelist()) == set()


def test_the_wheel_carries_the_licence(built: Path) -> None:
    """Apache-2.0 asks for it."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        texts = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert ["Apache License" in text for text in texts] == [True]


def test_the_sdist_holds_the_sources_by_their_own_folders(built: Path) -> None:
    """Somebody may build from the sdist alone."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {
        path.relative_to(ROOT).as_posix() for folder in FOLDERS.values() for path in (ROOT / folder).rglob("*.toml")
    }
    assert wanted - names == set()
    assert {"LICENSE", "README.md", "pyproject.toml"} <= names


def test_the_installed_command_runs_from_the_wheels_files(installed: Path, tmp_path: Path) -> None:
    """`piiscan version` says the project's version, from the installed files and not from the checkout."""
    where = run(
        installed,
        "-c",
        "import piiscan, piiscan.connectors, piiscan.rules as r; print(piiscan.connectors.__file__); print(r.__file__)",
        cwd=tmp_path,
    )
    assert [Path(line).is_relative_to(installed) for line in where.splitlines()] == [True, True]
    printed = run(installed, str(installed / "bin" / "piiscan"), "version", "--format", "json", cwd=tmp_path)
    assert json.loads(printed)["tool"] == {"name": "piiscan", "version": PROJECT["project"]["version"]}


def test_the_installed_package_finds_connectors_reports_and_rules(installed: Path, tmp_path: Path) -> None:
    """Folders that are renamed on installation are found under their installed names."""
    script = "from piiscan import plugins, rulepack; print(*plugins.connectors(), *plugins.renderers(), len(rulepack.load().data_types))"
    found = ["files", "sql", "csv", "html", "json", "md", "table", "203"]
    assert run(installed, "-c", script, cwd=tmp_path).split() == found


def test_constraints_pin_every_requirement_and_nothing_by_address() -> None:
    """What CI tests is exact: a name, a version, no place to get it from."""
    text = (ROOT / "constraints.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    project, pins = PROJECT["project"], dict(line.split("==") for line in lines)
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    wanted = [
        *PROJECT["build-system"]["requires"],
        *project["dependencies"],
        *extras,
        *PROJECT["dependency-groups"]["dev"],
    ]
    loose = [each for each in map(Requirement, wanted) if not _is_pinned(each, pins)]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []
    assert list(map(str, loose)) == []


def _is_pinned(requirement: Requirement, pins: dict[str, str]) -> bool:
    version = pins.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def test_the_version_is_the_same_everywhere() -> None:
    """The project file and the package say one thing."""
    import piiscan

    assert piiscan.__version__ == PROJECT["project"]["version"]


def test_no_tracked_file_names_a_package_registry_or_a_path_of_this_machine() -> None:
    """The project is not tied to the place it was built in."""
    found = []
    for path in tracked_files():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if ADDRESS.search(line) or MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
