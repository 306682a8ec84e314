# SPDX-License-Identifier: BSD-3-Clause
"""One preconditioned fit, pass by pass."""

import numpy as np
import pytest
from _minimum import minimum
from _quadratic import csr
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._row_span import SpanPreconditioner
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.preconditioned._survey import Survey
from skpulsar._solvers.quadratic._preconditioners import (
    CholeskyPreconditioner,
    DiagonalPreconditioner,
)

TOL = 1e-6


def made(n, d, seed=0, share=1.0):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d)) * (random.random((n, d)) < share)
    logits = X[:, :4].sum(axis=1) + random.logistic(size=n) - 1
    return X * 2.0 ** (np.arange(d) % 7), (logits > 0).astype(float)


SHAPES = {
    "few rows": (300, 5),  # Newton's method on all of them
    "many rows": (40_000, 5),  # a subsample comes first, and Newton's method on it
    "hundreds of columns": (12_000, 200),  # the same with L-BFGS steps
    "fewer rows than that": (3000, 300),  # no subsample, but a diagonal
    "more columns than rows": (60, 900),  # a diagonal, and then the span of the rows
}
PRECONDITIONERS = dict(
    zip(
        SHAPES,
        (*[CholeskyPreconditioner] * 3, DiagonalPreconditioner, SpanPreconditioner),
        strict=True,
    )
)


class Fit:
    """A fit that has read some points."""

    def __init__(self, X, y, alpha=1e-3, fit_intercept=True, tol=TOL, weights=None):
        rows = Rows(X, y)
        solver = Preconditioned(
            LOGISTIC, Penalty(alpha), tol, fit_intercept, weights is not None
        )
        self.workspace = Survey(solver, rows, 0).fit(rows)
        self.weights = np.zeros(rows.n_columns + 1) if weights is None else weights
        self.values, self.stop_reason = [], None

    def go(self, max_passes=200):
        """Until it ends."""
        workspace = self.workspace
        while self.stop_reason is None and len(self.values) < max_passes:
            point = workspace.propose(self.weights[np.newaxis])
            self.stop_reason = workspace.try_point(point)
            self.weights = workspace.weights()[0]
            self.values.append(workspace.lbfgs.value)
        return self


def at(X, y, weights, alpha, fit_intercept):
    """F at some weights, and half the squared Newton decrement there."""
    A = np.column_stack([X, np.full(len(y), float(fit_intercept))])
    penalty = np.append(np.full(X.shape[1], alpha), 0.0)
    logits = A @ weights
    p = 1 / (1 + np.exp(-logits))
    value = np.mean(np.logaddexp(0, logits) - y * logits) + penalty @ weights**2 / 2
    gradient = A.T @ (p - y) / len(y) + penalty * weights
    H = (A.T * (p * (1 - p) / len(y))) @ A + np.diag(penalty)
    used = slice(None, None if fit_intercept else -1)
    step = np.linalg.solve(H[used, used], gradient[used])
    return value, gradient[used] @ step / 2


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_ends_within_its_tolerance_of_the_minimum(shape, fit_intercept):
    X, y = made(*SHAPES[shape])
    fit = Fit(X, y, 1e-2, fit_intercept).go()
    value, decrement = at(X, y, fit.weights, 1e-2, fit_intercept)
    assert_allclose(fit.values[-1], value, rtol=1e-10)
    assert fit.stop_reason == "tol"
    assert decrement <= TOL * value  # so near to the minimum that this is the gap
    assert decrement / 5 <= fit.workspace.gap <= TOL * value
    assert fit.values == sorted(fit.values, reverse=True)  # of the best points
    assert fit.workspace.n_passes == len(fit.values)
    assert type(fit.workspace.preconditioner) is PRECONDITIONERS[shape]


def test_from_the_minimum_little_has_to_be_read():
    X, y = made(*SHAPES["many rows"])
    cold = Fit(X, y).go()
    warm = Fit(X, y, weights=cold.weights).go()
    assert warm.stop_reason == "tol" and warm.values[0] <= cold.values[-1] * (1 + 1e-12)
    assert len(warm.values) <= 3
    one = Fit(X, y, weights=cold.weights).go(1)
    assert_array_equal(one.weights, cold.weights)


def test_the_null_model_is_next_after_a_start_that_is_worse():
    X, y = made(*SHAPES["many rows"])
    fit = Fit(X, y)
    workspace = fit.workspace
    far = workspace.propose(fit.weights[np.newaxis]) * 1e6
    assert workspace.try_point(far) is None
    assert workspace.lbfgs.point is None
    null = workspace.propose(fit.weights[np.newaxis])
    assert not null[:-1].any()
    assert_allclose(null[-1], np.log(y.mean() / (1 - y.mean())))
    assert workspace.try_point(null) is None
    fit.go()
    assert fit.stop_reason == "tol"
    assert_allclose(fit.values[-1], minimum(X, y, 1e-3), rtol=2 * TOL)


