"""The approval of a plan: an Ed25519 signature (RFC 8032) over its id, by somebody listed who did not make it."""

from __future__ import annotations

import base64
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion.folder import APPROVAL
from piiscan.errors import PiiscanError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from piiscan.deletion.folder import PlanFolder

PREFIX: Final = "ed25519:"
_BYTES: Final = 32
_MAX_FILE: Final = 16_384
_BY: Final = (
    "somebody listed under [security] approvers other than the author must sign: piiscan delete approve DIR --key FILE"
)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a plan, by which key, when."""

    approver: str
    public_key: str
    approved_at: str

    def body(self) -> dict[str, str]:
        """The fields by the names JSON gives them."""
        return {"approver": self.approver, "public_key": self.public_key, "approved_at": self.approved_at}


def sign(
    folder: PlanFolder,
    document: Mapping[str, Any],
    key: Ed25519PrivateKey,
    approvers: Mapping[str, str],
    name: str | None,
) -> dict[str, Any]:
    """The body of ``approval.json`` for a plan that is intact. Raises RefusedError for who may not approve it.

    ``name`` chooses among several that list the same key.
    """
    mine = public_text(key)
    listed = [known for known, public in approvers.items() if _same_key(public, mine)]
    if name is not None:
        listed = [known for known in listed if known == name]
    if not listed:
        who = f"{name!r}" if name is not None else "nobody"
        raise RefusedError(
            f"this key is not listed for {name!r} under [security] approvers"
            if name is not None
            else "this key is not listed under [security] approvers",
            hint=f"{who} has it there: piiscan delete keygen prints the line to add",
        )
    approver = listed[0]
    check_independent(approver, mine, document["author"], approvers)
    if (known := folder.read(APPROVAL)) is not None:
        raise RefusedError(
            f"the plan was approved already, by {known.get('approver')}",
            hint=f"to approve it anew, remove {folder.path / APPROVAL}",
        )
    return {
        "plan_id": document["plan_id"],
        "approver": approver,
        "public_key": mine,
        "signature": base64.b64encode(key.sign(document["plan_id"].encode())).decode(),
        "approved_at": datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }


def approved(folder: PlanFolder, document: Mapping[str, Any], approvers: Mapping[str, str]) -> Approval:
    """The plan's approval, proved, by somebody who is listed now. Raises RefusedError where there is none that counts."""
    found = read_approval(folder, document)
    if found is None:
        raise RefusedError("the plan is not approved", hint=_BY)
    if found.approver not in approvers or not _same_key(approvers[found.approver], found.public_key):
        raise RefusedError(
            f"{found.approver} is not listed with this key under [security] approvers",
            hint=f"remove {folder.path / APPROVAL} and approve again: {_BY}",
        )
    check_independent(found.approver, found.public_key, document["author"], approvers)
    return found


def read_approval(folder: PlanFolder, document: Mapping[str, Any]) -> Approval | None:
    """The approval in the folder, its signature proved; None where there is none. Raises RefusedError for one that is none."""
    found = folder.read(APPROVAL)
    if found is None:
        return None
    try:
        signature, of = str(found["signature"]), found["plan_id"]
        approval = Approval(str(found["approver"]), str(found["public_key"]), str(found["approved_at"]))
    except KeyError:
        of = None
    if of != document["plan_id"] or not verifies(approval.public_key, signature, document["plan_id"].encode()):
        raise RefusedError(
            "the approval is not one of this plan, or was changed",
            hint=f"remove {folder.path / APPROVAL} and approve again: {_BY}",
        )
    return approval


def check_independent(approver: str, public: str, author: str, approvers: Mapping[str, str]) -> None:
    """Raises RefusedError where the approver is the author: by name, whatever its case, or by the author's own key."""
    same = approver.strip().casefold() == author.strip().casefold()
    own = any(
        known.strip().casefold() == author.strip().casefold() and _same_key(listed, public)
        for known, listed in approvers.items()
    )
    if same or own:
        raise RefusedError(f"{author} made the plan and may not approve it", hint=_BY)


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file: PEM (PKCS #8) or 32 bytes in base64. Raises UsageError; RefusedError where others may read it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - heavy, needed by few commands
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    wrong = UsageError(
        f"{path} holds no Ed25519 private key",
        hint="PEM without a password, or 32 bytes in base64: piiscan delete keygen makes one",
    )
    try:
        with path.open("rb") as file:
            mode, raw = os.fstat(file.fileno()).st_mode, file.read(_MAX_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path}: {os.strerror(error.errno or 0)}", hint="name the approver's private key") from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise RefusedError(f"{path} may be read by others: whoever has it can approve", hint=f"chmod 600 {path}")
    try:
        if raw.lstrip().startswith(b"-----"):
            key = load_pem_private_key(raw, None)
        else:
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(raw.strip(), validate=True))
    except (ValueError, TypeError):
        raise wrong from None
    if not isinstance(key, Ed25519PrivateKey):
        raise wrong
    return key


def new_private_key(path: Path) -> Ed25519PrivateKey:
    """A new key, written as PEM to a new file, mode 0600. Raises UsageError where the file exists, PiiscanError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - as above
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise UsageError(f"{path} exists already", hint="a key is never overwritten: name another file") from None
    except OSError as error:
        raise PiiscanError(f"{path}: {os.strerror(error.errno or 0)}") from None
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """``ed25519:BASE64`` of the public half, as ``[security] approvers`` lists it."""
    return PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def verifies(public: str, signature: str, message: bytes) -> bool:
    """Whether the signature (base64) over the message is that of the public key."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above

    raw = _raw(public)
    try:
        if raw is None:
            return False
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature, validate=True), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _same_key(one: str, other: str) -> bool:
    return _raw(one) is not None and _raw(one) == _raw(other)


def _raw(public: str) -> bytes | None:
    try:
        raw = base64.b64decode(public.removeprefix(PREFIX), validate=True)
    except ValueError:
        return None
    return raw if public.startswith(PREFIX) and len(raw) == _BYTES else None
