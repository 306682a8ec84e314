# SPDX-License-Identifier: BSD-3-Clause
"""What a fit leaves to a stream: the curvature comes back from what was packed."""

import numpy as np
import pytest
from _quadratic import problem
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.quadratic import _preconditioners
from skpulsar._solvers.quadratic._fit_summary import FitSummary
from skpulsar._solvers.quadratic._preconditioners import DiagonalPreconditioner

ALPHA, D = 0.01, 4

kinds = pytest.mark.parametrize(
    ("fit_intercept", "weighted", "sparse"),
    [
        (True, False, False),
        (False, False, False),
        (True, True, False),
        (True, True, True),
        (False, True, True),
    ],
)


def summary(made, fit_intercept, packed):
    """That of a fit which ends at a point, and the point."""
    F = made.objective
    return FitSummary(
        F.rows.moments(), F.scaling.centre, fit_intercept, np.zeros(D + 1), 0.0,
        np.zeros(D + 1), Penalty(ALPHA), *packed,
    )  # fmt: skip


def of_the_loss(made, point, fit_intercept):
    """The curvature by the weights of (x - centre, 1)."""
    F = made.objective
    H = made.evaluate(point)[2] - np.diag(F.scaling.penalty)
    back = F.scaling.deviations()
    return H * back * back[:, np.newaxis]


@kinds
def test_a_factor_gives_the_curvature_of_the_loss(fit_intercept, weighted, sparse):
    made = problem(ALPHA, fit_intercept, weighted, False, sparse)
    F, point = made.objective, made.minimum()[1]
    F.read(point)
    left = summary(made, fit_intercept, F.preconditioner().packed)
    expected = of_the_loss(made, point, fit_intercept)
    found = left.curvature()
    assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    assert_array_equal(found, found.T)


@kinds
def test_many_columns_leave_the_diagonal(fit_intercept, weighted, sparse, monkeypatch):
    monkeypatch.setattr(_preconditioners, "MAX_PACKED_COLUMNS", D - 1)
    made = problem(ALPHA, fit_intercept, weighted, False, sparse)
    F, point = made.objective, made.minimum()[1]
    _, _, squares = F.read(point, diagonal=True)
    diagonal = DiagonalPreconditioner(F.scaling)
    diagonal.renew(squares)
    expected = of_the_loss(made, point, fit_intercept).diagonal()
    live = F.scaling.scale > 0
    for preconditioner in (F.preconditioner(), diagonal):
        left = summary(made, fit_intercept, preconditioner.packed)
        assert left.factor is None
        found = left.curvature()
        assert_allclose(found[live], expected[live], rtol=1e-8)
        assert_array_equal(found[~live], 0)


@kinds
def test_the_scaling_is_that_of_the_fit(fit_intercept, weighted, sparse):
    made = problem(ALPHA, fit_intercept, weighted, False, sparse)
    left = summary(made, fit_intercept, (np.ones(D + 1), None))
    for name in ("centre", "scale", "penalty", "mean"):
        expected = getattr(made.objective.scaling, name)
        assert_array_equal(getattr(left.scaling(), name), expected)
