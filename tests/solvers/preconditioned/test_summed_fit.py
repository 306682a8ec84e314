# SPDX-License-Identifier: BSD-3-Clause
"""Fits of squared error that read their rows once, against NumPy."""

import numpy as np
import pytest
from _least_squares import ALPHA, D, N, least, made
from numpy.testing import assert_allclose

from skpulsar import SLPRegressor
from skpulsar._problem._losses import SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.preconditioned._summed_fit import SummedFit
from skpulsar._solvers.preconditioned._survey import Survey


def fit_of(X, y, alpha):
    rows = Rows(X, y)
    solver = Preconditioned(SQUARED, Penalty(alpha), 1e-4, True)
    return Survey(solver, rows, 0).fit(rows)


@pytest.mark.parametrize("far", [0.0, 1e6, 1e12])
def test_fits_far_from_0(far):
    X, y, _ = made()
    X = X / X.std(axis=0) + far
    y = (X - far) @ np.arange(1.0, D + 1) + np.random.default_rng(2).standard_normal(N)
    model = SLPRegressor(alpha=ALPHA).fit(X, y)
    expected, value = least(X - far, y, None, ALPHA, True)
    assert model.n_iter_ == 1
    assert_allclose(model.coef_, expected[:-1], rtol=1e-6)
    assert model.loss_ == pytest.approx(value, rel=1e-8)


def test_a_fit_reads_its_rows_once_and_a_stream_goes_on_from_it():
    X, y, weight = made()
    model = SLPRegressor(alpha=ALPHA).fit(X, y, weight)
    assert model.n_iter_ == 1 and model.history_["n_sampled"] == [0]
    expected, value = least(X, y, weight, ALPHA, True)
    assert model.objective_gap_ <= 1e-9 * model.loss_
    assert model.loss_ == pytest.approx(value, rel=1e-9)
    model.partial_fit(X, y, weight)
    assert_allclose(model.coef_, expected[:-1], rtol=1e-6)


def test_a_warm_start_ends_at_the_same_minimum():
    X, y, _ = made()
    model = SLPRegressor(alpha=ALPHA, warm_start=True).fit(X, y)
    first = model.coef_.copy()
    model.fit(X, y)
    assert_allclose(model.coef_, first, rtol=1e-12)


def test_it_has_ended_where_it_begins():
    X, y, _ = made()
    fit = fit_of(X, y, ALPHA)
    assert isinstance(fit, SummedFit) and fit.stop_reason == "tol"
    weights, expected = fit.weights(), least(X, y, None, ALPHA, True)[0]
    assert fit.try_point(fit.propose(weights)) == "tol"
    assert_allclose(fit.weights()[0], expected, rtol=1e-6)


@pytest.mark.parametrize("size", [1, 1e-2, 1e-6])
def test_whether_the_penalty_made_the_minimum(size):
    """It does where it has nearly all of the curvature, however little F fell."""
    X, _, _ = made()
    X = X / X.std(axis=0)
    y = X[:, 0] + np.random.default_rng(1).standard_normal(N)
    fit = fit_of(X * size, y, alpha=1.0)
    assert isinstance(fit, SummedFit)
    fall = fit.solved.null.loss - fit.loss
    assert (fall < 1e-6 * fit.loss) == (size == 1e-6)
    assert fit.made_by_penalty() == (size < 1)


def test_its_summary_is_the_mean_loss():
    X, y, _ = made()
    fit = fit_of(X, y, ALPHA)
    summary = fit.summary()
    rows = np.column_stack([X - summary.centre, np.ones(N)])
    errors = X @ summary.weights[:-1] + summary.weights[-1] - y
    assert_allclose(summary.loss, np.mean(errors**2) / 2, rtol=1e-9)
    slope = rows.T @ errors / N
    assert_allclose(summary.slope, slope, atol=1e-9 * np.abs(rows).max())
    G, size = rows.T @ rows / N, rows.std(axis=0) + (rows.std(axis=0) == 0)
    assert_allclose(
        summary.curvature() / size / size[:, np.newaxis],
        G / size / size[:, np.newaxis],
        atol=1e-5,
    )
