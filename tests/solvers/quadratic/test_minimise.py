# SPDX-License-Identifier: BSD-3-Clause
"""The search for a minimum, where it is known."""

from pathlib import Path

import numpy as np
import pytest
from _quadratic import problem
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.quadratic import _lbfgs
from skpulsar._solvers.quadratic._minimise import (
    MAX_DESCENT_STEPS,
    Search,
    descend,
)

NEWTON = Path(__file__).parents[3] / "skpulsar/_kernels/training/newton.h"
D = 4


class Identity:
    def solve(self, gradient):
        return gradient

    def scaled(self, step, pair):
        return step


class Walk(Search):
    """Over a function of a point, which is written down at every one."""

    def __init__(self, function, goal=1e-20):
        super().__init__(None)
        self.function, self.goal, self.preconditioner = function, goal, Identity()
        self.values, self.best = [], []

    def evaluate(self, point):
        value, gradient = self.function(point)
        self.values.append(value)
        return value, gradient, None

    def accept(self, point, value, gradient, squares):
        assert squares is None
        decrement = self.lbfgs.accept(point, value, gradient, self.preconditioner)
        self.best.append(value)
        return "tol" if decrement <= self.goal else None


def parabola(stiffness):
    """Of the curvatures 1 and `stiffness`: a step of the length of the gradient is
    too long where these are above 2."""
    H = np.array([1.0, stiffness])
    return lambda point: (point @ (H * point) / 2, H * point)


START = np.array([1.0, -2.0])


@pytest.mark.parametrize("stiffness", [0.3, 1, 30, 1e4])
def test_ends_at_the_minimum_and_takes_no_point_that_is_worse(stiffness):
    walk = Walk(parabola(stiffness))
    assert walk.run(START, 100) == "tol"
    assert_allclose(walk.lbfgs.point, 0, atol=1e-6)
    assert walk.lbfgs.value == min(walk.values) == walk.best[-1]
    assert walk.best == sorted(walk.best, reverse=True)
    rejected = len(walk.values) - len(walk.best)
    assert (rejected > 0) == (stiffness > 2)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_ends_after_a_number_of_points(limit):
    walk = Walk(parabola(30), goal=-1)
    assert walk.run(START, limit) == "limit"
    assert len(walk.values) == limit


def test_where_every_step_is_worse_rounding_ends_the_search():
    def cone(point):
        return float(np.abs(point - START).sum()), np.ones(2)

    walk = Walk(cone)
    assert walk.run(START, 1000) == "rounding"
    assert_array_equal(walk.lbfgs.point, START)
    assert len(walk.best) == 1 and len(walk.values) < 100


def test_nothing_is_found_where_the_first_value_is_nan():
    walk = Walk(lambda point: (np.nan, point))
    assert walk.run(START, 10) == "rounding"
    assert walk.lbfgs.point is None


kinds = pytest.mark.parametrize(
    ("fit_intercept", "weighted", "part", "sparse"),
    [
        (True, False, False, False),
        (False, True, False, False),
        (True, True, True, False),
        (True, True, False, True),
        (False, False, True, True),
    ],
)


@kinds
def test_a_descent_ends_where_newton_s_method_does(
    fit_intercept, weighted, part, sparse
):
    some = problem(0.01, fit_intercept, weighted, part, sparse)
    F, start = some.objective, np.zeros(D + 1)
    best, point = some.minimum()
    for minimise in (F.newton, lambda *given: descend(F, *given)):
        found = minimise(start, 0.0, 1e-16)
        assert some.evaluate(found.point)[0] - best <= 1e-12 * best
        assert_allclose(found.point, point, atol=1e-5)
        gradient = some.evaluate(found.point)[1]
        assert_allclose(found.gradient, gradient, atol=1e-12)
        assert found.preconditioner is not None


@kinds
def test_an_anchor_is_the_gradient_at_the_start(fit_intercept, weighted, part, sparse):
    some = problem(0.1, fit_intercept, weighted, part, sparse)
    F, start = some.objective, 0.1 * some.minimum()[1]
    live = F.scaling.scale > 0
    anchor = some.evaluate(start)[1] + 0.02 * np.arange(D + 1.0) * live
    linear = anchor - some.evaluate(start)[1]
    _, point = some.minimum(linear)
    for minimise in (F.newton, lambda *given: descend(F, *given)):
        found = minimise(start, 0.0, 1e-16, anchor)
        assert_allclose(found.point, point, atol=1e-5)
        assert_allclose(found.gradient, 0, atol=1e-6)


@pytest.mark.parametrize("share", [0.5, 0.01])
def test_a_descent_stops_at_a_share_of_the_first_decrement(share):
    some = problem()
    start = np.zeros(D + 1)
    _, gradient, H = some.evaluate(start)
    first = gradient @ np.linalg.solve(H, gradient) / 2
    found = descend(some.objective, start, share, 0.0)
    last = found.gradient @ found.step / 2
    assert 0 < last <= share * first
    fewer = some.objective.n_read
    exact = problem().objective
    descend(exact, start, 0.0, 0.0)
    assert fewer < exact.n_read <= MAX_DESCENT_STEPS * len(some.target)


def test_a_descent_keeps_the_curvature_at_its_start():
    some = problem()
    start = 0.5 * some.minimum()[1]
    found = descend(some.objective, start, 0.0, 1e-12)
    gradient = np.arange(1.0, D + 2)
    expected = np.linalg.solve(some.evaluate(start)[2], gradient)
    assert_allclose(found.preconditioner.solve(gradient), expected, rtol=1e-9)
    assert found.pairs


def test_a_curvature_that_is_not_finite_leaves_the_start():
    some = problem()
    some.objective.scaling.scale[0] = 1e200
    start = np.zeros(D + 1)
    assert np.isfinite(some.objective.read(start)[0])
    found = descend(some.objective, start, 0.0, 1e-12)
    assert found.preconditioner is None
    assert_array_equal(found.point, start)


@pytest.mark.parametrize("name", ["MIN_STEP_SIZE", "RISE_TOLERANCE"])
def test_the_kernel_s_search_has_the_same_constants(name):
    words = NEWTON.read_text(encoding="utf-8").split()
    assert float(words[words.index(name) + 1]) == getattr(_lbfgs, name)
