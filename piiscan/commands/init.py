"""Write a commented piiscan.toml and a key file."""

from __future__ import annotations

import base64
import os
import secrets
from importlib import resources
from pathlib import Path

import click

from piiscan.commands.shared import App, pass_app, write_file
from piiscan.errors import PiiscanError, UsageError

CONFIG = "piiscan.toml"
KEY = "piiscan.key"


@click.command(
    epilog="""\b
Examples:
  piiscan init                     into this folder
  piiscan init /etc/xdg/piiscan    into another, which is created
  piiscan init --force             a fresh piiscan.toml; a key is never overwritten
"""
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--force", is_flag=True, help="Replace an existing piiscan.toml.")
@pass_app
def command(app: App, folder: Path, force: bool) -> None:
    """Write a commented piiscan.toml and the key file piiscan.key into FOLDER.

    The key (32 random bytes, base64, mode 0600) seals what must not lie open. What was sealed with it is lost with it: keep
    a copy in a safe place.
    """
    config, key = folder / CONFIG, folder / KEY
    existing = [path for path in (config, key) if os.path.lexists(path)]
    if existing and not force:
        raise UsageError(f"{existing[0]} exists already", hint=f"--force replaces {CONFIG} and keeps {KEY}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PiiscanError(
            f"{folder}: {os.strerror(error.errno or 0)}", hint="name a folder you may write to"
        ) from None
    template = resources.files("piiscan.config").joinpath("template.toml").read_text("utf-8")
    write_file(config, lambda out: out.write(template))
    app.console.note(f"wrote {config}: name your sources in it, then run piiscan check")
    if key in existing:
        app.console.note(f"kept {key}: what is sealed with it would be lost")
        return
    write_file(key, lambda out: out.write(base64.b64encode(secrets.token_bytes(32)).decode("ascii") + "\n"))
    app.console.note(f"wrote {key}: keep a copy in a safe place")
