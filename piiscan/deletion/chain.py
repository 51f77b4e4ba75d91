"""The chain of evidence as it is read: every record proves the one before, and none can be forged without the firm's key."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from piiscan.deletion.approval import verifies
from piiscan.deletion.folder import EVIDENCE, HEAD
from piiscan.deletion.identity import canonical
from piiscan.errors import RefusedError
from piiscan.sealing import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.deletion.folder import PlanFolder
    from piiscan.model import Secret

FIRST: Final = "0" * 64
"""What stands for the record before the first."""
_PURPOSE: Final = "deletion evidence"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """The records in order, each proved."""

    records: tuple[Record, ...]
    heads: tuple[str, ...]
    """The sha256 of each record's line."""
    good_bytes: int
    """Where the last proved record ends in the file, its line break included."""
    torn_bytes: int = 0
    """What follows it: the beginning of a record that a power cut left unfinished."""
    unbroken: bool = True
    """Whether the last proved record has its line break."""

    @property
    def head(self) -> str:
        """The sha256 of the last record."""
        return self.heads[-1] if self.heads else FIRST

    @property
    def ended(self) -> bool:
        """Whether the plan was carried out to its end."""
        return bool(self.records) and self.records[-1]["event"] == "end"


def line_of(record: Mapping[str, Any], secret: Secret) -> bytes:
    """The record as its line, with its MAC, without the line break."""
    return canonical({**record, "mac": _mac(record, secret)})


def head_of(line: bytes) -> str:
    """What the next record says of this one."""
    return hashlib.sha256(line).hexdigest()


def read_chain(folder: PlanFolder, plan_id: str, secret: Secret) -> Chain | None:
    """The evidence of a folder, None where nothing was begun. Raises RefusedError for a record that does not fit.

    An unfinished last line is no fault where everything before it is proved: it is told as ``torn_bytes``.
    """
    try:
        raw = (folder.path / EVIDENCE).read_bytes()
    except FileNotFoundError:
        return None
    records: list[Record] = []
    heads: list[str] = []
    *lines, rest = raw.split(b"\n")
    for number, line in enumerate(lines, 1):
        records.append(_proved(line, number, heads[-1] if heads else FIRST, plan_id, secret, folder))
        heads.append(head_of(line))
    good, unbroken = len(raw) - len(rest), True
    if rest:
        try:
            records.append(_proved(rest, len(lines) + 1, heads[-1] if heads else FIRST, plan_id, secret, folder))
        except RefusedError:
            return Chain(tuple(records), tuple(heads), good, len(rest))
        heads.append(head_of(rest))
        good, unbroken = len(raw), False
    return Chain(tuple(records), tuple(heads), good, 0, unbroken)


def check_signature(folder: PlanFolder, chain: Chain, plan_id: str, public: str) -> bool:
    """Whether the last record is signed; a signature made at an earlier halt must be true of the records up to there.

    Raises RefusedError for a signature that is not, by another key than ``public``, or over more records than there are.
    """
    found = folder.read(HEAD)
    if found is None:
        return False
    broken = RefusedError(
        f"{folder.path / HEAD} does not fit the evidence",
        hint="one of them was changed, or records were cut off: keep both and look into it",
    )
    try:
        number, head, signature = found["records"], found["head"], str(found["signature"])
        fits = found["plan_id"] == plan_id and found["public_key"] == public and 0 < number <= len(chain.heads)
    except (KeyError, TypeError):
        raise broken from None
    if (
        not fits
        or chain.heads[number - 1] != head
        or not verifies(public, signature, signed_bytes(plan_id, number, head))
    ):
        raise broken
    return bool(number == len(chain.heads))


def signed_bytes(plan_id: str, records: int, head: str) -> bytes:
    """What the signature over a chain stands under."""
    return canonical({"plan_id": plan_id, "records": records, "head": head})


def ranges(positions: Iterator[int] | tuple[int, ...] | list[int]) -> list[list[int]]:
    """Positions as first and last of each run: a chunk's worth in a few numbers."""
    found: list[list[int]] = []
    for position in positions:
        if found and position == found[-1][1] + 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return found


def positions(runs: list[list[int]]) -> list[int]:
    """The positions again."""
    return [position for first, last in runs for position in range(first, last + 1)]


def _proved(line: bytes, number: int, before: str, plan_id: str, secret: Secret, folder: PlanFolder) -> Record:
    broken = RefusedError(
        f"{folder.path / EVIDENCE}: record {number} was changed, or records are missing before it",
        hint="nothing can be proved by it any more: keep it, and look into who had the folder",
    )
    try:
        record = json.loads(line)
        mac = record.pop("mac")
        fits = record["n"] == number and record["before"] == before and record["plan_id"] == plan_id
        whole = line == line_of(record, secret)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise broken from None
    if not (fits and whole and hmac.compare_digest(str(mac), _mac(record, secret))):
        raise broken
    return dict(record)


def _mac(record: Mapping[str, Any], secret: Secret) -> str:
    return digest(secret, _PURPOSE, [canonical(dict(record))])
