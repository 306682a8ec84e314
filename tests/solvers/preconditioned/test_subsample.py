# SPDX-License-Identifier: BSD-3-Clause
"""Subsamples that stand for all rows: their minima, and checks of steps by them."""

import numpy as np
import pytest
from _minimum import minimum
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array

from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._cost_model import CostModel
from skpulsar._solvers.preconditioned._subsample import Subsampler
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics
from skpulsar._solvers.quadratic._lbfgs import LBFGS
from skpulsar._solvers.quadratic._sample_objective import SampleObjective

TOL = 1e-4


def subsampler(X, y, alpha=1e-4, fit_intercept=True, tol=TOL, weight=None):
    X = np.asarray(X, float)
    rows = Rows(X, np.asarray(y, float), weight)
    cost, statistics = (
        CostModel(rows),
        ColumnStatistics(rows, Penalty(alpha), fit_intercept, True),
    )
    total = len(y) if weight is None else weight.sum()
    full = SampleObjective(rows, statistics.scaling, total, LOGISTIC)
    full.passes.predict_mean(0.5)
    return Subsampler(full, statistics, cost, tol, 0)


def zero(subsampler):
    return np.zeros(subsampler.full.rows.n_columns + 1)


def path_at(subsampler, point, preconditioner=None):
    """The search at a point, with the curvature there as its preconditioner."""
    full, lbfgs = subsampler.full, LBFGS()
    value, gradient, _ = full.read(point)
    lbfgs.accept(point, value, gradient, preconditioner or full.preconditioner())
    return lbfgs


def overlapping(n, d=5, seed=0):
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d))
    return X, (X[:, 0] + random.standard_normal(n) > 0.5).astype(int)


def sentinels(n, share=0.3, value=1e6):
    random = np.random.default_rng(0)
    X = random.standard_normal((n, 2))
    X[random.random(n) < share, 0] = value
    return X, (X[:, 0] + 0.3 * random.standard_normal(n) < -1).astype(int)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_minimum_of_few_rows_is_theirs(fit_intercept, weighted):
    X, y = overlapping(500)
    weight = np.random.default_rng(1).exponential(size=500) if weighted else None
    small = subsampler(X, y, 1e-3, fit_intercept, weight=weight)
    found = small.first(zero(small))
    assert small.exact and small.last.rows is small.full.rows
    value = small.full.read(found.point)[0]
    assert_allclose(value, minimum(X, y, 1e-3, weight, fit_intercept), rtol=1e-10)
    assert small.n_sampled > 0


def test_a_subsample_is_near_the_minimum_of_all_and_then_nearer():
    X, y = overlapping(30_000)
    large, best = subsampler(X, y), minimum(X, y, 1e-4)
    found = large.first(zero(large))
    assert not large.exact and large.last.rows.n_rows < 15_000
    value, gradient, _ = large.full.read(found.point)
    gap = value - best
    assert 0 < gap < 0.01 * best
    again = large.minimum(found.point, gradient)  # the gradient is made exact
    assert large.full.read(again.point)[0] - best < gap / 10
    assert large.n_draws == 2


def test_grows_to_all_rows_at_most():
    X, y = overlapping(30_000)
    large = subsampler(X, y)
    m = large.m
    large.grow()
    assert large.m == 2 * m
    for _ in range(5):
        large.grow()
    assert large.m == 30_000
    assert large.draw().rows is large.full.rows


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [1e-7, 1e-3])
def test_the_minimum_in_the_span_of_the_rows(fit_intercept, alpha):
    X = np.random.default_rng(0).standard_normal((40, 300))
    y = (X[:, 0] > 0).astype(int)
    wide = subsampler(X, y, alpha, fit_intercept)
    wide.enter_span()
    assert wide.exact
    point = zero(wide)
    for _ in range(2):  # from wherever it is sought
        _, gradient, _ = wide.full.read(point)
        found = wide.minimum(point, gradient)
        point = found.point
        best = minimum(X, y, alpha, None, fit_intercept)
        assert_allclose(wide.full.read(point)[0], best, rtol=1e-9)
    assert found.preconditioner is not None and fit_intercept == (point[-1] != 0)


