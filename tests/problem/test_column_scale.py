# SPDX-License-Identifier: BSD-3-Clause
"""What columns are multiplied by, and that all solvers multiply by the same."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar import SLPClassifier
from skpulsar._problem._column_scale import column_scale
from skpulsar._problem._losses import LOGISTIC
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers._protocol import SolverState
from skpulsar._solvers._table import STEPPING, make
from skpulsar._solvers.quadratic._scaling import Scaling

FREE = Penalty(0.0)
SIZES = np.array([1e-140, 1e-3, 1, 5, 1e6, 1e140])


def table(n=100, seed=0):
    """Columns of all sizes, a constant, and zeros."""
    rng = np.random.default_rng(seed)
    varying = (1 + rng.standard_normal((n, len(SIZES)))) * SIZES
    return np.column_stack([varying, np.full(n, 7.0), np.zeros(n)])


def moments_of(X):
    return Rows(np.ascontiguousarray(X), np.zeros(len(X))).moments()


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_scaled_columns_have_a_mean_square_of_1_about_their_centre(
    fit_intercept, where
):
    X = table()[:, : len(SIZES)]
    centre = where * X.mean(axis=0)
    scale = column_scale(moments_of(X), FREE, centre, fit_intercept)
    squares = np.square((X - centre) * scale)
    assert_allclose(squares.mean(axis=0), 1, rtol=1e-10)


def test_an_intercept_makes_up_for_constants():
    moments = moments_of(table())
    scale = column_scale(moments, FREE, moments.mean, True)
    assert_array_equal(scale > 0, [True] * len(SIZES) + [False, False])


@pytest.mark.parametrize("where", [0.0, 1.0])
def test_without_an_intercept_constants_are_measured_from_0(where):
    moments = moments_of(table())
    scale = column_scale(moments, FREE, where * moments.mean, False)
    assert_array_equal(scale > 0, [True] * (len(SIZES) + 1) + [False])
    assert scale[len(SIZES)] == pytest.approx(1 / 7)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_barred_columns_have_no_scale(fit_intercept):
    moments = moments_of(table())
    free = column_scale(moments, FREE, moments.mean, fit_intercept)
    barred = np.arange(len(free)) % 2 == 0
    penalty = Penalty(1e-4, np.where(barred, 0.0, 3.0))
    scale = column_scale(moments, penalty, moments.mean, fit_intercept)
    assert_array_equal(scale, np.where(barred, 0, free))


def test_added_squares_bound_the_curvature():
    """That of the loss's bound and the penalty together."""
    moments, penalty, largest = moments_of(table()), Penalty(0.3), 0.25
    added = penalty.curvature() / largest
    scale = column_scale(moments, penalty, moments.mean, True, added)
    used = scale > 0
    curvature = largest * moments.variance * scale**2 + penalty.curvature(scale)
    assert used.sum() == len(SIZES)
    assert_allclose(curvature[used], largest)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("name", STEPPING)
def test_all_solvers_see_columns_at_one_scale(name, fit_intercept):
    """To the bit, where there is no penalty and the centre is the same."""
    X = table()
    rows = Rows(X, (X[:, 2] > 1).astype(float))
    parameters = SLPClassifier(fit_intercept=fit_intercept).get_params()
    state = make(name, LOGISTIC, FREE, parameters).init(rows, SolverState(seed=0))
    scaling = Scaling.of(rows.moments(), FREE, fit_intercept, state.centre)
    assert_array_equal(state.scale[:-1], scaling.scale[:-1])
