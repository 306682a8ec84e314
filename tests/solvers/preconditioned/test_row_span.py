# SPDX-License-Identifier: BSD-3-Clause
"""The problem in the span of the rows is the problem of all columns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import softmax

from skpulsar._problem._losses import LOGISTIC, Softmax, centred
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._row_span import RowSpan, SpanPreconditioner
from skpulsar._solvers.quadratic._sample_objective import SampleObjective
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import NewtonPreconditioner
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective

N, D = 12, 40

kinds = pytest.mark.parametrize(
    ("fit_intercept", "weighted", "part", "real", "standardised"),
    [
        (True, False, False, np.float64, False),
        (False, False, False, np.float64, False),
        (True, True, False, np.float64, True),
        (False, True, False, np.float32, False),
        (True, False, True, np.float64, True),
        (True, True, True, np.float32, False),
        (False, True, True, np.float64, True),
    ],
)


def objective(fit_intercept, weighted, part, real, standardised, alpha=0.01):
    """That of rows with columns of many sizes, one of them constant, one of zeros."""
    random = np.random.default_rng(0)
    n = 2 * N if part else N
    X = random.standard_normal((n, D)) * 10.0 ** random.uniform(-1, 1, D) + 1
    X[:, 3], X[:, 5] = 2, 0
    target = random.integers(0, 2, n) * 1.0
    weight = random.exponential(size=n) if weighted else None
    index = random.permutation(n)[:N] if part else None
    rows = Rows(X.astype(real), target, weight, index)
    deviation = random.exponential(size=D) if standardised else 1.0
    penalty = Penalty(alpha, deviation)
    scaling = Scaling.of(rows.moments(), penalty, fit_intercept, rows.moments().mean)
    total = N if weight is None else rows.sample_weight().sum()
    return SampleObjective(rows, scaling, total, LOGISTIC)


def at(full, size=1.0):
    """The span, and a point of it by both coordinates, with logits of some size."""
    span, scaling = RowSpan(full), full.scaling
    point = np.random.default_rng(1).standard_normal(D + 1) * (scaling.scale > 0)
    v = size / np.abs(full.moved(point)).max() * span.to_span(point)
    return span, v, span.from_span(v)


def by_numpy(full, point):
    """F, its gradient and its curvature, from scratch."""
    scaling, rows = full.scaling, full.rows
    X = rows.entries(np.arange(N)).astype(float) - scaling.centre
    A = np.column_stack([X, np.ones(N)]) * scaling.scale
    weight = np.ones(N) if full.weight is None else full.weight
    weight = weight / weight.sum()
    z, logits = full.target, A @ point
    p = 1 / (1 + np.exp(-logits))
    value = weight @ (np.logaddexp(0, logits) - z * logits)
    value += scaling.penalty @ point**2 / 2
    gradient = A.T @ (weight * (p - z)) + scaling.penalty * point
    H = (A.T * (weight * p * (1 - p))) @ A + np.diag(scaling.penalty)
    return value, gradient, H


@kinds
def test_has_the_objective_of_all_columns(
    fit_intercept, weighted, part, real, standardised
):
    full = objective(fit_intercept, weighted, part, real, standardised)
    span, v, point = at(full)
    value, gradient, _ = span.objective.read(v)
    expected, slope, _ = by_numpy(full, point)
    assert_allclose(value, expected, rtol=1e-10)
    assert_allclose(full.read(point)[0], expected, rtol=1e-10)
    rounding = 1e-6 * np.abs(gradient).max()  # centred rows depend on each other
    assert_allclose(gradient, span.gradient(slope), rtol=1e-8, atol=rounding)
    # The chain rule: how F changes along v is how it changes along the point.
    way = span.to_span(np.random.default_rng(2).standard_normal(D + 1))
    assert_allclose(gradient @ way, slope @ span.from_span(way), rtol=1e-8, atol=1e-10)


@kinds
def test_entering_undoes_leaving(fit_intercept, weighted, part, real, standardised):
    full = objective(fit_intercept, weighted, part, real, standardised)
    span, v, point = at(full)
    assert_allclose(span.to_span(point), v, rtol=1e-7, atol=1e-9)
    assert point[3] == 0 or not fit_intercept  # a constant column has no weight
    assert point[5] == 0


@kinds
def test_what_lies_outside_is_lost(fit_intercept, weighted, part, real, standardised):
    full = objective(fit_intercept, weighted, part, real, standardised)
    span, v, point = at(full)
    random, scaling = np.random.default_rng(3), full.scaling
    outside = random.standard_normal(D + 1) * (scaling.scale > 0)
    outside -= span.from_span(span.to_span(outside))
    assert_allclose(full.moved(outside), 0, atol=1e-8)
    assert_allclose(outside * scaling.penalty @ point, 0, atol=1e-8)
    assert_allclose(span.to_span(point + outside), v, rtol=1e-7, atol=1e-8)


@kinds
@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_the_preconditioner_is_newton_s_of_all_columns(
    size, fit_intercept, weighted, part, real, standardised
):
    full = objective(fit_intercept, weighted, part, real, standardised)
    span, v, point = at(full, size)
    span.objective.read(v)
    preconditioner = SpanPreconditioner(span, span.objective.preconditioner())
    H = by_numpy(full, point)[2]
    gradient = np.random.default_rng(4).standard_normal(D + 1)
    gradient[full.scaling.scale == 0] = 0
    step = preconditioner.solve(gradient)
    expected = np.linalg.solve(H, gradient)
    assert_allclose(step, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max())
    roots, none = preconditioner.packed
    assert none is None
    assert_allclose(roots**2, np.diag(H), rtol=1e-8)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [1e-8, 1e-4, 1.0])
def test_its_minimum_is_that_of_all_columns(fit_intercept, alpha):
    full = objective(fit_intercept, True, False, np.float64, False, alpha)
    span = RowSpan(full)
    found = span.objective.newton(np.zeros(N + 1), 0.0, 1e-30)
    point = span.from_span(found.point)
    value, gradient, H = by_numpy(full, point)
    decrement = gradient @ np.linalg.solve(H, gradient) / 2
    assert decrement <= 1e-10 * value


def test_rows_that_depend_on_each_other():
    """A row that is there twice adds no direction: the factor is raised a little."""
    full = objective(True, False, False, np.float64, False)
    X = full.rows.entries(np.arange(N))
    X[1] = X[0]
    rows = Rows(X, full.target)
    scaling = Scaling.of(rows.moments(), Penalty(0.01), True, rows.moments().mean)
    full = SampleObjective(rows, scaling, N, LOGISTIC)
    span = RowSpan(full)
    found = span.objective.newton(np.zeros(N + 1), 0.0, 1e-30)
    value, gradient, H = by_numpy(full, span.from_span(found.point))
    assert gradient @ np.linalg.solve(H, gradient) / 2 <= 1e-6 * value


K = 4

of_classes = [
    pytest.mark.parametrize("fit_intercept", [True, False]),
    pytest.mark.parametrize("weighted", [False, True]),
]


def softmax_objective(fit_intercept, weighted, alpha=0.01):
    """The same rows, of more than two classes."""
    two = objective(fit_intercept, weighted, False, np.float64, False, alpha)
    target = np.arange(N) % K * 1.0
    rows = Rows(two.rows.entries(np.arange(N)), target, two.rows.sample_weight())
    return SoftmaxSampleObjective(rows, two.scaling, two.total, Softmax(K))


def point_of_classes(full, span):
    """A point of the span, by both coordinates, with sums of 0 over the classes."""
    point = centred(np.random.default_rng(1).standard_normal(full.shape))
    point *= full.scaling.scale > 0
    v = span.to_span(point.ravel())
    v /= np.abs(full.moved(point.ravel())).max()
    return v, span.from_span(v)


def curvature_of_classes(full, point):
    """By NumPy, from scratch, of all classes; singular along even intercepts."""
    scaling, size = full.scaling, len(full.scaling.scale)
    X = full.rows.entries(np.arange(N)) - scaling.centre
    A = np.column_stack([X, np.ones(N)]) * scaling.scale
    P = softmax(A @ point.reshape(K, size).T, axis=1)
    weight = np.ones(N) if full.weight is None else full.weight
    H = np.zeros((K, size, K, size))
    for k in range(K):
        for other in range(K):
            h = weight / full.total * P[:, k] * ((k == other) - P[:, other])
            H[k, :, other] = (A.T * h) @ A
        H[k, :, k] += np.diag(scaling.penalty)
    return H.reshape(K * size, K * size)


def every_kind_of_classes(test):
    for mark in of_classes:
        test = mark(test)
    return test


@every_kind_of_classes
def test_has_the_objective_of_all_columns_with_more_classes(fit_intercept, weighted):
    full = softmax_objective(fit_intercept, weighted)
    span = RowSpan(full)
    v, point = point_of_classes(full, span)
    value, gradient, _ = span.objective.read(v)
    expected, slope, _ = full.read(point)
    assert_allclose(value, expected, rtol=1e-10)
    assert_allclose(span.to_span(point), v, rtol=1e-7, atol=1e-9)
    rounding = 1e-6 * np.abs(gradient).max()
    assert_allclose(gradient, span.gradient(slope), rtol=1e-8, atol=rounding)


@every_kind_of_classes
def test_the_preconditioner_is_newton_s_of_all_columns_and_classes(
    fit_intercept, weighted
):
    full = softmax_objective(fit_intercept, weighted)
    span = RowSpan(full)
    v, point = point_of_classes(full, span)
    span.objective.read(v)
    preconditioner = SpanPreconditioner(span, NewtonPreconditioner.of(span.objective))
    H = curvature_of_classes(full, point)
    gradient = centred(np.random.default_rng(4).standard_normal(full.shape))
    gradient = (gradient * (full.scaling.scale > 0)).ravel()
    expected = np.linalg.lstsq(H, gradient, rcond=1e-12)[0]
    step = preconditioner.solve(gradient)
    assert_allclose(step, expected, rtol=1e-6, atol=1e-8 * np.abs(expected).max())
    roots, none = preconditioner.packed
    assert none is None
    assert_allclose(roots.ravel() ** 2, np.diag(H), rtol=1e-8)
