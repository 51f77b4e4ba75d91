"""The different values of a column: their share, its interval, and a sample that no order changes."""

from __future__ import annotations

import hashlib
import random

import pytest

from piiscan.detect import sample as room
from piiscan.detect.sample import Share, ValueSample


def digest(number: int) -> bytes:
    """As values have them."""
    return hashlib.blake2b(str(number).encode(), digest_size=16).digest()


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(98, 100, 0.930, 0.994), (1, 1, 0.207, 1.0), (0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """Compared with published tables."""
    assert Share(part, whole).interval == pytest.approx((low, high), abs=0.001)


def test_a_share_of_nothing_is_nothing() -> None:
    """And could be anything."""
    assert (Share(0, 0).value, Share(0, 0).interval) == (0.0, (0.0, 1.0))


def test_a_share_in_words() -> None:
    """As the why says it."""
    assert str(Share(98, 100)) == "98 of 100 different values (95 % interval 93-99 %)"
    assert str(Share(500, 1_000, drawn=True)) == "500 of 1,000 sampled different values (95 % interval 47-53 %)"
    assert str(Share(1, 1)) == "1 of 1 different value (95 % interval 21-100 %)"


def test_a_sample_is_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a value comes."""
    monkeypatch.setattr(room, "_LARGEST", 50)
    numbers = list(range(500)) * 2
    shares = []
    for seed in range(3):
        random.Random(seed).shuffle(numbers)
        sample = ValueSample()
        for number in numbers:
            if sample.wants(digest(number), "text"):
                sample.add(digest(number), "text", {"even"} if number % 2 == 0 else ())
        shares.append(sample.share("even"))

    assert shares[0] == shares[1] == shares[2]
    assert (shares[0].whole, shares[0].drawn) == (50, True)
    assert 10 < shares[0].part < 40


def test_a_sample_with_room_for_all_counts_all() -> None:
    """Each once."""
    sample = ValueSample()
    for number in [1, 2, 3, 1, 2, 1]:
        if sample.wants(digest(number), "text"):
            sample.add(digest(number), "text", {"odd"} if number % 2 else ())

    assert (sample.share("odd"), sample.share("no such")) == (Share(2, 3), Share(0, 3))
