"""Sealed with the firm's key: small things, files in one pass, and the keys that sign evidence.

AES-256-GCM under keys derived by HKDF-SHA256 (RFC 5869) from the 32 bytes of ``[security] key_file``, a purpose and a random
salt, so that what is sealed for one purpose opens for no other. A sealed file is a run of frames, each bound to its place and
the last marked as last: cutting, swapping and repeating are noticed.
"""

from __future__ import annotations

import base64
import hmac
import os
import struct
from typing import TYPE_CHECKING, BinaryIO, Final

from piiscan.errors import PiiscanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from piiscan.model import Secret

_MAGIC: Final = b"piiscan sealed 1\n"
_SALT: Final = 16
_LENGTH: Final = struct.Struct(">I")
_MAX_FRAME: Final = 16 << 20
"""Bytes; a longer frame is damage, not data."""


class SealError(PiiscanError):
    """Something sealed does not open: another key, another purpose, or it was changed."""


def seal(key: Secret, purpose: str, plain: bytes) -> str:
    """The bytes sealed, as text for a store or a JSON document; sealing twice gives different texts."""
    salt = os.urandom(_SALT)
    return base64.b64encode(salt + _cipher(key, purpose, salt).encrypt(bytes(12), plain, None)).decode()


def unseal(key: Secret, purpose: str, sealed: str) -> bytes:
    """The bytes again. Raises SealError."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - heavy, needed by few commands

    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(key, purpose, raw[:_SALT]).decrypt(bytes(12), raw[_SALT:], None)
    except (ValueError, InvalidTag):
        raise SealError(
            "something sealed does not open", hint="it needs the key it was sealed with, unchanged"
        ) from None


def digest(key: Secret, purpose: str, parts: Iterable[bytes]) -> str:
    """HMAC-SHA256 in hex over the parts in order: equal for equal data, telling nothing to whoever lacks the key."""
    code = Digest(key, purpose)
    for part in parts:
        code.add(part)
    return code.hex()


class Digest:
    """`digest`, for parts that pass by one at a time."""

    def __init__(self, key: Secret, purpose: str) -> None:
        self._code = hmac.new(_derive(key, f"hmac {purpose}", b""), digestmod="sha256")

    def copy(self) -> Digest:
        """Another that goes on from here: the key is derived once for many."""
        other = object.__new__(Digest)
        other._code = self._code.copy()
        return other

    def add(self, part: bytes) -> None:
        """One more part."""
        self._code.update(_LENGTH.pack(len(part)) + part)

    def hex(self) -> str:
        """The digest of the parts so far."""
        return self._code.hexdigest()


def write_sealed(key: Secret, purpose: str, frames: Iterable[bytes], out: BinaryIO) -> None:
    """Writes the frames, one at a time, so that memory holds two. Raises OSError of ``out``."""
    salt = os.urandom(_SALT)
    cipher = _cipher(key, purpose, salt)
    out.write(_MAGIC + salt)
    number, held = 0, b""
    for frame in frames:
        if number:
            _write_frame(out, cipher.encrypt(_nonce(number), held, b"more"))
        held, number = frame, number + 1
    _write_frame(out, cipher.encrypt(_nonce(number or 1), held, b"last" if number else b"none"))


def read_sealed(key: Secret, purpose: str, file: BinaryIO) -> Iterator[bytes]:
    """The frames again, in order; each is proved before it is given. Raises SealError, also when the end is missing."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

    broken = SealError("a sealed file does not open", hint="it needs the key it was sealed with, unchanged")
    head = file.read(len(_MAGIC) + _SALT)
    if not head.startswith(_MAGIC):
        raise broken
    cipher = _cipher(key, purpose, head[len(_MAGIC) :])
    frame, number = _read_frame(file, broken), 1
    while True:
        following = file.read(1)
        ends = (b"more",) if following else (b"last", b"none")
        for end in ends:
            try:
                plain = cipher.decrypt(_nonce(number), frame, end)
            except InvalidTag:
                continue
            if end != b"none":
                yield plain
            break
        else:
            raise broken
        if not following:
            return
        frame, number = _read_frame(file, broken, following), number + 1


def signer(key: Secret, purpose: str) -> Ed25519PrivateKey:
    """The Ed25519 key (RFC 8032) that this firm's key stands for in one purpose; its public half proves who signed."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above

    return Ed25519PrivateKey.from_private_bytes(_derive(key, f"ed25519 {purpose}", b""))


def _derive(key: Secret, info: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - as above

    return HKDF(SHA256(), 32, salt, f"piiscan {info}".encode()).derive(base64.b64decode(key.reveal()))


def _cipher(key: Secret, purpose: str, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    return AESGCM(_derive(key, f"seal {purpose}", salt))


def _nonce(number: int) -> bytes:
    """A frame's place as its nonce: no key seals two files, so none is used twice."""
    return number.to_bytes(12, "big")


def _write_frame(out: BinaryIO, frame: bytes) -> None:
    out.write(_LENGTH.pack(len(frame)) + frame)


def _read_frame(file: BinaryIO, broken: SealError, begun: bytes = b"") -> bytes:
    head = begun + file.read(_LENGTH.size - len(begun))
    if len(head) != _LENGTH.size:
        raise broken
    (length,) = _LENGTH.unpack(head)
    if length > _MAX_FRAME:
        raise broken
    frame = file.read(length)
    if len(frame) != length:
        raise broken
    return frame
