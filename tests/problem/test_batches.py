# SPDX-License-Identifier: BSD-3-Clause
from itertools import chain, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skpulsar._problem._batches import Batches
from skpulsar._problem._orders import EveryRow

deterministic = settings(derandomize=True, database=None, deadline=None)
n_rows, sizes, lengths = st.integers(1, 300), st.integers(1, 400), st.integers(1, 600)


def walk(batches, n, rows_at_once, seed=0, epoch=0):
    """The whole order, and the batches that its chunks say it consists of."""
    order, found, start = [], [], 0
    for places, bounds in batches.chunks(EveryRow((n, 0)), seed, epoch, rows_at_once):
        assert places.dtype == bounds.dtype == np.int64
        assert 0 < len(places) <= rows_at_once
        order += places.tolist()
        absolute = bounds + start
        found += [order[a:b] for a, b in pairwise(absolute)]
        start += len(places)
    return order, found


@deterministic
@given(n_rows, sizes, st.booleans(), lengths)
def test_every_row_comes_once_an_epoch(n, size, shuffle, rows_at_once):
    order, batches = walk(Batches(size, shuffle), n, rows_at_once)
    assert sorted(order) == list(range(n))
    assert list(chain(*batches)) == order
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    assert 0 < len(batches[-1]) <= size
    assert shuffle or order == list(range(n))


@deterministic
@given(n_rows, sizes, st.booleans(), lengths, st.integers(0, 2**40))
def test_chunks_do_not_change_the_epoch(n, size, shuffle, rows_at_once, seed):
    batches = Batches(size, shuffle)
    assert walk(batches, n, rows_at_once, seed, 3) == walk(batches, n, 10_000, seed, 3)


@deterministic
@given(n_rows, sizes, st.booleans(), lengths)
def test_bounds_fit_their_chunk(n, size, shuffle, rows_at_once):
    end = 0  # of the last batch, counted from the present chunk
    for places, bounds in Batches(size, shuffle).chunks(
        EveryRow((n, 0)), 0, 0, rows_at_once
    ):
        assert bounds[0] == end <= 0
        assert (np.diff(bounds) > 0).all() and bounds[-1] <= len(places)
        assert len(places) - bounds[-1] < size
        end = bounds[-1] - len(places)
    assert end == 0


def test_a_seed_and_an_epoch_give_the_order():
    def order(shuffle=True, seed=0, epoch=0):
        return walk(Batches(10, shuffle), 100, 30, seed, epoch)[0]

    assert order() == order()
    others = [order(), order(seed=1), order(epoch=1), order(seed=1, epoch=1)]
    assert len(set(map(tuple, others))) == 4
    assert order(False) == order(False, seed=1) == order(False, epoch=1)


def test_shuffled_epochs_mix_sorted_rows():
    target = np.arange(10_000) < 1000
    batches = walk(Batches(100, True), 10_000, 4096)[1]
    shares = [target[batch].mean() for batch in batches]
    assert_array_equal(np.mean(shares), 0.1)
    assert 0.02 < np.std(shares) < 0.04  # 0.03 by chance
