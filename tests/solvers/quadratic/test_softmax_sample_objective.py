# SPDX-License-Identifier: BSD-3-Clause
"""The softmax objective in scaled columns, against NumPy."""

from dataclasses import replace

import numpy as np
import pytest
from _softmax import ALPHA, ByNumPy, made, rows_of
from numpy.testing import assert_allclose

from skpulsar._problem._losses import centred
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import NewtonPreconditioner
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.streaming._discarded_rows import DiscardedRows, DiscardedTerms


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
    return SoftmaxSampleObjective(rows, scaling, rows.total(), expected.loss), expected


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
            unit = unit.ravel()
            along = F.curvature_along(unit)
            assert along == pytest.approx(squares[k, j])


@pytest.mark.parametrize("csr", [False, True])
def test_what_a_step_adds_to_the_logits(csr):
    F, _ = objective(csr)
    step, weights = point_and_weights(F)
    assert_allclose(F.moved(step), F.rows.logits(weights).T, atol=1e-12)


@pytest.mark.parametrize("discarded", [False, True])
def test_the_joint_curvature_is_that_of_all_classes_but_the_last(discarded):
    """A step of these, which the last one takes back."""
    F, _ = objective(n_classes=4)
    if discarded:
        F = with_discarded_rows(F)
    point, _ = point_and_weights(F)
    step = np.random.default_rng(2).standard_normal(F.shape)
    step[-1] = 0
    F.read(point)
    H = np.tril(F.joint_curvature().reshape(2 * (step[:-1].size,)))
    H += np.tril(H, -1).T
    bent = (H @ step[:-1].ravel()).reshape(F.shape[0] - 1, -1)
    step, h = centred(step), 1e-5
    up, down = (F.read(point + sign * h * step.ravel())[1] for sign in (1, -1))
    slopes = ((up - down) / (2 * h)).reshape(F.shape) - F.scaling.penalty * step
    assert_allclose(bent, slopes[:-1], rtol=1e-5, atol=1e-7)


def with_discarded_rows(F):
    """The same, and a quadratic."""
    rng, (n_classes, size) = np.random.default_rng(5), F.shape
    discarded = replace(
        DiscardedRows.none(np.ones(size - 1), n_classes, n_classes),
        slope=centred(rng.standard_normal((n_classes, n_classes + 1, size))).transpose(
            1, 0, 2
        ),
        bend=rng.exponential(size=(n_classes, n_classes, size - 1)),
        curvature=np.array([np.eye(size)] * n_classes),
        totals=np.ones(n_classes),
    )
    terms = DiscardedTerms(discarded, F.scaling, np.ones(n_classes), F.total)
    return SoftmaxSampleObjective(F.rows, F.scaling, F.total, F.loss, discarded=terms)


def test_discarded_rows_add_their_terms():
    F, _ = objective()
    both = with_discarded_rows(F)
    (point, _), (step, _) = point_and_weights(F), point_and_weights(F, 2)
    (value, gradient, squares), rest = F.read(point, True), both.discarded
    found, slope, diagonal = both.read(point, True)
    more, more_slope = rest.read(point)
    assert_allclose(found, value + more)
    assert_allclose(slope, gradient + more_slope)
    assert_allclose(diagonal, squares + rest.diagonal())
    along = F.curvature_along(step) + rest.bent(step) @ step
    assert_allclose(both.curvature_along(step), along)
    newton = NewtonPreconditioner.of(both)
    h = 1e-5
    up, down = both.read(point + h * step)[1], both.read(point - h * step)[1]
    assert_allclose(newton.solve((up - down) / (2 * h)), step, rtol=1e-4, atol=1e-6)


def test_probabilities_are_those_of_the_last_point():
    F, _ = objective()
    point, weights = point_and_weights(F)
    F.read(point)
    p = F.passes.probabilities()
    assert_allclose(p.sum(axis=0), 1, rtol=1e-14)
    logits = F.rows.logits(weights)
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert_allclose(p.T, expected / expected.sum(axis=1, keepdims=True), atol=1e-13)


def test_separated():
    F, _ = objective()
    point, _ = point_and_weights(F)
    F.read(point)
    assert not F.passes.separated()
    X = np.repeat(np.eye(3), 5, axis=0)
    rows = rows_of(X, np.repeat(np.arange(3), 5))
    scaling = Scaling.of(rows.moments(), Penalty(0.0), True, rows.moments().mean)
    apart = SoftmaxSampleObjective(rows, scaling, 15.0, F.loss)
    U = np.zeros(apart.shape)
    U[:, :-1] = 10 * np.eye(3)
    apart.read(centred(U).ravel())
    assert apart.passes.separated()


def test_centred_points_sum_to_zero():
    U = np.random.default_rng(0).standard_normal((7, 5))
    assert_allclose(centred(U).sum(axis=0), 0, atol=1e-15)
    assert_allclose(centred(U) - U, (centred(U) - U)[[0]].repeat(7, axis=0))
