# SPDX-License-Identifier: BSD-3-Clause
"""Columns that lose their curvature where models move."""

import numpy as np
from _many import MANY, grid_of, problem_of
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.many._lost_columns import (
    lost_columns,
    lost_with_folds,
    worn_columns,
)
from skpulsar._solvers.many._metrics import Metrics, stacked

ALPHAS = np.array([1e-5, 1e-7, 10.0])


def rare_problem():
    """A rare column of ones between two that are not; metrics at small weights."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((MANY, 3))
    X[:, 1] = rng.random(MANY) < 0.01
    y, fold = (rng.random(MANY) < 0.5) * 1.0, rng.permutation(MANY) % 3
    problem = problem_of(X, y, fold, grid_of(fold, ALPHAS))
    start = np.zeros((4, 3))
    whole = problem.objectives.of(problem.grid.whole)
    factored = problem.groups.factors(start, whole)
    metrics = Metrics(stacked(factored), problem.grid.path, problem.objectives.live)
    return problem, metrics, start[:, problem.grid.path]


def test_diagonals_of_metrics_are_those_of_the_curvature():
    problem, metrics, _ = rare_problem()
    some, whole = np.array([4, 0]), problem.objectives.of(problem.grid.whole)
    squares = problem.groups.diagonals(np.zeros(4))[:, :, np.newaxis]
    expected = whole.diagonal(squares)[:, problem.grid.path[some]]
    assert_allclose(metrics.diagonals(some), expected)


def test_columns_whose_weight_has_grown():
    problem, metrics, start = rare_problem()
    models = np.arange(9)  # of the folds
    for logit in (0.5, -5.0, 5.0):
        point = start[:, models].copy()
        point[1] = logit / problem.scaling.scale[1]
        lost = lost_columns(
            problem, metrics, problem.groups, models, start[:, models], point
        )
        expected = np.zeros(lost.shape, bool)
        expected[1] = np.tile([abs(logit) > 1, abs(logit) > 1, False], 3)
        assert_array_equal(lost, expected)  # The largest penalty curves enough.


def test_each_fold_for_itself():
    problem, metrics, start = rare_problem()
    models = np.array([1, 7, 4])  # the smallest alpha of each
    point = start[:, models].copy()
    point[1, 2] = 5 / problem.scaling.scale[1]
    lost = lost_columns(
        problem, metrics, problem.groups, models, start[:, models], point
    )
    assert np.argwhere(lost).tolist() == [[1, 2]]


def test_rows_held_out_do_not_count():
    """Of most rows where the column is 1 the logit is still 0, but fold 0 has them."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((MANY, 3))
    X[:, 1] = rng.random(MANY) < 0.01
    moved = (X[:, 1] == 1) & (rng.random(MANY) < 0.7)
    X[moved, 0] = 5.0
    y = (rng.random(MANY) < 0.5) * 1.0
    fold = np.where(moved, 0, rng.permutation(MANY) % 3)
    problem = problem_of(X, y, fold, grid_of(fold, ALPHAS))
    scale, centre = problem.scaling.scale, problem.scaling.centre
    start, point = np.zeros((4, 9)), np.zeros((4, 9))
    point[:2] = np.array([[1.0], [-5.0]]) / scale[:2, np.newaxis]
    point[3] = (centre * scale[:-1])[:2] @ point[:2]
    whole = problem.objectives.of(problem.grid.whole)
    factored = problem.groups.factors(start[:, :3], whole)
    metrics = Metrics(stacked(factored), problem.grid.path, problem.objectives.live)
    lost = lost_columns(problem, metrics, problem.groups, np.arange(9), start, point)
    # The largest penalty curves enough.
    assert np.argwhere(lost).tolist() == [[1, 0], [1, 1]]


def test_what_is_left_of_metrics():
    """It is the diagonal at its own point, of the smallest alpha of every fold."""
    problem, metrics, _ = rare_problem()
    objectives, point = problem.objectives, np.zeros((4, 12))
    point[1, 3:6] = -5 / problem.scaling.scale[1]
    kept, lost = worn_columns(problem, metrics, problem.groups, point)
    for model in 1, 4, 7, 10:
        squares = problem.groups.diagonals(point[:, model])[:, :, np.newaxis]
        own = objectives.diagonal(squares)[:, model]
        assert_allclose(kept[:, model], own)
    assert np.argwhere(lost).tolist() == [[1, 3], [1, 4]]


def test_a_fold_that_has_the_curvature_where_the_penalty_is_small():
    """At weights of 6 only the rows of fold 1 are not far on their side."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((MANY, 3))
    X[:, 1] = rng.random(MANY) < 0.01
    y, fold = (rng.random(MANY) < 0.5) * 1.0, rng.permutation(MANY) % 3
    X[(X[:, 1] == 1) & (fold == 1), 0] = -6.0
    problem = problem_of(X, y, fold, grid_of(fold, ALPHAS))
    start = np.zeros((4, 3))
    assert len(lost_with_folds(problem, problem.groups, start, 0.5)) == 0
    start[:2, 1] = np.array([1.0, 6.0]) / problem.scaling.scale[:2]
    start[3, 1] = (
        start[:2, 1] @ (problem.scaling.centre * problem.scaling.scale[:-1])[:2]
    )
    grid, found = problem.grid, lost_with_folds(problem, problem.groups, start, 0.5)
    assert_array_equal(grid.left_out[found], [1, 1])
    assert_array_equal(ALPHAS[grid.strength[found]], [1e-5, 1e-7])
