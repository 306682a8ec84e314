# SPDX-License-Identifier: BSD-3-Clause
"""The minimum over kept and discarded rows of several classes, against SciPy's."""

from dataclasses import replace

import numpy as np
import pytest
from _softmax import ALPHA, ByNumPy, made, rows_of
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic import _softmax_cost
from skpulsar._solvers.streaming import _softmax_kept_rows, _solver
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows
from skpulsar._solvers.streaming._softmax_kept_rows import SoftmaxKeptRows
from skpulsar._solvers.streaming._softmax_stream import SoftmaxStream
from skpulsar._solvers.streaming._stream_state import StreamState

N, K, D, TOL = 300, 3, 4, 1e-6

layouts = pytest.mark.parametrize("csr", [False, True])
intercepts = pytest.mark.parametrize("fit_intercept", [True, False])


class Problem:
    """A stream's solver and state, and its objective in NumPy."""

    def __init__(self, fit_intercept=True, csr=False, factor=(1.0, 1.0, 1.0), seed=0):
        self.X, self.y, self.weight = made(N, D, K, seed, csr)
        self.X /= self.X.std(axis=0)
        self.factor = np.array(factor)
        rows = rows_of(self.X, self.y, self.weight, csr)
        totals = np.bincount(self.y, self.weight)
        each = self.weight * self.factor[self.y]
        self.F = ByNumPy(self.X, self.y, each, ALPHA, fit_intercept)
        self.solver = SoftmaxStream(
            self.F.loss, Penalty(ALPHA), TOL, fit_intercept, self.factor, totals
        )
        moments = rows.moments()
        self.discarded = DiscardedRows.none(moments.centre(csr), K, K)
        self.state = StreamState(
            seed=0, kept=rows, unit=1.0, totals=totals, n_seen=rows.n_rows,
            moments=moments, basis=moments, discarded=self.discarded,
        )  # fmt: skip

    def kept_rows(self, **changes):
        for name, value in changes.items():
            object.__setattr__(self.state, name, value)
        return SoftmaxKeptRows(self.solver, self.state)

    def value(self, weights):
        """F of all rows."""
        parts, _ = self.state.discarded.read(weights, np.zeros(D))
        return self.F(weights)[0] + self.factor @ parts[:-1] / self.F.weight.sum()

    def least(self):
        def value(flat):
            weights = flat.reshape(K, D + 1)
            weights = weights - weights.mean(axis=0)
            weights[:, -1] *= self.solver.fit_intercept
            return self.value(weights)

        return minimize(value, np.zeros(K * (D + 1)), options={"gtol": 1e-9}).fun


def zero():
    return np.zeros((K, D + 1))


@pytest.fixture(params=["newton", "factors", "diagonal"])
def kind(request, monkeypatch):
    """How the curvature is known."""
    if request.param == "diagonal":
        monkeypatch.setattr(_solver, "NEWTON", D)
    if request.param == "factors":
        monkeypatch.setattr(_softmax_cost, "SMALL", 0.0)
        monkeypatch.setattr(_softmax_cost, "FACTOR", 1e9)
        monkeypatch.setattr(_softmax_cost, "ROWS_PER_COLUMN", (N, N))
    return request.param


@layouts
@intercepts
@pytest.mark.parametrize("factor", [(1.0, 1.0, 1.0), (0.5, 4.0, 1.0)])
def test_ends_at_the_minimum(fit_intercept, csr, factor, kind):
    some = Problem(fit_intercept, csr, factor)
    kept = some.kept_rows()
    assert (kept.newton, kept.is_wide) == (kind == "newton", kind == "diagonal")
    weights = kept.to_weights(kept.minimise(zero()))
    assert kept.stop_reason == "tol"
    assert_allclose(kept.value, some.value(weights), rtol=1e-12)
    assert -1e-9 < kept.value - some.F.least(weights) < TOL * kept.value
    assert 0 <= kept.gap < TOL * kept.value
    assert (kept.cached() is None) == kept.is_wide
    assert kept.renewed != kept.is_wide


def test_ends_at_the_minimum_with_what_a_draw_took(kind):
    some, random = Problem(), np.random.default_rng(2)
    at, slope = random.standard_normal((K, D + 1)), random.random((K, K, D + 1))
    at, slope = at - at.mean(axis=0), slope - slope.mean(axis=1, keepdims=True)
    none = np.zeros(K), *np.zeros((2, K, K, D + 1))
    sums = random.random(K), slope, np.ones_like(slope)
    discarded = some.discarded.lost(sums, none, at, np.zeros(D), True)
    kept = some.kept_rows(discarded=discarded)
    weights = kept.to_weights(kept.minimise(zero()))
    assert_allclose(kept.value, some.value(weights), rtol=1e-12)
    assert -1e-9 < kept.value - some.least() < TOL * kept.value


def test_goes_on_from_good_weights_and_leaves_bad_ones():
    some = Problem()
    first = some.kept_rows()
    best = first.to_weights(first.minimise(zero()))
    again = some.kept_rows(preconditioner=first.cached())
    assert_allclose(again.to_weights(again.minimise(best)), best)
    assert not again.renewed
    far = some.kept_rows()
    assert far.minimise(np.full((K, D + 1), np.nan)) is not None
    assert_allclose(far.value, first.value, rtol=TOL)


