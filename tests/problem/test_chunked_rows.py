# SPDX-License-Identifier: BSD-3-Clause
"""Rows in chunks tell of themselves what rows in memory do, to the last bit."""

from functools import partial

import numpy as np
import pytest
from _chunks import CsrTable, PartedTable, chunked
from scipy.sparse import csr_array, random_array

from skpulsar._problem import _table_chunks
from skpulsar._problem._matrix import kernel_matrix
from skpulsar._problem._memory import Rows
from skpulsar._problem._row_statistics import LEAF
from skpulsar._problem._threads import Threads
from skpulsar._problem._threads import threads as current

SIZES = [1, 4096, 4097, 30_011]


@pytest.fixture(params=[1, 2, 3], autouse=True)
def threads(request):
    with Threads(request.param):
        yield request.param


@pytest.fixture(params=[2**12, 2**20], ids=["a leaf", "many leaves"], autouse=True)
def entries(request, monkeypatch):
    monkeypatch.setattr(_table_chunks, "ENTRIES", request.param)


def made(n, weights, dtype=np.float64):
    """The same rows in memory and in chunks."""
    rng = np.random.default_rng(n)
    X = (rng.standard_normal((n, 3)) * [1, 1e6, 1e-6] + 5).astype(dtype)
    y = (rng.random(n) < 0.3).astype(float)
    weight, index = None, None
    if weights == "all":
        weight = rng.exponential(size=n)
    elif weights == "some":
        weight = rng.integers(0, 3, n).astype(float)
        weight[0] = 1
        index = np.flatnonzero(weight)
    starts = (0, *range(1000, n, 5000))
    table = partial(PartedTable, starts=starts)
    return Rows(X, y, weight, index), chunked(X, y, weight, table)


@pytest.mark.parametrize("weights", [None, "all", "some"])
@pytest.mark.parametrize("n", SIZES)
def test_statistics(n, weights):
    rows, chunks = made(n, weights)
    assert (chunks.n_rows, chunks.n_columns) == (rows.n_rows, rows.n_columns)
    shift = np.array([5.0, 4.0, 6.0])
    for name, *given in [
        ("total",),
        ("class_totals", 2),
        ("target_sum",),
        ("target_squares", 0.3),
        ("sums", shift),
        ("largest",),
        ("extremes", 0),
        ("extremes", 1),
    ]:
        found, expected = (getattr(each, name)(*given) for each in (chunks, rows))
        np.testing.assert_array_equal(found, expected, name)
    distance = np.mean(abs(rows.targets() - 0.3))
    assert chunks.mean_distance(0.3) == pytest.approx(distance, rel=1e-12)
    moments, expected = chunks.moments_about(shift), rows.moments_about(shift)
    for name in ("mean", "variance", "n_rows"):
        np.testing.assert_array_equal(getattr(moments, name), getattr(expected, name))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weights", [None, "some"])
@pytest.mark.parametrize("n", SIZES)
def test_samples(n, weights, dtype):
    rows, chunks = made(n, weights, dtype)
    assert chunks.dtype == dtype
    places = np.unique(np.random.default_rng(1).integers(0, rows.n_rows, 300))
    some, expected = chunks.at(places), rows.at(places)
    np.testing.assert_array_equal(some.targets(), expected.targets())
    if weights is not None:
        np.testing.assert_array_equal(some.sample_weight(), expected.sample_weight())
    np.testing.assert_array_equal(chunks.entries(places), rows.entries(places))
    every, expected = chunks.in_memory(), rows.at(np.arange(rows.n_rows))
    every = every.entries(np.arange(rows.n_rows))
    np.testing.assert_array_equal(every, expected.entries(np.arange(rows.n_rows)))


@pytest.mark.parametrize("weights", [None, "some"])
def test_rows_of_one_class(weights):
    rows, chunks = made(30_011, weights)
    shift = np.ones(3)
    for k in (0, 1):
        found, expected = chunks.of_class(k), rows.of_class(k)
        assert found.n_rows == expected.n_rows
        np.testing.assert_array_equal(found.sums(shift), expected.sums(shift))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weights", [None, "all", "some"])
@pytest.mark.parametrize("d", [3, 20_000])
def test_csr_rows(d, weights, dtype):
    """Of many columns a leaf has more rows."""
    n, rng = 12_011, np.random.default_rng(d)
    X = random_array((n, d), density=1.5 / d, format="csr", dtype=dtype, rng=rng)
    X.sort_indices()
    y, weight, index = (rng.random(n) < 0.3).astype(float), None, None
    if weights is not None:
        weight = rng.exponential(size=n)
        if weights == "some":
            weight *= rng.random(n) < 0.5
            index = np.flatnonzero(weight)
    rows = Rows(kernel_matrix(X), y, weight, index)
    table = partial(CsrTable, starts=(0, *range(1000, n, 5000)))
    chunks = chunked(X, y, weight, table)
    assert chunks.sparse and chunks.dense_where_full() is chunks
    assert chunks.entries_per_row == rows.entries_per_row
    assert (chunks.chunks.leaf > LEAF) == (d > 3)
    for one, other in ((chunks, rows), (chunks.of_class(1), rows.of_class(1))):
        assert one.chunks.leaf == other.leaf
        for name in ("mean", "variance"):
            found = (getattr(each.moments(), name) for each in (one, other))
            np.testing.assert_array_equal(*found)
    for target in (0, 1):
        found = chunks.extremes(target), rows.extremes(target)
        np.testing.assert_array_equal(*found)
    places = np.unique(rng.integers(0, rows.n_rows, 300))
    np.testing.assert_array_equal(chunks.entries(places), rows.entries(places))
    every, expected = chunks.in_memory(), rows.at(np.arange(rows.n_rows))
    assert every.sparse and every.n_stored() == expected.n_stored()


def test_csr_rows_that_store_every_entry_become_arrays():
    X = 1 + np.arange(15_000.0).reshape(5000, 3)
    y = np.arange(5000.0) % 2
    chunks = chunked(csr_array(X), y, None, CsrTable)
    full, expected = chunks.dense_where_full(), chunked(X, y)
    assert chunks.sparse and not full.sparse
    sums = full.sums(np.ones(3)), expected.sums(np.ones(3))
    np.testing.assert_array_equal(*sums)
    np.testing.assert_array_equal(full.entries(np.array([7, 4500])), X[[7, 4500]])


def test_one_thread_reads_all_in_one_span(threads):
    _, chunks = made(30_011, None)
    spans = chunks.chunks.spans(current())
    assert (len(spans) == 1) == (threads == 1 or chunks.chunks.size > 10_000)


def test_a_table_that_changes_is_refused():
    _, chunks = made(30_011, None)
    table = chunks.chunks.columns.table
    whole = table.read
    table.read = lambda columns, start=0, stop=None: whole(columns, start, 20_000)
    with pytest.raises(ValueError, match=r"has changed|has 20000 rows"):
        chunks.sums(np.zeros(3))
