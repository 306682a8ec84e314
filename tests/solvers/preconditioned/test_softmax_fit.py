# SPDX-License-Identifier: BSD-3-Clause
"""psgd of more than two classes, as the loop sees it, against SciPy's minimum."""

import numpy as np
import pytest
from _softmax import ALPHA, ByNumPy, made, rows_of
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.quadratic import _softmax_cost
from skpulsar._training._loop import epochs


def fitted(rows, loss, tol=1e-6, alpha=ALPHA, start=None, **options):
    options = {"fit_intercept": True, "warm": start is not None} | options
    solver = Preconditioned(loss, Penalty(alpha), tol, **options)
    if start is None:
        start = np.zeros((loss.n_classes, rows.n_columns + 1))
    *_, last = epochs(solver, rows, start, SolverState(seed=0), max_iter=300)
    return last


def kind_of(last):
    cost = last.state.workspace.cost
    if cost.in_span:
        return "span"
    return "newton" if cost.newton else "diagonal" if cost.diagonal else "classes"


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize(
    "n, d, n_classes, kind",
    [
        (300, 3, 3, "newton"),  # all rows
        (30_000, 3, 4, "newton"),  # a subsample
        (1500, 80, 10, "classes"),  # all rows
        (12_000, 20, 16, "classes"),  # a subsample
        (2000, 300, 3, "classes"),
        (200, 700, 8, "diagonal"),
        (60, 900, 4, "span"),
    ],
)
def test_fits_know_how_near_the_minimum_is(n, d, n_classes, kind, csr, weighted):
    X, y, weight = made(n, d, n_classes, sparse=csr)
    weight = weight if weighted else None
    F = ByNumPy(X, y, weight)
    last = fitted(rows_of(X, y, weight, csr), F.loss, tol=1e-5)
    value, gap = last.epoch.loss, last.epoch.objective_gap
    assert kind_of(last) == kind or csr
    assert last.converged and last.state.stop_reason == "tol"
    assert value == pytest.approx(F(last.weights)[0], rel=1e-9)
    true_gap = value - F.least(last.weights)
    assert true_gap <= 1e-4 * value
    assert true_gap <= 10 * gap + 1e-9 * value
    scale = np.abs(last.weights).max(axis=0)
    assert_allclose(last.weights.sum(axis=0) / scale, 0, atol=1e-9)


@pytest.mark.parametrize("n, d", [(300, 3), (1500, 60)])
def test_without_an_intercept(n, d):
    X, y, weight = made(n, d, 4)
    F = ByNumPy(X, y, weight, fit_intercept=False)
    last = fitted(rows_of(X, y, weight), F.loss, fit_intercept=False)
    assert_array_equal(last.weights[:, -1], 0)
    value = F(last.weights)[0]
    assert value - F.least(last.weights) <= 1e-5 * value


def test_permuting_the_classes_permutes_the_rows():
    X, y, _ = made(500, 5, 4)
    order = np.array([2, 0, 3, 1])  # class k becomes order[k]
    F = ByNumPy(X, y)
    one = fitted(rows_of(X, y), F.loss).weights
    other = fitted(rows_of(X, order[y]), F.loss).weights
    size = np.abs(one).max(axis=0)
    assert_allclose(other[order] / size, one / size, atol=1e-9)


def test_weights_are_copies():
    X, y, _ = made(400, 4, 3)
    times = np.random.default_rng(0).integers(0, 4, len(y))
    F = ByNumPy(X, y)
    used = times > 0
    weighted = fitted(
        rows_of(X[used], y[used], times[used] / times[used].mean()), F.loss, tol=1e-10
    )
    copied = fitted(rows_of(X.repeat(times, 0), y.repeat(times)), F.loss, tol=1e-10)
    size = np.abs(copied.weights).max(axis=0)
    assert_allclose(weighted.weights / size, copied.weights / size, atol=1e-7)


def test_a_warm_start_goes_on_from_its_weights():
    X, y, _ = made(1500, 80, 10)
    F = ByNumPy(X, y)
    rows = rows_of(X, y)
    first = fitted(rows, F.loss)
    again = fitted(rows, F.loss, start=first.weights)
    assert again.state.n_epochs < first.state.n_epochs
    assert again.epoch.loss <= first.epoch.loss * (1 + 1e-9)


def test_two_classes_are_a_logit_of_twice_the_penalty():
    """w/2 and -w/2 cost half of what w costs."""
    X, y, _ = made(400, 4, 2)
    y = (y > 0).astype(int)
    F = ByNumPy(X, y)
    from skpulsar import SLPClassifier

    pair = fitted(rows_of(X, y), F.loss, tol=1e-10).weights
    one = SLPClassifier(alpha=ALPHA / 2, tol=1e-10).fit(X, y)
    w = np.append(one.coef_[0], one.intercept_[0])
    assert_allclose(pair[1] - pair[0], w, rtol=1e-6, atol=1e-9)