@pytest.mark.parametrize("share", [1.0, 0.1])
def test_a_check_agrees_where_nothing_saturates(share):
    """Whatever the preconditioner was that made the step."""
    X, y = overlapping(800)
    small = subsampler(X, y, 1e-2)
    found = small.first(zero(small))
    point = found.point + 1e-3
    lbfgs = path_at(small, point)
    expected = lbfgs.decrement
    if share < 1:  # ten times the curvature is far too large
        lbfgs.restart(share * lbfgs.step)
    decrement, escapes, _ = small.check_step(lbfgs)
    assert_allclose(decrement, expected, rtol=1e-6)
    assert not escapes
    assert small.is_ill_conditioned == (share < 1)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_check_sees_what_lies_behind_rows_far_out(fit_intercept):
    X, y = sentinels(600)
    small = subsampler(X, y, 1e-6, fit_intercept)
    small.first(zero(small))
    weights = np.array([-16e-6, 0, -1.0 * fit_intercept])
    point = small.full.scaling.to_scaled(weights)
    lbfgs = path_at(small, point)
    decrement, escapes, _ = small.check_step(lbfgs)
    assert escapes and small.is_ill_conditioned
    assert TOL * lbfgs.value < decrement <= lbfgs.value
    gap = lbfgs.value - minimum(X, y, 1e-6, None, fit_intercept)
    assert gap / 30 < decrement < 30 * gap
    # From then on a search goes on past them.
    found = small.minimum(point, lbfgs.gradient)
    assert small.full.read(found.point)[0] - lbfgs.value < -gap / 2


def test_no_check_finds_more_than_the_objective():
    """The minimum is not negative."""
    X = np.random.default_rng(0).standard_normal((300, 3))
    y = (X[:, 0] > 0).astype(int)
    small = subsampler(X, y, 1e-9)
    small.first(zero(small))
    lbfgs = path_at(small, zero(small))
    lbfgs.restart(1e-9 * lbfgs.step)
    decrement, *_ = small.check_step(lbfgs)
    assert 0 < decrement <= lbfgs.value


def test_quasi_separation_is_seen_and_nothing_else():
    X, y = overlapping(600)
    for flag, expected in ((y & (X[:, 1] > 1), True), (X[:, 1] > 1, False)):
        some = subsampler(np.column_stack([X, flag]), y, 0.0)
        found = some.first(zero(some))
        lbfgs = path_at(some, found.point)
        assert some.endless(lbfgs) == expected


def test_nothing_is_endless_before_anything_was_sought_or_in_the_span():
    X = np.random.default_rng(0).standard_normal((40, 300))
    some = subsampler(X, X[:, 0] > 0, 1e-3)
    lbfgs = path_at(some, zero(some))
    assert not some.endless(lbfgs)
    some.enter_span()
    some.minimum(zero(some), lbfgs.gradient)
    assert not some.endless(lbfgs)


def test_draws_are_those_of_the_seed():
    X, y = overlapping(30_000)
    one, other = subsampler(X, y), subsampler(X, y)
    first, second = one.draw(), one.draw()
    assert_array_equal(first.places, other.draw().places)
    assert not np.array_equal(first.places, second.places)
    assert_allclose(first.weight.sum(), 30_000, rtol=0.05)


def test_sparse_rows_that_are_drawn_stand_for_all():
    random = np.random.default_rng(0)
    X = random.standard_normal((20_000, 30)) * (random.random((20_000, 30)) < 0.1)
    y = (X[:, 0] + random.standard_normal(20_000) > 0.5).astype(float)
    part = csr_array(X)
    rows = Rows((part.data, part.indices, part.indptr, 30), y)
    statistics = ColumnStatistics(rows, Penalty(1e-4), True, True)
    full = SampleObjective(rows, statistics.scaling, len(y), LOGISTIC)
    full.passes.predict_mean(0.5)
    some = Subsampler(full, statistics, CostModel(rows), TOL, 0)
    value = full.read(some.first(np.zeros(31)).point)[0]
    assert value - minimum(X, y, 1e-4) < 0.01 * value
