# SPDX-License-Identifier: BSD-3-Clause
"""Classes that rows far out are done with, against a minimum without these rows."""

import numpy as np
import pytest
from _softmax import ByNumPy, rows_of
from numpy.testing import assert_allclose

from skpulsar._problem._penalty import Penalty
from skpulsar._problem._saturated_classes import SaturatedClasses
from skpulsar._solvers.quadratic._scaling import Scaling
from skpulsar._solvers.quadratic._softmax_preconditioners import NewtonPreconditioner
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective
from skpulsar._solvers.quadratic._softmax_saturation import (
    saturates,
    step_past,
    suspect,
)

ALPHA, FAR = 1e-6, 1e4


def with_far_rows(n=600, n_far=60):
    """A column that tells three classes apart, and rows far out of classes 0 and 1."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    X = rng.standard_normal((n, 1)) - 0.5 * (y == 2)[:, np.newaxis]
    X[:n_far], y[:n_far] = FAR, np.arange(n_far) % 2
    return X, y


def objective(X, y):
    rows, F = rows_of(X, y), ByNumPy(X, y, alpha=ALPHA)
    moments = rows.moments()
    scaling = Scaling.of(moments, Penalty(ALPHA), True, np.zeros(1))
    places = np.arange(len(y))
    return SoftmaxSampleObjective(rows, scaling, len(y), F.loss, places), F


def at_far_rows_on_their_side(F, n_far=60):
    """The minimum but for the slope of class 2, which has only left the far rows."""
    n = F.rows.n_rows
    U = np.zeros(F.shape)
    U[:, 0] = np.array([4.0, 4.0, -8.0]) / FAR / F.scaling.scale[0]
    for _ in range(30):  # the intercepts, and the slope that both far classes share
        _, gradient, _ = F.read(U.ravel())
        p = F.passes.probabilities()[:, n_far:].sum(axis=1) / n
        U[:, -1] -= gradient.reshape(F.shape)[:, -1] / np.maximum(p, 0.1)
    return U.ravel()


def test_what_is_gained_past_far_rows_is_no_less_than_there_is():
    X, y = with_far_rows()
    F, by_numpy = objective(X, y)
    point = at_far_rows_on_their_side(F)
    value, gradient, _ = F.read(point)
    newton = NewtonPreconditioner.of(F).solve(gradient)
    decrement = gradient @ newton / 2
    weights = np.array([F.scaling.to_original(u) for u in point.reshape(F.shape)])
    gap = value - by_numpy.least(weights)
    assert gap > 10 * decrement  # Newton's decrement does not see it.
    assert saturates(F, newton, suspect(1e-4))
    residual = F.residual.copy()
    batch = SoftmaxSampleObjective(F.rows, F.scaling, F.total, F.loss, F.places)
    step, gain = step_past(F, batch, gradient, 1e-2 * value)
    assert gap / 3 < gain < 3 * gap
    assert F.read(point - step)[0] < value - gap / 3
    assert_allclose(residual.sum(axis=0), 2 * residual[y, np.arange(len(y))])


def test_ordinary_rows_do_not_saturate_near_their_minimum(monkeypatch):
    X, y = with_far_rows(n_far=0)
    F, _ = objective(X, y)
    point = np.zeros(F.shape[0] * F.shape[1])
    for _ in range(20):
        _, gradient, _ = F.read(point)
        step = NewtonPreconditioner.of(F).solve(gradient)
        point = point - step
    _, gradient, _ = F.read(point)
    newton = NewtonPreconditioner.of(F).solve(gradient)
    assert not saturates(F, newton, suspect(1e-4))
    batch = SoftmaxSampleObjective(F.rows, F.scaling, F.total, F.loss, F.places)
    monkeypatch.delattr(SaturatedClasses, "choose")  # It would read all rows.
    step, gain = step_past(F, batch, gradient, 0.0)
    assert_allclose(step, newton)
    assert gain == pytest.approx(gradient @ newton / 2)
