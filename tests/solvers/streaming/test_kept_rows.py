# SPDX-License-Identifier: BSD-3-Clause
"""The minimum over kept and discarded rows, against another solver's."""

import numpy as np
import pytest
from _quadratic import csr, overlapping
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic import _preconditioners
from skpulsar._solvers.streaming import _kept_rows, _solver
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows
from skpulsar._solvers.streaming._kept_rows import KeptRows
from skpulsar._solvers.streaming._solver import Stream
from skpulsar._solvers.streaming._stream_state import StreamState

N, D, ALPHA, TOL = 80, 4, 1e-3, 1e-6

layouts = pytest.mark.parametrize("sparse", [False, True])
intercepts = pytest.mark.parametrize("fit_intercept", [True, False])


class Problem:
    """A stream's solver and state, and its objective in NumPy."""

    def __init__(
        self,
        fit_intercept=True,
        sparse=False,
        factor=(1.0, 1.0),
        alpha=ALPHA,
        data=None,
    ):
        self.X, self.y = data or overlapping(N, D)
        self.weight = np.random.default_rng(1).exponential(size=len(self.y))
        self.alpha, self.fit_intercept = alpha, fit_intercept
        self.factor = np.array(factor)
        rows = Rows(csr(self.X) if sparse else self.X, self.y, self.weight)
        totals = np.bincount(self.y.astype(int), self.weight, minlength=2)
        self.solver = Stream(
            LOGISTIC, Penalty(alpha), TOL, fit_intercept, self.factor, totals
        )
        moments = rows.moments()
        self.discarded = DiscardedRows.none(moments.centre(sparse))
        self.state = StreamState(
            seed=0, kept=rows, unit=1.0, totals=totals, n_seen=rows.n_rows,
            moments=moments, basis=moments, discarded=self.discarded,
        )  # fmt: skip

    def kept_rows(self, **changes):
        for name, value in changes.items():
            object.__setattr__(self.state, name, value)
        return KeptRows(self.solver, self.state)

    def value(self, weights):
        """F of all rows."""
        logits = self.X @ weights[:-1] + weights[-1]
        each = self.weight * self.factor[self.y.astype(int)]
        losses = np.logaddexp(0, logits) - self.y * logits
        penalty = self.alpha * weights[:-1] @ weights[:-1] / 2
        parts, _ = self.state.discarded.read(weights[np.newaxis], np.zeros(D))
        loss = each @ losses + self.factor @ parts[:2]
        return loss / (self.factor @ self.state.totals) + penalty

    def least(self):
        def value(weights):
            return self.value(weights * np.append(np.ones(D), self.fit_intercept))

        return minimize(value, np.zeros(D + 1), options={"gtol": 1e-9}).fun


def zero():
    return np.zeros((1, D + 1))


def nothing():
    """The sums of both classes if they have no rows."""
    return np.zeros(2), *np.zeros((2, 2, 1, D + 1))


@layouts
@intercepts
@pytest.mark.parametrize("factor", [(1.0, 1.0), (0.5, 4.0)])
@pytest.mark.parametrize("wide", [False, True])
def test_ends_at_the_minimum(fit_intercept, sparse, factor, wide, monkeypatch):
    if wide:
        monkeypatch.setattr(_solver, "NEWTON", D)
    some = Problem(fit_intercept, sparse, factor)
    kept = some.kept_rows()
    assert kept.is_wide == wide
    weights = kept.to_weights(kept.minimise(zero()))[0]
    assert kept.stop_reason == "tol"
    assert_allclose(kept.value, some.value(weights), rtol=1e-12)
    gap = kept.value - some.least()
    assert -1e-10 < gap < TOL * kept.value
    assert 0 <= kept.gap < TOL * kept.value
    assert (kept.cached() is None) == wide
    assert kept.n_read >= 2 * N and kept.renewed != wide


def test_ends_at_the_minimum_with_what_a_draw_took():
    some, random = Problem(), np.random.default_rng(2)
    discarded = some.discarded
    for _ in range(2):
        slope, at = random.standard_normal((2, 1, D + 1)), random.standard_normal(D + 1)
        sums = random.random(2), slope, np.ones_like(slope)
        discarded = discarded.lost(sums, nothing(), at[np.newaxis], np.zeros(D), True)
    kept = some.kept_rows(discarded=discarded)
    weights = kept.to_weights(kept.minimise(zero()))[0]
    assert_allclose(kept.value, some.value(weights), rtol=1e-12)
    assert -1e-10 < kept.value - some.least() < TOL * kept.value


def test_goes_on_from_good_weights_and_leaves_bad_ones():
    some = Problem()
    first = some.kept_rows()
    best = first.to_weights(first.minimise(zero()))
    again = some.kept_rows(preconditioner=first.cached())
    assert_allclose(again.to_weights(again.minimise(best)), best)
    assert again.n_read == N and not again.renewed
    far = some.kept_rows()
    assert far.minimise(np.full((1, D + 1), np.nan)) is not None
    assert_allclose(far.value, first.value, rtol=TOL)


