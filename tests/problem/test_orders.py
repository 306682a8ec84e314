# SPDX-License-Identifier: BSD-3-Clause
"""Orders that give a class its share of every batch."""

import tracemalloc
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._batches import Batches
from skpulsar._problem._orders import Sampled

deterministic = settings(derandomize=True, database=None, deadline=None)
targets = (
    st.lists(st.booleans(), min_size=2, max_size=200)
    .filter(lambda target: 0 < sum(target) < len(target))
    .map(np.array)
)
class_shares = st.sampled_from([0.5, 0.3, 0.1, 1 / 3, 0.9, 0.01])
lengths = st.integers(1, 600)


def sampled(target, share=0.5):
    """The order in which class 1 has this share."""
    return Sampled.by_share(target, np.array([1 - share, share]))


def visits(order, epoch=0, rows_at_once=10_000, shuffle=True, seed=0):
    """Places that the epoch visits, chunk after chunk."""
    chunks = list(order.chunks(seed, epoch, shuffle, rows_at_once))
    assert all(0 < len(chunk) <= rows_at_once for chunk in chunks)
    assert all(chunk.dtype == np.int64 for chunk in chunks)
    return np.concatenate(chunks)


@deterministic
@given(targets, class_shares, st.integers(0, 50))
def test_counts_tell_the_visits(target, share, epoch):
    order = sampled(target, share)
    places = visits(order, epoch)
    n_positive = int(target[places].sum())
    assert order.counts(epoch) == (len(places) - n_positive, n_positive)


@deterministic
@given(targets, class_shares)
def test_shares_are_exact(target, share):
    """Of an epoch but for the row that has no fraction; of many, ever nearer."""
    order, n_epochs = sampled(target, share), 1000
    counts = np.array([order.counts(epoch) for epoch in range(n_epochs)])
    n_major = max(np.sum(target == k) for k in (0, 1))
    asked = np.array([1 - share, share])
    for n, total in [(1, counts[0]), (n_epochs, counts.sum(axis=0))]:
        major = 1 - order.minority
        assert total[major] == n * n_major
        expected = n * n_major * asked[order.minority] / asked[major]
        assert abs(total[order.minority] - expected) <= 0.5 + 1e-6
    assert share != 0.5 or (counts == n_major).all()


@deterministic
@given(targets, class_shares, st.booleans())
def test_the_majority_comes_once_an_epoch(target, share, shuffle):
    order = sampled(target, share)
    places = visits(order, shuffle=shuffle)
    major = np.flatnonzero(~order.is_minor)
    met = places[~order.is_minor[places]]
    assert_array_equal(np.sort(met), major)
    assert shuffle or (met == major).all()


@deterministic
@given(targets, class_shares, st.booleans())
def test_the_minority_cycles_from_epoch_to_epoch(target, share, shuffle):
    order = sampled(target, share)
    walked = np.concatenate([visits(order, k, shuffle=shuffle) for k in range(7)])
    met = walked[order.is_minor[walked]]
    minor = np.flatnonzero(order.is_minor)
    whole = len(met) // len(minor) * len(minor)
    cycles = met[:whole].reshape(-1, len(minor))
    assert_array_equal(np.sort(cycles), np.tile(minor, (len(cycles), 1)))
    assert len(set(met[whole:])) == len(met) - whole
    assert shuffle or (cycles == minor).all()


@deterministic
@given(targets, class_shares, st.integers(1, 100), st.integers(0, 20))
def test_every_batch_holds_its_share(target, share, size, epoch):
    order = sampled(target, share)
    places = visits(order, epoch)
    for k in range(0, len(places), size):
        batch = places[k : k + size]
        expected = order.is_minor[places].mean() * len(batch)
        assert abs(order.is_minor[batch].sum() - expected) < 1


def test_shares_are_rounded_at_random():
    """2.5 of 5: batches of 2 and of 3, either first; the mean of epochs is 2.5."""
    target = np.arange(1000) < 100
    counts = np.array(
        [target[visits(sampled(target), epoch)[:5]].sum() for epoch in range(400)]
    )
    assert set(counts) == {2, 3}
    assert abs(counts.mean() - 2.5) < 4 * 0.5 / np.sqrt(400)


@deterministic
@given(targets, class_shares, lengths, st.integers(0, 9), st.booleans())
def test_chunks_do_not_change_the_epoch(target, share, length, epoch, shuffle):
    order = sampled(target, share)
    assert_array_equal(
        visits(order, epoch, length, shuffle), visits(order, epoch, 10_000, shuffle)
    )


@deterministic
@given(targets, class_shares, lengths, st.integers(1, 400))
def test_batches_cover_the_epoch(target, share, length, size):
    order, found, start = sampled(target, share), [], 0
    places = visits(order).tolist()
    for chunk, bounds in Batches(size, True).chunks(order, 0, 0, length):
        found += [places[a:b] for a, b in pairwise(bounds + start)]
        start += len(chunk)
    assert list(chain(*found)) == places
    assert all(len(batch) == min(size, len(places)) for batch in found[:-1])


@deterministic
@given(targets, class_shares)
def test_frequency_is_what_many_epochs_show(target, share):
    order, n_epochs = sampled(target, share), 1000
    counts = np.sum([order.counts(epoch) for epoch in range(n_epochs)], axis=0)
    n_rows = np.array([np.sum(~target), np.sum(target)])
    of_a_row = counts / n_rows
    expected = of_a_row / (of_a_row @ n_rows / n_rows.sum())
    assert_allclose(order.frequency, expected, atol=1 / n_epochs, rtol=2e-3)
    assert_allclose(order.frequency @ n_rows, n_rows.sum(), rtol=1e-12)


def test_a_seed_and_an_epoch_give_the_order():
    order = sampled(np.arange(100) < 10)
    orders = [visits(order, epoch, seed=seed) for epoch in (0, 1) for seed in (0, 1)]
    again = [visits(order, epoch, seed=seed) for epoch in (0, 1) for seed in (0, 1)]
    assert_array_equal(orders, again)
    assert len({places.tobytes() for places in orders}) == 4
    # The phase too: classes do not alternate in step from epoch to epoch
    assert len({order.is_minor[places].tobytes() for places in orders}) > 1


@pytest.mark.parametrize("n_positive", [1, 2, 3])
def test_a_handful_of_rows(n_positive):
    """So many cycles an epoch, that they had better cost nothing."""
    target = np.arange(100_000) < n_positive
    places = visits(sampled(target), rows_at_once=5000)
    counts = np.bincount(places)
    assert (counts[n_positive:] == 1).all()
    assert np.ptp(counts[:n_positive]) <= 1


def test_only_the_minority_is_listed():
    target = np.arange(1_000_000) % 50 == 0
    tracemalloc.start()
    try:
        order = sampled(target)
        for _ in order.chunks(0, 3, True, 5000):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * target.sum() + 60 * 5000 * 8


def test_equal_counts_make_class_1_the_rarer():
    assert sampled(np.arange(10) < 5).minority == 1
    assert sampled(np.arange(10) < 6).minority == 0


def test_an_order_of_many_visits_overflows_nothing():
    target = np.arange(1000) < 1
    order = sampled(target, 1 - 1e-9)
    chunk = next(order.chunks(0, 3, True, 50))
    assert order.counts(3)[1] == pytest.approx(999e9)
    assert (chunk == 0).sum() >= 49
