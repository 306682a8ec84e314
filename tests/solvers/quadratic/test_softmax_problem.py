# SPDX-License-Identifier: BSD-3-Clause
"""The softmax objective in scaled columns, against NumPy."""

import numpy as np
import pytest
from _softmax import ALPHA, ByNumPy, made, rows_of
from numpy.testing import assert_allclose

from skpulsar._problem._losses import centred
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_problem import SoftmaxObjective


def objective(csr=False, weighted=True, n_classes=3, fit_intercept=True, part=False):
    X, y, weight = made(n_classes=n_classes, sparse=csr)
    weight = weight if weighted else None
    rows, expected = rows_of(X, y, weight, csr), ByNumPy(X, y, weight)
    if part:
        places = np.arange(0, len(y), 2)
        rows = rows.at(places)
        expected = ByNumPy(
            X[places], y[places], None if weight is None else weight[places]
        )
    moments = rows.moments()
    centre = moments.centre(csr) if fit_intercept else np.zeros(X.shape[1])
    scaling = Scaling.of(moments, Penalty(ALPHA), fit_intercept, centre)
    return SoftmaxObjective(rows, scaling, rows.total(), expected.loss), expected


def point_and_weights(F, seed=1):
    U = centred(np.random.default_rng(seed).standard_normal(F.shape))
    U[:, F.scaling.scale == 0] = 0
    return U.ravel(), np.array([F.scaling.to_original(row) for row in U])


@pytest.mark.parametrize("n_classes", [3, 5])
@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("part", [False, True])
def test_value_and_gradient(csr, weighted, part, n_classes):
    F, expected = objective(csr, weighted, n_classes, part=part)
    point, weights = point_and_weights(F)
    value, gradient, squares = F.read(point, True)
    true_value, slope = expected(weights)
    assert value == pytest.approx(true_value, rel=1e-12)
    centre = F.scaling.centre
    slope[:, :-1] -= centre * slope[:, -1:]  # by the point: of centred columns
    assert_allclose(gradient.reshape(F.shape), slope * F.scaling.scale, atol=1e-12)
    assert_allclose(gradient.reshape(F.shape).sum(axis=0), 0, atol=1e-12)
    assert squares.shape == F.shape and F.n_read == F.rows.n_rows


@pytest.mark.parametrize("csr", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_curvature_along_a_step_is_the_second_derivative(csr, weighted):
    F, _ = objective(csr, weighted)
    point, _ = point_and_weights(F)
    step, _ = point_and_weights(F, 2)
    h = 1e-4
    up, down = F.read(point + h * step)[1], F.read(point - h * step)[1]
    _, _, squares = F.read(point, True)
    along = F.curvature_along(step)
    assert along == pytest.approx((up - down) @ step / (2 * h), rel=1e-6)
    for k in range(F.shape[0]):
        for j in (0, F.shape[1] - 1):
            unit = np.zeros(F.shape)
            unit[k, j] = 1
            assert F.curvature_along(unit.ravel()) == pytest.approx(squares[k, j])


def test_probabilities_are_those_of_the_last_point():
    F, _ = objective()
    point, weights = point_and_weights(F)
    F.read(point)
    p = F.probabilities()
    assert_allclose(p.sum(axis=0), 1, rtol=1e-14)
    logits = F.rows.logits(weights)
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert_allclose(p.T, expected / expected.sum(axis=1, keepdims=True), atol=1e-13)


def test_separated():
    F, _ = objective()
    point, _ = point_and_weights(F)
    F.read(point)
    assert not F.separated()
    X = np.repeat(np.eye(3), 5, axis=0)
    rows = rows_of(X, np.repeat(np.arange(3), 5))
    scaling = Scaling.of(rows.moments(), Penalty(0.0), True, rows.moments().mean)
    apart = SoftmaxObjective(rows, scaling, 15.0, F.loss)
    U = np.zeros(apart.shape)
    U[:, :-1] = 10 * np.eye(3)
    apart.read(centred(U).ravel())
    assert apart.separated()


def test_centred_points_sum_to_zero():
    U = np.random.default_rng(0).standard_normal((7, 5))
    assert_allclose(centred(U).sum(axis=0), 0, atol=1e-15)
    assert_allclose(centred(U) - U, (centred(U) - U)[[0]].repeat(7, axis=0))
