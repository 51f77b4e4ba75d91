"""Writes what the manual's examples print: every ``console demo`` block of README.md and docs/ is run on the demo firm.

    python docs/update.py

The firm is built as of one fixed day, so that the same piiscan prints the same; times are replaced by a fixed one.
"""
# ruff: noqa: INP001, S602, S603  # a script, which runs the manual's own command lines in a shell

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TODAY = "2026-06-30"
BLOCK = re.compile(r"(?<=^```console demo\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d)?(?:\.\d+)?(Z?)")


def pages() -> list[Path]:
    """The files that may hold examples."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def build_firm(folder: Path) -> Path:
    """The folder of a demo firm, scanned. Raises CalledProcessError when the scan fails."""
    command = [sys.executable, "-m", "piiscan", "-q", "demo", "--dir", "firm", "--as-of", TODAY]
    subprocess.run(command, cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return folder / "firm"


def environment() -> dict[str, str]:
    """Variables under which a command prints the same everywhere; the ``piiscan`` of this Python comes first."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIISCAN_")}
    return kept | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "TZ": "UTC"}


def run_block(block: str, firm: Path) -> str:
    """The block with the output its commands print now, standard error included where the command line joins it."""
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_run(command[2:], firm)}" for command in commands)


def _run(command: str, firm: Path) -> str:
    done = subprocess.run(
        command, shell=True, cwd=firm, env=environment(), capture_output=True, encoding="utf-8", check=False
    )
    lines = TIME.sub(_fixed, done.stdout).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _fixed(match: re.Match[str]) -> str:
    """A time of the same length, so that tables stay as wide as they are."""
    return f"{TODAY}{match[1]}02:15{':00' if match[2] else ''}{match[3]}"


def updated(page: str, firm: Path) -> str:
    """The page with all its examples run anew."""
    return BLOCK.sub(lambda match: run_block(match[0], firm), page)


def stale(firm: Path) -> Iterator[tuple[Path, str]]:
    """The pages whose examples print something else by now, with what they should say."""
    for page in pages():
        old = page.read_text("utf-8")
        new = updated(old, firm)
        if new != old:
            yield page, new


def main() -> None:
    """Rewrites what is stale."""
    with tempfile.TemporaryDirectory() as folder:
        for page, text in stale(build_firm(Path(folder))):
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{page.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
