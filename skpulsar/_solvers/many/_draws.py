# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are drawn once for all models."""

import numpy as np

from skpulsar._problem._importance_sampling import ALL, MAX_ROWS, MIN_ROWS, draw_key
from skpulsar._problem._row_norms import RowNorms
from skpulsar._solvers.many._grouped_rows import GroupedRows

ROWS_A_COLUMN, ROWS_A_SPARSE_COLUMN = 8, 64
MOST_COPIED = 16  # Copies of drawn rows, which are read faster, take so many a row.


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

    norms : RowNorms
        Weight times leverage of every row, in the order of the rows.

    seed : int
        That of the draws.

    Attributes
    ----------
    m : int
        Rows of the next draw.
    """

    def __init__(self, problem, norms, seed):
        self.problem, self.seed, self.n_draws = problem, seed, 0
        self.m, self.norms = first_draw(problem.rows), self._by_group(norms)

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
        key = draw_key(self.seed, self.n_draws)
        self.n_draws += 1
        places, weight = problem.groups.passes.draw(self.norms, self.m, key)
        bounds = np.searchsorted(places, problem.groups.bounds)
        drawn = self._rows(places, weight)
        return GroupedRows(drawn, bounds, problem.scaling, problem.loss)

    def _rows(self, places, weight):
        """Some of the rows: a copy, unless that of a dense array would be large."""
        rows = self.problem.groups.rows
        if not rows.sparse and len(places) * rows.n_columns > MOST_COPIED * rows.n_rows:
            return rows.part(places, weight)
        drawn = rows.take(places, weight)
        return drawn.dense() if drawn.sparse and _is_dense(drawn) else drawn

    def _by_group(self, norms):
        """Norms in the order of the groups, for the weights that the models of all rows
        have in the mean."""
        problem, values = self.problem, norms.values[self.problem.order]
        weight = problem.grid.class_factor[:, -1].mean(axis=0)
        for g, part in enumerate(problem.groups.parts()):
            values[part] *= weight[g % 2]
        return RowNorms(values)


def _is_dense(rows):
    """Whether products of all columns cost less than those of the stored entries."""
    return (rows.n_columns + 1) ** 2 / 16 < rows.entries_per_row**2 / 2