def test_no_mean_loss_is_negative():
    """A linear term that leads to one is too far from where it was taken."""
    some = Problem()
    sums = nothing()
    sums[1][0, 0, 0] = 1e6
    discarded = some.discarded.lost(sums, nothing(), zero(), np.zeros(D), False)
    kept = some.kept_rows(discarded=discarded)
    start = np.array([-1.0, 0, 0, 0, 0])
    assert some.value(start) < -1
    assert kept.is_worse(kept.evaluate(kept.scaling.to_scaled(start))[0])
    weights = kept.to_weights(kept.minimise(start[np.newaxis]))[0]
    assert kept.value > -0.02
    assert_allclose(kept.value, some.value(weights), rtol=1e-9)


@intercepts
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_of_one_class_the_minimum_is_the_log_odds(fit_intercept, target):
    X, _ = overlapping(N, D)
    some = Problem(fit_intercept, data=(X, np.full(N, target)))
    kept = some.kept_rows()
    assert not kept.at_minimum
    point = kept.minimise(np.ones((1, D + 1)))
    assert not point[:-1].any()
    half = some.weight.sum() / N / 2
    expected = np.log(some.weight.sum() / half + 1) * (2 * target - 1) * fit_intercept
    assert_allclose(point[-1], expected)
    weights = np.append(np.zeros(D), point[-1])
    assert_allclose(kept.value, some.value(weights))


@layouts
@pytest.mark.parametrize("all_rows", [True, False])
def test_separable_rows_have_no_minimum_without_a_penalty(sparse, all_rows):
    """Or a column that is there in some rows of one class alone."""
    X, y = overlapping(N, D)
    if all_rows:
        y = (X[:, 1] > 1) * 1.0
    else:
        X[:, 2] = y * (X[:, 1] > 1)
    kept = Problem(True, sparse, alpha=0.0, data=(X, y)).kept_rows()
    assert kept.minimise(zero()) is not None
    assert kept.stop_reason == "separable"
    assert kept.objective.passes.separated() == all_rows


@layouts
def test_the_sums_of_the_classes_are_those_of_all(sparse):
    some = Problem(sparse=sparse)
    kept = some.kept_rows()
    point = 0.1 * np.arange(1.0, D + 2)
    parts = kept.by_class(some.state.kept, point)
    for part, all_rows in zip(parts, kept.objective.sums(point, True), strict=True):
        assert_allclose(part.sum(axis=0).squeeze(), all_rows, rtol=1e-10)
    weights = kept.scaling.to_original(point)
    logits = some.X @ weights[:-1] + weights[-1]
    for target, value in enumerate(parts[0]):
        losses = np.logaddexp(0, logits) - target * logits
        assert_allclose(value, some.weight[some.y == target] @ losses[some.y == target])
    one = Rows(some.X, np.ones(N), some.weight)
    assert kept.by_class(one, point)[0][0] == 0


@intercepts
@pytest.mark.parametrize("diagonal", [False, True])
def test_a_quadratic_is_left_behind(fit_intercept, diagonal, monkeypatch):
    """Value and slope of every class are exact; the curvature is that of all rows."""
    if diagonal:
        monkeypatch.setattr(_kept_rows, "MAX_PACKED_COLUMNS", D - 1)
        monkeypatch.setattr(_preconditioners, "MAX_PACKED_COLUMNS", D - 1)
    some = Problem(fit_intercept)
    kept, weights = some.kept_rows(), 0.05 * np.arange(1.0, D + 2)
    weights[-1] *= fit_intercept
    left = kept.left_behind(some.state, weights[np.newaxis])
    zeros = np.zeros(D)
    value, slope = left.read(weights[np.newaxis], zeros)
    slope = slope[:, 0]
    logits = some.X @ weights[:-1] + weights[-1]
    p = 1 / (1 + np.exp(-logits))
    losses = some.weight * (np.logaddexp(0, logits) - some.y * logits)
    rows = np.column_stack([some.X, np.full(N, float(fit_intercept))])
    for target in (0, 1):
        these = some.y == target
        assert_allclose(value[target], losses[these].sum())
        expected = (some.weight * (p - some.y))[these] @ rows[these]
        assert_allclose(slope[target], expected, atol=1e-9)
    assert_allclose(value[2], 0, atol=1e-20)
    assert_allclose(slope[2], 0, atol=1e-12)
    away = weights.copy()  # of (x - origin, 1), a step along one column from there
    away[-1] += left.origin @ weights[:-1]
    away[2] += 0.1
    column = some.X[:, 2] - left.origin[2]
    h = some.weight * p * (1 - p) / some.weight.sum()
    found = left.read(away[np.newaxis], left.origin)[1][2, 0]
    assert_allclose(found[2], 0.1 * h @ column**2, rtol=1e-6)
    assert_array_equal(left.totals, some.state.totals)
