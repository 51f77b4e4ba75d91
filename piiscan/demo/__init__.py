"""The demo firm: a fictitious debt collector's database and file share, the same every time it is built."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING, Final

from piiscan.errors import PiiscanError, RefusedError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

__all__ = ["CANARIES", "build"]

MARKER: Final = ".piiscan-demo"
_BUILT: Final = ("firm.db", "piiscan.toml", "piiscan.key", "piiscan.db", "piiscan.db-wal", "piiscan.db-shm")
_FOLDERS: Final = ("share", "rules")


def __getattr__(name: str) -> tuple[str, ...]:
    """``CANARIES``, made when first asked for: strings planted in the demo's data that must never come out of piiscan."""
    if name == "CANARIES":
        from piiscan.demo.people import canaries  # noqa: PLC0415 - Faker is heavy

        return canaries()
    raise AttributeError(f"module 'piiscan.demo' has no attribute {name!r}")


def build(folder: Path, *, today: date, seed: int = 1) -> Path:
    """The path of the ``piiscan.toml`` of a demo firm built in ``folder``: ``firm.db``, ``share/`` and the configuration.

    Same day and seed, same bytes. All dates count back from ``today``: every report of twelve months has data collected
    in it, data held longer, and undated data. An earlier demo in the folder, its inventory included, is replaced.
    Raises RefusedError for a folder that holds anything else, PiiscanError when it cannot be written.
    """
    try:
        _clear(folder)
        return _write(folder, today, seed)
    except (OSError, sqlite3.Error) as failure:
        reason = getattr(failure, "strerror", None) or type(failure).__name__
        raise PiiscanError(
            f"cannot write the demo to {folder}: {reason}", hint="name another folder with --dir"
        ) from None


def _clear(folder: Path) -> None:
    """Leaves a folder with our mark in it and nothing we built, or refuses."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RefusedError(f"{folder} is not a folder", hint="name another with --dir")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise RefusedError(
            f"{folder} is not empty and not a demo of piiscan", hint="name an empty or a new folder with --dir"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    (folder / MARKER).write_text(
        f"Built by piiscan demo, which replaces {', '.join(_BUILT)} and {' and '.join(_FOLDERS)}.\n", encoding="utf-8"
    )
    for name in _BUILT:
        (folder / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        if (folder / name).is_symlink():
            (folder / name).unlink()
        elif (folder / name).exists():
            shutil.rmtree(folder / name)


def _write(folder: Path, today: date, seed: int) -> Path:
    """The path of the configuration, after the database and the share."""
    from piiscan.demo import database, ledger, people, profiles, share  # noqa: PLC0415 - Faker is heavy
    from piiscan.demo.draw import Draw  # noqa: PLC0415

    draw = Draw(today, seed)
    persons = people.people(draw)
    placed = ledger.accounts(draw, persons)
    tables = ledger.ledger(draw, placed) | profiles.profiles(draw, persons, placed)
    database.write_database(folder / "firm.db", tables)
    share.write_share(folder / "share", draw, placed, tables)
    return database.write_config(folder / "piiscan.toml", today)
