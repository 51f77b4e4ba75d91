"""Keys come back as they were, in files that show none of them and fit no other step."""

from __future__ import annotations

import base64
import datetime as dt
import stat
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piiscan.deletion.keys import FRAME_KEYS, check_keys, portions, prove_unique, read_keys, write_keys
from piiscan.errors import RefusedError
from piiscan.model import Secret

if TYPE_CHECKING:
    from pathlib import Path

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
OTHER = Secret(base64.b64encode(bytes(32)).decode())

PARTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=-8))])),
    st.times(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.uuids(),
    st.binary(),
)
KEYS = st.lists(st.tuples(PARTS, PARTS), max_size=30, unique_by=repr)


def alike(one: Any, other: Any) -> bool:
    """Equal, of the same types."""
    return one == other and [[type(part) for part in key] for key in one] == [
        [type(part) for part in key] for key in other
    ]


@given(keys=KEYS)
def test_keys_of_every_type_come_back_as_they_were(keys: list[tuple[object, ...]], tmp_path_factory: Any) -> None:
    """Numbers as numbers, times with their zones, texts with whatever is in them."""
    path = tmp_path_factory.mktemp("keys") / "keys"

    write_keys(KEY, 1, [keys], path)

    assert alike([key for frame in read_keys(KEY, 1, path) for key in frame], keys)


def test_the_hmac_is_the_same_for_the_same_keys_in_whatever_portions_they_come(tmp_path: Path) -> None:
    """And another for other keys, another order, another step."""
    keys = [(number,) for number in range(2_500)]

    whole = write_keys(KEY, 1, [keys], tmp_path / "whole")
    pieces = write_keys(KEY, 1, [keys[:1], keys[1:999], [], keys[999:]], tmp_path / "pieces")
    others = [
        write_keys(KEY, 1, [keys[:-1]], tmp_path / "fewer"),
        write_keys(KEY, 1, [[*keys[1:], keys[0]]], tmp_path / "order"),
        write_keys(KEY, 2, [keys], tmp_path / "step"),
        write_keys(OTHER, 1, [keys], tmp_path / "firm"),
        write_keys(KEY, 1, [[(str(number),) for number in range(2_500)]], tmp_path / "texts"),
    ]

    assert whole == pieces == check_keys(KEY, 1, tmp_path / "whole")
    assert whole.rows == 2_500
    assert len({whole.hmac, *(other.hmac for other in others)}) == 6
    assert [len(frame) for frame in read_keys(KEY, 1, tmp_path / "pieces")] == [FRAME_KEYS, FRAME_KEYS, 500]


def test_a_key_file_is_for_its_owner_alone_and_shows_nothing(tmp_path: Path) -> None:
    """Sealed, mode 0600, never written over."""
    write_keys(KEY, 1, [[("219-09-9998",)]], tmp_path / "keys")

    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    assert b"9998" not in (tmp_path / "keys").read_bytes()
    with pytest.raises(FileExistsError):
        write_keys(KEY, 1, [], tmp_path / "keys")


@pytest.mark.parametrize(("secret", "order"), [(OTHER, 1), (KEY, 2)])
def test_a_key_file_opens_for_its_firm_and_step_only(secret: Secret, order: int, tmp_path: Path) -> None:
    """Another step's file in its place is noticed."""
    write_keys(KEY, 1, [[(1,)]], tmp_path / "keys")

    with pytest.raises(RefusedError) as caught:
        list(read_keys(secret, order, tmp_path / "keys"))

    assert caught.value.message == f"{tmp_path / 'keys'}: the key file of step {order} does not open"


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(RefusedError) as caught:
        list(read_keys(KEY, 3, tmp_path / "keys"))

    assert caught.value.message == f"{tmp_path / 'keys'}: the key file of step 3 is missing"


def test_two_rows_with_one_key_are_refused_and_so_is_a_type_no_plan_carries(tmp_path: Path) -> None:
    """No row may stand for another; the message names no value."""
    with pytest.raises(RefusedError) as caught:
        write_keys(KEY, 1, [[("a", 1)], [("a", 1)]], tmp_path / "twice")
    with pytest.raises(RefusedError) as other:
        write_keys(KEY, 1, [[(dt.timedelta(7),)]], tmp_path / "odd")

    assert caught.value.message == "two rows have the same key, so no plan can tell them apart"
    assert other.value.message == "a key column holds timedelta, which no plan can carry"


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_portions_hold_every_key_once_in_order(numbers: list[int], size: int) -> None:
    """All of one size but the last."""
    frames = [[(number,) for number in numbers[start : start + 4]] for start in range(0, len(numbers), 4)]

    found = list(portions(frames, size))

    assert [key for portion in found for key in portion] == [(number,) for number in numbers]
    assert {len(portion) for portion in found[:-1]} <= {size}


@pytest.mark.parametrize(
    ("keys", "unique"),
    [
        ([[(1, "a"), (1, "b")], [(2, "a")]], True),
        ([[(1, "a")], [(1, "a")]], False),
        ([[(1, "a"), (1, "A ")]], False),
        ([[(1, None)]], False),
        ([], True),
    ],
)
def test_columns_prove_unique_by_the_data_or_not(keys: list[list[tuple[object, ...]]], unique: bool) -> None:
    """Texts that some databases take for the same count as the same."""
    assert prove_unique(keys) is unique


def test_decimals_and_uuids_are_not_rounded(tmp_path: Path) -> None:
    """What a driver gives is what it gets back."""
    keys = [(Decimal("1.10"), UUID(int=7)), (Decimal("12345678901234567890.123456789"), UUID(int=8))]
    write_keys(KEY, 1, [keys], tmp_path / "keys")

    assert [str(key) for frame in read_keys(KEY, 1, tmp_path / "keys") for key in frame] == [str(key) for key in keys]