def test_a_point_that_is_worse_makes_a_larger_subsample_or_a_shorter_step():
    X, y = made(*SHAPES["many rows"])
    fit = Fit(X, y, tol=1e-12).go(1)
    workspace = fit.workspace
    lbfgs, m = workspace.lbfgs, workspace.subsampler.m
    point, worse = lbfgs.point, lbfgs.point + 10
    for resampled in (True, False):
        workspace.resample_next = resampled
        assert workspace.try_point(worse) is None
        assert lbfgs.point is point
        assert workspace.resample_next == resampled
        assert lbfgs.share == (1 if resampled else 1 / 4)
        assert workspace.subsampler.m == 2 * m


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("sparse", [False, True])
def test_the_first_step_of_a_diagonal_knows_the_null_model(fit_intercept, sparse):
    """Moments and sums over the positives tell what a full pass there tells."""
    X, y = made(300, 3000, share=0.05)
    rows = Rows(csr(X) if sparse else X, y)
    solver = Preconditioned(LOGISTIC, Penalty(1e-3), TOL, fit_intercept)
    workspace = Survey(solver, rows, 0).fit(rows)
    workspace.propose(np.zeros((1, 3001)))
    lbfgs = workspace.lbfgs
    assert isinstance(workspace.preconditioner, DiagonalPreconditioner)
    value, gradient, squares = workspace.full.read(lbfgs.point, diagonal=True)
    assert_allclose(lbfgs.value, value, rtol=1e-12)
    assert_allclose(lbfgs.gradient, gradient, atol=1e-12)
    live = workspace.scaling.scale > 0
    assert_allclose(workspace.preconditioner.squares[live], squares[live], rtol=1e-9)
    assert workspace.n_passes == 0


def test_a_subsample_s_own_curvature_needs_another_pass_to_confirm_a_stop():
    """It was made where F was much larger. Of all rows, one pass is enough."""
    for shape, n_passes in (("many rows", 2), ("few rows", 1)):
        fit = Fit(*made(*SHAPES[shape]), tol=0.5).go()
        assert fit.stop_reason == "tol" and len(fit.values) == n_passes


@pytest.mark.parametrize("shape", ["few rows", "many rows"])
def test_without_a_penalty_separable_rows_have_no_minimum(shape):
    X, _ = made(*SHAPES[shape])
    fit = Fit(X, (X[:, 0] > X[:, 1]).astype(float), alpha=0.0).go()
    assert fit.stop_reason == "separable"


def test_no_tolerance_ends_at_rounding():
    X, y = made(*SHAPES["few rows"])
    fit = Fit(X, y, tol=None).go()
    assert fit.stop_reason in ("tol", "rounding")
    assert_allclose(fit.values[-1], minimum(X, y, 1e-3), rtol=1e-13)


def test_rows_are_centred_anew_where_a_few_hide_the_others():
    X, y = made(2000, 5)
    X[::3, 0], y[::3] = 1e20, 0  # stands for none
    fit = Fit(X, y, alpha=1e-6).go()
    workspace = fit.workspace
    assert workspace.recentring_tried
    assert abs(workspace.scaling.centre[0]) < 10
    assert workspace.scaling is workspace.statistics.scaling


def test_many_columns_need_no_more_than_some_passes():
    """The span of the rows is entered after so many passes with a diagonal."""
    X, y = made(60, 900)
    X[:, :] = X[:, :1] + 1e-3 * X  # nearly copies: a diagonal is of little use
    fit = Fit(X, y, 1e-6, tol=1e-10).go()
    assert fit.workspace.subsampler.span is not None
    assert len(fit.values) < 60
    assert fit.values[-1] - minimum(X, y, 1e-6) <= 1e-8 * fit.values[-1]


@pytest.mark.parametrize("shape", ["few rows", "many rows", "more columns than rows"])
def test_the_summary_is_the_mean_loss_about_the_last_point(shape):
    X, y = made(*SHAPES[shape])
    fit = Fit(X, y)
    assert fit.workspace.summary() is None  # before anything was read
    summary = fit.go().workspace.summary()
    assert_array_equal(summary.weights, fit.weights)
    logits = X @ fit.weights[:-1] + fit.weights[-1]
    p = 1 / (1 + np.exp(-logits))
    assert_allclose(summary.loss, np.mean(np.logaddexp(0, logits) - y * logits))
    rows = np.column_stack([X - summary.centre, np.ones(len(y))])
    slope = rows.T @ (p - y) / len(y)
    assert_allclose(summary.slope, slope, atol=1e-9 * np.abs(rows).max())
    h = p * (1 - p) / len(y)
    found = summary.curvature()
    if found.ndim == 2:
        expected = (rows.T * h) @ rows
        rtol = 1e-3 if shape == "few rows" else 0.2  # of a subsample
        assert_allclose(found, expected, rtol=rtol, atol=rtol * np.abs(expected).max())
    else:
        assert_allclose(found, h @ rows**2, rtol=0.5)


def test_the_penalty_made_the_minimum_of_tiny_columns():
    X, y = made(2000, 5)
    for size, expected in ((1, False), (1e-6, True)):
        fit = Fit(X * size, y, alpha=1.0)
        assert not fit.workspace.made_by_penalty()
        assert fit.go().workspace.made_by_penalty() == expected
