# SPDX-License-Identifier: BSD-3-Clause
"""Curvatures at a few strengths of the penalty, for all models."""

import numpy as np

from skpulsar._solvers.many._metrics import Metrics, factor_of

LEAST = 7  # Curvatures are measured at so many alphas at least,
COST = 2  # and at more as long as they cost no more than so many readings.


class Anchors:
    """Curvatures of drawn rows by group, at the points of some alphas. A model takes
    those of the alpha that is nearest to its own in the order of the alphas.

    Parameters
    ----------
    problem : Problem
        The rows and the models.

    drawn : GroupedRows
        The drawn rows.
    """

    def __init__(self, problem, drawn):
        self.problem, self.drawn = problem, drawn

    def metrics(self, point):
        """The metrics of all models, of the points by weighting and alpha."""
        grid, objectives = self.problem.grid, self.problem.objectives
        anchors, nearest = self._chosen()
        factored = [None] * len(grid.path)
        n_alphas = len(grid.alphas)
        for v in range(len(grid.class_factor)):
            curvature = self.drawn.curvatures(point[:, v * n_alphas + anchors])
            for model in np.flatnonzero(grid.weighting == v):
                at = nearest[grid.strength[model]]
                factored[model] = factor_of(curvature[:, at], objectives, model)
        return Metrics(factored, np.arange(len(factored)), objectives.live)

    def _chosen(self):
        """The alphas of the anchors, and for every alpha the nearest of them."""
        alphas = self.problem.grid.alphas
        order, n = np.argsort(alphas, kind="stable"), len(alphas)
        J = min(n, max(LEAST, int(COST * self._readings())))
        places = np.unique(np.linspace(0, n - 1, J).round().astype(np.int64))
        nearest = np.empty(n, np.int64)
        away = np.abs(np.arange(n)[:, np.newaxis] - places)
        nearest[order] = away.argmin(axis=1)
        return order[places], nearest

    def _readings(self):
        """How many curvatures of the drawn rows one reading of all rows costs."""
        rows, drawn = self.problem.rows, self.drawn.rows
        size, entries = rows.n_columns + 1, rows.entries_per_row
        row = 1.5 * entries + 10 if rows.sparse else size + 9
        pairs = entries * entries / 2 if drawn.sparse else size * size / 16
        return rows.n_rows * row / (drawn.n_rows * pairs + size**3 / 24)
