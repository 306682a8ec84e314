# SPDX-License-Identifier: BSD-3-Clause
"""Columns that lose their curvature where models move."""

import numpy as np

from skpulsar._solvers.many._columns import weighted_sum

LOST = 0.4  # This share of its curvature is left of such a column, or less.


def lost_with_folds(problem, drawn, start, kept):
    """The models that leave out a fold which has so much of the curvature of a column
    that they cannot share a metric of all rows.

    Where the penalty is small, the rows of a class where a rare column is not 0 may lie
    far on their side but for some, which one fold holds out. It is looked at over drawn
    rows, at a point of little and at one of more penalty.

    Parameters
    ----------
    problem : Problem

    drawn : GroupedRows
        Drawn rows.

    start : ndarray of shape (n_columns + 1, n_paths)
        Points of the models of all rows.

    kept : float
        The share of its curvature that a column is to keep.

    Returns
    -------
    models : ndarray of int
    """
    grid, objectives = problem.grid, problem.objectives
    rising = np.argsort(grid.alphas, kind="stable")
    least, middle = rising[0], rising[len(rising) // 2]
    found = np.zeros(len(grid.path), bool)
    weak = grid.alphas[grid.strength] <= grid.alphas[middle]
    for a, those in (least, weak), (middle, True):
        squares = drawn.diagonals(start[:, a])
        own = objectives.diagonal(squares[:, :, np.newaxis])
        lost = own < kept * own[:, grid.whole[grid.path]]
        found |= those & (lost & objectives.live).any(axis=0)
    return np.flatnonzero(found)


def lost_columns(problem, metrics, drawn, point):
    """What the points of all models have left of the diagonals of their metrics, and
    which columns have lost most of it.

    A fold may hold out all rows of a class where a rare column is not 0. The weight
    grows then until the penalty holds it, and rows that are so far on their side hardly
    curve the objective. Steps in a metric of a point before are too short there, and
    tell nothing of the way that is left. The rows held out do not count: their logits
    may still be near 0, where rows curve most.

    It is looked at over drawn rows, for the smallest alpha of a fold, whose weights
    grow most. Columns of the others are taken to keep as large a share.

    Parameters
    ----------
    problem, metrics : Problem, Metrics

    drawn : GroupedRows
        Drawn rows.

    point : ndarray of shape (n_columns + 1, n_models)
        The points.

    Returns
    -------
    kept, lost : ndarray of shape (n_columns + 1, n_models)
        The diagonals, and whether a column has lost most of its own.
    """
    grid, objectives = problem.grid, problem.objectives
    metric = metrics.diagonals(np.arange(len(grid.path)))
    of_loss, kept = metric - objectives.penalty, objectives.penalty.copy()
    sets = grid.weighting * (grid.n_folds + 1) + grid.left_out
    for each in np.unique(sets):
        own = np.flatnonzero(sets == each)
        least = own[grid.alphas[grid.strength[own]].argmin()]
        squares = drawn.diagonals(point[:, least])
        now = weighted_sum(objectives.factor[:, least], squares)
        was = of_loss[:, least] * objectives.total[least]
        share = np.divide(now, was, out=np.ones(len(was)), where=was > 0)
        kept[:, own] += share[:, np.newaxis] * of_loss[:, own]
    return kept, (kept < LOST * metric) & objectives.live
