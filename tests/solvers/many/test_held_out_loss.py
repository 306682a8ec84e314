# SPDX-License-Identifier: BSD-3-Clause
"""Losses of the rows held out, and what is left of them to the minima."""

import numpy as np
import pytest
from _many import FEW, grid_of, problem_of, table
from numpy.testing import assert_allclose

from skpulsar._kernels._core import dots
from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._held_out_loss import SHARE, HeldOutLoss

FACTORS = [[1.0, 1.0], [0.5, 7.0]]


def problem_and_held_out(corrected):
    X, y, fold = table(FEW)
    grid = grid_of(fold, factor=FACTORS)
    grid = Grid(grid.alphas, grid.class_factor, corrected=corrected)
    problem = problem_of(X, y, fold, grid)
    return problem, HeldOutLoss(grid, problem.groups.total), X, y, fold


def losses(problem, point, X, y, fold):
    """Of every model, by all rows of its fold; NaN for the models of all rows."""
    grid = problem.grid
    models = problem.models(point, *np.zeros((2, len(grid.path))), [], True)
    found = np.full(grid.shape, np.nan)
    for v, k, a in np.ndindex(grid.shape):
        if k < grid.n_folds:
            x, target, w = X[fold == k], y[fold == k], models.weights[v, k, a]
            logits = x @ w[:-1] + w[-1]
            each = np.logaddexp(0, logits) - target * logits
            weight = np.array(FACTORS[v])[target.astype(int)]
            found[v, k, a] = np.average(
                each, weights=weight if grid.corrected else None
            )
    return found.ravel()


@pytest.mark.parametrize("corrected", [False, True])
def test_losses_and_their_slopes_are_those_row_by_row(corrected):
    problem, held_out, *rows = problem_and_held_out(corrected)
    grid, rng = problem.grid, np.random.default_rng(0)
    size = len(problem.scaling.scale)
    start = rng.standard_normal((size, len(grid.whole)))
    held_out.start(*problem.groups.read(start))
    point, step = start[:, grid.path], rng.standard_normal((size, len(grid.path)))
    of_folds = grid.left_out < grid.n_folds
    expected = losses(problem, point, *rows)
    assert_allclose(held_out.loss[of_folds], expected[of_folds], rtol=1e-12)
    ends = [losses(problem, point + h * step, *rows) for h in (1e-5, -1e-5)]
    slope = (ends[0] - ends[1])[of_folds] / 2e-5
    found = dots(held_out.gradient, step)
    assert_allclose(found[of_folds], slope, rtol=1e-6)
    assert not held_out.loss[~of_folds].any()
    assert not held_out.gradient[:, ~of_folds].any()


def test_losses_that_are_quadratic_are_exact_wherever_models_go():
    problem, held_out, *_ = problem_and_held_out(False)
    size, n_models = problem.objectives.penalty.shape
    held_out.start(*problem.groups.read(np.zeros((size, len(problem.grid.whole)))))
    rng, some = np.random.default_rng(1), np.array([7, 2, 4])
    held_out.gradient = rng.standard_normal((size, n_models))
    H = rng.standard_normal((size, size))
    H, loss, gradient = H @ H.T, held_out.loss.copy(), held_out.gradient.copy()
    ways, step = rng.standard_normal((2, size, 3)), rng.standard_normal((size, 3))
    for moved in ways:
        held_out.move(some, moved, H @ moved)
        held_out.expect(some, step, np.full(3, 0.25))
    way = ways.sum(axis=0)
    gained = dots(gradient[:, some], way) + dots(way, H @ way) / 2
    assert_allclose(held_out.loss[some], loss[some] + gained)
    slope = gradient[:, some] + H @ way
    assert_allclose(held_out.gradient[:, some], slope)
    # Decrements fall to a quarter, and so steps to a half: twice this one is left.
    assert_allclose(held_out.change[some], 2 * dots(slope, step))
    others = np.setdiff1d(np.arange(n_models), some)
    assert held_out.loss[others].tolist() == loss[others].tolist()


def test_what_is_read_with_the_rows_held_out_is_exact():
    problem, held_out, *rows = problem_and_held_out(True)
    size, n_models = problem.objectives.penalty.shape
    held_out.start(*problem.groups.read(np.zeros((size, len(problem.grid.whole)))))
    before, some = held_out.loss.copy(), np.array([7, 2, 4])
    point = np.random.default_rng(0).standard_normal((size, n_models))
    loss, gradient = problem.groups.read(point[:, [0, *some]])
    held_out.read(some, np.array([1, 2, 3]), loss, gradient)
    assert_allclose(held_out.loss[some], losses(problem, point, *rows)[some])
    others = np.setdiff1d(np.arange(n_models), some)
    assert held_out.loss[others].tolist() == before[others].tolist()
    for each in ("loss", "gradient"):
        expected = HeldOutLoss(problem.grid, problem.groups.total)
        expected.start(*problem.groups.read(np.repeat(point[:, [7]], 6, axis=1)))
        found, wanted = (getattr(h, each)[..., 7] for h in (held_out, expected))
        assert_allclose(found, wanted)


def test_models_whose_means_may_change():
    _, held_out, *_ = problem_and_held_out(False)
    grid, rng = held_out.grid, np.random.default_rng(1)
    n_weightings, n_sets, n_alphas = grid.shape
    loss = rng.random((n_weightings, n_sets - 1, n_alphas))
    error = loss.std(axis=1, ddof=1) / np.sqrt(n_sets - 1)
    share = np.array([[0.9, 1.1, -1.1], [-0.9, 50.0, 0.0]])
    change = np.zeros(grid.shape)
    change[:, 0] = share * SHARE * error * (n_sets - 1)  # One fold moves the mean.
    held_out.loss = np.concatenate([loss, np.zeros((2, 1, 3))], axis=1).ravel()
    least = np.zeros(grid.shape)
    found = held_out.unsettled(change.ravel(), least.ravel()).reshape(grid.shape)
    for k in range(n_sets - 1):
        assert found[:, k].tolist() == (np.abs(share) > 1).tolist()
    assert not found[:, -1].any()
    least[1] = 100 * SHARE * error[1]
    found = held_out.unsettled(change.ravel(), least.ravel()).reshape(grid.shape)
    assert not found[1].any()
    assert found[0].any()
