# SPDX-License-Identifier: BSD-3-Clause
"""Grids of models, and what each of them minimises, row by row."""

import numpy as np
from _minimum import minimum
from _rows import matrix_of

from skpulsar._problem._losses import Logistic
from skpulsar._problem._memory import Rows
from skpulsar._problem._penalty import Penalty
from skpulsar._solvers.many._grid import Grid
from skpulsar._solvers.many._problem import Problem
from skpulsar._solvers.many._search import train
from skpulsar._solvers.quadratic._column_statistics import ColumnStatistics

ALPHAS = np.array([1e-1, 1e-6, 1e-3])  # in no order
FEW, MANY = 900, 9000  # rows that are all taken, and such that some are drawn


def table(n, d=4, seed=0):
    """Columns of several sizes and offsets, and a rare class; folds in no order."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    X[:, 1:][:, -1:] = X[:, 1:][:, -1:] > 1  # but for a column alone
    logits = 1.5 * X[:, 0] - X[:, 1 % d] - 2
    y = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(float)
    X = X * 10.0 ** (np.arange(d) % 3 - 1) + np.arange(d) % 2
    return X, y, rng.permutation(np.arange(n) % 3)


def grid_of(fold, alphas=ALPHAS, factor=(1.0, 1.0), deviation=None):
    """A grid with the same factors of the classes in all folds."""
    factor = np.atleast_2d(factor)[:, np.newaxis]
    factor = np.broadcast_to(factor, (len(factor), fold.max() + 2, 2))
    return Grid(alphas, factor, deviation)


def problem_of(X, y, fold, grid=None, layout="dense float64", fit_intercept=True):
    rows = Rows(matrix_of(X, layout), y)
    grid, scaling = grid or grid_of(fold), statistics_of(rows, fit_intercept).scaling
    return Problem(rows, fold, grid, scaling, Logistic(), fit_intercept)


def statistics_of(rows, fit_intercept=True):
    return ColumnStatistics(rows, Penalty(0.0), fit_intercept, True)


def trained(X, y, fold, grid=None, weight=None, layout="dense float64", **options):
    """All `Models` that training yields."""
    options = {"fit_intercept": True, "tol": 1e-4, "max_iter": 100, "seed": 0} | options
    rows = Rows(matrix_of(X, layout), y, weight)
    return list(train(rows, fold, grid or grid_of(fold), **options))


def last(*given, **options):
    return trained(*given, **options)[-1]


def training_sets(y, fold, grid, weight=None):
    """(v, k, rows outside fold k, their weights, 1 in the sum)"""
    weight = np.ones(len(y)) if weight is None else weight
    n_weightings, n_sets, _ = grid.shape
    for v in range(n_weightings):
        for k in range(n_sets):
            used = fold != k
            s = weight[used] * grid.class_factor[v, k][y[used].astype(int)]
            yield v, k, used, s / s.sum()


def objectives(models, X, y, fold, grid, weight=None):
    """Of every model F, and the least F by Newton's method in NumPy."""
    found, least = np.empty(grid.shape), np.empty(grid.shape)
    for v, k, used, s in training_sets(y, fold, grid, weight):
        x, target = X[used], y[used]
        unit = np.ones(X.shape[1]) if grid.deviation is None else grid.deviation[k]
        for a, alpha in enumerate(grid.alphas):
            w = models.weights[v, k, a]
            logits = x @ w[:-1] + w[-1]
            losses = np.logaddexp(0, logits) - target * logits
            found[v, k, a] = s @ losses + alpha / 2 * ((unit * w[:-1]) ** 2).sum()
            free = unit > 0
            least[v, k, a] = minimum(x[:, free] / unit[free], target, alpha, s)
    return found, least
