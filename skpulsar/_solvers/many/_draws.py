# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are drawn once for all models."""

import numpy as np

from skpulsar._problem._importance_sampling import ALL, MAX_ROWS, MIN_ROWS, draw_key
from skpulsar._problem._row_norms import RowNorms
from skpulsar._solvers.many._grouped_rows import GroupedRows

ROWS_A_COLUMN, ROWS_A_SPARSE_COLUMN = 8, 64


def first_draw(rows):
    """How many rows the first draw has."""
    each = ROWS_A_SPARSE_COLUMN if rows.sparse else ROWS_A_COLUMN
    least = min(max(rows.n_rows // 16, MIN_ROWS), MAX_ROWS)
    return min(rows.n_rows, max(each * (rows.n_columns + 1), least))


def takes_all(m, rows):
    """Whether a draw of m rows would be most of them, and so takes all."""
    return m >= ALL * rows.n_rows


class Draws:
    """Draws of rows, by the size of their residuals in several models times leverage.

    Parameters
    ----------
    problem : Problem
        The rows and the models.

    seed : int
        That of the draws.

    Attributes
    ----------
    m : int
        Rows of the next draw.
    """

    def __init__(self, problem, seed):
        self.problem, self.seed, self.n_draws = problem, seed, 0
        self.m, self.norms = first_draw(problem.rows), None

    @property
    def takes_all(self):
        """Whether the next draw would be most of the rows, and so takes all."""
        return takes_all(self.m, self.problem.rows)

    def grow(self):
        """Twice as many rows from now on."""
        self.m = min(self.problem.rows.n_rows, 2 * self.m)

    def draw(self):
        """`GroupedRows` of about m rows, weighted back, by the residuals that the last
        pass over all rows has kept."""
        problem = self.problem
        if self.norms is None:
            self.norms = self._norms()
        key = draw_key(self.seed, self.n_draws)
        self.n_draws += 1
        places, weight = problem.groups.passes.draw(self.norms, self.m, key)
        drawn = problem.groups.rows.take(places, weight)
        if drawn.sparse and _is_dense(drawn):
            drawn = drawn.dense()
        bounds = np.searchsorted(places, problem.groups.bounds)
        return GroupedRows(drawn, bounds, problem.scaling, problem.loss)

    def _norms(self):
        """Weight times leverage of every row, in the order of the groups, the weight
        being that of the models of all rows in the mean."""
        problem = self.problem
        norms = problem.statistics.norms().values[problem.order]
        weight = problem.grid.class_factor[:, -1].mean(axis=0)
        for g, part in enumerate(problem.groups.parts()):
            norms[part] *= weight[g % 2]
        return RowNorms(norms)


def _is_dense(rows):
    """Whether products of all columns cost less than those of the stored entries."""
    return (rows.n_columns + 1) ** 2 / 16 < rows.entries_per_row**2 / 2
