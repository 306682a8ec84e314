# SPDX-License-Identifier: BSD-3-Clause
"""The objective over given rows, against NumPy."""

import numpy as np
import pytest
from _quadratic import Problem, problem
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._losses import SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._sample_objective import SampleObjective
from skpulsar._solvers.quadratic._scaling import Scaling

D = 4

kinds = [
    pytest.mark.parametrize("fit_intercept", [True, False]),
    pytest.mark.parametrize("weighted", [False, True]),
    pytest.mark.parametrize("part", [False, True]),
    pytest.mark.parametrize("sparse", [False, True]),
]


def every_kind(test):
    for mark in kinds:
        test = mark(test)
    return test


class Discarded:
    """A quadratic term, as a stream adds it."""

    def __init__(self, size, seed=3):
        random = np.random.default_rng(seed)
        root = random.standard_normal((size, size)) / size
        self.H, self.slope = root @ root.T, random.standard_normal(size)

    def read(self, point):
        bent = self.bent(point)
        return 0.7 + self.slope @ point + bent @ point / 2, self.slope + bent

    def diagonal(self):
        return self.H.diagonal()[np.newaxis]

    def block(self, k):
        return self.H if k == 0 else None

    def bent(self, step):
        return self.H @ step


def some(*kind):
    """A problem of a kind, a point and a step."""
    made = problem(0.01, *kind)
    random = np.random.default_rng(2)
    live = made.objective.scaling.scale > 0
    point, step = 0.5 * random.standard_normal((2, D + 1)) * live
    return made, point, step


def logistic(made, point):
    return np.exp(-np.logaddexp(0, -made.A @ point))


def lower(matrix):
    return np.tril(matrix)


@every_kind
def test_value_gradient_curvature_and_residuals(fit_intercept, weighted, part, sparse):
    made, point, _ = some(fit_intercept, weighted, part, sparse)
    F = made.objective
    value, gradient, H = made.evaluate(point)
    found = F.read(point, diagonal=True)
    assert_allclose(found[0], value, rtol=1e-12)
    assert_allclose(found[1], gradient, rtol=1e-9, atol=1e-13)
    live = F.scaling.scale > 0
    assert_allclose(found[2][live], H.diagonal()[live], rtol=1e-10)
    assert F.read(point)[2] is None
    assert_allclose(F.residual, abs(logistic(made, point) - made.target), rtol=1e-10)
    assert F.n_read == 2 * len(made.target)
    assert_allclose(lower(F.curvature() + np.diag(F.scaling.penalty)), lower(H))
    gradient *= live
    step = F.preconditioner().solve(gradient)
    assert_allclose(H @ step, gradient, rtol=1e-8, atol=1e-12)


@every_kind
def test_the_curvature_at_other_residuals(fit_intercept, weighted, part, sparse):
    made, point, step = some(fit_intercept, weighted, part, sparse)
    F = made.objective
    F.read(point)
    residual = np.random.default_rng(4).random(len(made.target))
    h = made.share * residual * (1 - residual)
    loss = (made.A.T * h) @ made.A
    moved = F.moved(step)
    assert_allclose(moved, made.A @ step, atol=1e-12)
    H = loss + np.diag(F.scaling.penalty)
    assert_allclose(F.loss_curvature(moved, residual), step @ loss @ step, rtol=1e-10)
    assert_allclose(F.curvature_at(residual, step, moved), step @ H @ step)
    assert_allclose(F.curvature_times(step, residual), H @ step, atol=1e-12)
    assert_allclose(lower(F.curvature(residual)), lower(loss), atol=1e-13)


