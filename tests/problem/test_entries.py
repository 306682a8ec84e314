# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array

from skpulsar._problem._entries import (
    as_scipy,
    extremes,
    full_rows,
    largest_entry,
    row_of,
)

LAYOUTS = ["dense", "csr"]


def made(layout, share=0.5, seed=0):
    """An array, and the same as a matrix of the kernel."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((7, 4)) * (rng.random((7, 4)) < share)
    rows = csr_array(X)
    return X, X if layout == "dense" else (rows.data, rows.indices, rows.indptr, 4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_one_by_one(layout):
    X, matrix = made(layout)
    for k, row in enumerate(X):
        assert_array_equal(row_of(matrix, k), row)
        assert row_of(matrix, k) is not row


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("index", [None, np.array([5, 1])])
@pytest.mark.parametrize("seed", range(5))
def test_the_largest_entry(layout, index, seed):
    X, matrix = made(layout, seed=seed)
    column, value = largest_entry(matrix, index)
    used = X if index is None else X[index]
    assert abs(value) == np.abs(used).max()
    assert value in used[:, column]
    assert largest_entry(matrix, np.array([], int)) == (0, 0.0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_extremes_of_some_rows(layout):
    X, matrix = made(layout)
    rows = np.arange(7) % 3 > 0
    low, high = extremes(matrix, rows)
    assert_array_equal(low, X[rows].min(axis=0))
    assert_array_equal(high, X[rows].max(axis=0))


@pytest.mark.parametrize("index", [None, np.array([5, 1, 6])])
def test_rows_that_store_every_entry(index):
    X, matrix = made("csr", share=2)
    assert_array_equal(full_rows(matrix, index), X if index is None else X[index])
    assert_array_equal(as_scipy(matrix).toarray(), X)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_extremes_of_no_rows(layout):
    """Those of other rows are nearer to each other."""
    least, most = extremes(made(layout)[1], np.zeros(7, bool))
    assert_array_equal(least, np.full(4, np.inf))
    assert_array_equal(most, np.full(4, -np.inf))
