# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._moments import Moments

deterministic = settings(derandomize=True, database=None, deadline=None)
values = st.floats(-1e6, 1e6)
tables = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(3)), elements=values)


def moments_of(X):
    return Moments(len(X), X.mean(axis=0), X.var(axis=0))


@deterministic
@given(tables, tables)
def test_merged_moments_are_those_of_all_rows(one, other):
    merged = moments_of(one).merge(moments_of(other))
    expected = moments_of(np.concatenate([one, other]))
    scale = 1 + abs(np.concatenate([one, other])).max()
    assert merged.n_rows == expected.n_rows
    assert_allclose(merged.mean, expected.mean, rtol=1e-12, atol=1e-14 * scale)
    tolerance = {"rtol": 1e-12, "atol": 1e-14 * scale**2}
    assert_allclose(merged.variance, expected.variance, **tolerance)
    assert_allclose(merged.square(), expected.square(), **tolerance)
    assert (merged.variance >= 0).all()


@deterministic
@given(tables, st.integers(1, 10**9), st.integers(1, 10))
def test_equal_moments_change_no_bit(X, n_rows, times):
    first = merged = moments_of(X)
    again = Moments(n_rows, first.mean.copy(), first.variance.copy())
    for _ in range(times):
        merged = merged.merge(again)
    assert merged.n_rows == len(X) + times * n_rows
    assert_array_equal(merged.mean, first.mean)
    assert_array_equal(merged.variance, first.variance)


def test_merging_keeps_small_variances_of_large_columns():
    rng = np.random.default_rng(0)
    X = 1e9 + rng.standard_normal((1000, 2))
    merged = moments_of(X[:10])
    for start in range(10, 1000, 10):
        merged = merged.merge(moments_of(X[start : start + 10]))
    assert_allclose(merged.variance, X.var(axis=0), rtol=1e-6)


def test_constant_and_zero_columns():
    X = np.array([[0, 3, 1e9, 0.1, 0], [0, 3, 1e9 + 1, 0.1, 1e-300]])
    assert_array_equal(moments_of(X).constant(), [True, True, False, True, True])
    assert_array_equal(moments_of(X).zero(), [True, False, False, False, True])
    # The variance of 1e-300 is 0 in floating point: there is nothing to divide by.


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9, -1e200, 1.7e308])
def test_columns_of_one_value_are_constant(value):
    moments = Moments(10, np.array([value]), np.zeros(1))
    assert_array_equal(moments.constant(), [True])


def test_moments_are_plain_data():
    moments = moments_of(np.arange(6.0).reshape(2, 3))
    again = pickle.loads(pickle.dumps(moments))
    assert again.n_rows == 2
    assert_array_equal(again.mean, moments.mean)
    assert_array_equal(again.variance, moments.variance)
