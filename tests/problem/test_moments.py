# SPDX-License-Identifier: BSD-3-Clause
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from skpulsar._problem._moments import Moments

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


@pytest.mark.parametrize("weights", [(1.0, 7.0), (1e-300, 1e300), (1e308, 1e308)])
def test_merged_moments_count_by_rows_times_their_weight(weights):
    parts = [np.arange(6.0).reshape(3, 2), np.array([[9.0, -1], [5, 5]])]
    moments = [
        Moments(len(X), X.mean(axis=0), X.var(axis=0), weight)
        for X, weight in zip(parts, weights, strict=True)
    ]
    merged, X = moments[0].merge(moments[1]), np.concatenate(parts)
    each = np.repeat(np.array(weights) / max(weights), [3, 2])
    mean = np.average(X, axis=0, weights=each)
    assert_allclose(merged.mean, mean)
    assert_allclose(merged.variance, np.average((X - mean) ** 2, axis=0, weights=each))
    assert_allclose(merged.weight, each.mean() * max(weights))


@pytest.mark.parametrize("n_rows", [10, 5000])
def test_deviations_are_those_of_a_standard_scaler(n_rows):
    """0 where it divides by 1; from far above its bound to far below."""
    rng = np.random.default_rng(0)
    size = np.logspace(-12, 12, 49)
    X = 1 + size * n_rows * np.finfo(float).eps * rng.standard_normal((n_rows, 49))
    X[:, 0] = 0.1
    scaler = StandardScaler().fit(X)
    found = Moments(n_rows, scaler.mean_, scaler.var_).deviation()
    varies = np.sqrt(scaler.var_) > n_rows * np.finfo(float).eps
    assert_array_equal(found > 0, varies)
    assert_array_equal(found[varies], scaler.scale_[varies])
    assert_array_equal(scaler.scale_[~varies], 1)
