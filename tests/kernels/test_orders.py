# SPDX-License-Identifier: BSD-3-Clause
"""Shuffled orders, and the structure of CSR matrices."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import chi2

from skpulsar._kernels import _core, reference

deterministic = settings(derandomize=True, database=None, deadline=None)


def key_of(seed):
    return np.random.SeedSequence(seed).generate_state(_core.KEY_WORDS, np.uint64)


def order_of(n, seed):
    bits = (n - 1).bit_length()
    return _core.shuffled(n, bits, key_of(seed), 0, 1 << bits)


@deterministic
@given(st.integers(1, 3000), st.integers(0, 2**63))
def test_an_order_holds_every_row_once(n, seed):
    order = order_of(n, seed)
    assert order.dtype == np.int64
    assert_array_equal(np.sort(order), np.arange(n))


@deterministic
@given(st.integers(1, 600), st.data())
def test_chunks_of_an_order_join_to_the_whole(n, data):
    bits, key = (n - 1).bit_length(), key_of(n)
    cuts = data.draw(st.lists(st.integers(0, 1 << bits), max_size=5).map(sorted))
    ends = [*cuts, 1 << bits]
    for kernel in (_core, reference):
        chunks = [
            kernel.shuffled(n, bits, key, first, last)
            for first, last in zip([0, *cuts], ends, strict=True)
        ]
        assert_array_equal(np.concatenate(chunks), order_of(n, n))


@deterministic
@given(st.integers(1, 40), st.integers(0, 2**63), st.data())
def test_an_order_goes_on_with_fresh_ones(n, seed, data):
    bits, key, n_turns = (n - 1).bit_length(), key_of(seed), 5
    cuts = data.draw(st.lists(st.integers(0, n_turns << bits), max_size=5).map(sorted))
    ends = [*cuts, n_turns << bits]
    for kernel in (_core, reference):
        chunks = [
            kernel.shuffled(n, bits, key, first, last)
            for first, last in zip([0, *cuts], ends, strict=True)
        ]
        turns = np.concatenate(chunks).reshape(n_turns, n)
        assert_array_equal(np.sort(turns), np.tile(np.arange(n), (n_turns, 1)))
        assert_array_equal(turns[0], order_of(n, seed))
        assert n < 20 or len({turn.tobytes() for turn in turns}) == n_turns


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("bits", [33, 53, 62])
def test_orders_beyond_memory(bits, turn):
    n, first = 2**bits - 5, turn * 2**bits + 2 ** (bits - 1) + 17
    got = _core.shuffled(n, bits, key_of(bits), first, first + 1000)
    expected = reference.shuffled(n, bits, key_of(bits), first, first + 1000)
    assert_array_equal(got, expected)
    assert len(np.unique(got)) == len(got) >= 995
    assert 0 <= got.min() and got.max() < n


def test_keys_give_different_orders():
    orders = {order_of(50, seed).tobytes() for seed in range(1000)}
    assert len(orders) == 1000
    # Every word of the key matters, up to the lowest bit of a factor, which is odd.
    key = key_of(0)
    for word in range(_core.KEY_WORDS):
        other = key.copy()
        other[word] ^= np.uint64(6)
        assert not np.array_equal(
            _core.shuffled(50, 6, key, 0, 64), _core.shuffled(50, 6, other, 0, 64)
        )


def plausible(counts, expected, variance, freedom):
    """Whether counts stray from their expectation as far as chance takes them."""
    statistic = np.sum((counts - expected) ** 2 / variance)
    return 1e-4 < chi2.sf(statistic, freedom) < 1 - 1e-4


def fresh_orders(n, n_orders):
    """Orders of one key, one after the other."""
    bits = (n - 1).bit_length()
    return _core.shuffled(n, bits, key_of(n), 0, n_orders << bits).reshape(-1, n)


def keyed_orders(n, n_orders):
    """Orders of as many keys."""
    return [order_of(n, [seed, n]) for seed in range(n_orders)]


@pytest.mark.parametrize("orders_of", [keyed_orders, fresh_orders])
@pytest.mark.parametrize("n", [2, 3, 5, 8, 13, 64])
def test_every_row_comes_at_every_place_equally_often(n, orders_of):
    n_orders = 2000
    places, follows = np.zeros((n, n)), np.zeros((n, n))
    for order in orders_of(n, n_orders):
        places[np.arange(n), order] += 1
        follows[order[:-1], order[1:]] += 1
    often = n_orders / n
    assert plausible(places, often, often, (n - 1) ** 2)
    if n > 2:
        pairs = follows[~np.eye(n, dtype=bool)]
        assert plausible(pairs, often, often, n * (n - 1) - 1)


@pytest.mark.parametrize("n", [5000, 17898, 65536])
@pytest.mark.parametrize(
    "mark",
    [
        lambda row: row < 500,
        lambda row: row % 2 == 0,
        lambda row: row % 16 == 0,
        lambda row: row // 64 % 10 == 0,
    ],
    ids=["first", "even", "sixteenth", "blocks"],
)
def test_batches_hold_their_share_of_marked_rows(n, mark):
    # Rows of files come sorted or in a beat; batches must not show it.
    size, share = 100, mark(np.arange(n)).mean()
    n_batches = n // size
    counts = mark(order_of(n, n)[: size * n_batches]).reshape(n_batches, size).sum(1)
    variance = size * share * (1 - share) * (n - size) / (n - 1)  # hypergeometric
    assert plausible(counts, size * share, variance, n_batches)


def test_places_that_are_none_are_refused():
    for first, last in [(-1, 4), (5, 4)]:
        with pytest.raises(ValueError):
            _core.shuffled(7, 3, key_of(0), first, last)
    with pytest.raises(ValueError, match="key"):
        _core.shuffled(7, 3, key_of(0)[1:], 0, 8)


def structure(indptr, indices, n_columns, n_stored=None):
    """Both kernels' verdict, with both kinds of indices."""
    n_stored = len(indices) if n_stored is None else n_stored
    verdicts = set()
    for kernel in (_core, reference):
        for dtype in (np.int32, np.int64):
            arrays = [np.array(a, dtype=dtype) for a in (indptr, indices)]
            code, place = kernel.csr_pointers(arrays[0], len(indptr) - 1, n_stored)
            if code == 0:
                place = kernel.csr_columns(arrays[1][: indptr[-1]], n_columns)
                code, place = (0, 0) if place < 0 else (-4, place)
            if code == 0 and not kernel.csr_ascends(*arrays):
                code = 1
            verdicts.add((code, place))
    (verdict,) = verdicts
    return verdict


