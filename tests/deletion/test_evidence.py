"""Evidence proves itself: what is changed, cut out, moved or forged is noticed; what a power cut leaves is mended."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import itertools
import json
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piiscan.deletion import EVIDENCE, HEAD, Evidence, PlanFolder, read_chain
from piiscan.deletion.chain import FIRST, check_signature, positions, ranges
from piiscan.deletion.evidence import public_key
from piiscan.errors import LockedError, RefusedError
from piiscan.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
OTHER = Secret(base64.b64encode(bytes(32)).decode())
PLAN = "a" * 64


@pytest.fixture
def folder(tmp_path: Path) -> PlanFolder:
    """A folder with three records of evidence, signed."""
    place = PlanFolder(tmp_path)
    with Evidence(place, PLAN, KEY) as evidence:
        evidence.add("start", by="ann")
        evidence.add("intent", step=1, chunk=1, taken=[[0, 6]])
        evidence.add("done", step=1, chunk=1)
        evidence.sign()
    return place


def lines(folder: PlanFolder) -> list[bytes]:
    """The evidence, line by line."""
    return (folder.path / EVIDENCE).read_bytes().splitlines(keepends=True)


def write(folder: PlanFolder, *parts: bytes) -> None:
    """Puts something else in its place."""
    (folder.path / EVIDENCE).write_bytes(b"".join(parts))


def prove(folder: PlanFolder) -> None:
    """Reads chain and signature. Raises RefusedError."""
    chain = read_chain(folder, PLAN, KEY)
    assert chain is not None
    check_signature(folder, chain, PLAN, public_key(KEY))


def test_each_record_carries_the_hash_of_the_one_before(folder: PlanFolder) -> None:
    """As anybody can check with sha256sum alone; private to its owner."""
    records = [json.loads(line) for line in lines(folder)]
    hashes = [hashlib.sha256(line.rstrip(b"\n")).hexdigest() for line in lines(folder)]

    assert [record["before"] for record in records] == [FIRST, *hashes[:-1]]
    assert [(record["n"], record["event"], record["plan_id"]) for record in records] == [
        (1, "start", PLAN),
        (2, "intent", PLAN),
        (3, "done", PLAN),
    ]
    assert {stat.S_IMODE((folder.path / name).stat().st_mode) for name in (EVIDENCE, HEAD)} == {0o600}


def test_the_signature_can_be_checked_by_whoever_knows_the_public_key(folder: PlanFolder) -> None:
    """With nothing of piiscan: Ed25519 over plan, number and head."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    found = json.loads((folder.path / HEAD).read_text())
    head = hashlib.sha256(lines(folder)[-1].rstrip(b"\n")).hexdigest()
    message = f'{{"head":"{head}","plan_id":"{PLAN}","records":3}}'.encode()

    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found["public_key"].removeprefix("ed25519:")))
    key.verify(base64.b64decode(found["signature"]), message)


def test_every_byte_of_the_evidence_matters(folder: PlanFolder) -> None:
    """Whichever is flipped, reading refuses; but for the very last line break, which a power cut may take."""
    raw = (folder.path / EVIDENCE).read_bytes()
    seen = []
    for place in range(len(raw)):
        for bit in (1, 128):
            changed = bytearray(raw)
            changed[place] ^= bit
            write(folder, bytes(changed))
            with suppress(RefusedError):
                prove(folder)
                seen.append((place, bit))

    assert seen == []


@pytest.mark.parametrize(
    "change",
    [
        lambda one, two, three: [one, three],
        lambda one, two, three: [two, three],
        lambda one, two, three: [one, three, two],
        lambda one, two, three: [one, two, two, three],
        lambda one, two, three: [one, two],
        lambda one, two, three: [one],
        lambda one, two, three: [],
        lambda one, two, three: [one, two, three, three],
        lambda one, two, three: [one, two, b"\n", three],
        lambda one, two, three: [one, two, b"{}\n"],
        lambda one, two, three: [one, two, b"not json\n", three],
        lambda one, two, three: [one, two, three[:-20] + b"\n"],
    ],
)
def test_records_cut_out_moved_or_repeated_are_noticed(change: Callable[..., list[bytes]], folder: PlanFolder) -> None:
    """Those before the end by the chain, those at the end by the signature."""
    write(folder, *change(*lines(folder)))

    with pytest.raises(RefusedError):
        prove(folder)


def test_a_chain_made_anew_without_the_firms_key_is_noticed(folder: PlanFolder) -> None:
    """Whoever can hash can make a chain, but not its MACs."""
    before, forged = FIRST, []
    for line in lines(folder):
        record = {**json.loads(line), "before": before}
        if record["event"] == "intent":
            record["taken"] = []
        made = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
        before = hashlib.sha256(made).hexdigest()
        forged.append(made + b"\n")
    write(folder, *forged)

    with pytest.raises(RefusedError) as caught:
        read_chain(folder, PLAN, KEY)

    assert caught.value.message == f"{folder.path / EVIDENCE}: record 2 was changed, or records are missing before it"


