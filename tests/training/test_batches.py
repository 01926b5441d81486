from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.training.batches import Feed, spans


@given(count=st.integers(1, 300), size=st.integers(1, 320), normalised=st.booleans())
def test_spans_cut_all_points_in_order(count: int, size: int, normalised: bool) -> None:
    found = spans(count, size, normalised)
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == count
    sizes = [end - start for start, end in found]
    assert all(length == size for length in sizes[:-1])
    folded = normalised and count > size and (count - 1) % size == 0
    assert sizes[-1] == (size + 1 if folded else (count - 1) % size + 1)
    if normalised and min(size, count) > 1:
        assert min(sizes) > 1


def feed(replicas: int) -> Feed:
    inputs = np.arange(20.0).reshape(2, 10)
    targets = 100 + np.arange(10.0)[None]
    return Feed(inputs, targets, replicas, np.dtype(np.float32))


@pytest.mark.parametrize("replicas", [1, 3])
def test_shuffling_moves_whole_points(replicas: int) -> None:
    made = feed(replicas)
    rngs = [np.random.default_rng(replica) for replica in range(replicas)]
    made.shuffle(rngs)
    shape = (4, 10) if replicas == 1 else (replicas, 4, 10)
    assert made.ordered.shape == shape
    assert made.ordered.dtype == np.float32
    orders = []
    for table in made.ordered.reshape(replicas, 4, 10):
        order = table[0].astype(int)
        assert sorted(order) == list(range(10))
        assert np.array_equal(table[1], order + 10)
        assert np.array_equal(table[2], np.ones(10))
        assert np.array_equal(table[3], order + 100)
        orders.append(tuple(order))
    assert len(set(orders)) == replicas
    first = made.ordered.copy()
    made.shuffle(rngs)
    assert not np.array_equal(first, made.ordered)


def test_the_points_own_order_comes_back() -> None:
    made = feed(1)
    before = made.ordered.copy()
    made.shuffle([np.random.default_rng(0)])
    made.restore_order()
    assert np.array_equal(made.ordered, before)
