# SPDX-License-Identifier: BSD-3-Clause
"""The quadratic that stands for rows with squared error, against NumPy."""

import numpy as np
import pytest
from _quadratic import csr
from numpy.testing import assert_allclose

from skpulsar._problem._logits import move_intercept
from skpulsar._problem._losses import SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._normal_equations import NormalEquations, solve
from skpulsar._solvers.quadratic._scaling import Scaling

N, D, K = 60, 4, 3


class Made:
    """Some rows with three targets, and their mean losses in NumPy."""

    def __init__(self, seed=0, sparse=False):
        random = np.random.default_rng(seed)
        self.X = random.standard_normal((N, D)) + 2
        self.Y = random.standard_normal((K, N))
        self.weight = random.exponential(size=N)
        matrix = csr(self.X) if sparse else self.X
        self.rows = Rows(matrix, self.Y, self.weight)
        self.v = random.standard_normal((K, D + 1))
        self.origin = np.zeros(D) if sparse else random.standard_normal(D)

    def equations(self, anchor=None, origin=None):
        anchor = np.zeros((K, D + 1)) if anchor is None else anchor
        origin = self.origin if origin is None else origin
        return NormalEquations.of_rows(self.rows, SQUARED, origin, anchor)

    def losses(self, v, origin=None):
        """And their gradients."""
        origin = self.origin if origin is None else origin
        A = np.column_stack([self.X - origin, np.ones(N)])
        errors, share = v @ A.T - self.Y, self.weight / self.weight.sum()
        return (errors**2 / 2) @ share, (errors * share) @ A


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_they_are_the_mean_losses_everywhere(sparse, seed):
    made = Made(seed, sparse)
    for anchor in (None, made.v + 1):
        found = made.equations(anchor).read(made.v)
        for own, expected in zip(found, made.losses(made.v), strict=True):
            assert_allclose(own, expected, rtol=1e-11, atol=1e-12)


def test_another_anchor_or_origin_changes_nothing_of_them():
    made = Made()
    equations, origin = made.equations(), made.origin + np.arange(D)
    for same in (equations.at(made.v), equations.about(origin)):
        v = move_intercept(made.v, same.origin - equations.origin)
        expected = made.losses(v, same.origin)
        for own, other in zip(same.read(v), expected, strict=True):
            assert_allclose(own, other, rtol=1e-11, atol=1e-11)
    assert equations.about(equations.origin) is equations


def test_those_of_two_parts_are_those_of_all():
    made = Made()
    places = np.arange(N)
    first, second = (
        made.rows.take(part, made.weight[part]) for part in (places[:25], places[25:])
    )
    parts = [
        NormalEquations.of_rows(part, SQUARED, made.origin, made.v)
        for part in (first, second)
    ]
    merged = parts[0].merge(parts[1], second.total() / made.weight.sum())
    whole = made.equations(made.v)
    for name in ("loss", "slope", "curvature"):
        assert_allclose(getattr(merged, name), getattr(whole, name), atol=1e-13)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 0.1])
def test_the_minimum_has_no_gradient(alpha, fit_intercept):
    made = Made()
    moments, penalty = made.rows.moments(), Penalty(alpha)
    scaling = Scaling.of(moments, penalty, fit_intercept, moments.mean)
    start = np.zeros((K, D + 1))
    for k, found in enumerate(solve(made.equations(), scaling, start, 1e-15)):
        w = found.weights
        value, gradient = made.losses(np.tile(w, (K, 1)), np.zeros(D))
        pull = np.append(alpha * w[:-1], 0)
        last = D + fit_intercept
        assert_allclose((gradient[k] + pull)[:last], 0, atol=1e-13)
        assert found.value == pytest.approx(value[k] + pull[:-1] @ w[:-1] / 2)
        assert found.gap <= 1e-14 * found.value
        assert fit_intercept or w[-1] == 0


def test_nothing_is_claimed_of_columns_that_products_cannot_tell_apart():
    made = Made()
    made.X[:, 1] = made.X[:, 0] * (1 + 1e-10 * np.random.default_rng(0).random(N))
    made.rows = Rows(made.X, made.Y, made.weight)
    moments, penalty = made.rows.moments(), Penalty(0.0)
    scaling = Scaling.of(moments, penalty, True, moments.mean)
    for found in solve(made.equations(), scaling, np.zeros((K, D + 1)), 1e-4):
        assert found.gap >= found.value > 0


def test_a_curvature_that_is_not_finite_has_no_minimum():
    made = Made()
    equations = made.equations()
    equations.curvature[1, 1] = np.inf
    moments = made.rows.moments()
    scaling = Scaling.of(moments, Penalty(0.1), True, moments.mean)
    assert solve(equations, scaling, np.zeros((K, D + 1)), 1e-4) is None