@pytest.mark.parametrize(("plan", "secret"), [("b" * 64, KEY), (PLAN, OTHER)])
def test_evidence_of_another_plan_or_firm_proves_nothing(plan: str, secret: Secret, folder: PlanFolder) -> None:
    """Copied into a folder it does not belong to."""
    with pytest.raises(RefusedError):
        read_chain(folder, plan, secret)


@pytest.mark.parametrize("field", ["plan_id", "records", "head", "signature", "public_key"])
def test_a_signature_that_was_changed_is_noticed(field: str, folder: PlanFolder) -> None:
    """Every field of it that says something."""
    path = folder.path / HEAD
    found = json.loads(path.read_text())
    found[field] = found[field] - 1 if field == "records" else found[field][:-6] + "AAAA" + found[field][-2:]
    path.write_text(json.dumps(found))
    chain = read_chain(folder, PLAN, KEY)
    assert chain is not None

    with pytest.raises(RefusedError) as caught:
        check_signature(folder, chain, PLAN, public_key(KEY))

    assert caught.value.message == f"{path} does not fit the evidence"


def test_a_torn_last_record_is_told_and_mended_when_writing_goes_on(folder: PlanFolder) -> None:
    """Every length that a power cut may leave of it; what is before it is kept, and the chain goes on from there."""
    with Evidence(folder, PLAN, KEY) as evidence:
        evidence.add("intent", step=1, chunk=2, taken=[[0, 3]])
    *whole, last = lines(folder)

    for length in range(1, len(last) - 1, 7):
        for torn in (last[:length], last[:length] + b"\0" * 30):
            write(folder, *whole, torn)
            chain = read_chain(folder, PLAN, KEY)
            with Evidence(folder, PLAN, KEY) as evidence:
                evidence.add("resume", by="ann")
            mended = read_chain(folder, PLAN, KEY)

            assert chain is not None
            assert mended is not None
            assert (len(chain.records), chain.torn_bytes) == (3, len(torn))
            assert [record["event"] for record in mended.records] == ["start", "intent", "done", "resume"]


def test_a_last_record_without_its_line_break_counts_and_gets_it(folder: PlanFolder) -> None:
    """All of it is there and proved."""
    write(folder, *lines(folder)[:-1], lines(folder)[-1].rstrip(b"\n"))

    with Evidence(folder, PLAN, KEY) as evidence:
        evidence.add("resume", by="ann")

    chain = read_chain(folder, PLAN, KEY)
    assert chain is not None
    assert [record["event"] for record in chain.records] == ["start", "intent", "done", "resume"]
    assert check_signature(folder, chain, PLAN, public_key(KEY)) is False


def test_damage_before_the_last_record_is_never_mended(folder: PlanFolder) -> None:
    """A torn line with others behind it is no power cut: nothing is written."""
    one, two, three = lines(folder)
    write(folder, one, two[:-30] + b"\n", three)
    before = (folder.path / EVIDENCE).read_bytes()

    with pytest.raises(RefusedError), Evidence(folder, PLAN, KEY):
        pass

    assert (folder.path / EVIDENCE).read_bytes() == before


def test_only_one_process_writes_evidence(folder: PlanFolder) -> None:
    """Another one is told to wait, and what dies lets go."""
    with Evidence(folder, PLAN, KEY), pytest.raises(LockedError), Evidence(folder, PLAN, KEY):
        pass
    with Evidence(folder, PLAN, KEY) as evidence:
        evidence.add("resume", by="ann")


def test_a_record_that_cannot_be_written_leaves_no_half_of_itself(folder: PlanFolder, monkeypatch: Any) -> None:
    """A full disk: what was there still proves itself."""
    before = (folder.path / EVIDENCE).read_bytes()
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_APPEND and len(data) > 20:
            return real(fd, data[:20])
        raise OSError(28, "No space left on device")

    with Evidence(folder, PLAN, KEY) as evidence:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(Exception, match="No space left") as caught:
            evidence.add("resume", by="ann", more="x" * 100)
        monkeypatch.undo()

    assert caught.value.hint == "without evidence nothing is removed: make room, then run the same command again"
    assert (folder.path / EVIDENCE).read_bytes() == before


@given(st.sets(st.integers(0, 60)))
def test_positions_come_back_from_their_ranges(places: set[int]) -> None:
    """However they lie."""
    runs = ranges(sorted(places))

    assert positions(runs) == sorted(places)
    assert all(last + 1 < first for (_, last), (first, _) in itertools.pairwise(runs))
