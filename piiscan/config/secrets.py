"""Passwords: where they may come from, and where they may not stand. Nothing here repeats one."""

from __future__ import annotations

import base64
import logging
import os
import re
import subprocess
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from piiscan.config.variables import VariableError, expand
from piiscan.model import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMAND_TIMEOUT_S: Final = 30.0
KEY_BYTES: Final = 32
MAX_BYTES: Final = 65_536
"""No password is longer: a larger file is the wrong file."""
HINT: Final = 'give it by password_file, password_command or password = "${VARIABLE}"'

_USERINFO: Final = re.compile(r"://[^:/@]*:[^@]*@")
_PARAMETER: Final = re.compile(
    r"[?&;={}\s](password|passwd|passphrase|pass|pwd|sslpassword|ssl_key_password|secret|secret_key|access_token|token|api_?key)\s*=",
    re.IGNORECASE,
)
_log = logging.getLogger(__name__)


class SecretError(Exception):
    """A password cannot be had; ``args`` are what and what to do, without a word of it."""


def refuse_password(url: str) -> None:
    """Nothing, if the url holds no password. Raises ValueError (without the url) where one may stand.

    That is after the user's name, in a parameter such as ``?password=``, or in an ODBC string (``PWD=``), also when
    percent-encoded.
    """
    decoded = unquote_plus(unquote_plus(url))
    if _USERINFO.search(url) or _USERINFO.search(decoded) or _PARAMETER.search(decoded):
        raise ValueError(
            f"holds a password, which does not belong into a url; {HINT} (and write an @ that is part of a name as %40)"
        )


def read_password(file: Path) -> Secret:
    """The password in a file, less the line break at its end. Raises SecretError naming the file."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
            mode = os.fstat(stream.fileno()).st_mode
    except OSError as error:
        raise SecretError(
            f"{file}: {os.strerror(error.errno or 0)}", "the file holds the password and nothing else"
        ) from None
    if mode & 0o077:
        _log.warning("%s may be read by others", file, extra={"hint": f"chmod 600 {file}"})
    return _checked(raw, str(file))


def run_password_command(argv: Sequence[str], folder: Path) -> Secret:
    """The password a command prints, less the line break at its end; it runs in ``folder``, without a shell.

    Raises SecretError naming the program, never its arguments or what it printed.
    """
    hint = "run it by hand to see why"
    try:
        done = subprocess.run(  # noqa: S603  # the user's own command, given as a list
            list(argv),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SecretError(f"{argv[0]}: no answer within {COMMAND_TIMEOUT_S:.0f} seconds", hint) from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "cannot be run"
        raise SecretError(f"{argv[0]}: {reason}", "password_command is a list: program, then arguments") from None
    if done.returncode != 0:
        ended = f"exit code {done.returncode}" if done.returncode > 0 else f"ended by signal {-done.returncode}"
        raise SecretError(f"{argv[0]}: {ended}", hint)
    return _checked(done.stdout, argv[0])


def expand_password(password: Secret) -> Secret:
    """The password of the configuration with its variables replaced. Raises SecretError naming the variable."""
    try:
        value = expand(password.reveal())
    except VariableError as error:
        raise SecretError(str(error), "set it, or use password_file or password_command") from None
    if not value:
        raise SecretError("the password is empty", "leave the key out where no password is needed")
    return Secret(value)


def check_key(key: Secret) -> Secret:
    """The key, if it is one: 32 bytes in base64, as ``piiscan init`` writes them. Raises SecretError."""
    try:
        size = len(base64.b64decode(key.reveal().strip(), validate=True))
    except ValueError:
        size = 0
    if size != KEY_BYTES:
        raise SecretError(f"holds no key: {KEY_BYTES} random bytes in base64", "piiscan init writes a key file")
    return Secret(key.reveal().strip())


def _checked(raw: bytes, origin: str) -> Secret:
    hint = "is it the right file or command?"
    if len(raw) > MAX_BYTES:
        raise SecretError(f"{origin}: more than {MAX_BYTES} bytes is no password", hint)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError(f"{origin}: what it holds is not UTF-8", hint) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise SecretError(f"{origin}: the password is empty", hint)
    return Secret(text)