def test_separable_classes_without_a_penalty_have_no_minimum():
    X = np.repeat(np.eye(3), 20, axis=0)
    y = np.repeat(np.arange(3), 20)
    last = fitted(rows_of(X, y), ByNumPy(X, y).loss, alpha=0.0)
    assert last.state.stop_reason == "separable"


@pytest.mark.parametrize("n", [150, 60_000])
def test_the_same_seed_gives_the_same_bits(n):
    X, y, _ = made(n, 4, 3)
    F = ByNumPy(X, y)
    one, other = (fitted(rows_of(X, y), F.loss, tol=1e-9) for _ in range(2))
    assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize("alpha", [1e-6, 1e-3])
def test_more_columns_than_rows_with_factors_behind_them(alpha):
    """Neither a diagonal nor factors of the classes come near this minimum."""
    random = np.random.default_rng(0)
    hidden = random.standard_normal((80, 4))
    X = hidden @ random.standard_normal((4, 1500)) + 0.1 * random.standard_normal(
        (80, 1500)
    )
    y = (hidden[:, :3] + random.gumbel(size=(80, 3))).argmax(axis=1)
    F = ByNumPy(X, y, alpha=alpha)
    last = fitted(rows_of(X, y), F.loss, tol=1e-8, alpha=alpha)
    assert kind_of(last) == "span" and last.state.stop_reason == "tol"
    value, slope = F(last.weights)
    # |gradient|^2 / (2 alpha) bounds the gap, but for the intercepts.
    assert_allclose(slope[:, -1], 0, atol=1e-12)
    assert np.sum(slope[:, :-1] ** 2) / (2 * alpha) <= 1e-8 * value


def test_no_span_without_a_penalty():
    X, y, _ = made(60, 900, 4)
    assert kind_of(fitted(rows_of(X, y), ByNumPy(X, y).loss, alpha=0.0)) != "span"


def test_a_warm_start_in_the_span_of_the_rows():
    X, y, _ = made(60, 900, 4)
    F = ByNumPy(X, y)
    first = fitted(rows_of(X, y), F.loss, tol=1e-10)
    start = np.random.default_rng(1).standard_normal(F.shape) * 1e-3
    last = fitted(rows_of(X, y), F.loss, tol=1e-10, start=start)
    assert kind_of(last) == "span" and last.state.stop_reason == "tol"
    assert last.epoch.loss == pytest.approx(first.epoch.loss, rel=1e-9)


def test_costs():
    X, y, _ = made(300, 3, 3)
    cost = _softmax_cost.SoftmaxCost(rows_of(X, y), 3)
    assert cost.newton and not cost.diagonal and cost.takes_all(cost.m)
    assert cost.subsample_cost(300) > 0


@pytest.mark.parametrize("seed", range(6))
def test_rows_that_saturate_one_after_another_hide_nothing(seed):
    """Of columns with long tails Newton's method takes hundreds of steps: rows far out
    are on their side, and each step divides their loss by e."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 10, 300)
    y[:10] = np.arange(10)
    centres = 3.5 * rng.standard_normal((10, 4))
    X = np.exp(1.5 * (centres[y] + rng.standard_normal((300, 4))))
    F = ByNumPy(X, y, alpha=1e-6)
    last = fitted(rows_of(X, y), F.loss, tol=1e-4, alpha=1e-6)
    best = fitted(rows_of(X, y), F.loss, tol=1e-9, alpha=1e-6, start=last.weights)
    true_gap = last.epoch.loss - min(F.least(last.weights), best.epoch.loss)
    assert true_gap <= 1e-3 * last.epoch.loss
    assert true_gap <= 10 * last.epoch.objective_gap + 1e-9 * last.epoch.loss


def test_a_stop_is_not_believed_by_pairs_alone():
    """A unit of length by the last pair may be that of a direction of its own."""
    X, y, _ = made(1500, 80, 10)
    last = fitted(rows_of(X, y), ByNumPy(X, y).loss, tol=1e-4)
    fit = last.state.workspace
    assert kind_of(last) == "classes" and last.state.stop_reason == "tol"
    step = fit.preconditioner.solve(fit.lbfgs.gradient)
    assert fit.lbfgs.gradient @ step / 2 <= 1e-4 * last.epoch.loss
    made_before, fit.estimate.tol = fit.preconditioner, 0.0
    assert not fit._holds_here() and fit.preconditioner is not made_before
