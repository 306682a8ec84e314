# SPDX-License-Identifier: BSD-3-Clause
"""Orders that give classes their shares of every batch."""

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
lengths = st.integers(1, 600)


@st.composite
def problems(draw):
    """Classes of rows, every one of at least one row, and their target shares."""
    n_classes = draw(st.integers(2, 5))
    target = draw(st.lists(st.integers(0, n_classes - 1), max_size=200))
    target = np.random.default_rng(0).permutation([*target, *range(n_classes)])
    parts = draw(
        st.lists(
            st.sampled_from([1, 1, 2, 3, 7, 50, 1 / 3]),
            min_size=n_classes,
            max_size=n_classes,
        )
    )
    return target, np.array(parts) / sum(parts)


def sampled(target, share=0.5):
    """The order of two classes in which class 1 has this share."""
    return Sampled.by_share(target, np.array([1 - share, share]))


def visits(order, epoch=0, rows_at_once=10_000, *, shuffle=True, seed=0, size=10):
    """Places that the epoch visits, chunk after chunk."""
    chunks = list(order.chunks(seed, epoch, Batches(size, shuffle), rows_at_once))
    assert all(0 < len(chunk) <= rows_at_once for chunk in chunks)
    assert all(chunk.dtype == np.int64 for chunk in chunks)
    return np.concatenate(chunks)


@deterministic
@given(problems(), st.integers(0, 50), st.integers(1, 300))
def test_counts_tell_the_visits(problem, epoch, size):
    target, shares = problem
    order = Sampled.by_share(target, shares)
    places = visits(order, epoch, size=size)
    counts = np.bincount(target[places], minlength=len(shares))
    assert order.counts(epoch) == tuple(counts)


@deterministic
@given(problems())
def test_shares_are_exact(problem):
    """Of an epoch but for the row that has no fraction; of many, ever nearer."""
    target, shares = problem
    order, n_epochs = Sampled.by_share(target, shares), 1000
    counts = np.array([order.counts(epoch) for epoch in range(n_epochs)])
    n_rows = np.bincount(target)
    for n, total in [(1, counts[0]), (n_epochs, counts.sum(axis=0))]:
        assert total[order.largest] == n * n_rows.max()
        expected = n * n_rows.max() * shares / shares[order.largest]
        assert (np.abs(total - expected) <= 0.5 + 1e-6).all()
    assert np.ptp(shares) > 0 or (counts == n_rows.max()).all()


@deterministic
@given(problems(), st.booleans())
def test_the_largest_class_comes_once_an_epoch(problem, shuffle):
    target, shares = problem
    order = Sampled.by_share(target, shares)
    places = visits(order, shuffle=shuffle)
    rows = np.flatnonzero(target == np.bincount(target).argmax())
    met = places[order.is_largest[places]]
    assert_array_equal(np.sort(met), rows)
    assert shuffle or (met == rows).all()


@deterministic
@given(problems(), st.booleans())
def test_the_others_cycle_from_epoch_to_epoch(problem, shuffle):
    target, shares = problem
    order = Sampled.by_share(target, shares)
    walked = np.concatenate([visits(order, k, shuffle=shuffle) for k in range(4)])
    for k in range(len(shares)):
        if k == order.largest:
            continue
        met, rows = walked[target[walked] == k], np.flatnonzero(target == k)
        whole = len(met) // len(rows) * len(rows)
        cycles = met[:whole].reshape(-1, len(rows))
        assert_array_equal(np.sort(cycles), np.tile(rows, (len(cycles), 1)))
        assert len(set(met[whole:])) == len(met) - whole
        assert shuffle or (cycles == rows).all()