@every_kind
def test_discarded_rows_are_added_to_all_of_it(fit_intercept, weighted, part, sparse):
    made, point, step = some(fit_intercept, weighted, part, sparse)
    F, live = made.objective, made.objective.scaling.scale > 0
    assert F.stands_alone
    F.discarded = discarded = Discarded(D + 1)
    assert not F.stands_alone
    value, gradient, H = made.evaluate(point)
    H = H + discarded.H
    found = F.read(point, diagonal=True)
    assert_allclose(found[0], value + discarded.read(point)[0])
    assert_allclose(found[1], gradient + discarded.slope + discarded.H @ point)
    assert_allclose(found[2][live], H.diagonal()[live])
    moved, residual = F.moved(step), F.residual
    assert_allclose(F.curvature_at(residual, step, moved), step @ H @ step)
    assert_allclose(F.curvature_times(step, residual), H @ step, atol=1e-12)
    assert_allclose(lower(F.curvature() + np.diag(F.scaling.penalty)), lower(H))
    gains = F.column_gains(gradient, residual)
    assert_allclose(gains[live[:-1]], (gradient**2 / H.diagonal() / 2)[:-1][live[:-1]])


@every_kind
def test_parts_of_the_gradient_sum_to_that_of_the_loss(
    fit_intercept, weighted, part, sparse
):
    made, point, _ = some(fit_intercept, weighted, part, sparse)
    F, places = made.objective, np.arange(len(made.target))
    halves = [
        F.part_of_gradient(np.flatnonzero(places % 2 == i), point) for i in (0, 1)
    ]
    slope = made.evaluate(point)[1] - F.scaling.penalty * point
    assert_allclose(sum(halves), slope, rtol=1e-9, atol=1e-13)
    one = made.A[0] * made.share[0] * (logistic(made, point) - made.target)[0]
    assert_allclose(F.part_of_gradient(places[:1], point), one, atol=1e-14)


def test_separated_is_every_row_on_its_side():
    made = problem()
    F = made.objective
    F.read(np.zeros(D + 1))  # no row is on a side
    assert not F.passes.separated()
    F.read(made.minimum()[1])
    assert not F.passes.separated()
    F.target[:] = made.A[:, 0] > 0
    F.read(np.eye(D + 1)[0])
    assert F.passes.separated()


@pytest.mark.parametrize("tolerance", [1e-2, 1e-6])
def test_newton_stops_within_a_tolerance(tolerance):
    made = problem()
    found = made.objective.newton(np.zeros(D + 1), 0.0, tolerance)
    value, gradient, H = made.evaluate(found.point)
    assert gradient @ np.linalg.solve(H, gradient) / 2 <= tolerance * value
    assert_allclose(H @ found.step, gradient, rtol=1e-7)
    assert_allclose(found.gradient, gradient, rtol=1e-7)
    tighter = problem().objective
    tighter.newton(np.zeros(D + 1), 0.0, 1e-20)
    assert made.objective.n_read < tighter.n_read


def test_no_curvature_is_a_minimum_without_a_preconditioner():
    made = problem()
    made.objective.scaling.scale[0] = 1e200
    start = np.zeros(D + 1)
    found = made.objective.newton(start, 0.0, 1e-6)
    assert found.preconditioner is None and found.step is None
    assert_array_equal(found.point, start)
    assert made.objective.preconditioner() is None


def test_the_oracle_has_the_derivatives_of_its_value():
    made, point, step = some(True, True, False, False)
    assert isinstance(made, Problem)
    step *= 1e-5
    (low, before, _), (high, after, _) = (
        made.evaluate(point + way * step) for way in (-1, 1)
    )
    _, gradient, H = made.evaluate(point)
    assert_allclose((high - low) / 2, gradient @ step, rtol=1e-7)
    assert_allclose((after - before) / 2, H @ step, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("anchored", [False, True])
def test_one_step_minimises_a_quadratic(anchored, fit_intercept):
    random = np.random.default_rng(0)
    X, y = random.standard_normal((50, D)), random.standard_normal(50)
    rows = Rows(X, y, random.exponential(size=50))
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(0.1), fit_intercept, moments.mean)
    F = SampleObjective(rows, scaling, rows.total(), SQUARED)
    start = random.standard_normal(D + 1) * (scaling.scale > 0)
    push = 0.1 * random.standard_normal(D + 1) * (scaling.scale > 0)
    anchor = F.read(start)[1] + push if anchored else None
    found = F.solve(start, anchor)
    gradient = F.read(found.point)[1] + (push if anchored else 0)
    assert_allclose(gradient, 0, atol=1e-13)
    assert found.preconditioner is not None
