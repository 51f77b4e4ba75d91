"""What is sealed opens with its key and purpose alone, unchanged; equal data has an equal digest; signing keys are the firm's."""

from __future__ import annotations

import base64
import io
import random
import struct

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from piiscan.model import Secret
from piiscan.sealing import Digest, SealError, digest, read_sealed, seal, signer, unseal, write_sealed

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
OTHER = Secret(base64.b64encode(bytes(32)).decode())
HEAD = len(b"piiscan sealed 1\n") + 16


def sealed_file(frames: list[bytes], key: Secret = KEY, purpose: str = "test") -> bytes:
    """The frames as a sealed file."""
    out = io.BytesIO()
    write_sealed(key, purpose, frames, out)
    return out.getvalue()


def opened_file(raw: bytes, key: Secret = KEY, purpose: str = "test") -> list[bytes]:
    """The frames of a sealed file."""
    return list(read_sealed(key, purpose, io.BytesIO(raw)))


def split(raw: bytes) -> list[bytes]:
    """The head of a sealed file, then its frames with their lengths."""
    parts, place = [raw[:HEAD]], HEAD
    while place < len(raw):
        end = place + 4 + struct.unpack(">I", raw[place : place + 4])[0]
        parts.append(raw[place:end])
        place = end
    return parts


@given(st.binary(max_size=100))
def test_what_is_sealed_opens_again_and_never_looks_the_same(plain: bytes) -> None:
    """Whatever the bytes."""
    first, second = seal(KEY, "test", plain), seal(KEY, "test", plain)

    assert (unseal(KEY, "test", first), unseal(KEY, "test", second)) == (plain, plain)
    assert first != second


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [
        (OTHER, "test", lambda text: text),
        (KEY, "another", lambda text: text),
        (KEY, "test", lambda text: text[:-4]),
        (KEY, "test", lambda text: text[:8]),
        (KEY, "test", lambda text: ""),
        (KEY, "test", lambda text: "no base64"),
        (KEY, "test", lambda text: f"{text}AAAA"),
        (KEY, "test", lambda text: ("B" if text[0] == "A" else "A") + text[1:]),
    ],
)
def test_what_is_sealed_opens_with_nothing_else(key: Secret, purpose: str, change: object) -> None:
    """Another key, another purpose, a text cut, longer or changed."""
    text = seal(KEY, "test", b"one small thing")

    with pytest.raises(SealError) as caught:
        unseal(key, purpose, change(text))  # type: ignore[operator]

    assert caught.value.message == "something sealed does not open"


def test_every_bit_of_something_sealed_matters() -> None:
    """Salt, content and tag alike."""
    raw = base64.b64decode(seal(KEY, "test", b"one small thing"))

    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(SealError):
            unseal(KEY, "test", base64.b64encode(changed).decode())


@given(st.lists(st.binary(max_size=50), max_size=6))
def test_a_sealed_file_gives_its_frames_back_in_order(frames: list[bytes]) -> None:
    """None, one, many, and empty ones."""
    assert opened_file(sealed_file(frames)) == frames


def test_a_sealed_file_with_any_byte_changed_or_cut_off_does_not_open() -> None:
    """Heads, lengths, frames and tags."""
    raw = sealed_file([b"first", b"", b"third"])

    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        for damaged in (bytes(changed), raw[:place]):
            with pytest.raises(SealError):
                opened_file(damaged)


@pytest.mark.parametrize(
    "rearranged",
    [
        lambda head, one, two, three: [head, two, one, three],
        lambda head, one, two, three: [head, one, two],
        lambda head, one, two, three: [head, one, three],
        lambda head, one, two, three: [head, one, one, two, three],
        lambda head, one, two, three: [head, three],
        lambda head, one, two, three: [head],
        lambda head, one, two, three: [head, one, two, three, three],
        lambda head, one, two, three: [head, one, two, three, b"\0"],
    ],
)
def test_frames_swapped_left_out_or_repeated_are_noticed(rearranged: object) -> None:
    """Each frame is bound to its place, and the last marked as last."""
    parts = split(sealed_file([b"first", b"second", b"third"]))

    with pytest.raises(SealError):
        opened_file(b"".join(rearranged(*parts)))  # type: ignore[operator]


def test_a_frame_of_another_file_fits_into_none() -> None:
    """Not even one sealed with the same key for the same purpose."""
    one, other = split(sealed_file([b"a", b"b"])), split(sealed_file([b"a", b"b"]))

    with pytest.raises(SealError):
        opened_file(b"".join([one[0], other[1], one[2]]))


def test_a_sealed_file_is_proved_frame_by_frame_so_a_reader_sees_nothing_false() -> None:
    """What came before the damage was true; the damage is told in place of what it hides."""
    parts = split(sealed_file([b"first", b"second", b"third"]))
    seen = []

    with pytest.raises(SealError):
        seen.extend(read_sealed(KEY, "test", io.BytesIO(b"".join(parts[:-1]) + b"\0" * 30)))

    assert seen == [b"first", b"second"]


def test_a_sealed_file_is_written_and_read_a_frame_at_a_time() -> None:
    """A generator of frames is asked for the next one only when the one before is written."""
    written, asked = io.BytesIO(), []

    def frames() -> object:
        for number in range(50):
            asked.append(written.tell())
            yield bytes([number]) * 1_000

    write_sealed(KEY, "test", frames(), written)  # type: ignore[arg-type]

    assert asked[2:] == sorted(set(asked[2:]))
    assert b"".join(opened_file(written.getvalue())) == b"".join(bytes([number]) * 1_000 for number in range(50))


def test_nothing_sealed_shows_what_it_holds() -> None:
    """No part of the plain text is in the file."""
    plain = b"219-09-9998"

    assert plain not in sealed_file([plain, plain]) + seal(KEY, "test", plain).encode()


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_digests_are_equal_for_equal_parts_only(one: list[bytes], other: list[bytes]) -> None:
    """``ab, c`` and ``a, bc`` are different parts."""
    assert (digest(KEY, "test", one) == digest(KEY, "test", other)) == (one == other)


def test_a_digest_depends_on_key_and_purpose_and_may_be_made_part_by_part() -> None:
    """Whoever lacks the key can check no guess."""
    parts = [b"a", b"b"]
    made = Digest(KEY, "test")
    for part in parts:
        made.add(part)

    assert made.hex() == digest(KEY, "test", iter(parts))
    assert len({digest(KEY, "test", parts), digest(OTHER, "test", parts), digest(KEY, "another", parts)}) == 3


def test_a_firms_signing_key_is_always_the_same_and_no_others() -> None:
    """By firm and purpose; its public half proves a signature and refuses another's."""
    message = b"head"
    signature = signer(KEY, "evidence").sign(message)

    signer(KEY, "evidence").public_key().verify(signature, message)
    for other in (signer(OTHER, "evidence"), signer(KEY, "another")):
        with pytest.raises(InvalidSignature):
            other.public_key().verify(signature, message)


def test_damage_chosen_at_random_is_never_opened() -> None:
    """A few hundred bytes changed at once, as a bad disk would."""
    draw = random.Random(5)
    raw = sealed_file([bytes(draw.randbytes(200)) for _ in range(5)])
    for _ in range(200):
        changed = bytearray(raw)
        for place in draw.sample(range(len(raw)), draw.randint(1, 300)):
            changed[place] ^= draw.randint(1, 255)
        with pytest.raises(SealError):
            opened_file(bytes(changed))
