# SPDX-License-Identifier: BSD-3-Clause
"""Coordinates of the preconditioned solver."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic._scaling import Scaling

ALPHA = 0.01


def frame_of(X, fit_intercept, centred=True):
    moments = Rows(X, np.zeros(len(X)), None).moments()
    centre = moments.mean if centred else np.zeros(X.shape[1])
    return Scaling.of(moments, Penalty(ALPHA), fit_intercept, centre)


def columns(mean, n=200, d=4, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((n, d)) * [1, 10, 0.1, 3] + mean


@pytest.mark.parametrize("mean", [0, 5, 1e6])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_points_and_weights_say_the_same(mean, fit_intercept):
    X = columns(mean)
    scaling = frame_of(X, fit_intercept)
    weights = np.random.default_rng(1).standard_normal(5)
    weights[-1] *= fit_intercept
    point = scaling.to_scaled(weights)
    assert_allclose(scaling.to_original(point), weights, rtol=1e-9, atol=1e-9)
    rows = np.column_stack([X - scaling.centre, np.ones(len(X))]) * scaling.scale
    logits = X @ weights[:-1] + weights[-1]
    atol = 1e-12 * np.abs(logits).max()
    assert_allclose(rows @ point, logits, rtol=1e-9, atol=atol)
    cost = scaling.penalty @ point**2
    assert_allclose(cost, ALPHA * weights[:-1] @ weights[:-1], rtol=1e-12)


@pytest.mark.parametrize("mean", [1e6, 1e9])
def test_far_from_0_without_an_intercept_points_are_tied(mean):
    scaling = frame_of(columns(mean), False)
    assert scaling.fit_intercept and scaling.tie is not None
    weights = np.append(np.random.default_rng(1).standard_normal(4), 0.0)
    point = scaling.to_scaled(weights)
    assert abs(scaling.tie @ point) <= 1e-15 * np.abs(scaling.tie) @ np.abs(point)
    assert scaling.to_original(point)[-1] == 0
    squares = np.square((columns(mean) - scaling.centre) * scaling.scale[:-1])
    assert_allclose(squares.mean(axis=0), 1, rtol=1e-6)


def test_a_constant_needs_no_centre_where_points_are_tied():
    """About its own value it would have no curvature, and without a penalty no step."""
    X = columns(1e6)
    X[:, 1] = 7.0
    scaling = frame_of(X, False)
    assert scaling.tie is not None and scaling.scale[1] == pytest.approx(1 / 7)
    weights = np.array([0, 2.0, 0, 0, 0])
    assert_allclose(scaling.to_original(scaling.to_scaled(weights)), weights)
    assert scaling.centre[1] == scaling.to_scaled(weights)[-1] == 0


@pytest.mark.parametrize("X", [columns(0), columns(5), columns(1e6)[:4]])
def test_no_tie_near_0_or_in_the_span_of_a_few_rows(X):
    scaling = frame_of(X, False)
    assert scaling.tie is None and not scaling.fit_intercept
    assert_array_equal(scaling.centre, 0)
    assert scaling.scale[-1] == 0


def test_no_tie_with_an_intercept_or_without_a_centre():
    assert frame_of(columns(1e6), True).tie is None
    assert frame_of(columns(1e6), False, centred=False).tie is None