@deterministic
@given(problems(), st.integers(1, 100), st.integers(0, 20))
def test_every_batch_holds_its_shares(problem, size, epoch):
    """Rounded up or down, the last and shorter batch too."""
    target, shares = problem
    order = Sampled.by_share(target, shares)
    places = visits(order, epoch, size=size)
    counts = np.array(order.counts(epoch))
    for k in range(0, len(places), size):
        batch = np.bincount(target[places[k : k + size]], minlength=len(shares))
        exact = counts * batch.sum()  # times the visits of the epoch
        assert (batch >= exact // counts.sum()).all()
        assert (batch <= -(-exact // counts.sum())).all()


@pytest.mark.parametrize(
    "shares, size",
    [([0.5, 0.5], 5), ([0.5, 0.3, 0.2], 4), ([0.25] * 4, 7), ([0.6, 0.1, 0.3], 1)],
)
def test_shares_are_rounded_at_random(shares, size):
    """Up or down, in any batch, and in the mean over the epochs not at all."""
    target = np.random.default_rng(0).choice(len(shares), 301)
    order, n_epochs = Sampled.by_share(target, np.array(shares)), 400
    for take in (slice(0, size), slice(size, 2 * size), slice(-size // 2, None)):
        found, exact = [], []
        for epoch in range(n_epochs):
            places, counts = visits(order, epoch, size=size), order.counts(epoch)
            start = (len(places) - 1) // size * size
            batch = places[start:] if take.stop is None else places[take]
            found.append(np.bincount(target[batch], minlength=len(shares)))
            exact.append(np.array(counts) * len(batch) / len(places))
        found, exact = np.array(found), np.array(exact)
        expected = exact.mean(axis=0)
        deviation = np.sqrt(np.mean((exact % 1) * (1 - exact % 1), axis=0) / n_epochs)
        bound = 4 * deviation + 1e-9
        assert (np.abs(found.mean(axis=0) - expected) <= bound).all()


@deterministic
@given(problems(), lengths, st.integers(1, 400), st.integers(0, 9), st.booleans())
def test_chunks_do_not_change_the_epoch(problem, length, size, epoch, shuffle):
    order, options = Sampled.by_share(*problem), {"shuffle": shuffle, "size": size}
    assert_array_equal(
        visits(order, epoch, length, **options), visits(order, epoch, 10**5, **options)
    )


@deterministic
@given(problems(), lengths, st.integers(1, 400))
def test_batches_cover_the_epoch(problem, length, size):
    order, found, start = Sampled.by_share(*problem), [], 0
    places = visits(order, size=size).tolist()
    for chunk, bounds in Batches(size, True).chunks(order, 0, 0, length):
        found += [places[a:b] for a, b in pairwise(bounds + start)]
        start += len(chunk)
    assert list(chain(*found)) == places
    assert all(len(batch) == min(size, len(places)) for batch in found[:-1])


@deterministic
@given(problems())
def test_frequency_is_what_many_epochs_show(problem):
    target, shares = problem
    order, n_epochs = Sampled.by_share(target, shares), 1000
    counts = np.sum([order.counts(epoch) for epoch in range(n_epochs)], axis=0)
    n_rows = np.bincount(target)
    of_a_row = counts / n_rows
    expected = of_a_row / (of_a_row @ n_rows / n_rows.sum())
    assert_allclose(order.frequency, expected, atol=1 / n_epochs, rtol=2e-3)
    assert_allclose(order.frequency @ n_rows, n_rows.sum(), rtol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_seed_and_an_epoch_give_the_order(n_classes):
    target = np.arange(100) % 10 % n_classes
    order = Sampled.by_share(target, np.full(n_classes, 1 / n_classes))
    orders = [visits(order, epoch, seed=seed) for epoch in (0, 1) for seed in (0, 1)]
    again = [visits(order, epoch, seed=seed) for epoch in (0, 1) for seed in (0, 1)]
    assert_array_equal(orders, again)
    assert len({places.tobytes() for places in orders}) == 4
    # The phase too: classes do not alternate in step from epoch to epoch
    assert len({order.is_largest[places].tobytes() for places in orders}) > 1


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
        for _ in order.chunks(0, 3, Batches(200, True), 5000):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * target.sum() + 60 * 5000 * 8


def test_of_equal_classes_the_first_is_the_largest():
    assert sampled(np.arange(10) < 5).largest == 0
    assert sampled(np.arange(10) < 6).largest == 1
    assert Sampled.by_share(np.arange(9) % 3, np.full(3, 1 / 3)).largest == 0


def test_an_order_of_many_visits_overflows_nothing():
    target = np.arange(1000) < 1
    order = sampled(target, 1 - 1e-9)
    chunk = next(order.chunks(0, 3, Batches(200, True), 50))
    assert order.counts(3)[1] == pytest.approx(999e9)
    assert (chunk == 0).sum() >= 49


@pytest.mark.parametrize("share", [1e-320, 1e-300, 1e-17])
def test_epochs_that_nobody_could_count_are_refused(share):
    with pytest.raises(ValueError, match="sampling gives the largest class a share of"):
        Sampled.by_share(np.arange(1000) < 10, np.array([share, 1.0]))