LARGEST = 2**31 - 1


@pytest.mark.parametrize(
    ("indptr", "indices", "verdict"),
    [
        ([0, 2, 2, 4], [0, 2, 1, 2], (0, 0)),
        ([0, 0, 0], [], (0, 0)),
        ([0], [], (0, 0)),
        ([0, 1], [0, LARGEST], (0, 0)),  # what lies behind the rows is not looked at
        ([0, 2, 4], [0, 2, 2, 1], (1, 0)),
        ([0, 2], [1, 1], (1, 0)),
        ([1, 2], [0, 1], (-1, 0)),
        ([-1, 2], [0, 1], (-1, 0)),
        ([0, 2, 1, 3], [0, 1, 2], (-2, 1)),
        ([0, LARGEST, -LARGEST, 1], [0], (-2, 1)),
        ([0, 1, 4], [0, 1, 2], (-3, 0)),
        ([0, LARGEST], [0], (-3, 0)),
        ([0, 2, 4], [0, 2, 3, 1], (-4, 2)),
        ([0, 1, 2], [0, -1], (-4, 1)),
        ([0, 2, 4], [2, 0, 1, LARGEST], (-4, 3)),
    ],
)
def test_structure_codes(indptr, indices, verdict):
    assert structure(indptr, indices, 3) == verdict


def plain_structure(indptr, indices, n_columns):
    if indptr[0] != 0:
        return -1, 0
    for row in range(len(indptr) - 1):
        if indptr[row + 1] < indptr[row]:
            return -2, row
    if indptr[-1] > len(indices):
        return -3, 0
    for place, column in enumerate(indices[: indptr[-1]]):
        if not 0 <= column < n_columns:
            return -4, place
    rows = [indices[a:b] for a, b in pairwise(indptr) if b > a]
    return int(any(row != sorted(set(row)) for row in rows)), 0


@settings(deterministic, max_examples=500)
@given(
    st.one_of(
        st.lists(st.integers(-1, 9), min_size=1, max_size=6),
        st.lists(st.integers(0, 9), max_size=6).map(lambda a: [0, *sorted(a)]),
    ),
    st.one_of(
        st.lists(st.integers(-1, 3), max_size=9),
        st.lists(st.integers(0, 3), min_size=4, max_size=9).map(sorted),
    ),
    st.integers(2, 4),
)
def test_structure_equals_a_plain_check(indptr, indices, n_columns):
    expected = plain_structure(indptr, indices, n_columns)
    assert structure(indptr, indices, n_columns) == expected
