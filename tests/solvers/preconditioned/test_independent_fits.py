# SPDX-License-Identifier: BSD-3-Clause
"""Fits of several outputs in the same passes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skpulsar._problem._losses import LOGISTIC, SQUARED
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.preconditioned._independent_fits import IndependentFits
from skpulsar._solvers.preconditioned._solver import Preconditioned
from skpulsar._solvers.preconditioned._survey import Survey

SHAPES = [(300, 4), (20_000, 6), (12_000, 200), (3000, 300), (60, 300)]


def made(n, d, loss, seed=0):
    """Rows with one target that depends on a column, one on all, and one on none."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n, d)) * 2.0 ** (np.arange(d) % 5)
    z = np.stack([X[:, 0], X.sum(axis=1) / 4, 0 * X[:, 0]])
    z += random.logistic(size=z.shape)
    return X, (z > 0.5).astype(float) if loss is LOGISTIC else z


def ended(workspace, weights):
    """The weights and why it ended."""
    for _ in range(200):
        stop_reason = workspace.try_point(workspace.propose(weights))
        if stop_reason is not None:
            return stop_reason
    raise AssertionError("no end")


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED], ids=lambda loss: loss.tag)
@pytest.mark.parametrize("n, d", SHAPES)
def test_each_ends_as_if_it_were_alone(n, d, loss):
    X, targets = made(n, d, loss)
    solver = Preconditioned(loss, Penalty(1e-3), 1e-6, True)
    together = IndependentFits(solver, Rows(X, targets), 0)
    weights = np.zeros((3, d + 1))
    assert ended(together, weights) == "tol"
    outputs = [Rows(X, target) for target in targets]
    alone = [Survey(solver, output, 0).fit(output) for output in outputs]
    for k, fit in enumerate(alone):
        ended(fit, weights[[k]])
        assert_array_equal(together.fits[k].weights(), fit.weights())
        counts = [getattr(each, "n_passes", 1) for each in (together.fits[k], fit)]
        assert counts[0] == counts[1]
    for name in ("loss", "gap", "n_sampled"):
        own = sum(getattr(fit, name) for fit in alone)
        assert getattr(together, name) == pytest.approx(own, rel=1e-14)
    assert together.weights().shape == (3, d + 1)


def test_a_reason_that_is_not_tol_counts_more():
    X, targets = made(300, 4, LOGISTIC)
    targets[1] = X[:, 1] > 0  # Without a penalty this has no minimum.
    solver = Preconditioned(LOGISTIC, Penalty(0.0), 1e-6, True)
    together = IndependentFits(solver, Rows(X, targets), 0)
    assert ended(together, np.zeros((3, 5))) == "separable"
    assert [fit.stop_reason for fit in together.fits] == ["tol", "separable", "tol"]
