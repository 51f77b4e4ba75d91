"""Strata over a key space: whatever the gaps, the sample is bounded, without duplicates and over all clusters."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from piiscan.connectors.sql.samples import spread_keys


def _spread(keys, wanted):
    """The sample of a sorted list of keys, as a database would answer the probes."""

    def look_up(probes):
        places = [bisect_left(keys, probe) for probe in probes]
        return [keys[place] if place < len(keys) else None for place in places]

    return spread_keys(keys[0], keys[-1], wanted, look_up)


@given(st.sets(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=200), st.integers(1, 60))
def test_a_sample_is_bounded_ascending_and_of_existing_keys(keys, wanted):
    """For any key set at all."""
    found = _spread(sorted(keys), wanted)

    assert 1 <= len(found) <= wanted
    assert found == sorted(set(found))
    assert set(found) <= keys


def test_dense_keys_are_sampled_evenly():
    """One of each stratum of equal width."""
    assert _spread(list(range(1, 1001)), 10) == [1, 101, 201, 301, 401, 501, 601, 701, 801, 901]


def test_every_cluster_of_many_is_reached():
    """Fifty runs of keys with gaps of a billion between them, as hosts number their own rows."""
    keys = [run * 10**9 + n for run in range(50) for n in range(400)]

    found = _spread(keys, 1000)

    assert 900 <= len(found) <= 1000
    assert {key // 10**9 for key in found} == set(range(50))


def test_clusters_far_apart_have_their_share():
    """A tenth of the rows lies in the small cluster, and a tenth of the sample."""
    keys = [*range(1000), *range(10**15, 10**15 + 9000)]

    found = _spread(keys, 500)

    assert 450 <= len(found) <= 500
    assert 40 <= sum(1 for key in found if key < 1000) <= 60


def test_the_same_keys_give_the_same_sample():
    """No chance is in it."""
    keys = [n * n * n for n in range(5000)]

    assert _spread(keys, 321) == _spread(keys, 321)
