# SPDX-License-Identifier: BSD-3-Clause
"""Columns that lose their curvature where models move."""

import numpy as np
from _many import MANY, grid_of, problem_of
from numpy.testing import assert_allclose, assert_array_equal

from skpulsar._solvers.many._lost_columns import lost_columns, lost_with_folds
from skpulsar._solvers.many._metrics import Metrics, stacked

ALPHAS = np.array([1e-5, 1e-7, 10.0])
SMALL = [model for model in range(12) if model % 3 < 2]  # but for the last of these


def rare_columns():
    """A rare column of ones between two that are not, classes, and folds."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((MANY, 3))
    X[:, 1] = rng.random(MANY) < 0.01
    return X, (rng.random(MANY) < 0.5) * 1.0, rng.permutation(MANY) % 3


def problem_and_metrics(X, y, fold):
    """These rows, and metrics of all models at weights of 0."""
    problem = problem_of(X, y, fold, grid_of(fold, ALPHAS))
    whole = problem.objectives.of(problem.grid.whole)
    factored = problem.groups.factors(np.zeros((4, 3)), whole)
    metrics = Metrics(stacked(factored), problem.grid.path, problem.objectives.live)
    return problem, metrics


def lost_by(problem, metrics, point):
    """Pairs of a column and a model."""
    _, lost = lost_columns(problem, metrics, problem.groups, point)
    return np.argwhere(lost).tolist()


def test_diagonals_of_metrics_are_those_of_the_curvature():
    problem, metrics = problem_and_metrics(*rare_columns())
    some, whole = np.array([4, 0]), problem.objectives.of(problem.grid.whole)
    squares = problem.groups.diagonals(np.zeros(4))[:, :, np.newaxis]
    expected = whole.diagonal(squares)[:, problem.grid.path[some]]
    assert_allclose(metrics.diagonals(some), expected)


def test_columns_whose_weight_has_grown():
    """But for the largest penalty, which curves enough."""
    problem, metrics = problem_and_metrics(*rare_columns())
    for logit, models in (0.5, []), (-5.0, SMALL), (5.0, SMALL):
        point = np.zeros((4, 12))
        point[1] = logit / problem.scaling.scale[1]
        assert lost_by(problem, metrics, point) == [[1, model] for model in models]


def test_each_fold_for_itself():
    problem, metrics = problem_and_metrics(*rare_columns())
    point = np.zeros((4, 12))
    point[1, 3:6] = 5 / problem.scaling.scale[1]
    assert lost_by(problem, metrics, point) == [[1, 3], [1, 4]]


def test_what_is_left_is_the_diagonal_at_the_point_of_the_smallest_alpha():
    problem, metrics = problem_and_metrics(*rare_columns())
    point = np.random.default_rng(0).standard_normal((4, 12))
    kept, _ = lost_columns(problem, metrics, problem.groups, point)
    for model in np.flatnonzero(problem.grid.strength == ALPHAS.argmin()):
        squares = problem.groups.diagonals(point[:, model])[:, :, np.newaxis]
        own = problem.objectives.diagonal(squares)[:, model]
        assert_allclose(kept[:, model], own)


def test_rows_held_out_do_not_count():
    """Of most rows where the column is 1 the logit is still 0, but fold 0 has them."""
    X, y, fold = rare_columns()
    moved = (X[:, 1] == 1) & (np.random.default_rng(0).random(MANY) < 0.7)
    X[moved, 0], fold[moved] = 5.0, 0
    problem, metrics = problem_and_metrics(X, y, fold)
    scale, centre = problem.scaling.scale, problem.scaling.centre
    point = np.zeros((4, 12))
    point[:2, :9] = np.array([[1.0], [-5.0]]) / scale[:2, np.newaxis]
    point[3] = (centre * scale[:-1])[:2] @ point[:2]
    assert lost_by(problem, metrics, point) == [[1, 0], [1, 1]]


def test_a_fold_that_has_the_curvature_where_the_penalty_is_small():
    """At weights of 6 only the rows of fold 1 are not far on their side."""
    X, y, fold = rare_columns()
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
