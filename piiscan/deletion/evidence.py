"""Writing evidence: one record after the other, each on the disk before anything goes on."""

from __future__ import annotations

import base64
import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from piiscan.deletion.approval import PREFIX
from piiscan.deletion.chain import FIRST, Chain, check_signature, head_of, line_of, read_chain, signed_bytes
from piiscan.deletion.folder import EVIDENCE, HEAD, json_text
from piiscan.errors import LockedError, PiiscanError
from piiscan.sealing import signer

if TYPE_CHECKING:
    from piiscan.deletion.folder import PlanFolder
    from piiscan.model import Secret

_PURPOSE = "evidence"


class Evidence:
    """The evidence of one plan, open for writing by one process at a time. A context manager.

    Raises LockedError where another one writes, RefusedError where what is there does not prove itself, and PiiscanError when
    it cannot be written: then nothing may be changed in a source.
    """

    def __init__(self, folder: PlanFolder, plan_id: str, secret: Secret) -> None:
        self._folder, self._plan_id, self._secret = folder, plan_id, secret
        self._fd = -1
        self.chain = Chain((), (), 0)
        """What was there when it was opened."""
        self.signed = False
        """Whether the last record of that is signed."""

    def __enter__(self) -> Self:
        path = self._folder.path / EVIDENCE
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            raise LockedError(f"another run is carrying out this plan: {path}", hint="wait until it is done") from None
        except OSError as error:
            self._close()
            raise PiiscanError(f"{path}: {os.strerror(error.errno or 0)}") from None
        try:
            self._take_up()
        except BaseException:
            self._close()
            raise
        return self

    def _take_up(self) -> None:
        """Proves what is there, and mends the end a power cut left."""
        found = read_chain(self._folder, self._plan_id, self._secret)
        assert found is not None, "the file was just opened"
        self.signed = check_signature(self._folder, found, self._plan_id, public_key(self._secret))
        if found.torn_bytes:
            os.ftruncate(self._fd, found.good_bytes)
        elif not found.unbroken:
            os.write(self._fd, b"\n")
        os.fsync(self._fd)
        self._folder.sync()
        self.chain = found
        self._number, self._head = len(found.records), found.head if found.heads else FIRST

    def add(self, event: str, **told: Any) -> None:
        """Adds a record and waits until it is on the disk."""
        record = {
            "n": self._number + 1,
            "at": _now(),
            "event": event,
            "plan_id": self._plan_id,
            "before": self._head,
            **told,
        }
        line, size = line_of(record, self._secret), os.fstat(self._fd).st_size
        try:
            _write_all(self._fd, line + b"\n")
            os.fsync(self._fd)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._fd, size)
            raise PiiscanError(
                f"{self._folder.path / EVIDENCE}: {os.strerror(error.errno or 0)}",
                hint="without evidence nothing is removed: make room, then run the same command again",
            ) from None
        self._number, self._head = self._number + 1, head_of(line)

    def sign(self) -> None:
        """Signs the last record with the firm's evidence key. Raises PiiscanError."""
        key = signer(self._secret, _PURPOSE)
        message = signed_bytes(self._plan_id, self._number, self._head)
        body = {
            "plan_id": self._plan_id,
            "records": self._number,
            "head": self._head,
            "public_key": public_key(self._secret),
            "signature": base64.b64encode(key.sign(message)).decode(),
            "signed_at": _now(),
        }
        self._folder.write(HEAD, json_text(body))

    def __exit__(self, *_: object) -> None:
        """Closes the file, which lets go of its lock."""
        self._close()

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def public_key(secret: Secret) -> str:
    """The public half of the firm's evidence key, ``ed25519:BASE64``: whoever knows it can check a signature."""
    return PREFIX + base64.b64encode(signer(secret, _PURPOSE).public_key().public_bytes_raw()).decode()


def _write_all(fd: int, line: bytes) -> None:
    while line:
        line = line[os.write(fd, line) :]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
