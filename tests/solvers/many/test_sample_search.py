# SPDX-License-Identifier: BSD-3-Clause
"""Steps of many models over drawn rows, in metrics of a few alphas."""

import numpy as np
import pytest
from _many import ALPHAS, grid_of, problem_of, table

from skpulsar._solvers.many._metrics import Metrics, stacked
from skpulsar._solvers.many._sample_search import SampleSearch


def metrics_of(problem, start):
    """Those of the models of all rows, at points by alpha, for all models."""
    grid, objectives = problem.grid, problem.objectives
    factored = problem.groups.factors(start, objectives.of(grid.whole))
    return Metrics(stacked(factored), grid.path, objectives.live)


@pytest.mark.parametrize("single", [False, True])
def test_minima_with_gradients_of_other_rows(single):
    X, y, fold = table(4000)
    alphas = np.repeat(ALPHAS, 7) * np.tile(2.0 ** np.arange(-3, 4), 3)
    problem = problem_of(X, y, fold, grid_of(fold, alphas))
    groups, objectives = problem.groups, problem.objectives
    start = np.zeros((5, len(alphas)))
    start[-1] = -2
    metrics = metrics_of(problem, start)
    point = start[:, problem.grid.path]
    own = objectives.gradient(point, groups.read(point)[1])
    shift = np.random.default_rng(0).standard_normal(own.shape) * 0.002
    search = SampleSearch(groups, objectives, metrics, point, own + shift, own, single)

    def decrement(point):
        slope = objectives.gradient(point, groups.read(point)[1]) + shift
        return metrics.decrements(slope, np.arange(point.shape[1]))

    found = search.minimise(np.full(point.shape[1], 1e-9))
    assert (decrement(found) <= 0.002 * decrement(point)).all()
    assert (point[:-1] == 0).all()


def test_one_step_is_made_where_none_is_needed():
    X, y, fold = table(4000)
    problem = problem_of(X, y, fold)
    groups, objectives = problem.groups, problem.objectives
    start = np.zeros((5, 3))
    metrics = metrics_of(problem, start)
    point = start[:, problem.grid.path]
    own = objectives.gradient(point, groups.read(point)[1])
    search = SampleSearch(groups, objectives, metrics, point, own, own, False)
    found = search.minimise(np.full(12, np.inf))
    assert (found != point).any(axis=0).all()
