# SPDX-License-Identifier: BSD-3-Clause
"""The objective over any rows is that over rows in memory, told in numbers."""

import numpy as np
import pytest
from _quadratic import at, overlapping, unscaled

from skpulsar._problem._losses import Softmax
from skpulsar._problem._memory import Rows
from skpulsar._solvers.quadratic._objective import Objective
from skpulsar._solvers.quadratic._softmax_objective import SoftmaxObjective
from skpulsar._solvers.quadratic._softmax_sample_objective import SoftmaxSampleObjective


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("sparse", [True, False])
def test_it_tells_what_the_residuals_of_a_sample_say(fit_intercept, sparse):
    X, y = overlapping()
    sample = unscaled(X, y, 0.1, fit_intercept, sparse=sparse)
    F = Objective(sample.rows, sample.scaling, sample.total, sample.loss)
    point, step = np.random.default_rng(0).standard_normal((2, X.shape[1] + 1))
    read = zip(F.read(point, True), sample.read(point, True), strict=True)
    assert all(np.array_equal(told, expected) for told, expected in read)
    residual, _, _ = at(sample, point)
    moved = sample.moved(step)
    assert F.curvature_along(step) == sample.curvature_at(residual, step, moved)
    gains = np.where(y == 1, -1, 1) * moved
    assert F.margin_gains(step) == (gains.min(), gains.max())
    assert F.passes.separated() == (residual.max() < 0.5)
    assert F.n_read == len(y)


def test_the_same_of_more_than_two_classes():
    X, y = overlapping()
    of_two, loss = unscaled(X, y, 0.1), Softmax(3)
    rows = Rows(X, np.random.default_rng(1).integers(0, 3, len(y)).astype(float))
    given = rows, of_two.scaling, of_two.total, loss
    F, sample = SoftmaxObjective(*given), SoftmaxSampleObjective(*given)
    point, step = np.random.default_rng(0).standard_normal((2, 3 * (X.shape[1] + 1)))
    read = zip(F.read(point, True), sample.read(point, True), strict=True)
    assert all(np.array_equal(told, expected) for told, expected in read)
    p, moved = sample.passes.probabilities(), sample.moved(step)
    bent = (p * moved**2).sum(axis=0) - (p * moved).sum(axis=0) ** 2
    expected = (
        bent.sum() / of_two.total + 0.1 * (step.reshape(3, -1)[:, :-1] ** 2).sum()
    )
    assert F.curvature_along(step) == pytest.approx(expected, rel=1e-12)
