# SPDX-License-Identifier: BSD-3-Clause
"""Columns that vary in the rows held out alone."""

import numpy as np
import pytest
from _many import FEW, problem_of, table
from numpy.testing import assert_allclose, assert_array_equal

LAYOUTS = ["dense float64", "csr float64"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("constant", [0.0, 3.0, 1e9])
def test_mask(layout, constant):
    X, y, fold = table(FEW)
    X[:, 1] = np.where(fold == 1, X[:, 1], constant)
    X[np.flatnonzero(fold == 2)[7], 2] = 1e3  # which other columns have as well
    for fit_intercept in (True, False):
        flat = problem_of(X, y, fold, None, layout, fit_intercept).flat
        expected = np.zeros((4, 4), bool)
        expected[1, 1] = fit_intercept or constant == 0
        assert_array_equal(flat.mask, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_row_that_differs_is_seen(layout):
    """It is among few that are looked at only if it is asked for."""
    X, y, fold = table(FEW * 10)
    X[:, 1] = 3
    X[np.flatnonzero(fold == 0)[1001], 1] = 3 + 1e-9
    mask = problem_of(X, y, fold, layout=layout).flat.mask
    assert_array_equal(mask[:, 1], [True, False, False, False])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_points_without_flat_columns_have_the_same_logits(layout):
    X, y, fold = table(FEW)
    X[:, 1] = np.where(fold == 1, X[:, 1], 3.0)
    problem = problem_of(X, y, fold, layout=layout)
    grid, live = problem.grid, problem.objectives.live
    point = np.random.default_rng(0).standard_normal(live.shape)
    moved = problem.flat.without(point, grid.left_out, live)
    assert (moved[~live] == 0).all()
    before, after = (
        problem.models(p, p[0], p[0], [], True).weights[0] for p in (point, moved)
    )
    for k in range(4):
        x = np.column_stack([X[fold != k], np.ones(np.sum(fold != k))])
        assert_allclose(x @ before[k].T, x @ after[k].T, rtol=1e-9, atol=1e-9)