def test_an_old_curvature_certifies_nothing():
    """That of other rows, by which every step is nothing."""
    some = Problem()
    first = some.kept_rows()
    first.minimise(zero())
    unit, factor = first.cached().factored
    old = replace(first.cached(), factored=(unit * 1e6, factor))
    kept = some.kept_rows(preconditioner=old)
    kept.minimise(zero())
    assert kept.renewed
    assert kept.value - some.least() < TOL * kept.value


def test_the_norms_of_residuals_say_what_rows_matter():
    some = Problem()
    kept = some.kept_rows()
    weights = kept.to_weights(kept.minimise(zero()))
    residual, weight = kept.importance(N)
    logits = some.X @ weights[:, :-1].T + weights[:, -1]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = np.linalg.norm(p - np.eye(K)[some.y], axis=1)
    assert_allclose(residual, expected, rtol=1e-10)
    assert_array_equal(weight, some.weight)


@layouts
def test_a_class_without_rows_counts_as_half_a_row_at_the_mean(csr):
    some = Problem(csr=csr)
    there = some.y > 0
    rows = some.state.kept.take(np.flatnonzero(there), some.weight[there])
    totals = some.state.totals * [0, 1, 1]
    kept = some.kept_rows(kept=rows, totals=totals, n_seen=rows.n_rows)
    point = kept.minimise(zero())
    half = totals.sum() / rows.n_rows / 2
    mean = some.state.moments.mean
    X, y = np.vstack([some.X[there], mean]), np.append(some.y[there], 0)
    F = ByNumPy(X, y, np.append(some.weight[there], half), ALPHA)
    weights, scale = kept.to_weights(point), totals.sum() / (totals.sum() + half)

    def value(flat):  # the half row does not count in what is divided by
        W = flat.reshape(K, D + 1)
        penalty = ALPHA / 2 * np.sum(W[:, :-1] ** 2)
        return (F(W)[0] - penalty) / scale + penalty

    least = minimize(value, weights.ravel(), options={"gtol": 1e-8}).fun
    assert -1e-9 < value(weights.ravel()) - least < TOL
    given = ByNumPy(some.X[there], some.y[there], some.weight[there], ALPHA)
    given.loss, given.shape = F.loss, F.shape
    assert_allclose(kept.value, given(weights)[0], rtol=1e-10)
    assert np.isnan(kept.gap) and kept.stop_reason is None
    assert len(kept.importance(rows.n_rows)[0]) == rows.n_rows


@layouts
def test_the_sums_of_the_classes_are_those_of_all(csr):
    some = Problem(csr=csr)
    kept = some.kept_rows()
    point = np.random.default_rng(0).standard_normal((K, D + 1))
    point = (point - point.mean(axis=0)).ravel()
    parts = kept.by_class(some.state.kept, point)
    for part, all_rows in zip(parts, kept.objective.sums(point, True), strict=True):
        assert_allclose(part.sum(axis=0), all_rows, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_quadratic_is_left_behind(diagonal, monkeypatch):
    """Value and slope of every class are exact; the curvature is that of all rows."""
    if diagonal:
        monkeypatch.setattr(_softmax_kept_rows, "MAX_PACKED_COLUMNS", D)
    some = Problem()
    kept, random = some.kept_rows(), np.random.default_rng(0)
    weights, step = 0.3 * random.standard_normal((2, K, D + 1))
    weights, step = weights - weights.mean(axis=0), step - step.mean(axis=0)
    left = kept.left_behind(some.state, weights)
    value, slope = left.read(weights, np.zeros(D))
    for k in range(K):
        own = some.y == k
        F = ByNumPy(some.X[own], some.y[own], some.weight[own], alpha=0.0)
        F.loss, F.shape = some.F.loss, some.F.shape
        expected, gradient = F(weights)
        assert_allclose(value[k], expected * some.weight[own].sum())
        assert_allclose(slope[k], gradient * some.weight[own].sum(), atol=1e-9)
    assert_allclose(value[-1], 0, atol=1e-20)
    assert left.curvature.ndim == (2 if diagonal else 4)
    F, h = ByNumPy(some.X, some.y, some.weight, alpha=0.0), 1e-5
    if not diagonal:
        up, down = F(weights + h * step)[1], F(weights - h * step)[1]
        found = left.read(weights + step, np.zeros(D))[1][-1]
        assert_allclose(found, (up - down) / (2 * h), rtol=1e-5, atol=1e-7)
    assert_array_equal(left.totals, some.state.totals)


def test_no_gap_is_claimed_of_columns_far_from_zero():
    some = Problem(fit_intercept=False)
    X = some.X + 1e6
    rows = rows_of(X, some.y, some.weight)
    moments = rows.moments()
    none = DiscardedRows.none(np.zeros(D), K, K)
    kept = some.kept_rows(kept=rows, moments=moments, basis=moments, discarded=none)
    assert kept.is_far_from_zero and kept.scaling.tie is None
    kept.minimise(zero())
    assert (kept.gap, kept.stop_reason) == (kept.value, "rounding")
