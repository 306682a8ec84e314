# SPDX-License-Identifier: BSD-3-Clause
"""Least squares by sums over all rows, against NumPy, and where they do not suffice."""

import numpy as np
import pytest
from _least_squares import ALPHA, N, least, made
from numpy.testing import assert_allclose

from skpulsar._problem._losses import Squared
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._summed_squares import SummedSquares
from skpulsar._solvers.quadratic._scaling import Scaling


def solved(X, y, weight=None, alpha=ALPHA, tol=1e-4, fit_intercept=True):
    rows = Rows(X, y, None if weight is None else weight / weight.mean())
    summed = SummedSquares.of_rows(rows, Squared())
    moments = summed.moments
    centre = moments.mean if fit_intercept else np.zeros(X.shape[1])
    scaling = Scaling.of(moments, Penalty(alpha), fit_intercept, centre)
    return summed, summed.solve(scaling, tol), scaling


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_the_minimum(fit_intercept, weighted):
    X, y, weight = made()
    weight = weight if weighted else None
    summed, found, scaling = solved(X, y, weight, fit_intercept=fit_intercept)
    expected, value = least(X, y, weight, ALPHA, fit_intercept)
    weights = scaling.to_original(found.minimum)
    assert_allclose(weights, expected, rtol=1e-8)
    assert found.objective.read(found.minimum)[0] == pytest.approx(value, rel=1e-9)
    share = None if weight is None else weight / weight.mean()
    rows = Rows(X, y, share)
    true = rows.moments()
    assert_allclose(summed.moments.mean, true.mean, rtol=1e-12)
    assert_allclose(summed.moments.variance, true.variance, rtol=1e-12)
    null = Squared().null_model(rows, fit_intercept)
    assert_allclose(found.null, null, rtol=1e-12)


def test_combinations_of_columns_are_left_to_the_rows():
    X, y, _ = made()
    X[:, 1] = X[:, 0] * (1 + 1e-5 * np.random.default_rng(1).standard_normal(N))
    assert solved(X, y, alpha=1e-9)[1] is None


def test_a_tiny_remainder_is_left_to_the_rows():
    X, y, _ = made(noise=1e-7)
    assert solved(X, y, alpha=0.0)[1] is None


def test_a_tight_tolerance_is_left_to_the_rows():
    X, y, _ = made()
    assert solved(X, y, tol=1e-15)[1] is None


def test_columns_that_the_first_look_misjudges_are_left_to_the_rows():
    X, y, _ = made()
    X[1::2, 0] = X[0, 0]
    X[0::2, 0] = X[0, 0]
    X[5, 0] += 1e6  # hidden between evenly spaced rows
    found = solved(X, y)
    assert found[0].shifted.sum() == 0 and found[1] is not None  # 1 row of 20,000
    X[:, 1] = 0
    places = np.linspace(0, N - 1, 1024).astype(int)
    X[places, 1] = 1e3 + np.arange(1024)  # only these rows differ
    assert solved(X, y)[0].shifted[1]
    assert solved(X, y)[1] is None


def test_overflow_is_left_to_the_rows():
    X, y, _ = made()
    X[5, 0] = 1e200  # not among the evenly spaced rows
    with np.errstate(over="ignore"):
        assert SummedSquares.of_rows(Rows(X, y), Squared()) is None
