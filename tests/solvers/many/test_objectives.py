# SPDX-License-Identifier: BSD-3-Clause
"""Objectives of models, made of sums over groups of rows."""

import numpy as np
import pytest
from _many import FEW, grid_of, objectives, problem_of, table
from numpy.testing import assert_allclose


def some_problem(fit_intercept=True, **options):
    X, y, fold = table(FEW)
    grid = grid_of(fold, **options)
    return problem_of(X, y, fold, grid, fit_intercept=fit_intercept), X, y, fold


OPTIONS = [
    {},
    {"factor": [[1.0, 1.0], [0.5, 7.0]]},
    {"deviation": np.arange(1.0, 17.0).reshape(4, 4)},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_values_are_those_row_by_row(options):
    problem, X, y, fold = some_problem(**options)
    point = np.random.default_rng(0).standard_normal(problem.objectives.penalty.shape)
    value, _ = problem.objectives.of_sums(point, *problem.groups.read(point))
    models = problem.models(point, value, value, [], True)
    found, _ = objectives(models, X, y, fold, problem.grid)
    assert_allclose(models.loss, found, rtol=1e-12)


@pytest.mark.parametrize("options", OPTIONS)
def test_gradients_are_those_of_the_values(options):
    problem, *_ = some_problem(**options)
    every, rng = problem.objectives, np.random.default_rng(1)
    point, way = rng.standard_normal((2, *every.penalty.shape))
    _, gradient = every.of_sums(point, *problem.groups.read(point))
    ends = [every.of_sums(p, *problem.groups.read(p))[0] for p in
            (point + 1e-5 * way, point - 1e-5 * way)]  # fmt: skip
    slope = (ends[0] - ends[1]) / 2e-5
    assert_allclose((gradient * way).sum(axis=0), slope, rtol=1e-6, atol=1e-8)


def test_some_models_are_those_of_all():
    problem, *_ = some_problem()
    every, some = problem.objectives, np.array([7, 2])
    point = np.random.default_rng(2).standard_normal(every.penalty.shape)
    loss, gradient = problem.groups.read(point)
    value, slope = every.of(some).of_sums(
        point[:, some], loss[:, some], gradient[:, :, some]
    )
    expected = every.of_sums(point, loss, gradient)
    assert value.tolist() == expected[0][some].tolist()
    assert slope.tolist() == expected[1][:, some].tolist()


def test_weights_that_are_not_free():
    deviation = np.ones((4, 4))
    deviation[1, 2] = 0
    problem, *_ = some_problem(fit_intercept=False, deviation=deviation)
    live = problem.objectives.live
    assert not live[-1].any()
    barred = problem.grid.left_out == 1
    assert not live[2, barred].any()
    assert live[2, ~barred].all()
    assert live[[0, 1, 3]].all()
    point = np.ones(live.shape)
    _, gradient = problem.objectives.of_sums(point, *problem.groups.read(point))
    assert (gradient[~live] == 0).all()


def test_penalties_beyond_all_numbers():
    problem, *_ = some_problem(alphas=np.array([1e308, 1.0]))
    live = problem.objectives.live.reshape(5, 4, 2)
    assert not live[0, :, 0].any()
    assert live[:, :, 1].all()
